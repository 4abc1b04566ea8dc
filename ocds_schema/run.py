"""A run of a source, and how far each of its listings has been read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CursorState = Literal["open", "done", "disputed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a source. `as_of` is the moment it speaks for; a resumed run keeps the one it began with."""

    id: str
    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a listing has been read.

    `position` is what the portal is asked next (a path, or the last id), empty before the first page. `seen` counts the
    objects that came, `kept` the distinct ones, `total` what the portal claims. `disputed` is a listing that ended but
    does not agree with its total, or whose filter the portal ignored; `note` says so in words.
    """

    position: str = ""
    lowest: int | None = None
    pages: int = 0
    seen: int = 0
    kept: int = 0
    total: int | None = None
    state: CursorState = "open"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """What saving one page did to the documents."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
