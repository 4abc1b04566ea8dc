"""Asking a source's portals: every answer is archived before anything is made of it, and a conversation is kept up."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, TypeVar

from extractors.answers import Answer, NoUsableAnswerError, UnreadableAnswerError
from extractors.archive import Archive
from extractors.base import GoneError, Listing, Page, RefusalError, Request, SessionExpiredError, ShapeError
from extractors.client import Client
from extractors.connection import Traffic
from extractors.robots import Rules
from ocds_schema.errors import ConfigurationError, PortalChangedError, PortalUnavailableError
from ocds_schema.json import Json
from ocds_schema.raw import Location

log = logging.getLogger(__name__)

# A page that is reached by opening, posting and being sent on may meet trouble at each step.
MOST_OPENINGS = 20
_MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

ROBOTS = "robots"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[T]):
    """An answer, where it is archived, and what was read from it; nothing where it tells of an error.

    `gone` are the words by which a page says that there is no such thing.
    """

    answer: Answer
    location: Location
    found: T | None
    gone: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the portal says that it has no such thing."""
        return bool(self.gone) or self.answer.exchange.status in _MISSING

    @property
    def said(self) -> str:
        """The answer's status, and what the portal says of it."""
        content = self.answer.content if isinstance(self.answer.content, dict) else {}
        words = self.gone or content.get("message") or content.get("errors") or self.answer.exchange.reason
        return f"{self.answer.exchange.status} {str(words)[:200]}".replace(";", ",").strip()


class Asking:
    """The portals of a source, by name, and the archive of what they answer."""

    def __init__(self, clients: Mapping[str, Client], archive: Archive) -> None:
        self._clients = clients
        self._archive = archive
        self._rules: dict[str, Rules] = {}
        self._asked_last = ""
        self._down: dict[str, PortalUnavailableError] = {}

    @property
    def traffic(self) -> Traffic:
        """What was asked of all portals so far."""
        each = [client.traffic for client in self._clients.values()]
        return Traffic(
            requests=sum(traffic.requests for traffic in each),
            retries=sum(traffic.retries for traffic in each),
            bytes=sum(traffic.bytes for traffic in each),
        )

    def client(self, portal: str) -> Client:
        """Give the client of a portal.

        Raises:
            ConfigurationError: the source declares no such portal.
        """
        if portal not in self._clients:
            raise ConfigurationError(f"source.toml declares no portal {portal!r}: [portals.{portal}] is wanted")
        return self._clients[portal]

    def ask(self, name: str, kind: str, request: Request, read: Callable[[Json], T]) -> Asked[T]:
        """Ask, archive the answer with its kind, and have it read.

        Raises:
            SessionExpiredError: as `read` said.
            PortalError: there was no usable answer, or the portal refuses us; the message says where it is kept. Of a
                portal that was given up, always the same.
        """
        client = self._ready(request.portal)
        answers, found = list[Answer](), list[T]()

        def judge(answer: Answer) -> None:
            answers[:] = [answer]
            found[:] = [read(answer.content)]

        try:
            answer = client.ask(request, judge)
        except UnreadableAnswerError as error:
            raise changed(name, str(error), self._archive.add(kind, error.exchange)) from None
        except NoUsableAnswerError as error:
            if error.exchange is None:
                raise
            raise PortalUnavailableError(f"{error}; {_kept(self._archive.add(kind, error.exchange))}") from None
        except GoneError as error:
            location = self._archive.add(kind, answers[-1].exchange)
            return Asked(answer=answers[-1], location=location, found=None, gone=str(error))
        except (RefusalError, SessionExpiredError) as error:
            location = self._archive.add(kind, answers[-1].exchange)
            if isinstance(error, RefusalError):
                raise client.refusal(str(error)) from None
            raise SessionExpiredError(f"{error}; {_kept(location)}") from None
        location = self._archive.add(kind, answer.exchange)
        is_good = answer.exchange.status == HTTPStatus.OK
        return Asked(answer=answer, location=location, found=found[-1] if is_good else None)

    def give_up(self, error: PortalUnavailableError) -> bool:
        """Ask no more of the portal that was asked last; say whether there is another one left."""
        self._down[self._asked_last] = error
        return len(self._down) < len(self._clients)

    def _ready(self, portal: str) -> Client:
        """Give the client of a portal that was not given up, once it knows what robots.txt says; each is read once."""
        client = self.client(portal)
        self._asked_last = portal
        if portal in self._down:
            raise self._down[portal]
        if client.lacks_rules:
            self._obey(client)
        return client

    def _obey(self, client: Client) -> None:
        if client.origin not in self._rules:
            answer, self._rules[client.origin] = client.ask_rules()
            self._archive.add(ROBOTS, answer.exchange)
            log.info("read %s/robots.txt rules=%d", client.origin, len(self._rules[client.origin].rules))
        client.obey(self._rules[client.origin])

    def sync(self) -> None:
        """Have the disk keep what was answered."""
        self._archive.sync()


