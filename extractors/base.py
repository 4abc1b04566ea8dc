"""What a harvest is made of: listings and pages, the country that names them, and the places documents go to."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ocds_schema.json import Json
from ocds_schema.raw import Document, Links, Way
from ocds_schema.run import Cursor, PageCounts, Run


class ShapeError(ValueError):
    """Raised by a listing when an answer is not what it should be; the answer is kept, and the harvest stops."""


class RefusalError(ValueError):
    """Raised by a listing when an answer says, in its own words, that the portal refuses us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time, from `first` up to `until`; both know their zone."""

    first: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask the portal: a path to get, or, with a body, to post JSON to."""

    path: str
    body: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing, as far as the portal tells.

    `following` is the next page's position; it may be empty although there is `more`, where the portal gives no way
    on. `size` is the page size that the portal says it used.
    """

    objects: Sequence[Json]
    more: bool = False
    following: str = ""
    total: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(ABC):
    """A list of one kind of object, read page by page.

    `size` is how many objects a page is asked for. `falling` promises that ids only fall from page to page, so that
    one number tells what has been seen. An `optional` listing may be unknown to the portal.
    """

    name: str
    kind: str
    way: Way
    size: int
    falling: bool = True
    optional: bool = False

    @abstractmethod
    def request(self, position: str) -> Request:
        """Give the request for the page at a position; an empty position is the start."""

    @abstractmethod
    def page(self, content: Json) -> Page:
        """Read an answer.

        Raises:
            ShapeError: the answer has a shape that we do not know.
            RefusalError: the answer says that we may not ask.
            PortalUnavailableError: the answer says that the portal cannot answer now.
        """

    @abstractmethod
    def key(self, fields: Json) -> str | None:
        """Give an object's key, or nothing where it carries none that can be used."""

    def within(self, fields: Json) -> bool | None:  # noqa: ARG002
        """Say whether an object is what was asked for; nothing where it does not tell."""
        return None

    def moved_on(self, fields: Json) -> bool:  # noqa: ARG002
        """Say whether an object is not what was asked for only because it changed since: it was when we asked."""
        return False

    def onward(self, position: str, following: str) -> bool:
        """Say whether a position lies further on than another."""
        return following not in ("", position)

    def follow(self, fields: Json) -> "Listing | None":  # noqa: ARG002
        """Give the listing of what belongs to an object and is read, and saved, together with its page."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(ABC):
    """Documents asked for by key, because other documents want them and they are not held."""

    name: str
    kind: str
    way: Way
    size: int

    @abstractmethod
    def request(self, keys: Sequence[str]) -> Request:
        """Give the request for some keys, at most `size` of them."""

    @abstractmethod
    def page(self, content: Json) -> Page:
        """Read an answer; raises what `Listing.page` raises."""

    @abstractmethod
    def key(self, fields: Json) -> str | None:
        """Give an object's key, or nothing where it carries none that can be used."""


class Portal(Protocol):
    """What a country tells the harvest about its portal."""

    def probe(self) -> Request:
        """Give a cheap request that is always answered where the token is good."""

    def listings(self, window: Window | None) -> Iterable[Listing]:
        """Give the listings of a window, or of everything, in the order in which they are read."""

    def wanted(self) -> Iterable[Wanted]:
        """Give the kinds of document that are fetched by key, once the listings are read."""

    def links(self, kind: str, way: Way, fields: Json) -> Links:
        """Say how an object hangs together with others; pure, and never raises, whatever the object holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAnswer:
    """Where an answer was archived first: what a `revisit` record refers to."""

    url: str
    retrieved_at: datetime
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A closed segment of the archive: how many WARC records and bytes it holds, and its SHA-256 in hex."""

    name: str
    records: int
    bytes: int
    sha256: str = field(repr=False)


class SegmentStorage(Protocol):
    """Where closed segments go."""

    def put_new(self, name: str, path: Path, content_type: str) -> bool:
        """Keep a file under a name; true where it was written, false where the name was taken already."""


class HarvestStore(Protocol):
    """Where documents and cursors go. Each call is one transaction."""

    def cursor(self, run: Run, listing: str) -> Cursor | None:
        """Give how far a listing of the run has been read, or nothing before its first page."""

    def save_page(self, run: Run, listing: str, cursor: Cursor, documents: Sequence[Document]) -> PageCounts:
        """Keep a page's documents and the new cursor. Of several with one kind, way and key the later wins."""

    def missing(self, source: str, kind: str, keys: Sequence[str]) -> list[str]:
        """Give those of the keys of which no document is held by any way, in the order given."""

    def wanted(self, source: str, kind: str, after: str, limit: int) -> list[str]:
        """Give keys that some document wants and that are not held by any way, ascending as text, from past `after`."""

    def answer(self, source: str, payload: str) -> SeenAnswer | None:
        """Say where an answer with this digest (SHA-256, hex) was archived first, if it was."""

    def save_answer(self, source: str, payload: str, seen: SeenAnswer) -> None:
        """Remember where an answer is archived; an answer remembered already stays as it was."""

    def save_segment(self, run: Run, segment: Segment) -> None:
        """Count a segment that is closed and uploaded; a name counted already stays as it was."""

    def segments(self, run: Run) -> list[Segment]:
        """Give the counted segments of a run, by name."""
