from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.base import Listing, Page, Request
from extractors.reading import (
    AGAIN,
    KEYLESS,
    LACKING,
    OUTSIDE,
    UNSETTLED,
    Memory,
    advance,
    most_pages,
    note_of,
    remarks_of,
    remarks_on_parts,
    sift,
)
from ocds_schema.run import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(Listing):
    def request(self, position, session=None):  # noqa: ARG002
        return Request(path=position)

    def page(self, content):
        return content

    def key(self, fields):
        return None if fields.get("id") is None else str(fields["id"])

    def within(self, fields):
        return fields.get("inside")

    def moved_on(self, fields):
        return fields.get("moved_on", False)


LISTING = Numbers(name="numbers", kind="number", way="rest", size=3)
TABLE = Numbers(name="table", kind="row", way="rest", size=3, falling=False)


def rows(*ids, **members):
    return [{"id": number} | members for number in ids]


def turn(cursor, page, memory=None, listing=LISTING, **settings):
    memory = memory or Memory()
    return advance(listing, cursor, page, sift(listing, page.objects, cursor.lowest, memory), memory, **settings)


@given(st.dictionaries(st.sampled_from([KEYLESS, OUTSIDE, AGAIN, "page of 50 objects"]), st.integers(1, 10**9)))
def test_a_note_gives_its_remarks_back(remarks):
    assert remarks_of(note_of(Counter(remarks), "the portal claims 5, 3 came: 2 are missing")) == remarks
    assert remarks_of(note_of(Counter(remarks))) == remarks


def test_falling_ids_tell_what_has_been_seen():
    sifted = sift(LISTING, [*rows(9, 8, 8, 11), {"id": None}, "odd"], 10, Memory())

    assert [fields["id"] for fields in sifted.fresh] == [9, 8]
    assert [key for key, _ in sifted.keyed] == ["9", "8", "11"]
    assert sifted.lowest == 8
    assert sifted.remarks == {KEYLESS: 2, "page with ids out of order": 1}


def test_of_an_object_that_comes_twice_on_a_page_the_later_is_kept():
    sifted = sift(LISTING, [{"id": 9, "state": "old"}, {"id": 9, "state": "new"}], None, Memory())

    assert sifted.keyed == [("9", {"id": 9, "state": "new"})]
    assert len(sifted.fresh) == 1


def test_codes_in_any_order_are_remembered():
    memory = Memory()

    assert len(sift(TABLE, rows("b", "a"), None, memory).fresh) == 2
    assert len(sift(TABLE, rows("a", "c"), None, memory).fresh) == 1


@pytest.mark.parametrize(
    ("first", "last", "came", "state", "words"),
    [
        (3, 3, 3, "done", ""),
        (3, 5, 3, "done", "the total moved from 3 to 5 while it was read, 3 came"),
        (3, 5, 4, "done", "the total moved from 3 to 5 while it was read, 4 came"),
        (5, 3, 4, "done", "the total moved from 5 to 3 while it was read, 4 came"),
        (None, None, 3, "done", "the portal states no total"),
        (3, 5, 2, "open", ""),
        (7_237_966, 0, 3, "open", ""),
        (0, 0, 0, "done", ""),
    ],
)
def test_a_listing_ends_with_a_reconciliation(first, last, came, state, words):
    before = Cursor(position="x", pages=1, kept=0, total=first, lowest=100)

    after = turn(before, Page(objects=rows(*range(came, 0, -1)), total=last))

    assert after.state == state
    if state == "done":
        assert after.note == words
        assert after.kept == came
    else:
        assert (after.position, after.pages, after.lowest) == ("", 0, None)
        assert AGAIN in after.note


def test_a_third_disagreement_is_final():
    first = turn(Cursor(total=5, note=note_of(Counter({AGAIN: 1}))), Page(objects=rows(2, 1), total=5))
    after = turn(Cursor(total=5, note=note_of(Counter({AGAIN: 2}))), Page(objects=rows(2, 1), total=5))

    assert (first.state, remarks_of(first.note)) == ("open", Counter({AGAIN: 2}))
    assert after.state == "disputed"
    assert after.note.endswith("the portal claims 5, 2 came: 3 are missing")
    too_many = turn(Cursor(total=1, note=note_of(Counter({AGAIN: 2}))), Page(objects=rows(2, 1), total=1))
    assert too_many.note.endswith("the portal claims 1, 2 came: 1 too many")


