"""The legacy portal's lists: orders, winners, contracts without an announcement, and the registers."""

import hashlib
import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from extractors.base import Listing, Page, Request, SessionExpiredError, ShapeError, Window
from extractors.kyrgyzstan.contracts import ContractPage
from extractors.kyrgyzstan.conversation import (
    STATE,
    Talk,
    check_alive,
    page_request,
    parameters_of,
    piece,
    piece_request,
    talk,
)
from extractors.kyrgyzstan.links import winner_key
from extractors.kyrgyzstan.orders import order_page
from extractors.kyrgyzstan.rows import Said, due_table, piece_rows, read_page, said_in
from extractors.kyrgyzstan.values import LACKING, end_of, is_inside, is_past, text_of
from extractors.pages import Link, Row
from ocds_schema.json import Json

ORDERS = "/popp/view/order/list.xhtml"
WINNERS = "/popp/view/order/winners.xhtml"
SINGLE_SOURCE = "/popp/view/order/single_source_procurement.xhtml"
CENTRALIZED = "/popp/view/order/centralized_procurement.xhtml"
ENTITIES = "/popp/view/services/registry/procurementEntities.xhtml"
SUPPLIERS = "/popp/view/services/registry/suppliers.xhtml"

LATE = timedelta(days=14)
"""How long after its signing a contract may come into the lists."""

_ORDER = re.compile(r"(?:^|/)view\.xhtml\?(?:[^#]*&)?id=(\d+)")
_TIME = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}(?:\s+\d{1,2}:\d{2})?")


