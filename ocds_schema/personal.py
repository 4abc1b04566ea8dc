"""Numbers of natural persons: how they are known, replaced and kept out of texts.

A Kazakh individual number has 12 digits: the birth date as YYMMDD, a digit for century and sex (0–6), and five more.
A legal entity's number has 12 digits too, with 4, 5 or 6 in the fifth place, where no day of a month can begin.
"""

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

WITHHELD = "[personal number withheld]"

_DIGIT = "[0-9]"
_MINUS = "\u2212"
_PERSON = re.compile(r"[0-9]{4}[0-3][0-9]{7}\Z")
_BEGINS_WITH_ZERO = re.compile(r"0[0-9](?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12][0-9]|3[01])[0-6]|[4-6][0-9]{2})[0-9]{5}\Z")
_FEWEST_DIGITS = 9
"""What is left of a number from January to September of 2000, whose first three digits are zeros."""


def _shape(cuts: tuple[int, ...], separator: str) -> str:
    """Give the pattern of a person's number with a separator after so many digits."""
    cut = {place: separator if place in cuts else "" for place in range(1, 12)}
    month = f"(?:0{cut[3]}[1-9]|1{cut[3]}[0-2])"
    day = f"(?:0{cut[5]}[1-9]|[12]{cut[5]}[0-9]|3{cut[5]}[01])"
    rest = "".join(f"{cut[place]}{_DIGIT}" for place in range(7, 12))
    return f"{_DIGIT}{cut[1]}{_DIGIT}{cut[2]}{month}{cut[4]}{day}{cut[6]}[0-6]{rest}"


def _in_text() -> str:
    whole = f"(?<![0-9]){_shape((), '')}(?![0-9])"
    after_date = "|".join(_shape((6, *more), "[ .-]") for more in ((), (7,), (8,), (9,), (8, 10)))
    by_date = _shape((2, 4, 6), " ")
    by_date = rf"(?<![0-9])(?<![0-9][.-])(?:{after_date}|{by_date})(?![0-9]|[.-][0-9])"
    # By threes as amounts are written: only where it cannot be one.
    by_threes = rf"{_shape((3, 6, 9), '-')}|(?=0){_shape((3, 6, 9), '[ .]')}"
    by_fours = _shape((4, 8), "[ .-]")
    alone = rf"(?<![0-9])(?<![0-9][ .-])(?:{by_fours}|{by_threes})(?![0-9]|[ .-][0-9])"
    return f"{whole}|{by_date}|{alone}"


_IN_TEXT = re.compile(_in_text())
_USUAL = "\u0400-\u04ff«»°№“”„…•₸"
_FOLDS = re.compile(rf"[^\x00-\x7f{_USUAL}]")
# Encoded as UTF-8. Without looking behind, the search can jump from digit to digit; what it finds too much, also any
# character that may be a digit or nothing when folded, costs only time.
_SEPARATOR = rb"(?:[ .-]|\xc2\xa0|\xe2\x80[\x90-\x95])?"
_IN_BYTES = re.compile(_shape((2, 3, 4, 6, 7, 8, 9, 10), "@").encode().replace(b"@", _SEPARATOR))
_FOLDS_IN_BYTES = re.compile(
    rb"[\xc3-\xcf\xd4-\xe1\xe3-\xf4]|\xc2[^\xa0\xab\xbb\xb0]|\xe2(?!\x80[\x90-\x95\x9c-\x9e\xa2\xa6]|\x84\x96|\x82\xb8)"
)
_LIKE_PERSON = re.compile(
    r"(?<![0-9])(?:[0-9]{4}[0-3][0-9]{7}|[1-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-6][0-9]{5})(?![0-9])"
)


def is_person_number(number: str) -> bool:
    """Tell whether a number is one of a natural person: 12 digits, the fifth of them 0 to 3."""
    return _PERSON.match(number) is not None


def with_lost_zeros(number: str) -> str:
    """Give a number of 12 digits whose first, zeros, were lost because it was sent as an integer.

    Any other text, also one that makes neither a person's number nor a legal entity's, is given as it is.
    """
    whole = number.zfill(12)
    return whole if len(number) >= _FEWEST_DIGITS and _BEGINS_WITH_ZERO.match(whole) else number


def pseudonym(number: str, key: bytes, scheme: str = "kz-person") -> str:
    """Give a name that stands for a number; without the key nobody can tell for which.

    It is of the first 20 hex digits that do not look as if they held a person's number.
    """
    digest = hmac.new(key, number.encode(), hashlib.sha256).hexdigest()
    parts = (digest[start : start + 20] for start in range(len(digest) - 19))
    return f"{scheme}-{next((part for part in parts if not _IN_TEXT.search(part)), digest[:20])}"


def scrub(text: str) -> tuple[str, int]:
    """Take the numbers of natural persons out of a text, and count them.

    They are found too where they are written in groups, with digits of other scripts, or with invisible characters.
    """
    if not _FOLDS.search(text):
        return _IN_TEXT.subn(WITHHELD, text)
    folded, places = _folded(text)
    kept, end, count = [], 0, 0
    for found in _IN_TEXT.finditer(folded):
        kept += [text[end : places[found.start()]], WITHHELD]
        end = places[found.end() - 1] + 1
        count += 1
    return ("".join((*kept, text[end:])), count) if count else (text, 0)


def redact(text: str) -> str:
    """Take out of a message to operators whatever may be a person's number, also one whose first zero was lost."""
    return _LIKE_PERSON.sub(WITHHELD, scrub(text)[0])


def may_hold_person_number(data: bytes) -> bool:
    """Tell, in one pass over encoded JSON, whether it is worth while to look at each text."""
    return _IN_BYTES.search(data) is not None or _FOLDS_IN_BYTES.search(data) is not None


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
