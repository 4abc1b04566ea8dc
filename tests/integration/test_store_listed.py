"""What a portal lists, with the state of its processes, from a real database."""

import pytest

from ocds_pipeline.store import Store
from ocds_pipeline.store import listed as module
from ocds_schema.run import Cursor
from tests.support.stored import MORNING, SOURCE, document, outcome


@pytest.fixture(params=[1, 1_000])
def filled(store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(module, "_AT_ONCE", request.param)
    run = store.begin_run(SOURCE, "full", MORNING)
    documents = [
        document("notice", "1", "buy:1"),
        document("notice", "1", "buy:1", way="graphql", text="the other way"),
        document("notice", "10", "buy:10"),
        document("notice", "2", "buy:2"),
        document("notice", "3", "buy:3"),
        document("notice", "4"),
        document("lot", "5", "buy:1"),
    ]
    store.save_page(run, "all", Cursor(state="done"), documents)
    held_back = outcome("buy:2", "ocds-2")
    store.save_outcomes(
        run,
        [
            outcome("buy:1", "ocds-1"),
            type(held_back)(
                process="buy:2", ocid=None, release=None, record=None, problems=held_back.problems, quarantined=True
            ),
            type(held_back)(process="buy:3", ocid=None, release=None, record=None, problems=()),
        ],
    )
    return store


def test_every_object_comes_once_with_what_became_of_it(filled: Store) -> None:
    found = {
        one.key: (len(one.bodies), one.has_record, one.is_quarantined, one.is_pending)
        for one in filled.listed(SOURCE, "notice")
    }

    assert found == {
        "1": (2, True, False, False),
        "10": (1, False, False, True),
        "2": (1, False, True, False),
        "3": (1, False, False, False),
        "4": (1, False, False, False),
    }


def test_one_way_alone_can_be_asked_for(filled: Store) -> None:
    (one,) = filled.listed(SOURCE, "notice", "graphql")

    assert (one.key, one.bodies[0]["text"]) == ("1", "the other way")


def test_another_source_has_nothing(filled: Store) -> None:
    assert list(filled.listed("elsewhere", "notice")) == []


def test_the_reports_of_a_step_come_newest_first(store: Store) -> None:
    for number in range(5):
        run = store.begin_run(SOURCE, f"{number}", MORNING)
        store.finish_step(run, "harvest", {"number": number})
        store.finish_run(run)

    assert [report["number"] for _, report in store.all_steps(SOURCE, "harvest", at_once=2)] == [4, 3, 2, 1, 0]
    assert list(store.all_steps(SOURCE, "publish")) == []
