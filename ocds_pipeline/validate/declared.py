"""Which extensions a package declares, and which of them we know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ocds_schema.extensions import EXTENSIONS
from ocds_schema.json import Json

_END = re.compile(r"/(?:extension|release-schema)\.json$")
_OWN = re.compile(r"/extensions/(?P<name>\w+)/(?:[0-9a-f]{16}/)?extension\.json$")
_VERSION = re.compile(r"/(?P<version>v?\d[\w.]*|master|main|HEAD)$")
_REPOSITORY = re.compile(r"(?:ocds_)?(?P<name>\w+?)s?(?:_extension)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The extensions of a package: the `known`, by name, and what is to be said of the others."""

    known: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    other_versions: tuple[tuple[str, str], ...] = ()


def read_declared(addresses: Json) -> Declared:
    """Tell which extensions a package's `extensions` name; those in another version than ours count as known."""
    known: dict[str, None] = {}
    unknown, others = [], []
    for address in addresses if isinstance(addresses, list) else ():
        name = _name(address) if isinstance(address, str) else None
        if name is None:
            unknown.append(str(address))
            continue
        known[name] = None
        if not EXTENSIONS[name].is_ours and _version(address) != _version(EXTENSIONS[name].url):
            others.append((name, address))
    return Declared(known=tuple(sorted(known)), unknown=tuple(unknown), other_versions=tuple(others))


def _name(address: str) -> str | None:
    own = _OWN.search(address)
    if own and own["name"] in EXTENSIONS and EXTENSIONS[own["name"]].is_ours:
        return own["name"]
    stem = _stem(address)
    return _known_stems().get(stem) if stem else None


@cache
def _known_stems() -> dict[str, str]:
    # Others have extensions of the same names as ours, which say other things.
    return {_stem(one.url): name for name, one in EXTENSIONS.items() if not one.is_ours}


def _stem(address: str) -> str:
    """Give what names an extension whatever its version or host: its repository or folder, in the singular."""
    path = _VERSION.sub("", _END.sub("", address.split("?", 1)[0])).removesuffix("/-/raw")
    found = _REPOSITORY.fullmatch(path.rpartition("/")[2])
    return found["name"].lower() if found else ""


def _version(address: str) -> str:
    found = _VERSION.search(_END.sub("", address.split("?", 1)[0]))
    return found["version"] if found else ""


def known_names(names: Iterable[str]) -> tuple[str, ...]:
    """Give extensions by our names for them, whether they are given by name or by address.

    Raises:
        ValueError: one is not known.
    """
    found = []
    for name in names:
        own = name if name in EXTENSIONS else _name(name)
        if own is None:
            raise ValueError(f"there is no extension {name!r}; known are {', '.join(sorted(EXTENSIONS))}")
        found.append(own)
    return tuple(sorted(set(found)))
