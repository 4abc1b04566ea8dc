"""Which checks have to run for a release, and which are settled by its shapes: settled once, used again and again.

Most checks need something that a release either has or has not, which its shapes tell. What no release of the same
shapes can have need not be looked for in each.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ocds_pipeline.quality.check import FieldCheck, Plain, ReleaseCheck, Stream, Tally
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.plain import Glance, Values
from ocds_pipeline.quality.result import PASS, Result
from ocds_pipeline.quality.walk import Formation, Shape
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
Judges = list[tuple[int, Judge]]
"""Checks by their numbers."""
Failed = tuple[int, Result]
"""The number of a check, and its result."""


@dataclass(slots=True)
class _Bundle:
    """Checks that pass together, unless they look `odd`: so often they had to be asked one by one."""

    judges: Judges
    odd: int = 0


@dataclass(slots=True)
class _Plan:
    """What is to be done with releases of certain shapes; `uses` is how often it was done.

    `streams` are lists that the values of the index's lists are added to. `glanced` are checks that are asked of many
    releases at a time.
    """

    settled: list[tuple[int, Result]]
    bundles: list[tuple[Plain, _Bundle]]
    glanced: dict[Glance, _Bundle]
    single: Judges
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
    _values: dict[Glance, dict[str, list[Json]]] = field(default_factory=dict)
    _run: list[tuple[_Plan | None, Formation]] = field(default_factory=list)
    _streams: dict[int, Stream] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.results = [Counter() for _ in self.checks]
        self._passed = [0] * len(self.checks)
        # Whether something is a stream takes long to tell.
        self._streams = {id(tally): tally for _, tally in self.tallies if isinstance(tally, Stream)}
        for check in self.checks:
            if check.glance is not None:
                self._values[check.glance] = {group: [] for group in check.glance.groups}

    @property
    def is_full(self) -> bool:
        """Whether there are so many plans that it is time to `fold`."""
        return len(self._plans) >= _MOST

    def run(self, index: Index) -> list[Failed]:
        """Judge a release, and give the checks that failed; some have yet to be asked by `left`."""
        key = (index.formation.shapes, _codes(index))
        plan = self._plans.get(key)
        self._run.append((plan, index.formation))
        if plan is None:
            return self._first(index, key)
        plan.uses += 1
        for waiting, values in plan.streams:
            waiting.extend(values)
        for add in plan.tallies:
            add(index)
        self._passed_by += 1
        if self._passed_by >= _WAIT:
            self._count()
        failed: list[Failed] = []
        context = self.context
        for plain, bundle in plan.bundles:
            if not plain(index, context):
                bundle.odd += 1
                failed += self.judge(bundle.judges, index)
        failed += self.judge(plan.single, index)
        return failed

    def left(self) -> dict[int, Judges]:
        """Glance at all releases that were run since the last time; give what is still to be asked of which of them."""
        left: dict[int, Judges] = {}
        for glance, values in self._values.items():
            if any(values.values()) and not glance.tells(values, self.context):
                for position, bundle, some in self._parted(glance, values):
                    if not glance.tells(some, self.context):
                        bundle.odd += 1
                        left.setdefault(position, []).extend(self._doubtful(bundle, some))
            for each in values.values():
                each.clear()
        self._run.clear()
        return left

    def judge(self, judges: Judges, index: Index) -> list[Failed]:
        """Ask some checks of a release, and give those that failed."""
        failed, passed, context = [], self._passed, self.context
        for number, judge in judges:
            result = judge(index, context)
            if result is PASS:
                passed[number] += 1
            elif result.failures:
                failed.append((number, result))
            else:
                self.results[number][result] += 1
        return failed

    def fold(self) -> None:
        """Count the results of what was settled, and forget the plans; nothing may be `left`."""
        for plan in self._plans.values():
            for number, result in plan.settled:
                self.results[number][result] += plan.uses
            for bundle in (*(bundle for _, bundle in plan.bundles), *plan.glanced.values()):
                for number, _ in bundle.judges:
                    self.results[number][PASS] += plan.uses - bundle.odd
        self._plans.clear()
        for number, passed in enumerate(self._passed):
            self.results[number][PASS] += passed
        self._passed = [0] * len(self.checks)

    def _count(self) -> None:
        self._passed_by = 0
        for stream in self._streams.values():
            stream.count()

    def _parted(self, glance: Glance, values: Values) -> Iterator[tuple[int, _Bundle, Values]]:
        """Give the values of each release for itself, with its position and the checks that glance at them."""
        begins = dict.fromkeys(values, 0)
        for position, (plan, formation) in enumerate(self._run):
            bundle = plan.glanced.get(glance) if plan else None
            if bundle is not None:
                ends = {group: begin + formation.sizes[group] for group, begin in begins.items()}
                yield position, bundle, {group: values[group][begins[group] : end] for group, end in ends.items()}
                begins = ends

    def _doubtful(self, bundle: _Bundle, values: Values) -> Iterator[tuple[int, Judge]]:
        """Give the checks of a bundle that fail, or may do so; of the others it is noted that they passed."""
        for number, judge in bundle.judges:
            check = self.checks[number]
            if isinstance(check, FieldCheck) and check.accepts(values[check.group], self.context):
                self._passed[number] += 1
            else:
                yield number, judge

    def _first(self, index: Index, key: _Key) -> list[Failed]:
        """Judge the first release of its shapes by every check, and settle what is to be done with the next."""
        marks = frozenset().union(*(shape.marks for shape in key[0]))
        wanted = [tally for needs, tally in self.tallies if marks.issuperset(needs)]
        failed: list[Failed] = []
        for tally in wanted:
            tally.add(index)
        counted = [self._streams[id(tally)] for tally in wanted if id(tally) in self._streams]
        streams = [(stream.waiting, index.fields[stream.group]) for stream in counted]
        plan = _Plan([], [], {}, [], [tally.add for tally in wanted if id(tally) not in self._streams], streams)
        bundles: dict[Plain, _Bundle] = {}
        for number, check in enumerate(self.checks):
            result = check.judge(index, self.context)
            if result.failures:
                failed.append((number, result))
            else:
                self.results[number][result] += 1
            if not result.failures and _is_settled(check, result, index, marks, key[1]):
                plan.settled.append((number, result))
            elif check.glance is not None and _can_be_told(check.glance, index):
                plan.glanced.setdefault(check.glance, _Bundle([])).judges.append((number, check.judge))
            elif isinstance(check, ReleaseCheck) and check.plain is not None:
                bundles.setdefault(check.plain, _Bundle([])).judges.append((number, check.judge))
            else:
                plan.single.append((number, check.judge))
        plan.bundles = list(bundles.items())
        plan.streams += [
            (values, index.fields[group])
            for glance in plan.glanced
            for group, values in self._values[glance].items()
            if index.fields[group]
        ]
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


def _can_be_told(glance: Glance, index: Index) -> bool:
    """Tell whether a glance can tell anything of releases of the same shapes."""
    together = frozenset(glance.together)
    return any(index.fields[group] for group in glance.groups) and all(
        together <= shape.marks or together.isdisjoint(shape.marks) for shape in index.formation.shapes
    )


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
