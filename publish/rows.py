"""A compiled release seen as the rows of tables: what there is in it, counted and added up exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import cached_property

from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.release import Release
from publish.formats import plain

_IDENTITY = frozenset({"id", "awardID"})
# No amount of a portal comes near; beyond it a sum would lose digits, which the trap turns into an error.
_EXACT = Context(prec=4000, traps=[Inexact])


@dataclass(frozen=True, kw_only=True)
class Process:
    """One contracting process: its compiled release and its releases, the oldest first."""

    compiled: Json
    releases: Sequence[Release]

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
    def buyer(self) -> Json:
        """The buyer, or an empty object."""
        buyer = self.compiled.get("buyer")
        if says(buyer):
            return buyer
        return next((party for party in self.parties if "buyer" in (party.get("roles") or ())), {})

    @cached_property
    def suppliers(self) -> list[Json]:
        """The suppliers of all awards, each once."""
        return distinct(supplier for award in self.awards for supplier in self.suppliers_of(award))

    def suppliers_of(self, award: Json) -> list[Json]:
        """Give the suppliers of an award, each once."""
        return distinct(self.playing("supplier", award.get("suppliers")))

    def playing(self, role: str, references: Json) -> list[Json]:
        """Give those references to organizations that stand for one.

        A portal may name an organization by its number alone, and then its reference looks like one that vanished; but
        what vanished is no party in that role any more.
        """
        return [each for each in references or () if says(each) or each.get("id") in self._in_role(role)]

    def _in_role(self, role: str) -> frozenset[Json]:
        return frozenset(party["id"] for party in self.parties if role in (party.get("roles") or ()))

    @cached_property
    def contracted(self) -> Json:
        """The contracts' values added up, empty where their currencies differ."""
        return total(contract.get("value") for contract in self.contracts)


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
    def lots(self) -> list[Json]:
        """The ids of the lots that the contract is about."""
        return self.body.get("relatedLots") or self.award.get("relatedLots") or []

    @cached_property
    def payments(self) -> list[Json]:
        """The payments made."""
        return living((self.body.get("implementation") or {}).get("transactions"))

    @cached_property
    def paid(self) -> Json:
        """The payments added up, empty where their currencies differ."""
        return total(payment.get("value") for payment in self.payments)


@dataclass(slots=True)
class _Sum:
    contracts: int = 0
    value: Decimal = Decimal()


class ControlTotals:
    """The values of contracts added up by currency, to be compared with other files, editions and the portal."""

    def __init__(self) -> None:
        self._sums: dict[str, _Sum] = {}

    def add(self, process: Process) -> None:
        """Add the contracts of a process; those without an amount are passed over."""
        for contract in process.contracts:
            value = contract.get("value") or {}
            if value.get("amount") is not None:
                self.add_value(str(value.get("currency") or ""), value["amount"])

    def include(self, other: "ControlTotals") -> None:
        """Add what another has added up."""
        for currency, held in other._sums.items():  # noqa: SLF001
            self.add_value(currency, held.value, held.contracts)

    def facts(self) -> Json:
        """Give the totals by currency as JSON; amounts are texts, so that no reader rounds them."""
        return [
            {"currency": currency, "contracts": held.contracts, "value": plain(held.value)}
            for currency, held in sorted(self._sums.items())
        ]

    def add_value(self, currency: str, value: Decimal | int, contracts: int = 1) -> None:
        """Add a value of so many contracts."""
        held = self._sums.setdefault(currency, _Sum())
        held.contracts += contracts
        held.value = plus(held.value, value)


def contracts_of(process: Process) -> list[Contract]:
    """Give a process's contracts by id."""
    return [
        Contract(process=process, body=body) for body in sorted(process.contracts, key=lambda body: str(body["id"]))
    ]


def living(members: Json) -> list[Json]:
    """Give those members of an array that say something.

    A member that vanished at the source is published with its fields nulled, and a compiled release keeps of it, and of
    what was in it, no more than ids.
    """
    return [member for member in members or () if says(member)]


def says(value: Json) -> bool:
    """Whether a value holds anything beside ids, empty objects and empty lists."""
    if isinstance(value, dict):
        return any(name not in _IDENTITY and says(member) for name, member in value.items())
    if isinstance(value, list):
        return any(not isinstance(member, dict) or says(member) for member in value)
    return value is not None


def distinct(organizations: Iterable[Json]) -> list[Json]:
    """Give organizations in their order, each id (or name, where there is none) once."""
    found: dict[Json, Json] = {}
    for organization in organizations:
        found.setdefault(organization.get("id") or organization.get("name"), organization)
    return list(found.values())


def total(values: Iterable[Json]) -> Json:
    """Add up values of one currency as `{"amount", "currency"}`; empty where there are none, or several currencies."""
    sums = totals(values)
    if len(sums) != 1:
        return {}
    currency, amount = next(iter(sums.items()))
    return {"amount": amount, "currency": currency}


def totals(values: Iterable[Json]) -> dict[str | None, Decimal]:
    """Add up values by currency; those without an amount are passed over."""
    sums: dict[str | None, Decimal] = {}
    for value in values:
        if value and value.get("amount") is not None:
            currency = value.get("currency")
            sums[currency] = plus(sums.get(currency, Decimal()), value["amount"])
    return sums


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
