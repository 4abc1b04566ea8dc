"""The first step: portal → archive and documents."""

import logging
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from extractors.archive import Archive
from extractors.base import Window
from extractors.client import Client
from extractors.harvest import days_of, harvest
from extractors.patience import Patience
from extractors.report import HarvestReport
from ocds_pipeline.request import Request
from ocds_pipeline.settings import ROBOTS
from ocds_pipeline.sources import load_portal
from ocds_pipeline.steps.desk import Desk, software
from ocds_pipeline.storage import Storage, open_storage
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from ocds_schema.run import Cursor, Run

log = logging.getLogger(__name__)

OBEYED, IGNORED, AGREED = "obeyed", "ignored", "not asked for: there is a token"
TABLES = "reference tables, one after another"


class Segments:
    """The storage, as the archive asks for it."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def put_new(self, name: str, path: Path, content_type: str) -> bool:
        """Keep a file under a name; true where it was written, false where the name was taken already."""
        return self._storage.put_new(name, path, content_type=content_type)


def harvest_step(desk: Desk, run: Run, request: Request) -> Json:
    """Harvest what is asked for and give the harvest's report.

    It has `objects`, how many came, `limited`, whether they were cut short, `robots`, what became of each portal's
    robots.txt, `next`, up to when everything was read, and
    `outstanding`, the listings of the last full harvest that were not reconciled: they stand until another one is.

    Raises:
        PortalError: the portal cannot be reached, refuses us or has changed.
        ConfigurationError: there is no token, or the window would end before it begins.
    """
    source, store, settings = desk.source, desk.store, desk.settings
    window = None if request.full else _window(desk, run, request)
    archive = Archive(
        run,
        spool=settings.home / "spool",
        storage=Segments(open_storage(settings.archive_url)),
        store=store,
        software=software(),
    )

    def on_page(listing: str, cursor: Cursor) -> None:
        # The many small reference tables share one line.
        work = TABLES if listing.startswith("refs/") else listing
        desk.progress.show(f"{source.name}: {work}", cursor.kept, cursor.total)

    for name, heed in _robots(desk).items():
        if heed == IGNORED:
            log.warning("robots.txt of %s is ignored: %s=ignore", name, _robots_setting(desk))
    with ExitStack() as stack:
        clients = {name: stack.enter_context(_client(desk, name)) for name in source.every_portal}
        report = harvest(
            load_portal(source.name),
            run=run,
            window=window,
            clients=clients,
            archive=archive,
            store=store,
            days=None if window is None else _days(desk, window, request),
            on_page=on_page,
            limit=request.limit,
        )
    for listing in report.disputed:
        log.warning("not reconciled: %s: %s", listing.listing, listing.note)
    limited, disputed = request.limit is not None, bool(report.disputed)
    complete = window is None and not limited and not disputed
    store.note_seen(run)
    if complete:
        store.count_crawl(run, _listed(source.name, report), _last_complete(desk, run))
    return report.to_json() | {
        "complete": complete,
        "objects": sum(listing.kept for listing in report.listings),
        "limited": limited,
        "robots": _robots(desk),
        "next": _next(desk, run, window, limited=limited, disputed=disputed),
        "outstanding": _outstanding(desk, run, report, limited=limited),
    }


def _listed(source: str, report: HarvestReport) -> set[tuple[str, str]]:
    """Tell the kinds and ways of the lists of everything that had anything: what stands in none cannot be missed."""
    names = {listing.name for listing in load_portal(source).listings(None)}
    return {(each.kind, each.way) for each in report.listings if each.listing in names and each.kept}


def _last_complete(desk: Desk, run: Run) -> datetime | None:
    """Tell the moment of the complete crawl before: what this one is the first to miss was there then."""
    for earlier, report in desk.store.all_steps(desk.source.name, "harvest"):
        if earlier.id != run.id and report.get("complete"):
            return earlier.as_of
    return None


def _client(desk: Desk, name: str) -> Client:
    source, own = desk.source, desk.settings.of(desk.source.name, name)
    portal = source.every_portal[name]
    return Client(
        portal.base_url,
        user_agent=f"{software()} (+{portal.contact})",
        clock=lambda: datetime.now(UTC),
        token=desk.settings.token(source, name),
        advice=portal.token,
        rate=portal.rate,
        timeout=portal.timeout,
        ca_bundle=own.ca_bundle,
        patience=Patience(first=own.wait) if own.wait else None,
        robots=_robots_setting(desk) if _heed(desk, name) == OBEYED else "",
    )


def _robots_setting(desk: Desk) -> str:
    return f"OCDS_{desk.source.name.upper()}_ROBOTS"


def _heed(desk: Desk, name: str) -> str:
    """Tell what becomes of a portal's robots.txt: who gives us a token has told us what we may."""
    if desk.source.every_portal[name].token:
        return AGREED
    return OBEYED if desk.settings.of(desk.source.name, name).robots == ROBOTS[0] else IGNORED


