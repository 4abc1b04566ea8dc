"""Gates on the changes: do they look like a day's work, and do they lead from the edition before to this one."""

import hashlib
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from ocds_pipeline.gates.compared import EMPTY, FIRST
from ocds_pipeline.gates.reading import Reading
from ocds_pipeline.gates.result import Check, Findings, limited, percent, share
from ocds_pipeline.gates.task import Task
from ocds_schema import json
from ocds_schema.json import Json
from publish.changelog import is_about_release
from publish.findings import Findings as Differences
from publish.formats import lines_of, read_lines
from publish.parity import ChangesCheck, StateLookup
from publish.state import in_order, state_line

CHANGELOG, DELTA = "changelog.jsonl.gz", "delta.jsonl.gz"
_TOLD = ("add", "change", "delete")
_HEADER = ("dataset", "from", "fromStateDigest", "to", "toStateDigest", "adds", "changes", "deletes")


def changes(task: Task, limits: Mapping[str, Any]) -> Findings:
    """Look at how many records changed, and in which fields."""
    if task.before is None:
        return FIRST
    if not task.records_before:
        return EMPTY
    told, records, was = task.body["changes"], task.records, task.records_before
    checks = [
        _share("records added, or changed in what they say", _touched(task), records, limits["share"], limits),
        _share("records deleted", told["delete"], was, limits["deleted"], limits),
    ]
    if share(told["change"], records) > limits["of"]:
        checks += [
            _share(f"changes of {top['path']}", top["count"], told["change"], limits["field"], limits)
            for top in told["topFields"]
        ]
    return Findings(checks=checks)


def _touched(task: Task) -> int:
    """Count the records that are new or say something else; one may have new releases and say what it said before."""
    changelog = task.named(CHANGELOG)
    if changelog is None:
        return 0
    entries = map(json.decode, read_lines(changelog.open))
    return sum(any(map(_says_else, steps)) for _, steps in groupby(entries, key=itemgetter("ocid")))


def _says_else(entry: Json) -> bool:
    fields = entry.get("fields")
    return entry["op"] != "delete" if fields is None else any(not is_about_release(each["path"]) for each in fields)


def _share(what: str, count: int, of: int, most: Any, limits: Mapping[str, Any]) -> Check:
    found = share(count, of)
    return Check(
        what=what,
        outcome=limited(is_sound=found <= most, count=count, floor=limits["floor"]),
        expected=f"at most {percent(most)}",
        found=f"{count:,} of {of:,}, {percent(found)}",
    )


def balance(task: Task, reading: Reading) -> Findings:
    """Take the changes back, and see whether that gives the edition before; hold the delta against the state."""
    told = task.body["changes"]
    now = task.records_before + told["add"] - told["delete"]
    checks = [same("records before, plus added, less deleted", f"{task.records:,}", f"{now:,}")]
    changelog = task.named(CHANGELOG)
    if changelog is None or task.named(DELTA) is None:
        return Findings(checks=[*checks, same("changelog and delta", "two files", "not both")])
    lines = map(json.decode, read_lines(changelog.open))
    digest = taken_back(in_order(map(lines_of, reading.states)), lines)
    before = task.before["state"]["stateDigest"] if task.before else hashlib.sha256().hexdigest()
    checks.append(same("the state with the changes taken back", before, digest))
    return Findings(checks=[*checks, *_delta(task, reading)])


def taken_back(states: Iterator[bytes], changelog: Iterator[Json]) -> str:
    """Give the state digest that there was before some changes; both come in the order of ocids."""
    digest = hashlib.sha256()
    # Of several steps of a record the first one says what it was.
    changelog = (next(steps) for _, steps in groupby(changelog, key=itemgetter("ocid")))
    entry = next(changelog, None)
    for line in states:
        ocid = line.partition(b"\t")[0].decode()
        while entry is not None and entry["ocid"] < ocid:
            _put_back(digest, entry)
            entry = next(changelog, None)
        if entry is not None and entry["ocid"] == ocid:
            _put_back(digest, entry)
            entry = next(changelog, None)
        else:
            digest.update(line + b"\n")
    while entry is not None:
        _put_back(digest, entry)
        entry = next(changelog, None)
    return digest.hexdigest()


def _put_back(digest: Any, entry: Json) -> None:
    if "base" in entry:
        digest.update(state_line(entry["ocid"], entry["base"].removeprefix("sha256:")) + b"\n")


def _delta(task: Task, reading: Reading) -> list[Check]:
    differences = Differences()
    described = {"dataset": task.source.name, **task.body["deltas"][0]}
    paths = {file.name: file.path for file in task.files}
    check = ChangesCheck(paths[CHANGELOG], paths[DELTA], opened=task.open, findings=differences)
    header = {name: described[name] for name in _HEADER}
    counts = {op: task.body["changes"][op] for op in _TOLD}
    check.run(header, counts, StateLookup(in_order(map(lines_of, reading.states))))
    return told_differences("changelog and delta against the state", differences)


def told_differences(what: str, differences: Differences) -> list[Check]:
    """Give a check of every difference, or one that says that there is none."""
    found = [
        Check(what=each.file, outcome="fail", expected=each.expected[:300], found=each.found[:300])
        for each in differences.all()
    ]
    return found or [Check(what=what, outcome="pass", expected="no difference", found="none")]


def same(what: str, expected: str, found: str) -> Check:
    """Give a check that passes where two texts are equal."""
    return Check(what=what, outcome="pass" if expected == found else "fail", expected=expected, found=found)
