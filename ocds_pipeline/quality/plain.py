"""Tells at once that nothing is wrong with any value of a group of fields: one search over those of many releases.

What is plain must pass every check of its group; what is not plain is looked at value by value.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.limits import rows
from ocds_schema.json import Json

_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)"
_DATES = re.compile(
    r"(?:(?:199\d|20[0-4]\d)"
    r"-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    rf"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{{1,6}})?{_ZONE}\n)*+"
)
_URLS = re.compile(r"(?:https?://[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z0-9](?:[/?#]\S*)?\n)*+")
_EMAILS = re.compile(r"(?:[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]+\.)+[A-Za-z]{2,}\n)*+")
_TELEPHONES = re.compile(r"(?:\+?\d{5,15}\n)*+")
_IDS = re.compile(r"(?:[A-Z]{2}-[A-Z]+-(?!0+\n|1+\n|9+\n)\d{6,}\n)*+")
_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
"""Turns every digit into a zero."""
_USUAL = b"0000-00-00T00:00:00+00:00\n"
_TEXT = {str}
_NUMBERS = frozenset({int, Decimal})

Values = Mapping[str, Sequence[Json]]
"""Values by group of fields."""
Tells = Callable[[Sequence[Json], Context], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """A look at the values of some groups of fields, of many releases at once.

    Where it `tells` so, nothing is wrong with any of them, and the checks that glance pass in every release that has
    such values; but only where each object has all the members that must stand `together`, or none of them.
    """

    groups: tuple[str, ...]
    tells: Callable[[Values, Context], bool]
    together: tuple[str, ...] = ()


LANGUAGES = frozenset(row["code"] for row in rows("languages"))
"""The codes of ISO 639-1."""


def _dates(values: Sequence[Json], _: Context) -> bool:
    """Tell by their form and the calendar; what has another form, such as a fraction of a second, by the pattern."""
    try:
        several = [*{*values}]
        text = joined(several)
        if text is None or text.encode().translate(_AS_ZEROS) != _USUAL * len(several):
            return text is not None and _DATES.fullmatch(text) is not None
        return min(several) >= "1990" and max(several) < "2050" and bool([*map(datetime.fromisoformat, several)])
    except (TypeError, ValueError):
        return False


def joined(values: Sequence[Json]) -> str | None:
    """Give texts as lines; nothing, where one of them is no text, or itself has several lines."""
    try:
        text = "\n".join(values)
    except TypeError:
        return None
    return f"{text}\n" if text.count("\n") == len(values) - 1 else None


def _match(pattern: re.Pattern[str]) -> Tells:
    def tells(values: Sequence[Json], _: Context) -> bool:
        text = joined(values)
        return text is not None and pattern.fullmatch(text) is not None

    return tells


def _ids(values: Sequence[Json], _: Context) -> bool:
    """Tell by the pattern, of each id once: a party is named in many places."""
    try:
        text = joined([*{*values}])
    except TypeError:
        return False
    return text is not None and _IDS.fullmatch(text) is not None


def _amounts(values: Sequence[Json], _: Context) -> bool:
    """Tell by the digits: none but these and a point, and so few of them that an amount is no stand-in."""
    if not _NUMBERS.issuperset(map(type, values)):
        return False
    # Each as it is written: of equal numbers one may have digits that no cell holds.
    text = "\n".join(["", *{*map(str, values)}])
    if "\n0" in text or "999999" in text or "1234567" in text:
        return False
    form = text.encode().translate(_AS_ZEROS)
    return b"." + b"0" * 5 not in form and b"0" * 19 not in form and not form.translate(None, b"\n.0")


def _counts(values: Sequence[Json], _: Context) -> bool:
    return _NUMBERS.issuperset(map(type, values)) and bool(min(values) >= 0)


def _past(values: Sequence[Json], context: Context) -> bool:
    try:
        return bool(max(values) < context.past)
    except TypeError:
        return False


def _texts(values: Sequence[Json], _: Context) -> bool:
    return set(map(type, values)) == _TEXT


def _ocids(values: Sequence[Json], context: Context) -> bool:
    prefix = f"{context.ocid_prefix}-"
    return all(type(value) is str and value.startswith(prefix) and value[-1] != "-" for value in values)


def _known(codes: Iterable[str]) -> Tells:
    known = frozenset(codes)

    def tells(values: Sequence[Json], _: Context) -> bool:
        try:
            return known.issuperset(values)
        except TypeError:
            return False

    return tells


def nothing_after(index: Index, _: Context) -> bool:
    """Tell whether every date of what has happened is plainly of no later day than the release: the latest text is."""
    dates, date = index.fields["past_date"], index.release.get("date")
    try:
        return len(dates) > 1 and type(date) is str and bool(max(dates)[:10] <= date[:10])
    except TypeError:
        return False


_TELLS: Mapping[str, Tells] = {
    "date": _dates,
    "past_date": _past,
    "document_url": _match(_URLS),
    "email": _match(_EMAILS),
    "telephone": _match(_TELEPHONES),
    "party_id": _ids,
    "amount": _amounts,
    "count": _counts,
    "id": _texts,
    "ocid": _ocids,
    "language": _known(LANGUAGES),
    "scheme": _known(row["scheme"] for row in rows("organization_schemes")),
}


def _of_group(group: str, tells: Tells) -> Glance:
    return Glance((group,), lambda values, context: tells(values[group], context))


GLANCES: Mapping[str, Glance] = MappingProxyType({group: _of_group(group, tells) for group, tells in _TELLS.items()})
"""By group of fields."""