def _robots(desk: Desk) -> Json:
    return {facts.name: _heed(desk, name) for name, facts in desk.source.every_portal.items()}


def _window(desk: Desk, run: Run, request: Request) -> Window:
    """Tell what a window spans: from where it is asked to, else from an overlap before where the last one left off.

    Raises:
        ConfigurationError: it would end before it begins.
    """
    overlap = timedelta(days=desk.source.overlap_days)
    left_off = _left_off(desk)
    if request.first is None and left_off is None:
        log.warning("no earlier harvest: reading the last %s days; --full reads everything", desk.source.overlap_days)
    first = request.first or (left_off or run.as_of) - overlap
    if first >= run.as_of:
        raise ConfigurationError(
            f"the harvests of {desk.source.name} have reached {left_off:%Y-%m-%d %H:%M} UTC, so a window until "
            f"{run.as_of:%Y-%m-%d %H:%M} UTC would end before it begins: give --from too"
        )
    return Window(first=first, until=run.as_of)


def _days(desk: Desk, window: Window, request: Request) -> range:
    """Tell the days whose turn it is: the window's, without its overlap with earlier ones."""
    left_off = _left_off(desk)
    if request.first is None and left_off is not None:
        window = replace(window, first=max(window.first, left_off))
    return days_of(window)


def _next(desk: Desk, run: Run, window: Window | None, *, limited: bool, disputed: bool) -> str | None:
    """Tell up to when everything has been read, without a gap: the next window begins an overlap before.

    What came after this machine's own time cannot have been read, whatever `--until` says.
    """
    left_off, reached = _left_off(desk), min(run.as_of, datetime.now(UTC).replace(microsecond=0))
    has_gap = window is not None and left_off is not None and window.first > left_off
    if limited or has_gap:
        mark = left_off
    elif window is not None and disputed:
        mark = left_off or window.first + timedelta(days=desk.source.overlap_days)
    else:
        mark = max(reached, left_off) if window and left_off else reached
    return mark.isoformat() if mark else None


def _outstanding(desk: Desk, run: Run, report: HarvestReport, *, limited: bool) -> Json:
    """Tell which listings of the last full harvest did not agree with the portal; windows cannot mend them."""
    if report.window is None and not limited:
        fields = ("listing", "kind", "way", "kept", "total", "state")
        stated = [{name: listing.to_json()[name] for name in fields} for listing in report.disputed]
        return [listing | {"asOf": run.as_of.isoformat()} for listing in stated]
    last = desk.store.last_step(desk.source.name, "harvest")
    return last[1].get("outstanding", []) if last else []


def _left_off(desk: Desk) -> datetime | None:
    last = desk.store.last_step(desk.source.name, "harvest")
    return datetime.fromisoformat(last[1]["next"]) if last and last[1].get("next") else None
