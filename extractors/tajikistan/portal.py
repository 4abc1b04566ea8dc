"""eprocurement.gov.tj: which listings make up a window, and which everything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from extractors.base import Listed, Listing, Request, Revisit, Wanted, Window
from extractors.tajikistan.links import links
from extractors.tajikistan.listings import LIST, LIST_SIZE, Notices, TajikNotices, announcement, request
from extractors.tajikistan.values import moment
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way

ZONE = ZoneInfo("Asia/Dushanbe")
SWEEP_DAYS = 365
FRESH_DAYS = 90
"""Bids are taken for weeks: what is longer without a change has mostly been left as it is."""
SLOW_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcements(Revisit):
    """Announcements asked for again: the list shows what is new, not what has changed."""

    def listing(self, key: str) -> Listing:
        """Give the listing of an announcement, with its row in the list."""
        return announcement(key, again=True)


class Tajikistan:
    """The portal of Tajikistan, as the harvest needs to know it."""

    def probes(self) -> Sequence[Request]:
        """Give the first page of the list."""
        return (request(LIST),)

    def listings(self, window: Window | None) -> Iterable[Listing]:
        """Give the list, with each announcement that is in it, and the list in Tajik, should there be one."""
        since = "" if window is None else wall_clock(window.first)
        name = f"searchanno since {since.replace(' ', 'T')}" if since else "searchanno"
        yield Notices(name=name, kind="notice", way="html", size=LIST_SIZE, falling=False, repeats=True, since=since)
        yield TajikNotices(
            name=f"{name} in Tajik",
            kind="notice_tg",
            way="html",
            size=LIST_SIZE,
            falling=False,
            optional=True,
            repeats=True,
            since=since,
        )

    def wanted(self) -> Iterable[Wanted]:
        """Give nothing: all that is shown of an announcement is read with it."""
        return ()

    def revisits(self) -> Iterable[Revisit]:
        """Give the announcements that have not ended, and those in the list whose pages are not held."""
        return (
            Announcements(
                name="announcements again",
                kind="announcement",
                way="html",
                sweep=SWEEP_DAYS,
                fresh=FRESH_DAYS,
                slow=SLOW_DAYS,
                rows="notice",
            ),
        )

    def links(self, kind: str, way: Way, fields: Json) -> Links:
        """Say how a document hangs together with others."""
        return links(kind, way, fields)

    def listed(self) -> Sequence[Listed]:
        """Give the rows of the list, by the day on which acceptance of bids begins; their ids leave gaps."""
        return (Listed(kind="notice", day=_day),)


def _day(fields: Json) -> date | None:
    text = moment(fields.get("start")) if isinstance(fields, dict) else ""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def wall_clock(moment: datetime) -> str:
    """Give a moment as the portal's clock shows it, to the second; Dushanbe's clock is never set back."""
    return moment.astimezone(ZONE).replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
