"""Kyrgyzstan's two portals: which listings make up a window, and which everything."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from extractors.base import Listed, Listing, Request, Revisit, Wanted, Window
from extractors.kyrgyzstan import lists
from extractors.kyrgyzstan.conversation import page_request
from extractors.kyrgyzstan.links import links
from extractors.kyrgyzstan.notices import PUBLISHED, SIZE, Notices, Tenders
from extractors.kyrgyzstan.orders import OrdersAgain
from extractors.kyrgyzstan.values import day_of
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way

SWEEP_DAYS = 60
FRESH_DAYS = 90
"""Bids are taken for weeks, and contracts concluded within weeks of the decision: what is longer without a change has
mostly been left as it is."""
SLOW_DAYS = 7
"""Of 22,000 orders that never ended, a seventh is 3,150: under an hour at one request a second."""

_RHYTHM: Mapping[str, int] = {"sweep": SWEEP_DAYS, "fresh": FRESH_DAYS, "slow": SLOW_DAYS}


class Kyrgyzstan:
    """The portals of Kyrgyzstan, as the harvest needs to know them."""

    def probes(self) -> Sequence[Request]:
        """Give the newest notice of the new portal, and the first page of the legacy portal's orders."""
        return (Request(path=f"{PUBLISHED}?first=0&rows=1"), page_request(lists.ORDERS))

    def listings(self, window: Window | None) -> Iterable[Listing]:
        """Give the lists, newest first; the registers come before them, as they tell the numbers of those named.

        The register of suppliers, some hundreds of pages, is read only with everything.
        """
        yield lists.entities()
        if window is None:
            yield lists.suppliers()
        yield Notices(name="notices", kind="notice", way="rest", size=SIZE, falling=False, window=window)
        yield lists.orders(window)
        yield lists.winners(window)
        yield lists.single_source(window)
        yield lists.centralized(window)

    def wanted(self) -> Iterable[Wanted]:
        """Give nothing: no document refers to others by a key that they could be asked for by."""
        return ()

    def revisits(self) -> Iterable[Revisit]:
        """Give tenders and orders: the lists show what is new, and not what has changed."""
        return (
            Tenders(name="tenders again", kind="tender", way="rest", rows="notice", **_RHYTHM),
            OrdersAgain(name="orders again", kind="order", way="html", rows="order_row", **_RHYTHM),
        )

    def listed(self) -> Sequence[Listed]:
        """Give the notices, the orders and the contracts without an announcement, by their days.

        Orders' ids come from a sequence that other things are numbered from too, so that gaps between them say nothing.
        """
        return (
            Listed(kind="notice", day=lambda fields: _day(fields, "datePublished")),
            Listed(kind="order_row", day=lambda fields: _day(fields, "published")),
            Listed(kind="single_source", day=lambda fields: _day(fields, "signed")),
        )

    def links(self, kind: str, way: Way, fields: Json) -> Links:
        """Say how an object hangs together with others."""
        return links(kind, way, fields)


def _day(fields: Json, name: str) -> date | None:
    return day_of(fields.get(name)) if isinstance(fields, dict) else None
