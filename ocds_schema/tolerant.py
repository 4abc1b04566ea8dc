"""JSON that breaks the standard in ways which still tell every value: numbers that are none, and damaged text."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from typing import Any

from ocds_schema.json import Json

NO_NUMBER = "number that JSON does not know, kept as text"
NO_UTF8 = "bytes that are not UTF-8, replaced"
NO_CHARACTER = "half a character, replaced"
CONTROL = "text with bare control characters"

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_HALF = re.compile("[\ud800-\udfff]")
_CUT_TAIL = re.compile(r"[-+.\w\\]{0,9}")


class CutShortError(ValueError):
    """Raised when a JSON text ends before its end."""


@dataclass(slots=True)
class _Mender:
    """Counts what it mends."""

    mended: Counter[str] = field(default_factory=Counter)

    def decode(self, data: bytes) -> str:
        text = data.decode("utf-8-sig", errors="replace")
        self.mended[NO_UTF8] += text.count(_REPLACED) - data.count(_REPLACED.encode())
        return text

    def load(self, text: str) -> Json:
        hooks: dict[str, Any] = {"parse_float": self.fraction, "parse_int": self.integer, "parse_constant": self.word}
        try:
            return json.loads(text, **hooks)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise
        self.mended = Counter({NO_UTF8: self.mended[NO_UTF8], CONTROL: 1})
        return json.loads(text, strict=False, **hooks)

    def word(self, text: str) -> str:
        self.mended[NO_NUMBER] += 1
        return text

    def fraction(self, text: str) -> Decimal | str:
        try:
            return Decimal(text)
        except DecimalException:
            return self.word(text)

    def integer(self, text: str) -> int | str:
        # Python refuses to read integers of thousands of digits.
        try:
            return int(text)
        except ValueError:
            return self.word(text)

    def whole(self, value: Json) -> Json:
        """Give a value with every half of a surrogate pair replaced."""
        if isinstance(value, str):
            text, count = _HALF.subn(_REPLACED, value)
            self.mended[NO_CHARACTER] += count
            return text
        if isinstance(value, list):
            return [self.whole(each) for each in value]
        if isinstance(value, dict):
            return {self.whole(name): self.whole(each) for name, each in value.items()}
        return value


def decode_tolerantly(data: bytes) -> tuple[Json, Counter[str]]:
    """Read one JSON text that strict reading refused, and say what had to be mended, and how often.

    NaN, Infinity and numbers beyond all bounds become their own text, which no mapping takes for an amount. What is no
    character becomes U+FFFD.

    Raises:
        CutShortError: the text ends before its end.
        ValueError: the text is not JSON.
        RecursionError: it is nested too deeply.
    """
    mender = _Mender()
    text = mender.decode(data)
    try:
        value = mender.whole(mender.load(text))
    except json.JSONDecodeError as error:
        if _is_cut_short(error):
            raise CutShortError(str(error)) from None
        raise
    return value, +mender.mended


def _is_cut_short(error: json.JSONDecodeError) -> bool:
    if error.msg == "Extra data" or (error.doc.strip() and not error.doc.lstrip().startswith(("{", "["))):
        return False
    # What is whole ends with a bracket; a number, a word or an escape at the end was going on.
    return error.msg.startswith("Unterminated string") or _CUT_TAIL.fullmatch(error.doc, error.pos) is not None