@dataclass(slots=True)
class Turn:
    """What the piece that was asked for last does not tell itself: conversation, first row, links to press."""

    talk: Talk | None = None
    first: int = 0
    pressed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesList(Listing):
    """A list of the legacy portal, ten or fifty rows a page; a position is the number of the first row.

    The first page of the list, as it is opened, tells the table's id and columns, and how many rows there are; rows are
    asked for in pieces, which tell none of it.
    """

    path: str
    place: str
    dated: str = ""
    window: Window | None = None
    turn: Turn = field(default_factory=Turn, repr=False, compare=False)

    def opening(self) -> Request:
        """Give the request for the list's page."""
        return page_request(self.path)

    def session(self, content: Json) -> Json:
        """Read the list's conversation, with its table."""
        page = read_page(content)
        check_alive(page)
        return talk(content, page, self.path, due_table(page, self.place))

    def request(self, position: str, session: Json = None) -> Request:
        """Give the request for a piece of the list."""
        if session is None:
            raise ShapeError("the list was asked for before it was opened")
        self.turn.talk, self.turn.first = session, int(position or 0)
        self.turn.pressed.clear()
        return piece_request(session, pagination="true", first=str(self.turn.first), rows=str(self.size))

    def page(self, content: Json) -> Page:
        """Read a piece; a window's list ends, without a total, at the first that is older than the window."""
        said = self.turn.talk
        if said is None:
            raise SessionExpiredError("a piece came that nobody asked for")
        html, told = piece(content, said)
        rows = piece_rows(html, self.place, said["headers"])
        objects = [self.object(row, said_in(row, self.place)) for row in rows]
        following = self.turn.first + len(rows)
        total = said["total"] if told is None else told
        more = bool(rows) and (total is None or following < total)
        if self.window is not None:
            more = more and not is_past([self.time(each) for each in objects], self.window)
            total = None
        return Page(objects=objects, more=more, following=str(following), total=total, session=said)

    def onward(self, position: str, following: str) -> bool:
        """Say whether a row lies further on."""
        return bool(following) and int(following) > int(position or 0)

    def time(self, fields: Json) -> datetime | None:
        """Give the time that the list is ordered by."""
        return end_of(fields.get(self.dated)) if self.dated else None

    @abstractmethod
    def object(self, row: Row, said: Said) -> Json:
        """Give what a row says as an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders(FacesList):
    """The announcements, newest first."""

    def object(self, row: Row, said: Said) -> Json:
        """Give an announcement's row."""
        links = [link for cell in row.cells for link in cell.links]
        fields: dict[str, Json] = dict(
            said.texts(("number", "organization", "category", "title", "method", "planned_amount"))
        )
        fields |= _times(said)
        key = next((found[1] for link in links if (found := _ORDER.search(link.href))), "")
        if key := key or row.attributes.get("data-rk", "").strip():
            fields["id"] = key
        return fields | said.report(said.missing(self.place))

    def key(self, fields: Json) -> str | None:
        """Give the order's id."""
        key = text_of(fields.get("id"))
        return key if key.isascii() and key.isdecimal() else None

    def follow(self, fields: Json) -> Sequence[Listing]:
        """Give the page of an order that may lie in the window."""
        key = self.key(fields)
        return (order_page(key, with_items=True),) if key and is_inside(self.time(fields), self.window) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Winners(FacesList):
    """The winners, one row a contract."""

    def object(self, row: Row, said: Said) -> Json:  # noqa: ARG002
        """Give a contract's row; what it says lot by lot are lists."""
        fields: dict[str, Json] = dict(
            said.texts(("announcement_number", "title", "winner", "contract_number", "signed"))
        )
        fields |= {
            name: lines
            for name in ("lot_numbers", "planned_amounts", "offered_prices", "contract_prices")
            if (lines := said.lines(name))
        }
        return fields | said.report(said.missing(self.place))

    def key(self, fields: Json) -> str | None:
        """Give the numbers of announcement, contract and lots."""
        return winner_key(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts(FacesList):
    """Contracts without an announcement, each with its own page, which pressing its number opens."""

    def object(self, row: Row, said: Said) -> Json:
        """Give a contract's row."""
        fields: dict[str, Json] = dict(
            said.texts(("contract_number", "organization", "supplier", "type", "amount", "signed"))
        )
        fields["id"] = row.attributes.get("data-rk", "").strip() or _made_key(fields)
        links = [link for cell in row.cells for link in cell.links]
        if parameters := _pressed(links):
            self.turn.pressed[fields["id"]] = parameters
        return fields | said.report(said.missing(self.place))

    def key(self, fields: Json) -> str | None:
        """Give the row's key at the portal, or, where it tells none, one made of what the row says."""
        return text_of(fields.get("id")) or None

    def follow(self, fields: Json) -> Sequence[Listing]:
        """Give the page of a contract that may lie in the window."""
        key, parameters = self.key(fields), self.turn.pressed.get(text_of(fields.get("id")))
        if key is None or parameters is None or not is_inside(self.time(fields), self.window):
            return ()
        page = ContractPage(
            name=f"{self.kind} {key}",
            kind=f"{self.kind}_contract",
            way="html",
            size=1,
            falling=False,
            optional=self.optional,
            path=self.path,
            contract=key,
            number=text_of(fields.get("contract_number")),
            parameters=tuple(parameters),
        )
        return (page,)

    def lacking(self, fields: Json, kinds: Sequence[str]) -> Json:
        """Name the contract's page among what is missing."""
        return fields | {"missing": sorted({*fields.get("missing", ()), *(f"{LACKING}{kind}" for kind in kinds)})}


@dataclass(frozen=True, slots=True, kw_only=True)
class SupposedContracts(Contracts):
    """Contracts in a list that nobody has described: one that is not as we suppose is left, and counted."""

    def session(self, content: Json) -> Json:
        """Read the list's conversation, or none where the page has no such list."""
        try:
            return Contracts.session(self, content)
        except ShapeError:
            if STATE in read_page(content).hidden:
                return {}
            raise

    def request(self, position: str, session: Json = None) -> Request:
        """Give the request for a piece of the list, or for the page that has none."""
        if session == {}:
            self.turn.talk = None
            return page_request(self.path)
        return Contracts.request(self, position, session)

    def page(self, content: Json) -> Page:
        """Read a piece; the whole page in its place is an object that cannot be used."""
        return Page(objects=[{}]) if self.turn.talk is None else Contracts.page(self, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(FacesList):
    """A register of organisations, which alone tells their numbers."""

    def object(self, row: Row, said: Said) -> Json:  # noqa: ARG002
        """Give an organisation."""
        return said.texts(("inn", "name", "legal_form", "status", "registered")) | said.report(said.missing(self.place))

    def key(self, fields: Json) -> str | None:
        """Give the organisation's number."""
        return text_of(fields.get("inn")) or None


def orders(window: Window | None) -> Orders:
    """Give the list of announcements."""
    return Orders(
        name="orders", kind="order_row", way="html", size=10, falling=False,
        path=ORDERS, place="row", dated="published", window=window,
    )  # fmt: skip


def winners(window: Window | None) -> Winners:
    """Give the list of winners."""
    return Winners(
        name="winners", kind="winners", way="html", size=10, falling=False,
        path=WINNERS, place="winners", dated="signed", window=_earlier(window),
    )  # fmt: skip


def single_source(window: Window | None) -> Contracts:
    """Give the list of contracts of a single source."""
    return Contracts(
        name="single source", kind="single_source", way="html", size=50, falling=False,
        path=SINGLE_SOURCE, place="contracts", dated="signed", window=_earlier(window),
    )  # fmt: skip


def centralized(window: Window | None) -> SupposedContracts:
    """Give the list of contracts of centralised purchases."""
    return SupposedContracts(
        name="centralized", kind="centralized", way="html", size=50, falling=False, optional=True,
        path=CENTRALIZED, place="contracts", dated="signed", window=_earlier(window),
    )  # fmt: skip


def entities() -> Register:
    """Give the register of procuring entities."""
    return Register(
        name="entities", kind="ref_entity", way="html", size=50, falling=False, path=ENTITIES, place="register"
    )


def suppliers() -> Register:
    """Give the register of suppliers."""
    return Register(
        name="suppliers", kind="ref_supplier", way="html", size=50, falling=False, path=SUPPLIERS, place="register"
    )


def _earlier(window: Window | None) -> Window | None:
    return replace(window, first=window.first - LATE) if window is not None else None


def _times(said: Said) -> dict[str, str]:
    times: dict[str, str] = {}
    for name in ("published", "deadline"):
        for cell in said.cells.get(name, ()):
            # Once there is a protocol, the deadline has a link to it beside it.
            found = _TIME.search(cell.text)
            if cell.text:
                times[name] = found[0] if found else cell.text
    return times


def _pressed(links: Sequence[Link]) -> list[tuple[str, str]]:
    return next((parameters for link in links if (parameters := parameters_of(link))), [])


def _made_key(fields: Json) -> str:
    said = "\n".join(text_of(fields.get(name)) for name in ("contract_number", "organization", "supplier", "signed"))
    return hashlib.sha256(said.encode()).hexdigest()[:20] if said.strip() else ""
