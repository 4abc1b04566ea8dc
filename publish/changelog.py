"""What changed in a record: the fields that differ, and the next record made from the previous one and them.

A record that several causes have moved has a line for each step, one after the other.

A path is a JSON Pointer (`/tender/value/amount`) in which a member of an array of objects is named by its id:
`/awards[id=77]/status`. In keys and ids `~` is written `~0` and `/` is written `~1`; in keys `[` is written `~2`.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ocds_schema import json
from ocds_schema.json import Json

Cause = Literal["source", "pipeline", "schema", "source_gone", "redaction", "rollback"]
Op = Literal["add", "change", "delete", "redact"]

LONGEST_VALUE = 512
"""A value of more bytes stands in the changelog as `{"sha256", "bytes"}`; the delta has the whole record."""

_OWN_TO_A_RELEASE = frozenset({"/id", "/date"})
_SELECTOR = re.compile(r"\[id=.*?\](?=/|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record before and after an edition, as the canonical JSON of its compiled release; nothing where it was not.

    `year` is the record's partition. `cause` is why, where it differs from the edition's. `facts` is what else the
    changelog is to say, such as `lastSeen` of a record that is gone. Of a record from which something was taken out the
    one before is not kept: `base` is its digest.
    """

    ocid: str
    year: int
    before: bytes | None
    after: bytes | None
    cause: Cause | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    base: str | None = None

    @property
    def op(self) -> Op:
        """What became of the record."""
        if self.after is None:
            return "delete"
        if self.cause == "redaction":
            return "redact"
        return "add" if self.before is None else "change"

    @property
    def digests(self) -> tuple[str | None, str | None]:
        """The SHA-256 of the record before and after, in hex."""
        base = self.base or (None if self.before is None else json.digest(self.before))
        return base, None if self.after is None else json.digest(self.after)


def line(change: Change, seq: int, cause: Cause) -> Json:
    """Give the changelog's line for a change; `fields` only where there is a record on both sides.

    What was taken out of a record is not told again: such a line has no fields.
    """
    entry: Json = {"seq": seq, "op": change.op, "ocid": change.ocid, "partition": str(change.year), **change.facts}
    default: Cause = "source_gone" if change.op == "delete" and cause == "source" else cause
    entry["cause"] = change.cause or default
    base, following = change.digests
    if base is not None:
        entry["base"] = f"sha256:{base}"
    if change.after is not None:
        after = json.decode(change.after)
        entry["next"] = f"sha256:{following}"
        entry["sourceDate"] = after.get("date")
        if change.op == "change" and change.before is not None:
            entry["fields"] = [_shortened(each) for each in fields(json.decode(change.before), after)]
    return entry


def delta_line(change: Change) -> bytes:
    """Give the delta's line for a change, with the whole new record: it may be applied twice, and to any base."""
    ocid, partition = json.encode(change.ocid), json.encode(str(change.year))
    if change.after is None:
        return b'{"ocid":%b,"op":"delete","partition":%b}' % (ocid, partition)
    return b'{"ocid":%b,"op":"upsert","partition":%b,"record":%b}' % (ocid, partition, change.after)


def general(path: str) -> str:
    """Give a path without the ids in it, so that paths can be counted."""
    return _SELECTOR.sub("", path)


def is_about_release(path: str) -> bool:
    """Whether the path is of a member that every release has anew, its id and date."""
    return path in _OWN_TO_A_RELEASE


def fields(before: Json, after: Json) -> list[Json]:
    """List what differs between two JSON objects, each changed leaf once; `apply` makes one of the other with it."""
    return list(_objects("", before, after))


def apply(before: Json, fields: Iterable[Json], after: Json = None) -> Json:
    """Give the next record: a copy of the previous one with the fields of a changelog line applied.

    Values that are too long for the changelog are taken from `after`, the next record as the delta has it.

    Raises:
        ValueError: the previous record is not the one that the fields were made from, or the next one not theirs.
    """
    record = copy.deepcopy(before)
    for each in fields:
        _apply_one(record, _lengthened(each, after) if _is_short_for(each.get("new")) else each)
    return record


def _differences(path: str, before: Json, after: Json) -> Iterator[Json]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _objects(path, before, after)
    elif (olds := _by_id(before)) is not None and (news := _by_id(after)) is not None:
        yield from _arrays(path, olds, news)
    elif not _same(before, after):
        yield {"path": path, "op": "replace", "old": before, "new": after}


def _objects(path: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Json]:
    for key in sorted({*before, *after}):
        yield from _members(f"{path}/{_escape(key).replace('[', '~2')}", before, after, key)


def _arrays(path: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Json]:
    for key in {**before, **after}:
        yield from _members(f"{path}[id={_escape(key)}]", before, after, key)
    kept = [key for key in before if key in after]
    if [*kept, *(key for key in after if key not in before)] != list(after):
        yield {"path": path, "op": "order", "old": list(before), "new": list(after)}


