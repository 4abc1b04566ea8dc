"""The portal's lists of codes, and the words its notices are made of.

Numbers of statuses are those of the sibling portal fms.ecc.kz; names of methods follow the order of 2024 and the law of
2023; numbers of methods, and all Tajik texts, are our own.
"""

import csv
from functools import cache
from importlib.resources import files

Row = dict[str, str]
_TABLES = files("sandbox.tajikistan") / "tables"


@cache
def rows(name: str) -> tuple[Row, ...]:
    """A table, row by row."""
    text = (_TABLES / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def by_code(name: str) -> dict[str, Row]:
    """A table by its codes."""
    return {row["code"]: row for row in rows(name)}


def name(table: str, code: str | int) -> str:
    """The Russian name of a code."""
    return by_code(table)[str(code)]["name_ru"]
