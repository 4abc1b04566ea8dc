"""Takes an edition back: `retract`."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from ocds_pipeline.keys import signing
from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_source, source_names
from ocds_pipeline.steps.desk import open_memory
from ocds_pipeline.steps.following import check_followed, is_known, unknown
from ocds_pipeline.storage import open_storage
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from publish.chain import chain
from publish.derive import derive
from publish.lock import hold
from publish.manifest import read_pointer
from publish.pointer import find_pointer
from publish.retract import retract
from publish.retractions import Retraction, read_retractions

log = logging.getLogger(__name__)


def do_retract(source: str, edition_id: str, *, by: str, reason: str, settings: Settings) -> Json:
    """Take an edition back, and say what stands of it and what is to be done now.

    Asked again, nothing is said anew: the first name and reason stay.

    Raises:
        ConfigurationError: name or reason are missing, or no such edition was published.
        PublishError: what is published is damaged, or is not what the database published last.
        StorageBusyError: another publisher of the source is at work.
        StorageError: the storage cannot be used.
        StoreError: the database cannot be asked.
    """
    by, reason = by.strip(), reason.strip()
    if not by or not reason:
        raise ConfigurationError("say who takes it back and why, with --by NAME and --reason TEXT: both are published")
    declared, storage = load_source(source, settings), open_storage(settings.public_url)
    date = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    wanted = Retraction(edition_id=edition_id, by=by, reason=reason, date=date)
    with open_memory(declared, settings) as desk, hold(storage, source, this_publisher()) as lock:
        pointer = find_pointer(storage, source, lock)
        if pointer is None:
            raise ConfigurationError(f"{source} has published no edition: there is nothing to take back")
        check_followed(desk, storage, pointer)
        if not is_known(desk, pointer):
            # Readers are to be warned all the same.
            log.warning("%s", unknown(desk, pointer))
        stands, is_new = retract(storage, source, pointer, wanted, lock=lock, signing=signing(settings))
        derive(storage, source, declared.publisher.base_url, source_names())
        pointer = read_pointer(storage, source) or pointer
    retracted = {each["editionId"] for each in read_retractions(storage, source, pointer.body)}
    editions = (manifest["editionId"] for manifest in chain(storage, source, pointer))
    return {
        "source": source,
        **stands.facts(),
        "isNew": is_new,
        "isNewest": pointer.edition_id == edition_id,
        "newest": pointer.edition_id,
        "retracted": len(retracted),
        "goodBefore": next((each for each in editions if each not in retracted), None),
        "place": f"{settings.public_url.rstrip('/')}/v1/{source}/",
    }


def retract_text(report: Json) -> str:
    """Say in plain words what was done."""
    return "\n".join(_lines(report))


def _lines(report: Json) -> Iterator[str]:
    what = "is retracted" if report["isNew"] else "was retracted before; nothing was changed"
    yield f"{report['source']}: edition {report['editionId']} {what}"
    yield f"  on {report['date']} by {report['by']}: {report['reason']}"
    yield f"  retracted editions of {report['source']} in all: {report['retracted']:,}, at {report['place']}"
    if not report["isNewest"]:
        yield f"  The newest edition is {report['newest']}; it stays as it is."
        return
    yield "  It is the newest one, so readers are told not to rely on what is published now. Do one of these:"
    if report["goodBefore"]:
        yield f"    ocds-pipeline rollback {report['source']} {report['goodBefore']} --by NAME --reason TEXT"
    yield f"    ocds-pipeline publish {report['source']}, once what was wrong is mended"
