"""The Open Contracting Data Standard 1.1.5 and its extensions, as tables in our own words.

| table | a row is |
|---|---|
| objects.csv | an object, and the extension that brings it in (empty: the standard itself) |
| fields.csv | a field of an object |
| languages.csv | a field that may carry a language suffix, as `title_kk` does |
| codelists.csv, codes.csv, currencies.csv | a codelist; one of its codes |
| local_codes.csv | a code of our own, added to an open codelist |
| extensions.csv | an extension |

A `type` is `text`, `whole`, `number`, `flag`, `list`, `object` or the name of an object, several joined by ` or `;
`[…]` is a list, a final `?` allows null. A name with a point in it (`Item.unit`) is an object written in place.
`filled` asks for at least one character or member; `unique` for members that all differ; `merge` is `omit`, `whole`
(the list is replaced as a whole) or `version`; `deprecated` says what to use since 1.1.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

VERSION = "1.1.5"
CORE = ""
"""The extension column of what belongs to the standard itself."""
PACKAGES = "packages"
"""The extension column of release and record packages."""

_JSON_TYPES = {
    "text": "string",
    "whole": "integer",
    "number": "number",
    "flag": "boolean",
    "list": "array",
    "object": "object",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a field may hold: scalars by their JSON types, or one object, alone or in a list."""

    types: tuple[str, ...]
    target: str
    many: bool
    nullable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One row of fields.csv."""

    extension: str
    object: str
    name: str
    type: str
    format: str
    codelist: str
    required: bool
    filled: bool
    unique: bool
    merge: str
    default: str
    deprecated: str
    meaning: str

    @property
    def shape(self) -> Shape:
        """The type column, taken apart."""
        return read_shape(self.type)


def read_shape(text: str) -> Shape:
    """Take a type apart, as in `[Item]` or `text or whole?`."""
    body = text.removesuffix("?")
    many = body.startswith("[")
    names = body.strip("[]").split(" or ")
    types = tuple(_JSON_TYPES[name] for name in names if name in _JSON_TYPES)
    return Shape(types=types, target="" if types else names[0], many=many, nullable=text.endswith("?"))


@cache
def fields() -> tuple[Field, ...]:
    """Give every field of the standard, of its packages and of the extensions."""
    return tuple(_field(row) for row in read_table("fields"))


def _field(row: dict[str, str]) -> Field:
    yes = {name: row.pop(name) == "yes" for name in ("required", "filled", "unique")}
    return Field(name=row.pop("field"), **yes, **row)  # type: ignore[arg-type]


@cache
def objects() -> dict[str, tuple[str, str]]:
    """Give, by object, the extension that brings it in and its meaning."""
    return {row["object"]: (row["extension"], row["meaning"]) for row in read_table("objects")}


@cache
def languages() -> tuple[tuple[str, str, str], ...]:
    """Give the extension, object and field of every text that may carry a language suffix."""
    return tuple((row["extension"], row["object"], row["field"]) for row in read_table("languages"))


def fields_of(parts: Iterable[str]) -> dict[tuple[str, str], Field]:
    """Give the fields of the named extensions (the standard itself is `CORE`) by object and name."""
    wanted = set(parts)
    return {(field.object, field.name): field for field in fields() if field.extension in wanted}


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Read one of the tables beside this module, row by row."""
    text = resources.files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))
