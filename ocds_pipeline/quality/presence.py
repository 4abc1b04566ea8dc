"""What checks have in common that ask for a field to be there."""

from collections.abc import Callable, Sequence
from typing import Any

from ocds_pipeline.quality.index import Sight
from ocds_pipeline.quality.result import PASS, Failure, Result, not_applicable
from ocds_schema.json import Json

NOTHING = not_applicable("the release has no object that should have the field")


def is_empty(value: Json) -> bool:
    """Tell whether a value says nothing; zero and false say something."""
    return value is None or (not value and type(value) in {str, list, dict})


def present(sights: Sequence[Sight], name: str, reason: str) -> Result:
    """Judge whether all of some objects have a field that holds something."""
    if not sights:
        return NOTHING
    failures = [Failure((trail, name), reason) for value, trail in sights if is_empty(value.get(name))]
    return Result("fail", failures=failures) if failures else PASS


def present_where(sights: Sequence[Sight], where: Callable[[dict[str, Any]], bool], name: str, reason: str) -> Result:
    """Judge whether those objects that fulfil a condition have a field that holds something."""
    return present([sight for sight in sights if where(sight[0])], name, reason)


def is_bare(value: dict[str, Any]) -> bool:
    """Tell whether nothing is left of an object but its id: OCDS cannot take a member out of a list."""
    return len(value) == 1 and "id" in value
