"""Merging one release, or one section of it, into a compiled release: trees in place."""

from typing import Any

from ocds_schema import json
from ocds_schema.json import Json, Text
from transformers.merge_rules import FREE, OMIT, WHOLE, Rules

_PARTS = frozenset({dict, list})
_IDS = frozenset({str, int})
_TEXT = {str}
_MISSING = object()


class OddError(Exception):
    """Raised when a release has no plain answer: its fields or ids change their kinds."""


class Merge:
    """One merging of releases, in place.

    With `owns`, objects of the releases may become part of what is compiled; else they are copied. `has_nameless`
    tells whether any list took up a member without an id.
    """

    __slots__ = ("has_nameless", "owns")

    def __init__(self, *, owns: bool = False) -> None:
        self.owns = owns
        self.has_nameless = False

    def add(self, compiled: Json, release: Json, rules: Rules) -> None:
        """Merge a release into a compiled one."""
        compiled["id"], compiled["date"] = identity(release)
        self.merge(compiled, {name: value for name, value in release.items() if rules.get(name) is not OMIT}, rules)

    def merge(self, node: Json, source: Json, rules: Rules) -> None:
        """Merge an object into an earlier one."""
        for name, value in source.items():
            kind, known = type(value), type(node.get(name))
            if kind is dict or kind is list or value is None or known is dict or known is list:
                self._merge_part(node, name, value, rules.get(name, FREE))
            else:
                node[name] = value

    def _merge_part(self, node: Json, name: str, value: Json, rule: Any) -> None:
        """Merge where the earlier value or the later one is an object, a list or a null."""
        current = node.get(name)
        if current is None:
            fresh = self.fresh(value, rule)
            if fresh is not None:
                node[name] = fresh
        elif rule is not WHOLE and type(current) is dict and type(value) is dict:
            self.merge(current, value, rule)
        elif rule is WHOLE or not _is_tree(current):
            _replace(node, name, value, rule)
        elif value is not None and (value or type(value) not in _PARTS):
            # A null or an empty list leaves a list of objects as it is: their fields go one by one.
            if type(current) is not list or type(value) is not list:
                raise OddError(f"{name} was {_kind(current)} and is now {_kind(value)}")
            self._merge_members(current, value, rule)

    def _merge_members(self, current: list[Json], members: list[Json], rules: Rules) -> None:
        """Merge objects into a list by their ids; one without an id is always a new one."""
        index: dict[str, Json] | None = None
        for position, member in enumerate(members):
            if type(member) is not dict:
                raise OddError("a list holds both objects and plain values")
            key = member.get("id", _MISSING)
            if type(key) not in _IDS:
                self._append(current, member, rules, key)
                continue
            if position < len(current):
                node = current[position]
                if node.get("id") == key and type(node["id"]) is type(key):
                    self.merge(node, member, rules)
                    continue
            if index is None:
                index = {str(node["id"]): node for node in current if "id" in node}
            self._merge_member(current, index, member, rules)

    def _append(self, current: list[Json], member: Json, rules: Rules, key: Json) -> None:
        if key is not _MISSING:
            raise OddError("an id is neither a text nor a whole number")
        fresh = self._fresh_object(member, rules)
        if fresh is not None:
            self.has_nameless = True
            current.append(fresh)

    def _merge_member(self, current: list[Json], index: dict[str, Json], member: Json, rules: Rules) -> None:
        key = member["id"]
        node = index.get(str(key))
        if node is None:
            node = self._fresh_object(member, rules)
            index[str(key)] = node
            current.append(node)
        elif type(node["id"]) is type(key):
            self.merge(node, member, rules)
        else:
            raise OddError(f"the id {key} is a text here and a number there")

    def fresh(self, value: Json, rule: Any) -> Json:
        """Give an object, a list or a null of its own to a compiled release; None, where there is nothing to keep."""
        if rule is WHOLE or value is None:
            return value
        return self._fresh_object(value, rule) if type(value) is dict else self._fresh_list(value, rule)

    def _fresh_object(self, source: Json, rules: Rules) -> Json:
        node = source if self.owns else source.copy()
        gone = []
        has_null = False
        for name, value in source.items():
            kind = type(value)
            if kind is dict or kind is list:
                fresh = self.fresh(value, rules.get(name, FREE))
                if fresh is None:
                    gone.append(name)
                else:
                    node[name] = fresh
            elif value is None:
                gone.append(name)
                has_null = True
        for name in gone:
            del node[name]
        # A null keeps the object, though not the field.
        return node if node or has_null else None

    def _fresh_list(self, value: list[Json], rules: Rules) -> Json:
        if not value:
            return None
        if type(value[0]) is not dict:
            return _plain_list(value)
        if _have_plain_ids(value):
            return [self._fresh_object(member, rules) for member in value]
        members: list[Json] = []
        self._merge_members(members, value, rules)
        return members or None


