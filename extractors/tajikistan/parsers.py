"""What the portal's pages say, by the labels and headers of labels.csv; never by position, class or id.

Each function takes the text of a page, and gives the documents in it. A value whose label is not known stands under
`unread`; a label that every such page has, and this one has not, is named under `missing`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from extractors.base import ShapeError
from extractors.labels import read_labels
from extractors.page_content import Cell, Link, Pair, Reading, Row, Table
from extractors.pages import page_numbers, read
from ocds_schema.json import Json

LABELS = read_labels("extractors.tajikistan", ("ru", "tg", "en"))
TABS = ("lots", "clarifications", "documents", "protocols")

_LEAST = 2
"""How many known labels make a page or a table what we take it for."""
_ONWARD = frozenset({">", "»", "›", "→", ">>", "следующая", "далее", "вперед", "вперёд", "навбатӣ", "next"})
_ANNOUNCEMENT = re.compile(r"/announce/index/(\d{1,18})(?!\d)")
_TAJIK = re.compile("[ғӣқӯҳҷҒӢҚӮҲҶ]")
_BILINGUAL = frozenset({"title", "organizer", "purchasing_entity", "description"})
_NAMED = ("row", "control", "label", "term")
"""Ways of writing a labelled value that say for certain that it is one."""
_FLEETING = frozenset({"head/time_left"})
"""What says something else each time the page is asked for."""
_WHOLE = re.compile(r"\d{1,18}")
_FORGERY = "ci_csrf_token"


def read_page(html: str) -> Reading:
    """Read a page or a piece of one."""
    return read(html, LABELS.texts)


def notices(page: Reading) -> list[Json]:
    """Give the rows of the list.

    Raises:
        ShapeError: the page has no such list, it has no rows, or none of them leads to an announcement.
    """
    table = _due_table(page, "list")
    found = [_notice(row) for row in table.rows if not _says_nothing(row)]
    if not found:
        raise ShapeError("the list of announcements has no rows")
    if not any("id" in row for row in found):
        raise ShapeError(f"links to announcements are due; none of the list's {len(found)} rows has one")
    return found


def found(page: Reading) -> list[Json]:
    """Give the rows of the list that a search has found; there may be none."""
    return [_notice(row) for row in _rows_of(page, "list")]


def is_tajik(page: Reading) -> bool:
    """Tell whether a page's headers are in Tajik."""
    return LABELS.language(header for table in page.tables for header in table.headers) == "tg"


def announcement(page: Reading, number: str) -> Json:
    """Give an announcement's head and general data.

    Raises:
        ShapeError: the page is no announcement's.
    """
    body: dict[str, Json] = {"id": number}
    unread, labels = list[Json](), set[str]()
    for pair in page.pairs:
        name = _place_of(pair)
        if name is None:
            unread += _stray(pair)
            continue
        labels.add(name)
        if name in _FLEETING:
            continue
        text = "; ".join(pair.value.parts) if name == "general/features" else pair.value.text
        member = name.partition("/")[2]
        if body.setdefault(member, text) != text:
            unread.append({"label": pair.label, "value": text})
    _due_head(labels)
    tabs, strange = _tabs(page)
    body["tabs"] = tabs
    return body | _report(_all_missing(labels), unread + strange)


def due_announcement(page: Reading) -> None:
    """Hold a page to being one of an announcement.

    Raises:
        ShapeError: it is none.
    """
    _due_head({name for pair in page.pairs if (name := _place_of(pair))})


def lots(page: Reading, number: str) -> list[Json]:
    """Give the rows of an announcement's lots, in whichever layout."""
    table = _table(page, "lots")
    return [] if table is None else [_lot(row, number) for row in table.rows if not _says_nothing(row)]


def window(page: Reading, number: str, lot: str) -> Json:
    """Give what the window of a lot says.

    Raises:
        ShapeError: the page is no such window.
    """
    body: dict[str, Json] = {"announcement_id": number, "lot_id": lot}
    unread = list[Json]()
    for pair in page.pairs:
        name = LABELS.name("window", pair.label)
        if name is not None:
            body.setdefault(name, pair.value.text)
        else:
            unread += _stray(pair)
    if len(body) < _LEAST + 2:
        raise ShapeError(f"the window of a lot is due; {_said(page)}")
    return body | _report(LABELS.missing("window", body), unread)


