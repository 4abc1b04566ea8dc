"""How a number is built, digit by digit, as a country declares it: `YYMMDD[0-6]#####`.

`#` is any digit, a digit itself, `[0-6]` one of several; `YY` and `YYYY` are a year, `MM` a month, `DD` a day of one.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from ocds_schema.errors import ConfigurationError

_ANY = "[0-9]"
_DIGITS = "0123456789"
_PART = re.compile(r"YYYY|YY|MM|DD|#|[0-9]|\[[0-9]+(?:-[0-9])?\]")
_PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "YYYY": (("1", "[89]", _ANY, _ANY), ("2", "0", _ANY, _ANY)),
    "YY": ((_ANY, _ANY),),
    "MM": (("0", "[1-9]"), ("1", "[0-2]")),
    "DD": (("0", "[1-9]"), ("[12]", _ANY), ("3", "[01]")),
    "#": ((_ANY,),),
}
"""Each part's digits, in every form that they may have."""


@dataclass(frozen=True)
class Layout:
    """A number's digits, in order."""

    text: str

    @cached_property
    def parts(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """The parts, each with its forms, each with its digits.

        Raises:
            ConfigurationError: the text is no layout.
        """
        found = _PART.findall(self.text)
        if not found or "".join(found) != self.text:
            raise ConfigurationError(f"{self.text!r} does not say how a number is built: see `YYMMDD[0-6]#####`")
        return tuple(_PARTS.get(part, ((part,),)) for part in found)

    @property
    def length(self) -> int:
        """How many digits there are."""
        return sum(len(part[0]) for part in self.parts)

    def pattern(self, cuts: frozenset[int] = frozenset(), separator: str = "") -> str:
        """Give the regular expression of the number, with a separator after so many digits."""
        written, place = "", 0
        for part in self.parts:
            forms = [_joined(form, place, cuts, separator) for form in part]
            written += separator if place in cuts else ""
            written += forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"
            place += len(part[0])
        return written

    def outline(self) -> str:
        """Give a regular expression that fits all that `pattern` fits, and more, and is searched for much faster."""
        sets = (
            sorted({digit for form in part for digit in _DIGITS if re.fullmatch(form[place], digit)})
            for part in self.parts
            for place in range(len(part[0]))
        )
        return "".join(f"[{''.join(digits)}]" for digits in sets)

    def matches(self, number: str) -> bool:
        """Tell whether a text is such a number, and nothing beside."""
        return self._whole.fullmatch(number) is not None

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(self.pattern())


def _joined(form: tuple[str, ...], place: int, cuts: frozenset[int], separator: str) -> str:
    return "".join(
        (separator if offset and place + offset in cuts else "") + digit for offset, digit in enumerate(form)
    )
