"""What the database remembers of what was published, held against the pointer before it is followed."""

import logging

from ocds_pipeline.keys import signing
from ocds_pipeline.steps.desk import Desk
from ocds_schema.errors import ConfigurationError, PublishError
from ocds_schema.json import Json
from publish.later import left_after, nothing_left, turned_back
from publish.layout import pointer_key
from publish.manifest import Pointer
from publish.sealed import check_own
from publish.site import Remembered
from publish.storage import Storage

log = logging.getLogger(__name__)
_SIGNED_BY = "signedBy"


def signed_by(desk: Desk) -> Json:
    """Give what is to be remembered of the key of an edition that is about to be published."""
    keys = signing(desk.settings)
    return {_SIGNED_BY: keys.key.public.name if keys else None}


def remembered(desk: Desk) -> Remembered:
    """Give what the database knows of what was published, for whoever puts it right."""
    source, store = desk.source.name, desk.store
    last = store.last_edition(source)

    def signed(edition: str) -> str | None:
        known = store.edition(source, edition)
        return known.facts.get(_SIGNED_BY) if known else None

    return Remembered(last=last.id if last else None, signed_by=signed)


def check_followed(desk: Desk, storage: Storage, pointer: Pointer | None) -> None:
    """Make sure that a pointer was not turned back, and has the signature that its edition was published with.

    Somebody who takes the signature off pointer and manifest makes them look as if there had never been a key.

    Raises:
        PublishError: it was turned back, or is not signed by our key although it was.
    """
    if pointer is None:
        return
    source = desk.source.name
    last, known = desk.store.last_edition(source), desk.store.edition(source, pointer.edition_id)
    if last and last.sequence > pointer.sequence:
        if left := left_after(storage, source, pointer.edition_id, last.id):
            raise PublishError(turned_back(source, pointer.edition_id, last.id, left))
        log.warning("%s", nothing_left(source, pointer.edition_id, last.id))
    if known and known.facts.get(_SIGNED_BY):
        check_own(storage, source, known.facts[_SIGNED_BY], signing(desk.settings))


def is_known(desk: Desk, pointer: Pointer | None) -> bool:
    """Whether the database knows the edition that a pointer names; one that is new or of another place does not."""
    return pointer is None or desk.store.edition(desk.source.name, pointer.edition_id) is not None


def check_known(desk: Desk, pointer: Pointer | None) -> None:
    """Make sure that the database knows what was published last, before something is deleted that cannot be had again.

    Raises:
        ConfigurationError: it does not know the edition that the pointer names.
        PublishError: it knows of a later one, and the storage was put back from before that.
    """
    if not is_known(desk, pointer):
        raise ConfigurationError(unknown(desk, pointer))
    last = desk.store.last_edition(desk.source.name)
    if pointer and last and last.sequence > pointer.sequence:
        raise PublishError(f"{nothing_left(desk.source.name, pointer.edition_id, last.id)}: publish first")


def unknown(desk: Desk, pointer: Pointer | None) -> str:
    """Say that the database cannot tell whether a pointer is the right one, and what can be done."""
    source = desk.source.name
    return (
        f"the database that OCDS_DATABASE_URL names did not make edition {pointer.edition_id if pointer else 'none'}, "
        f"to which {pointer_key(source)} points, and cannot tell whether {source} has later ones: set it to the one "
        "that did, or put that one back from its backup. Where it is lost, publish from a new one to an empty "
        "OCDS_PUBLIC_URL, and keep or delete the old place by hand"
    )
