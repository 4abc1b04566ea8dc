"""Who buys and who sells: each organization once a year in each role, with counts and a sum.

The place to look up an id by a name, and to see which years to open.
"""

import heapq
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import IO

from msgspec import Struct

from publish.formats import plain
from publish.rows import Contract, Process, plus
from publish.shapes import NOBODY, Id, Reference
from publish.tables import Table, columns

MOST = 50_000
"""So many organizations are in memory at a time, at half a kilobyte each."""
_Key = tuple[str, str]


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

    def include(self, other: "_Count") -> None:
        """Add what another has counted."""
        for name, times in other.names.items():
            self.names[name] = self.names.get(name, 0) + times
        self.processes += other.processes
        self.contracts += other.contracts
        self.summed += other.summed
        self.value = plus(self.value, other.value)

    def add(self, amount: Decimal | int | None) -> None:
        """Count a contract, and its amount if that is to be in the sum."""
        self.contracts += 1
        if amount is not None:
            self.summed += 1
            self.value = plus(self.value, amount)


class EntityCounter:
    """Counts the organizations of one year's processes; however many there are, no more than some are in memory.

    The others wait in files, each in the order of ids, which are put together in the end.
    """

    def __init__(self, year: int, currency: str) -> None:
        """Begin; sums are made in one currency, that of the country."""
        self._year = year
        self._currency = currency
        self._counts: dict[tuple[Id, str], _Count] = {}
        self._runs: list[IO[bytes]] = []

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
        """Give the organizations by id and role; nothing is counted any more then."""
        runs = heapq.merge(self._sorted(), *map(_read, self._runs), key=itemgetter(0)) if self._runs else self._sorted()
        for key, counts in groupby(runs, key=itemgetter(0)):
            (_, count), *others = counts
            for _, other in others:
                count.include(other)
            yield self._entity(key, count)
        for run in self._runs:
            run.close()

    def _entity(self, key: _Key, count: _Count) -> Entity:
        return Entity(
            entity_id=key[0],
            role=key[1],
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
            if len(self._counts) >= MOST:
                self._put_aside()
            count = self._counts[key] = _Count()
        if organization.name:
            count.names[organization.name] = count.names.get(organization.name, 0) + 1
        return count

    def _sorted(self) -> Iterator[tuple[_Key, _Count]]:
        keys = {
            (str(number), role, number): count for (number, role), count in self._counts.items() if number is not None
        }
        return (((entity_id, role), count) for (entity_id, role, _), count in sorted(keys.items(), key=_order))

    def _put_aside(self) -> None:
        """Write what is counted to a file without a name, and begin again."""
        run = tempfile.TemporaryFile()  # noqa: SIM115 - it is gone with the counter
        for key, count in self._sorted():
            pickle.dump((key, count), run, pickle.HIGHEST_PROTOCOL)
        self._runs.append(run)
        self._counts.clear()


def _order(pair: tuple[tuple[str, str, Id], _Count]) -> _Key:
    return pair[0][:2]


def _read(run: IO[bytes]) -> Iterator[tuple[_Key, _Count]]:
    run.seek(0)
    with suppress(EOFError):
        while True:
            # Written by this process, to a file that nobody else can open.
            yield pickle.load(run)  # noqa: S301
