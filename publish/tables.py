"""The tables: what a row is, its columns, and how a process gives its rows and each row its cells.

Names, types, labels, meanings, OCDS paths and examples are in `columns.csv`; the code says how to find a cell.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from ocds_schema.json import Json
from publish.rows import Process

Type = Literal["text", "integer", "amount", "number", "time"]
Cell = Callable[[Any], Any]
OWN = "body."
"""What the path of a cell begins with that no other row of its part shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, type, labels, the OCDS path it comes from, its meaning, an example, and how a cell is found.

    A cell is found by a path of members or in a way of its own. Of an `amount` or a `number` it is a JSON text, empty
    where there is none; of other types nothing is `None`.
    """

    name: str
    type: Type
    label: str
    label_ru: str
    path: str
    description: str
    example: str
    value: str | Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: what a row is, its columns, those that name a row, and how a process gives its rows.

    `supplier` is the column of those who sell; where there is one, a copy is sorted by it. `parent` is another table
    and how many columns of the key name its row. Rows `in_parts` come with what they share: `rows` gives parts, whose
    `bodies` are the rows. A cell is found in the row then if its path begins with `body`, or it is found in a way of
    its own, and in the part else.
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Process], Sequence[Any]]
    buyer: str = "buyer_id"
    supplier: str | None = None
    parent: tuple[str, int] | None = ("processes", 1)
    in_parts: bool = False

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def dictionary(self) -> Json:
        """Describe the table as JSON."""
        return {
            "name": self.name,
            "description": self.description,
            "primaryKey": list(self.key),
            **({"foreignKey": self._reference(*self.parent)} if self.parent else {}),
            "fields": [_described(column) for column in self.columns],
        }

    def _reference(self, parent: str, width: int) -> Json:
        return {"table": parent, "fields": list(self.key[:width])}


def is_own(column: Column) -> bool:
    """Whether a cell is found in the row itself, in a table whose rows come in parts."""
    return not isinstance(column.value, str) or column.value.startswith(OWN)


def columns(table: str, cells: Mapping[str, str | Cell]) -> tuple[Column, ...]:
    """Give the columns of a table as they are declared, with how their cells are found: a path of members, or a way."""
    found = tuple(
        Column(
            name=row["column"],
            type=row["type"],  # type: ignore[arg-type] # a test holds the file to the types
            label=row["label"],
            label_ru=row["label_ru"],
            path=row["path"],
            description=row["description"],
            example=row["example"],
            value=cells[row["column"]],
        )
        for row in declared()
        if row["table"] == table
    )
    assert len(found) == len(cells)  # noqa: S101 - code and file are one declaration
    return found


@cache
def declared() -> tuple[dict[str, str], ...]:
    """Give the rows of `columns.csv`."""
    text = resources.files("publish").joinpath("columns.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _described(column: Column) -> Json:
    named = {"name": column.name, "type": column.type, "label": column.label, "label_ru": column.label_ru}
    return {**named, "path": column.path, "description": column.description, "example": column.example}
