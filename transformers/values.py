"""Single source values, read strictly: a value of the kind asked for, nothing, or `MappingError`."""

import html
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from ocds_schema.errors import MappingError
from ocds_schema.model import Text
from ocds_schema.personal import PersonNumbers

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?)?\Z", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_FARTHEST = timedelta(days=30 * 365.25)
_LARGEST = 10**30
_FINEST = Decimal(1).scaleb(-12)
_WIDE = Context(prec=60)


def clean_text(raw: Any) -> str | None:
    """Give a text without HTML entities (which may be doubled), control characters and outer spaces.

    Raises:
        MappingError: it is neither a text nor a number.
    """
    if raw is None:
        return None
    if not isinstance(raw, str):
        return clean_text(identifier(raw))
    text = raw
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    return text.strip() or None


def identifier(raw: Any) -> str | None:
    """Give an id, which portals write as an integer or as a text.

    Raises:
        MappingError: it is neither.
    """
    if raw is None:
        return None
    if isinstance(raw, str):
        return _CONTROL.sub("", raw).strip() or None
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw) if abs(raw) < _LARGEST else None
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw) < _LARGEST and raw == raw.to_integral_value():
        return str(int(raw))
    raise MappingError(f"{quoted(raw)} is not an id")


def reference(raw: Any) -> str | None:
    """Give the id of another entity; portals write 0 where there is none."""
    found = identifier(raw)
    return None if found == "0" else found


def number(raw: Any) -> Decimal | None:
    """Give a number with all its digits.

    Raises:
        MappingError: it is not a number, not finite, or too large or too fine to be one of ours.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        raise MappingError(f"{quoted(raw)} is not a number")
    if isinstance(raw, int):
        return _plausible(raw)
    try:
        found = Decimal(raw)
    except InvalidOperation:
        raise MappingError(f"{quoted(raw)} is not a number") from None
    if not found.is_finite():
        raise MappingError(f"{quoted(raw)} is not finite")
    return _plausible(found)


def amount(raw: Any) -> Decimal | None:
    """Give a number that is not negative.

    Raises:
        MappingError: as for `number`, or it is negative.
    """
    found = number(raw)
    if found is not None and found < 0:
        raise MappingError(f"{quoted(raw)} is negative")
    return found


def moment(raw: Any, zone: ZoneInfo, as_of: datetime) -> datetime | None:
    """Read a wall clock time in a zone, to the second; a date alone is its first second.

    Raises:
        MappingError: it is no date, no such day exists, or it lies before 1990, after 2100, or more than 30 years
            after `as_of`.
    """
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str) or not _MOMENT.match(raw):
        raise MappingError(f"{quoted(raw)} is not a date and time")
    try:
        found = datetime.fromisoformat(raw[:19]).replace(tzinfo=zone)
    except ValueError:
        raise MappingError(f"{raw!r} does not exist") from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR or found > as_of + _FARTHEST:
        raise MappingError(f"{raw!r} is not a plausible date")
    return found


def merged(*texts: Text | None, separator: str = "; ") -> Text | None:
    """Join texts language by language, leaving out what an earlier one already says."""
    given = [part for part in texts if part is not None]
    if not given:
        return None
    main = _joined((part.main for part in given), separator)
    languages = dict.fromkeys(language for part in given for language, _ in part.translations)
    return Text(
        main=main,
        translations=tuple(
            (language, joined)
            for language in languages
            if (joined := _joined((dict(part.translations).get(language) for part in given), separator))
        ),
    )


def quoted(raw: Any) -> str:
    """Give a value as it is told in the reason of a `MappingError`, which is made fit to show where it is reported."""
    return (raw if isinstance(raw, str) else repr(raw))[:2000]


def shorten(raw: Any, persons: PersonNumbers) -> str:
    """Give a value as a short text, without personal numbers."""
    text = _CONTROL.sub("", persons.redact(quoted(raw)))
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004


def _plausible(found: int | Decimal) -> Decimal:
    if not -_LARGEST < found < _LARGEST:
        raise MappingError("the number is too large")
    if isinstance(found, int):
        return Decimal(found)
    if found != found.quantize(_FINEST, context=_WIDE):
        raise MappingError("the number is too fine")
    return found


def _joined(parts: Iterable[str | None], separator: str) -> str | None:
    kept: list[str] = []
    for part in parts:
        if part and not any(part in earlier for earlier in kept):
            kept.append(part)
    return separator.join(kept) or None
