"""The portal's reference tables: four complete ones, and of the others the rows its data uses.

Names of plan point statuses other than 2, 19, 20 and 444, of bid statuses other than 360, and of several short tables
are our own guess; what is known of the real ones is little.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Any

Record = dict[str, Any]

_TABLES = files("sandbox.kazakhstan") / "tables"
_NUMBERS = frozenset(
    ("id", "f1", "f2", "is_active", "ord", "type", "nogz", "k", "level_", "ref_trade_methods_id", "ref_trade_method_id")
)


def _rows(name: str) -> list[dict[str, str]]:
    text = (_TABLES / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def _typed(row: dict[str, str]) -> Record:
    return {column: int(value) if column in _NUMBERS else value for column, value in row.items()}


def _kato(row: dict[str, str]) -> Record:
    code = row["code"]
    record: Record = {name: row[name] for name in ("code", "name_ru", "name_kz", "full_name_ru", "full_name_kz")}
    record |= {"ab": code[:2], "cd": code[2:4], "ef": code[4:6], "hij": code[6:], "k": 1}
    return record | {"level_": int(row["level"]), "parent_code": f"{code[:2]}0000000"}


@cache
def table(name: str) -> dict[int | str, Record] | None:
    """A reference table by id or code, highest first; nothing, if the portal has no such table."""
    if name == "ref_kato":
        records = [_kato(row) for row in _rows("places")]
    elif name.startswith("ref_") and (_TABLES / f"{name}.csv").is_file():
        records = [_typed(row) for row in _rows(name)]
    else:
        return None
    key = "id" if "id" in records[0] else "code"
    return {record[key]: record for record in sorted(records, key=lambda one: one[key], reverse=True)}


def row(name: str, key: int | str | None) -> Record | None:
    """One row of a table, or nothing where the portal has none."""
    return (table(name) or {}).get(key) if key is not None else None


@cache
def items() -> tuple[dict[str, str], ...]:
    """What is bought: classification codes with names, units, usual prices and quantities."""
    return tuple(_rows("items"))


@cache
def places() -> tuple[dict[str, str], ...]:
    """Places of delivery."""
    return tuple(_rows("places"))
