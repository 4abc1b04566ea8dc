"""A small history to publish, made in memory, and storages that misbehave."""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.problems import Problem
from ocds_schema.release import Record, Release
from ocds_schema.source import Source, read_source
from publish.changelog import Change
from publish.completeness import ListedObject, count_listed
from publish.draft import Order
from publish.edition import Edition, write_edition
from publish.gates import Built, rows_by_year
from publish.history import ProcessProblems
from publish.layout import edition_id
from publish.lock import Lock, hold
from publish.mending import from_copy
from publish.repair import repair
from publish.rollback import roll_back
from publish.signing import Signing
from publish.site import Remembered, Repair, Site
from publish.storage import Capabilities, Stat

KAZAKHSTAN: Source = read_source("kazakhstan")
DERIVED = (
    "editions.json",
    "feed.atom",
    "feed.json",
    "status.atom",
    "status.json",
    "dataset.jsonld",
    "croissant.json",
)
"""What is made of a source's editions once the pointer has moved."""
LEAN = dict.fromkeys(("csv-excel", "parquet", "parquet-by-supplier", "sqlite", "xlsx"), "not needed here")
"""The formats that most tests do without; `left_out={}` asks for all."""
FIRST = datetime.fromisoformat("2026-11-21T19:00:00+00:00")
PROBLEM = Problem(path="tender/value/amount", rule="money", reason="is negative", document="trd_buy/1", value="-5")


def ocid(number: object) -> str:
    return f"ocds-xxxxxx-kz-{number}"


def tender(number: object, *, title: str = "Мебель", amount: Any = Decimal("1200000.50"), **more: Json) -> Json:
    """The compiled release of a process with a tender, an award and a contract."""
    return {
        "ocid": ocid(number),
        "id": f"{ocid(number)}-20240311T101500-0123456789ab",
        "date": "2024-03-11T10:15:00+05:00",
        "tag": ["compiled"],
        "language": "ru",
        "initiationType": "tender",
        "buyer": {"id": "KZ-BIN-000740001307", "name": "Управление финансов"},
        "tender": {
            "id": str(number),
            "title": title,
            "status": "complete",
            "value": {"amount": amount, "currency": "KZT"},
            "lots": [{"id": "1", "status": "complete"}, {"id": "2"}],
        },
        "awards": [
            {
                "id": "a1",
                "status": "active",
                "suppliers": [{"id": "KZ-BIN-1", "name": "ТОО «Стол»"}],
                "relatedLots": ["1"],
            }
        ],
        "contracts": [
            {
                "id": "c1",
                "awardID": "a1",
                "status": "active",
                "value": {"amount": amount, "currency": "KZT"},
                "implementation": {"transactions": [{"id": "t1", "value": {"amount": 10, "currency": "KZT"}}]},
            },
            {"id": "c0", "awardID": "a1"},
        ],
        **more,
    }


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A record's compiled releases in time, the newest last, and its year."""

    year: int
    states: tuple[Json, ...]

    def record(self) -> Record:
        body = json.encode(self.states[-1])
        return Record(
            ocid=self.states[-1]["ocid"],
            process="buy:1",
            year=self.year,
            date=datetime.fromisoformat(self.states[-1]["date"]),
            digest=json.digest(body),
            state_digest="",
            body=body,
        )

    def releases(self) -> list[Release]:
        return [_release(state, number) for number, state in enumerate(self.states)]


def _release(state: Json, number: int) -> Release:
    date = datetime.fromisoformat(state["date"]) + timedelta(days=number)
    body = {**state, "id": f"{state['id']}-{number}", "date": date.isoformat(), "tag": ["tender"]}
    return Release(ocid=state["ocid"], id=body["id"], date=date, tag=("tender",), body=json.encode(body))


