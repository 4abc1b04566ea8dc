"""What checks of whole data sets have in common: how codes, amounts and names are spread."""

from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal

from ocds_pipeline.quality.counters import Frequent, Magnitudes
from ocds_pipeline.quality.index import Index, Money
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.result import Failure, Result, not_applicable
from ocds_schema.json import Json

FEWEST = 100
"""Fewer values than these say nothing about how they are spread."""
_MOST_CODES = 1_000
_BLOCK = 2_048
_MOST_AMOUNTS = 10_000
_SHOWN = 50
_LEAST, _MOST = 0.001, 0.99

_TOO_FEW = not_applicable(f"there are fewer than {FEWEST} values")
_NO_CODE = not_applicable("no release has such a code")


class Codes:
    """How often each code stands in the fields of a group.

    `wanted` are codes of which each should be between 0.1 % and 99 % of all. Where no code is wanted, and there is no
    bound, the figures are only shown.
    """

    def __init__(self, group: str, wanted: Collection[str] = (), *, bound: float = 1.0) -> None:
        self.group = group
        self._wanted = wanted
        self._bound = bound
        self.waiting: list[Json] = []
        self._counts: Frequent[str] = Frequent(most=_MOST_CODES)

    def add(self, index: Index) -> None:
        """Take in the codes of one release; they are counted many at a time."""
        self.waiting += index.fields[self.group]
        if len(self.waiting) >= _BLOCK:
            self.count()

    def count(self) -> None:
        """Count the codes that wait, and forget them."""
        try:
            counts = Counter(self.waiting)
        except TypeError:
            several = [code for codes in self.waiting if type(codes) is list for code in codes]
            counts = Counter([code for code in (*self.waiting, *several) if type(code) is str])
        self._counts.add_counts({code: count for code, count in counts.items() if type(code) is str})
        self.waiting.clear()

    def keep(self) -> Kept:
        """Give the counts."""
        self.count()
        return Kept(self._counts.keep())

    def take(self, kept: Kept) -> None:
        """Add counts that were kept."""
        self._counts.take(kept.facts)

    def result(self) -> Result:
        """Judge how the codes are spread."""
        self.count()
        total = self._counts.total
        if not total:
            return _NO_CODE
        figures = {"total": total, "codes": dict(self._counts.top(_SHOWN))}
        if total < FEWEST:
            return Result("not_applicable", _TOO_FEW.reason, figures=figures)
        failures = [Failure((), reason, code) for code, reason in self._odd(total)]
        return Result("fail" if failures else "pass", failures=failures, figures=figures)

    def _odd(self, total: int) -> Iterable[tuple[str, str]]:
        counts = self._counts.counts
        for code in sorted(self._wanted):
            if not _LEAST <= counts[code] / total <= _MOST:
                yield code, f"is {counts[code]} of {total} codes; between 0.1 and 99 % are to be expected"
        for most, count in self._counts.top(1):
            if count / total > self._bound:
                yield most, f"is {count} of {total} codes; no code should be more than {self._bound:.0%} of all"


class Amounts:
    """Whether the largest hundredth of some amounts makes up more than all the rest; each currency for itself."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._waiting: list[Money] = []
        self._by_currency: dict[str, Magnitudes] = {}

    def add(self, index: Index) -> None:
        """Take in the amounts of one release; they are added up many at a time."""
        self._waiting += index.monies(self._kind)
        if len(self._waiting) >= _BLOCK:
            self._sum()

    def _sum(self) -> None:
        amounts: dict[str, list[Decimal | int]] = {}
        for amount, currency in self._waiting:
            if amount > 0:
                amounts.setdefault(currency, []).append(amount)
        for currency, some in amounts.items():
            self._by_currency.setdefault(currency, Magnitudes()).add(some)
        self._waiting.clear()

    def keep(self) -> Kept:
        """Give the sums."""
        self._sum()
        return Kept({currency: amounts.keep() for currency, amounts in self._by_currency.items()})

    def take(self, kept: Kept) -> None:
        """Add sums that were kept."""
        for currency, amounts in kept.facts.items():
            self._by_currency.setdefault(currency, Magnitudes()).take(amounts)

    def result(self) -> Result:
        """Judge the amounts of every currency that has enough of them."""
        self._sum()
        figures, failures = {}, []
        for currency, amounts in sorted(self._by_currency.items()):
            if amounts.number >= FEWEST:
                top, total = amounts.largest(amounts.number // 100), amounts.total
                figures[currency] = {"values": amounts.number, "shareOfLargestHundredth": _rounded(top / total)}
                if top >= total - top:
                    failures.append(
                        Failure((), f"is a currency in which 1 % of the amounts make up {top / total:.0%}", currency)
                    )
        if not figures:
            return _TOO_FEW
        return Result("fail" if failures else "pass", failures=failures, figures=figures)


class Repetition:
    """Whether one of the three most frequent amounts makes up a tenth of all."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._waiting: list[Money] = []
        self._counts: Frequent[Money] = Frequent(most=_MOST_AMOUNTS)

    def add(self, index: Index) -> None:
        """Take in the amounts of one release; they are counted many at a time."""
        self._waiting += index.monies(self._kind)
        if len(self._waiting) >= _BLOCK:
            self._count()

    def _count(self) -> None:
        self._counts.add(self._waiting)
        self._waiting.clear()

    def keep(self) -> Kept:
        """Give the counts."""
        self._count()
        return Kept(self._counts.keep())

    def take(self, kept: Kept) -> None:
        """Add counts that were kept."""
        self._counts.take(kept.facts)

    def result(self) -> Result:
        """Judge the most frequent amounts."""
        self._count()
        total = self._counts.total
        if total < FEWEST:
            return _TOO_FEW
        top = [(f"{amount} {currency}", count) for (amount, currency), count in self._counts.top(3)]
        figures = {"values": total, "mostFrequent": [{"value": value, "count": count} for value, count in top]}
        failures = [
            Failure((), f"is the amount of {count} of {total}, a tenth or more", value)
            for value, count in top
            if count * 10 >= total
        ]
        return Result("fail" if failures else "pass", failures=failures, figures=figures)


def _rounded(number: Decimal) -> Decimal:
    return round(number, 4)
