"""What is taken out of published data again: a value, what stands at a path, or all that tells of a party."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal
from urllib.parse import quote, quote_plus

from ocds_schema.json import Json
from ocds_schema.paths import Steps, parsed

Kind = Literal["value", "path", "party"]
MASK = "[redacted]"
"""Stands in a text for what was taken out of it."""
SHORTEST = 4
"""Texts of fewer characters are not looked for: they would be found in other words too."""
_KEPT_OF_A_PARTY = frozenset({"roles"})
_OWN_TO_A_RELEASE = frozenset({"ocid", "id", "date", "tag", "language", "initiationType"})
_TELLING = {
    "identifier": ("id", "legalName", "uri"),
    "contactPoint": ("name", "email", "telephone", "faxNumber", "url"),
    "address": ("streetAddress",),
}
_LANGUAGE = re.compile(r"_[a-z]{2,3}(-[A-Za-z0-9]+)*")
"""What OCDS adds to the name of a member that holds the same text in another language."""
_GONE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One rule of what is taken out, in one process (`ocid`) or, without it, wherever it stands.

    `what` is the value, the path as `contracts[id=1]/description`, or the party's id. Of a party `alias` is what its id
    becomes, so that what it had part in can still be counted, and `texts` are what else is known to tell of it.
    """

    kind: Kind
    what: str = field(repr=False)
    ocid: str | None = None
    alias: str = ""
    texts: tuple[str, ...] = field(default=(), repr=False)

    @property
    def needles(self) -> tuple[str, ...]:
        """The texts that no published file may hold any more; of a path none, as others may have the same value."""
        if self.kind == "path":
            return ()
        # A party whose id says nothing keeps it.
        own = () if self.what == self.alias else (self.what,)
        return tuple(sorted({*own, *self._looked_for(self.texts)}, key=len, reverse=True))

    def applies(self, ocid: str | None) -> bool:
        """Whether it is about a process; one without an ocid is new."""
        return self.ocid is None or self.ocid == ocid

    def redact(self, content: Json) -> Json:
        """Give a release, or any JSON like it, without what is to be taken out; the argument stays as it is."""
        if self.kind == "path":
            return _without(content, parsed(self.what))
        words = self._words
        if self.kind == "party":
            words = {**dict.fromkeys(self._looked_for(texts_of(content, self.what)), MASK), **words}
            content = _stripped(content, self.what)
        return _masked(content, "", _forms(words))

    def mask(self, text: str) -> str:
        """Give a text without what is to be taken out."""
        return str(self.masked(text))

    def masked(self, content: Json) -> Json:
        """Give any JSON with masks in its texts; what only the place tells, a path or a party, stays in it."""
        return _masked(content, "", _forms(self._words))

    def _looked_for(self, texts: Iterable[str]) -> list[str]:
        return [text for text in texts if self.what != self.alias or text not in self.alias]

    @property
    def _words(self) -> dict[str, str]:
        words = dict.fromkeys(self.needles, MASK)
        return words | ({self.what: self.alias} if self.kind == "party" and self.what != self.alias else {})


def check_path(path: str) -> Steps:
    """Read the path of what is to be taken out.

    Raises:
        ValueError: it means a whole release, or what every release must have.
    """
    steps = parsed(path)
    if not steps or (len(steps) == 1 and steps[0] in _OWN_TO_A_RELEASE) or steps[-1] == "id":
        raise ValueError(f"{path!r}: ids and the heads of releases stay; name a value, or an object below a release")
    return steps


def texts_of(release: Json, party: str) -> set[str]:
    """Give the texts that tell of a party in a release, so that they can be looked for elsewhere in it."""
    found: set[str] = set()
    for each in _objects(release):
        if each.get("id") != party:
            continue
        found |= {text for name, text in each.items() if name.startswith("name") and isinstance(text, str)}
        for name, members in _TELLING.items():
            held = each.get(name)
            if isinstance(held, dict):
                found |= {
                    text
                    for key, text in held.items()
                    if isinstance(text, str) and any(key.startswith(member) for member in members)
                }
    return {text for text in found if len(text) >= SHORTEST and text != MASK}


def has_party(release: Json, party: str) -> bool:
    """Whether a release has a party with that id."""
    return any(isinstance(each, dict) and each.get("id") == party for each in release.get("parties") or ())


def _objects(value: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, dict):
        yield value
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        yield from _objects(member)


def spellings(word: str) -> set[str]:
    """Give a word as it stands in texts, and in addresses of web pages."""
    return {word, quote(word), quote(word, safe=""), quote_plus(word)}


def _forms(words: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Give the words in all spellings with what stands for each, the longest first."""
    every = {spelt: mask for word, mask in words.items() for spelt in spellings(word)} | dict(words)
    return sorted(every.items(), key=lambda pair: len(pair[0]), reverse=True)


def _masked(value: Json, name: str, words: Sequence[tuple[str, str]]) -> Json:
    if isinstance(value, str):
        for word, mask in words:
            value = value.replace(word, mask)
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        found = next((mask for word, mask in words if str(value) == word), None)
        # A number cannot hold a mask; an id has to be there.
        return value if found is None else found if name == "id" else _GONE
    return _each(value, lambda key, member: _masked(member, key, words))


def _stripped(value: Json, party: str) -> Json:
    if isinstance(value, dict) and value.get("id") == party:
        kept = {name: member for name, member in value.items() if name in _KEPT_OF_A_PARTY}
        return {"id": party, "name": MASK, **kept}
    return _each(value, lambda _, member: _stripped(member, party))


def _without(value: Json, steps: Steps) -> Json:
    if not steps:
        return _GONE
    if isinstance(value, dict):
        return _each(value, lambda name, member: _without(member, steps[1:]) if _is_at(name, steps) else member)
    if isinstance(value, list):
        return _each(value, lambda _, member: _without(member, steps[1:]) if _id(member) == steps[0] else member)
    return value


def _is_at(name: str, steps: Steps) -> bool:
    """Whether a member is the next one on a path; at its end that is also the same text in another language."""
    step = str(steps[0])
    is_other = len(steps) == 1 and name.startswith(step) and _LANGUAGE.fullmatch(name, len(step)) is not None
    return name == step or is_other


def _id(member: Json) -> str | None:
    return str(member["id"]) if isinstance(member, dict) and "id" in member else None


def _each(value: Json, change: Callable[[str, Json], Json]) -> Json:
    """Give an object or list with its members changed; those that are gone are left out."""
    if isinstance(value, dict):
        changed = {name: change(name, member) for name, member in value.items()}
        return {name: member for name, member in changed.items() if member is not _GONE}
    if isinstance(value, list):
        return [member for member in (change("", each) for each in value) if member is not _GONE]
    return value
