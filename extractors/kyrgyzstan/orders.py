"""The page of an order of the legacy portal, the items of its lots, and its opening protocol."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.base import Listing, Page, Request, Revisit, ShapeError
from extractors.kyrgyzstan.conversation import (
    Talk,
    check_alive,
    page_request,
    parameters_of,
    piece,
    piece_request,
    press_request,
    talk,
)
from extractors.kyrgyzstan.labels import labels
from extractors.kyrgyzstan.order_content import items_in, lots_table, order_in, participants_in
from extractors.kyrgyzstan.rows import read_page, unless_gone
from extractors.kyrgyzstan.values import LACKING, text_of
from extractors.pages import Reading
from ocds_schema.json import Json

ORDER = "/popp/view/order/view.xhtml"


class OrderTalk(Talk):
    """An order's conversation, and what pressing the link to its protocol adds to the form."""

    protocol: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage(Listing):
    """The page of one order, with the items of its lots where they are wanted, and the protocol where there is one.

    Items that are not wanted are read all the same while none are held.
    """

    order: str
    with_items: bool

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for the page."""
        return _order_request(self.order)

    def page(self, content: Json) -> Page:
        """Read the page."""
        page = read_page(content)
        check_alive(page)
        with unless_gone(page):
            fields, session = order_in(page, content) | {"id": self.order}, _order_talk(content, page)
        lots = len(fields.get("lots", ()))
        if session["total"] is not None and session["total"] > lots:
            entry = {"label": "rowCount", "value": f"{lots} of {session['total']} lots are on the page"}
            fields["unread"] = [*fields.get("unread", ()), entry]
        return Page(objects=[fields], total=1, session=session)

    def key(self, fields: Json) -> str | None:
        """Give the order's id."""
        return text_of(fields["id"])

    def follow(self, fields: Json) -> Sequence[Listing]:
        """Give the items of the lots, and the opening protocol."""
        followers: list[Listing] = []
        are_wanted = self.with_items or labels().name("status", text_of(fields.get("status"))) == "changed"
        for row, fields_of_lot in enumerate(fields.get("lots", ())):
            lot = text_of(fields_of_lot.get("number")) or str(row)
            followers.append(
                OrderItems(
                    name=f"order {self.order} lot {row}", kind="order_items", way="html", size=1, falling=False,
                    order=self.order, lot=lot, row=row, unless_held="" if are_wanted else f"{self.order}/{lot}",
                )
            )  # fmt: skip
        if fields.get("has_protocol"):
            followers.append(
                Protocol(
                    name=f"order {self.order} protocol", kind="protocol", way="html", size=1, falling=False,
                    order=self.order,
                )
            )  # fmt: skip
        return followers

    def lacking(self, fields: Json, kinds: Sequence[str]) -> Json:
        """Name the pages that the portal did not have among what is missing."""
        return fields | {"missing": sorted({*fields.get("missing", ()), *(f"{LACKING}{kind}" for kind in kinds)})}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPart(Listing):
    """A part of an order's page, asked for in the page's conversation."""

    order: str

    def opening(self) -> Request:
        """Give the request for the order's page."""
        return _order_request(self.order)

    def session(self, content: Json) -> Json:
        """Read the page's conversation."""
        page = read_page(content)
        check_alive(page)
        with unless_gone(page):
            return _order_talk(content, page)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItems(OrderPart):
    """The items of one lot; `row` is the lot's place in the table."""

    lot: str
    row: int
    asked: list[Talk] = field(default_factory=list, repr=False, compare=False)

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for the row that unfolds below the lot's."""
        if not session or not session["table"]:
            raise ShapeError("the order's page has no table of lots any more")
        self.asked[:] = [session]
        return piece_request(session, rowExpansion="true", expandedRowIndex=str(self.row))

    def page(self, content: Json) -> Page:
        """Read the items."""
        html, _ = piece(content, self.asked[-1])
        return Page(
            objects=[{"order_id": self.order, "lot_number": self.lot} | items_in(read_page(html), html)], total=1
        )

    def key(self, fields: Json) -> str | None:
        """Give the order's id and the lot's number."""
        return f"{fields['order_id']}/{fields['lot_number']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol(OrderPart):
    """The opening protocol: who took part, and for which price."""

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request that pressing the link to the protocol sends."""
        if not session or not session["protocol"]:
            raise ShapeError("the order's page has no link to its protocol any more")
        return press_request(session, session["protocol"])

    def page(self, content: Json) -> Page:
        """Read the protocol."""
        page = read_page(content)
        check_alive(page)
        with unless_gone(page):
            return Page(objects=[{"order_id": self.order} | participants_in(page)], total=1)

    def key(self, fields: Json) -> str | None:
        """Give the order's id."""
        return text_of(fields["order_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersAgain(Revisit):
    """The orders that may still change, or did not come; items do not, unless the order says that it was changed."""

    def listing(self, key: str) -> Listing:
        """Give the page of one order."""
        return order_page(key, with_items=False)


def order_page(key: str, *, with_items: bool) -> OrderPage:
    """Give the listing of one order's page."""
    return OrderPage(
        name=f"order {key}", kind="order", way="html", size=1, falling=False, order=key, with_items=with_items
    )


def _order_request(key: str) -> Request:
    return page_request(f"{ORDER}?id={key}")


def _order_talk(content: str, page: Reading) -> OrderTalk:
    found = talk(content, page, ORDER, lots_table(page))
    return OrderTalk(
        path=found["path"],
        fields=found["fields"],
        table=found["table"],
        headers=found["headers"],
        total=found["total"],
        protocol=next(
            (
                parameters
                for link in page.links
                if labels().name("button", link.text) == "protocol" and (parameters := parameters_of(link))
            ),
            [],
        ),
    )
