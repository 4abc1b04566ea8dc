"""In which releases a value appeared, changed and was removed."""

from collections.abc import Sequence

from ocds_pipeline.store import Issued
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.paths import Steps, leaves

_OWN_TO_A_RELEASE = frozenset({"id", "date", "tag"})


def held_values(compiled: Json) -> dict[Steps, Json]:
    """Give every single value of a compiled release or a release."""
    return leaves(compiled)


def events(releases: Sequence[Issued]) -> dict[Steps, list[Json]]:
    """Give, by value, the releases in which it appeared, changed or was removed, oldest first.

    A release carries the whole state, so what it does not say any more is removed.
    """
    found: dict[Steps, list[Json]] = {}
    before: dict[Steps, Json] = {}
    for issued in releases:
        body = json.decode(issued.release.body)
        now = leaves(body)
        for steps in [*now, *(gone for gone in before if gone not in now)]:
            op = _op(before.get(steps), now.get(steps))
            if op and (len(steps) > 1 or steps[0] not in _OWN_TO_A_RELEASE or issued is releases[-1]):
                found.setdefault(steps, []).append(_event(issued, op, now.get(steps), body["date"]))
        before = now
    return found


def _op(before: Json, now: Json) -> str:
    if before is None:
        return "appeared"
    if now is None:
        return "removed"
    return "" if before == now else "changed"


def _event(issued: Issued, op: str, value: Json, date: str) -> Json:
    release = issued.release
    return {
        "op": op,
        "value": value,
        "release": release.id,
        "date": date,
        "tag": list(release.tag),
        "cause": release.cause,
        "edition": issued.edition,
    }
