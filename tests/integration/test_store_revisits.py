"""Which documents are due to be asked for again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from extractors.base import Revisit
from ocds_pipeline.store import Store
from ocds_schema.raw import Links
from ocds_schema.run import Cursor, Run
from tests.support.stored import MORNING, SOURCE, Again, document, run

TODAY = MORNING.date()
NO_DAY, A_DAY = range(0), range(20000, 20001)


def save(
    store: Store,
    of: Run,
    keys: Iterable[int | str],
    *,
    is_open: bool = False,
    kind: str = "order",
    text: str = "",
    day: date | None = None,
) -> None:
    state = "open" if is_open else ""
    pages = [
        document(kind, str(key), f"order:{key}", way="html", text=state + text, is_open=is_open, day=day)
        for key in keys
    ]
    store.save_page(of, f"orders {of.id}", Cursor(), pages)


def orders(**settings: Any) -> Revisit:
    return Again(name="orders again", kind="order", way="html", **{"sweep": 10, "fresh": 30, "slow": 7, **settings})


def all_due(store: Store, of: Run, days: range | None, **settings: Any) -> list[str]:
    found: list[str] = []
    revisit = orders(**settings)
    while (key := store.due(of, revisit, days, found[-1] if found else "")) is not None:
        found.append(key)
    return found


def test_everything_that_did_not_come_is_due_where_no_days_are_given(store: Store) -> None:
    save(store, run(1), range(200))
    save(store, run(2), range(50, 150))

    assert all_due(store, run(1), None) == []
    assert all_due(store, run(2), None) == sorted(map(str, [*range(50), *range(150, 200)]))


def test_what_is_open_is_due_until_it_came(store: Store) -> None:
    save(store, run(1), range(100))
    save(store, run(1), range(90, 96), is_open=True)
    save(store, run(1), range(90, 99), is_open=True, kind="other")

    assert all_due(store, run(1), NO_DAY) == []
    assert all_due(store, run(2), NO_DAY) == ["90", "91", "92", "93", "94", "95"]
    save(store, run(2), [92], is_open=True)
    save(store, run(2), [94])
    assert all_due(store, run(2), NO_DAY) == ["90", "91", "93", "95"]
    assert "94" not in all_due(store, run(3), NO_DAY)


def test_each_document_has_its_turn_once_in_a_sweep(store: Store) -> None:
    save(store, run(1), range(300))

    days = [all_due(store, run(2), range(day, day + 1)) for day in range(20000, 20010)]

    assert sorted(key for keys in days for key in keys) == sorted(map(str, range(300)))
    assert all(10 < len(keys) < 60 for keys in days)
    assert all_due(store, run(2), range(20010, 20011)) == days[0]
    assert all_due(store, run(2), range(20000, 20002)) == sorted(days[0] + days[1])
    assert all_due(store, run(2), range(20000, 20100)) == sorted(map(str, range(300)))


def test_open_ones_come_among_those_that_have_their_turn(store: Store) -> None:
    save(store, run(1), range(300))
    in_turn = all_due(store, run(2), A_DAY)
    save(store, run(1), range(100, 110), is_open=True)

    assert all_due(store, run(2), A_DAY) == sorted({*in_turn, *map(str, range(100, 110))})


def test_what_came_is_not_due_in_a_store_opened_again(store: Store) -> None:
    save(store, run(1), range(60))
    save(store, run(2), range(40))
    with Store.open(store.url.render_as_string(hide_password=False)) as other:
        assert all_due(other, run(2), None) == sorted(map(str, range(40, 60)))
        save(store, run(2), range(40, 50))
        assert all_due(other, run(2), None) == sorted(map(str, range(50, 60)))


def test_links_found_again_open_and_close_documents_without_mapping_them_again(store: Store) -> None:
    save(store, run(1), range(3))
    with store._writing() as connection:
        connection.execute(text("DELETE FROM pending"))

    changed = store.links_again(
        SOURCE, lambda _, __, fields: Links(process=fields["process"], open=fields["id"] == "1")
    )

    assert changed == 1
    assert store.pending_count(SOURCE) == 0
    assert all_due(store, run(2), NO_DAY) == ["1"]


def test_a_changed_document_is_as_open_as_its_newest_version(store: Store) -> None:
    save(store, run(1), [1], is_open=True)
    ended = document("order", "1", "order:1", way="html", text="ended")
    store.save_page(run(2), "orders", Cursor(), [ended])

    assert all_due(store, run(3), NO_DAY) == []


def weeks(first: int) -> list[range]:
    return [range(first + day, first + day + 1) for day in range(7)]


def test_what_nothing_has_stirred_for_long_has_its_turn_once_a_week(store: Store) -> None:
    old = TODAY - timedelta(days=31)
    save(store, run(1), range(100), is_open=True, day=old)
    save(store, run(1), range(100, 110), is_open=True, day=old + timedelta(days=2))
    save(store, run(1), range(110, 115), is_open=True)
    in_every_window = sorted(map(str, range(100, 115)))

    assert all_due(store, run(2), NO_DAY) == in_every_window
    days = [all_due(store, run(2), each, sweep=10**6) for each in weeks(20000)]
    assert all(set(in_every_window) <= set(keys) for keys in days)
    slow = [key for keys in days for key in keys if key not in in_every_window]
    assert sorted(slow) == sorted(map(str, range(100)))
    assert all_due(store, run(2), range(20000, 20007), sweep=10**6) == sorted(map(str, range(115)))
    assert all_due(store, run(2), None) == sorted(map(str, range(115)))


def test_a_change_stirs_what_is_old(store: Store) -> None:
    old = TODAY - timedelta(days=400)
    save(store, run(1), range(10), is_open=True, day=old)
    save(store, run(2), [4], is_open=True, day=old, text="changed")
    save(store, run(2), [5], is_open=True, day=old)

    assert all_due(store, run(3), NO_DAY) == ["4"]


def test_how_old_a_document_is_is_told_by_the_moment_that_the_run_speaks_for(store: Store) -> None:
    save(store, run(1), range(5), is_open=True, day=TODAY - timedelta(days=20))
    later = replace(run(2), as_of=MORNING + timedelta(days=10))

    assert all_due(store, run(2), NO_DAY) == ["0", "1", "2", "3", "4"]
    assert all_due(store, later, NO_DAY) == []


def test_days_are_found_again_with_the_links(store: Store) -> None:
    save(store, run(1), range(3), is_open=True)
    with store._writing() as connection:
        connection.execute(text("UPDATE document SET stirred = NULL"))
    assert all_due(store, run(2), NO_DAY) == []

    day = TODAY - timedelta(days=3)
    changed = store.links_again(SOURCE, lambda _, __, fields: Links(process=fields["process"], open=True, day=day))

    assert changed == 3
    assert all_due(store, run(2), NO_DAY) == ["0", "1", "2"]
    assert store.links_again(SOURCE, lambda _, __, fields: Links(process=fields["process"], open=True, day=TODAY)) == 0


def test_an_object_of_a_list_whose_document_is_not_held_is_due_like_an_open_one(store: Store) -> None:
    save(store, run(1), range(40), kind="row", day=TODAY - timedelta(days=100))
    save(store, run(1), range(30), kind="order")
    save(store, run(1), [50, 51], kind="row", day=TODAY)
    save(store, run(1), [51], kind="other")
    more: dict[str, Any] = {"rows": "row", "sweep": 10**6}

    assert all_due(store, run(2), NO_DAY, **more) == ["50", "51"]
    days = [all_due(store, run(2), each, **more) for each in weeks(20000)]
    assert sorted({key for keys in days for key in keys}) == sorted(map(str, [*range(30, 40), 50, 51]))
    assert all_due(store, run(2), None, **more) == sorted(map(str, [*range(40), 50, 51]))
    save(store, run(3), [50])
    assert all_due(store, run(3), NO_DAY, **more) == ["51"]
