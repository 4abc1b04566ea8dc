"""Gates on what contracts are worth: of the usual size, in the currencies of before."""

from collections.abc import Iterator, Mapping
from typing import Any

from ocds_pipeline.gates.compared import FIRST, UNKNOWN
from ocds_pipeline.gates.reading import ALL_YEARS, Reading
from ocds_pipeline.gates.result import Check, Findings, limited, percent, share
from ocds_pipeline.gates.task import Task
from ocds_schema.json import Json

Size = tuple[int, float]
"""A number of contracts, and the decimal logarithms of their values added up."""
Sizes = Mapping[str, Mapping[str, Size]]
"""By year and currency."""
_NOTHING: Size = (0, 0.0)


def facts(sizes: Sizes) -> Json:
    """Give sizes as JSON; sums are texts, so that no reader rounds them."""
    return {
        year: {currency: {"contracts": count, "logarithms": f"{logs:.6f}"} for currency, (count, logs) in each.items()}
        for year, each in sizes.items()
    }


def amounts(task: Task, now: Sizes, limits: Mapping[str, Any]) -> Findings:
    """Compare the typical value of contracts, and that of those added since, with the edition before."""
    told = (task.figures or {}).get("sizes")
    if told is None:
        return FIRST if task.before is None else UNKNOWN
    before = {
        year: {currency: (one["contracts"], float(one["logarithms"])) for currency, one in each.items()}
        for year, each in told.items()
    }
    every = _together(before)
    checks = [
        check
        for year, each in sorted(now.items())
        for currency, size in sorted(each.items())
        for check in _amounts(
            f"contracts of {year}, {currency or 'no currency'}",
            before.get(year, {}).get(currency, _NOTHING),
            size,
            every.get(currency, _NOTHING),
            limits,
        )
    ]
    return Findings(checks=checks, reason="" if checks else "too few contracts have a value to be compared")


def _amounts(what: str, was: Size, now: Size, every: Size, limits: Mapping[str, Any]) -> Iterator[Check]:
    floor = limits["floor"]
    if min(was[0], now[0]) >= floor:
        yield _typical(what, was, now, limits["factor"])
    usual = was if was[0] >= floor else every
    added = (now[0] - was[0], now[1] - was[1])
    if added[0] >= floor and usual[0] >= floor:
        yield _typical(f"{what}, added since", usual, added, limits["added"])


def _typical(what: str, was: Size, now: Size, factor: int) -> Check:
    usual, found = (10 ** (logs / count) for count, logs in (was, now))
    return Check(
        what=what,
        outcome="pass" if usual / factor <= found <= usual * factor else "fail",
        expected=f"typically {usual / factor:,.0f} to {usual * factor:,.0f}",
        found=f"typically {found:,.0f}, of {now[0]:,} contracts",
        previous=f"typically {usual:,.0f}, of {was[0]:,} contracts",
    )


def _together(sizes: Sizes) -> dict[str, Size]:
    every: dict[str, Size] = {}
    for each in sizes.values():
        for currency, (count, logs) in each.items():
            so_far = every.get(currency, _NOTHING)
            every[currency] = (so_far[0] + count, so_far[1] + logs)
    return every


def currencies(task: Task, reading: Reading, limits: Mapping[str, Any]) -> Findings:
    """Look for currencies that are new, and for years in which the share of one is not what it was."""
    if task.figures is None:
        return FIRST if task.before is None else UNKNOWN
    before = {year: _counts(each) for year, each in task.figures["totals"].items()}
    every = before.get(ALL_YEARS, {})
    if not every:
        return Findings(reason="no contract of the edition before has a value")
    checks = [*_new(every, _counts(reading.totals[ALL_YEARS]), limits)]
    for year, totals in sorted(reading.totals.items()):
        if year != ALL_YEARS:
            checks += _shares(year, before.get(year) or every, _counts(totals), limits)
    return Findings(checks=checks)


def _counts(totals: Json) -> dict[str, int]:
    return {one["currency"]: one["contracts"] for one in totals}


def _new(before: Mapping[str, int], now: Mapping[str, int], limits: Mapping[str, Any]) -> Iterator[Check]:
    for currency, count in now.items():
        yield Check(
            what=f"the currency {currency}" if currency else "contracts without a currency",
            outcome=limited(is_sound=currency in before, count=count, floor=limits["floor"]),
            expected="one of the edition before",
            found=f"{count:,} contracts",
            previous=f"{before.get(currency, 0):,} contracts",
        )


def _shares(year: str, before: Mapping[str, int], now: Mapping[str, int], limits: Mapping[str, Any]) -> Iterator[Check]:
    all_before, all_now = sum(before.values()), sum(now.values())
    for currency in sorted({*before, *now}) if all_now else ():
        was, found = share(before.get(currency, 0), all_before), share(now.get(currency, 0), all_now)
        change = abs(found - was)
        yield Check(
            what=f"share of {currency or 'no currency'} among the contracts of {year}",
            outcome=limited(is_sound=change <= limits["share"], count=int(change * all_now), floor=limits["floor"]),
            expected=f"{percent(was)}, give or take {percent(limits['share'])}",
            found=percent(found),
            previous=percent(was),
        )
