"""Lists of nested objects: files, acts, payments. What cannot be told of them is reported."""

from collections.abc import Iterable
from typing import Any

from transformers.kazakhstan.common import is_set, known_id
from transformers.mapping import RecordMapping, objects
from transformers.rules import Fields, Reading

_CHANGES = ("index_date", "last_update_date", "create_date_act", "date_create", "crdate")


def each_once(sources: Iterable[Fields]) -> tuple[list[Fields], list[str]]:
    """Give objects, each id once: of several the newest, or else the last; and the ids of which several differ."""
    found: dict[str, Fields] = {}
    differing: dict[str, None] = {}
    for place, one in enumerate(sources):
        key = known_id(one.get("id")) or f"at {place}"
        other = found.setdefault(key, one)
        if _content(one) != _content(other):
            differing[key] = None
        if _changed(one) >= _changed(other):
            found[key] = one
    return list(found.values()), list(differing)


def nested_objects(source: Fields, name: str, reading: Reading, path: str) -> list[Fields]:
    """Give the objects of a nested list, each id once, and report of which ids several differ."""
    kept, differing = each_once(one for one in objects(source.get(name)) if one)
    for key in differing:
        reason = "several have one id and differ; the newest, or else the last, is told"
        reading.report(path, "duplicate_id", reason, severity="lost", names=(name,), value=key)
    return kept


def tell_each(
    record: RecordMapping, source: Fields, name: str, reading: Reading, *, gone: str = "", **given: Any
) -> list[Any]:
    """Give what a record makes of each object of a nested list whose flag `gone` is not set; it needs an id."""
    found = []
    for one in nested_objects(source, name, reading, record.path):
        if gone and is_set(one.get(gone)):
            continue
        made = record.apply(one, reading, **given)
        if made is not None:
            found.append(made)
        elif any(value not in (None, "") for value in one.values()):
            reading.report(record.path, "missing_id", "one without an id is left out", severity="lost", names=(name,))
    return found


def _content(one: Fields) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in _CHANGES}


def _changed(one: Fields) -> str:
    return max(str(one.get(name) or "")[:19].replace("T", " ") for name in _CHANGES)
