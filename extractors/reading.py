"""Reading one listing to its end: what came is told apart, counted, and held against what the portal claims."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from extractors.base import Listing, Page
from ocds_schema.json import Json
from ocds_schema.run import Cursor, CursorState

KEYLESS = "object without a usable id, kept in the archive only"
OUTSIDE = "object dated outside what was asked for"
MOVED_ON = "object that changed past what was asked for while it was read"
UNASKED = "object that was not asked for"
DISORDER = "page with ids out of order"
STUCK = "page after which the portal gave no way on"
BARREN = "run of pages that brought nothing new"
AGAIN = "reading from the start again, because the total did not agree"
_MENDED = "answers mended: "
GONE = "document that the portal no longer has, kept as it was"
INSTEAD = "answered in another way than was tried first"
LACKING = "the portal has no such page"
TOO_DEEP = "what belongs to an object, nested too deeply to be read"
UNSETTLED = "listing of a single object's parts that does not agree with its total"

STUCK_MOST = 3
BARREN_MOST = 5
BARREN_AT_THE_END = 1
FEWEST_JUDGED = 3
AGAIN_MOST = 2
AGAIN_MOST_PAGES = 2000
PAGES_WITHOUT_TOTAL = 100_000
PAGES_AT_LEAST = 1000
LEAST_LEAP = 25

_COUNTED = re.compile(r"(?:^|; )(\d+) × ([^;]+)")


@dataclass(slots=True, kw_only=True)
class Memory:
    """What a process remembers of a listing beside its cursor; a resumed one begins without."""

    known: set[str] = field(default_factory=set)
    barren: int = 0
    stuck: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """A page's objects, told apart.

    `fresh` are those that came for the first time in this reading, `keyed` all that have a key. Of the `judged`, whose
    date says whether they were asked for, some lie `outside`.
    """

    keyed: Sequence[tuple[str, Json]]
    fresh: Sequence[Json]
    lowest: int | None
    judged: int
    remarks: Counter[str]

    @property
    def outside(self) -> int:
        """How many objects are dated outside what was asked for."""
        return self.remarks[OUTSIDE] + self.remarks[MOVED_ON]


def remarks_of(note: str) -> Counter[str]:
    """Read the counted remarks of a cursor's note."""
    return Counter({what: int(count) for count, what in _COUNTED.findall(note)})


def mending(mended: Mapping[str, int]) -> Counter[str]:
    """Give the remarks on what was mended in an answer."""
    return Counter({_MENDED + what: count for what, count in mended.items()})


def remarks_on_parts(kind: str, cursor: Cursor) -> Counter[str]:
    """Give the remarks on a listing of an object's parts, for the note of the listing that the object is from.

    They are said of the kind: a part that came without an id is no object of that listing.
    """
    remarks = remarks_of(cursor.note)
    del remarks[AGAIN]
    remarks[LACKING] += not cursor.pages
    remarks[UNSETTLED] += cursor.state != "done"
    return Counter({_of_parts(kind, what): count for what, count in remarks.items() if count})


def _of_parts(kind: str, what: str) -> str:
    return what if what == UNSETTLED or what.startswith(_MENDED) else f"{kind}: {what}"


def note_of(remarks: Counter[str], sentence: str = "") -> str:
    """Write a cursor's note: the counted remarks, then a sentence."""
    counted = [f"{count} × {what}" for what, count in sorted(remarks.items()) if count]
    return "; ".join([*counted, sentence] if sentence else counted)


def sift(listing: Listing, objects: Sequence[Json], lowest: int | None, memory: Memory) -> Sifted:
    """Tell a page's objects apart; `memory` learns the keys that no falling id covers."""
    remarks: Counter[str] = Counter()
    keyed: dict[str, Json] = {}
    fresh: list[Json] = []
    judged, reached, last = 0, lowest, None
    for fields in objects:
        key = listing.key(fields) if isinstance(fields, dict) else None
        if key is None:
            remarks[KEYLESS] += 1
            continue
        number = int(key) if listing.falling and key.isdecimal() else None
        if key not in keyed and _is_fresh(key, number, lowest, memory):
            fresh.append(fields)
        keyed[key] = fields
        if number is not None:
            remarks[DISORDER] |= int(last is not None and number > last)
            reached = number if reached is None else min(reached, number)
            last = number
        within = listing.within(fields)
        judged += within is not None
        if within is False:
            remarks[MOVED_ON if listing.moved_on(fields) else OUTSIDE] += 1
    return Sifted(keyed=list(keyed.items()), fresh=fresh, lowest=reached, judged=judged, remarks=remarks)


def _is_fresh(key: str, number: int | None, lowest: int | None, memory: Memory) -> bool:
    if number is not None:
        return lowest is None or number < lowest
    if key in memory.known:
        return False
    memory.known.add(key)
    return True


def advance(
    listing: Listing, cursor: Cursor, page: Page, sifted: Sifted, memory: Memory, *, most: int | None = None
) -> Cursor:
    """Give the cursor after a page: further on, at the start again, or at an end.

    `most` is the number of objects after which the reading may stop.
    """
    remarks = remarks_of(cursor.note) + sifted.remarks
    if page.size is not None and page.size < listing.size:
        remarks[f"page of {page.size} objects where {listing.size} were asked for"] += 1
    moved = replace(
        cursor,
        lowest=sifted.lowest,
        pages=cursor.pages + 1,
        seen=cursor.seen + len(page.objects),
        kept=cursor.kept + len(sifted.fresh),
        total=page.total if cursor.total is None else cursor.total,
        note=note_of(remarks),
    )
    if sentence := _why_break_off(listing, moved, sifted, most):
        return replace(moved, state="disputed", note=note_of(remarks, sentence))
    if page.more:
        return _doubted(_go_on(listing, moved, page, bool(sifted.fresh), memory))
    return _doubted(_settle(moved, page.total, memory))


