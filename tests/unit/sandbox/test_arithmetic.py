"""A million cases cost what a thousand do."""

import tracemalloc
from datetime import date

import pytest

from sandbox.kazakhstan.entries import KINDS
from sandbox.kazakhstan.world import FIRST_IDS, World
from tests.support.sandbox_desk import LISTS, Desk
from tests.support.work import calls

START = date(2026, 11, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_ids_and_places_of_a_big_portal_are_each_others_inverse(kind: str) -> None:
    world = World(seed=3, processes=1_000_000, start=START)
    last = world.total(kind, 0) - 1
    for place in (0, 1, last // 3, last // 2, last - 1):
        key = world.key(kind, place)
        assert world.place(key) == (place if kind != "plan_deleted" else world.place(key))
        if kind != "plan_deleted":
            assert world.places_below(kind, world.id(key), 0) == place
            assert world.places_below(kind, world.id(key) + 1, 0) == place + 1


@pytest.mark.slow
def test_a_million_cases_need_no_more_memory_than_a_thousand() -> None:
    peaks = []
    for processes in (1_000, 1_000_000):
        desk = Desk(processes=processes, seed=5)
        tracemalloc.start()
        for path in ("trd-buy/all", "contract/all", "trd-app"):
            first = desk.get(f"/v3/{path}?limit=50")
            middle = (FIRST_IDS[LISTS[path]] + first["items"][0]["id"]) // 2
            desk.get(f"/v3/{path}?limit=50&page=next&search_after={middle}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 16 * 2**20


def test_a_days_changes_are_found_without_making_every_case() -> None:
    desk = Desk(processes=10_000, seed=5)
    desk.get("/v3/contract/all?limit=1")
    told = []
    asked = '{Contract(limit:200,filter:{lastUpdateDate:["2026-10-31","2026-10-31"]}){id}}'
    work = calls(lambda: told.append(desk.graphql(asked)))

    assert told[0]["extensions"]["pageInfo"]["totalCount"] > 50
    assert work < 100 * 10_000
