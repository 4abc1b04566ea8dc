"""Day after day of editions: whoever replays the deltas has what was published, and every step is told."""

import gzip
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.json import Json
from publish.changelog import Cause, Change, apply
from publish.state import state_digest, state_line
from publish.verify import verify
from tests.support.publishing import Entry, MemoryHistory, go_back, ocid, publish, tender

SOURCE = "kazakhstan"
ROLL_UPS = {"d7": 7, "d30": 30}
LONG = "Поставка мебели для учебных классов, включая доставку, сборку и вывоз упаковки. " * 9

State = dict[str, bytes]


@dataclass
class Told(MemoryHistory):
    """A history whose changes are told step by step, as a store tells them."""

    steps: list[Change] = field(default_factory=list)

    def changes(self) -> Iterator[Change]:
        return iter(sorted(self.steps, key=lambda change: change.ocid))


class World:
    """A source that moves from day to day, by chance, the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now: dict[str, Entry] = {}
        self.gone: dict[str, Entry] = {}
        self.past: list[dict[str, Entry]] = []
        self.number = 0
        self.seen: Counter[str] = Counter()
        self.back = 0

    def day(self) -> Told:
        """Let a day pass, and give what is published at its end; `back` is how many days that goes back, if it does."""
        self.back = 0
        before = dict(self.now)
        self.past.append(before)
        steps: list[Change] = []
        if not before:
            steps = [self._add() for _ in range(12)]
        elif self.chance.random() < 0.04 and len(self.past) > 3:
            steps = self._roll_back()
        elif self.chance.random() < 0.85:
            steps = self._moves(before)
        self.seen["empty"] += not steps
        return Told(now=dict(self.now), before=before, steps=steps)

    def _moves(self, before: dict[str, Entry]) -> list[Change]:
        steps = [self._add() for _ in range(self.chance.choice((0, 0, 1, 2)))]
        for key in self.chance.sample(sorted(before), min(len(before), self.chance.randint(0, 4))):
            move = self.chance.choice((self._change, self._change, self._change_twice, self._delete, self._redact))
            steps += move(key)
        for key in [key for key in sorted(self.gone) if key not in before and self.chance.random() < 0.2]:
            steps += self._return(key)
        return steps

    def _add(self) -> Change:
        self.number += 1
        entry = Entry(year=self.chance.choice((2024, 2025, 2026)), states=(self._state(f"{self.number}-1", None),))
        self.now[ocid(f"{self.number}-1")] = entry
        self.seen["add"] += 1
        return self._told(ocid(f"{self.number}-1"), None, entry, "source")

    def _change(self, key: str, cause: Cause = "source") -> list[Change]:
        entry = self.now[key]
        moved = Entry(year=entry.year, states=(*entry.states, self._state(key, entry.states[-1])))
        self.now[key] = moved
        self.seen[cause] += 1
        return [self._told(key, entry, moved, cause)]

    def _change_twice(self, key: str) -> list[Change]:
        return [*self._change(key, "pipeline"), *self._change(key, "source")]

    def _delete(self, key: str) -> list[Change]:
        entry = self.gone[key] = self.now.pop(key)
        self.seen["delete"] += 1
        facts = {"lastSeen": "2026-11-20", "confirmedCrawls": 3}
        return [Change(ocid=key, year=entry.year, before=body(entry), after=None, cause="source_gone", facts=facts)]

    def _return(self, key: str) -> list[Change]:
        entry = self.now[key] = self.gone.pop(key)
        self.seen["return"] += 1
        return [
            Change(ocid=key, year=entry.year, before=None, after=body(entry), cause="source", facts={"returned": True})
        ]

    def _redact(self, key: str) -> list[Change]:
        entry = self.now[key]
        states = tuple({**state, "tender": {**state["tender"], "title": "—"}} for state in entry.states)
        moved = self.now[key] = Entry(year=entry.year, states=states)
        if body(moved) == body(entry):
            return []
        self.seen["redact"] += 1
        base = json.digest(body(entry))
        return [Change(ocid=key, year=entry.year, before=None, after=body(moved), cause="redaction", base=base)]

    def _roll_back(self) -> list[Change]:
        """Go back to an earlier day, by an edition that takes back all that has moved since."""
        self.back = self.chance.randint(2, 4)
        before, self.now = self.now, dict(self.past[-self.back])
        self.gone = {key: entry for key, entry in {**self.gone, **before}.items() if key not in self.now}
        steps = [
            self._told(key, before.get(key), self.now.get(key), "rollback")
            for key in sorted({*before, *self.now})
            if before.get(key) != self.now.get(key)
        ]
        # Nobody can go back to what is there.
        self.back = self.back if steps else 0
        self.seen["rollback"] += bool(steps)
        return steps

    def _state(self, key: str, last: Json) -> Json:
        number = key.removeprefix(ocid(""))
        title = self.chance.choice(("Парты", "Столы", LONG, f"Стулья {self.chance.randint(1, 99)}"))
        state = tender(number, title=title, amount=self.chance.randint(1, 10**9))
        if last is not None:
            state["date"] = f"{last['date'][:4]}-{self.chance.randint(4, 12):02d}-{self.chance.randint(1, 28):02d}"
            state["date"] += f"T10:{self.chance.randint(10, 59)}:00+05:00"
        if self.chance.random() < 0.3:
            state["contracts"] = state["contracts"][:1]
        return state

    @staticmethod
    def _told(key: str, before: Entry | None, after: Entry | None, cause: Cause) -> Change:
        entry = before or after
        assert entry is not None
        return Change(
            ocid=key, year=entry.year, before=before and body(before), after=after and body(after), cause=cause
        )


def body(entry: Entry) -> bytes:
    return entry.record().body


class Reader:
    """Somebody who reads nothing but deltas and changelogs."""

    def __init__(self, storage: FileStorage) -> None:
        self.storage = storage
        self.state: State = {}
        self.past: dict[str, State] = {}
        self.applied_fields = 0

    def follow(self, manifest: Json) -> None:
        """Take an edition, and hold everything that it tells against what was there before."""
        kinds = {delta["kind"]: delta for delta in manifest["deltas"]}
        before, self.state = self.state, self.applied(self.state, kinds["d1"])
        assert digest(self.state) == manifest["state"]["stateDigest"]
        assert len(self.state) == manifest["counts"]["records"]
        self.check_steps(manifest, before)
        self.check_counts(kinds["d1"], before)
        for kind, delta in kinds.items():
            if delta["from"]:
                held = self.past[delta["from"]]
                assert self.applied(held, delta) == self.state, kind
                assert digest(held) == delta["fromStateDigest"]
                self.check_counts(delta, held)
        self.past[manifest["editionId"]] = self.state

    def applied(self, state: State, delta: Json) -> State:
        header, *lines = self.lines(delta["path"])
        assert {name: header[name] for name in ("from", "to", "fromStateDigest", "toStateDigest")} == {
            name: delta[name] for name in ("from", "to", "fromStateDigest", "toStateDigest")
        }
        state = dict(state)
        for line in lines:
            if line["op"] == "delete":
                state.pop(line["ocid"], None)
            else:
                state[line["ocid"]] = json.encode(line["record"])
        return state

    def check_steps(self, manifest: Json, before: State) -> None:
        """Go from each record before to the one after by the fields alone."""
        lines = self.lines(f"editions/{manifest['editionId']}/changelog.jsonl.gz")
        held: dict[str, str | None] = {key: f"sha256:{json.digest(record)}" for key, record in before.items()}
        records: dict[str, Json] = {key: json.decode(record) for key, record in before.items()}
        last = {line["ocid"]: number for number, line in enumerate(lines)}
        for number, line in enumerate(lines):
            key = line["ocid"]
            assert held.get(key) == line.get("base"), line
            after = json.decode(self.state[key]) if last[key] == number and key in self.state else None
            # Of a step on the way that has a long value the record is not known: only the last one is in the delta.
            is_known = records.get(key) is not None and (after is not None or not is_shortened(line))
            if "fields" in line and is_known:
                self.applied_fields += 1
                records[key] = apply(records[key], line["fields"], after)
                assert f"sha256:{json.digest(json.encode(records[key]))}" == line["next"]
            else:
                records[key] = after
            held[key] = line.get("next")
        assert {key: value for key, value in held.items() if value} == {
            key: f"sha256:{json.digest(record)}" for key, record in self.state.items()
        }
        told = manifest["changes"]
        assert Counter(line["op"] for line in lines) == Counter(
            {op: told[op] for op in ("add", "change", "delete", "redact") if told[op]}
        )
        assert Counter(line["cause"] for line in lines) == Counter(told["byCause"])

    def check_counts(self, delta: Json, held: State) -> None:
        new, old = self.state.keys() - held.keys(), held.keys() - self.state.keys()
        changed = [key for key in self.state.keys() & held.keys() if self.state[key] != held[key]]
        assert (delta["adds"], delta["deletes"]) == (len(new), len(old))
        assert delta["changes"] == len(changed) or delta["kind"] == "d1"

    def lines(self, path: str) -> list[Json]:
        data = gzip.decompress(self.storage.read(f"v1/{SOURCE}/{path}"))
        return [json.decode(line) for line in data.splitlines()]


def is_shortened(line: Json) -> bool:
    values = [each.get("new") for each in line.get("fields", ())]
    return any(isinstance(value, dict) and value.keys() == {"sha256", "bytes"} for value in values)


def digest(state: State) -> str:
    return state_digest([[state_line(key, json.digest(record)) for key, record in sorted(state.items())]])


def live(days: int, seed: int, folder: Path) -> World:
    """Publish so many days, and read every one of them."""
    world, storage = World(seed), FileStorage(folder / "public")
    reader, editions = Reader(storage), []
    for number in range(1, days + 1):
        told = world.day()
        if world.back:
            edition = go_back(storage, folder / "work", number, editions[-world.back])
        else:
            edition = publish(told, storage, folder / "work", number)
        editions.append(edition.id)
        kinds = [delta["kind"] for delta in edition.manifest["deltas"]]
        assert kinds == ["d1", *(kind for kind, span in ROLL_UPS.items() if number > span)]
        reader.follow(edition.manifest)
        if number % 30 == 0:
            assert verify(storage, SOURCE).findings == ()
    assert reader.applied_fields > days
    return world


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """Nothing is to survive a power cut here; waiting for the disk would take most of the time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def test_thirty_days_are_replayed_to_what_was_published(tmp_path):
    world = live(33, 1, tmp_path)

    assert not {"add", "source", "pipeline", "delete", "return", "redact", "empty", "rollback"} - world.seen.keys()


@pytest.mark.slow
def test_a_year_of_days_is_replayed_to_what_was_published(tmp_path):
    world = live(365, 2, tmp_path)

    wanted = {"add", "source", "pipeline", "delete", "return", "redact", "empty", "rollback"}
    assert not wanted - {kind for kind, count in world.seen.items() if count}