def clarifications(page: Reading, number: str) -> Json:
    """Give the questions to an announcement, and the answers."""
    questions = _rows(page, "clarifications")
    return {"id": number, "questions": questions} | _report([], _strange_tables(page, "clarifications"))


def protocols(page: Reading, number: str) -> Json:
    """Give an announcement's protocols and, where they are shown, what was offered and who won."""
    body = {"id": number, "protocols": _rows(page, "protocols"), "results": _rows(page, "results")}
    return body | _report([], _strange_tables(page, "protocols", "results"))


def documents(page: Reading, number: str) -> Json:
    """Give the list of an announcement's documents; each names the list of its files, where it has one."""
    found = list[Json]()
    for row in _rows_of(page, "documents"):
        body = _row(row, "documents")
        calls = [numbers for link in _links(row) if (numbers := re.findall(r"\d+", link.onclick))]
        if calls and len(calls[0]) > 1 and calls[0][0] == number:
            body["files_id"] = calls[0][1]
        found.append(body)
    return {"id": number, "documents": found} | _report([], _strange_tables(page, "documents"))


def files(page: Reading, number: str, requirement: str) -> Json:
    """Give the files of one of an announcement's documents.

    Raises:
        ShapeError: the page has no list of files.
    """
    _due_table(page, "files")
    return {"announcement_id": number, "files_id": requirement, "files": _rows(page, "files")}


def following(page: Reading) -> str:
    """Give the number of the next page, or nothing on the last one, whose links lead only back."""
    numbered = [(link.text.casefold(), numbers[0]) for link in page.links if (numbers := page_numbers([link]))]
    onward = [number for text, number in numbered if text in _ONWARD]
    if onward:
        return str(onward[0])
    linked = {number for _, number in numbered}
    here = _here(page, linked)
    return str(here + 1) if here is not None and here + 1 in linked else ""


def token(page: Reading) -> str:
    """Give what forms of the page are to carry against forgery, where it has such a thing."""
    return page.metas.get(_FORGERY) or page.hidden.get(_FORGERY, "")


def _here(page: Reading, linked: set[int]) -> int | None:
    """Give the number of a page from its links to others: it is the one that is not linked."""
    shown = {int(link.text) for link in page.links if not link.href and _WHOLE.fullmatch(link.text)}
    unlinked = shown - linked or set(range(1, max(linked, default=0) + 1)) - linked
    return min(unlinked) if unlinked else None


def _notice(row: Row) -> Json:
    body = _row(row, "list")
    links = [found.group(1) for link in _links(row) if (found := _ANNOUNCEMENT.search(link.href))]
    if links:
        body["id"] = str(int(links[0]))
    return body


def _lot(row: Row, number: str) -> Json:
    body = {"announcement_id": number, **_row(row, "lots")}
    for link in _links(row):
        address = _path(link.href)
        ids = [
            *(value for name, value in sorted(link.data.items(), key=lambda each: "lot" not in each[0])),
            *reversed(re.findall(r"\d+", address)),
            *reversed(re.findall(r"\d+", link.onclick)),
        ]
        known = [each for each in ids if _WHOLE.fullmatch(each) and each != number]
        if known:
            body["lot_id"] = known[0]
            if address:
                body["address"] = address
            break
    return body