@dataclass
class MemoryHistory:
    """A history of a few entries, and of those that the edition before had."""

    now: Mapping[str, Entry]
    before: Mapping[str, Entry] = field(default_factory=dict)
    troubles: Sequence[ProcessProblems] = ()

    def years(self) -> set[int]:
        return {entry.year for entry in self.now.values()}

    def years_of(self, ocids: Collection[str]) -> Mapping[str, int]:
        return {each: self.now[each].year for each in ocids if each in self.now}

    def entries(self, year: int) -> Iterator[tuple[Record, Sequence[Release]]]:
        for _, entry in sorted(self.now.items()):
            if entry.year == year:
                yield entry.record(), entry.releases()

    def changes(self) -> Iterator[Change]:
        for key in sorted({*self.now, *self.before}):
            now, before = self.now.get(key), self.before.get(key)
            entry = now or before
            assert entry
            yield Change(
                ocid=key,
                year=entry.year,
                before=before and before.record().body,
                after=now and now.record().body,
            )

    def problems(self) -> Iterator[ProcessProblems]:
        return iter(self.troubles)

    def fingerprint(self) -> str:
        """A digest of everything that it gives."""
        bodies = [[each.record().body.decode() for _, each in sorted(some.items())] for some in (self.now, self.before)]
        return json.digest(repr((bodies, self.troubles)).encode())

    def since(self, earlier: "MemoryHistory") -> "MemoryHistory":
        """The same, with the changes told against an earlier one."""
        return replace(self, before=earlier.now)

    def then(self, **changed: Entry | None) -> "MemoryHistory":
        """The history of the next edition, with some entries changed (by number) or gone."""
        now = {**self.now, **{ocid(number.lstrip("_")): entry for number, entry in changed.items() if entry}}
        for number, entry in changed.items():
            if entry is None:
                del now[ocid(number.lstrip("_"))]
        return replace(self, now=now, before=self.now)


def history(*entries: Entry) -> MemoryHistory:
    """A history that begins with some entries."""
    return MemoryHistory(now={entry.states[-1]["ocid"]: entry for entry in entries})


def sample() -> MemoryHistory:
    """Five processes of two years, and one that is held back."""
    first = history(
        Entry(year=2023, states=(tender("100-1"),)),
        Entry(
            year=2023, states=(tender("99-1", title="=cmd|' /C calc'!A0"), tender("99-1", title="Столы; «стулья»\n"))
        ),
        Entry(year=2024, states=(tender("100", amount=Decimal("123456789012345678.91")),)),
        Entry(year=2024, states=(tender("contract-7", amount=3, awards=[]),)),
        Entry(year=2024, states=(tender("101-1", amount=Decimal("0.10")),)),
    )
    held = ProcessProblems(process="buy:5", ocid=None, quarantined=True, problems=(PROBLEM,))
    return replace(first, troubles=(held,))


def changed(made: MemoryHistory) -> MemoryHistory:
    """The history of the next edition, with one process changed."""
    return made.then(
        _100=Entry(year=2024, states=(tender("100"), tender("100", title="Столы", amount=Decimal("7.10"))))
    )


def order(sequence: int = 1, *, as_of: datetime | None = None, **more: Any) -> Order:
    """The order for an edition, a day after the one before."""
    moment = as_of or FIRST + timedelta(days=sequence - 1)
    facts = {
        "asOf": moment.isoformat(),
        "pipeline": {"name": "ocds-pipeline", "version": "0.1.0"},
        "counts": {"documents": 12},
        "coverage": [{"listing": "contract/all", "seen": 5, "kept": 5, "total": 5, "state": "done"}],
        "completeness": {"lists": [count_listed("trd_buy", None, [ListedObject(fate="kept", day=FIRST.date())])]},
    }
    settled = {
        "source": KAZAKHSTAN,
        "mapping": b"source_code,ocds_code\r\n1,active\r\n",
        "extensions": {"valueAddedTax/extension.json": b"{}"},
        "left_out": LEAN,
    }
    return Order(edition_id=edition_id(moment, sequence), facts=facts, **{**settled, **more})


