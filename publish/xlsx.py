"""Tables as sheets of an Excel workbook, streamed: Arrow makes the XML of thousands of cells at a time.

A text is a text, so that an id keeps its zeros and nothing is a formula. A number is a number where a double holds it
exactly, else a text. A time is a date of Excel in the portal's own time; the offset from UTC, which Excel has no place
for, stands in the cell's number format. Each sheet ends long before Excel's last row, and goes on in another one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from zlib_ng import zlib_ng

from ocds_schema.json import digest
from publish.arrays import FALSE, TRUE, constant, ends, flags, joined, longest
from publish.cells import RowsDigest
from publish.formats import OpenFile, Written
from publish.tables import Column, Table
from publish.zipped import Part, write_zip

SHEET_ROWS = 1_000_000
"""Rows of a sheet; Excel's last row is the 1,048,576th."""
BOOK_ROWS = 2_000_000
"""Rows of a workbook; beyond, a further one begins."""
SECONDS_OF_1970 = 25_569 * 86_400
_LEVEL = 1
_RAW = -15
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ESCAPED = r"_(x[0-9A-Fa-f]{4}_)"
_TEXT = ('<c t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>")
_NUMBER = ("<c><v>", "</v></c>")
_EMPTY = "<c/>"
_DIGITS = 15
FIRST_TIME_STYLE = 2
_WIDTHS = {"text": 28, "integer": 12, "amount": 18, "number": 12, "time": 24}
_OFFSET = re.compile(r"Z|[+-]\d\d:\d\d")
_FIRST_DAY, _LAST_DAY = "1900-03-01", "9999-12-31"


@dataclass(kw_only=True)
class Styles:
    """The number formats of times, one for each offset from UTC: a cell's style is its place."""

    formats: dict[str, int] = field(default_factory=dict)

    def of(self, offset: str) -> int:
        """Give the style of a time at an offset, such as `+05:00`."""
        return self.formats.setdefault(offset, len(self.formats) + FIRST_TIME_STYLE)


class SheetFile:
    """The rows of one table in a year, deflated sheet by sheet into files of their own."""

    def __init__(self, path: Path, columns: Sequence[Column], styles: Styles, *, sheet_rows: int = SHEET_ROWS) -> None:
        """Open the first sheet; further ones are called after it."""
        self._path = path
        self._columns = columns
        self._styles = styles
        self._most = sheet_rows
        self.sheets: list[Sheet] = []
        self._open: _Deflated | None = None
        self._digest = RowsDigest()

    def write(self, batch: pa.RecordBatch, rows: RowsDigest) -> None:
        """Add the rows of a batch, whose digest is `rows`; a sheet ends where the batch would not fit any more."""
        if self._open is None or self._digest.rows + len(batch) > self._most:
            self._next()
        assert self._open is not None  # noqa: S101 - opened above
        self._open.write(self._xml(batch))
        self._digest.include(rows)

    def finish(self) -> "list[Sheet]":
        """Close the last sheet and give all of them; a table without rows has one too."""
        if self._open is None:
            self._next()
        self._end()
        return self.sheets

    def close(self) -> None:
        """Close what is open."""
        if self._open is not None:
            self._open.file.close()

    def _next(self) -> None:
        self._end()
        self._open = _Deflated(self._path.with_name(f"{self._path.name}-{len(self.sheets) + 1}"))
        self._digest = RowsDigest()
        self._open.write(sheet_head(self._columns).encode())

    def _end(self) -> None:
        if self._open is not None:
            last = f"{_letters(len(self._columns))}{self._digest.rows + 1}"
            self._open.write(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'.encode())
            self.sheets.append(Sheet(digest=self._digest, part=self._open.finish()))
            self._open = None

    def _xml(self, batch: pa.RecordBatch) -> bytes:
        pieces: list[Any] = ["<row>"]
        for column, array in zip(self._columns, batch.columns, strict=True):
            pieces += self._pieces(column, array)
        rows = joined(*_merged([*pieces, "</row>"]))
        found = ends(rows)
        return bytes(memoryview(rows.buffers()[2])[found[0] : found[-1]])

    def _pieces(self, column: Column, array: pa.Array) -> Sequence[Any]:
        """Give what the cells of a column are put together from: texts that all rows share, and arrays."""
        if array.null_count == len(array):
            return [_EMPTY]
        match column.type:
            case "text":
                return _pieces_around(_TEXT, xml_text(array))
            case "integer":
                return _pieces_around(_NUMBER, array.cast(pa.string()))
            case "time":
                return [self._times(array)]
        is_exact = exact(array)
        if pc.all(is_exact).as_py():
            return _pieces_around(_NUMBER, array)
        return [pc.if_else(pc.fill_null(is_exact, TRUE), _around(_NUMBER, array), _around(_TEXT, array))]

    def _times(self, times: pa.Array) -> pa.Array:
        """Give dates where Excel can count them to the second, else texts."""
        shown = _around(_TEXT, times)
        days, endings = pc.utf8_slice_codeunits(times, 0, 10), pc.utf8_slice_codeunits(times, 19, 64)
        can = pc.and_(pc.greater_equal(days, constant(_FIRST_DAY)), pc.less_equal(days, constant(_LAST_DAY)))
        for offset in sorted(each for each in pc.unique(endings).to_pylist() if each and _OFFSET.fullmatch(each)):
            chosen = pc.fill_null(pc.and_(can, pc.equal(endings, constant(offset))), FALSE)
            serial = _serials(pc.if_else(chosen, times, constant(None)))
            cell = (f'<c s="{self._styles.of(offset)}"><v>', "</v></c>")
            shown = pc.if_else(chosen, _around(cell, serial), shown)
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A finished sheet: the digest of its rows, and its deflated XML."""

    digest: RowsDigest
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A sheet in its place: its name, the table it belongs to, and the sheet."""

    name: str
    table: str
    sheet: Sheet


def books(tables: Iterable[tuple[Table, Sequence[Sheet]]], *, book_rows: int = BOOK_ROWS) -> list[list[Tab]]:
    """Share the sheets among workbooks, none of which has more rows than fit; each has one sheet at least."""
    found: list[list[Tab]] = [[]]
    rows = 0
    for table, sheets in tables:
        for number, sheet in enumerate(sheets, 1):
            if found[-1] and rows + sheet.digest.rows > book_rows:
                found.append([])
                rows = 0
            rows += sheet.digest.rows
            found[-1].append(
                Tab(name=table.name if number == 1 else f"{table.name} {number}", table=table.name, sheet=sheet)
            )
    return found


def write_book(
    path: Path,
    tabs: Sequence[Tab],
    styles: Styles,
    *,
    readme: Sequence[Sequence[str]],
    fields: Sequence[Sequence[str]],
) -> Written:
    """Put a workbook together: a sheet that explains it, one that describes every column, and the tables."""
    names = ["README", "fields", *(tab.name for tab in tabs)]
    parts = [
        ("[Content_Types].xml", _content_types(len(names))),
        ("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", _workbook(names)),
        ("xl/_rels/workbook.xml.rels", _workbook_relations(len(names))),
        ("xl/styles.xml", _styles(styles)),
        ("xl/worksheets/sheet1.xml", _plain_sheet(readme, (28, 100))),
        ("xl/worksheets/sheet2.xml", _plain_sheet(fields, (14, 24, 28, 28, 10, 44, 60, 36))),
    ]
    with OpenFile(path) as file:
        write_zip(
            file,
            [
                *((name, Part.of(text.encode())) for name, text in parts),
                *((f"xl/worksheets/sheet{number}.xml", tab.sheet.part) for number, tab in enumerate(tabs, 3)),
            ],
        )
        file.rows = sum(tab.sheet.digest.rows for tab in tabs)
        for tab in tabs:
            tab.sheet.part.remove()
        return file.written(book_digest((tab.name, tab.sheet.digest) for tab in tabs))


def book_digest(sheets: Iterable[tuple[str, RowsDigest]]) -> str:
    """Give the digest of a workbook's content: of its sheets' names and digests."""
    return digest("".join(f"{name}\t{each.hexdigest()}\n" for name, each in sheets).encode())


def exact(numbers: pa.Array) -> pa.Array:
    """Tell which numbers, written in full, a double holds so exactly that it is written the same again."""
    if longest(numbers) <= _DIGITS:
        return pc.true_unless_null(numbers)
    digits = pc.utf8_length(pc.replace_substring_regex(numbers, r"^-?0*\.?0*|\.", ""))
    few = pc.less_equal(digits, constant(_DIGITS))
    if pc.all(few).as_py() is not False:
        return few
    same = [each is not None and Decimal(repr(float(each))) == Decimal(each) for each in numbers.to_pylist()]
    return pc.and_(flags(same), pc.true_unless_null(numbers))


def xml_text(texts: pa.Array) -> pa.Array:
    """Give texts as XML."""
    data = texts.buffers()[2]
    found = data.to_pybytes() if data else b""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if character.encode() in found:
            texts = pc.replace_substring(texts, character, entity)
    if b"_x" in found:
        texts = pc.replace_substring_regex(texts, _ESCAPED, r"_x005F_\1")
    return texts


def sheet_head(columns: Sequence[Column]) -> str:
    """Give the beginning of a sheet: a header that stays in sight, and widths that most cells fit into."""
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{_WIDTHS[column.type]}" customWidth="1"/>'
        for place, column in enumerate(columns, 1)
    )
    header = "".join(
        f'<c s="1" t="inlineStr"><is><t>{escape(column.name, quote=False)}</t></is></c>' for column in columns
    )
    view = (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>'
    )
    return f"{_HEAD}<worksheet {_MAIN}>{view}<cols>{widths}</cols><sheetData><row>{header}</row>"


class _Deflated:
    """XML deflated into a file."""

    def __init__(self, path: Path) -> None:
        self.file = OpenFile(path)
        self._pack = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, _RAW)
        self._crc = 0
        self._size = 0

    def write(self, data: Any) -> None:
        self._crc = zlib_ng.crc32(data, self._crc)
        self._size += len(data)
        self.file.put(self._pack.compress(data))

    def finish(self) -> Part:
        self.file.put(self._pack.flush())
        written = self.file.written("")
        return Part(path=written.path, size=self._size, packed=written.bytes, crc=self._crc)


