"""Whatever becomes of a page on its way, a reader gives what is in it or says that it is none; nothing else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.base import GoneError, Page, RefusalError, SessionExpiredError, ShapeError
from ocds_schema import json
from ocds_schema.errors import PortalUnavailableError
from tests.support.kazakh_strategies import any_json
from tests.support.walking import Read, Walk

SAID = (ShapeError, SessionExpiredError, RefusalError, GoneError, PortalUnavailableError)
"""What a reader may say of a page that it does not take."""

WALKS = {country: Walk(country, processes=25, seed=4) for country in ("kyrgyzstan", "tajikistan")}
READS = {country: [read for read in walk.reads if isinstance(read.content, str)] for country, walk in WALKS.items()}
JSON = [read for read in WALKS["kyrgyzstan"].reads if not isinstance(read.content, str)]

TAG = re.compile(r"<[^>]*>")
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
CELL = re.compile(r"<t[dh]\b[^>]*>.*?(?=<t[dh]\b|</tr>)", re.DOTALL)
ATTRIBUTE = re.compile(r'\s[\w:-]+="[^"]*"')
NUMBER = re.compile(r"\d+")
ODD = (
    "<",
    ">",
    '"',
    "&#1114112;",
    "&nbsp;",
    "<!--",
    "]]>",
    "<table><tr><td>",
    "</table>",
    "\x00",
    "\ud83d",
    "9" * 40,
    "²",
)


def cut(text: str, dice: Random) -> str:
    return text[: dice.randrange(len(text) + 1)]


def without_a_piece(text: str, dice: Random) -> str:
    first, last = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    return text[:first] + text[last:]


def without_tags(text: str, dice: Random) -> str:
    share = dice.choice((0.01, 0.1, 0.5))
    return TAG.sub(lambda found: "" if dice.random() < share else found[0], text)


def without_attributes(text: str, dice: Random) -> str:
    share = dice.choice((0.05, 0.5, 1.0))
    return ATTRIBUTE.sub(lambda found: "" if dice.random() < share else found[0], text)


def with_rows_twice(text: str, dice: Random) -> str:
    return ROW.sub(lambda found: found[0] * dice.choice((0, 1, 1, 1, 2, 3)), text)


def with_cells_swapped(text: str, dice: Random) -> str:
    cells = [found[0] for found in CELL.finditer(text)]
    dice.shuffle(cells)
    return CELL.sub(lambda found: cells.pop() if dice.random() < 0.3 else found[0], text)


def with_other_numbers(text: str, dice: Random) -> str:
    numbers = ("", "0", "-1", "9" * 25, "x", "٣")
    return NUMBER.sub(lambda found: dice.choice(numbers) if dice.random() < 0.1 else found[0], text)


def with_odd_texts(text: str, dice: Random) -> str:
    for _ in range(dice.randrange(1, 5)):
        place = dice.randrange(len(text) + 1)
        text = text[:place] + dice.choice(ODD) + text[place:]
    return text


def of_another_page(text: str, dice: Random) -> str:
    other: str = dice.choice([read.content for reads in READS.values() for read in reads])
    return dice.choice((other, text + other, text[: len(text) // 2] + other[len(other) // 2 :]))


SPOILS: Sequence[Callable[[str, Random], str]] = (
    cut, without_a_piece, without_tags, without_attributes, with_rows_twice, with_cells_swapped, with_other_numbers,
    with_odd_texts, of_another_page,
)  # fmt: skip


@dataclass(frozen=True)
class Spoilt:
    """How a page is spoilt; it shows what it does, not the page."""

    number: int
    spoils: tuple[Callable[[str, Random], str], ...]
    seed: int

    def __repr__(self) -> str:
        return f"{self.number} {[each.__name__ for each in self.spoils]} seed {self.seed}"

    def of(self, text: str) -> str:
        dice = Random(self.seed)
        for spoil in self.spoils:
            text = spoil(text, dice)
        return text


ways = st.builds(
    Spoilt,
    number=st.integers(0, 10**4),
    spoils=st.lists(st.sampled_from(SPOILS), min_size=1, max_size=3).map(tuple),
    seed=st.integers(0, 2**32),
)


def use(country: str, read: Read, found: Any) -> None:
    """Do with a page what the harvest does."""
    if not isinstance(found, Page):
        return
    for fields in found.objects:
        key = read.listing.key(fields)
        assert key is None or isinstance(key, str)
        read.listing.within(fields)
        for following in read.listing.follow(fields):
            if following.opening() is None:
                try:
                    following.request("", found.session)
                except SAID:
                    continue
        lacking = read.listing.lacking(fields, ["protocol"])
        for each in (fields, lacking):
            json.encode(each)
            WALKS[country].portal.links(read.listing.kind, read.listing.way, each)


@pytest.mark.parametrize("country", list(READS))
def test_pages_of_every_kind_are_spoilt(country: str) -> None:
    kinds = {read.listing.kind for read in READS[country]}
    held = {
        "kyrgyzstan": {"ref_entity", "ref_supplier", "order_row", "order", "order_items", "protocol", "winners"}
        | {"single_source", "single_source_contract"},
        "tajikistan": {"notice", "announcement", "lot", "lot_window", "clarifications", "protocols"},
    }
    assert kinds >= held[country]
    for read in READS[country]:
        use(country, read, read.again(read.content))


@pytest.mark.parametrize("country", list(READS))
@settings(max_examples=250, deadline=None)
@given(spoilt=ways)
def test_a_spoilt_page_is_read_or_said_to_be_none(country: str, spoilt: Spoilt) -> None:
    read = READS[country][spoilt.number % len(READS[country])]
    try:
        found = read.again(spoilt.of(read.content))
    except SAID:
        return
    use(country, read, found)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_spoilt_json_is_read_or_said_to_be_none(data: st.DataObject) -> None:
    read = data.draw(st.sampled_from(JSON))
    content = spoilt_json(read.content, data)
    try:
        found = read.again(content)
    except SAID:
        return
    use("kyrgyzstan", read, found)


def spoilt_json(content: Any, data: st.DataObject) -> Any:
    """Put any JSON in the place of a value, somewhere."""
    if not content or not isinstance(content, dict | list) or data.draw(st.integers(0, 4)) == 0:
        return data.draw(any_json)
    if isinstance(content, dict):
        name = data.draw(st.sampled_from(sorted(content)))
        if data.draw(st.booleans()):
            return {key: value for key, value in content.items() if key != name}
        return content | {name: spoilt_json(content[name], data)}
    place = data.draw(st.integers(0, len(content) - 1))
    return [*content[:place], spoilt_json(content[place], data), *content[place + 1 :]]
