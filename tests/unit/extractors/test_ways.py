"""Which of several ways of asking for the same goes first, and when none is tried any more."""

from dataclasses import dataclass, replace

from extractors.base import Listing, Page, Request
from extractors.ways import MOST_IN_VAIN, Ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Listing):
    left: tuple[str, ...]

    def request(self, position, session=None):  # noqa: ARG002
        return Request(path=f"/{self.left[0]}")

    def page(self, content):  # noqa: ARG002
        return Page(objects=())

    def key(self, fields):  # noqa: ARG002
        return None

    def instead(self):
        return replace(self, left=self.left[1:]) if len(self.left) > 1 else None


def tried(*left):
    return Tried(name="lot 1", kind="lot", way="html", size=1, left=left)


def firsts(ways):
    return [way.left[0] for way in ways]


def test_the_way_that_was_answered_goes_first():
    ways = Ways()
    ways.remember(tried("post", "get"))

    assert firsts(ways.of(tried("address", "post", "get"))) == ["post", "address", "get"]
    assert firsts(ways.of(tried("post", "get"))) == ["post", "get"]


def test_what_never_was_answered_in_any_way_is_not_asked_for_for_ever():
    ways, wanted = Ways(), tried("post", "get")
    for _ in range(MOST_IN_VAIN):
        assert firsts(ways.of(wanted)) == ["post", "get"]
        ways.note_failure(wanted)

    assert ways.of(wanted) == []


def test_what_was_answered_once_is_asked_for_again_and_again():
    ways, wanted = Ways(), tried("post", "get")
    ways.remember(wanted)
    for _ in range(MOST_IN_VAIN):
        ways.note_failure(wanted)

    assert firsts(ways.of(wanted)) == ["post", "get"]
