"""Numbers of natural persons: how they are known, replaced and kept out of texts.

A Kazakh individual number has 12 digits: the birth date as YYMMDD, a digit for century and sex (0–6), and five more.
A legal entity's number has 12 digits too, with 4, 5 or 6 in the fifth place, where no day of a month can begin.
"""

import hashlib
import hmac
import re

WITHHELD = "[personal number withheld]"

_PERSON = re.compile(r"[0-9]{4}[0-3][0-9]{7}\Z")
_IN_TEXT = re.compile(
    r"(?<![0-9])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-6][0-9]{5}(?![0-9])",
)
# Without looking behind, the search can jump from digit to digit; what it finds too much costs only time.
_IN_BYTES = re.compile(_IN_TEXT.pattern.removeprefix("(?<![0-9])").removesuffix("(?![0-9])").encode())


def is_person_number(number: str) -> bool:
    """Tell whether a number is one of a natural person: 12 digits, the fifth of them 0 to 3."""
    return _PERSON.match(number) is not None


def pseudonym(number: str, key: bytes, scheme: str = "kz-person") -> str:
    """Give a name that stands for a number; without the key nobody can tell for which."""
    return f"{scheme}-{hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:20]}"


def scrub(text: str) -> tuple[str, int]:
    """Take the numbers of natural persons out of a text, and count them."""
    return _IN_TEXT.subn(WITHHELD, text)


def may_hold_person_number(data: bytes) -> bool:
    """Tell, in one pass over encoded JSON, whether it is worth while to look at each text."""
    return _IN_BYTES.search(data) is not None
