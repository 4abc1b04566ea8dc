"""Objects within objects, of sources that may have anything there."""

from typing import Any

from ocds_schema.errors import MappingError
from ocds_schema.json import Json
from transformers import values
from transformers.mapping import RecordMapping, objects
from transformers.rules import Fields, Reading


def part(source: Any, name: str) -> Json:
    """Give a nested object; an empty one, where there is none."""
    found = source.get(name) if isinstance(source, dict) else None
    return found if isinstance(found, dict) else {}


def parts(source: Any, *path: str) -> list[Json]:
    """Give the objects of a list at a path."""
    for name in path[:-1]:
        source = part(source, name)
    return objects(source.get(path[-1])) if isinstance(source, dict) else []


def known_id(raw: Any) -> str | None:
    """Give an id, or nothing where it is none."""
    try:
        return values.identifier(raw)
    except MappingError:
        return None


def name_of(source: Fields, name: str) -> str | None:
    """Give a field that is a text and not empty, as ids and references are once they are repaired."""
    found = source.get(name)
    return found if isinstance(found, str) and found else None


def said(source: Fields, name: str, reading: Reading, path: str) -> str | None:
    """Give the text of a field; nothing, and a problem, where it is none."""
    try:
        return values.clean_text(source.get(name))
    except MappingError as error:
        reading.report(path, "text", str(error), severity="lost", names=(name,))
        return None


def words_of(raw: Any) -> str | None:
    """Give a text, or nothing where it is none."""
    return values.clean_text(raw) if isinstance(raw, str) else None


def texts(raw: Any) -> list[str]:
    """Give the ids of a list of ids."""
    return [found for one in raw if (found := known_id(one))] if isinstance(raw, list) else []


def tell(record: RecordMapping, source: Fields, reading: Reading, **given: Any) -> Any:
    """Fill a class from a source; where that says nothing, with what is given alone."""
    return record.apply(source, reading, **given) or record.target(**given)
