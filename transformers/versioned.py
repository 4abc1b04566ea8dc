"""What the releases of a process said, value by value: its versioned release.

Each value stands in the place that it has in a release, as the list of what it was: `releaseID`, `releaseDate`,
`releaseTag` and `value`, which is null where a release takes it away. The rules are those of compiling: members of
lists are told apart by their ids, some lists are one value.
"""

from collections.abc import Sequence
from typing import Any

from ocds_schema.json import Json
from transformers.merge_rules import FREE, OMIT, WHOLE, Rules
from transformers.merging import OddError

_IDS = frozenset({str, int})
_MISSING = object()


class _Values(list[Json]):
    """What one value was."""


class _Members(list[Json]):
    """The members of a list; `by_id` are those that have an id, which itself has no versions."""

    def __init__(self) -> None:
        super().__init__()
        self.by_id: dict[str, Json] = {}


def version(releases: Sequence[Json], rules: Rules) -> Json:
    """Give the versioned release of releases in the order of their dates.

    Raises:
        OddError: a field or an id changes its kind, so that there is no plain answer.
    """
    versioned: Json = {}
    for release in releases:
        versioned["ocid"] = release.get("ocid")
        told = {name: value for name, value in release.items() if name not in {"ocid", "tag"}}
        _Version(release).add(versioned, told, rules)
    return {name: value for name, value in versioned.items() if value is not None}


class _Version:
    """One release, as its values name it."""

    def __init__(self, release: Json) -> None:
        names = (("releaseID", "id"), ("releaseDate", "date"), ("releaseTag", "tag"))
        self._name = {title: release.get(name) for title, name in names}

    def add(self, node: Json, source: Json, rules: Rules) -> None:
        """Add what an object holds to what it held."""
        for name, value in source.items():
            rule = rules.get(name, FREE)
            if rule is not OMIT:
                self._add_value(node, name, value, rule)

    def _add_value(self, node: Json, name: str, value: Json, rule: Any) -> None:
        if rule is WHOLE or _is_plain(value):
            values = _kept(node, name, _Values)
            if not values or values[-1]["value"] != value:
                values.append({**self._name, "value": value})
        elif type(value) is list:
            self._add_members(node, name, value, rule)
        elif value:
            inner = _kept(node, name, dict)
            self.add(inner, value, rule)
            if not inner:
                del node[name]

    def _add_members(self, node: Json, name: str, members: list[Json], rules: Rules) -> None:
        known = _kept(node, name, _Members)
        ids = [str(member["id"]) for member in members if "id" in member]
        if len(set(ids)) < len(ids):
            raise OddError("a list holds two members with one id")
        for member in members:
            self._add_member(known, member, rules)
        if not known:
            del node[name]

    def _add_member(self, known: _Members, member: Json, rules: Rules) -> None:
        """Add a member to the one with its id; one without an id is always a new one."""
        key = member.get("id", _MISSING)
        if key is _MISSING:
            if found := self._fresh(member, rules):
                known.append(found)
            return
        if type(key) not in _IDS:
            raise OddError("an id is neither a text nor a whole number")
        found = known.by_id.get(str(key))
        if found is None:
            found = known.by_id[str(key)] = {"id": key}
            known.append(found)
        elif type(found["id"]) is not type(key):
            raise OddError(f"the id {key} is a text here and a number there")
        self.add(found, {name: value for name, value in member.items() if name != "id"}, rules)

    def _fresh(self, member: Json, rules: Rules) -> Json:
        node: Json = {}
        self.add(node, member, rules)
        return node


def _is_plain(value: Json) -> bool:
    """Tell what has versions as a whole: plain values, nulls, and lists that hold any."""
    if type(value) is list:
        return any(type(member) is not dict for member in value)
    return type(value) is not dict


def _kept(node: Json, name: str, kind: type) -> Any:
    """Give what a node holds by a name, of a kind that may not change."""
    found = node.get(name)
    if found is None:
        found = node[name] = kind()
    elif type(found) is not kind:
        raise OddError(f"{name} changes its kind")
    return found
