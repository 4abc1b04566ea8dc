"""The code tables of Tajikistan, read once. The portal shows codes by their names only, so they are found by those."""

from functools import cache

from ocds_schema.errors import MappingError
from transformers import values
from transformers.codes import CodeRow, CodeTable, read_table

_PACKAGE = "transformers.tajikistan"

FILE_FORMATS = read_table(_PACKAGE, "file_formats")
LOT_STATUSES = read_table(_PACKAGE, "lot_statuses")
METHODS = read_table(_PACKAGE, "methods")
PROTOCOLS = read_table(_PACKAGE, "protocols")
RESULTS = read_table(_PACKAGE, "results")
STATUSES = read_table(_PACKAGE, "statuses")
SUBJECTS = read_table(_PACKAGE, "subjects")
UNITS = read_table(_PACKAGE, "units")
WINNING_RESULTS = read_table(_PACKAGE, "winning_results")

ALL = (
    METHODS,
    STATUSES,
    LOT_STATUSES,
    SUBJECTS,
    UNITS,
    PROTOCOLS,
    RESULTS,
    WINNING_RESULTS,
    FILE_FORMATS,
)
CODELISTS = {
    METHODS.name: "method",
    STATUSES.name: "tenderStatus",
    LOT_STATUSES.name: "tenderStatus",
    SUBJECTS.name: "procurementCategory",
    PROTOCOLS.name: "documentType",
    RESULTS.name: "bidStatus",
    WINNING_RESULTS.name: "awardStatus",
}
"""The OCDS codelist of each table whose codes are of one."""


def folded(text: str) -> str:
    """Give a name as names are compared: in small letters, ё as е, without a full stop at its end."""
    return " ".join(text.casefold().replace("ё", "е").split()).rstrip(" .")


def named(table: CodeTable, raw: object) -> CodeRow | None:
    """Give the row with a name, in either language; nothing where there is no name, or no such row.

    Raises:
        MappingError: the name is no text.
    """
    text = values.clean_text(raw)
    return _names(table).get(folded(text)) if text else None


def row(table: CodeTable, raw: object) -> CodeRow | None:
    """Give the row with a name; nothing where there is no name.

    Raises:
        MappingError: the table has no such name.
    """
    found = named(table, raw)
    if found is None and (text := values.clean_text(raw)):
        raise MappingError(f"{values.quoted(text)} is not in {table.name}")
    return found


@cache
def _names(table: CodeTable) -> dict[str, CodeRow]:
    names: dict[str, CodeRow] = {}
    for each in table:
        for text in (each.label, *(label for _, label in each.translations)):
            if text:
                names.setdefault(folded(text), each)
    return names
