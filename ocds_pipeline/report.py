"""What a run did, in figures: as JSON for machines, and in words for people."""

from collections.abc import Iterable

from ocds_schema.json import Json


def report_text(report: Json) -> str:
    """Say in plain words what the steps of a run did."""
    head = f"{report['source']}: run {report['run']}, as of {report['asOf']}"
    parts = [TEXTS[name](step) for name, step in report["steps"].items()]
    return "\n".join([head, *(line for part in parts for line in part)])


def _harvest(step: Json) -> Iterable[str]:
    documents = step["documents"]
    yield (
        f"  harvested {step['objects']:,} objects in {step['requests']:,} requests: {documents['new']:,} new, "
        f"{documents['changed']:,} changed, {documents['unchanged']:,} unchanged"
    )
    for listing in step["listings"]:
        if listing["state"] != "done":
            yield f"  NOT RECONCILED  {listing['listing']}: {listing['note']}"
    if step["window"]:
        for listing in step["outstanding"]:
            kept = f"{listing['kept']:,} of {listing['total'] or 0:,}"
            yield f"  OUTSTANDING     {listing['listing']}: the harvest of {listing['asOf']} kept {kept}; repeat it"
    yield from _counted(step["problems"], "answers with a problem")


def _import(step: Json) -> Iterable[str]:
    documents = step["documents"]
    yield (
        f"  imported {step['objects']:,} objects of {step['files']:,} files: {documents['new']:,} new, "
        f"{documents['changed']:,} changed, {documents['unchanged']:,} unchanged"
    )
    for file in step["faulty"]:
        yield f"  NOT ALL READ    {file['file']}: {file['fault']}; {file['kept']:,} objects of it were kept"
    yield from _counted(step["left"], "objects left")


def _transform(step: Json) -> Iterable[str]:
    yield (
        f"  mapped {step['processes']:,} processes: {step['releases']:,} new releases, "
        f"{step['unchanged']:,} unchanged, {step['elsewhere']:,} told of by others, {step['quarantined']:,} quarantined"
    )
    for one in step["heldBack"]:
        yield f"  QUARANTINED     {one['ocid'] or one['process']}: {'; '.join(one['reasons'])}"
    if more := step["quarantined"] - len(step["heldBack"]):
        yield f"  and {more:,} more: issues.jsonl.gz of the edition has all of them"
    yield from _counted(step["problems"], "values with a problem")


def _publish(step: Json) -> Iterable[str]:
    changes = step["changes"]
    yield (
        f"  published edition {step['editionId']}: {step['records']:,} records in {step['files']:,} data files, "
        f"{step['newFiles']:,} of them new; {changes['add']:,} added, {changes['change']:,} changed"
    )
    gates = step["gates"]
    yield f"  {gates['count']:,} gates: {gates['pass']:,} passed, {gates['warn']:,} with a remark, see gates.html"
    for one in gates["overridden"]:
        yield f"  OVERRIDDEN      {one['gate']} by {one['by']}: {one['reason']}"
    if step["testData"]:
        yield "  TEST DATA: unregistered OCID prefix (OCDS_<SOURCE>_OCID_PREFIX is not set)"
    yield f"  at {step['place']}"


def _counted(problems: Json, what: str) -> Iterable[str]:
    total = sum(problems.values())
    if not total:
        return
    yield f"  {total:,} {what}:"
    for rule, count in sorted(problems.items(), key=lambda item: (-item[1], item[0])):
        yield f"    {count:>9,}  {rule}"


TEXTS = {"harvest": _harvest, "import": _import, "transform": _transform, "publish": _publish}
