"""Which checks have to run for a release, and which are settled by its shapes: settled once, used again and again.

Most checks need something that a release either has or has not, which its shapes tell. What no release of the same
shapes can have need not be looked for in each.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from ocds_pipeline.quality.check import FieldCheck, Plain, ReleaseCheck, Stream, Tally
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import PASS, Result
from ocds_pipeline.quality.walk import Shape
from ocds_schema.json import Json

_MOST = 8_192
_WAIT = 512
"""So many releases may pass until the values that wait in streams are counted."""

_TOLD = (
    "tender_status",
    "lot_status",
    "code awardStatus",
    "code contractStatus",
    "code bidStatus",
    "code milestoneStatus",
    "code method",
)
_ROLES = "code partyRole"

_Codes = tuple[frozenset[Json], ...]
_Key = tuple[frozenset[Shape], _Codes | None]
Judge = Callable[[Index, Context], Result]
Failed = tuple[int, Result]
"""The number of a check, and its result."""
_NUMBER = itemgetter(0)


@dataclass(slots=True)
class _Bundle:
    """Checks that pass together where `plain` says so, and how often it did not."""

    plain: Plain
    judges: list[tuple[int, Judge]]
    odd: int = 0


@dataclass(slots=True)
class _Plan:
    """What is to be done with releases of certain shapes; `uses` is how often it was done.

    `streams` are lists that the values of the index's lists are added to.
    """

    settled: list[tuple[int, Result]]
    bundles: list[_Bundle]
    single: list[tuple[int, Judge]]
    tallies: list[Callable[[Index], None]]
    streams: list[tuple[list[Json], list[Json]]]
    uses: int = 0


@dataclass(slots=True)
class Plans:
    """Runs the checks of single releases, and feeds those of the data set.

    `results` counts, for each check by its number, the results that have no failures.
    """

    checks: Sequence[FieldCheck | ReleaseCheck]
    tallies: Sequence[tuple[tuple[str, ...], Tally]]
    context: Context
    results: list[Counter[Result]] = field(default_factory=list)
    _plans: dict[_Key, _Plan] = field(default_factory=dict)
    _passed: list[int] = field(default_factory=list)
    _passed_by: int = 0

    def __post_init__(self) -> None:
        self.results = [Counter() for _ in self.checks]
        self._passed = [0] * len(self.checks)

    def run(self, index: Index) -> list[Failed]:
        """Judge a release, and give the checks that failed, in their order."""
        key = (index.formation.shapes, _codes(index))
        plan = self._plans.get(key)
        if plan is None:
            return self._first(index, key)
        plan.uses += 1
        failed: list[Failed] = []
        context = self.context
        for waiting, values in plan.streams:
            waiting.extend(values)
        for add in plan.tallies:
            add(index)
        self._passed_by += 1
        if self._passed_by >= _WAIT:
            self._count()
        for bundle in plan.bundles:
            if not bundle.plain(index, context):
                bundle.odd += 1
                self._run(bundle.judges, index, failed)
        self._run(plan.single, index, failed)
        if len(failed) > 1:
            failed.sort(key=_NUMBER)
        return failed

    def fold(self) -> None:
        """Count the results of what was settled, and forget the plans."""
        for plan in self._plans.values():
            for number, result in plan.settled:
                self.results[number][result] += plan.uses
            for bundle in plan.bundles:
                for number, _ in bundle.judges:
                    self.results[number][PASS] += plan.uses - bundle.odd
        self._plans.clear()
        for number, passed in enumerate(self._passed):
            self.results[number][PASS] += passed
        self._passed = [0] * len(self.checks)

    def _count(self) -> None:
        self._passed_by = 0
        for _, tally in self.tallies:
            if isinstance(tally, Stream):
                tally.count()

    def _run(self, judges: Sequence[tuple[int, Judge]], index: Index, failed: list[Failed]) -> None:
        passed, context = self._passed, self.context
        for number, judge in judges:
            result = judge(index, context)
            if result is PASS:
                passed[number] += 1
            elif result.failures:
                failed.append((number, result))
            else:
                self.results[number][result] += 1

    def _first(self, index: Index, key: _Key) -> list[Failed]:
        """Judge the first release of its shapes by every check, and settle what is to be done with the next."""
        marks = frozenset().union(*(shape.marks for shape in key[0]))
        wanted = [tally for needs, tally in self.tallies if marks.issuperset(needs)]
        failed: list[Failed] = []
        for tally in wanted:
            tally.add(index)
        streams = [(tally.waiting, index.fields[tally.group]) for tally in wanted if isinstance(tally, Stream)]
        plan = _Plan([], [], [], [tally.add for tally in wanted if not isinstance(tally, Stream)], streams)
        bundles: dict[Plain, _Bundle] = {}
        for number, check in enumerate(self.checks):
            result = check.judge(index, self.context)
            if result.failures:
                failed.append((number, result))
            else:
                self.results[number][result] += 1
            if not result.failures and _is_settled(check, result, index, marks, key[1]):
                plan.settled.append((number, result))
            elif check.plain is not None:
                bundles.setdefault(check.plain, _Bundle(check.plain, [])).judges.append((number, check.judge))
            else:
                plan.single.append((number, check.judge))
        plan.bundles = list(bundles.values())
        if len(self._plans) >= _MOST:
            self.fold()
        self._plans[key] = plan
        return failed


def _is_settled(
    check: FieldCheck | ReleaseCheck, result: Result, index: Index, marks: frozenset[str], codes: _Codes | None
) -> bool:
    """Tell whether every release of the same shapes and codes gets the same result."""
    if isinstance(check, FieldCheck):
        return not index.fields[check.group]
    if not marks.issuperset(check.needs):
        return True
    if codes is None or not check.alike:
        return False
    if check.alike == "shapes":
        return True
    return bool(codes) and (check.alike == "codes" or result.outcome == "not_applicable")


def _codes(index: Index) -> _Codes | None:
    """Give the codes that occur in a release; none, where a code is no text; nothing, where a member is empty.

    Which fields have codes is told by the shapes, beside which this is the other half of the key.
    """
    if index.empties:
        return None
    fields = index.fields
    try:
        roles = frozenset([role for roles in fields[_ROLES] if type(roles) is list for role in roles])
        return (roles, *[frozenset(fields[group]) for group in _told_by(index.formation.groups)])
    except TypeError:
        return ()


@lru_cache(maxsize=_MOST)
def _told_by(groups: frozenset[str]) -> tuple[str, ...]:
    return tuple(group for group in _TOLD if group in groups)
