"""What a portal no longer has: counted, taken out, put back; and what editions are told of it."""

from collections import Counter
from datetime import timedelta

from ocds_pipeline.steps.moves import StoreHistory
from ocds_pipeline.store import Mark, Store
from ocds_schema.run import Cursor, Run
from publish.changelog import Change
from tests.support.stored import MORNING, SOURCE, document, outcome, run
from transformers.compiled import Merger

LISTED = {("lot", "rest")}
MERGER = Merger(("lots",))
PROCESSES = ("buy:1", "buy:2")


def crawl(store: Store, number: int, *keys: str, complete: bool = True) -> Run:
    """A crawl that sees the lots with some keys, each of its own process, and a plan of the first."""
    made = Run(id=run(number).id, source=SOURCE, as_of=MORNING + timedelta(days=number))
    lots = [document("lot", key, f"buy:{key}") for key in keys]
    store.save_page(made, "lot/all", Cursor(state="done"), lots)
    store.note_seen(made)
    if complete:
        store.count_crawl(made, LISTED, MORNING)
    return made


def begin(store: Store) -> None:
    crawl(store, 1, "1", "2")
    store.save_outcomes(run(1), [outcome(process, f"o-{process[-1]}") for process in PROCESSES])


def published(store: Store) -> list[str]:
    return [record.ocid for year in store.years(SOURCE) for record, _ in store.history(SOURCE, year)]


def mark(store: Store) -> Mark:
    return Mark(release=store.mark(SOURCE), removal=store.removal_mark(SOURCE))


def changes(store: Store, since: Mark) -> list[Change]:
    return list(StoreHistory(store, SOURCE, since=since, through=mark(store), merger=MERGER).changes())


def test_three_complete_crawls_without_a_process_take_it_out(store: Store) -> None:
    begin(store)
    since = mark(store)
    counted = []
    for number in (2, 3, 4):
        made = crawl(store, number, "1")
        counted.append(store.settle_removals(made))

    (change,) = changes(store, since)

    assert counted == [Counter(deleted=0, returned=0)] * 2 + [Counter(deleted=1, returned=0)]
    assert published(store) == ["o-1"]
    assert (change.ocid, change.op, change.cause, change.after) == ("o-2", "delete", "source_gone", None)
    assert change.facts == {"lastSeen": "2026-11-22", "confirmedCrawls": 3}
    assert store.years_of(SOURCE, ["o-1", "o-2"]) == {"o-1": 2026}


def test_a_crawl_counts_once_however_often_it_is_asked_to(store: Store) -> None:
    begin(store)
    for _ in range(5):
        made = crawl(store, 2, "1")

    assert store.settle_removals(made)["deleted"] == 0


def test_windows_and_crawls_that_were_not_reconciled_count_for_nothing(store: Store) -> None:
    begin(store)
    for number in range(2, 9):
        made = crawl(store, number, "1", complete=False)

    assert store.settle_removals(made)["deleted"] == 0


def test_what_is_seen_again_is_counted_anew(store: Store) -> None:
    begin(store)
    for number, keys in enumerate((("1",), ("1",), ("1", "2"), ("1",), ("1",)), 2):
        made = crawl(store, number, *keys)

    assert store.settle_removals(made)["deleted"] == 0


def test_what_stands_in_no_list_that_was_read_is_not_missed(store: Store) -> None:
    store.save_page(run(1), "plans", Cursor(), [document("plan", "9", "plan:9")])
    store.save_outcomes(run(1), [outcome("plan:9", "o-9")])
    for number in (2, 3, 4):
        made = crawl(store, number, "1")

    assert store.settle_removals(made)["deleted"] == 0


def test_what_returns_is_put_back_and_told_as_returned(store: Store) -> None:
    begin(store)
    for number in (2, 3, 4):
        store.settle_removals(crawl(store, number, "1"))
    since = mark(store)
    made = crawl(store, 5, "2", complete=False)

    counted = store.settle_removals(made)
    (change,) = changes(store, since)

    assert counted == Counter(deleted=0, returned=1)
    assert published(store) == ["o-1", "o-2"]
    assert (change.op, change.cause, change.before, dict(change.facts)) == ("add", "source", None, {"returned": True})


def test_what_was_out_and_back_between_two_editions_has_not_moved(store: Store) -> None:
    begin(store)
    since = mark(store)
    for number in (2, 3, 4):
        store.settle_removals(crawl(store, number, "1"))
    store.settle_removals(crawl(store, 5, "1", "2"))

    assert changes(store, since) == []


def test_what_the_portal_says_it_has_no_longer_needs_no_counting(store: Store) -> None:
    begin(store)
    made = crawl(store, 2, "1", complete=False)
    store.note_gone(made, "lot", "2")
    store.note_gone(made, "lot", "2")
    store.note_gone(made, "lot", "77")
    since = mark(store)

    counted = store.settle_removals(made)
    (change,) = changes(store, since)

    assert counted["deleted"] == 1
    assert change.facts == {"toldByPortal": True}


def test_a_process_is_not_gone_while_the_portal_has_another_of_its_documents_of_that_kind(store: Store) -> None:
    begin(store)
    store.save_page(run(1), "lot/all", Cursor(), [document("lot", "22", "buy:2")])
    made = crawl(store, 2, "1", complete=False)
    store.note_gone(made, "lot", "2")

    assert store.settle_removals(made)["deleted"] == 0


def test_a_record_that_is_gone_stays_gone_when_it_is_mapped_again(store: Store) -> None:
    begin(store)
    for number in (2, 3, 4):
        made = crawl(store, number, "1")
    store.settle_removals(made)

    store.save_outcomes(run(4), [outcome("buy:2", "o-2", 2)])

    assert published(store) == ["o-1"]