class Conversation:
    """A listing's pages, asked for one after another, within a conversation where the portal keeps one."""

    def __init__(self, asking: Asking, listing: Listing, session: Json = None) -> None:
        self.listing = listing
        self.session = session
        self._asking = asking
        self._is_open = session is not None
        self._portal = ""
        self._last: Location | None = None

    def page(self, position: str) -> Asked[Page]:
        """Ask for the page at a position; where the conversation is over, in a new one.

        Raises:
            PortalUnavailableError: no conversation lasts until a page comes.
        """
        listing, trouble = self.listing, ""
        for openings in range(MOST_OPENINGS):
            try:
                absent = self._open()
                asked = absent or self._ask(self._request(position), listing.page)
            except SessionExpiredError as error:
                trouble = str(error)
                log.info("conversation over listing=%r openings=%d reason=%s", listing.name, openings, trouble)
                self._close(is_hopeless=openings > 0)
            else:
                if asked.found is not None and asked.found.session is not None:
                    self.session = asked.found.session
                return asked
        raise PortalUnavailableError(
            f"{listing.name}: {MOST_OPENINGS} conversations were over before the page came: {trouble}"
        )

    def _open(self) -> Asked[Page] | None:
        """Open the conversation; give the answer where the portal does not have what it would be about."""
        opening = None if self._is_open else self.listing.opening()
        self._is_open = True
        if opening is None:
            return None
        asked = self._ask(opening, self.listing.session)
        if asked.is_missing:
            return Asked(answer=asked.answer, location=asked.location, found=None, gone=asked.gone)
        check_status(self.listing.name, asked)
        self.session = asked.found
        return None

    def _request(self, position: str) -> Request:
        try:
            return self.listing.request(position, self.session)
        except ShapeError as error:
            raise changed(self.listing.name, str(error), self._last) from None

    def _ask(self, request: Request, read: Callable[[Json], T]) -> Asked[T]:
        self._portal = request.portal
        asked = self._asking.ask(self.listing.name, self.listing.kind, request, read)
        self._last = asked.location
        return asked

    def _close(self, *, is_hopeless: bool) -> None:
        """Begin anew; where that has not helped, as somebody whom the portal has not seen."""
        self.session, self._is_open = None, False
        if is_hopeless:
            self._asking.client(self._portal).forget()


def check_status(name: str, asked: Asked[T]) -> None:
    """Raise where an answer tells of an error.

    Raises:
        PortalChangedError: it does.
    """
    if asked.answer.exchange.status != HTTPStatus.OK or asked.gone:
        raise changed(name, f"the portal answered {asked.said}", asked.location)


def changed(name: str, reason: str, location: Location | None) -> PortalChangedError:
    """Give the error that says what is not as we know it, and where the answer is kept."""
    return PortalChangedError(f"{name}: {reason}" + (f"; {_kept(location)}" if location else ""))


def _kept(location: Location) -> str:
    return f"the answer is kept in {location.segment} at offset {location.offset}"
