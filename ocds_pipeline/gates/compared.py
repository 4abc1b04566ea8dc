"""Gates that compare counts and sums with the edition before."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ocds_pipeline.gates.reading import ALL_YEARS, Reading
from ocds_pipeline.gates.result import Check, Findings, Outcome, limited, percent, share
from ocds_pipeline.gates.task import Task
from ocds_schema.json import Json

FIRST = Findings(reason="there is no edition before")
EMPTY = Findings(reason="the edition before is empty")
_NOTHING: Mapping[str, Any] = {"value": "0", "contracts": 0}
UNKNOWN = Findings(reason="the edition before was not held against gates")


def records(task: Task, limits: Mapping[str, Any]) -> Findings:
    """Compare the number of records with that of the edition before."""
    if task.before is None:
        return FIRST
    if not task.records_before:
        return EMPTY
    days = _days(task, limits)
    now, was = task.records, task.records_before
    low, high = was * (1 - limits["shrink"]), was * (1 + limits["growth"] * days)
    return Findings(
        checks=[
            Check(
                what="records",
                outcome=limited(is_sound=low <= now <= high, count=abs(now - was), floor=limits["floor"]),
                expected=f"{low:,.0f} to {high:,.0f}",
                found=f"{now:,}",
                previous=f"{was:,}",
            )
        ]
    )


def years(task: Task, limits: Mapping[str, Any]) -> Findings:
    """Compare the rows of each table for the years that are over."""
    if task.figures is None:
        return FIRST if task.before is None else UNKNOWN
    checks = [
        _rows(f"{table} of {year}", was, task.rows.get(table, {}).get(year, 0), _late(year, task, limits), limits)
        for table, by_year in sorted(task.figures["rows"].items())
        for year, was in sorted(by_year.items())
        if int(year) < task.as_of.year
    ]
    return Findings(checks=checks, reason="" if checks else "the edition before has no year that is over")


def _late(year: str, task: Task, limits: Mapping[str, Any]) -> Decimal:
    """Give by which share the rows of a year that is over may have grown.

    What was announced late in a year is contracted and paid early in the next.
    """
    days = limits["late"] * _days(task, limits) if int(year) == task.as_of.year - 1 else 0
    return Decimal(max(limits["change"], days))


def _rows(what: str, was: int, now: int, late: Decimal, limits: Mapping[str, Any]) -> Check:
    return Check(
        what=what,
        outcome=limited(
            is_sound=-limits["change"] <= share(now - was, was) <= late, count=abs(now - was), floor=limits["floor"]
        ),
        expected=f"{was:,} rows, less at most {percent(limits['change'])}, more at most {percent(late)}",
        found=f"{now:,}",
        previous=f"{was:,}",
    )


def _days(task: Task, limits: Mapping[str, Any]) -> int:
    """Give the days since the edition before, of which no more than some count."""
    before = task.as_of_before
    return min(max((task.as_of - before).days, 1), int(limits["days"])) if before else 1


def totals(task: Task, reading: Reading, limits: Mapping[str, Any]) -> Findings:
    """Compare the values of contracts by year and currency, and in all."""
    if task.figures is None:
        return FIRST if task.before is None else UNKNOWN
    before, now = _by_currency(task.figures["totals"]), _by_currency(reading.totals)
    if not before:
        return Findings(reason="no contract of the edition before has a value")
    checks = []
    for year, currency in sorted(before.keys() | now.keys()):
        was, found = before.get((year, currency), _NOTHING), now.get((year, currency), _NOTHING)
        if Decimal(was["value"]):
            checks.append(_total(year, currency, was, found, limits, is_over=_is_over(year, task)))
        else:
            is_settled = _is_over(year, task) and was["contracts"] >= limits["floor"]
            highest = Decimal() if is_settled else _most_begun(before, year, currency, found["contracts"], limits)
            checks.append(_begun(year, currency, was, found, highest))
    return Findings(checks=checks)


def _total(year: str, currency: str, was: Json, now: Json, limits: Mapping[str, Any], *, is_over: bool) -> Check:
    amount, found = Decimal(was["value"]), Decimal(now["value"])
    change = share(found - amount, abs(amount))
    highest = limits["change"] if is_over else _grown(was, now, limits)
    is_sound = -limits["change"] <= change <= highest
    allowed = f"less at most {percent(limits['change'])}, more "
    allowed += f"at most {percent(highest)}" if highest.is_finite() else "by anything"
    outcome = limited(is_sound=is_sound, count=was["contracts"], floor=limits["floor"])
    return _compared(year, currency, was, now, outcome, f"{amount:,f}, {allowed}")


def _begun(year: str, currency: str, was: Json, now: Json, highest: Decimal) -> Check:
    """Judge a sum of which there was nothing in the edition before."""
    is_sound = abs(Decimal(now["value"])) <= highest
    allowed = f"at most {highest:,.2f}" if highest.is_finite() else "anything"
    return _compared(year, currency, was, now, "pass" if is_sound else "fail", f"{allowed}, where there was nothing")


def _compared(year: str, currency: str, was: Json, now: Json, outcome: Outcome, expected: str) -> Check:  # noqa: PLR0917
    told = [f"{Decimal(each['value']):,f} of {each['contracts']:,} contracts" for each in (now, was)]
    what = f"contracts of {year}, {currency or 'no currency'}"
    return Check(what=what, outcome=outcome, expected=expected, found=told[0], previous=told[1])


def _grown(was: Json, now: Json, limits: Mapping[str, Any]) -> Decimal:
    """Give by how much a sum may have risen in a year that is not over: as the number of contracts, and some more.

    Of few contracts one alone may be worth more than all others.
    """
    if was["contracts"] < limits["floor"]:
        return Decimal("Infinity")
    growth = share(now["contracts"], was["contracts"])
    return max(growth, Decimal(1)) * Decimal(1 + limits["rise"]) - 1


def _most_begun(
    before: Mapping[tuple[str, str], Json], year: str, currency: str, contracts: int, limits: Mapping[str, Any]
) -> Decimal:
    """Give the most that a sum may begin with: so many times what as many contracts of other years had on average.

    Of few contracts, here or there, this says nothing.
    """
    others = [each for (other, of), each in before.items() if of == currency and other not in {year, ALL_YEARS}]
    others = [each for each in others if Decimal(each["value"])]
    known = sum(each["contracts"] for each in others)
    if min(known, contracts) < limits["floor"]:
        return Decimal("Infinity")
    usual: Decimal = sum((abs(Decimal(each["value"])) for each in others), Decimal()) / known
    return usual * contracts * Decimal(limits["begun"])


def _by_currency(totals: Mapping[str, Sequence[Json]]) -> dict[tuple[str, str], Json]:
    return {(year, one["currency"]): one for year, each in totals.items() for one in each}


def _is_over(year: str, task: Task) -> bool:
    """Whether a year is over, and the one after it too: until then contracts of its processes are still concluded."""
    return year.isdigit() and int(year) < task.as_of.year - 1


def problems(task: Task, reading: Reading, limits: Mapping[str, Any]) -> Findings:
    """Compare what is held back with what is published, and what is lost by each rule with the edition before."""
    held, every = reading.issues.quarantined, task.records + reading.issues.quarantined
    checks = [
        Check(
            what="processes held back",
            outcome=limited(is_sound=share(held, every) <= limits["held"], count=held, floor=limits["floor"]),
            expected=f"at most {percent(limits['held'])}",
            found=f"{held:,} of {every:,}, {percent(share(held, every))}",
            previous=f"{task.figures['held']:,}" if task.figures else None,
        )
    ]
    return Findings(checks=[*checks, *_risen(task, reading, limits)])


def _risen(task: Task, reading: Reading, limits: Mapping[str, Any]) -> Iterator[Check]:
    if task.figures is None:
        return
    before = task.figures["lost"]
    for rule, count in sorted(reading.lost.items()):
        was = before.get(rule, 0)
        risen = share(count, task.records) - share(was, task.records_before)
        yield Check(
            what=f"values lost by the rule {rule}",
            outcome=limited(is_sound=risen <= limits["rise"], count=count - was, floor=limits["floor"]),
            expected=f"at most {percent(limits['rise'])} of the records more than before",
            found=f"{count:,}",
            previous=f"{was:,}",
        )


def unknown_codes(task: Task, reading: Reading, limits: Mapping[str, Any]) -> Iterator[Check]:
    """Give the codes that the mapping does not know and that the edition before did not have."""
    if task.figures is None:
        return
    known = task.figures["codes"]
    for code, count in sorted(reading.codes.items()):
        if code not in known:
            yield Check(
                what=f"the portal's code {code}",
                outcome=limited(is_sound=False, count=count, floor=limits["floor"]),
                expected="a code of the mapping's tables",
                found=f"{count:,} values of a new code",
                previous="0",
            )
