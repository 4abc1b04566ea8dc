"""What a check is, in the four scopes: one field, one compiled release, the data set, two editions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol, runtime_checkable

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.plain import GLANCES, Glance
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_schema.json import Json

Scope = Literal["field", "release", "dataset", "time"]

NOT_THERE = not_applicable("the release has no such field")


Plain = Callable[[Index, Context], bool]
"""Tells at once that nothing is wrong with a release; several checks may have the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCheck:
    """Judges the values of one group of fields, each for itself.

    `group` is a group of `ocds_pipeline.quality.fields`. `wrong` gives what is wrong with a value that is not null, or
    nothing. `until` tells the moment from which on nothing is wrong any more with a value that was, where time heals.
    """

    scope: ClassVar[Scope] = "field"
    group: str
    wrong: Callable[[Json, Context], str]
    caveat: str
    until: Callable[[Json], datetime | None] | None = None
    countries: tuple[str, ...] = ()

    @property
    def glance(self) -> Glance | None:
        """What may tell at once that nothing is wrong with the group's values, in many releases."""
        return GLANCES.get(self.group)

    def accepts(self, values: Iterable[Json], context: Context) -> bool:
        """Tell whether nothing is wrong with some values."""
        return not any(value is not None and self.wrong(value, context) for value in values)

    def judge(self, index: Index, context: Context) -> Result:
        """Judge every value of the group in a release."""
        if not index.fields[self.group]:
            return NOT_THERE
        return judged(
            [
                Failure((owner, name), reason, value)
                for value, owner, name in index.sights(self.group)
                if (reason := self.wrong(value, context))
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCheck:
    """Judges one compiled release as a whole.

    The check is not applicable unless a release has all that it `needs`: types of objects, with the name of a member or
    without (`Award`, `Award/status`), and roles of references (`supplier`). Where it has, and `plain` says that nothing
    is wrong, the check passes; so it does where a `glance` at values of many releases tells the same.

    `alike` says which releases get the same result, unless they fail: those whose objects all have the same members,
    none of them empty (`shapes`), or of these those in which the same codes occur (`codes`; with `codes, idle` only if
    the check is not applicable). What a release has in common with one before it need not be judged again.
    """

    scope: ClassVar[Scope] = "release"
    judge: Callable[[Index, Context], Result]
    caveat: str
    needs: tuple[str, ...] = ()
    plain: Plain | None = None
    glance: Glance | None = None
    alike: Literal["", "shapes", "codes", "codes, idle"] = ""
    countries: tuple[str, ...] = ()


class Tally(Protocol):
    """What a check of a data set keeps while releases pass by; its memory does not grow with their number."""

    def add(self, index: Index) -> None:
        """Take in one compiled release; nothing of the index may be kept, it is used again for the next."""

    def keep(self) -> Kept:
        """Give what was taken in, so that a tally of more can take it without the releases."""

    def take(self, kept: Kept) -> None:
        """Add what another tally of the same check has kept, of releases that come after all taken in before."""

    def result(self) -> Result:
        """Judge what was taken in."""


@runtime_checkable
class Stream(Tally, Protocol):
    """A tally of all values of one group of fields; they wait in a list that anybody may lengthen."""

    group: str
    waiting: list[Json]

    def count(self) -> None:
        """Count the values that wait, and empty the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetCheck:
    """Judges all compiled releases of a data set together; those without what it `needs` add nothing to it."""

    scope: ClassVar[Scope] = "dataset"
    start: Callable[[Context], Tally]
    caveat: str
    needs: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCheck:
    """Judges what became of a compiled release since the previous edition; nothing comes after one that is gone."""

    scope: ClassVar[Scope] = "time"
    judge: Callable[[Json, Json | None], Result]
    caveat: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresCheck:
    """Judges the figures of this edition by those of the previous one; both are `quality.json`."""

    scope: ClassVar[Scope] = "time"
    judge: Callable[[Json, Json], Result]
    caveat: str
    countries: tuple[str, ...] = ()


Judging = FieldCheck | ReleaseCheck
Check = FieldCheck | ReleaseCheck | DatasetCheck | TimeCheck | FiguresCheck