def _doubted(cursor: Cursor) -> Cursor:
    """Dispute a listing that ended well but brought what was not asked for: what was may be missing."""
    outside = remarks_of(cursor.note)[OUTSIDE]
    if cursor.state != "done" or not outside:
        return cursor
    sentence = f"the portal did not keep to the filter: {outside} of {cursor.seen} objects were not asked for"
    return replace(cursor, state="disputed", note=f"{cursor.note}; {sentence}")


def _why_break_off(listing: Listing, cursor: Cursor, sifted: Sifted, most: int | None) -> str:
    if sifted.judged >= FEWEST_JUDGED and sifted.outside == sifted.judged:
        return (
            f"the portal ignored the filter: all {sifted.judged} objects of page {cursor.pages} "
            "are dated outside what was asked for"
        )
    if most is not None and cursor.kept >= most:
        return f"broken off after {cursor.kept} objects, as was asked"
    if cursor.pages >= (cap := most_pages(listing, cursor.total)):
        return f"broken off after {cursor.pages} pages; {cap} are the most that can be true"
    return ""


def most_pages(listing: Listing, total: int | None) -> int:
    """Give a number of pages that no listing reaches unless the portal leads us in circles."""
    if total is None:
        return PAGES_WITHOUT_TOTAL
    # A portal that cuts pages to a tenth of what was asked for is still read to its end.
    return max(PAGES_AT_LEAST, 20 * total // listing.size)


def _go_on(listing: Listing, cursor: Cursor, page: Page, is_fresh: bool, memory: Memory) -> Cursor:
    remarks = remarks_of(cursor.note)
    if not listing.onward(cursor.position, page.following):
        memory.stuck += 1
        if memory.stuck < STUCK_MOST:
            return cursor
        remarks[STUCK] += 1
        return _settle(replace(cursor, note=note_of(remarks)), page.total, memory, is_sure=False)
    memory.stuck = 0
    memory.barren = 0 if is_fresh else memory.barren + 1
    if listing.repeats and memory.barren > BARREN_AT_THE_END:
        return _settle(cursor, page.total, memory)
    if memory.barren > BARREN_MOST:
        remarks[BARREN] += 1
        return _settle(replace(cursor, note=note_of(remarks)), page.total, memory, is_sure=False)
    return replace(cursor, position=page.following)


def _settle(cursor: Cursor, last_total: int | None, memory: Memory, *, is_sure: bool = True) -> Cursor:
    remarks = remarks_of(cursor.note)
    if cursor.total is None:
        note = note_of(remarks, "the portal states no total")
        return replace(cursor, state="done" if is_sure else "disputed", note=note)
    came = cursor.kept + remarks[KEYLESS]
    last = cursor.total if last_total is None else last_total
    if _is_explained(came, cursor.total, last):
        sentence = f"the total moved from {cursor.total} to {last} while it was read, {came} came"
        return replace(cursor, state="done", note=note_of(remarks, "" if cursor.total == last else sentence))
    if remarks[AGAIN] < AGAIN_MOST and cursor.pages <= AGAIN_MOST_PAGES:
        memory.known.clear()
        memory.barren = memory.stuck = 0
        return Cursor(note=note_of(Counter({AGAIN: remarks[AGAIN] + 1})))
    gap = came - cursor.total
    sentence = f"the portal claims {cursor.total}, {came} came: {abs(gap)} {'too many' if gap > 0 else 'are missing'}"
    if not remarks[AGAIN]:
        sentence += f"; it was not read again, as it has {cursor.pages} pages"
    return replace(cursor, state="disputed", note=note_of(remarks, sentence))


def _is_explained(came: int, first: int, last: int) -> bool:
    """Say whether records that came or went while we read explain what came; a total that leaps explains nothing."""
    leap = max(LEAST_LEAP, max(first, last) // 100)
    return abs(last - first) <= leap and min(first, last) <= came <= max(first, last)


def end_wanted(cursor: Cursor) -> Cursor:
    """End the fetching of what is wanted by key."""
    remarks = remarks_of(cursor.note)
    asked = cursor.total or 0
    lacking = asked - cursor.kept
    sentence = f"{lacking} of {asked} asked for by id did not come" if lacking else ""
    state: CursorState = "disputed" if remarks[UNASKED] else "done"
    return replace(cursor, state=state, total=asked, note=note_of(remarks, sentence))


def end_revisit(cursor: Cursor, *, is_cut: bool = False) -> Cursor:
    """End the asking again, where it `is_cut` before its end."""
    asked = cursor.total or 0
    lacking = asked - cursor.kept
    sentence = f"{lacking} of {asked} asked for again did not come" if lacking else ""
    if is_cut:
        sentence = f"broken off after {asked} objects, as was asked"
    state: CursorState = "disputed" if is_cut else "done"
    return replace(cursor, state=state, total=asked, note=note_of(remarks_of(cursor.note), sentence))
