"""What could not be carried over, and what checks found wrong, as lines of a file; and what these lines count up to.

Of what one check found no more than `MOST` lines are in the file, chosen by their digests: the same findings give the
same lines in any order, and a line that was chosen mostly stays chosen in the next edition.
"""

import heapq
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.problems import Problem
from publish.formats import LinesFile, Written, lines_of
from publish.history import ProcessProblems

NAME = "issues.jsonl.gz"
FINDING = "finding"
"""The severity of what a check found: the value is published as it is."""
_IS_FINDING = json.encode({"severity": FINDING})[1:-1]
MOST = 10_000
"""So many lines may be of one check."""
_SPOOL = "problems.spool"


@dataclass(kw_only=True)
class IssueCounts:
    """The lines of the file counted, one after the other as they stand there; `held` are the ocids held back."""

    by_severity: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    by_check: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    held: set[str] = field(default_factory=set)
    _last: str | None = field(default=None, init=False)

    def add(self, issue: Json) -> None:
        """Count a line; a process that is held back counts once, however many lines it has."""
        if issue["severity"] == FINDING:
            self.by_check[issue["rule"]] += 1
            return
        self.by_severity[issue["severity"]] += 1
        self.by_rule[issue["rule"]] += 1
        if issue["quarantined"] and issue["process"] != self._last:
            self._last = issue["process"]
            self.quarantined += 1
            self.held.update([issue["ocid"]] if issue["ocid"] else [])

    def facts(self) -> Json:
        """Give the counts as the manifest holds them."""
        counted = {"bySeverity": dict(self.by_severity), "byRule": dict(self.by_rule)}
        found = {"byRule": dict(sorted(self.by_check.items()))}
        return {"problems": counted, "quarantined": self.quarantined, "findings": found}


def write_problems(problems: Iterable[ProcessProblems], folder: Path) -> tuple[Path, IssueCounts]:
    """Write one line a problem into a spool, and count them.

    Raises:
        PublishError: a process is held back without a reason.
    """
    counts = IssueCounts()
    with LinesFile(folder / _SPOOL, 1) as file:
        for process in problems:
            if process.quarantined and not process.problems:
                raise PublishError(f"{process.process}: is held back, but no problem says why")
            for problem in process.problems:
                issue = _issue(process, problem)
                counts.add(issue)
                file.write(json.encode(issue))
        return file.finish().path, counts


def write_issues(problems: Path, findings: "Found", counts: IssueCounts, folder: Path) -> Written:
    """Write the file: the problems of a spool, then those chosen of what checks found, which are counted too."""
    with LinesFile(folder / NAME) as file:
        for line in lines_of(problems):
            file.write(line)
        choice = Choice(findings.counts, (*findings.by_releases, findings.last))
        counts.by_check.update(choice.counts)
        for lines in findings.by_ocid():
            file.write_all(choice.of(lines))
        return file.finish()


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of what checks found, as `finding_line` gives them, in streams that can be read again.

    In each stream they come by ocid; those in `last` come after all others. `counts` are all lines counted by rule.
    """

    by_releases: Sequence[Iterable[bytes]] = ()
    last: Iterable[bytes] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def by_ocid(self) -> Iterator[list[bytes]]:
        """Give all lines, those of one ocid that stand together in a stream at once."""
        groups = heapq.merge(*map(_grouped, self.by_releases), key=itemgetter(0))
        yield from map(itemgetter(1), groups)
        yield list(self.last)


def _grouped(lines: Iterable[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    return ((ocid, list(group)) for ocid, group in groupby(lines, key=ocid_of))


class Choice:
    """Chooses the lines of each check whose digests are the smallest; `counts` says how many those are."""

    def __init__(self, found: Mapping[str, int], streams: Iterable[Iterable[bytes]]) -> None:
        """Take how many lines of each check there are; they are looked at where a check found too much."""
        self.counts = {rule: min(count, MOST) for rule, count in found.items()}
        self._left = {rule: count for rule, count in self.counts.items() if count < found[rule]}
        self._highest = _highest(streams, self._left) if self._left else {}

    def of(self, lines: list[bytes]) -> list[bytes]:
        """Give the chosen of some lines; all lines are asked for once, in their order."""
        return [line for line in lines if self._has(line)] if self._left else lines

    def _has(self, line: bytes) -> bool:
        rule = rule_of(line)
        if rule not in self._left:
            return True
        # The bound is asked once more, for lines that are the same.
        if _rank(line) > self._highest[rule] or not self._left[rule]:
            return False
        self._left[rule] -= 1
        return True


def _highest(streams: Iterable[Iterable[bytes]], rules: Iterable[str]) -> dict[str, int]:
    """Give, for each rule, up to which digest its lines are chosen."""
    ranks = defaultdict[str, "array[int]"](lambda: array("Q"))
    wanted = set(rules)
    for stream in streams:
        for line in stream:
            if (rule := rule_of(line)) in wanted:
                ranks[rule].append(_rank(line))
    last = MOST - 1
    return {rule: int(np.partition(np.array(each, dtype=np.uint64), last)[last]) for rule, each in ranks.items()}


def _rank(line: bytes) -> int:
    return int.from_bytes(blake2b(line, digest_size=8).digest(), "big")


def is_finding(line: bytes) -> bool:
    """Whether a line of the file is what a check found; texts in it hold no quotation mark without a backslash."""
    return _IS_FINDING in line


def rule_of(line: bytes) -> str:
    """Give the rule of a finding."""
    return _text(line, b',"rule":"', "rule")


def ocid_of(line: bytes) -> str:
    """Give the ocid of a finding; one that is about all has none."""
    return _text(line, b',"ocid":"', "ocid")


def _text(line: bytes, before: bytes, name: str) -> str:
    """Give a member of a line as `finding_line` writes it, which nothing that looks the same comes before.

    Inside of a text there is no quotation mark that has no backslash before it.
    """
    start = line.find(before) + len(before)
    text = line[start : line.find(b'"', start)]
    if start < len(before) or b"\\" in text:
        return json.member(line, name) or ""
    return text.decode()


def _issue(process: ProcessProblems, problem: Problem) -> Json:
    return {
        "process": process.process,
        "ocid": process.ocid,
        "quarantined": process.quarantined,
        "path": problem.path,
        "pointer": None,
        "rule": problem.rule,
        "explanation": problem.reason,
        "severity": problem.severity,
        "document": problem.document,
        "fields": problem.fields,
        "value": problem.value,
    }


def finding_line(finding: Json) -> bytes:
    """Give the line of what a check found."""
    said = {name: finding[name] for name in ("ocid", "path", "pointer", "rule", "explanation", "value")}
    return json.encode(
        {**said, "process": None, "quarantined": False, "severity": FINDING, "document": "", "fields": []}
    )
