"""Strategies for processes, and for whatever JSON a portal may send."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ocds_schema.model import (
    Amendment,
    Award,
    Bid,
    Budget,
    Classification,
    Contract,
    Item,
    Lot,
    Milestone,
    Money,
    Organization,
    Period,
    Planning,
    Process,
    RelatedProcess,
    Tender,
    Text,
    Transaction,
    Unit,
)

texts = st.builds(
    Text,
    main=st.sampled_from(["а", "б", "Парта"]),
    translations=st.sampled_from([(), (("kk", "Парта"),)]),
)
moments = st.integers(0, 40).map(lambda day: datetime.fromtimestamp(1_770_000_000 + day * 86_400, UTC))
money = st.builds(
    Money,
    amount=st.decimals(0, 10**9, places=2, allow_nan=False),
    currency=st.sampled_from(["KZT", "USD"]),
    net=st.none() | st.just(Decimal("0.10")),
    tax_included=st.none() | st.booleans(),
)
organizations = st.builds(
    Organization,
    id=st.sampled_from(["KZ-BIN-1", "KZ-BIN-2", "kz-person-3"]),
    name=st.none() | texts,
)
periods = st.builds(Period, start=st.none() | moments, end=moments)


def listed(made: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few objects, each with another id."""
    return st.lists(made, max_size=3, unique_by=lambda one: one.id).map(tuple)


def maybe(made: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Something, or nothing."""
    return st.none() | made


ids = st.sampled_from(["1", "2", "3"])
classifications = st.builds(Classification, scheme=st.just("KZ-ENSTRU"), id=ids)
items = st.builds(
    Item,
    id=ids,
    description=maybe(texts),
    classification=maybe(classifications),
    additional=st.lists(classifications, max_size=1).map(tuple),
    quantity=maybe(st.just(Decimal(5))),
    unit=maybe(st.builds(Unit, id=ids, value=maybe(money))),
)
milestones = st.builds(Milestone, id=ids, title=maybe(texts), due=maybe(moments), lots=st.sampled_from([(), ("1",)]))
tenders = st.builds(
    Tender,
    id=st.just("7-1"),
    title=maybe(texts),
    status=maybe(st.sampled_from(["planned", "active", "complete", "cancelled"])),
    procuring_entity=maybe(organizations),
    value=maybe(money),
    more_categories=st.sampled_from([(), ("consultingServices",)]),
    tender_period=maybe(periods),
    tenderers=listed(organizations),
    lots=listed(st.builds(Lot, id=ids, title=maybe(texts), value=maybe(money))),
    items=listed(items),
    milestones=listed(milestones),
)
awards = st.builds(
    Award,
    id=ids,
    status=maybe(st.sampled_from(["active", "cancelled"])),
    value=maybe(money),
    lots=st.sampled_from([(), ("1",)]),
)
contracts = st.builds(
    Contract,
    id=ids,
    award=ids,
    status=maybe(st.sampled_from(["active", "terminated"])),
    period=maybe(periods),
    value=maybe(money),
    items=listed(items),
    amendments=listed(st.builds(Amendment, id=ids, date=maybe(moments))),
    transactions=listed(st.builds(Transaction, id=ids, value=maybe(money), payee=maybe(organizations))),
    deliveries=listed(milestones),
)
processes = st.builds(
    Process,
    buyer=maybe(organizations),
    customers=listed(organizations),
    planning=maybe(st.builds(Planning, rationale=maybe(texts), budget=maybe(st.builds(Budget, amount=maybe(money))))),
    tender=maybe(tenders),
    bids=listed(st.builds(Bid, id=ids, value=maybe(money), lots=st.sampled_from([(), ("1",)]))),
    awards=listed(awards),
    contracts=listed(contracts),
    related=listed(st.builds(RelatedProcess, id=ids, relationship=st.just(("planning",)), scheme=st.just("ocid"))),
)

any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "NaN",
            "Infinity",
            "-1",
            "1E+999999",
            "0000-00-00 00:00:00",
            "2026-02-30 10:00:00",
            "850101300123",
            "&amp;quot;",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name_ru", "code", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)
