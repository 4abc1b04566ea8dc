"""Code tables: CSV files that say what a portal's code is in OCDS, for people who do not program.

Columns: `source_code,source_label,ocds_code,note`, and `source_label_<language>` for labels in other languages than the
source's main one. An empty `ocds_code` is a code that is knowingly not carried over, and its note says why. A code
without a row is a question, never a default.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from io import StringIO

from ocds_schema.errors import ConfigurationError, MappingError
from ocds_schema.model import Text

COLUMNS = ("source_code", "source_label", "ocds_code", "note")
_TRANSLATED = "source_label_"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """One row of a code table; `code` is nothing where the source's code is not carried over."""

    source_code: str
    label: str
    code: str | None
    note: str
    translations: tuple[tuple[str, str], ...] = ()
    """The label in other languages, as (language, label)."""

    @property
    def text(self) -> Text | None:
        """The label in every language there is."""
        return Text(main=self.label or None, translations=self.translations) if self.label else None


@dataclass(frozen=True)
class CodeTable:
    """A code table by its source codes."""

    name: str
    rows: tuple[CodeRow, ...]

    @cached_property
    def by_code(self) -> Mapping[str, CodeRow]:
        """The rows by source code."""
        return {row.source_code: row for row in self.rows}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of labels beside the main one."""
        return tuple(dict.fromkeys(language for row in self.rows for language, _ in row.translations))

    def __iter__(self) -> Iterator[CodeRow]:
        return iter(self.rows)

    def get(self, source_code: object) -> CodeRow | None:
        """Give a code's row, or nothing where there is none."""
        return self.by_code.get(source_code if isinstance(source_code, str) else str(source_code))

    def row(self, source_code: object) -> CodeRow:
        """Give a code's row.

        Raises:
            MappingError: the table has no such code.
        """
        row = self.get(source_code)
        if row is None:
            raise MappingError(f"{source_code!r} is not in {self.name}")
        return row


def parse_table(name: str, text: str) -> CodeTable:
    """Read a code table.

    Raises:
        ConfigurationError: a column is missing, a code has two rows, or an empty `ocds_code` has no note.
    """
    reader = csv.DictReader(StringIO(text))
    if tuple(one for one in reader.fieldnames or () if not one.startswith(_TRANSLATED)) != COLUMNS:
        raise ConfigurationError(f"{name}: the columns are {', '.join(COLUMNS)}")
    rows: dict[str, CodeRow] = {}
    for line in reader:
        row = _row(name, line)
        if row.source_code in rows:
            raise ConfigurationError(f"{name}: {row.source_code} has two rows")
        rows[row.source_code] = row
    return CodeTable(name=name, rows=tuple(rows.values()))


def read_table(package: str, name: str) -> CodeTable:
    """Read `codes/<name>.csv` of a country's package."""
    return parse_table(
        f"{name}.csv", resources.files(package).joinpath("codes").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    )


def read_ignored(package: str) -> Mapping[str, Mapping[str, str]]:
    """Read `ignored.csv` of a country's package: of each kind of document, why which fields are not carried over.

    Raises:
        ConfigurationError: a line has no reason.
    """
    text = resources.files(package).joinpath("ignored.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for line in csv.DictReader(StringIO(text)):
        if not line["reason"]:
            raise ConfigurationError(f"ignored.csv: {line['document']} {line['field']} has no reason")
        found.setdefault(line["document"], {})[line["field"]] = line["reason"]
    return found


def _row(name: str, line: Mapping[str | None, str | None]) -> CodeRow:
    if None in line or None in line.values():
        raise ConfigurationError(f"{name}: {line.get('source_code')} has too few or too many columns")
    code, label, ocds_code, note = (str(line[column]).strip() for column in COLUMNS)
    if not code or not (ocds_code or note):
        raise ConfigurationError(f"{name}: {code or label} has neither an OCDS code nor a note")
    translations = tuple(
        (str(column).removeprefix(_TRANSLATED), text.strip())
        for column, text in line.items()
        if str(column).startswith(_TRANSLATED) and text and text.strip()
    )
    return CodeRow(source_code=code, label=label, code=ocds_code or None, note=note, translations=translations)
