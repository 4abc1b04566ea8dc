"""What could not be carried over, and what checks found wrong, as lines of a file; and what these lines count up to.

Of what one check found no more than `MOST` lines are in the file, chosen by their digests: the same findings give the
same lines in any order, and a line that was chosen mostly stays chosen in the next edition.
"""

import heapq
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, compress, groupby
from operator import itemgetter
from pathlib import Path
from typing import Self

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
_HALF = 1 << 63


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
        found, wanted = choose([each.marks for each in findings.streams])
        counts.by_check.update(found)
        chosen = [compress(each.lines, mask) for each, mask in zip(findings.streams, wanted, strict=True)]
        *by_releases, last = map(_grouped, chosen)
        for lines in chain(heapq.merge(*by_releases, key=itemgetter(0)), last):
            file.write_all(lines[1])
        return file.finish()


class Marks:
    """What decides of each line of a stream whether it is chosen: its rule, and its rank among those of that rule."""

    def __init__(self, rules: Iterable[str] = (), of: Iterable[int] = (), ranks: Iterable[int] = ()) -> None:
        """Take the names of rules, of each line the place of its rule among them, and its rank."""
        self.rules = {rule: place for place, rule in enumerate(rules)}
        self.of = array("q", of)
        self.ranks = array("q", ranks)

    def note(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Give lines as they come, and mark them."""
        for line in lines:
            self.of.append(self.rules.setdefault(rule_of(line), len(self.rules)))
            self.ranks.append(int.from_bytes(blake2b(line, digest_size=8).digest(), "big") - _HALF)
            yield line


@dataclass(frozen=True, slots=True)
class Stream:
    """Lines of what checks found, as `finding_line` gives them, which can be read again, with their marks."""

    lines: Iterable[bytes]
    marks: Marks

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Self:
        """Mark some lines."""
        marks = Marks()
        return cls([*marks.note(lines)], marks)


@dataclass(frozen=True, slots=True)
class Found:
    """What checks found: in streams, each by ocid, and in the end what is wrong with all together."""

    by_releases: Sequence[Stream] = ()
    last: Stream = field(default_factory=lambda: Stream((), Marks()))

    @property
    def streams(self) -> Sequence[Stream]:
        """All of them, in their order."""
        return [*self.by_releases, self.last]


def choose(streams: Sequence[Marks]) -> tuple[dict[str, int], list[bytes]]:
    """Choose the lines of each rule whose digests are the smallest.

    Gives how many there are of each rule, and for each stream a byte a line, which is 1 where it is chosen.
    """
    rules = [np.array(marks.of, dtype=np.int64) for marks in streams]
    wanted = [np.ones(len(each), dtype=bool) for each in rules]
    counts: Counter[str] = Counter()
    for marks, each in zip(streams, rules, strict=True):
        counts.update(dict(zip(marks.rules, np.bincount(each, minlength=len(marks.rules)).tolist(), strict=True)))
    for rule in (rule for rule, count in counts.items() if count > MOST):
        places = [np.flatnonzero(each == marks.rules.get(rule)) for marks, each in zip(streams, rules, strict=True)]
        ranks = [np.array(marks.ranks, dtype=np.int64)[at] for marks, at in zip(streams, places, strict=True)]
        # Of lines that are the same those that come first are chosen.
        order = np.argsort(np.concatenate(ranks), kind="stable")
        chosen = np.zeros(len(order), dtype=bool)
        chosen[order[:MOST]] = True
        ends = np.cumsum([len(at) for at in places])[:-1]
        for mask, at, part in zip(wanted, places, np.split(chosen, ends), strict=True):
            mask[at] = part
    return {rule: min(count, MOST) for rule, count in counts.items()}, [mask.tobytes() for mask in wanted]


def _grouped(lines: Iterable[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Give lines of the same ocid that stand together at once."""
    return ((ocid, list(group)) for ocid, group in groupby(lines, key=ocid_of))


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