def _members(path: str, before: Mapping[str, Json], after: Mapping[str, Json], key: str) -> Iterator[Json]:
    if key not in after:
        yield {"path": path, "op": "remove", "old": before[key]}
    elif key not in before:
        yield {"path": path, "op": "add", "new": after[key]}
    else:
        yield from _differences(path, before[key], after[key])


def _by_id(value: Json) -> dict[str, Json] | None:
    """Give the members of an array of objects by their ids, or nothing where they have none or share one."""
    if not isinstance(value, list) or not all(isinstance(member, dict) for member in value):
        return None
    ids = [member.get("id") for member in value]
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in ids):
        return None
    members = {str(each): member for each, member in zip(ids, value, strict=True)}
    return members if len(members) == len(value) else None


def _same(one: Json, other: Json) -> bool:
    # As bytes, since to Python 1 equals True and 1.0 equals 1.00.
    return json.encode(one) == json.encode(other)


def _shortened(field: Json) -> Json:
    return {**field, **{name: _short(field[name]) for name in ("old", "new") if name in field}}


def _short(value: Json) -> Json:
    if not isinstance(value, (str, list, dict)):
        return value
    written = json.encode(value)
    # What looks like the stand-in of another value is not told from one.
    if len(written) <= LONGEST_VALUE and not _is_short_for(value):
        return value
    return {"sha256": json.digest(written), "bytes": len(written)}


def _is_short_for(value: Json) -> bool:
    return isinstance(value, dict) and value.keys() == {"sha256", "bytes"}


def _stands_for(told: Json, held: Json) -> bool:
    return _same(told, held) or (_is_short_for(told) and _same(told, _short(held)))


def _lengthened(field: Json, after: Json) -> Json:
    """Give a field with its new value whole, taken from the next record."""
    try:
        holder, name = _find(after, field["path"])
        value = _get(holder, name, field["path"])
        if field["op"] == "order":
            value = list(_by_id(value) or ())
    except (ValueError, TypeError):
        raise ValueError(f"{field['path']}: the next record does not hold the new value") from None
    if _short(value) != field["new"]:
        raise ValueError(f"{field['path']}: the next record holds another value than the new one")
    return {**field, "new": value}


def _apply_one(record: Json, field: Json) -> None:
    holder, name = _find(record, field["path"])
    if field["op"] == "order":
        _reorder(holder[name], field)
    elif isinstance(holder, list):
        _apply_member(holder, name, field)
    else:
        _expect(field, present=name in holder, held=holder.get(name))
        if field["op"] == "remove":
            del holder[name]
        else:
            holder[name] = field["new"]


def _apply_member(members: list[Json], name: str, field: Json) -> None:
    place = _place(members, name)
    _expect(field, present=place is not None, held=None if place is None else members[place])
    if place is None:
        members.append(field["new"])
    else:
        del members[place]


def _reorder(members: list[Json], field: Json) -> None:
    by_id = _by_id(members) or {}
    if sorted(by_id) != sorted(field["new"]):
        raise ValueError(f"{field['path']}: the members to be put in order are others")
    members[:] = [by_id[key] for key in field["new"]]


def _expect(field: Json, *, present: bool, held: Json) -> None:
    if present != ("old" in field) or (present and not _stands_for(field["old"], held)):
        raise ValueError(f"{field['path']}: the previous record does not hold the old value")


def _find(record: Json, path: str) -> tuple[Json, str]:
    """Give the object or array that holds what a path names, and its key or id there."""
    holder: Json = {"": record}
    name = ""
    for key, is_member in _steps(path):
        holder = _get(holder, name, path)
        name = key
        if not isinstance(holder, list if is_member else dict):
            raise ValueError(f"{path}: the previous record has another shape")  # noqa: TRY004
    return holder, name


def _get(holder: Json, name: str, path: str) -> Json:
    if isinstance(holder, dict) and name in holder:
        return holder[name]
    if isinstance(holder, list) and (place := _place(holder, name)) is not None:
        return holder[place]
    raise ValueError(f"{path}: the previous record does not hold {name!r}")


def _place(members: list[Json], name: str) -> int | None:
    for place, member in enumerate(members):
        if isinstance(member, dict) and str(member.get("id")) == name:
            return place
    return None


def _steps(path: str) -> Iterator[tuple[str, bool]]:
    """Give a path's keys and ids, each with whether it is an id."""
    for segment in path.split("/")[1:]:
        key, selector, rest = segment.partition("[id=")
        yield _plain(key), False
        if selector:
            yield _plain(rest[:-1]), True


def _escape(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1")


def _plain(text: str) -> str:
    return text.replace("~2", "[").replace("~1", "/").replace("~0", "~")
