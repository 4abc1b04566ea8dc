"""The portal's list of announcements, and what is read of each: its tabs, its lots and their windows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from extractors.base import GoneError, Listing, Page, Request, ShapeError
from extractors.markup import breaks_off
from extractors.page_content import Reading
from extractors.pages import page_numbers
from extractors.tajikistan import parsers
from extractors.tajikistan.values import LACKING, moment, whole
from ocds_schema.json import Json

LIST = "/ru/searchanno"
TAJIK_LIST = "/tg/searchanno"
ANNOUNCEMENT = "/ru/announce/index/"
LIST_SIZE = 10

# The query names of tabs whose links a page does not show: seen for the lots, else the sibling portal's.
_TABS = {"lots": "lots", "clarifications": "documents", "protocols": "protocols"}
_FORGERY = "ci_csrf_token"
_GONE = re.compile(
    r"(?:страница|объявление|лот)\s+не\s+(?:найден[ао]?|существует)"
    r"|(?:страница|объявление|лот)\s+(?:был[ао]?\s+)?удал[её]н[ао]?|(?:саҳифа|эълон)\s+ёфт\s+нашуд"
    r"|page (?:was )?(?:not found|removed)",
    re.IGNORECASE,
)
_AJAX = (("X-Requested-With", "XMLHttpRequest"),)


def request(path: str, position: str = "", **query: str) -> Request:
    """Give the request for a page of the portal; a position is the number of one of its pages."""
    asked = {name: value for name, value in {**query, "page": position}.items() if value}
    return Request(path=f"{path}?{urlencode(asked)}" if asked else path, accept="html")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages(Listing):
    """Something that the portal shows on web pages."""

    def page(self, content: Json) -> Page:
        """Read a page; what is due is told by the labels on it."""
        reading = parsers.read_page(content)
        following = self.following(reading)
        forgery = parsers.token(reading)
        return Page(
            objects=self.objects(reading),
            more=bool(following) or self.is_stuck(reading),
            following=following,
            session={_FORGERY: forgery} if forgery else None,
        )

    def objects(self, page: Reading) -> list[Json]:
        """Give the documents of a page; raises what `page` raises."""
        raise NotImplementedError

    def following(self, page: Reading) -> str:  # noqa: ARG002
        """Give the number of the next page, or nothing after the last."""
        return ""

    def is_stuck(self, page: Reading) -> bool:  # noqa: ARG002
        """Say whether more is to be expected, and the page shows no way to it."""
        return False

    def key(self, fields: Json) -> str | None:
        """Give the announcement's id."""
        return whole(fields.get("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Single(_Pages):
    """Something that a page is about, and that the portal may have removed."""

    def page(self, content: Json) -> Page:
        """Read a page; one that is another says why."""
        try:
            return _Pages.page(self, content)
        except ShapeError:
            if words := _GONE.search(parsers.read_page(content).text):
                raise GoneError(words[0]) from None
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces(_Single):
    """Something that the portal shows in a window over a page, and sends as a piece of one."""

    def page(self, content: Json) -> Page:
        """Read a piece of a page, which must not break off: nothing else tells whether it came whole."""
        if breaks_off(content):
            raise ShapeError("the piece of a page breaks off within a table")
        return _Single.page(self, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices(_Pages):
    """The list of announcements, newest first.

    `since` is the first moment of a window on the portal's clock. Acceptance of bids begins on or after the day of
    publication, and ids rise with publication: once a whole page lies before the window, so does all that follows.
    """

    since: str = ""

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for a page of the list."""
        return request(LIST, position)

    def objects(self, page: Reading) -> list[Json]:
        """Give the rows."""
        return parsers.notices(page)

    def following(self, page: Reading) -> str:
        """Give the number of the next page, while rows of this one reach into the window."""
        starts = [moment(row.get("start")) for row in parsers.notices(page)]
        is_past = bool(self.since) and all(starts) and max(starts) < self.since
        return "" if is_past else parsers.following(page)

    def is_stuck(self, page: Reading) -> bool:
        """Say whether a full page has no links to others: then we do not know how this portal writes them."""
        return len(parsers.notices(page)) >= self.size and not page_numbers(page.links)

    def follow(self, fields: Json) -> "Sequence[Listing]":
        """Give the announcement of a row."""
        number = whole(fields.get("id"))
        return (announcement(number),) if number else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TajikNotices(Notices):
    """The same list in Tajik, where the portal has one: its address is only supposed."""

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for a page of the list."""
        return request(TAJIK_LIST, position)

    def objects(self, page: Reading) -> list[Json]:
        """Give the rows, where their headers are Tajik."""
        return parsers.notices(page) if parsers.is_tajik(page) else []

    def following(self, page: Reading) -> str:
        """Give the number of the next page, where this one is Tajik."""
        return Notices.following(self, page) if parsers.is_tajik(page) else ""

    def is_stuck(self, page: Reading) -> bool:  # noqa: ARG002
        """Say that nothing is missed: the list is an extra."""
        return False

    def follow(self, fields: Json) -> "Sequence[Listing]":  # noqa: ARG002
        """Give nothing: the announcements are read by the Russian list."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAgain(_Pages):
    """The row of one announcement, found by its number: the portal changes rows without moving them up the list."""

    number: str
    quoted: str

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for what the list finds."""
        return request(LIST, position, numberAnno=self.quoted, filter_anno="Y")

    def objects(self, page: Reading) -> list[Json]:
        """Give the row, if it is there; rows that were not asked for are passed over."""
        return [row for row in parsers.found(page) if whole(row.get("id")) == self.number]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part(_Single):
    """A page of one announcement, whose id is `number`."""

    number: str
    tab: str = ""

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for a tab of the announcement, or a page of it."""
        return request(f"{ANNOUNCEMENT}{self.number}", position, tab=self.tab)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement(_Part):
    """An announcement: its head and general data; its other tabs follow. `again` reads its row in the list too."""

    again: bool = False

    def objects(self, page: Reading) -> list[Json]:
        """Give the announcement."""
        return [parsers.announcement(page, self.number)]

    def follow(self, fields: Json) -> "Sequence[Listing]":
        """Give the tabs, by the links that the page has, or else by the names that such pages use."""
        tabs = {name: tab for name, tab in fields["tabs"].items() if name in _TAB_LISTINGS} or _TABS
        followers: list[Listing] = [
            _TAB_LISTINGS[name](
                name=f"{name} {self.number}", number=self.number, tab=tab, repeats=True, **_page(_KINDS[name])
            )
            for name, tab in sorted(tabs.items())
        ]
        if self.again and fields.get("number"):
            quoted = fields["number"]
            followers.append(RowAgain(name=f"row {self.number}", number=self.number, quoted=quoted, **_page("notice")))
        return followers

    def lacking(self, fields: Json, kinds: Sequence[str]) -> Json:
        """Name the tabs that the page links to, and that the portal did not have, among what is missing."""
        linked = {f"{LACKING}{_KINDS[name]}" for name in fields["tabs"] if _KINDS.get(name) in kinds}
        return fields | {"missing": sorted({*fields.get("missing", ()), *linked})} if linked else fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots(_Part):
    """The lots of an announcement, page by page; their windows follow."""

    def objects(self, page: Reading) -> list[Json]:
        """Give the rows."""
        parsers.due_announcement(page)
        return parsers.lots(page, self.number)

    def following(self, page: Reading) -> str:
        """Give the number of the next page."""
        return parsers.following(page)

    def key(self, fields: Json) -> str | None:
        """Give the ids of announcement and lot; a lot without one has what people tell it by."""
        own = fields.get("lot_id")
        told = next((fields[name] for name in ("lot_number", "plan_point", "ordinal") if fields.get(name)), None)
        return f"{self.number}/{own}" if own else f"{self.number}/no {told}" if told else None

    def follow(self, fields: Json) -> "Sequence[Listing]":
        """Give the window of a lot that can be told."""
        lot = fields.get("lot_id")
        if not lot:
            return ()
        ways = (("address",) if fields.get("address") else ()) + ("post", "get")
        return (
            LotWindow(
                name=f"window {self.number}/{lot}",
                number=self.number,
                lot=lot,
                address=fields.get("address", ""),
                ways=ways,
                **_page("lot_window"),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LotWindow(_Pieces):
    """The window of a lot. Its address is not known for certain: `ways` to ask for it are tried one after the other."""

    number: str
    lot: str
    address: str
    ways: tuple[str, ...]

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request, in the first of the ways left."""
        path = f"/ru/announce/ajax_load_lot/{self.number}"
        if self.ways[0] == "address":
            return Request(path=self.address, accept="fragment")
        if self.ways[0] == "get":
            return Request(path=f"{path}/{self.lot}", accept="fragment", headers=_AJAX)
        guard = ((_FORGERY, session[_FORGERY]),) if session else ()
        return Request(path=f"{path}?tab=lots", form=(("id", self.lot), *guard), accept="fragment", headers=_AJAX)

    def objects(self, page: Reading) -> list[Json]:
        """Give what the window says."""
        return [parsers.window(page, self.number, self.lot)]

    def key(self, fields: Json) -> str | None:  # noqa: ARG002
        """Give the ids of announcement and lot."""
        return f"{self.number}/{self.lot}"

    def instead(self) -> "Listing | None":
        """Give the window by the next way."""
        return replace(self, ways=self.ways[1:]) if len(self.ways) > 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarifications(_Part):
    """The questions to an announcement, with the answers."""

    def objects(self, page: Reading) -> list[Json]:
        """Give them as one document, so that what is taken away is seen to be gone."""
        parsers.due_announcement(page)
        return [parsers.clarifications(page, self.number)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocols(_Part):
    """The protocols of an announcement."""

    def objects(self, page: Reading) -> list[Json]:
        """Give them as one document."""
        parsers.due_announcement(page)
        return [parsers.protocols(page, self.number)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents(_Part):
    """The documents of an announcement, a tab that the sibling portal has; lists of files follow."""

    def objects(self, page: Reading) -> list[Json]:
        """Give them as one document."""
        parsers.due_announcement(page)
        return [parsers.documents(page, self.number)]

    def follow(self, fields: Json) -> "Sequence[Listing]":
        """Give the lists of files."""
        wanted = dict.fromkeys(each["files_id"] for each in fields["documents"] if each.get("files_id"))
        return [
            Files(name=f"files {self.number}/{each}", number=self.number, requirement=each, **_page("files"))
            for each in wanted
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files(_Pieces):
    """The files of one of an announcement's documents; the address is the sibling portal's, `stem` before it."""

    number: str
    requirement: str
    stem: str = "/ru"

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for the window with the files."""
        path = f"{self.stem}/announce/actionAjaxModalShowFiles/{self.number}/{self.requirement}"
        return Request(path=path, accept="fragment", headers=_AJAX)

    def objects(self, page: Reading) -> list[Json]:
        """Give the files as one document."""
        return [parsers.files(page, self.number, self.requirement)]

    def key(self, fields: Json) -> str | None:  # noqa: ARG002
        """Give the ids of announcement and document."""
        return f"{self.number}/{self.requirement}"

    def instead(self) -> "Listing | None":
        """Give the same without the language before it."""
        return replace(self, stem="") if self.stem else None


_TAB_LISTINGS: dict[str, type[_Part]] = {
    "lots": Lots,
    "clarifications": Clarifications,
    "documents": Documents,
    "protocols": Protocols,
}
_KINDS = {"lots": "lot", "clarifications": "clarifications", "documents": "documents", "protocols": "protocols"}


def announcement(number: str, *, again: bool = False) -> Announcement:
    """Give the listing of one announcement."""
    settings = _page("announcement") | {"optional": False}
    return Announcement(name=f"announcement {number}", number=number, again=again, **settings)


def _page(kind: str) -> dict[str, Any]:
    """Give what the listings of a single page have in common; a page may be gone by the time it is asked for."""
    return {"kind": kind, "way": "html", "size": 1, "falling": False, "optional": True}
