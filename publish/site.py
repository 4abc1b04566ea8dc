"""A publication that is being put right: where it is, what it can be put right from, and what was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ocds_schema.json import Json
from publish.lock import Lock
from publish.mending import Damage, Maker, Mended
from publish.signing import Signing
from publish.storage import Storage

Makers = Callable[[Json], Mapping[str, Maker]]
"""Gives the makers of an edition's files, by what they make them from; of none, where its manifest is not known yet."""


@dataclass(kw_only=True)
class Repair:
    """What a repair did, and what stays broken, with the reason."""

    edition_id: str | None = None
    done: list[str] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    derived: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the database knows of what it published: the `last` edition, and with which key an edition was signed."""

    last: str | None = None
    signed_by: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where is repaired, and with what: `work` is a folder for what is built, `copy` gives files of a copy."""

    storage: Storage
    source: str
    base_url: str
    siblings: Sequence[str]
    work: Path
    lock: Lock
    makers: Makers
    copy: Maker | None = None
    signing: Signing | None = None
    remembered: Remembered = Remembered()
    progress: Callable[[int], None] = lambda _: None
