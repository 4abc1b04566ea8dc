"""The new portal: the published notices page by page, each with its tender and the bids for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from extractors.base import Listing, Page, Request, Revisit, ShapeError, Window
from extractors.kyrgyzstan.values import OBJECT_ID, is_inside, is_past, moment, text_of
from ocds_schema.json import Json

SIZE = 50
PUBLISHED = "/api/public_tender/published"
TENDER = "/api/public_tender/get"
SUBMISSIONS = "/api/public_submission/getSubmissionsbyTenderId"

_TRIED = 2
_BY_PAGES = "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices(Listing):
    """The published notices, newest first; a position is a page's number.

    Whether the portal counts rows or pages in `first` is known nowhere: the conversation begins by asking for
    `first=2&rows=2`, which is page 1 where it counts rows, and page 2 where it counts pages.
    """

    window: Window | None = None

    def opening(self) -> Request:
        """Give the request whose answer tells what the portal counts."""
        return Request(path=f"{PUBLISHED}?first={_TRIED}&rows={_TRIED}")

    def session(self, content: Json) -> Json:
        """Say what the portal counts in `first`."""
        return _BY_PAGES if _number(_envelope(content)) == _TRIED else "rows"

    def request(self, position: str, session: Json = None) -> Request:
        """Give the request for a page."""
        page = int(position or 0)
        first = page if session == _BY_PAGES else page * self.size
        return Request(path=f"{PUBLISHED}?first={first}&rows={self.size}")

    def page(self, content: Json) -> Page:
        """Read a page; a window's listing ends, without a total, at the first page that is older than the window."""
        envelope = _envelope(content)
        objects = envelope["content"]
        number = _number(envelope)
        more = bool(objects) and envelope.get("last") is not True
        if self.window is None:
            total, size = _count(envelope.get("totalElements")), _count(envelope.get("size"))
            return Page(objects=objects, more=more, following=str(number + 1), total=total, size=size)
        times = [_published(fields) for fields in objects if isinstance(fields, dict)]
        return Page(objects=objects, more=more and not is_past(times, self.window), following=str(number + 1))

    def key(self, fields: Json) -> str | None:
        """Give the notice's id."""
        return _object_id(fields.get("id"))

    def onward(self, position: str, following: str) -> bool:
        """Say whether a page lies further on."""
        return bool(following) and int(following) > int(position or 0)

    def follow(self, fields: Json) -> Sequence[Listing]:
        """Give the tender of a notice that may lie in the window."""
        key = self.key(fields)
        return (tender(key),) if key and is_inside(_published(fields), self.window) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender(Listing):
    """One tender."""

    tender: str

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for the tender."""
        return Request(path=f"{TENDER}/{self.tender}")

    def page(self, content: Json) -> Page:
        """Read the tender, which is the whole answer."""
        if not isinstance(content, dict) or _object_id(content.get("id")) is None:
            raise ShapeError(f"a tender with its `id` is due; {_described(content)} came")
        return Page(objects=[content], total=1)

    def key(self, fields: Json) -> str | None:
        """Give the tender's id."""
        return _object_id(fields.get("id"))

    def within(self, fields: Json) -> bool | None:
        """Say whether it is the tender that was asked for."""
        return self.key(fields) == self.tender.lower()

    def follow(self, fields: Json) -> Sequence[Listing]:
        """Give the bids for the tender."""
        key = self.key(fields)
        return (_submissions(key),) if key else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submissions(Listing):
    """The bids for one tender, as one object: they say nothing of the tender, and may have no ids."""

    tender: str

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for the bids."""
        return Request(path=f"{SUBMISSIONS}?tenderId={self.tender}")

    def page(self, content: Json) -> Page:
        """Read the list of bids, empty before they are opened."""
        if not isinstance(content, list):
            raise ShapeError(f"a list of bids is due; {_described(content)} came")
        return Page(objects=[{"tenderId": self.tender, "submissions": content}], total=1)

    def key(self, fields: Json) -> str | None:
        """Give the tender's id."""
        return text_of(fields["tenderId"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenders(Revisit):
    """The tenders that may still change."""

    def listing(self, key: str) -> Listing:
        """Give the listing of one tender."""
        return tender(key)


def tender(key: str) -> Tender:
    """Give the listing of one tender, and of the bids for it."""
    return Tender(name=f"tender {key}", kind="tender", way="rest", size=1, falling=False, tender=key.lower())


def _submissions(key: str) -> Submissions:
    return Submissions(
        name=f"submissions {key}", kind="submissions", way="rest", size=1, falling=False, optional=True, tender=key
    )


def _envelope(content: Json) -> Json:
    if not isinstance(content, dict) or not isinstance(content.get("content"), list):
        raise ShapeError(f"a page with `content` is due; {_described(content)} came")
    return content


def _number(envelope: Json) -> int:
    pageable = envelope.get("pageable")
    within = pageable.get("pageNumber") if isinstance(pageable, dict) else None
    number = _count(envelope.get("number"))
    number = _count(within) if number is None else number
    if number is None:
        raise ShapeError("the page's `number` is due; it says none")
    return number


def _published(fields: Json) -> datetime | None:
    return moment(fields.get("datePublished"))


def _object_id(value: Json) -> str | None:
    text = text_of(value)
    return text.lower() if OBJECT_ID.fullmatch(text) else None


def _count(value: Json) -> int | None:
    text = text_of(value)
    return int(text) if text.isascii() and text.isdecimal() else None


def _described(content: Json) -> str:
    if isinstance(content, dict):
        return f"an object with {', '.join(sorted(content)[:8]) or 'nothing'}"
    return "a list" if isinstance(content, list) else f"{type(content).__name__}"
