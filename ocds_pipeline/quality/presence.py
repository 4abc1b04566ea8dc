"""What checks have in common that ask for a field to be there."""

from collections.abc import Sequence
from typing import Any

from ocds_pipeline.quality.index import Object
from ocds_pipeline.quality.result import PASS, Failure, Result, not_applicable
from ocds_schema.json import Json

NOTHING = not_applicable("the release has no object that should have the field")


def is_empty(value: Json) -> bool:
    """Tell whether a value says nothing; zero and false say something."""
    return value is None or (not value and type(value) in {str, list, dict})


def present(objects: Sequence[Object], name: str, reason: str) -> Result:
    """Judge whether all of some objects have a field that holds something."""
    if not objects:
        return NOTHING
    failures = [Failure((value, name), reason) for value in objects if is_empty(value.get(name))]
    return Result("fail", failures=failures) if failures else PASS


def is_bare(value: dict[str, Any]) -> bool:
    """Tell whether nothing is left of an object but its id: OCDS cannot take a member out of a list."""
    return len(value) == 1 and "id" in value
