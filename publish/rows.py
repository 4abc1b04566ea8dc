"""A compiled release seen as the rows of tables: what there is in it, counted and added up exactly."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from typing import Self

from msgspec import Struct

from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish import shapes
from publish.formats import plain
from publish.living import read_release
from publish.shapes import NOBODY, Reference, Release, Value, amount_of

BETWEEN = "; "
_NO_AWARD = shapes.Award()
_AS_WRITTEN = re.compile(rb"[0-9]+(\.[0-9]+)?")
_MOST_DIGITS = 100
# No amount of a portal comes near; beyond it a sum would lose digits, which the trap turns into an error.
_EXACT = Context(prec=4000, traps=[Inexact])


class Total(Struct, frozen=True, kw_only=True, gc=False):
    """Values added up: the amount, written in full, and the currency; both empty where there is no honest sum."""

    amount: bytes = b""
    currency: str | None = None


NO_TOTAL = Total()


class Contract(Struct, frozen=True, gc=False):
    """One contract of a process, with what other parts of the release tell of it.

    `buyer` is the contract's own, else the release's, else nobody; `suppliers` are those of its award, each once;
    `paid` are the payments added up as `total` does. It knows the release, not the process: a circle would have to be
    broken by the collector of garbage, while memory that is free at once is used again for the next process.
    """

    release: Release
    body: shapes.Contract
    award: shapes.Award
    amount: Decimal | int | None
    is_cancelled: bool
    buyer: Reference
    suppliers: Sequence[Reference]
    paid: Total

    @property
    def lots(self) -> list[shapes.Id]:
        """The ids of its items' lots, each once; else those of the award, if no other contract shares it."""
        own = [item.related_lot for item in self.body.items if item.related_lot is not None]
        return list(dict.fromkeys(own)) or (list(self.award.related_lots) if self._is_only_one else [])

    @property
    def _is_only_one(self) -> bool:
        award, found = self.body.award_id, self.release.contracts
        return len(found) == 1 or len([each for each in found if each.award_id == award]) == 1

    @property
    def payments(self) -> tuple[shapes.Transaction, ...]:
        """The payments made."""
        return self.body.implementation.transactions


class Process(Struct, frozen=True, kw_only=True, gc=False):
    """One contracting process: its compiled release, its first release's date, and what its parts add up to.

    What vanished at the source is left out; `is_empty` says that nothing else is there, as when a contract turned out
    to belong to another process. `is_held_back` says that something newer is. `contracts` are in the order of their
    ids; `concluded` are those of them that were not cancelled, or may still be concluded, and `contracted` is what
    their values add up to, as `total` does. `buyers` are the release's, then those of the contracts, each once; a
    party in that role is not asked: it may be the buyer of one lot. `suppliers` are those of all awards, each once,
    but of awards whose contracts were all cancelled.
    """

    release: Release
    first_release: str | None
    is_held_back: bool
    is_empty: bool
    contracts: Sequence[Contract]
    concluded: Sequence[Contract]
    contracted: Total
    buyers: Sequence[Reference]
    buyer_ids: str | None
    suppliers: Sequence[Reference]

    @classmethod
    def read(cls, line: bytes, *, first_release: str | None, is_held_back: bool = False) -> Self:
        """Read a compiled release.

        Raises:
            PublishError: it is not what a validated release can be.
        """
        release, is_anything = read_release(line)
        contracts = _contracts(release)
        concluded = [contract for contract in contracts if not contract.is_cancelled]
        buyers = _buyers(release, contracts)
        return cls(
            release=release,
            first_release=first_release,
            is_held_back=is_held_back,
            is_empty=not is_anything,
            contracts=contracts,
            concluded=concluded,
            contracted=total([contract.body.value for contract in concluded]),
            buyers=buyers,
            buyer_ids=joined(buyers, "id"),
            suppliers=_suppliers(release, contracts, concluded),
        )

    @property
    def ocid(self) -> str:
        """The ocid."""
        return self.release.ocid


def _contracts(release: Release) -> Sequence[Contract]:
    found = release.contracts
    if not found:
        return ()
    if len(found) > 1:
        found = tuple(sorted(found, key=_id_as_text))
    awards = {award.id: award for award in reversed(release.awards)}
    return [_contract(release, body, awards.get(body.award_id, _NO_AWARD)) for body in found]


def _contract(release: Release, body: shapes.Contract, award: shapes.Award) -> Contract:
    payments = body.implementation.transactions
    return Contract(
        release,
        body,
        award,
        amount_of(body.value.amount),
        body.status == "cancelled",
        release.buyer if body.buyer is NOBODY else body.buyer,
        distinct(award.suppliers),
        total([payment.value for payment in payments]) if payments else NO_TOTAL,
    )


