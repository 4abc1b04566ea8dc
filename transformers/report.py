"""The mapping as tables for people, made from the code that runs."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from io import StringIO

from ocds_schema.schema import describe
from ocds_schema.source import Source, read_source
from transformers.codes import CodeTable
from transformers.mapping import DocumentMapping
from transformers.outcome import country_mapping
from transformers.process import CountryMapping
from transformers.rules import Rule

COLUMNS = ("OCDS path", "What OCDS says it is", "Source document", "Source fields", "Rule", "Code table", "Note")
_ELSEWHERE = "read together with other documents"
ENVELOPE = (
    ("ocid", "prefix, source and the source's own process id"),
    ("id", "ocid, date in UTC, and the first 12 hex digits of the digest of the content"),
    ("date", "when the portal says that it changed the newest of the documents"),
    ("tag", "the sections present at first sight, afterwards those that changed"),
    ("initiationType", "always tender"),
    ("language", "the main language of the texts"),
    ("parties", "each organization once, with the roles of the places where it is referred to"),
)
"""What every release has, whatever its country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingRow:
    """One line of the mapping: an OCDS path, and how it is filled; without a path, what else a field is for."""

    path: str
    meaning: str
    document: str
    fields: str
    rule: str
    table: str
    note: str


def mapping_rows(source_name: str) -> list[MappingRow]:
    """Give the lines of a source's mapping, by path and document."""
    source, mapping = read_source(source_name), country_mapping(source_name)
    rows = [_row(source, path, rule=words) for path, words in ENVELOPE]
    for kind in kinds(mapping):
        rows += [_rule_row(source, kind.kind, rule) for record in kind.records for rule in record.rows()]
        rows += [_used_row(source, kind.kind, name, use) for name, use in kind.used.items()]
    rows += [_rule_row(source, document, rule) for document, rule in mapping.assembled]
    rows += [_row(source, one.path, one.document, one.fields, rule=one.words) for one in mapping.composed]
    return sorted({row for row in rows if not _is_told(row, rows)}, key=lambda row: (not row.path, *astuple(row)))


def _is_told(row: MappingRow, rows: list[MappingRow]) -> bool:
    """Tell whether a line only says that a field is read somewhere, and another says how."""
    return row.rule == _ELSEWHERE and any(
        other.path == row.path
        and row.document in other.document
        and row.fields in other.fields.split(", ")
        and other.rule != _ELSEWHERE
        for other in rows
    )


def mapping_csv(source_name: str) -> str:
    """Give a source's mapping as CSV, with the fields that are not carried over at the end."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in mapping_rows(source_name))
    for document, name, reason in left_out(source_name):
        writer.writerow(("", "", document, name, "not carried over", "", reason))
    return text.getvalue()


def mapping_markdown(source_name: str) -> str:
    """Give a source's mapping as a page: what is carried over, what is not and why, and the code tables in full."""
    source, mapping = read_source(source_name), country_mapping(source_name)
    parts = [
        f"# Mapping: {source.title}\n",
        f"Made by `ocds-pipeline mapping {source_name}`; do not edit it by hand.\n",
        "## What is carried over\n",
        _table(COLUMNS, (astuple(row) for row in mapping_rows(source_name))),
        "## What is not carried over, and why\n",
        _table(("Source document", "Field", "Reason"), left_out(source_name)),
        *_repairs(mapping),
        "## Code tables\n",
        "A code without an OCDS code is knowingly not carried over. A code without a row is reported as a problem.\n",
        *(_code_table(table) for table in mapping.tables),
    ]
    return "\n".join(parts)


def kinds(mapping: CountryMapping) -> Iterator[DocumentMapping]:
    """Give the kinds of a country's documents, and those of the objects nested in them."""
    for kind in mapping.documents:
        yield from _nested(kind)


def _nested(kind: DocumentMapping) -> Iterator[DocumentMapping]:
    yield kind
    for child in kind.children.values():
        yield from _nested(child)


def _row(
    source: Source,
    path: str,
    document: str = "",
    fields: Iterable[str] = (),
    *,
    rule: str,
    table: str = "",
    note: str = "",
) -> MappingRow:
    return MappingRow(
        path=path,
        meaning=describe(path, source.extensions),
        document=document,
        fields=", ".join(fields),
        rule=rule,
        table=table,
        note=note,
    )


def _rule_row(source: Source, document: str, rule: Rule) -> MappingRow:
    table = rule.table.name if rule.table else ""
    return _row(source, rule.path, document, rule.names, rule=rule.words, table=table)


def _used_row(source: Source, document: str, name: str, use: str) -> MappingRow:
    """Give the line of a field that functions read: `use` is a path, maybe with a remark, or words."""
    path, _, remark = use.partition(",")
    if not describe(path, source.extensions):
        path, remark = "", use
    return _row(source, path, document, (name,), rule=_ELSEWHERE, note=remark.strip())


def left_out(source_name: str) -> list[tuple[str, str, str]]:
    """Give the fields of a source's documents that are not carried over: document, field, reason."""
    mapping = country_mapping(source_name)
    return [(kind.kind, name, reason) for kind in kinds(mapping) for name, reason in sorted(kind.ignored.items())]


def _repairs(mapping: CountryMapping) -> list[str]:
    """Give the part on corrections and repairs, where there are any."""
    entries, repairs = mapping.corrections.entries, mapping.corrections.repairs
    parts = []
    if entries:
        rows = ((one.kind, one.key, one.field, str(one.was), str(one.becomes), one.reason) for one in entries)
        columns = ("Source document", "Key", "Field", "Was", "Becomes", "Reason")
        parts += ["## Single values that are put right\n", _table(columns, rows)]
    if repairs:
        told = ((one.name, one.kind, one.fields, one.guard, one.becomes, one.reason) for one in repairs)
        columns = ("Repair", "Source document", "Fields", "Where", "Becomes", "Why")
        parts += [
            "## Repairs\n",
            "Faults of whole kinds of documents. Where one is mended it is counted: rule `repair/` and its name.\n",
            _table(columns, told),
        ]
    return parts


def _code_table(table: CodeTable) -> str:
    columns = ("Source code", "Source label", *(f"in {language}" for language in table.languages), "OCDS code", "Note")
    rows = (
        (
            row.source_code,
            row.label,
            *(dict(row.translations).get(language, "") for language in table.languages),
            row.code or "",
            row.note,
        )
        for row in table
    )
    return f"### {table.name}\n\n{_table(columns, rows)}"


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
