"""Numbers of natural persons: how they are known, replaced and kept out of texts, as each country declares it.

Where a country's `source.toml` says how such numbers are built and written, they are found in texts also where they are
written in groups, with digits of other scripts, or with invisible characters.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ocds_schema.digits import Layout
from ocds_schema.errors import ConfigurationError

WITHHELD = "[personal number withheld]"

_MINUS = "\u2212"
_MOST_ZEROS = 3
"""So many digits at most are lost where a number that begins with zeros is sent as an integer."""
_USUAL = "\u0400-\u04ff«»°№“”„…•₸"
_FOLDS = re.compile(rf"[^\x00-\x7f{_USUAL}]")
# Encoded as UTF-8. Without looking behind, the search can jump from digit to digit; what it finds too much, also any
# character that may be a digit or nothing when folded, costs only time.
_SEPARATOR_IN_BYTES = rb"(?:[ .-]|\xc2\xa0|\xe2\x80[\x90-\x95])?"
_DROPPED = bytes(set(range(256)) - set(b'0123456789":,T\n'))
"""Without these bytes the digits of a number stand side by side; the bytes that stay never stand within one."""
_FOLDED = (*range(0xC3, 0xD0), *range(0xD4, 0xE2), *range(0xE3, 0xF5))
"""With these bytes characters begin of which some read as a digit or as nothing."""
_NEVER_FOLDED = bytes(set(range(256)) - set(_FOLDED))
_MAYBE_FOLDED = (
    re.compile(rb"\xc2[^\xa0\xab\xbb\xb0]"),
    re.compile(rb"\xe2(?!\x80[\x90-\x95\x9c-\x9e\xa2\xa6]|\x84\x96|\x82\xb8)"),
)
"""Those of two more bytes; apart, each search jumps to its first byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Ways of writing a number in groups: sizes of the groups, and which of some signs stands between them.

    `alone` are looked for only where no further group stands beside them, and with `first` only where the number begins
    so: other groups of digits may be an amount or a code.
    """

    digits: tuple[tuple[int, ...], ...]
    between: str
    alone: bool = False
    first: str = ""

    def cuts(self) -> list[frozenset[int]]:
        """Give, of each way, after how many digits there is a separator."""
        return [frozenset(sum(sizes[:end]) for end in range(1, len(sizes))) for sizes in self.digits]

    def pattern(self, layout: Layout) -> str:
        """Give the regular expression of a number that is written so."""
        separator = f"[{re.escape(self.between)}]"
        ahead = f"(?={self.first})" if self.first else ""
        return "|".join(ahead + layout.pattern(cuts, separator) for cuts in self.cuts())


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNumber:
    """One kind of number: how it is built in texts, and what is `known` as one where a register's number stands.

    `organization` is how the numbers of organizations in the same register are built.
    """

    layout: Layout
    known: Layout
    organization: Layout | None = None
    grouped: tuple[Grouping, ...] = ()

    def in_text(self) -> str:
        """Give the regular expression that finds it in a text, whole or in groups."""
        whole = f"(?<![0-9]){self.layout.pattern()}(?![0-9])"
        beside = "|".join(each.pattern(self.layout) for each in self.grouped if not each.alone)
        alone = "|".join(each.pattern(self.layout) for each in self.grouped if each.alone)
        found = [whole]
        if beside:
            found.append(rf"(?<![0-9])(?<![0-9][.-])(?:{beside})(?![0-9]|[.-][0-9])")
        if alone:
            found.append(rf"(?<![0-9])(?<![0-9][ .-])(?:{alone})(?![0-9]|[ .-][0-9])")
        return "|".join(found)

    def in_bytes(self) -> bytes:
        """Give the regular expression of whatever may be one in encoded JSON."""
        cuts = frozenset(place for each in self.grouped for cut in each.cuts() for place in cut)
        return self.layout.pattern(cuts, "@").encode().replace(b"@", _SEPARATOR_IN_BYTES)

    def is_like(self, number: str) -> bool:
        """Tell whether a number may be one, also where its first digit was a zero and is lost."""
        return self.known.matches(number) or (number[0] != "0" and self.layout.matches(f"0{number}"))

    def with_lost_zeros(self, number: str) -> str | None:
        """Give a number with its first zeros, where a plausible one comes of it."""
        whole = number.zfill(self.layout.length)
        if len(number) < self.layout.length - _MOST_ZEROS or not whole.startswith("0"):
            return None
        plausible = [self.layout, *([self.organization] if self.organization else [])]
        return whole if any(layout.matches(whole) for layout in plausible) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNumbers:
    """The numbers of natural persons that a source may hold. Without `kinds` none can be told from other numbers.

    `namespace` is how the source is named in ids.
    """

    namespace: str
    kinds: tuple[PersonNumber, ...] = ()
    _in_text: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _in_bytes: tuple[tuple[re.Pattern[bytes], re.Pattern[bytes]], ...] = field(init=False, repr=False, compare=False)
    _whole: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        in_text = "|".join(kind.in_text() for kind in self.kinds)
        lengths = {length for kind in self.kinds for length in (kind.layout.length, kind.layout.length - 1)}
        whole = "|".join(f"[0-9]{{{length}}}" for length in sorted(lengths, reverse=True))
        object.__setattr__(self, "_in_text", re.compile(in_text or _NEVER))
        in_bytes = tuple(
            (re.compile(kind.layout.outline().encode()), re.compile(kind.in_bytes())) for kind in self.kinds
        )
        object.__setattr__(self, "_in_bytes", in_bytes)
        object.__setattr__(self, "_whole", re.compile(f"(?<![0-9])(?:{whole or _NEVER})(?![0-9])"))

    @property
    def scheme(self) -> str:
        """How pseudonyms of persons begin."""
        return f"{self.namespace}-person"

    def is_person(self, number: str) -> bool:
        """Tell whether a number of the register is one of a natural person."""
        return any(kind.known.matches(number) for kind in self.kinds)

    def is_registered(self, number: str) -> bool:
        """Tell whether a text has as many digits as a number of the register; of an unknown one, any."""
        lengths = {kind.layout.length for kind in self.kinds}
        return number.isascii() and number.isdigit() and (not lengths or len(number) in lengths)

    def with_lost_zeros(self, number: str) -> str:
        """Give a number whose first digits, zeros, were lost because it was sent as an integer.

        Any other text, also one that makes neither a person's number nor an organization's, is given as it is.
        """
        return next((found for kind in self.kinds if (found := kind.with_lost_zeros(number))), number)

    def pseudonym(self, number: str, key: bytes, scheme: str = "") -> str:
        """Give a name that stands for a number or a name; without the key nobody can tell for which.

        It is of the first 20 hex digits that do not look as if they held a person's number.
        """
        digest = hmac.new(key, number.encode(), hashlib.sha256).hexdigest()
        parts = (digest[start : start + 20] for start in range(len(digest) - 19))
        part = next((part for part in parts if not self._in_text.search(part)), digest[:20])
        return f"{scheme or self.scheme}-{part}"

    def scrub(self, text: str) -> tuple[str, int]:
        """Take the numbers of natural persons out of a text, and count them."""
        if not _FOLDS.search(text):
            return self._in_text.subn(WITHHELD, text)
        folded, places = _folded(text)
        kept, end, count = [], 0, 0
        for found in self._in_text.finditer(folded):
            kept += [text[end : places[found.start()]], WITHHELD]
            end = places[found.end() - 1] + 1
            count += 1
        return ("".join((*kept, text[end:])), count) if count else (text, 0)

    def redact(self, text: str) -> str:
        """Take out of a message to operators whatever may be a person's number, also one whose first zero was lost."""
        return self._whole.sub(self._withheld, self.scrub(text)[0])

    def may_stand_in(self, data: bytes) -> bool:
        """Tell, in one pass over encoded JSON, whether it is worth while to look at each text."""
        digits = data.translate(None, _DROPPED)
        return any(outline.search(digits) and kind.search(data) for outline, kind in self._in_bytes) or (
            bool(self.kinds) and _may_fold(data)
        )

    def _withheld(self, found: re.Match[str]) -> str:
        number = found.group()
        return WITHHELD if any(kind.is_like(number) for kind in self.kinds) else number


