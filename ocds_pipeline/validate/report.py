"""What a validation found, grouped by rule and path, for people, for machines and for build servers."""

from dataclasses import dataclass, field
from html import escape

from ocds_pipeline.visible import visible
from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json

EXAMPLES = 3
MOST_GROUPS = 10_000
OTHERS = "…"
"""Beyond so many groups, what is new is counted by its rule only: some files have names that never come twice."""
FORMATS = ("text", "json", "junit")

WORDS = {
    "additional_field": "field that is in no schema",
    "codelist": "code that is not in its open codelist",
    "deprecated": "field that is deprecated",
    "duplicate_id": "id that occurs twice in one list",
    "duplicate_key": "name that an object has more than once",
    "duplicate_ocid": "record of an ocid that came before",
    "duplicate_release": "release whose ocid and id came before",
    "empty_field": "field that holds nothing",
    "extension": "extension that is not known, or known in another version",
    "json": "text that is not JSON",
    "missing_id": "list member without an id",
    "not_ocds": "JSON that is not OCDS",
    "not_compared": "release or record that later ones are not held against: too many came before",
    "ocid_prefix": "ocid without a registered form of prefix",
    "package": "package that does not say what it must",
    "party_differs": "party of OCDS 1.0 that is described in two ways, of which the first is read",
    "period": "period that ends before it begins",
    "reference": "reference to nothing in the release",
    "release_id": "release id that holds a #",
    "schema/enum": "code that is not in its closed codelist",
    "schema/format": "text of the wrong form",
    "schema/minItems": "list without members",
    "schema/minLength": "text without characters",
    "schema/required": "missing field",
    "schema/type": "value of the wrong type",
    "schema/uniqueItems": "list with the same member twice",
    "upgraded": "OCDS 1.0, read as 1.1",
    "version": "version of OCDS that is not known here",
}
"""Every rule in plain words; a rule of the schema that is not here is named by its keyword."""

NOTES = frozenset({"not_compared", "party_differs", "upgraded"})
"""Rules that are neither errors nor warnings."""

ERRORS = frozenset(
    {"duplicate_id", "duplicate_key", "duplicate_ocid", "duplicate_release", "json", "not_ocds", "package"}
)
"""Rules beside those of the schema by which data is not valid."""


def severity(rule: str) -> str:
    """Tell how much a rule weighs: `error`, `warning` or `note`."""
    if rule.startswith("schema/") or rule in ERRORS:
        return "error"
    return "note" if rule in NOTES else "warning"


@dataclass(slots=True, kw_only=True)
class Group:
    """All findings of one rule at one path."""

    rule: str
    path: str
    count: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def severity(self) -> str:
        """How much the rule weighs."""
        return severity(self.rule)

    @property
    def words(self) -> str:
        """The rule in plain words."""
        return WORDS.get(self.rule, f"value that does not agree with {self.rule.removeprefix('schema/')} of the schema")

    def to_json(self) -> Json:
        """Give the group as JSON."""
        return {
            "severity": self.severity,
            "rule": self.rule,
            "path": self.path,
            "meaning": self.words,
            "count": self.count,
            "examples": self.examples,
        }


@dataclass(slots=True, kw_only=True)
class Report:
    """What was read and what was found in it. `strict` counts warnings as failures."""

    strict: bool = False
    files: int = 0
    packages: int = 0
    releases: int = 0
    records: int = 0
    extensions: set[str] = field(default_factory=set)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether there is an error, or, where that is asked for, a warning."""
        weighty = {"error", "warning"} if self.strict else {"error"}
        return any(group.severity in weighty for group in self.groups.values())

    def add(self, rule: str, path: str, example: str) -> None:
        """Count one finding, and keep the first few of its group as examples; what cannot be seen is spelled out."""
        path = visible(path)
        if (rule, path) not in self.groups and len(self.groups) >= MOST_GROUPS:
            path = OTHERS
        group = self.groups.setdefault((rule, path), Group(rule=rule, path=path))
        group.count += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(visible(example))

    def of(self, weight: str) -> list[Group]:
        """Give the groups of one severity, the most frequent first."""
        found = [group for group in self.groups.values() if group.severity == weight]
        return sorted(found, key=lambda group: (-group.count, group.rule, group.path))

    def to_json(self) -> Json:
        """Give the report as JSON."""
        groups = [group.to_json() for weight in ("error", "warning", "note") for group in self.of(weight)]
        return {
            "files": self.files,
            "packages": self.packages,
            "releases": self.releases,
            "records": self.records,
            "extensions": sorted(self.extensions),
            "valid": not self.of("error"),
            "failed": self.failed,
            "findings": groups,
        }


def check_form(form: str) -> None:
    """Refuse a form that no report has.

    Raises:
        ConfigurationError: the form is not one of the three.
    """
    if form not in FORMATS:
        raise ConfigurationError(f"--format: one of {', '.join(FORMATS)} is wanted, not {form!r}")


def write_report(report: Report, form: str) -> str:
    """Write a report for people (`text`), for machines (`json`) or for a build server (`junit`).

    Raises:
        ConfigurationError: the form is none of the three.
    """
    check_form(form)
    if form == "json":
        return json.encode_pretty(report.to_json()).decode().rstrip()
    return _text(report) if form == "text" else _junit(report)


def _text(report: Report) -> str:
    lines = [_read(report), _verdict(report)]
    for weight, title in (("error", "Errors"), ("warning", "Warnings"), ("note", "Notes")):
        groups = report.of(weight)
        if groups:
            lines += ["", title]
        for group in groups:
            lines.append(f"  {group.count:,} × {group.words}: {group.path or '(the whole)'}")
            lines += [f"      {example}" for example in group.examples]
            if group.count > len(group.examples):
                lines.append(f"      and {group.count - len(group.examples):,} more")
    return "\n".join(lines)


def _read(report: Report) -> str:
    counts = (
        (report.releases, "release"),
        (report.records, "record"),
        (report.packages, "package"),
        (report.files, "file"),
    )
    read = ", ".join(
        f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in counts if count or word == "file"
    )
    applied = f"; extensions: {', '.join(sorted(report.extensions))}" if report.extensions else ""
    return f"Read {read}{applied}."


def _verdict(report: Report) -> str:
    errors, warnings = (sum(group.count for group in report.of(weight)) for weight in ("error", "warning"))
    valid = "Not valid" if errors else "Valid"
    return f"{valid}: {_counted(errors, 'error')}, {_counted(warnings, 'warning')}."


def _counted(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}" if count < 1000 else f"{count:,} {word}s"  # noqa: PLR2004


def _junit(report: Report) -> str:
    failing = [*report.of("error"), *(report.of("warning") if report.strict else ())]
    cases = []
    for group in failing:
        name = escape(f"{group.rule} {group.path}".rstrip(), quote=True)
        message = escape(f"{group.count} × {group.words}", quote=True)
        text = escape("\n".join(group.examples))
        cases.append(
            f'<testcase classname="OCDS" name="{name}"><failure message="{message}">{text}</failure></testcase>'
        )
    cases = cases or ['<testcase classname="OCDS" name="every release and record is valid"/>']
    head = f'<testsuite name="OCDS" tests="{len(cases)}" failures="{len(failing)}">'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(cases) + "</testsuite>"
