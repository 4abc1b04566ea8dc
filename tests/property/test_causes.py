"""What new code changes and what the portal does are told apart, however both come together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extractors.kazakhstan import PORTAL
from ocds_pipeline.progress import SilentMeter
from ocds_pipeline.settings import Settings
from ocds_pipeline.steps import transform
from ocds_pipeline.steps.desk import Desk
from ocds_pipeline.store import Store
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.problems import Problem
from ocds_schema.raw import Document
from ocds_schema.run import Cursor, Run
from tests.support.kazakh_bundles import CONTEXT
from transformers import outcome
from transformers.state import State, build_state

SOURCE = CONTEXT.source.name
FIRST = datetime(2026, 3, 1, 2, tzinfo=UTC)
CODES = ("as it is", "more", "other")
REFUSING = (*CODES, "refuses")

Rows = dict[tuple[str, int], Json]


@dataclass(frozen=True)
class Day:
    """What a day brings: rows of the portal, and the code that maps them."""

    rows: Rows
    code: str


def announcement(key: int, title: str, day: int) -> Json:
    return {
        "id": key,
        "number_anno": f"{key}-1",
        "name_ru": title,
        "ref_buy_status_id": 220,
        "customer_bin": "101140000017",
        "index_date": f"2026-03-{day:02d} 01:00:00",
    }


def contract(key: int, buy: int, amount: int, day: int) -> Json:
    return {
        "id": key,
        "root_id": key,
        "trd_buy_id": buy,
        "ref_contract_status_id": 190,
        "ref_contract_type_id": 1,
        "supplier_biin": "120540000033",
        "contract_sum_wnds": amount,
        "contract_sum": amount,
        "index_date": f"2026-03-{day:02d} 01:00:00",
    }


@st.composite
def histories(draw: st.DrawFn, codes: Sequence[str] = CODES, *, is_moving: bool = True) -> list[Day]:
    """Some days; on each a few rows come or change, and the code may be another.

    A contract may get or give up its announcement, where it moves.
    """
    days = []
    always = {key: draw(st.sampled_from([0, key])) for key in (1, 2, 3)}
    for number in range(1, draw(st.integers(2, 4)) + 1):
        rows: Rows = {}
        for key in draw(st.sets(st.integers(1, 3), min_size=number == 1)):
            rows["trd_buy", key] = announcement(key, draw(st.sampled_from(["Парты", "Столы"])), number)
        for key in draw(st.sets(st.integers(1, 3))):
            buy = draw(st.sampled_from([0, key])) if is_moving else always[key]
            rows["contract", key] = contract(key, buy, draw(st.sampled_from([90, 100])), number)
        days.append(Day(rows, draw(st.sampled_from(codes))))
    return days


@contextmanager
def code(name: str) -> Iterator[None]:
    """Map by some code, which is told apart by what it makes of a state."""

    def made(*given: Any) -> State:
        state = build_state(*given)
        content = dict(state.content)
        if not content or name == "as it is":
            return state
        if name == "refuses" and "contracts" in content:
            problem = Problem(path="contracts", rule="refused", reason="not to be read", severity="fatal")
            return replace(state, problems=(*state.problems, problem))
        if name == "more":
            content["tender"] = {"id": "1", **content.get("tender", {}), "description": "read by new code"}
        if name == "other" and "tender" in content:
            content["tender"] = {**content["tender"], "title": "another"}
        return State(content=content, digest=json.digest(json.encode(content)), problems=state.problems)

    with mock.patch.object(outcome, "build_state", made):
        yield


@cache
def empty_store() -> bytes:
    """A store without anything, to be copied: making its tables takes longer than all else here."""
    with TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/store.sqlite3").close()
        return (Path(folder) / "store.sqlite3").read_bytes()


class Installation:
    """A store, and what is done to it from day to day."""

    def __init__(self, folder: Path) -> None:
        (folder / "store.sqlite3").write_bytes(empty_store())
        self.store = Store.open(f"sqlite:///{folder}/store.sqlite3")
        chosen = SimpleNamespace(workers=1, pseudonym_key=b"key")
        self.desk = Desk(
            settings=cast(Settings, chosen), source=CONTEXT.source, store=self.store, progress=SilentMeter()
        )
        self.days = 0

    def harvest(self, rows: Rows) -> Run:
        self.days += 1
        run = self.store.begin_run(SOURCE, f"day {self.days}", FIRST + timedelta(days=self.days))
        documents = [document(kind, key, fields) for (kind, key), fields in rows.items()]
        self.store.save_page(run, "all", Cursor(state="done"), documents)
        self.store.finish_step(run, "harvest", {"window": None, "limited": False, "listings": []})
        return run

    def transform(self, run: Run, *, remap: bool, kills: Sequence[int] = ()) -> None:
        for calls in kills:
            self._killed_after(calls, run, remap=remap)
        report = transform.transform_step(self.desk, run, remap=remap)
        self.store.finish_step(run, "transform", report)
        self.store.finish_run(run)

    def remap(self) -> None:
        if last := self.store.last_step(SOURCE, "harvest"):
            self.transform(self.store.begin_run(SOURCE, "transform --all", last[0].as_of), remap=True)

    def _killed_after(self, calls: int, run: Run, *, remap: bool) -> None:
        save, left = self.store.save_outcomes, calls

        def fail(*given: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return save(*given)

        with mock.patch.object(self.store, "save_outcomes", fail), mock.patch.object(transform, "BATCH", 1):
            try:
                transform.transform_step(self.desk, run, remap=remap)
            except KeyboardInterrupt:
                return

    def told(self) -> Json:
        """Everything that is published, and why."""
        return [
            (record, [(release, release.cause) for release in releases])
            for year in self.store.years(SOURCE)
            for record, releases in self.store.history(SOURCE, year)
        ]

    def problems(self) -> Json:
        return list(self.store.problems(SOURCE))


def document(kind: str, key: int, fields: Json) -> Document:
    return Document(
        kind=kind,
        way="rest",
        key=str(key),
        body=json.encode(fields),
        links=PORTAL.links(kind, "rest", fields),
        url="https://portal.example",
        retrieved_at=FIRST,
    )


PATIENT = settings(
    deadline=None,
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@contextmanager
def twins() -> Iterator[tuple[Installation, Installation]]:
    """Give two installations that are to live the same days, new code and new data apart or together."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        yield Installation(Path(one)), Installation(Path(other))


