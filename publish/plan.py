"""The plan of a collection: objects that nothing needs, each with the moment since when it stands there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.files import JSON
from publish.layout import FRESH, plan_key
from publish.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """An object that nothing needs: its path below `v1/<source>/`, why, and since when it stands in the plan."""

    path: str
    bytes: int
    why: str
    since: str

    def facts(self) -> Json:
        """Give it as the plan holds it."""
        return {"path": self.path, "bytes": self.bytes, "why": self.why, "since": self.since}


def read_plan(storage: Storage, source: str) -> Sequence[Waste]:
    """Read a source's plan; nothing, where there is none.

    Raises:
        PublishError: it cannot be read.
    """
    key = plan_key(source)
    if storage.stat(key) is None:
        return ()
    try:
        return [Waste(**each) for each in json.decode(storage.read(key))["objects"]]
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(f"{key} cannot be read ({error!r}): remove it; the days of grace then begin anew") from error


def write_plan(storage: Storage, source: str, objects: Sequence[Waste], now: datetime) -> None:
    """Write a source's plan in place of the one that is there."""
    by_path = sorted(objects, key=lambda each: each.path)
    body = {
        "dataset": source,
        "written": now.isoformat(),
        "bytes": sum(each.bytes for each in by_path),
        "objects": [each.facts() for each in by_path],
    }
    _put(storage, source, json.encode_pretty(body))


def spare(storage: Storage, source: str, paths: Collection[str]) -> int:
    """Take objects off the plan that a publication is about to name, and say how many there were.

    They may be planned again, but their days of grace begin anew.
    """
    planned = read_plan(storage, source)
    wanted = set(paths)
    left = [each for each in planned if each.path not in wanted]
    if len(left) < len(planned):
        body = json.decode(storage.read(plan_key(source)))
        body |= {"bytes": sum(each.bytes for each in left), "objects": [each.facts() for each in left]}
        _put(storage, source, json.encode_pretty(body))
    return len(planned) - len(left)


def _put(storage: Storage, source: str, content: bytes) -> None:
    key = plan_key(source)
    stat = storage.stat(key)
    storage.replace(
        key, content, expected=stat.version if stat else None, content_type=JSON.media_type, cache_control=FRESH
    )
