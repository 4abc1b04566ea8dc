"""Amounts of money: read, added up, and compared within one currency."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from ocds_pipeline.quality.context import Context
from ocds_schema.json import Json

LOW, HIGH = Decimal("0.5"), Decimal("1.5")
"""Two amounts that belong together differ by no more than half."""


def is_number(value: Json) -> bool:
    """Tell whether a value is a number, and not true or false."""
    return type(value) in {int, Decimal, float}


def amount(value: Json) -> Decimal | int | None:
    """Give the amount of an OCDS value."""
    if type(value) is not dict:
        return None
    found = value.get("amount")
    return found if type(found) is int or type(found) is Decimal else None


def money(value: Json) -> tuple[Decimal | int, str] | None:
    """Give amount and currency of an OCDS value; nothing, where one of them is missing."""
    found = amount(value)
    if found is None or type(currency := value.get("currency")) is not str:
        return None
    return found, currency


def total(values: Iterable[Json]) -> tuple[Decimal | int, str] | None:
    """Add up values; nothing, where there are none, one has no amount or currency, or their currencies differ."""
    return added([money(value) for value in values])


def added(found: Sequence[tuple[Decimal | int, str] | None]) -> tuple[Decimal | int, str] | None:
    """Add up amounts with their currencies; nothing, where there are none, one is missing, or currencies differ."""
    first = found[0] if found else None
    if first is None or len(found) == 1:
        return first
    amounts = [one[0] for one in found if one is not None and one[1] == first[1]]
    return (sum(amounts), first[1]) if len(amounts) == len(found) else None


def in_currency(found: tuple[Decimal | int, str] | None, currency: str, context: Context) -> Decimal | int | None:
    """Give an amount in a currency; nothing, where it is in another and no rate is known."""
    if found is None:
        return None
    if found[1] == currency:
        return found[0]
    return context.rates.exchange(found[0], found[1], currency) if context.rates else None


def share(part: Decimal | int, whole: Decimal | int) -> str:
    """Say how large a part is, in percent."""
    return f"{part * 100 / whole:.0f} %" if whole else "more than all"


def members(value: Json, name: str) -> Sequence[dict[str, Any]]:
    """Give the objects of a list in an object; none, where there is no such list."""
    found = value.get(name) if type(value) is dict else None
    return [one for one in found if type(one) is dict] if type(found) is list else ()
