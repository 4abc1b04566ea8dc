"""What could not be carried over, and what checks found wrong, as lines of a file; and what these lines count up to.

Of what one check found no more than `MOST` lines are in the file, chosen by their digests: the same findings give the
same lines in any order, and a line that was chosen mostly stays chosen in the next edition.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappush, heappushpop
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.problems import Problem
from publish.formats import LinesFile, Written, lines_of
from publish.history import ProcessProblems

NAME = "issues.jsonl.gz"
FINDING = "finding"
"""The severity of what a check found: the value is published as it is."""
MOST = 10_000
"""So many lines may be of one check."""
_SPOOL = "problems.spool"
_FOUND = "findings.spool"


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


def write_issues(problems: Path, findings: Iterable[bytes], counts: IssueCounts, folder: Path) -> Written:
    """Write the file: the problems of a spool, then those chosen of what checks found, which are counted too.

    `findings` are lines as `finding_line` gives them.
    """
    with LinesFile(folder / NAME) as file:
        for line in lines_of(problems):
            file.write(line)
        for rule, line in chosen(findings, folder / _FOUND):
            counts.by_check[rule] += 1
            file.write(line)
        return file.finish()


def chosen(findings: Iterable[bytes], spool: Path) -> Iterator[tuple[str, bytes]]:
    """Give those lines of findings that are chosen, each with its rule, in their order; they wait in a spool."""
    choice, taken = _Chosen(), Counter[str]()
    with LinesFile(spool, 1) as file:
        for line in findings:
            choice.add(json.member(line, "rule"), line)
            file.write(line)
        file.finish()
    for line in lines_of(spool):
        rule = json.member(line, "rule")
        # The bound is asked once more, for lines that are the same.
        if choice.has(rule, line) and taken[rule] < MOST:
            taken[rule] += 1
            yield rule, line


class _Chosen:
    """Chooses the lines of each check whose digests are the smallest."""

    def __init__(self) -> None:
        self._ranks: dict[str, list[int]] = {}
        self._left: set[str] = set()

    def add(self, rule: str, line: bytes) -> None:
        """Look at a line for the first time."""
        ranks = self._ranks.setdefault(rule, [])
        if len(ranks) < MOST:
            heappush(ranks, _rank(line))
        else:
            self._left.add(rule)
            heappushpop(ranks, _rank(line))

    def has(self, rule: str, line: bytes) -> bool:
        """Tell whether a line is among the chosen, once all were looked at."""
        return rule not in self._left or _rank(line) >= self._ranks[rule][0]


def _rank(line: bytes) -> int:
    """Give a number that is the larger the smaller the digest of a line is."""
    return -int.from_bytes(blake2b(line, digest_size=8).digest(), "big")


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
