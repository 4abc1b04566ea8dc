"""What the database remembers of what was published, held against the pointer before it is followed."""

from ocds_pipeline.keys import signing
from ocds_pipeline.steps.desk import Desk
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.layout import edition_path, pointer_key, source_key
from publish.manifest import Pointer
from publish.sealed import check_own
from publish.site import Remembered
from publish.storage import Storage

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
        later = source_key(source, edition_path(last.id, "manifest.json"))
        if storage.stat(later) is not None:
            raise PublishError(
                f"{pointer_key(source)} points to edition {pointer.edition_id}, but {last.id} was published since: "
                "run `ocds-pipeline repair`"
            )
    if known and known.facts.get(_SIGNED_BY):
        check_own(storage, source, known.facts[_SIGNED_BY], signing(desk.settings))