def lived(history: list[Day], apart: Installation, together: Installation, kills: list[int]) -> Iterator[Day]:
    """Let both live a day, and yield it, until all are lived."""
    for day in history:
        with code(day.code):
            apart.remap()
            apart.transform(apart.harvest(day.rows), remap=False)
            together.transform(together.harvest(day.rows), remap=True, kills=kills)
        yield day


@PATIENT
@given(histories(), st.lists(st.integers(0, 4), max_size=2))
def test_new_code_and_new_data_in_one_run_are_told_as_if_they_had_come_in_two(
    history: list[Day], kills: list[int]
) -> None:
    with twins() as (apart, together):
        for _ in lived(history, apart, together, kills):
            assert together.told() == apart.told()
            assert together.problems() == apart.problems()


@PATIENT
@given(histories())
def test_what_the_portal_did_not_touch_is_never_put_down_to_it(history: list[Day]) -> None:
    with TemporaryDirectory() as folder:
        installation = Installation(Path(folder))
        for day in history:
            with code(day.code):
                installation.transform(installation.harvest(day.rows), remap=True)
        before = {release.id for _, releases in installation.told() for release, _ in releases}
        for name in CODES:
            with code(name):
                installation.transform(installation.harvest({}), remap=True)
        later = [each for _, releases in installation.told() for each in releases if each[0].id not in before]
        assert {cause for _, cause in later} <= {"pipeline"}


@PATIENT
@given(histories(REFUSING, is_moving=False), st.lists(st.integers(0, 4), max_size=2))
def test_what_was_held_back_ends_where_it_would_have_ended(history: list[Day], kills: list[int]) -> None:
    # Of a contract that moves while it is held back, the name is free or taken by whether it was let in between.
    with twins() as (apart, together):
        for _ in lived(history, apart, together, kills):
            assert together.problems() == apart.problems()
        states = [
            {record.process: (record.ocid, record.state_digest, record.inputs) for record, _ in each.told()}
            for each in (apart, together)
        ]
        assert states[0] == states[1]


@PATIENT
@given(histories())
def test_nothing_is_kept_of_documents_before_but_for_what_is_held_back(history: list[Day]) -> None:
    with TemporaryDirectory() as folder:
        installation = Installation(Path(folder))
        for day in history:
            with code("as it is"):
                installation.transform(installation.harvest(day.rows), remap=False)
            assert installation.store.forget_before(SOURCE) == 0
