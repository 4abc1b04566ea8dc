"""What a page says, piece by piece: cells with their texts, links and fields, tables, labelled values and forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

_SEVERAL = 2
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def clean(text: str) -> str:
    """Give a text without soft hyphens and other marks that do not show, its blanks made single."""
    return " ".join(text.translate(_UNSEEN).split())


def fold(label: str) -> str:
    """Give a label as labels are compared: clean, in small letters, ё as е, without a closing colon or asterisk."""
    return clean(label).casefold().replace("ё", "е").rstrip(" :*").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something to follow or press: its text, address, `data-` attributes (without that prefix) and what it calls."""

    text: str
    href: str = ""
    onclick: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field of a form: what it is called, what it holds, and, of a choice, every value with its text."""

    name: str
    value: str
    text: str
    type: str
    id: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in one place of a page.

    `parts` are the text's lines and blocks (a text in two languages has two), `pieces` the texts element by element.
    `text` is all of it, without what nested `tables` say. It `is_bold` where nothing of it is not.
    """

    text: str = ""
    parts: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    controls: tuple[Control, ...] = ()
    tables: "tuple[Table, ...]" = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_header: bool = False
    is_bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: its cells in order, each with the header it stands under, or an empty one.

    `group` is the text of the row across the whole table that stands above it, if there is one.
    """

    cells: tuple[Cell, ...]
    headers: tuple[str, ...] = ()
    group: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def labelled(self) -> tuple[tuple[str, Cell], ...]:
        """Each cell with its header; where it has none, with the label that the cell begins with."""
        headers = (*self.headers, *("",) * (len(self.cells) - len(self.headers)))
        both = list(zip(headers, self.cells, strict=False))
        least = 1 if any(_repeats(header, cell) for header, cell in both) else _SEVERAL
        return tuple((header, _without(header, cell, least)) if header else _own_label(cell) for header, cell in both)

    def get(self, *labels: str) -> Cell | None:
        """Give the first cell that stands under one of some headers."""
        wanted = {fold(label) for label in labels}
        return next((cell for header, cell in self.labelled if fold(header) in wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: the texts of its header, its other rows, and the heading that stands above it.

    `body_id` is the id of its body, which answers to partial requests refer to.
    """

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    heading: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    body_id: str = ""

    def has(self, *labels: str) -> bool:
        """Say whether the header has each of some labels."""
        mine = {fold(header) for header in self.headers}
        return all(fold(label) in mine for label in labels)

    def under(self, headers: Sequence[str]) -> "Table":
        """Give the rows of a piece of a table under the headers of the whole one."""
        return replace(
            self, headers=tuple(headers), rows=tuple(replace(row, headers=tuple(headers)) for row in self.rows)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A labelled value; `form` says how the page writes it.

    `row`: cells of a row without header; `control`: a label and a field; `label`: a label and the text after it;
    `sibling`: two elements alone in a third; `bold`: a bold text and what follows it; `term`: a term and what it means.
    """

    label: str
    value: Cell
    form: str
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: where it goes, how, and its fields."""

    action: str
    method: str
    id: str
    controls: tuple[Control, ...]

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields by name."""
        return {each.name: each.value for each in self.controls if each.type == "hidden" and each.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that a page says, in the page's order; `tables` has nested ones too."""

    text: str
    headings: tuple[str, ...]
    tables: tuple[Table, ...]
    pairs: tuple[Pair, ...]
    links: tuple[Link, ...]
    forms: tuple[Form, ...]
    controls: tuple[Control, ...]
    metas: Mapping[str, str] = field(default_factory=dict)

    def table(self, *labels: str) -> Table | None:
        """Give the first table whose header has each of some labels."""
        return next((table for table in self.tables if table.has(*labels)), None)

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the whole page by name; of several with one name the first."""
        hidden: dict[str, str] = {}
        for each in self.controls:
            if each.type == "hidden" and each.name:
                hidden.setdefault(each.name, each.value)
        return hidden


def _own_label(cell: Cell) -> tuple[str, Cell]:
    if len(cell.pieces) < _SEVERAL:
        return "", cell
    return cell.pieces[0], _without(cell.pieces[0], cell)


def _repeats(label: str, cell: Cell, least: int = _SEVERAL) -> bool:
    return len(cell.pieces) >= least and bool(label) and fold(cell.pieces[0]) == fold(label)


def _without(label: str, cell: Cell, least: int = _SEVERAL) -> Cell:
    # Tables for small screens repeat the header in each cell; where the others do, one with nothing else is empty.
    if not _repeats(label, cell, least):
        return cell
    first, *others = cell.parts
    head = first.removeprefix(cell.pieces[0]).strip()
    parts = tuple([head, *others] if head else others)
    return replace(cell, text=" ".join(parts), parts=parts, pieces=cell.pieces[1:])
