"""The journal of changed objects: participants, and removals from the register of unfair suppliers."""

from collections.abc import Iterator
from itertools import islice

from sandbox.calendar import HISTORY
from sandbox.kazakhstan.answers import Ask
from sandbox.kazakhstan.people import PERIOD, changed_on
from sandbox.kazakhstan.view import Record, View

_HOST = "https://ows.goszakup.gov.kz"
_REMOVALS = 30
"""An unfair supplier is removed every so many days."""


def journal(view: View, ask: Ask, _: str) -> Record:
    """What changed between two dates, the latest first; the portal gives no next page here."""
    first = _day(view, ask.query.get("date_from"), -HISTORY)
    last = _day(view, ask.query.get("date_to"), view.today - 1)
    days = range(min(last, view.today - 1), max(first, view.today - PERIOD) - 1, -1)
    total = sum(len(_changed(view, day)) + (day % _REMOVALS == 0) for day in days)
    found = (entry for day in days for entry in _entries(view, day))
    return {"total": total, "limit": ask.limit, "items": list(islice(found, ask.limit))}


def _day(view: View, text: str | None, otherwise: int) -> int:
    try:
        return view.world.calendar.day_of(text) if text else otherwise
    except ValueError:
        return otherwise


def _changed(view: View, day: int) -> range:
    return range(-(day + HISTORY) % PERIOD, len(view.parties), PERIOD)


def _entries(view: View, day: int) -> Iterator[Record]:
    parties = [view.parties.party(index) for index in _changed(view, day)]
    parties.sort(key=lambda party: changed_on(view, party), reverse=True)
    for party in parties:
        yield {
            "object_id": str(party.pid),
            "action": "U",
            "date_action": view.world.calendar.text(*changed_on(view, party)),
            "service_name": "subject",
            "service_title": "Реестр участников",
            "url": f"{_HOST}/v3/subject/{party.pid}",
        }
    if day % _REMOVALS == 0:
        yield {
            "object_id": f"3-{4_000 + day}",
            "action": "D",
            "date_action": view.world.calendar.text(day, 18 * 3600),
            "service_name": "rnu",
            "service_title": "Реестр недобросовестных",
            "url": "",
        }
