"""Goes back to an earlier edition, by a new one that is what that one was: `rollback`."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from ocds_pipeline.keys import signing
from ocds_pipeline.progress import Meter
from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import source_names
from ocds_pipeline.steps.desk import Desk, open_desk
from ocds_pipeline.steps.following import check_followed, signed_by
from ocds_pipeline.steps.publish import STAGES
from ocds_pipeline.storage import open_storage
from ocds_pipeline.store import Edition as StoredEdition
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from ocds_schema.run import Run
from publish.building import Order
from publish.edition import Edition
from publish.layout import edition_id
from publish.lock import Lock, hold
from publish.manifest import Pointer
from publish.pointer import find_pointer
from publish.rollback import find_target, roll_back
from publish.storage import Storage

STEP = "rollback"
log = logging.getLogger(__name__)


def do_rollback(source: str, to: str, *, by: str, reason: str, settings: Settings, progress: Meter) -> Json:
    """Publish an edition that is what an earlier one was, and give its figures.

    The store goes on as it is: the next publication tells, against the edition that was gone back to, everything that
    it holds. One that was interrupted is gone on with by the same words.

    Raises:
        ConfigurationError: name or reason are missing, or there is no such edition, or it was retracted, is what is
            published already, or was not made by this database.
        PublishError: its data is not there any more.
        StorageBusyError: another publisher of the source is at work.
        StorageError: the storage cannot be used.
    """
    by, reason = by.strip(), reason.strip()
    if not by or not reason:
        raise ConfigurationError("say who goes back and why, with --by NAME and --reason TEXT: both are published")
    with open_desk(source, settings, progress) as desk:
        storage = open_storage(settings.public_url)
        run = desk.store.begin_run(source, f"{STEP} {to} by {by}: {reason}", datetime.now(UTC).replace(microsecond=0))
        log.info("run %s of %s: back to edition %s", run.id, source, to)
        if (report := desk.store.steps(run).get(STEP)) is None:
            with hold(storage, source, this_publisher()) as lock:
                report = _roll_back(desk, run, storage, lock, {"to": to, "by": by, "reason": reason})
            desk.store.finish_step(run, STEP, report)
        desk.store.finish_run(run)
    return {"source": source, "run": run.id, "asOf": run.as_of.isoformat(), **report}


def _roll_back(desk: Desk, run: Run, storage: Storage, lock: Lock, words: Json) -> Json:
    source = desk.source.name
    begun = desk.store.prepared_edition(run)
    pointer = find_pointer(storage, source, lock, own=begun.id if begun else None)
    if pointer is None:
        raise ConfigurationError(f"{source} has published no edition: there is nothing to go back to")
    check_followed(desk, storage, pointer)
    planned = _plan(desk, run, storage, pointer, words)
    done: Counter[str] = Counter()

    def progress(stage: str, more: int) -> None:
        done[stage] += more
        desk.progress.show(f"{source}: {STAGES[stage]}", done[stage], None)

    order = Order(
        source=desk.source,
        edition_id=planned.id,
        facts={"rollback": planned.facts["rollback"]},
        signing=signing(desk.settings),
    )
    edition = roll_back(storage, order, work=desk.work, progress=progress, siblings=source_names(), lock=lock)
    desk.store.commit_edition(run)
    return _report(desk, edition)


def _plan(desk: Desk, run: Run, storage: Storage, pointer: Pointer, words: Json) -> StoredEdition:
    """Settle which edition this run makes, with the mark of the one gone back to; a run that goes on keeps it."""
    store, source = desk.store, desk.source.name
    planned = store.prepared_edition(run)
    if planned and (pointer.edition_id == planned.id or pointer.sequence + 1 == planned.sequence):
        return planned
    find_target(storage, source, pointer, words["to"])
    known = store.edition(source, words["to"])
    if known is None:
        raise ConfigurationError(
            f"edition {words['to']} was not made by this database, so that nobody could tell what has moved since: set "
            "OCDS_DATABASE_URL to the one it was made by"
        )
    sequence = pointer.sequence + 1
    date = run.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
    # What has been published is told from these: it is as much as the edition gone back to had.
    facts = {**known.facts, **signed_by(desk), "rollback": {**words, "date": date}}
    store.prepare_edition(run, sequence, edition_id(run.as_of.astimezone(UTC), sequence), known.mark, facts)
    settled = store.prepared_edition(run)
    assert settled is not None  # noqa: S101 - written on the line before
    return settled


def _report(desk: Desk, edition: Edition) -> Json:
    manifest = edition.manifest
    return {
        "editionId": edition.id,
        **{name: manifest[name] for name in ("rollback", "supersedes")},
        "dataAsOf": manifest["asOf"],
        "records": manifest["counts"]["records"],
        "changes": {name: manifest["deltas"][0][f"{name}s"] for name in ("add", "change", "delete")},
        "files": sum(entry.get("role") in {"data", "lookup", "state"} for entry in manifest["files"]),
        "newFiles": edition.new_files,
        "newBytes": edition.new_bytes,
        "place": f"{desk.settings.public_url.rstrip('/')}/v1/{desk.source.name}/",
    }


def rollback_text(report: Json) -> str:
    """Say in plain words what was done."""
    return "\n".join(_lines(report))


def _lines(report: Json) -> Iterator[str]:
    changes, said = report["changes"], report["rollback"]
    yield f"{report['source']}: edition {report['editionId']} is what edition {said['to']} was"
    yield (
        f"  {report['records']:,} records, as of {report['dataAsOf']}; against the edition before: {changes['add']:,} "
        f"came back, {changes['change']:,} are what they were, {changes['delete']:,} are gone again"
    )
    yield f"  takes the place of {', '.join(reversed(report['supersedes']))}"
    yield (
        f"  {report['files']:,} data files were there already; {report['newFiles']:,} files with "
        f"{report['newBytes']:,} bytes are new"
    )
    yield f"  by {said['by']}: {said['reason']}"
    yield f"  at {report['place']}"
    yield "  What the database holds is as it was: the next `publish` tells all of it against this edition."
