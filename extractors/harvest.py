"""The harvest: from a portal's listings to archived answers and saved documents, resumable at every page."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from extractors.answers import Answer, NoUsableAnswerError, UnreadableAnswerError
from extractors.archive import Archive
from extractors.base import (
    HarvestStore,
    Listing,
    Page,
    Portal,
    RefusalError,
    Request,
    Segment,
    ShapeError,
    Wanted,
    Window,
)
from extractors.client import Client, Traffic
from extractors.reading import UNASKED, UNSETTLED, Memory, advance, mended_in, mending, note_of, remarks_of, sift
from ocds_schema import json
from ocds_schema.errors import PortalChangedError, PortalUnavailableError
from ocds_schema.json import Json
from ocds_schema.raw import Document, Location, Way
from ocds_schema.run import Cursor, CursorState, PageCounts, Run

log = logging.getLogger(__name__)

OnPage = Callable[[str, Cursor], None]
PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingReport:
    """How one listing ended: what came, against what the portal claims."""

    listing: str
    kind: str
    way: Way
    state: CursorState
    pages: int
    seen: int
    kept: int
    total: int | None
    note: str

    def to_json(self) -> Json:
        """Give the report as JSON."""
        return {
            "listing": self.listing,
            "kind": self.kind,
            "way": self.way,
            "state": self.state,
            "pages": self.pages,
            "seen": self.seen,
            "kept": self.kept,
            "total": self.total,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestReport:
    """What a harvest brought.

    Listings, segments and problems are those of the whole run; documents, requests, retries and bytes those of this
    process, which may have gone on where another was killed (`resumed`).
    """

    source: str
    run: str
    window: Window | None
    resumed: bool
    listings: tuple[ListingReport, ...]
    documents: PageCounts
    traffic: Traffic
    segments: tuple[Segment, ...]
    problems: tuple[tuple[str, int], ...]

    @property
    def disputed(self) -> tuple[ListingReport, ...]:
        """The listings that do not agree with what the portal claims."""
        return tuple(listing for listing in self.listings if listing.state == "disputed")

    def to_json(self) -> Json:
        """Give the report as JSON."""
        window = self.window
        return {
            "source": self.source,
            "run": self.run,
            "window": window and {"first": window.first.isoformat(), "until": window.until.isoformat()},
            "resumed": self.resumed,
            "listings": [listing.to_json() for listing in self.listings],
            "disputed": [listing.listing for listing in self.disputed],
            "documents": {
                "new": self.documents.new,
                "changed": self.documents.changed,
                "unchanged": self.documents.unchanged,
            },
            "requests": self.traffic.requests,
            "retries": self.traffic.retries,
            "bytes": self.traffic.bytes,
            "segments": [
                {"name": each.name, "records": each.records, "bytes": each.bytes, "sha256": each.sha256}
                for each in self.segments
            ],
            "problems": dict(self.problems),
        }


def harvest(
    portal: Portal,
    *,
    run: Run,
    window: Window | None,
    client: Client,
    archive: Archive,
    store: HarvestStore,
    on_page: OnPage | None = None,
    limit: int | None = None,
) -> HarvestReport:
    """Keep every document that the portal shows for a window, or all it has where there is no window.

    A run that was killed goes on after its last saved page; listings that ended are not read again. `on_page` is told
    of each saved page. `limit` breaks every listing off after so many objects, for trials.

    Raises:
        PortalUnavailableError: the portal did not answer after every retry; the run can go on later.
        PortalRefusedError: the portal refuses us; the message says how to get a token.
        PortalChangedError: an answer has a shape that we do not know; the message says where it is kept.
    """
    reader = _Reader(portal, run=run, client=client, archive=archive, store=store, on_page=on_page, limit=limit)
    with archive:
        reader.probe()
        for listing in portal.listings(window):
            reader.read(listing)
        for wanted in portal.wanted():
            reader.fetch(wanted)
    return reader.report(window)


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What one process of a run has done so far."""

    listings: list[ListingReport] = field(default_factory=list)
    documents: PageCounts = field(default_factory=PageCounts)
    problems: Counter[str] = field(default_factory=Counter)
    resumed: bool = False

    def count(self, counts: PageCounts) -> None:
        self.documents = PageCounts(
            new=self.documents.new + counts.new,
            changed=self.documents.changed + counts.changed,
            unchanged=self.documents.unchanged + counts.unchanged,
        )

    def close(self, listing: Listing | Wanted, cursor: Cursor) -> None:
        self.problems += remarks_of(cursor.note)
        self.listings.append(
            ListingReport(
                listing=listing.name,
                kind=listing.kind,
                way=listing.way,
                state=cursor.state,
                pages=cursor.pages,
                seen=cursor.seen,
                kept=cursor.kept,
                total=cursor.total,
                note=cursor.note,
            )
        )


