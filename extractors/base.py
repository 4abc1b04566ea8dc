"""What a harvest is made of: listings and pages, the country that names them, and the places documents go to."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

from ocds_schema.json import Json
from ocds_schema.raw import Document, Links, Way
from ocds_schema.run import Cursor, PageCounts, Run


class ShapeError(ValueError):
    """Raised by a listing when an answer is not what it should be; the answer is kept, and the harvest stops."""


class RefusalError(ValueError):
    """Raised by a listing when an answer says, in its own words, that the portal refuses us."""


class SessionExpiredError(ValueError):
    """Raised by a listing when an answer says that the conversation it belongs to is over; a new one is opened."""


class GoneError(ValueError):
    """Raised by a listing when an answer says, in words, that the portal does not have what was asked for."""


Accept = Literal["json", "html", "fragment", "xml", "text"]
"""What an answer is to be: JSON, a whole web page, a piece of one, XML, or text, which alone may be empty, or not for
us. All but JSON are handed on as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time, from `first` up to `until`; both know their zone."""

    first: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask the portal: a path to get, or, with a body, to post JSON to, or, with a form, to post that to.

    `cookies` are kept, as in a browser, beside those that the portal sets. `portal` names one of a source's further
    portals; without it the request goes to its main one.
    """

    path: str
    body: Json = None
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    accept: Accept = "json"
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    portal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing, as far as the portal tells.

    `following` is the next page's position; it may be empty although there is `more`, where the portal gives no way
    on. `size` is the page size that the portal says it used. `session` is what requests that go on from this page
    need to know of it, where the portal keeps a conversation.
    """

    objects: Sequence[Json]
    more: bool = False
    following: str = ""
    total: int | None = None
    size: int | None = None
    session: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(ABC):
    """A list of one kind of object, read page by page.

    `size` is how many objects a page is asked for. `falling` promises that ids only fall from page to page, so that
    one number tells what has been seen. An `optional` listing may be unknown to the portal. One that `repeats` has its
    last page shown again past its end, so that pages with nothing new are its end. One that follows an object is left
    out where something of its kind is held under the key `unless_held`.
    """

    name: str
    kind: str
    way: Way
    size: int
    falling: bool = True
    optional: bool = False
    repeats: bool = False
    unless_held: str = ""

    def opening(self) -> Request | None:
        """Give the request that opens the conversation that pages are asked for in, where the portal keeps one.

        It is asked where no page has come yet in this process, and nothing has been handed down, and again where a
        conversation has expired.
        """
        return None

    def session(self, content: Json) -> Json:  # noqa: ARG002
        """Read from the answer to `opening` what the requests for pages need; raises what `page` raises."""
        return None

    @abstractmethod
    def request(self, position: str, session: Json = None) -> Request:
        """Give the request for the page at a position; an empty position is the start.

        Raises:
            ShapeError: what the session says lacks what the request needs.
        """

    @abstractmethod
    def page(self, content: Json) -> Page:
        """Read an answer: decoded JSON, or the text of a page.

        Raises:
            ShapeError: the answer has a shape that we do not know.
            SessionExpiredError: the answer says that the conversation is over.
            RefusalError: the answer says that we may not ask.
            GoneError: the answer says that there is no such thing.
            PortalUnavailableError: the answer says that the portal cannot answer now.

        It also sees the pages, not the JSON, of answers with an error's status; of what it says of those only that the
        conversation is over counts.
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

    def instead(self) -> "Listing | None":
        """Give the next way of asking for the same, where it is not known for certain how it is asked for.

        It is taken, and counted, where this one brings nothing that can be read. Which way did is remembered for
        listings of that kind. Only listings that others are followed by are asked for in several ways.
        """
        return None

    def follow(self, fields: Json) -> "Sequence[Listing]":  # noqa: ARG002
        """Give the listings of what belongs to an object and is read, and saved, together with its page.

        The page's session is handed down to them. Where the portal does not have one of them, the object is kept all
        the same.
        """
        return ()

    def lacking(self, fields: Json, kinds: Sequence[str]) -> Json:  # noqa: ARG002
        """Give an object with a word of what the portal did not have of what follows it, by kinds."""
        return fields


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit(ABC):
    """Documents asked for again one by one, because no listing shows that they have changed.

    In a window these are the documents of a kind that are `open` and did not come in the run yet, and of the others
    those whose turn it is: each comes up once in `sweep` days. Open ones that nothing has stirred for `fresh` days have
    their turn once in `slow` days. Objects of the kind `rows` stand for documents of the same key: those whose document
    is not held are as open ones. A harvest of everything asks for all that did not come.
    """

    name: str
    kind: str
    way: Way
    sweep: int
    fresh: int = 90
    slow: int = 7
    rows: str = ""

    @abstractmethod
    def listing(self, key: str) -> Listing:
        """Give the listing that reads a document by its key, and follows to what belongs to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Objects that stand for what the portal lists, so that they can be counted against what became of them.

    Without a `way` an object that came by several ways counts once. `day` gives an object's day in the list, `number`
    the number that the portal counts it with, each nothing where it does not tell; they never raise. Where numbers do
    not follow one another there is no `number`.
    """

    kind: str
    way: Way | None = None
    day: Callable[[Json], date | None]
    number: Callable[[Json], int | None] | None = None


class Portal(Protocol):
    """What a country tells the harvest about its portal."""

    def probes(self) -> Sequence[Request]:
        """Give cheap requests that are always answered, where the token is good: one for each portal that has any."""

    def listings(self, window: Window | None) -> Iterable[Listing]:
        """Give the listings of a window, or of everything, in the order in which they are read."""

    def wanted(self) -> Iterable[Wanted]:
        """Give the kinds of document that are fetched by key, once the listings are read."""

    def revisits(self) -> Iterable[Revisit]:
        """Give the kinds of document that are asked for again, once everything else is read."""

    def links(self, kind: str, way: Way, fields: Json) -> Links:
        """Say how an object hangs together with others; pure, and never raises, whatever the object holds."""

    def listed(self) -> Sequence[Listed]:
        """Give what is counted to tell how complete the data is."""


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

    def due(self, run: Run, revisit: Revisit, days: range | None, after: str) -> str | None:
        """Give the next key that is to be asked for again, past `after` as text, or nothing.

        Due is what did not come in the run and is open, or has its turn on one of the `days` (counted from 1970), as
        the revisit says; without days, all that did not come. What stirs a document is that it changes, and the day
        that it tells of itself; both are held against the run's `as_of`.
        """

    def note_gone(self, run: Run, kind: str, key: str) -> None:
        """Note that the portal says it no longer has a document that is held; it is kept all the same."""

    def answer(self, source: str, payload: str) -> SeenAnswer | None:
        """Say where an answer with this digest (SHA-256, hex) was archived first, if it was."""

    def save_answer(self, source: str, payload: str, seen: SeenAnswer) -> None:
        """Remember where an answer is archived; an answer remembered already stays as it was."""

    def save_segment(self, run: Run, segment: Segment) -> None:
        """Count a segment that is closed and uploaded; a name counted already stays as it was."""

    def segments(self, run: Run) -> list[Segment]:
        """Give the counted segments of a run, by name."""
