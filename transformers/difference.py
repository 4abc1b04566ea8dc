"""What has vanished between a compiled release and a new state, written so that merging takes it away.

OCDS deletes a value by null. Where the schema does not allow null, an object's fields are nulled one by one, a list of
plain values becomes empty, and a member of a list keeps its id with all else nulled. What cannot be deleted at all is
an id that an object must have: such a rest is called bare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from ocds_schema.deletions import IDENTITY, is_bare
from ocds_schema.json import Json
from ocds_schema.schema import release_schema

_ENVELOPE = frozenset({"ocid", "id", "date", "tag", "initiationType"})
_KEEP: Final = object()


@dataclass(slots=True)
class Shape:
    """How one place of a release is merged, and whether it may be null."""

    kind: Literal["plain", "object", "members", "whole"]
    nullable: bool = False
    fields: dict[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


_TEXT = Shape("plain", nullable=True)


@cache
def release_shape(extensions: tuple[str, ...]) -> Shape:
    """Give the shape of a release that uses the named extensions."""
    schema = release_schema(extensions)
    return _fill(Shape("object"), schema, schema["definitions"], {})


def _shape(node: Json, definitions: Json, known: dict[str, Shape]) -> Shape:
    reference = node.get("$ref")
    if reference is not None:
        if reference not in known:
            known[reference] = Shape("object")
            _fill(known[reference], definitions[reference.rpartition("/")[2]], definitions, known)
        return known[reference]
    types = [node.get("type")] if not isinstance(node.get("type"), list) else node["type"]
    if "array" in types:
        return _list_shape(node, _shape(node.get("items", {}), definitions, known))
    shape = Shape("object" if "properties" in node else "plain", nullable="null" in types)
    return _fill(shape, node, definitions, known)


def _list_shape(node: Json, items: Shape) -> Shape:
    nullable = "null" in node["type"]
    if node.get("wholeListMerge") or "id" not in items.fields:
        return Shape("whole", nullable=nullable)
    return Shape("members", nullable=nullable, fields=items.fields, required=items.required)


def _fill(shape: Shape, node: Json, definitions: Json, known: dict[str, Shape]) -> Shape:
    shape.fields = {name: _shape(member, definitions, known) for name, member in node.get("properties", {}).items()}
    shape.required = frozenset(node.get("required", ())) | (IDENTITY & shape.fields.keys())
    return shape


def with_deletions(state: Json, before: Json, extensions: Sequence[str]) -> Json:
    """Give a state together with nulls for all that a compiled release holds and the state does not."""
    shape = release_shape(tuple(extensions))
    told = {name: member for name, member in before.items() if name not in _ENVELOPE}
    return _merge_object(state, told, shape)


def same_state(compiled: Json, state: Json) -> bool:
    """Tell whether a compiled release holds a state, and beside it nothing but bare rests."""
    told = {name: member for name, member in compiled.items() if name not in _ENVELOPE}
    return same_value(told, state)


def same_value(told: Json, state: Json) -> bool:
    """Tell whether a compiled value holds a value of a state, and beside it nothing but bare rests."""
    if isinstance(told, dict) and isinstance(state, dict):
        return all(name in told and same_value(told[name], member) for name, member in state.items()) and all(
            name in state or is_bare(member) for name, member in told.items()
        )
    if isinstance(told, list) and isinstance(state, list):
        return told == state or _same_members(told, state)
    return bool(told == state)


def _same_members(told: list[Json], state: list[Json]) -> bool:
    if not all(isinstance(member, dict) and "id" in member for member in (*told, *state)):
        return False
    wanted = {member["id"]: member for member in state}
    held = {member["id"]: member for member in told}
    return len(wanted) == len(state) and same_value(held, wanted)


def _merge(new: Json, old: Json, shape: Shape) -> Json:
    if shape.kind == "object" and isinstance(new, dict) and isinstance(old, dict):
        return _merge_object(new, old, shape)
    if shape.kind == "members" and isinstance(new, list) and isinstance(old, list):
        return _merge_members(new, old, shape)
    return new


def _merge_object(new: Json, old: Json, shape: Shape) -> Json:
    merged = dict(new)
    for name, member in old.items():
        inner = _shape_of(name, shape.fields)
        if name in new:
            if member.__class__ in _NESTS:
                merged[name] = _merge(new[name], member, inner)
        elif not is_bare(member):
            gone = _deleted(member, inner)
            if gone is not _KEEP:
                merged[name] = gone
    return merged


_NESTS = (dict, list)


def _merge_members(new: list[Json], old: list[Json], shape: Shape) -> list[Json]:
    before = {member["id"]: member for member in old}
    merged = [_merge_object(member, before.pop(member["id"], {}), shape) for member in new]
    return merged + [_deleted_object(member, shape) for member in before.values() if not is_bare(member)]


def _shape_of(name: str, fields: Mapping[str, Shape]) -> Shape:
    return fields.get(name, _TEXT)


def _deleted(old: Json, shape: Shape) -> Json:
    """Give what takes a value away, or `_KEEP` where nothing can."""
    if shape.nullable:
        return None
    if shape.kind == "whole":
        return []
    if shape.kind == "members":
        return [_deleted_object(member, shape) for member in old if not is_bare(member)]
    if shape.kind == "object":
        gone = _deleted_object(old, shape)
        return gone or _KEEP
    return _KEEP


def _deleted_object(old: Json, shape: Shape) -> Json:
    gone: dict[str, Json] = {}
    for name, member in old.items():
        if name in shape.required:
            gone[name] = member
        elif not is_bare(member):
            value = _deleted(member, _shape_of(name, shape.fields))
            if value is not _KEEP:
                gone[name] = value
    return gone
