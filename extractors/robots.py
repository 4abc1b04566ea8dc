"""What a portal asks of programs that visit it: robots.txt, as RFC 9309 reads it.

Python's own reader takes the first rule that fits where the standard wants the longest, knows no wildcards, and does
not say which rule it was.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ocds_schema.errors import PortalRefusedError

PATH = "/robots.txt"
MOST_TEXT = 500 * 1024

_LINE = re.compile(r"([A-Za-z-]+)[ \t]*:[ \t]*(.*)")
_PRODUCT = re.compile(r"[A-Za-z_-]+")
_RULES = ("allow", "disallow")
_EVERYBODY = "*"
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")


class DisallowedError(PortalRefusedError):
    """Raised where a portal's robots.txt asks us not to ask for a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line: what begins with `pattern` is allowed or not; `*` is any text, `$` at the end is the path's end."""

    is_allowed: bool
    pattern: str

    def __str__(self) -> str:
        return f"{'Allow' if self.is_allowed else 'Disallow'}: {self.pattern}"

    def fits(self, path: str) -> bool:
        """Say whether the rule is about a path."""
        text, pattern = _plain(path), _plain(self.pattern)
        first, *pieces = pattern.removesuffix("$").split("*")
        # What is to be the end is looked for there, and all before it as early as it comes.
        last = (pieces.pop() if pieces else None) if pattern.endswith("$") else ""
        if last is None:
            return text == first
        place = len(first) if text.startswith(first) else -1
        for piece in pieces:
            if place < 0:
                return False
            found = text.find(piece, place)
            place = found + len(piece) if found >= 0 else -1
        return place >= 0 and text.endswith(last) and len(text) - len(last) >= place


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules for one program, and how many seconds it is to wait between requests."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0

    def against(self, path: str) -> Rule | None:
        """Give the rule that forbids a path with its query, if one does: the longest decides, and of two allowing."""
        if urlsplit(path).path == PATH:
            return None
        fitting = [rule for rule in self.rules if rule.fits(path)]
        longest = max(fitting, key=lambda rule: (len(_plain(rule.pattern)), rule.is_allowed), default=None)
        return None if longest is None or longest.is_allowed else longest


def read_rules(text: str, user_agent: str) -> Rules:
    """Read the rules for a program that signs with a user agent: those for its name, else those for everybody."""
    product = _PRODUCT.match(user_agent)
    name = product[0].lower() if product else _EVERYBODY
    groups: dict[str, tuple[list[Rule], list[float]]] = {}
    for names, rules, delays in _groups(text[:MOST_TEXT]):
        for each in names:
            held = groups.setdefault(each, ([], []))
            held[0].extend(rules)
            held[1].extend(delays)
    rules, delays = groups.get(name) or groups.get(_EVERYBODY) or ([], [])
    return Rules(rules=tuple(rules), delay=max(delays, default=0.0))


def _groups(text: str) -> Iterator[tuple[set[str], list[Rule], list[float]]]:
    """Give each group: whom it is for, its rules, its delays; lines that are none are passed over."""
    names, rules, delays, is_named = set[str](), list[Rule](), list[float](), False
    for line in text.removeprefix("\ufeff").splitlines():
        found = _LINE.fullmatch(line.partition("#")[0].strip())
        if found is None:
            continue
        word, value = found[1].lower(), found[2].strip()
        if word == "user-agent":
            if not is_named:
                yield names, rules, delays
                names, rules, delays = set(), [], []
            product = _PRODUCT.match(value)
            names.add(product[0].lower() if product else value)
            is_named = True
        elif word in _RULES:
            is_named = False
            if value.startswith(("/", _EVERYBODY)):
                rules.append(Rule(is_allowed=word == _RULES[0], pattern=value))
        elif word == "crawl-delay":
            is_named = False
            delays += _seconds(value)
    yield names, rules, delays


def _seconds(text: str) -> list[float]:
    return [float(text)] if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text) else []


def _plain(path: str) -> str:
    """Write a path or a pattern so that letters are compared, not the ways of writing them."""
    return _ESCAPED.sub(_unescaped, quote(path, safe=string.punctuation, errors="replace"))


def _unescaped(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else found[0].upper()
