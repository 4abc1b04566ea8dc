"""Gates on what was harvested: what the portal claims, whether its registers shrank, whether a day is missing."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from ocds_pipeline.gates.result import Check, Findings, limited, percent, share
from ocds_pipeline.gates.task import Task, is_working_day
from ocds_schema import json
from ocds_schema.json import Json

_DONE = "done"


def crawl(task: Task, limits: Mapping[str, Any]) -> Findings:
    """Compare, listing by listing, what the last harvest kept with what the portal says there is."""
    listings = [one for one in task.facts.get("coverage", []) if one.get("total") or one["state"] != _DONE]
    return Findings(
        checks=[_crawl(one, limits) for one in listings], reason="" if listings else "nothing was harvested"
    )


def _crawl(listing: Json, limits: Mapping[str, Any]) -> Check:
    kept, total = listing["kept"], listing["total"] or 0
    off = abs(total - kept)
    # One that agrees with the portal may have kept less than it asked for: the portal has not everything it refers to.
    agrees = listing["state"] == _DONE
    is_sound = agrees or share(off, total) <= limits["lost"]
    outcome = limited(is_sound=is_sound, count=off if total else 0, floor=limits["floor"])
    return Check(
        what=listing["listing"],
        outcome="warn" if outcome == "pass" and not agrees else outcome,
        expected=f"{total:,} objects, as the portal says" if total else "an end that the portal confirms",
        found=f"{kept:,}, {listing['state']}",
    )


def seen(task: Task) -> dict[str, int]:
    """Give how many objects came of each listing of the last full harvest of which the portal tells no total."""
    full = _coverage(task).get("lastFull")
    listings = full["listings"] if full else ()
    return {one["listing"]: one["kept"] for one in listings if one["total"] is None and one["state"] == _DONE}


def claimed(task: Task) -> dict[str, int]:
    """Give the totals that the portal claimed in the last full harvest, by listing; none is one, unsaid is not."""
    full = _coverage(task).get("lastFull")
    return {one["listing"]: one["total"] for one in full["listings"] if one["total"] is not None} if full else {}


def register(task: Task, limits: Mapping[str, Any]) -> Findings:
    """Compare what the portal claimed in the last full harvest with what it claimed for the edition before.

    Where it claims nothing, what came is compared with what came then.
    """
    figures = task.figures or {}
    if not figures.get("register") and not figures.get("seen"):
        return Findings(reason="the edition before knows of no full harvest")
    checks = [
        *_shrunk(figures.get("register", {}), claimed(task), limits["drop"], limits, "claimed"),
        *_shrunk(figures.get("seen", {}), seen(task), limits["seen"], limits, "seen"),
    ]
    return Findings(checks=checks, reason="" if checks else "no listing can be compared")


def _shrunk(
    before: Mapping[str, int], now: Mapping[str, int], most: Decimal, limits: Mapping[str, Any], how: str
) -> Iterator[Check]:
    for name, was in sorted(before.items()):
        if name in now:
            lost = was - now[name]
            yield Check(
                what=name,
                outcome=limited(is_sound=share(lost, was) <= most, count=lost, floor=limits["floor"]),
                expected=f"at least {percent(1 - most)} of the {was:,} of the edition before",
                found=f"{now[name]:,} objects {how}",
                previous=f"{was:,}",
            )


def days(task: Task, limits: Mapping[str, Any]) -> Findings:
    """Compare each new working day with the same days of the weeks before it."""
    lists = _coverage(task).get("lists", [])
    checks = [check for listed in lists for check in _days(task, listed, limits)]
    return Findings(
        checks=checks, reason="" if checks else "no working day is over since then of which enough is known"
    )


def _days(task: Task, listed: Json, limits: Mapping[str, Any]) -> Iterator[Check]:
    counts = {date.fromisoformat(day["day"]): day["listed"] for day in listed["days"]}
    if not counts:
        return
    before = task.as_of_before
    first = before.date() if before else task.as_of.date() - timedelta(days=limits["look_back"])
    day = max(first, min(counts) + timedelta(days=1))
    while day < task.as_of.date():
        usual = median(_weeks_before(day, counts, limits["weeks"]))
        if is_working_day(day, limits) and usual >= limits["floor"]:
            found = counts.get(day, 0)
            yield Check(
                what=f"{listed['kind']} of {day.isoformat()}",
                outcome="pass" if found >= limits["share"] * int(usual) else "fail",
                expected=f"at least {limits['share']:.0%} of the usual {usual:,.0f}",
                found=f"{found:,}",
            )
        day += timedelta(days=1)


def _weeks_before(day: date, counts: Mapping[date, int], weeks: int) -> list[int]:
    return [counts.get(day - timedelta(weeks=back), 0) for back in range(1, weeks + 1)]


def _coverage(task: Task) -> Json:
    file = task.named("coverage.json")
    return json.decode(file.local.read_bytes()) if file else {}
