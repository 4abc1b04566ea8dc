"""Runs every check, and counts the coverage of every field, in one pass over the compiled releases of a data set."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any

from ocds_pipeline.quality.check import DatasetCheck, FieldCheck, FiguresCheck, Judging, TimeCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.coverage import Coverage
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.issues import Issue, issue_of
from ocds_pipeline.quality.kept import Keeper, Kept, Names, Shelf
from ocds_pipeline.quality.plans import Failed, Plans
from ocds_pipeline.quality.registry import Named, registry
from ocds_pipeline.quality.result import Result, not_applicable
from ocds_pipeline.quality.times import year as year_of
from ocds_pipeline.quality.walk import Walker
from ocds_schema.findings import Redact, excerpt
from ocds_schema.json import Json

_FACTS, _BUYERS = "facts", "buyers"
_AT_ONCE = 32
"""So many releases are glanced at together."""
_MOST_OBJECTS = 20_000
"""With so many objects in them, releases do not wait for more."""
_NOT_ASKED = not_applicable("the check is asked of other countries only")
_NO_EARLIER = not_applicable("no earlier edition was given")

Release = dict[str, Any]
_Found = tuple[int, list[Issue]]
"""The number of a check, and what it found."""
_NUMBER = itemgetter(0)


@dataclass(slots=True, kw_only=True)
class Figures:
    """What became of one check: how many releases passed, failed, or could not be judged, with the reasons of the last.

    A check of a data set, or of figures, counts once. `failures` counts what is wrong, of which a release may have more
    than one; `paths` tells where.
    """

    named: Named
    passed: int = 0
    failed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    failures: int = 0
    paths: Counter[str] = field(default_factory=Counter)
    figures: Json = None

    def keep(self) -> Json:
        """Give the counts as plain JSON."""
        counts = {"passed": self.passed, "failed": self.failed, "failures": self.failures}
        return {**counts, "reasons": dict(self.reasons), "paths": dict(self.paths)}

    def take(self, kept: Json, times: int = 1) -> None:
        """Add counts that were kept, or with -1 take them back."""
        self.passed += times * kept["passed"]
        self.failed += times * kept["failed"]
        self.failures += times * kept["failures"]
        for mine, theirs in ((self.reasons, kept["reasons"]), (self.paths, kept["paths"])):
            for name, count in theirs.items():
                mine[name] += times * count

    def count(self, result: Result, times: int = 1) -> None:
        """Count a result."""
        if result.outcome == "pass":
            self.passed += times
        elif result.outcome == "fail":
            self.failed += times
        else:
            self.reasons[result.reason] += times


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What an inspection found: of every check its figures, and the coverage of every field."""

    releases: int
    checks: tuple[Figures, ...]
    coverage: Coverage


