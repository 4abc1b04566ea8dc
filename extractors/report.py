"""What a harvest brought, listing by listing, in figures."""

from collections import Counter
from dataclasses import dataclass, field

from extractors.base import Listing, Revisit, Segment, Wanted, Window
from extractors.connection import Traffic
from extractors.reading import remarks_of
from ocds_schema.json import Json
from ocds_schema.raw import Way
from ocds_schema.run import Cursor, CursorState, PageCounts


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


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one process of a run has done so far."""

    listings: list[ListingReport] = field(default_factory=list)
    documents: PageCounts = field(default_factory=PageCounts)
    problems: Counter[str] = field(default_factory=Counter)
    resumed: bool = False

    def count(self, counts: PageCounts) -> None:
        """Count what saving a page did."""
        self.documents = PageCounts(
            new=self.documents.new + counts.new,
            changed=self.documents.changed + counts.changed,
            unchanged=self.documents.unchanged + counts.unchanged,
        )

    def close(self, listing: Listing | Wanted | Revisit, cursor: Cursor) -> None:
        """Note how a listing ended."""
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
