"""Rows and labelled values of the legacy portal's pages, by the names that labels.csv gives their labels."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from extractors.base import GoneError, ShapeError
from extractors.kyrgyzstan.labels import labels
from extractors.pages import Cell, Link, Reading, Row, Table, read
from ocds_schema.json import Json

NOTHING = re.compile(r"не найдено ни одной записи|нет записей|no records found|жазуулар табылган жок", re.IGNORECASE)
SERIAL = frozenset({"serial", "link"})

_GONE = re.compile(
    r"(?:страница|объявление|заказ|договор)\s+не\s+(?:найден[ао]?|существует)"
    r"|(?:страница|объявление|заказ|договор)\s+(?:был[ао]?\s+)?удал[её]н[ао]?|page (?:was )?(?:not found|removed)",
    re.IGNORECASE,
)
_PRESSED = re.compile(r"^(?:#|javascript:|$)", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^?#]*", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Said:
    """What a row or a page says: cells by name, what has a label that we do not know, and the labels themselves."""

    cells: dict[str, list[Cell]] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Give a value's text, or an empty one."""
        return next((cell.text for cell in self.cells.get(name, ()) if cell.text), "")

    def texts(self, names: Iterable[str]) -> dict[str, str]:
        """Give the texts of those of some values that have one."""
        return {name: text for name in names if (text := self.text(name))}

    def lines(self, name: str) -> list[str]:
        """Give a value's lines."""
        return [part for cell in self.cells.get(name, ()) for part in cell.parts]

    def links(self) -> list[Link]:
        """Give the links that the values hold."""
        return [link for cells in self.cells.values() for cell in cells for link in cell.links]

    def take(self, name: str, label: str, cell: Cell) -> None:
        """Take in a value."""
        self.labels.append(label)
        self.cells.setdefault(name, []).append(cell)

    def missing(self, place: str, *, is_filled: bool = False) -> list[str]:
        """Give the names that every page of a place has and whose label is not here, or, if wanted, whose value."""
        return labels().missing(place, [name for name in self.cells if not is_filled or self.text(name)])

    def report(self, missing: Sequence[str] = ()) -> dict[str, Json]:
        """Give what is to be reported: labels that are not known, and the names of what is missing."""
        report: dict[str, Json] = {}
        if language := labels().language(self.labels):
            report["language"] = language
        if self.unread:
            report["unread"] = [{"label": label, "value": value} for label, value in self.unread]
        if missing:
            report["missing"] = sorted(missing)
        return report


def read_page(html: str) -> Reading:
    """Read a page or a piece of one."""
    return read(html, labels().texts)


@contextmanager
def unless_gone(page: Reading) -> Iterator[None]:
    """Look, where a page is not what it should be, whether it says that there is no such thing.

    Raises:
        GoneError: it does.
    """
    try:
        yield
    except ShapeError:
        if words := _GONE.search(page.text):
            raise GoneError(words[0]) from None
        raise


def said_in(row: Row, place: str) -> Said:
    """Give what a row of a table says."""
    said = Said()
    for label, cell in row.labelled:
        name = labels().name(place, label) if label else None
        if name is not None:
            said.take(name, label, cell)
        elif label and cell.text and cell.text != label:
            said.unread.append((label, cell.text))
    return said


def rows_of(table: Table) -> list[Row]:
    """Give a table's rows that are not the one that says that there are none."""
    return [row for row in table.rows if not _says_nothing(row)]


def table_of(page: Reading, place: str) -> Table | None:
    """Give the table of a page that most of a place's labels stand in, if any has at least two, or one of two."""
    rated = [(len(names_in(table, place)), -number, table) for number, table in enumerate(page.tables)]
    best = max(rated, key=lambda each: each[:2], default=None)
    least = min(2, len(labels().must.get(place, ())))
    return best[2] if best is not None and best[0] >= max(least, 1) else None


def names_in(table: Table, place: str) -> set[str]:
    """Give the names whose labels stand in a table's header, or in its first row."""
    said = [*table.headers, *(label for row in table.rows[:1] for label, _ in row.labelled)]
    return {name for label in said if (name := labels().name(place, label)) and name not in SERIAL}


def due_table(page: Reading, place: str) -> Table:
    """Give the table of a page that a place's labels stand in.

    Raises:
        ShapeError: there is none.
    """
    table = table_of(page, place)
    if table is None:
        wanted = ", ".join(sorted(labels().must.get(place, ())))
        raise ShapeError(f"a table with {wanted} is due; the page has {len(page.tables)} tables without")
    return table


def piece_rows(html: str, place: str, headers: Sequence[str]) -> list[Row]:
    """Give the rows of a piece of a table, under the headers of the whole one where it has as many columns.

    Raises:
        ShapeError: it has rows, and no label of the place is in them.
    """
    page = read_page(html)
    rows = [row for table in page.tables[:1] for row in rows_of(table)]
    if any(headers) and all(len(row.cells) == len(headers) for row in rows):
        rows = [row for table in page.tables[:1] for row in rows_of(table.under(headers))]
    if rows and not any(said_in(row, place).cells for row in rows):
        raise ShapeError(f"{len(rows)} rows came without any label that we know")
    return rows


def documents(links: Iterable[Link]) -> list[Json]:
    """Give the files that links lead to: title and, where it has one, address."""
    found: dict[tuple[str, str], Json] = {}
    for link in links:
        address = "" if _PRESSED.match(link.href) else _SESSION.sub("", link.href)
        if link.text or address:
            found[link.text, address] = {"title": link.text, "url": address} if address else {"title": link.text}
    return list(found.values())


def _says_nothing(row: Row) -> bool:
    texts = {cell.text for cell in row.cells}
    return not any(texts) or (len(texts) == 1 and bool(NOTHING.search(next(iter(texts)))))
