"""Who buys and who sells: each organization once a year in each role, with counts and a sum.

The place to look up an id by a name, and to see which years to open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec import Struct

from publish.formats import plain
from publish.rows import Contract, Process, plus
from publish.shapes import NOBODY, Id, Reference
from publish.tables import Table, columns


class Entity(Struct, frozen=True, gc=False):
    """An organization in one role and year."""

    entity_id: str
    role: str
    year: int
    name: str | None
    processes: int
    contracts: int
    value: bytes
    currency: str | None
    summed: int


ENTITIES = Table(
    name="entities",
    description="One row for each organization in each year and role: how many processes and contracts, and their sum.",
    key=("entity_id", "role", "year"),
    rows=lambda _process: (),
    buyer="entity_id",
    parent=None,
    columns=columns(
        "entities",
        {
            "entity_id": "entity_id",
            "role": "role",
            "year": "year",
            "name": "name",
            "processes_count": "processes",
            "contracts_count": "contracts",
            "contracts_value": "value",
            "currency": "currency",
            "summed_count": "summed",
        },
    ),
)


@dataclass(slots=True)
class _Count:
    names: dict[str, int] = field(default_factory=dict)
    processes: int = 0
    contracts: int = 0
    summed: int = 0
    value: Decimal = Decimal()

    def name(self) -> str | None:
        """Give the name it has most often."""
        if len(self.names) <= 1:
            return next(iter(self.names), None)
        return min(self.names, key=lambda name: (-self.names[name], name))

    def add(self, amount: Decimal | int | None) -> None:
        """Count a contract, and its amount if that is to be in the sum."""
        self.contracts += 1
        if amount is not None:
            self.summed += 1
            self.value = plus(self.value, amount)


class EntityCounter:
    """Counts the organizations of one year's processes."""

    def __init__(self, year: int, currency: str) -> None:
        """Begin; sums are made in one currency, that of the country."""
        self._year = year
        self._currency = currency
        self._counts: dict[tuple[Id, str], _Count] = {}

    def add(self, process: Process) -> None:
        """Count a process."""
        if process.is_empty:
            return
        for buyer in process.buyers:
            self._of("buyer", buyer).processes += 1
        for supplier in process.suppliers:
            self._of("supplier", supplier).processes += 1
        for contract in process.concluded:
            self._add_contract(contract)

    def rows(self) -> Iterator[Entity]:
        """Give the organizations by id and role."""
        found = {(str(number), role): count for (number, role), count in self._counts.items() if number is not None}
        for (entity_id, role), count in sorted(found.items()):
            yield Entity(
                entity_id=entity_id,
                role=role,
                year=self._year,
                name=count.name(),
                processes=count.processes,
                contracts=count.contracts,
                value=plain(count.value).encode() if count.summed else b"",
                currency=self._currency if count.summed else None,
                summed=count.summed,
            )

    def _add_contract(self, contract: Contract) -> None:
        amount = contract.amount if contract.body.value.currency == self._currency else None
        if contract.buyer is not NOBODY:
            self._of("buyer", contract.buyer).add(amount)
        suppliers = contract.suppliers
        for supplier in suppliers:
            self._of("supplier", supplier).add(amount if len(suppliers) == 1 else None)

    def _of(self, role: str, organization: Reference) -> _Count:
        key = organization.id, role
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = _Count()
        if organization.name:
            count.names[organization.name] = count.names.get(organization.name, 0) + 1
        return count