_NEVER = r"(?!)"


def _may_fold(data: bytes) -> bool:
    """Tell whether there may be a character that reads as a digit or as nothing."""
    return bool(data.translate(None, _NEVER_FOLDED)) or any(each.search(data) for each in _MAYBE_FOLDED)


def together(several: Iterable[PersonNumbers]) -> PersonNumbers:
    """Give the numbers that any of several sources may hold."""
    kinds = dict.fromkeys(kind for one in several for kind in one.kinds)
    return PersonNumbers(namespace="any", kinds=tuple(kinds))


def parse_person_numbers(namespace: str, declared: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> PersonNumbers:
    """Read `person_number` of a `source.toml`: one kind of number, several, or `none` with the reason.

    Raises:
        ConfigurationError: a member is missing, unknown, or says nothing.
        TypeError: a member has the wrong type.
    """
    tables = [declared] if isinstance(declared, Mapping) else list(declared)
    if len(tables) == 1 and str(tables[0].get("none", "")).strip():
        return PersonNumbers(namespace=namespace)
    if not tables:
        raise ConfigurationError("person_number says nothing")
    return PersonNumbers(namespace=namespace, kinds=tuple(_kind(**table) for table in tables))


def _kind(
    *, layout: str, known: str = "", organization: str = "", grouped: Sequence[Mapping[str, Any]] = ()
) -> PersonNumber:
    built = Layout(layout)
    kind = PersonNumber(
        layout=built,
        known=Layout(known or layout),
        organization=Layout(organization) if organization else None,
        grouped=tuple(_grouping(built, **each) for each in grouped),
    )
    if kind.known.length != built.length or (kind.organization and kind.organization.length != built.length):
        raise ConfigurationError("person_number: known and organization have as many digits as the layout")
    return kind


def _grouping(layout: Layout, *, digits: Sequence[str], between: str, **more: Any) -> Grouping:
    sizes = tuple(tuple(int(size) for size in way.split()) for way in digits)
    if any(sum(way) != layout.length for way in sizes):
        raise ConfigurationError(f"person_number: the groups {', '.join(digits)} are not all of {layout.length} digits")
    return Grouping(digits=sizes, between=between, **more)


def _folded(text: str) -> tuple[str, list[int]]:
    """Give a text as it reads, and of each of its characters the place in the text as it is written."""
    folded: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        reads = sign if sign.isascii() else _fold(sign)
        folded.append(reads)
        places += [place] * len(reads)
    return "".join(folded), places


@lru_cache(maxsize=4096)
def _fold(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in ("Cf", "Mn", "Me"):
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind == "Zs":
        return " "
    return "-" if kind == "Pd" or sign == _MINUS else unicodedata.normalize("NFKC", sign)