class _Reader:
    """Reads listings for one run."""

    def __init__(
        self,
        portal: Portal,
        *,
        run: Run,
        client: Client,
        archive: Archive,
        store: HarvestStore,
        on_page: OnPage | None,
        limit: int | None,
    ) -> None:
        self._portal = portal
        self._run = run
        self._client = client
        self._archive = archive
        self._store = store
        self._on_page = on_page
        self._limit = limit
        self._tally = _Tally()

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
            traffic=replace(self._client.traffic),
            segments=tuple(self._store.segments(self._run)),
            problems=tuple(sorted(tally.problems.items())),
        )

    def probe(self) -> None:
        """Ask for what is always there; where it is not, the token is bad."""
        for request in self._portal.probes():
            answer, location = self._ask(PROBE, PROBE, request)
            self._archive.sync()
            if answer.exchange.status == HTTPStatus.NOT_FOUND:
                raise self._client.refusal(f"404 for {answer.exchange.url}, which is always there")
            self._check_status(PROBE, answer, location)

    def read(self, listing: Listing) -> None:
        """Read a listing to its end, from where it stands."""
        cursor, memory = self._cursor(listing.name), Memory()
        while cursor.state == "open":
            cursor, documents = self._turn(listing, cursor, memory, self._limit)
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
                cursor, documents = _end_wanted(cursor), []
            self._save(wanted, cursor, documents)
        self._close(wanted, cursor)

    def _cursor(self, name: str) -> Cursor:
        cursor = self._store.cursor(self._run, name)
        self._tally.resumed |= cursor is not None
        return cursor or Cursor()

    def _save(self, listing: Listing | Wanted, cursor: Cursor, documents: Sequence[Document]) -> None:
        # The evidence is on disk before the store points at it.
        self._archive.sync()
        self._tally.count(self._store.save_page(self._run, listing.name, cursor, documents))
        if self._on_page is not None:
            self._on_page(listing.name, cursor)

    def _close(self, listing: Listing | Wanted, cursor: Cursor) -> None:
        self._tally.close(listing, cursor)
        log.info("read listing=%r state=%s kept=%d total=%s", listing.name, cursor.state, cursor.kept, cursor.total)

    def _turn(
        self, listing: Listing, cursor: Cursor, memory: Memory, most: int | None = None
    ) -> tuple[Cursor, list[Document]]:
        answer, location = self._ask(listing.name, listing.kind, listing.request(cursor.position))
        if listing.optional and answer.exchange.status == HTTPStatus.NOT_FOUND:
            note = note_of(remarks_of(cursor.note), f"the portal has no such list: {_said(answer)}")
            return replace(cursor, state="done", note=note), []
        page = self._page(listing, answer, location)
        sifted = sift(listing, page.objects, cursor.lowest, memory)
        documents = self._documents(listing, sifted.keyed, answer, location)
        sifted.remarks.update(mending(answer.mended))
        for fields in sifted.fresh:
            for parts in listing.follow(fields):
                found, gathered = self._gather(parts)
                documents += found
                sifted.remarks.update(mended_in(gathered.note))
                sifted.remarks[UNSETTLED] += gathered.state != "done"
        return advance(listing, cursor, page, sifted, memory, most=most), documents

    def _gather(self, listing: Listing) -> tuple[list[Document], Cursor]:
        cursor, memory, documents = Cursor(), Memory(), list[Document]()
        while cursor.state == "open":
            cursor, found = self._turn(listing, cursor, memory)
            documents += found
        return documents, cursor

    def _turn_wanted(self, wanted: Wanted, cursor: Cursor, keys: list[str]) -> tuple[Cursor, list[Document]]:
        documents: list[Document] = []
        remarks, pages, seen, left = remarks_of(cursor.note), 0, 0, keys
        while left:
            answer, location = self._ask(wanted.name, wanted.kind, wanted.request(left))
            page = self._page(wanted, answer, location)
            keyed = [(key, fields) for fields in page.objects if (key := wanted.key(fields)) is not None]
            documents += self._documents(wanted, keyed, answer, location)
            came = {key for key, _ in keyed}
            remarks[UNASKED] += len(came.difference(keys))
            remarks.update(mending(answer.mended))
            pages, seen = pages + 1, seen + len(page.objects)
            asked, left = left, [key for key in left if key not in came]
            # Only a portal that cuts the page has more to give of what was asked for.
            if not page.more or len(left) == len(asked):
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
        return (_end_wanted(moved) if self._limit is not None and moved.kept >= self._limit else moved), documents

    def _ask(self, name: str, kind: str, request: Request) -> tuple[Answer, Location]:
        try:
            if request.body is None:
                answer = self._client.get(request.path)
            else:
                answer = self._client.post_json(request.path, request.body)
        except UnreadableAnswerError as error:
            raise _changed(name, str(error), self._archive.add(kind, error.exchange)) from None
        except NoUsableAnswerError as error:
            if error.exchange is None:
                raise
            kept = _kept(self._archive.add(kind, error.exchange))
            raise PortalUnavailableError(f"{error}; {kept}") from None
        return answer, self._archive.add(kind, answer.exchange)

    def _page(self, listing: Listing | Wanted, answer: Answer, location: Location) -> Page:
        try:
            self._check_status(listing.name, answer, location)
            return listing.page(answer.content)
        except RefusalError as refusal:
            raise self._client.refusal(str(refusal)) from None
        except ShapeError as error:
            raise _changed(listing.name, str(error), location) from None

    def _check_status(self, name: str, answer: Answer, location: Location) -> None:
        if answer.exchange.status != HTTPStatus.OK:
            raise _changed(name, f"the portal answered {_said(answer)}", location)

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


def _end_wanted(cursor: Cursor) -> Cursor:
    remarks = remarks_of(cursor.note)
    asked = cursor.total or 0
    lacking = asked - cursor.kept
    sentence = f"{lacking} of {asked} asked for by id did not come" if lacking else ""
    state: CursorState = "disputed" if remarks[UNASKED] else "done"
    return replace(cursor, state=state, total=asked, note=note_of(remarks, sentence))


def _said(answer: Answer) -> str:
    content = answer.content if isinstance(answer.content, dict) else {}
    words = content.get("message") or content.get("errors") or answer.exchange.reason
    return f"{answer.exchange.status} {str(words)[:200]}".replace(";", ",").strip()


def _changed(name: str, reason: str, location: Location) -> PortalChangedError:
    return PortalChangedError(f"{name}: {reason}; {_kept(location)}")


def _kept(location: Location) -> str:
    return f"the answer is kept in {location.segment} at offset {location.offset}"
