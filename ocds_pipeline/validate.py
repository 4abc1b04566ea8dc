"""Validates OCDS files, ours or others': reads packages and JSON Lines, and groups what is wrong by rule and path."""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import BinaryIO, cast

from ocdskit.upgrade import upgrade_10_11
from ocdskit.util import get_ocds_minor_version, is_record, is_record_package, is_release, is_release_package

from ocds_pipeline.sources import person_numbers
from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.json import Json
from ocds_schema.problems import Problem
from ocds_schema.validation import ReleaseValidator

EXAMPLES = 3
FORMATS = ("text", "json", "junit")


@dataclass(slots=True, kw_only=True)
class Finding:
    """All errors of one rule at one path."""

    rule: str
    path: str
    severity: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Findings:
    """What a validation found: how much was read, and the errors grouped by rule and path."""

    files: int = 0
    releases: int = 0
    groups: dict[tuple[str, str], Finding] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether anything but notes was found."""
        return any(group.severity != "note" for group in self.groups.values())

    def add(self, problem: Problem, place: str) -> None:
        """Count one error, and keep the first few as examples."""
        group = self.groups.setdefault(
            (problem.rule, problem.path),
            Finding(rule=problem.rule, path=problem.path, severity=problem.severity),
        )
        group.count += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(f"{place}: {problem.reason}")

    def as_json(self) -> Json:
        """Give the findings as JSON, the most frequent first."""
        groups = sorted(self.groups.values(), key=lambda group: (-group.count, group.rule, group.path))
        return {
            "files": self.files,
            "releases": self.releases,
            "failed": self.failed,
            "findings": [
                {"rule": g.rule, "path": g.path, "severity": g.severity, "count": g.count, "examples": g.examples}
                for g in groups
            ],
        }


def validate_files(files: Iterable[Path]) -> Findings:
    """Validate every release, and every compiled release of a record, in some files.

    Raises:
        ConfigurationError: a file is not there, or is neither a package nor JSON Lines of OCDS.
    """
    findings = Findings()
    validator = ReleaseValidator(tuple(EXTENSIONS), redact=person_numbers().redact)
    for file in files:
        findings.files += 1
        for number, release in enumerate(_releases(file), 1):
            findings.releases += 1
            place = f"{file}, {release.get('ocid') or f'release {number}'}"
            for problem in validator.problems(release):
                findings.add(problem, place)
    return findings


def write_findings(findings: Findings, form: str) -> str:
    """Write findings for people (`text`), for machines (`json`) or for a build server (`junit`).

    Raises:
        ConfigurationError: the form is none of the three.
    """
    if form not in FORMATS:
        raise ConfigurationError(f"--format: one of {', '.join(FORMATS)} is wanted, not {form!r}")
    report = findings.as_json()
    if form == "json":
        return json.encode_pretty(report).decode().rstrip()
    return _text(report) if form == "text" else _junit(report)


def _text(report: Json) -> str:
    read = f"{report['releases']:,} releases in {report['files']:,} files"
    if not report["findings"]:
        return f"{read}: no errors"
    lines = [
        f"{read}: {sum(group['count'] for group in report['findings']):,} errors of {len(report['findings'])} kinds"
    ]
    for group in report["findings"]:
        lines.append(f"\n{group['count']:,} × {group['rule']} at {group['path'] or '(the release)'}")
        lines += [f"    {example}" for example in group["examples"]]
    return "\n".join(lines)


def _junit(report: Json) -> str:
    cases = []
    for group in report["findings"]:
        text = escape("\n".join(group["examples"]))
        name = escape(f"{group['rule']} {group['path']}", quote=True)
        cases.append(f'<testcase name="{name}"><failure message="{group["count"]} times">{text}</failure></testcase>')
    cases = cases or ['<testcase name="every release is valid"/>']
    head = f'<testsuite name="OCDS" tests="{len(cases)}" failures="{len(report["findings"])}">'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(cases) + "</testsuite>"


def _releases(file: Path) -> Iterator[Json]:
    for item in _items(file):
        yield from _releases_of(item, file)


def _items(file: Path) -> Iterator[Json]:
    """Read a file as JSON Lines; where its first line is no JSON text of its own, as one JSON text."""
    try:
        with _open(file) as stream:
            first = stream.readline()
            try:
                yield json.decode(first)
            except ValueError:
                yield json.decode(first + stream.read())
                return
            for line in stream:
                if line.strip():
                    yield json.decode(line)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigurationError(f"{file} is not JSON: {error}") from None


def _open(file: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(file, "rb")) if file.suffix == ".gz" else file.open("rb")


def _releases_of(item: Json, file: Path) -> Iterator[Json]:
    if isinstance(item, list):
        for member in item:
            yield from _releases_of(member, file)
    elif not isinstance(item, dict):
        raise ConfigurationError(f"{file} holds {type(item).__name__}, where OCDS has objects")
    elif is_release_package(item) or is_record_package(item):
        upgraded = upgrade_10_11(item, reorder=False) if get_ocds_minor_version(item) == "1.0" else item
        yield from _releases_of(upgraded.get("releases", upgraded.get("records")), file)
    elif is_record(item):
        yield from _releases_of_record(item)
    elif is_release(item) or "ocid" in item:
        yield item
    else:
        raise ConfigurationError(f"{file} is neither an OCDS package nor JSON Lines of releases or records")


def _releases_of_record(record: Json) -> Iterator[Json]:
    if "compiledRelease" in record:
        yield record["compiledRelease"]
    yield from (release for release in record.get("releases") or () if "ocid" in release)
