"""How the portal's pages hang together: all that is shown of an announcement is one process."""

from datetime import date

from extractors.pages import fold
from extractors.tajikistan.values import LACKING, moment, whole
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way

ENDED = frozenset(map(fold, ("Завершено", "Отменено", "Анҷом ёфт", "Бекор карда шуд")))
"""The statuses after which an announcement is not changed any more."""

_OWN = frozenset(["notice", "notice_tg", "announcement", "clarifications", "protocols", "documents"])
_PARTS = frozenset(["lot", "lot_window", "files"])


def links(kind: str, way: Way, fields: Json) -> Links:  # noqa: ARG001
    """Say which process a document belongs to, and whether the portal may still change it."""
    name = "id" if kind in _OWN else "announcement_id" if kind in _PARTS else ""
    number = whole(fields.get(name)) if name and isinstance(fields, dict) else None
    if number is None:
        return Links(process=None)
    has_ended = fold(str(fields.get("status") or "")) in ENDED and not _lacks_pages(fields)
    days = (moment(fields.get(name))[:10] for name in ("published", "start") if kind in {"announcement", "notice"})
    return Links(
        process=f"announcement:{number}",
        open=kind == "announcement" and not has_ended,
        day=max(filter(None, map(_day, days)), default=None),
    )


def _lacks_pages(fields: Json) -> bool:
    missing = fields.get("missing")
    return isinstance(missing, list) and any(str(name).startswith(LACKING) for name in missing)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