def _around(parts: tuple[str, str], cells: pa.Array) -> pa.Array:
    return pc.fill_null(joined(parts[0], cells, parts[1]), constant(_EMPTY))


def _pieces_around(parts: tuple[str, str], cells: pa.Array) -> Sequence[Any]:
    return [_around(parts, cells)] if cells.null_count else [parts[0], cells, parts[1]]


def _merged(pieces: Iterable[Any]) -> list[Any]:
    """Put neighbouring texts together, so that they are copied once."""
    found: list[Any] = []
    for piece in pieces:
        if found and isinstance(piece, str) and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _serials(times: pa.Array) -> pa.Array:
    """Give the days since the end of 1899 in the portal's own time, as Excel counts them."""
    seconds = pc.utf8_slice_codeunits(times, 0, 19).cast(pa.timestamp("s")).cast(pa.int64())
    days = pc.divide(pc.add(seconds, constant(SECONDS_OF_1970)).cast(pa.float64()), constant(86_400))
    return days.cast(pa.string())


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _plain_sheet(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    lines = []
    for number, row in enumerate(rows):
        style = ' s="1"' if number == 0 else ""
        cells = (
            f'<c{style} t="inlineStr"><is><t xml:space="preserve">{escape(cell, quote=False)}</t></is></c>'
            for cell in row
        )
        lines.append(f"<row>{''.join(cells)}</row>")
    return f"{_HEAD}<worksheet {_MAIN}><cols>{columns}</cols><sheetData>{''.join(lines)}</sheetData></worksheet>"


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _workbook_relations(sheets: int) -> str:
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)]
    return _relations([*targets, ("styles", "styles.xml")])


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name, quote=False)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return f'{_HEAD}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _styles(styles: Styles) -> str:
    """Give the styles: plain, bold for headers, and one for each way that times end."""
    numbered = [(164 + place, escape(time_format(offset))) for place, offset in enumerate(styles.formats)]
    formats = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in numbered)
    kinds = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number, _ in numbered
    )
    declared = f'<numFmts count="{len(numbered)}">{formats}</numFmts>' if numbered else ""
    return (
        f'{_HEAD}<styleSheet {_MAIN}>{declared}<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        '</fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(numbered) + FIRST_TIME_STYLE}">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        f'{kinds}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def time_format(offset: str) -> str:
    """Give the number format of times at an offset from UTC: a text that the format adds."""
    return f'yyyy-mm-dd hh:mm:ss"{offset}"'
