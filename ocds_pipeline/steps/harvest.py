"""The first step: portal → archive and documents."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from extractors.archive import Archive
from extractors.base import Window
from extractors.client import Client, Patience
from extractors.harvest import harvest
from ocds_pipeline.request import Request
from ocds_pipeline.sources import load_portal
from ocds_pipeline.steps.desk import Desk, software
from ocds_pipeline.storage import Storage, open_storage
from ocds_schema.json import Json
from ocds_schema.run import Cursor, Run

log = logging.getLogger(__name__)

TABLES = "reference tables, one after another"


class _Segments:
    """The storage, as the archive asks for it."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def put_new(self, name: str, path: Path, content_type: str) -> bool:
        return self._storage.put_new(name, path, content_type=content_type)


def harvest_step(desk: Desk, run: Run, request: Request) -> Json:
    """Harvest what is asked for and give the harvest's report.

    It has `objects`, how many came, `limited`, whether they were cut short, and `next`, from when on the next window
    must read.

    Raises:
        PortalError: the portal cannot be reached, refuses us or has changed.
        ConfigurationError: there is no token.
    """
    source, store, settings = desk.source, desk.store, desk.settings
    window = None if request.full else Window(first=_first(desk, run, request), until=run.as_of)
    archive = Archive(
        run,
        spool=settings.home / "spool",
        storage=_Segments(open_storage(settings.archive_url)),
        store=store,
        software=software(),
    )

    def on_page(listing: str, cursor: Cursor) -> None:
        # The many small reference tables share one line.
        work = TABLES if listing.startswith("refs/") else listing
        desk.progress.show(f"{source.name}: {work}", cursor.kept, cursor.total)

    with _client(desk) as client:
        report = harvest(
            load_portal(source.name),
            run=run,
            window=window,
            client=client,
            archive=archive,
            store=store,
            on_page=on_page,
            limit=request.limit,
        )
    for listing in report.disputed:
        log.warning("not reconciled: %s: %s", listing.listing, listing.note)
    return report.to_json() | {
        "objects": sum(listing.kept for listing in report.listings),
        "limited": request.limit is not None,
        "next": _next(desk, run, window, complete=not report.disputed and request.limit is None),
    }


def _client(desk: Desk) -> Client:
    source, own = desk.source, desk.settings.of(desk.source.name)
    return Client(
        source.portal.base_url,
        user_agent=f"{software()} (+{source.portal.contact})",
        clock=lambda: datetime.now(UTC),
        token=desk.settings.token(source),
        advice=source.portal.token,
        rate=source.portal.rate,
        timeout=source.portal.timeout,
        ca_bundle=own.ca_bundle,
        patience=Patience(first=own.wait) if own.wait else None,
    )


def _first(desk: Desk, run: Run, request: Request) -> datetime:
    """Tell where a window begins: where it is asked to, else an overlap before where the last harvest left off."""
    if request.first:
        return request.first
    overlap = timedelta(days=desk.source.overlap_days)
    if left_off := _left_off(desk):
        return left_off - overlap
    log.warning("no earlier harvest: reading the last %s days; --full reads everything", desk.source.overlap_days)
    return run.as_of - overlap


def _next(desk: Desk, run: Run, window: Window | None, *, complete: bool) -> str | None:
    """Tell from when on the next window must read: a window that was not reconciled is read again."""
    if complete or window is None:
        return run.as_of.isoformat()
    before = _left_off(desk)
    return min(window.first, before or window.first).isoformat()


def _left_off(desk: Desk) -> datetime | None:
    last = desk.store.last_step(desk.source.name, "harvest")
    return datetime.fromisoformat(last[1]["next"]) if last and last[1].get("next") else None