class Inspection:
    """Looks at compiled releases, one after the other; what it keeps does not grow with their number.

    `checks` are all there are, unless some are given.
    """

    def __init__(self, context: Context, checks: Mapping[str, Named] | None = None) -> None:
        self._context = context
        self._walker = Walker()
        self._coverage = Coverage()
        self._releases = 0
        self._until: datetime | None = None
        named = list((registry() if checks is None else checks).values())
        self._figures = {one.name: Figures(named=one) for one in named}
        asked = [one for one in named if not one.check.countries or context.country in one.check.countries]
        self._left = [self._figures[one.name] for one in named if one not in asked]
        judging = [(self._figures[one.name], one.check) for one in asked if isinstance(one.check, Judging)]
        counting = [(self._figures[one.name], one.check) for one in asked if isinstance(one.check, DatasetCheck)]
        self._judging = [figures for figures, _ in judging]
        self._tallies = [(figures, check.start(context)) for figures, check in counting]
        tallies = [(check.needs, tally) for (_, check), (_, tally) in zip(counting, self._tallies, strict=True)]
        self._plans = Plans([check for _, check in judging], tallies, context)
        self._times = [(self._figures[one.name], one.check) for one in asked if isinstance(one.check, TimeCheck)]
        self._compared = [(self._figures[one.name], one.check) for one in asked if isinstance(one.check, FiguresCheck)]

    def look(self, release: Release, *, year: int | None = None, before: Json | None = None) -> list[Issue]:
        """Look at one compiled release, and give what is wrong with it.

        `year` is the year that the process belongs to, else that of the release's date. `before` is the compiled
        release of the previous edition; without it the checks of time do not count.
        """
        (issues,) = self.look_through([release], year=year)
        if before is not None:
            issues += self._compare(before, release)
        return issues

    def look_through(
        self, releases: Iterable[Release], *, year: int | None = None, as_before: bool = False
    ) -> Iterator[list[Issue]]:
        """Look at compiled releases, many at a time, and give what is wrong with each, in their order.

        `year` is as for `look`. `as_before` tells that all are what they were in the edition before. No other method
        may be called until all is given.
        """
        waiting: list[Release] = []
        found: list[list[_Found]] = []
        objects = 0
        for release in releases:
            if not waiting:
                self._make_room()
            index = self._look(release, year)
            waiting.append(release)
            found.append(self._told(self._plans.run(index), index))
            objects += len(index.shapes)
            if len(waiting) >= _AT_ONCE or objects >= _MOST_OBJECTS:
                yield from self._look_closer(waiting, found, as_before=as_before)
                waiting, found, objects = [], [], 0
        yield from self._look_closer(waiting, found, as_before=as_before)

    def _make_room(self) -> None:
        """Forget the shapes seen so far, where they have become too many."""
        if self._walker.is_full or self._plans.is_full:
            self._plans.fold()
        if self._walker.is_full:
            self._coverage.fold()
            self._walker.forget()

    def _look(self, release: Release, year: int | None) -> Index:
        index = self._walker.walk(release)
        self._releases += 1
        counted = year_of(str(release.get("date", ""))) if year is None else year
        self._coverage.add(index, counted, index.buyer)
        return index

    def _look_closer(
        self, releases: Sequence[Release], found: list[list[_Found]], *, as_before: bool
    ) -> Iterator[list[Issue]]:
        """Ask what is left to be asked of some releases, and give all that was found in each."""
        for position, judges in self._plans.left().items():
            if judges:
                index = self._walker.walk(releases[position])
                found[position] += self._told(self._plans.judge(judges, index), index)
        for release, each in zip(releases, found, strict=True):
            each.sort(key=_NUMBER)
            issues = [issue for _, issues in each for issue in issues]
            if as_before:
                issues += self._compare(release, release)
            yield issues

    def _told(self, failed: Iterable[Failed], index: Index) -> list[_Found]:
        return [
            (number, [*self._issues(self._judging[number], result, index.ocid, index)]) for number, result in failed
        ]

    def look_for(self, before: Json) -> list[Issue]:
        """Give what is wrong with a compiled release of the previous edition being gone."""
        return self._compare(before, None)

    def keep(self, file: Keeper) -> datetime | None:
        """Write all that was counted, in the place of `finish`; give the moment when it ceases to hold, if it does."""
        self._count()
        tallies = {figures.named.name: tally.keep() for figures, tally in self._tallies}
        coverage, buyers = self._coverage.keep()
        facts = {
            "releases": self._releases,
            "checks": {name: figures.keep() for name, figures in self._figures.items()},
            "tallies": {name: kept.facts for name, kept in tallies.items()},
            "coverage": coverage,
        }
        file.facts(_FACTS, facts)
        file.lines(_BUYERS, buyers)
        for name, kept in tallies.items():
            for each in kept.numbers:
                file.numbers(f"{name}.{each}", kept.later(each)())
        return self._until

    def take(self, kept: Shelf, names: Names, *, with_times: bool) -> None:
        """Add what another inspection has kept, of releases that come after all those before.

        `names` gives ocids of releases by their fingerprints. `with_times` tells whether the checks of time count.
        """
        facts = kept.facts(_FACTS)
        self._releases += facts["releases"]
        times = {figures.named.name for figures, _ in self._times}
        for name, counts in facts["checks"].items():
            if with_times or name not in times:
                self._figures[name].take(counts)
        for figures, tally in self._tallies:
            name = figures.named.name
            tally.take(Kept(facts["tallies"][name], _Numbers(kept, name), names))
        self._coverage.take(facts["coverage"], partial(kept.lines, _BUYERS))

    def look_again(self, before: Json | None, after: Json | None) -> list[Issue]:
        """Give what is wrong with how a compiled release changed, of one that was taken as if it had not."""
        if after is not None:
            for figures, check in self._times:
                figures.count(check.judge(after, after), -1)
        return self._compare(before, after) if before is not None else []

    def finish(self) -> tuple[Quality, list[Issue]]:
        """Judge the data set as a whole; nothing can be looked at after that."""
        issues: list[Issue] = []
        for figures, tally in self._tallies:
            result = tally.result()
            issues += self._noted(figures, result, "")
            figures.figures = _shown(result.figures, self._context.redact)
        self._count()
        for figures in self._left:
            figures.count(_NOT_ASKED, self._releases)
        checks = tuple(self._figures.values())
        return Quality(releases=self._releases, checks=checks, coverage=self._coverage), issues

    def compare(self, now: Json, earlier: Json | None) -> list[Issue]:
        """Judge the figures of this edition by those of an earlier one; both as `quality.json` has them."""
        issues: list[Issue] = []
        for figures, check in self._compared:
            result = check.judge(earlier, now) if earlier is not None else _NO_EARLIER
            issues += self._noted(figures, result, "")
        return issues

    def _count(self) -> None:
        """Count the results that the plans have noted."""
        self._plans.fold()
        for figures, results in zip(self._judging, self._plans.results, strict=True):
            for result, times in results.items():
                figures.count(result, times)

    def _compare(self, before: Json, after: Json | None) -> list[Issue]:
        issues: list[Issue] = []
        for figures, check in self._times:
            issues += self._noted(figures, check.judge(before, after), str(before.get("ocid", "")))
        return issues

    def _noted(self, figures: Figures, result: Result, ocid: str) -> Iterable[Issue]:
        if not result.failures:
            figures.count(result)
        return self._issues(figures, result, ocid)

    def _issues(self, figures: Figures, result: Result, ocid: str, index: Index | None = None) -> Iterator[Issue]:
        if result.failures:
            figures.failed += 1
            figures.failures += len(result.failures)
        redact = self._context.redact
        until = figures.named.check.until if isinstance(figures.named.check, FieldCheck) else None
        for failure in result.failures:
            if until is not None and (then := until(failure.value)) is not None:
                self._until = min(self._until or then, then)
            issue = issue_of(
                figures.named.name, failure, index.place(failure.at) if index else failure.at, ocid, redact
            )
            figures.paths[issue.path] += 1
            yield issue


@dataclass(frozen=True, slots=True)
class _Numbers(Mapping[str, Callable[[], "array[int]"]]):
    """The numbers that one check has kept, by name, not read yet."""

    kept: Shelf
    check: str

    def __getitem__(self, name: str) -> Callable[[], "array[int]"]:
        return partial(self.kept.numbers, f"{self.check}.{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _shown(figures: Json, redact: Redact) -> Json:
    """Give figures with their texts as they may be published: codes are what somebody wrote into a field."""
    if isinstance(figures, dict):
        return {excerpt(name, redact): _shown(value, redact) for name, value in figures.items()}
    if isinstance(figures, list):
        return [_shown(value, redact) for value in figures]
    return excerpt(figures, redact) if isinstance(figures, str) else figures