def merge_text(compiled: Json, name: str, text: Text, before: Text | None, rule: Any) -> Text | None:
    """Merge a section given as text; give the text that need not be merged again after it."""
    news = json.decode(text) if before is None or rule is WHOLE else _news(bytes(before), bytes(text))
    if name not in compiled and b"null" not in bytes(text) and _is_settled({name: news}):
        compiled[name] = news
        return text
    merge = Merge(owns=True)
    merge.merge(compiled, {name: news}, {name: rule})
    # Members without an id are taken up anew each time, so such a section is never passed over.
    return None if merge.has_nameless else text


def _is_settled(source: Json) -> bool:
    """Tell whether merging would keep an object without nulls as it is: nothing is empty, every list has plain ids."""
    # Plain loops: `all`, `any` and `map` took twice the time.
    for value in source.values():
        kind = type(value)
        if kind is dict:
            if not value or not _is_settled(value):
                return False
        elif kind is list and not _is_settled_list(value):
            return False
    return True


def _is_settled_list(value: list[Json]) -> bool:
    if not value or type(value[0]) is not dict:
        return bool(value) and _PARTS.isdisjoint(map(type, value))
    if not _have_plain_ids(value):
        return False
    for member in value:  # noqa: SIM110
        if not _is_settled(member):
            return False
    return True


def _have_plain_ids(members: list[Json]) -> bool:
    """Tell whether each member is an object with a text of its own as its id, as nearly all are."""
    try:
        ids = [member["id"] for member in members]
        return len(set(ids)) == len(ids) and set(map(type, ids)) == _TEXT
    except (KeyError, TypeError):
        return False


def _news(before: bytes, text: bytes) -> Json:
    """Read a section; of an object, only the members that are not as they were."""
    if not before.startswith(b"{") or not text.startswith(b"{"):
        return json.decode(text)
    earlier = json.members(before)
    return {name: json.decode(part) for name, part in json.members(text).items() if earlier.get(name) != part}


def identity(release: Json) -> tuple[str, str]:
    """Give the id and the date of what a release is compiled into."""
    ocid, date = release.get("ocid"), release.get("date")
    if type(ocid) is not str or type(date) is not str:
        raise OddError("it has no ocid or no date")
    return f"{ocid}-{date}", date


def _replace(node: Json, name: str, value: Json, rule: Any) -> None:
    """Put a later value in the place of a plain one, or of a whole list."""
    if value is None:
        del node[name]
    elif rule is WHOLE or type(value) not in _PARTS:
        node[name] = value
    elif value:
        if type(value) is dict or type(value[0]) is dict:
            raise OddError(f"{name} was {_kind(node[name])} and is now {_kind(value)}")
        node[name] = _plain_list(value)


def _is_tree(value: Json) -> bool:
    """Tell an object or a list of objects, which are merged, from plain values and lists, which are replaced."""
    return type(value) is dict or (type(value) is list and type(value[0]) is dict)


def _kind(value: Json) -> str:
    if type(value) is list:
        return "a list of objects" if _is_tree(value) else "a list of plain values"
    return "an object" if type(value) is dict else "a plain value"


def _plain_list(value: list[Json]) -> list[Json]:
    if any(type(member) is dict for member in value):
        raise OddError("a list holds both objects and plain values")
    return value


def copy_tree(node: Json, rules: Rules) -> Json:
    """Copy what a compiled release holds, except for the lists that are replaced as a whole.

    Raises:
        OddError: there is a part that only the releases it came from can explain.
    """
    return {name: _copy_value(value, rules.get(name, FREE)) for name, value in node.items()}


def _copy_value(value: Json, rule: Any) -> Json:
    if rule is WHOLE or rule is OMIT:
        return value
    if type(value) is dict:
        return copy_tree(value, rule)
    return _copy_list(value, rule) if type(value) is list else value


def _copy_list(value: list[Json], rules: Rules) -> list[Json]:
    if not value:
        raise OddError("a list is empty")
    if not _is_tree(value):
        return _plain_list(value)
    ids = [str(member["id"]) for member in value if type(member) is dict and "id" in member]
    if len(set(ids)) < len(ids) or any(type(member) is not dict for member in value):
        raise OddError("a list holds members that cannot be told apart")
    return [copy_tree(member, rules) for member in value]