def test_a_listing_of_many_pages_is_not_read_again():
    after = turn(Cursor(pages=9000, total=50_000), Page(objects=rows(2, 1), total=50_000))

    assert after.state == "disputed"
    assert after.note.endswith("it was not read again, as it has 9001 pages")


def test_objects_without_a_key_are_part_of_the_total():
    assert turn(Cursor(), Page(objects=[*rows(2, 1), {}], total=3)).state == "done"


def test_a_few_objects_outside_are_counted_and_a_whole_page_ends_the_listing():
    few = turn(Cursor(), Page(objects=rows(2, 1, inside=False), total=2))
    whole = turn(Cursor(), Page(objects=rows(3, 2, 1, inside=False), total=3, more=True, following="x"))
    mixed = turn(Cursor(), Page(objects=[*rows(4, 3, 2, inside=False), *rows(1, inside=True)], total=4))

    assert few.state == "disputed"
    assert few.note.endswith("; the portal did not keep to the filter: 2 of 2 objects were not asked for")
    assert remarks_of(few.note) == {OUTSIDE: 2}
    assert whole.state == "disputed"
    assert "ignored the filter" in whole.note
    assert mixed.state == "disputed"


def test_an_object_that_changed_while_it_was_read_is_no_dispute():
    moved = rows(2, inside=False, moved_on=True)

    after = turn(Cursor(), Page(objects=[*moved, *rows(1, inside=True)], total=2))

    assert (after.state, after.note) == ("done", "1 × object that changed past what was asked for while it was read")


def test_an_object_outside_is_still_disputed_where_the_total_moved():
    after = turn(Cursor(), Page(objects=[*rows(2, inside=False), *rows(1, inside=True)], total=3, more=True))
    after = turn(after, Page(objects=[], total=2))

    assert after.state == "disputed"
    assert after.note.endswith(
        "the total moved from 3 to 2 while it was read, 2 came; "
        "the portal did not keep to the filter: 1 of 2 objects were not asked for"
    )


def test_a_number_of_pages_that_cannot_be_true_ends_the_listing():
    after = turn(Cursor(pages=999, total=10), Page(objects=rows(1), total=10, more=True, following="x"))

    assert (after.state, after.pages) == ("disputed", 1000)
    assert most_pages(LISTING, None) == 100_000
    assert most_pages(LISTING, 30_000_000) == 200_000_000


def test_a_listing_without_a_total_that_gives_no_way_on_is_disputed():
    cursor, memory = Cursor(position="x"), Memory()
    for _ in range(3):
        assert cursor.state == "open"
        cursor = turn(cursor, Page(objects=rows(1), more=True, following="x"), memory)

    assert cursor.state == "disputed"
    assert cursor.note.startswith("1 × page after which the portal gave no way on")


def test_the_last_page_shown_again_is_the_end_of_a_list_that_repeats():
    listing = Numbers(name="numbers", kind="number", way="html", size=3, falling=False, repeats=True)
    memory, cursor = Memory(), Cursor()
    pages = [rows(1, 2, 3), rows(4, 5), rows(4, 5), rows(4, 5), rows(4, 5)]

    for number, objects in enumerate(pages, start=1):
        cursor = turn(cursor, Page(objects=objects, more=True, following=str(number)), memory, listing)
        if cursor.state != "open":
            break

    assert (cursor.state, cursor.pages, cursor.kept, cursor.note) == ("done", 4, 5, "the portal states no total")


def test_remarks_on_parts_are_said_of_their_kind():
    remarks = Counter({KEYLESS: 2, AGAIN: 1, "answers mended: text with bare control characters": 3})
    cursor = Cursor(pages=1, state="disputed", note=note_of(remarks, "5 are missing"))

    assert remarks_on_parts("bid", cursor) == {
        f"bid: {KEYLESS}": 2,
        "answers mended: text with bare control characters": 3,
        UNSETTLED: 1,
    }
    assert remarks_on_parts("bid", Cursor(state="done")) == {f"bid: {LACKING}": 1}
    assert remarks_on_parts("bid", Cursor(pages=1, state="done")) == {}
