"""Gates on what contracts are worth: of the usual size, in the currencies of before."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
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
_GROWN = 2
"""What has become more than so many times as much says little of what it was before."""
_MOST_DIGITS = 20


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
    # The first contracts of a year are not yet typical of it.
    if min(was[0], now[0]) >= floor and now[0] <= _GROWN * was[0]:
        yield _typical(what, was, now, math.log10(limits["factor"]))
    usual = was if was[0] >= floor else every
    added = (now[0] - was[0], now[1] - was[1])
    if added[0] >= floor and usual[0] >= floor:
        # Of what was there before some is other now, which counts the more, the less was added.
        others = was[0] * float(limits["amended"]) / added[0]
        yield _typical(f"{what}, added since", usual, added, math.log10(limits["added"]) * (1 + others))


def _typical(what: str, was: Size, now: Size, most: float) -> Check:
    """Compare what is typical, by decimal logarithms that may be so far from one another."""
    usual, found = (logs / count for count, logs in (was, now))
    return Check(
        what=what,
        outcome="pass" if abs(found - usual) <= most else "fail",
        expected=f"typically {_amount(usual - most)} to {_amount(usual + most)}",
        found=f"typically {_amount(found)}, of {now[0]:,} contracts",
        previous=f"typically {_amount(usual)}, of {was[0]:,} contracts",
    )


def _amount(logarithm: float) -> str:
    """Write an amount; one that nothing can be worth, as where many others moved, stands as its power of ten."""
    return f"{10**logarithm:,.0f}" if abs(logarithm) < _MOST_DIGITS else f"10^{logarithm:,.0f}"


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
            checks += _shares(year, before.get(year, {}), every, _counts(totals), limits)
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


def _shares(
    year: str, own: Mapping[str, int], every: Mapping[str, int], now: Mapping[str, int], limits: Mapping[str, Any]
) -> Iterator[Check]:
    """Compare a year with what it was; one that has only begun may be as all years are, too."""
    all_own, all_every, all_now = (sum(each.values()) for each in (own, every, now))
    enough = limits["floor"] / limits["share"] if limits["share"] else Decimal("Infinity")
    has_begun = _GROWN * all_own < all_now and all_own < enough
    for currency in sorted({*own, *now, *(() if all_own else every)}) if all_now else ():
        was, usual = share(own.get(currency, 0), all_own), share(every.get(currency, 0), all_every)
        found = share(now.get(currency, 0), all_now)
        if not all_own or (has_begun and abs(found - usual) < abs(found - was)):
            was = usual
        change = abs(found - was)
        yield Check(
            what=f"share of {currency or 'no currency'} among the contracts of {year}",
            outcome=limited(is_sound=change <= limits["share"], count=int(change * all_now), floor=limits["floor"]),
            expected=f"{percent(was)}, give or take {percent(limits['share'])}",
            found=percent(found),
            previous=percent(was),
        )