def _path(href: str) -> str:
    """Give a link's path and query; nothing where it leads nowhere by itself."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if not parts.path.startswith("/") or parts.scheme not in {"", "http", "https"}:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _row(row: Row, place: str) -> dict[str, Json]:
    body: dict[str, Json] = {}
    unread, labels = list[Json](), list[str]()
    for label, cell in row.labelled:
        name = LABELS.name(place, label) if label else None
        if name is None:
            if label and cell.text:
                unread.append({"label": label, "value": cell.text})
            continue
        labels.append(name)
        body.update(_member(name, cell))
    return body | _report(LABELS.missing(place, labels), unread)


def _member(name: str, cell: Cell) -> dict[str, Json]:
    if name in {"file", "signature"}:
        found = [{"title": link.text, "url": path} for link in cell.links if (path := _path(link.href))]
        return {name: found[0]} if found else {name: {"title": cell.text}} if cell.text else {}
    if len(cell.parts) == _LEAST and name in _BILINGUAL:
        one, other = cell.parts
        if _is_tajik(one) and not _is_tajik(other):
            one, other = other, one
        elif _is_tajik(one) or not (_is_tajik(other) or name == "title"):
            return {name: cell.text}
        return {name: one, f"{name}_tg": other}
    return {name: cell.text}


def _is_tajik(text: str) -> bool:
    return _TAJIK.search(text) is not None


def _rows(page: Reading, place: str) -> list[Json]:
    return [_row(row, place) for row in _rows_of(page, place)]


def _rows_of(page: Reading, place: str) -> list[Row]:
    table = _table(page, place)
    return [] if table is None else [row for row in table.rows if not _says_nothing(row)]


def _links(row: Row) -> Iterable[Link]:
    return (link for cell in row.cells for link in cell.links)


def _says_nothing(row: Row) -> bool:
    texts = {cell.text for cell in row.cells if cell.text}
    if not texts:
        return not any(cell.links for cell in row.cells)
    return len(texts) == 1 and LABELS.name("nothing", next(iter(texts))) is not None


def _table(page: Reading, place: str) -> Table | None:
    """Give the table of a page that has most of a place's headers, and all that make it one of that place."""
    rated = [(len(LABELS.known(place, table.headers)), -count, table) for count, table in enumerate(page.tables)]
    best = max(rated, key=lambda each: each[:2], default=None)
    return best[2] if best is not None and best[0] >= _LEAST and _is_of(best[2], place) else None


def _is_of(table: Table, place: str) -> bool:
    """Tell whether a table's headers are rather of a place than of another one."""
    mine = len(LABELS.known(place, table.headers))
    return all(len(LABELS.known(other, table.headers)) <= mine for other in _TABLES)


_TABLES = ("list", "lots", "clarifications", "protocols", "results", "documents", "files")


def _due_table(page: Reading, place: str) -> Table:
    table = _table(page, place)
    if table is None:
        raise ShapeError(f"a table with {', '.join(sorted(LABELS.must[place]))} is due; {_said(page)}")
    return table


def _place_of(pair: Pair) -> str | None:
    places = ("general", "head") if pair.form == "row" else ("head", "general")
    return next((f"{place}/{name}" for place in places if (name := LABELS.name(place, pair.label))), None)


def _due_head(names: set[str]) -> None:
    if sum(name.startswith("head/") for name in names) < _LEAST:
        raise ShapeError("the head of an announcement is due, with its number, name and status")


def _all_missing(found: set[str]) -> list[str]:
    return sorted(
        name for place in ("head", "general") for name in LABELS.must[place] if f"{place}/{name}" not in found
    )


def _tabs(page: Reading) -> tuple[Mapping[str, str], list[Json]]:
    tabs: dict[str, str] = {}
    strange = list[Json]()
    for link in page.links:
        query = _query(link.href)
        if "tab" not in query or "page" in query:
            continue
        name = LABELS.name("tab", link.text)
        if name is not None:
            tabs.setdefault(name, query["tab"])
        elif link.href.startswith("?"):
            # Links to the same page in other languages have its whole address.
            strange.append({"label": link.text, "value": f"a tab of its own: {query['tab']}"})
    return tabs, strange


def _query(href: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}
    except ValueError:
        return {}


def _stray(pair: Pair) -> list[Json]:
    if pair.form not in _NAMED or not pair.value.text:
        return []
    return [{"label": pair.label, "value": pair.value.text}]


def _strange_tables(page: Reading, *places: str) -> list[Json]:
    """Give the tables of a tab that none of its places knows, so that they are not passed over in silence."""
    known = [table for place in places if (table := _table(page, place)) is not None]
    return [
        {"label": " | ".join(table.headers), "value": f"a table of its own, {len(table.rows)} rows"}
        for table in page.tables
        if table.headers and table not in known
    ]


def _report(missing: Sequence[str], unread: Sequence[Json]) -> dict[str, Json]:
    report: dict[str, Json] = {}
    if unread:
        report["unread"] = list(unread)
    if missing:
        report["missing"] = list(missing)
    return report


def _said(page: Reading) -> str:
    words = page.headings[:2] or (page.text[:120],)
    return f"the page says {' / '.join(words)!r} and has {len(page.tables)} tables"
