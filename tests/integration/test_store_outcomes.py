"""Outcomes: releases once, records and problems replaced, ocids never shared."""

from collections import Counter
from dataclasses import replace

from ocds_pipeline.store import Store
from ocds_schema.outcome import Outcome
from ocds_schema.problems import Problem
from ocds_schema.run import Cursor
from tests.support.stored import SOURCE, document, outcome, record, release, run

RUN = run()
LOST = Problem(
    path="tender/value",
    rule="not_a_number",
    reason="'abc' is not a number",
    document="trd_buy/1",
    fields=("total_sum",),
    value="abc",
)
NOTE = Problem(path="tender/title", rule="odd", reason="it is empty", severity="note")


def history(store: Store, year: int = 2026) -> list[tuple[str, list[str]]]:
    return [(held.ocid, [each.id for each in releases]) for held, releases in store.history(SOURCE, year)]


def quarantined(process: str, *problems: Problem) -> Outcome:
    return Outcome(process=process, ocid=None, release=None, record=None, problems=problems, quarantined=True)


def test_a_batch_is_counted(store: Store) -> None:
    counts = store.save_outcomes(
        RUN, [outcome("buy:1", "o-1"), outcome("buy:2", "o-2", problems=(NOTE, LOST)), quarantined("buy:3", LOST)]
    )

    assert counts == Counter(processes=3, quarantined=1, releases=2, records=2, problems=3)


def test_releases_and_records_come_back_as_they_were_given(store: Store) -> None:
    first = outcome("buy:1", "o-1")
    second = outcome("buy:1", "o-1", 2)
    store.save_outcomes(RUN, [first])
    store.save_outcomes(RUN, [second])

    assert list(store.history(SOURCE, 2026)) == [(second.record, [first.release, second.release])]
    assert store.records(SOURCE, ["buy:2", "buy:1"]) == {"buy:1": second.record}


def test_the_same_batch_again_changes_nothing(store: Store) -> None:
    batch = [outcome("buy:1", "o-1", problems=(LOST,)), outcome("buy:2", "o-2"), quarantined("buy:3", LOST)]
    store.save_outcomes(RUN, batch)
    before = list(store.history(SOURCE, 2026)), list(store.problems(SOURCE)), store.mark(SOURCE)

    counts = store.save_outcomes(run(2), batch)

    assert counts["releases"] == counts["records"] == 0
    assert before == (list(store.history(SOURCE, 2026)), list(store.problems(SOURCE)), store.mark(SOURCE))


def test_saved_processes_are_no_longer_pending(store: Store) -> None:
    store.save_page(RUN, "lot/all", Cursor(), [document("lot", key, f"buy:{key}") for key in "123"])

    store.save_outcomes(RUN, [outcome("buy:1", "o-1"), quarantined("buy:3", LOST)])

    assert store.pending(SOURCE, "", 9) == ["buy:2"]


def test_a_published_process_says_so_in_its_bundle(store: Store) -> None:
    store.save_outcomes(RUN, [outcome("buy:1", "o-1"), quarantined("buy:2", LOST)])

    assert [bundle.published for bundle in store.bundles(SOURCE, ["buy:1", "buy:2"])] == [True, False]


def test_problems_are_replaced(store: Store) -> None:
    store.save_outcomes(
        RUN, [outcome("buy:1", "o-1", problems=(LOST, NOTE)), outcome("buy:2", "o-2", problems=(NOTE,))]
    )
    store.save_outcomes(RUN, [outcome("buy:1", "o-1", 2, problems=(NOTE,)), outcome("buy:2", "o-2", 2)])

    assert list(store.problems(SOURCE)) == [("buy:1", "o-1", False, [NOTE])]


def test_a_quarantined_process_keeps_the_record_it_had(store: Store) -> None:
    good = outcome("buy:1", "o-1")
    store.save_outcomes(RUN, [good])
    store.save_outcomes(RUN, [replace(outcome("buy:1", "o-1", 2), quarantined=True, problems=(LOST,))])

    assert list(store.history(SOURCE, 2026)) == [(good.record, [good.release])]
    assert list(store.problems(SOURCE)) == [("buy:1", "o-1", True, [LOST])]


def test_a_process_leaves_quarantine(store: Store) -> None:
    store.save_outcomes(RUN, [quarantined("buy:1", LOST)])
    store.save_outcomes(RUN, [outcome("buy:1", "o-1")])

    assert list(store.problems(SOURCE)) == []
    assert history(store) == [("o-1", ["o-1-1"])]


