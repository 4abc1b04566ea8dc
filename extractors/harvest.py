"""The harvest: from a portal's listings to archived answers and saved documents, resumable at every page."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from extractors.answers import Answer
from extractors.archive import Archive
from extractors.asking import Asked, Asking, Conversation, check_status
from extractors.base import HarvestStore, Listing, Page, Portal, Request, Revisit, Wanted, Window
from extractors.client import Client
from extractors.reading import (
    GONE,
    INSTEAD,
    LACKING,
    TOO_DEEP,
    UNASKED,
    UNSETTLED,
    Memory,
    advance,
    end_revisit,
    end_wanted,
    mending,
    note_of,
    remarks_of,
    remarks_on_parts,
    sift,
)
from extractors.report import HarvestReport, Tally
from extractors.robots import DisallowedError
from extractors.ways import MOST_IN_VAIN, Ways
from ocds_schema import json
from ocds_schema.errors import PortalChangedError, PortalError, PortalRefusedError, PortalUnavailableError
from ocds_schema.json import Json
from ocds_schema.raw import Document, Location
from ocds_schema.run import Cursor, Run

log = logging.getLogger(__name__)

OnPage = Callable[[str, Cursor], None]
PROBE = "probe"

MOST_DEPTH = 5
REVISITED_AT_ONCE = 10
_SECONDS_A_DAY = 86_400


def harvest(
    portal: Portal,
    *,
    run: Run,
    window: Window | None,
    clients: Mapping[str, Client],
    archive: Archive,
    store: HarvestStore,
    days: range | None = None,
    on_page: OnPage | None = None,
    limit: int | None = None,
) -> HarvestReport:
    """Keep every document that the portal shows for a window, or all it has where there is no window.

    A run that was killed goes on after its last saved page; listings that ended are not read again. `clients` are those
    of the source's portals by name; the main one's is empty. `days`, counted from 1970, are those whose turn it is to
    be asked for again, if not the window's. `on_page` is told of each saved page. `limit` breaks every listing off
    after so many objects, for trials.

    Raises:
        PortalUnavailableError: the portal did not answer after every retry; the run can go on later.
        PortalRefusedError: the portal refuses us; the message says how to get a token.
        PortalChangedError: an answer has a shape that we do not know; the message says where it is kept.
    """
    asking = Asking(clients, archive)
    reader = _Reader(portal, run=run, asking=asking, store=store, on_page=on_page, limit=limit)
    with archive:
        for request in portal.probes():
            reader.attempt(PROBE, partial(reader.probe, request))
        for listing in portal.listings(window):
            reader.attempt(listing.name, partial(reader.read, listing))
        for wanted in portal.wanted():
            reader.attempt(wanted.name, partial(reader.fetch, wanted))
        for revisit in portal.revisits():
            reader.attempt(revisit.name, partial(reader.revisit, revisit, _turns(window, days)))
        reader.check_whole()
    return reader.report(window)


def days_of(window: Window) -> range:
    """Give a window's days, counted from 1970 in UTC; the day that it ends on is left to the window after it."""
    first, until = (int(moment.timestamp() // _SECONDS_A_DAY) for moment in (window.first, window.until))
    return range(first, until)


def _turns(window: Window | None, days: range | None) -> range | None:
    if window is None:
        return None
    return days_of(window) if days is None else days


class _Reader:
    """Reads listings for one run."""

    def __init__(
        self,
        portal: Portal,
        *,
        run: Run,
        asking: Asking,
        store: HarvestStore,
        on_page: OnPage | None,
        limit: int | None,
    ) -> None:
        self._portal = portal
        self._run = run
        self._asking = asking
        self._store = store
        self._on_page = on_page
        self._limit = limit
        self._tally = Tally()
        self._ways = Ways()
        self._unread: dict[str, PortalUnavailableError] = {}

    def report(self, window: Window | None) -> HarvestReport:
        """Say what was read."""
        tally = self._tally
        return HarvestReport(
            source=self._run.source,
            run=self._run.id,
            window=window,
            resumed=tally.resumed,
            listings=tuple(tally.listings),
            documents=tally.documents,
            traffic=self._asking.traffic,
            segments=tuple(self._store.segments(self._run)),
            problems=tuple(sorted(tally.problems.items())),
        )

    def attempt(self, name: str, do: Callable[[], None]) -> None:
        """Do something; where a portal is down, and another one is not, go on without."""
        try:
            do()
        except PortalUnavailableError as error:
            if not self._asking.give_up(error) and not self._unread:
                raise
            self._unread[name] = error
            log.warning("left unread: %s: %s", name, error)

    def check_whole(self) -> None:
        """Raise where something was left unread.

        Raises:
            PortalUnavailableError: something was; a run that goes on reads that alone.
        """
        if self._unread:
            reasons = "; ".join(dict.fromkeys(map(str, self._unread.values())))
            raise PortalUnavailableError(f"not read: {', '.join(self._unread)}: {reasons}")

    def probe(self, request: Request) -> None:
        """Ask for what is always there; where it is not, and a token is wanted, the token is bad."""
        asked = self._asking.ask(PROBE, PROBE, request, lambda _: None)
        self._asking.sync()
        client = self._asking.client(request.portal)
        if asked.is_missing and client.wants_token:
            raise client.refusal(f"404 for {asked.answer.exchange.url}, which is always there")
        check_status(PROBE, asked)

    def read(self, listing: Listing) -> None:
        """Read a listing to its end, from where it stands."""
        cursor, memory, conversation = self._cursor(listing.name), Memory(), Conversation(self._asking, listing)
        while cursor.state == "open":
            cursor, documents = self._turn(conversation, cursor, memory, most=self._limit)
            self._save(listing, cursor, documents)
        self._close(listing, cursor)

    def fetch(self, wanted: Wanted) -> None:
        """Fetch by key what is wanted and not held."""
        cursor = self._cursor(wanted.name)
        while cursor.state == "open":
            keys = self._store.wanted(self._run.source, wanted.kind, cursor.position, wanted.size)
            if keys:
                cursor, documents = self._turn_wanted(wanted, cursor, keys)
            else:
                cursor, documents = end_wanted(cursor), []
            self._save(wanted, cursor, documents)
        self._close(wanted, cursor)

    def revisit(self, revisit: Revisit, days: range | None) -> None:
        """Ask again for what is due, a few documents at a time."""
        cursor = self._cursor(revisit.name)
        while cursor.state == "open":
            cursor, documents = self._turn_revisit(revisit, cursor, days)
            self._save(revisit, cursor, documents)
        self._close(revisit, cursor)

    def _cursor(self, name: str) -> Cursor:
        cursor = self._store.cursor(self._run, name)
        self._tally.resumed |= cursor is not None
        return cursor or Cursor()

    def _save(self, listing: Listing | Wanted | Revisit, cursor: Cursor, documents: Sequence[Document]) -> None:
        # The evidence is on disk before the store points at it.
        self._asking.sync()
        self._tally.count(self._store.save_page(self._run, listing.name, cursor, documents))
        if self._on_page is not None:
            # How many are due is known once they have been gone through.
            is_guess = isinstance(listing, Revisit) and cursor.state == "open"
            self._on_page(listing.name, replace(cursor, total=None) if is_guess else cursor)

    def _close(self, listing: Listing | Wanted | Revisit, cursor: Cursor) -> None:
        self._tally.close(listing, cursor)
        log.info("read listing=%r state=%s kept=%d total=%s", listing.name, cursor.state, cursor.kept, cursor.total)

    def _turn(
        self, conversation: Conversation, cursor: Cursor, memory: Memory, *, most: int | None = None, depth: int = 0
    ) -> tuple[Cursor, list[Document]]:
        """Read the page that a cursor stands at, and all that belongs to its objects."""
        listing = conversation.listing
        asked = conversation.page(cursor.position)
        if asked.is_missing and (listing.optional or depth):
            note = note_of(remarks_of(cursor.note), f"{LACKING}: {asked.said}")
            return replace(cursor, state="done", note=note), []
        page = _found(listing.name, asked)
        sifted = sift(listing, page.objects, cursor.lowest, memory)
        sifted.remarks.update(mending(asked.answer.mended))
        parts, objects = list[Document](), dict(sifted.keyed)
        for fields in sifted.fresh:
            found, lacking = self._follow(conversation, fields, sifted.remarks, depth + 1)
            parts += found
            if lacking:
                objects[cast("str", listing.key(fields))] = listing.lacking(fields, lacking)
        documents = self._documents(listing, list(objects.items()), asked.answer, asked.location)
        return advance(listing, cursor, page, sifted, memory, most=most), documents + parts

    def _follow(
        self, conversation: Conversation, fields: Json, remarks: Counter[str], depth: int
    ) -> tuple[list[Document], list[str]]:
        """Read what belongs to an object, and give the kinds of what the portal does not have of it.

        The `remarks` are those of the object's page, and are added to.
        """
        documents, lacking = list[Document](), list[str]()
        for listing in conversation.listing.follow(fields):
            if depth > MOST_DEPTH:
                remarks[TOO_DEEP] += 1
            elif not listing.unless_held or self._store.missing(self._run.source, listing.kind, [listing.unless_held]):
                cursor, found = self._gather_part(listing, conversation.session, depth)
                remarks.update(remarks_on_parts(listing.kind, cursor))
                documents += found
                lacking += [] if cursor.pages else [listing.kind]
        return documents, lacking

    def _gather_part(self, listing: Listing, session: Json, depth: int) -> tuple[Cursor, list[Document]]:
        """Read a listing of what belongs to an object, in whichever way it is answered.

        Raises:
            PortalChangedError: of what every portal has of that kind, this one has had nothing so often in a row that
                it must be elsewhere.
        """
        if listing.instead() is not None:
            return self._gather_by_one(self._ways.of(listing), listing, session, depth)
        cursor, documents = self._gather(Conversation(self._asking, listing, session), depth)
        if cursor.pages:
            self._ways.remember(listing)
        else:
            self._ways.note_failure(listing)
            if not listing.optional and self._ways.is_in_vain(listing):
                raise PortalChangedError(f"{listing.name}: {cursor.note}; so it was {MOST_IN_VAIN} times in a row")
        return cursor, documents

    def _gather_by_one(
        self, ways: Sequence[Listing], first: Listing, session: Json, depth: int
    ) -> tuple[Cursor, list[Document]]:
        """Read the first of several ways of asking for the same that brings something."""
        troubles = list[PortalError]()
        for way in ways:
            try:
                cursor, documents = self._gather(Conversation(self._asking, way, session), depth)
            except (PortalChangedError, PortalRefusedError, PortalUnavailableError) as error:
                troubles.append(error)
                continue
            if cursor.pages:
                self._ways.remember(way)
                remarks = remarks_of(cursor.note) + Counter({INSTEAD: int(way is not first)})
                return replace(cursor, note=note_of(remarks)), documents
        # That a portal is down, or does not want us to look, says nothing of whether it has the page.
        never = (PortalUnavailableError, DisallowedError)
        hard = [each for each in troubles if isinstance(each, never) or not first.optional]
        if hard:
            raise hard[0]
        self._ways.note_failure(first)
        return Cursor(state="done"), []

    def _gather(self, conversation: Conversation, depth: int = 0) -> tuple[Cursor, list[Document]]:
        """Read a listing from its start to its end, and save nothing yet."""
        cursor, memory, documents = Cursor(), Memory(), list[Document]()
        while cursor.state == "open":
            cursor, found = self._turn(conversation, cursor, memory, depth=depth)
            documents += found
        return cursor, documents

    def _turn_wanted(self, wanted: Wanted, cursor: Cursor, keys: list[str]) -> tuple[Cursor, list[Document]]:
        documents: list[Document] = []
        remarks, pages, seen, left = remarks_of(cursor.note), 0, 0, keys
        while left:
            asked = self._asking.ask(wanted.name, wanted.kind, wanted.request(left), wanted.page)
            page = _found(wanted.name, asked)
            keyed = [(key, fields) for fields in page.objects if (key := wanted.key(fields)) is not None]
            documents += self._documents(wanted, keyed, asked.answer, asked.location)
            came = {key for key, _ in keyed}
            remarks[UNASKED] += len(came.difference(keys))
            remarks.update(mending(asked.answer.mended))
            pages, seen = pages + 1, seen + len(page.objects)
            before, left = left, [key for key in left if key not in came]
            # Only a portal that cuts the page has more to give of what was asked for.
            if not page.more or len(left) == len(before):
                break
        held = {document.key for document in documents}.intersection(keys)
        moved = replace(
            cursor,
            position=keys[-1],
            pages=cursor.pages + pages,
            seen=cursor.seen + seen,
            kept=cursor.kept + len(held),
            total=(cursor.total or 0) + len(keys),
            note=note_of(remarks),
        )
        return (end_wanted(moved) if self._limit is not None and moved.kept >= self._limit else moved), documents

    def _turn_revisit(self, revisit: Revisit, cursor: Cursor, days: range | None) -> tuple[Cursor, list[Document]]:
        documents: list[Document] = []
        for _ in range(REVISITED_AT_ONCE):
            if self._limit is not None and (cursor.total or 0) >= self._limit:
                return end_revisit(cursor, is_cut=True), documents
            key = self._store.due(self._run, revisit, days, cursor.position)
            if key is None:
                return end_revisit(cursor), documents
            cursor, found = self._ask_again(revisit, cursor, key)
            documents += found
        return cursor, documents

    def _ask_again(self, revisit: Revisit, cursor: Cursor, key: str) -> tuple[Cursor, list[Document]]:
        listing = revisit.listing(key)
        its, documents = self._gather(Conversation(self._asking, replace(listing, optional=True)))
        remarks = remarks_of(cursor.note) + remarks_of(its.note)
        if not its.pages:
            is_held = not self._store.missing(self._run.source, revisit.kind, [key])
            remarks[GONE if is_held else f"{revisit.kind}: {LACKING}"] += 1
            if is_held:
                self._store.note_gone(self._run, revisit.kind, key)
        remarks[UNSETTLED] += its.state != "done"
        moved = replace(
            cursor,
            position=key,
            pages=cursor.pages + its.pages,
            seen=cursor.seen + its.seen,
            kept=cursor.kept + any(document.key == key and document.kind == revisit.kind for document in documents),
            total=(cursor.total or 0) + 1,
            note=note_of(remarks),
        )
        return moved, documents

    def _documents(
        self, listing: Listing | Wanted, keyed: Sequence[tuple[str, Json]], answer: Answer, location: Location
    ) -> list[Document]:
        return [
            Document(
                kind=listing.kind,
                way=listing.way,
                key=key,
                body=json.encode(fields),
                links=self._portal.links(listing.kind, listing.way, fields),
                url=answer.exchange.url,
                retrieved_at=answer.exchange.retrieved_at,
                location=location,
            )
            for key, fields in keyed
        ]


def _found(name: str, asked: Asked[Page]) -> Page:
    """Give the page of an answer; raises where it tells of an error."""
    check_status(name, asked)
    return cast("Page", asked.found)
