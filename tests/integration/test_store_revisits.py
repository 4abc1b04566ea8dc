"""Which documents are due to be asked for again."""

from collections.abc import Iterable

from sqlalchemy import text

from ocds_pipeline.store import Store
from ocds_schema.raw import Links, Way
from ocds_schema.run import Cursor, Run
from tests.support.stored import SOURCE, document, run

ORDERS: tuple[str, Way] = ("order", "html")
NO_DAY, A_DAY = range(0), range(20000, 20001)


def save(store: Store, of: Run, keys: Iterable[int | str], *, is_open: bool = False, kind: str = "order") -> None:
    state = "open" if is_open else ""
    orders = [document(kind, str(key), f"order:{key}", way="html", text=state, is_open=is_open) for key in keys]
    store.save_page(of, f"orders {of.id}", Cursor(), orders)


def all_due(store: Store, of: Run, days: range | None, sweep: int = 10) -> list[str]:
    found: list[str] = []
    while (key := store.due(of, ORDERS, days, sweep, found[-1] if found else "")) is not None:
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