def passing(built: Built) -> Json:
    """Give the verdict of gates that let everything pass."""
    rows = rows_by_year([file.entry() for file in built.files])
    return {
        "dataset": "kazakhstan",
        "title": "Kazakhstan",
        "editionId": built.edition_id,
        "asOf": built.facts["asOf"],
        "outcome": "pass",
        "overrides": [],
        "gates": [],
        "figures": {"records": built.body["counts"]["records"], "rows": rows},
    }


def publish(made: MemoryHistory, storage: Any, work: Path, sequence: int = 1, **more: Any) -> Edition:
    wanted = order(sequence, **{"inputs": made.fingerprint(), **more})
    return write_edition(made, storage, wanted, work=work)


def go_back(storage: Any, work: Path, sequence: int, to: str, *, lock: Lock | None = None, **more: Any) -> Edition:
    """Publish, a day after the edition before, one that goes back to an earlier one."""
    moment = FIRST + timedelta(days=sequence - 1)
    facts = {"rollback": {"to": to, "by": "A. Editor", "reason": "a wrong figure", "date": moment.isoformat()}}
    wanted = Order(source=KAZAKHSTAN, edition_id=edition_id(moment, sequence), facts=facts, **more)
    return roll_back(storage, wanted, work=work, lock=lock)


def mended(
    storage: Any,
    work: Path,
    copy: Any = None,
    *,
    signing: Signing | None = None,
    remembered: bytes | None = None,
    known: Remembered | None = None,
) -> Repair:
    """Repair what is published, from a copy where there is one; the lock remembers a pointer where one is given.

    `known` is what the database remembers.
    """
    with hold(storage, "kazakhstan", this_publisher()) as lock:
        if remembered is not None:
            lock.remember(remembered)
        site = Site(
            storage=storage,
            source="kazakhstan",
            base_url=KAZAKHSTAN.publisher.base_url,
            siblings=(),
            work=work,
            lock=lock,
            makers=lambda _: {"the copy": from_copy(copy)} if copy else {},
            copy=from_copy(copy) if copy else None,
            signing=signing,
            remembered=known or Remembered(),
        )
        return repair(site)


def contents(storage: FileStorage) -> dict[str, bytes]:
    """Every object that a storage publishes."""
    return {key: storage.read(key) for key in storage.keys("v1/")}


class KilledError(Exception):
    """The process died."""


@dataclass
class FaultyStorage:
    """A storage that dies at its n-th call, before or after the call had its effect."""

    inner: Any
    calls_left: int
    after: bool = False

    def put_new(self, *given: Any, **named: Any) -> bool:
        return self._call(self.inner.put_new, given, named)

    def replace(self, *given: Any, **named: Any) -> str:
        return self._call(self.inner.replace, given, named)

    def read(self, *given: Any) -> bytes:
        return self._call(self.inner.read, given, {})

    def open(self, *given: Any) -> BinaryIO:
        return self._call(self.inner.open, given, {})

    def delete(self, *given: Any) -> None:
        self._call(self.inner.delete, given, {})

    def capabilities(self) -> Capabilities:
        return self._call(self.inner.capabilities, (), {})

    def stat(self, *given: Any) -> Stat | None:
        return self._call(self.inner.stat, given, {})

    def keys(self, *given: Any) -> Iterator[str]:
        return self._call(self.inner.keys, given, {})

    def _call(self, act: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.calls_left -= 1
        if self.calls_left < 0 and not self.after:
            raise KilledError
        result = act(*given, **named)
        if self.calls_left < 0:
            if hasattr(result, "close"):
                result.close()
            raise KilledError
        return result


def survivors(
    base: FileStorage, folder: Path, calls: range, act: Callable[[Any], object], *, after: bool
) -> Iterator[FileStorage]:
    """Yield what each death at one of the calls leaves of a copy of a storage, until the act outlives it."""
    for call in calls:
        storage = FileStorage(shutil.copytree(base.root, folder / f"{call}"))
        try:
            act(FaultyStorage(storage, call, after=after))
        except KilledError:
            yield storage
        else:
            return
        shutil.rmtree(storage.root)