def test_problems_of_many_processes_come_in_order(store: Store) -> None:
    batch = [quarantined(f"buy:{number}", LOST, NOTE) for number in range(1100)]
    store.save_outcomes(RUN, batch)

    found = list(store.problems(SOURCE))

    assert [process for process, *_ in found] == sorted(each.process for each in batch)
    assert all(problems == [LOST, NOTE] for *_, problems in found)


def test_an_ocid_of_another_process_quarantines_the_outcome(store: Store) -> None:
    store.save_outcomes(RUN, [outcome("buy:1", "o-1")])

    counts = store.save_outcomes(RUN, [outcome("buy:2", "o-1", 2, problems=(NOTE,))])

    assert (counts["quarantined"], counts["releases"], counts["records"]) == (1, 0, 0)
    assert history(store) == [("o-1", ["o-1-1"])]
    ((process, ocid, is_quarantined, problems),) = store.problems(SOURCE)
    assert (process, ocid, is_quarantined) == ("buy:2", "o-1", True)
    assert [problem.rule for problem in problems] == ["odd", "ocid_taken"]
    assert problems[1].reason == "o-1 belongs to the process buy:1 of kazakhstan"
    assert problems[1].severity == "fatal"


def test_of_two_processes_that_claim_one_ocid_at_once_the_first_has_it(store: Store) -> None:
    store.save_outcomes(RUN, [outcome("buy:2", "o-1"), outcome("buy:1", "o-1", 2)])

    assert [process for process, *_ in store.problems(SOURCE)] == ["buy:1"]
    assert list(store.records(SOURCE, ["buy:1", "buy:2"])) == ["buy:2"]


def test_an_ocid_of_another_source_is_taken_too(store: Store) -> None:
    store.save_outcomes(replace(RUN, source="kyrgyzstan"), [outcome("buy:1", "o-1")])

    assert store.save_outcomes(RUN, [outcome("buy:1", "o-1")])["quarantined"] == 1


def test_a_process_keeps_its_ocid_for_life(store: Store) -> None:
    store.save_outcomes(RUN, [outcome("buy:1", "o-1")])

    counts = store.save_outcomes(RUN, [outcome("buy:1", "o-9")])

    assert counts["quarantined"] == 1
    assert history(store) == [("o-1", ["o-1-1"])]
    assert [problem.rule for *_, problems in store.problems(SOURCE) for problem in problems] == ["ocid_changed"]


def test_a_process_without_news_keeps_its_record(store: Store) -> None:
    first = outcome("buy:1", "o-1")
    store.save_outcomes(RUN, [first])

    counts = store.save_outcomes(RUN, [replace(first, release=None)])

    assert counts == Counter(processes=1, quarantined=0, releases=0, records=0, problems=0)
    assert history(store) == [("o-1", ["o-1-1"])]


def test_a_new_state_of_the_same_compiled_release_is_kept(store: Store) -> None:
    first = outcome("buy:1", "o-1")
    store.save_outcomes(RUN, [first])
    moved = replace(record("o-1", "buy:1"), state_digest="0" * 64)

    store.save_outcomes(RUN, [replace(first, release=None, record=moved)])

    assert store.records(SOURCE, ["buy:1"]) == {"buy:1": moved}


def test_the_last_of_two_outcomes_of_one_process_counts(store: Store) -> None:
    counts = store.save_outcomes(RUN, [quarantined("buy:1", LOST), outcome("buy:1", "o-1")])

    assert counts == Counter(processes=1, quarantined=0, releases=1, records=1, problems=0)


def test_many_bodies_are_kept_in_little_room_and_stay_readable(store: Store) -> None:
    expected = []
    for start in range(0, 2400, 400):
        batch = [outcome(f"buy:{number}", f"o-{number:05}") for number in range(start, start + 400)]
        store.save_outcomes(RUN, batch)
        expected += [(each.record, [each.release]) for each in batch]

    assert list(store.history(SOURCE, 2026)) == expected


def test_a_release_without_a_tag_has_none(store: Store) -> None:
    bare = replace(release("o-1"), tag=())
    store.save_outcomes(RUN, [replace(outcome("buy:1", "o-1"), release=bare)])

    assert [releases for _, releases in store.history(SOURCE, 2026)] == [[bare]]
