"""Collects what nothing needs any more of what is published: `gc`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_source, source_names
from ocds_pipeline.steps.desk import open_memory
from ocds_pipeline.steps.following import check_followed, check_known
from ocds_pipeline.storage import open_storage
from ocds_schema.errors import ConfigurationError, QualityError
from ocds_schema.json import Json
from publish import garbage
from publish.derive import derive
from publish.layout import plan_key, source_key
from publish.lock import hold
from publish.manifest import read_pointer
from publish.plan import Waste
from publish.retention import Rule, read_ledger

RULE = Rule()


def collect(
    name: str, settings: Settings, *, grace: int = garbage.GRACE, most: int = garbage.MOST, delete: bool = False
) -> Json:
    """Plan what may go of a source, and with `delete` delete what has stood in the plan for the days of grace.

    More than `most` percent of all bytes are never deleted.

    Raises:
        ConfigurationError: there is no such source, or what is to be deleted was published by another database.
        PublishError: what is published is damaged, or is not what the database published last, so that it cannot be
            told what is needed.
        QualityError: more would be deleted than is allowed; nothing was.
        StorageBusyError: a publisher of the source is at work.
    """
    source = load_source(name, settings)
    storage = open_storage(settings.public_url)
    with open_memory(source, settings) as desk, hold(storage, name, this_publisher()) as lock:
        pointer = read_pointer(storage, name)
        check_followed(desk, storage, pointer)
        if delete:
            check_known(desk, pointer)
        now = datetime.now(UTC)
        marked = garbage.mark(storage, name, RULE)
        found = garbage.search(storage, name, marked, now=now, grace=grace)
        garbage.note(storage, name, found, now)
        before = now - timedelta(days=grace)
        uploads = storage.give_up_uploads(source_key(name, ""), before, look_only=not delete)
        collected: Sequence[str] = ()
        if delete:
            _check(found, most)
            collected = garbage.announce(storage, name, found, RULE, now)
            derive(storage, name, source.publisher.base_url, source_names())
            garbage.delete(storage, name, found, now=now, lock=lock)
    return _report(name, found, collected, deleted=delete, uploads=uploads, grace=grace)


def keep(name: str, edition: str, settings: Settings, *, by: str, reason: str) -> Json:
    """Have the data of an edition kept for ever, against the rule; who wants it, and why, is published.

    Raises:
        ConfigurationError: there is no such edition, its data is gone, or name or reason are missing.
        PublishError: what is published is damaged, or is not what the database published last.
        StorageBusyError: a publisher of the source is at work.
    """
    if not by or not reason:
        raise ConfigurationError("say who wants it kept and why, with --by NAME and --reason TEXT")
    source = load_source(name, settings)
    storage = open_storage(settings.public_url)
    with open_memory(source, settings) as desk, hold(storage, name, this_publisher()):
        check_followed(desk, storage, read_pointer(storage, name))
        ledger = read_ledger(storage, name)
        if edition not in garbage.mark(storage, name, RULE).passing:
            raise ConfigurationError(f"{name} has no edition {edition}: editions.json lists them")
        if edition in ledger.collected:
            raise ConfigurationError(f"the data of edition {edition} was collected on {ledger.collected[edition]}")
        told = {"editionId": edition, "by": by, "reason": reason}
        garbage.publish_ledger(storage, name, RULE, replace(ledger, held={**ledger.held, edition: told}))
        derive(storage, name, source.publisher.base_url, source_names())
    return {"source": name, "kept": told}


def _check(found: garbage.Found, most: int) -> None:
    if found.share > most:
        raise QualityError(
            f"{found.share:.0f} % of all bytes would be deleted, and {most} % is the most: look at the plan, "
            f"then say --most {found.share + 1:.0f}"
        )


def _report(
    name: str, found: garbage.Found, collected: Sequence[str], *, deleted: bool, uploads: int, grace: int
) -> Json:
    return {
        "source": name,
        "plan": plan_key(name),
        "graceDays": grace,
        "editions": len(found.marked.passing),
        "kept": [{"editionId": edition, "why": why} for edition, why in sorted(found.marked.kept.items())],
        "objects": len(found.marked.needed) + len(found.due) + len(found.waiting),
        "bytes": found.whole,
        "due": _summed(found.due),
        "waiting": _summed(found.waiting),
        "foreign": list(found.foreign),
        "unfinishedUploads": uploads,
        "deleted": deleted,
        "dataCollected": list(collected),
    }


def _summed(objects: Sequence[Waste]) -> Json:
    by_why: dict[str, list[int]] = {}
    for each in objects:
        by_why.setdefault(each.why, []).append(each.bytes)
    reasons = [{"why": why, "objects": len(sizes), "bytes": sum(sizes)} for why, sizes in sorted(by_why.items())]
    return {"objects": len(objects), "bytes": sum(each.bytes for each in objects), "reasons": reasons}


def collected_text(report: Json) -> str:
    """Say in plain words what was found and done."""
    verb = "deleted" if report["deleted"] else "may be deleted"
    kept, size = f"{len(report['kept']):,} of them with their data", f"{report['bytes']:,} bytes"
    lines = [f"{report['source']}: {report['editions']:,} editions, {kept}; {report['objects']:,} objects, {size}"]
    for name, words in (
        ("due", verb),
        ("waiting", f"wait until they stood in the plan for {report['graceDays']} days"),
    ):
        group = report[name]
        lines.append(f"  {group['objects']:,} objects, {group['bytes']:,} bytes: {words}")
        lines += [
            f"    {each['objects']:,} objects, {each['bytes']:,} bytes: {each['why']}" for each in group["reasons"]
        ]
    uploads = "taken back" if report["deleted"] else "may be taken back"
    lines += [f"  {report['unfinishedUploads']:,} unfinished uploads: {uploads}"] if report["unfinishedUploads"] else []
    lines += [f"  {path}: not ours, left alone" for path in report["foreign"]]
    lines += [f"  edition {edition}: its data is not whole any more" for edition in report["dataCollected"]]
    lines += [] if report["deleted"] else [f"  the plan is in {report['plan']}; --delete deletes what is due in it"]
    return "\n".join(lines)
