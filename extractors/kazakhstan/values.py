"""Values as the portal really sends them: ids as numbers or texts, lists that are null or objects."""

from decimal import Decimal

from ocds_schema.json import Json

_LONGEST_ID = 18


def whole(value: Json) -> str | None:
    """Give a positive id as text without leading zeros, whether it came as a number or a text; else nothing."""
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < _LONGEST_ID and value == int(value):
        value = int(value)
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
        return None
    return str(int(text)) if int(text) else None


def objects(value: Json) -> list[Json]:
    """Give a list's members; null is an empty list, and PHP's object with numbers for names is a list too.

    Raises:
        TypeError: the value is nothing of the kind.
    """
    if value is None:
        return []
    if isinstance(value, dict) and all(name.isdecimal() for name in value):
        return list(value.values())
    if not isinstance(value, list):
        raise TypeError(f"a list is due where {type(value).__name__} came")
    return value


def members(value: Json) -> list[Json]:
    """Give the members of what should be a list, or none where it is not one."""
    try:
        return objects(value)
    except TypeError:
        return []


def first(fields: Json, *names: str) -> Json:
    """Give the first of some members that is there and not null."""
    return next((fields[name] for name in names if fields.get(name) is not None), None)