def _buyers(release: Release, contracts: Iterable[Contract]) -> Sequence[Reference]:
    own = [contract.body.buyer for contract in contracts if contract.body.buyer is not NOBODY]
    return distinct(own if release.buyer is NOBODY else [release.buyer, *own])


def _suppliers(release: Release, contracts: Sequence[Contract], concluded: Sequence[Contract]) -> Sequence[Reference]:
    awards: Sequence[shapes.Award] = release.awards
    if len(concluded) != len(contracts):
        lost = {contract.body.award_id for contract in contracts if contract.is_cancelled}
        lost -= {contract.body.award_id for contract in concluded}
        awards = [award for award in awards if award.id not in lost]
    return distinct([each for award in awards for each in award.suppliers])


@dataclass(slots=True)
class _Sum:
    contracts: int = 0
    value: Decimal = Decimal()

    def add(self, value: Decimal | int, contracts: int = 1) -> None:
        self.contracts += contracts
        self.value = plus(self.value, value)


@dataclass(slots=True)
class _Sums:
    every: _Sum = field(default_factory=_Sum)
    not_cancelled: _Sum = field(default_factory=_Sum)


class ControlTotals:
    """The values of contracts added up by currency, to be compared with other files, editions and the portal."""

    def __init__(self) -> None:
        self._sums: dict[str, _Sums] = {}

    def add(self, process: Process) -> None:
        """Add the contracts of a process; those without an amount are passed over."""
        for contract in process.contracts:
            amount = contract.amount
            if amount is not None:
                sums = self._of(contract.body.value.currency or "")
                sums.every.add(amount)
                if not contract.is_cancelled:
                    sums.not_cancelled.add(amount)

    def include(self, other: "ControlTotals") -> None:
        """Add what another has added up."""
        for currency, more in other._sums.items():  # noqa: SLF001
            sums = self._of(currency)
            sums.every.add(more.every.value, more.every.contracts)
            sums.not_cancelled.add(more.not_cancelled.value, more.not_cancelled.contracts)

    @classmethod
    def read(cls, facts: Json) -> "ControlTotals":
        """Read totals from what `facts` gave."""
        totals = cls()
        for each in facts:
            sums = totals._of(each["currency"])
            sums.every.add(Decimal(each["value"]), each["contracts"])
            sums.not_cancelled.add(Decimal(each["valueNotCancelled"]), each["contractsNotCancelled"])
        return totals

    def facts(self) -> Json:
        """Give the totals by currency as JSON; amounts are texts, so that no reader rounds them."""
        return [
            {
                "currency": currency,
                "contracts": sums.every.contracts,
                "value": plain(sums.every.value),
                "contractsNotCancelled": sums.not_cancelled.contracts,
                "valueNotCancelled": plain(sums.not_cancelled.value),
            }
            for currency, sums in sorted(self._sums.items())
        ]

    def _of(self, currency: str) -> _Sums:
        return self._sums.setdefault(currency, _Sums())


def _id_as_text(body: shapes.Contract) -> str:
    return str(body.id)


def joined(organizations: Sequence[Reference], name: str) -> str | None:
    """Join a member of some organizations; one without it keeps its empty place, so that ids and names stay in step."""
    if len(organizations) == 1:
        return str(getattr(organizations[0], name) or "") or None
    texts = [str(getattr(organization, name) or "") for organization in organizations]
    return BETWEEN.join(texts) if any(texts) else None


def distinct(organizations: Sequence[Reference]) -> Sequence[Reference]:
    """Give organizations in their order, each id (or name, where there is none) once."""
    if len(organizations) <= 1:
        return organizations
    found: dict[shapes.Id, Reference] = {}
    for organization in organizations:
        found.setdefault(organization.id or organization.name, organization)
    return list(found.values())


def total(values: Sequence[Value]) -> Total:
    """Add up values.

    Empty where there are none, where one has no amount or no currency that can be read, or where currencies differ:
    what is left of such a sum would pass for the whole.
    """
    if len(values) == 1 and (currency := values[0].currency):
        written = bytes(values[0].amount)
        if len(written) < _MOST_DIGITS and _AS_WRITTEN.fullmatch(written):  # the sum of one is what it says
            return Total(amount=written, currency=currency)
    amount = Decimal()
    currencies = set()
    for value in values:
        number = amount_of(value.amount)
        if number is None or not value.currency:
            return NO_TOTAL
        amount = plus(amount, number)
        currencies.add(value.currency)
    return Total(amount=plain(amount).encode(), currency=currencies.pop()) if len(currencies) == 1 else NO_TOTAL


def plus(one: Decimal, other: Decimal | int) -> Decimal:
    """Add two amounts without losing a digit.

    Raises:
        PublishError: the sum has more than 4000 digits.
    """
    try:
        return _EXACT.add(one, other)
    except Inexact:
        raise PublishError(
            f"a sum of amounts has more than {_EXACT.prec} digits: one of them cannot be right"
        ) from None
