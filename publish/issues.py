"""What could not be carried over, as lines of a file, and what these lines count up to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.problems import Problem
from publish.formats import LinesFile, Written
from publish.history import ProcessProblems

NAME = "issues.jsonl.gz"


@dataclass(kw_only=True)
class IssueCounts:
    """The lines of the file counted, one after the other as they stand there; `held` are the ocids held back."""

    by_severity: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    held: set[str] = field(default_factory=set)
    _last: str | None = field(default=None, init=False)

    def add(self, issue: Json) -> None:
        """Count a line; a process that is held back counts once, however many lines it has."""
        self.by_severity[issue["severity"]] += 1
        self.by_rule[issue["rule"]] += 1
        if issue["quarantined"] and issue["process"] != self._last:
            self._last = issue["process"]
            self.quarantined += 1
            self.held.update([issue["ocid"]] if issue["ocid"] else [])

    def facts(self) -> Json:
        """Give the counts as the manifest holds them."""
        counted = {"bySeverity": dict(self.by_severity), "byRule": dict(self.by_rule)}
        return {"problems": counted, "quarantined": self.quarantined}


def write_issues(problems: Iterable[ProcessProblems], folder: Path) -> tuple[Written, IssueCounts]:
    """Write one line a problem.

    Raises:
        PublishError: a process is held back without a reason.
    """
    counts = IssueCounts()
    with LinesFile(folder / NAME) as file:
        for process in problems:
            if process.quarantined and not process.problems:
                raise PublishError(f"{process.process}: is held back, but no problem says why")
            for problem in process.problems:
                issue = _issue(process, problem)
                counts.add(issue)
                file.write(json.encode(issue))
        return file.finish(), counts


def _issue(process: ProcessProblems, problem: Problem) -> Json:
    return {
        "process": process.process,
        "ocid": process.ocid,
        "quarantined": process.quarantined,
        "path": problem.path,
        "rule": problem.rule,
        "reason": problem.reason,
        "severity": problem.severity,
        "document": problem.document,
        "fields": problem.fields,
        "value": problem.value,
    }
