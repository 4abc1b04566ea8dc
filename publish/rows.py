"""A compiled release seen as the rows of tables: what there is in it, counted and added up exactly."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from functools import cached_property

from ocds_schema.deletions import is_bare
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.formats import plain

_OF_THE_RELEASE = frozenset({"ocid", "id", "date", "tag", "initiationType", "language"})
# No amount of a portal comes near; beyond it a sum would lose digits, which the trap turns into an error.
_EXACT = Context(prec=4000, traps=[Inexact])


@dataclass(frozen=True, kw_only=True)
class Process:
    """One contracting process: its compiled release, its first release's date, whether something newer is held back.

    What vanished at the source is published with its fields nulled, and a compiled release keeps of it no more than
    ids: here it is left out.
    """

    compiled: Json
    first_release: str
    is_held_back: bool = False

    @cached_property
    def is_empty(self) -> bool:
        """Whether all that there was has vanished, as when a contract turned out to belong to another process."""
        return all(is_bare(value) for name, value in self.compiled.items() if name not in _OF_THE_RELEASE)

    @cached_property
    def tender(self) -> Json:
        """The tender, or an empty object."""
        return self.compiled.get("tender") or {}

    @cached_property
    def awards(self) -> list[Json]:
        """The awards there are."""
        return living(self.compiled.get("awards"))

    @cached_property
    def contracts(self) -> list[Json]:
        """The contracts there are."""
        return living(self.compiled.get("contracts"))

    @cached_property
    def parties(self) -> list[Json]:
        """The parties there are."""
        return living(self.compiled.get("parties"))

    @cached_property
    def cancelled(self) -> list[Json]:
        """The contracts that were never concluded."""
        return [contract for contract in self.contracts if is_cancelled(contract)]

    @cached_property
    def not_cancelled(self) -> list[Json]:
        """The contracts that were concluded, or may still be."""
        return [contract for contract in self.contracts if not is_cancelled(contract)]

    @cached_property
    def buyer(self) -> Json:
        """The buyer that the release names, or an empty object: a party in that role may be the buyer of one lot."""
        return self.one("buyer", self.compiled.get("buyer"))

    @cached_property
    def buyers(self) -> list[Json]:
        """The release's buyer, then those of the contracts by the contracts' ids, each once."""
        found = (self.buyer, *(contract.buyer for contract in contracts_of(self)))
        return distinct(buyer for buyer in found if buyer)

    @cached_property
    def suppliers(self) -> list[Json]:
        """The suppliers of all awards, each once, but of awards whose contracts were all cancelled."""
        lost = {contract.get("awardID") for contract in self.cancelled}
        lost -= {contract.get("awardID") for contract in self.not_cancelled}
        awards = (award for award in self.awards if award.get("id") not in lost)
        return distinct(supplier for award in awards for supplier in self.suppliers_of(award))

    def suppliers_of(self, award: Json) -> list[Json]:
        """Give the suppliers of an award, each once."""
        return distinct(self.playing("supplier", award.get("suppliers")))

    def playing(self, role: str, references: Json) -> list[Json]:
        """Give those references to organizations that stand for one.

        A portal may name an organization by its number alone, and then its reference looks like one that vanished; but
        what vanished is no party in that role any more.
        """
        return [each for each in references or () if not is_bare(each) or each.get("id") in self._in_role(role)]

    def one(self, role: str, reference: Json) -> Json:
        """Give a reference to one organization if it stands for one, else an empty object."""
        return next(iter(self.playing(role, [reference] if reference else ())), {})

    def _in_role(self, role: str) -> frozenset[Json]:
        return frozenset(party["id"] for party in self.parties if role in (party.get("roles") or ()))

    @cached_property
    def contracted(self) -> Json:
        """The values of the contracts that were not cancelled, added up as `total` does."""
        return total(contract.get("value") for contract in self.not_cancelled)


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One contract of a process, with the award it comes from."""

    process: Process
    body: Json

    @cached_property
    def award(self) -> Json:
        """The award, or an empty object."""
        wanted = self.body.get("awardID")
        return next((award for award in self.process.awards if award.get("id") == wanted), {})

    @cached_property
    def suppliers(self) -> list[Json]:
        """The suppliers of the award, each once."""
        return self.process.suppliers_of(self.award)

    @cached_property
    def buyer(self) -> Json:
        """The contract's own buyer, else the release's, else an empty object."""
        return self.process.one("buyer", self.body.get("buyer")) or self.process.buyer

    @cached_property
    def lots(self) -> list[Json]:
        """The ids of its items' lots, each once; else those of the award, if no other contract shares it."""
        items = living(self.body.get("items"))
        own = [item["relatedLot"] for item in items if item.get("relatedLot") is not None]
        return list(dict.fromkeys(own)) or (self.award.get("relatedLots") or [] if self._is_only_one else [])

    @property
    def _is_only_one(self) -> bool:
        award = self.body.get("awardID")
        return len([each for each in self.process.contracts if each.get("awardID") == award]) == 1

    @cached_property
    def payments(self) -> list[Json]:
        """The payments made."""
        return living((self.body.get("implementation") or {}).get("transactions"))

    @cached_property
    def paid(self) -> Json:
        """The payments added up as `total` does."""
        return total(payment.get("value") for payment in self.payments)


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
            value = contract.get("value")
            if has_amount(value):
                sums = self._of(str(value.get("currency") or ""))
                sums.every.add(value["amount"])
                if not is_cancelled(contract):
                    sums.not_cancelled.add(value["amount"])

    def include(self, other: "ControlTotals") -> None:
        """Add what another has added up."""
        for currency, more in other._sums.items():  # noqa: SLF001
            sums = self._of(currency)
            sums.every.add(more.every.value, more.every.contracts)
            sums.not_cancelled.add(more.not_cancelled.value, more.not_cancelled.contracts)

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


def contracts_of(process: Process) -> list[Contract]:
    """Give a process's contracts by id."""
    return [
        Contract(process=process, body=body) for body in sorted(process.contracts, key=lambda body: str(body["id"]))
    ]


def living(members: Json) -> list[Json]:
    """Give those members of an array that say something."""
    return [member for member in members or () if not is_bare(member)]


def is_cancelled(contract: Json) -> bool:
    """Whether a contract was never concluded."""
    return bool(contract.get("status") == "cancelled")


def distinct(organizations: Iterable[Json]) -> list[Json]:
    """Give organizations in their order, each id (or name, where there is none) once."""
    found: dict[Json, Json] = {}
    for organization in organizations:
        found.setdefault(organization.get("id") or organization.get("name"), organization)
    return list(found.values())


def total(values: Iterable[Json]) -> Json:
    """Add up values as `{"amount", "currency"}`.

    Empty where there are none, where one has no amount or no currency that can be read, or where currencies differ:
    what is left of such a sum would pass for the whole.
    """
    amount = Decimal()
    currencies = set()
    for value in values:
        if not has_amount(value) or not value.get("currency"):
            return {}
        amount = plus(amount, value["amount"])
        currencies.add(value["currency"])
    return {"amount": amount, "currency": currencies.pop()} if len(currencies) == 1 else {}


def has_amount(value: Json) -> bool:
    """Whether there is a value with an amount that is a number."""
    amount = value.get("amount") if isinstance(value, dict) else None
    return isinstance(amount, (Decimal, int)) and not isinstance(amount, bool)


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
