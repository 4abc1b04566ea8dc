"""What the releases of a process add up to: its compiled release.

The rules are OCDS's (https://standard.open-contracting.org/1.1/en/schema/merging/): a later value replaces an earlier
one, null deletes, members of lists are told apart by their ids. The package ocdsmerge is the measure: whatever it
answers, this answers. Releases are merged as trees here, which is several times faster; the few that have no plain
answer (a field that is a text in one release and an object in the next, ids 1 and "1" in one list) are left to it.
"""

import copy
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from ocds_schema import json
from ocds_schema.errors import MergeError
from ocds_schema.json import Json
from ocds_schema.schema import release_schema

_Rules = dict[str, Any]
"""By field: `_WHOLE`, or the rules of the fields below it; at the root of a release also `_OMIT`."""

_OMIT = object()
_WHOLE = object()
_FREE: _Rules = {}


class _OddError(Exception):
    """Raised inside this module when a release has no plain answer."""


class Merger:
    """Merges releases that use the named extensions.

    Releases that go in are never changed; the compiled release that comes out may share lists with them.

    Raises:
        ConfigurationError: an extension is not known.
    """

    def __init__(self, extensions: Sequence[str] = ()) -> None:
        self._extensions = tuple(extensions)
        self._rules = _rules(self._extensions)

    def __reduce__(self) -> tuple[type["Merger"], tuple[tuple[str, ...]]]:
        return Merger, (self._extensions,)

    def compile(self, releases: Sequence[Json]) -> Json:
        """Give the compiled release of all releases of one process, in any order.

        They are merged in the order of their dates as texts; of equal dates, in the order given.

        Raises:
            MergeError: a release has no date, or a field changes its kind so that there is no answer.
        """
        ordered = _by_date(releases)
        try:
            compiled: Json = {"tag": ["compiled"]}
            merge = _Merge()
            for release in ordered:
                merge.add(compiled, release, self._rules)
        except _OddError:
            return _compile_by_reference(ordered, self._extensions)
        return compiled

    def compile_texts(self, releases: Sequence[bytes]) -> Json:
        """Give the compiled release of all releases of one process, each as JSON text.

        A section that repeats an earlier release's byte for byte is passed over, which is most of them where releases
        carry the whole state.

        Raises:
            MergeError: as `compile`.
            ValueError: a text is not a JSON object.
        """
        if len(releases) == 1:
            return self.compile([json.decode(releases[0])])
        try:
            return self._compile_texts([json.members(release) for release in releases])
        except _OddError:
            return self.compile([json.decode(release) for release in releases])

    def _compile_texts(self, releases: list[dict[str, bytes]]) -> Json:
        identities = [{name: json.decode(one.get(name, b"null")) for name in ("ocid", "date")} for one in releases]
        known: dict[str, bytes] = {}
        compiled: Json = {"tag": ["compiled"]}
        for position in sorted(range(len(releases)), key=lambda each: _identity(identities[each])[1]):
            compiled["id"], compiled["date"] = _identity(identities[position])
            for name, text in releases[position].items():
                if self._rules.get(name) is _OMIT or known.get(name) == text:
                    continue
                merge = _Merge(owns=True)
                before = b"" if self._rules.get(name) is _WHOLE else known.get(name, b"")
                merge.merge(compiled, {name: _news(before, text)}, self._rules)
                # Members without an id are taken up anew each time, so such a section is never passed over.
                known[name] = b"" if merge.has_nameless else text
        return compiled

    def extend(self, compiled: Json | None, release: Json) -> Json:
        """Give the compiled release that one more release leads to, as if all had been compiled together.

        Raises:
            MergeError: the release is older than the compiled one, or the answer depends on what the compiled release
                no longer tells, such as which kind a field had before. Compile all releases instead.
        """
        if compiled is None:
            return self.compile([release])
        _check_order(compiled, release)
        try:
            extended = _copy(compiled, self._rules)
            _Merge().add(extended, release, self._rules)
        except _OddError as odd:
            raise MergeError(f"a release does not fit what is compiled: {odd}") from None
        return extended


def _check_order(compiled: Json, release: Json) -> None:
    before, after = _by_date([compiled, release])
    if before is release and before["date"] != after["date"]:
        raise MergeError(f"the release of {release['date']} is older than what is compiled, {compiled['date']}")


def _by_date(releases: Sequence[Json]) -> Sequence[Json]:
    if len(releases) == 1:
        return releases
    try:
        return sorted(releases, key=itemgetter("date"))
    except (KeyError, TypeError):
        raise MergeError("a release to be merged has no date") from None


_PARTS = frozenset({dict, list})
_NESTED = frozenset({dict, list, type(None)})
_IDS = frozenset({str, int})


class _Merge:
    """One merging of releases, in place.

    With `owns`, objects of the releases may become part of what is compiled; else they are copied. `has_nameless`
    tells whether any list took up a member without an id.
    """

    __slots__ = ("has_nameless", "owns")

    def __init__(self, *, owns: bool = False) -> None:
        self.owns = owns
        self.has_nameless = False

    def add(self, compiled: Json, release: Json, rules: _Rules) -> None:
        """Merge a release into a compiled one."""
        compiled["id"], compiled["date"] = _identity(release)
        self.merge(compiled, {name: value for name, value in release.items() if rules.get(name) is not _OMIT}, rules)

    def merge(self, node: Json, source: Json, rules: _Rules) -> None:
        """Merge an object into an earlier one."""
        for name, value in source.items():
            current = node.get(name)
            if current is None:
                fresh = self.fresh(value, rules.get(name, _FREE)) if type(value) in _NESTED else value
                if fresh is not None:
                    node[name] = fresh
            elif type(value) in _NESTED or type(current) in _PARTS:
                self._merge_part(node, name, value, rules.get(name, _FREE))
            else:
                node[name] = value

    def _merge_part(self, node: Json, name: str, value: Json, rule: Any) -> None:
        """Merge where the earlier value or the later one is an object, a list or a null."""
        current = node[name]
        if rule is not _WHOLE and type(current) is dict and type(value) is dict:
            self.merge(current, value, rule)
        elif rule is _WHOLE or not _is_tree(current):
            _replace(node, name, value, rule)
        elif value is not None and (value or type(value) not in _PARTS):
            # A null or an empty list leaves a list of objects as it is: their fields go one by one.
            if type(current) is not list or type(value) is not list:
                raise _OddError(f"{name} was {_kind(current)} and is now {_kind(value)}")
            self._merge_members(current, value, rule)

    def _merge_members(self, current: list[Json], members: list[Json], rules: _Rules) -> None:
        """Merge objects into a list by their ids; one without an id is always a new one."""
        index: dict[str, Json] | None = None
        for position, member in enumerate(members):
            if type(member) is not dict:
                raise _OddError("a list holds both objects and plain values")
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

    def _append(self, current: list[Json], member: Json, rules: _Rules, key: Json) -> None:
        if key is not _MISSING:
            raise _OddError("an id is neither a text nor a whole number")
        fresh = self._fresh_object(member, rules)
        if fresh is not None:
            self.has_nameless = True
            current.append(fresh)

    def _merge_member(self, current: list[Json], index: dict[str, Json], member: Json, rules: _Rules) -> None:
        key = member["id"]
        node = index.get(str(key))
        if node is None:
            node = self._fresh_object(member, rules)
            index[str(key)] = node
            current.append(node)
        elif type(node["id"]) is type(key):
            self.merge(node, member, rules)
        else:
            raise _OddError(f"the id {key} is a text here and a number there")

    def fresh(self, value: Json, rule: Any) -> Json:
        """Give an object, a list or a null of its own to a compiled release; None, where there is nothing to keep."""
        if rule is _WHOLE or value is None:
            return value
        return self._fresh_object(value, rule) if type(value) is dict else self._fresh_list(value, rule)

    def _fresh_object(self, source: Json, rules: _Rules) -> Json:
        nested = [name for name, value in source.items() if type(value) in _NESTED]
        node = source if self.owns else source.copy()
        if not nested:
            return node or None
        has_null = False
        for name in nested:
            value = node[name]
            fresh = self.fresh(value, rules.get(name, _FREE))
            if fresh is None:
                del node[name]
                has_null = has_null or value is None
            else:
                node[name] = fresh
        # A null keeps the object, though not the field.
        return node if node or has_null else None

    def _fresh_list(self, value: list[Json], rules: _Rules) -> Json:
        if not value:
            return None
        if type(value[0]) is not dict:
            return _plain_list(value)
        if _have_plain_ids(value):
            return [self._fresh_object(member, rules) for member in value]
        members: list[Json] = []
        self._merge_members(members, value, rules)
        return members or None


_MISSING = object()


def _have_plain_ids(members: list[Json]) -> bool:
    """Tell whether each member is an object with a text of its own as its id, as nearly all are."""
    try:
        ids = [member["id"] for member in members]
        return len(set(ids)) == len(ids) and set(map(type, ids)) == {str}
    except (KeyError, TypeError):
        return False


def _news(before: bytes, text: bytes) -> Json:
    """Read a section; of an object, only the members that are not as they were."""
    if not before.startswith(b"{") or not text.startswith(b"{"):
        return json.decode(text)
    earlier = json.members(before)
    return {name: json.decode(part) for name, part in json.members(text).items() if earlier.get(name) != part}


def _identity(release: Json) -> tuple[str, str]:
    """Give the id and the date of what a release is compiled into."""
    ocid, date = release.get("ocid"), release.get("date")
    if type(ocid) is not str or type(date) is not str:
        raise _OddError("it has no ocid or no date")
    return f"{ocid}-{date}", date


def _replace(node: Json, name: str, value: Json, rule: Any) -> None:
    """Put a later value in the place of a plain one, or of a whole list."""
    if value is None:
        del node[name]
    elif rule is _WHOLE or type(value) not in _PARTS:
        node[name] = value
    elif value:
        if type(value) is dict or type(value[0]) is dict:
            raise _OddError(f"{name} was {_kind(node[name])} and is now {_kind(value)}")
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
        raise _OddError("a list holds both objects and plain values")
    return value


def _copy(node: Json, rules: _Rules) -> Json:
    """Copy what a compiled release holds, except for the lists that are replaced as a whole.

    Raises:
        _OddError: there is a part that only the releases it came from can explain.
    """
    return {name: _copy_value(value, rules.get(name, _FREE)) for name, value in node.items()}


def _copy_value(value: Json, rule: Any) -> Json:
    if rule is _WHOLE or rule is _OMIT:
        return value
    if type(value) is dict:
        return _copy(value, rule)
    return _copy_list(value, rule) if type(value) is list else value


def _copy_list(value: list[Json], rules: _Rules) -> list[Json]:
    if not value:
        raise _OddError("a list is empty")
    if not _is_tree(value):
        return _plain_list(value)
    ids = [str(member["id"]) for member in value if type(member) is dict and "id" in member]
    if len(set(ids)) < len(ids) or any(type(member) is not dict for member in value):
        raise _OddError("a list holds members that cannot be told apart")
    return [_copy(member, rules) for member in value]


@cache
def _rules(extensions: tuple[str, ...]) -> _Rules:
    schema = release_schema(extensions)
    return _rules_below(schema, schema["definitions"])


def _rules_below(schema: Json, definitions: Json) -> _Rules:
    found = {name: _rule(member, definitions) for name, member in schema["properties"].items()}
    return {name: rule for name, rule in found.items() if rule}


def _rule(schema: Json, definitions: Json) -> Any:
    schema = _resolve(schema, definitions)
    if schema.get("omitWhenMerged"):
        return _OMIT
    kinds = _kinds(schema)
    if "array" in kinds:
        return _list_rule(schema, definitions)
    return _rules_below(schema, definitions) if "object" in kinds and "properties" in schema else _FREE


def _list_rule(schema: Json, definitions: Json) -> Any:
    if schema.get("wholeListMerge"):
        return _WHOLE
    items = _resolve(schema.get("items", {}), definitions)
    kinds = _kinds(items)
    if any(kind != "object" for kind in kinds):
        return _WHOLE
    if not kinds or "properties" not in items:
        return _FREE
    return _rules_below(items, definitions) if "id" in items["properties"] else _WHOLE


def _kinds(schema: Json) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _resolve(schema: Json, definitions: Json) -> Json:
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else schema


def merge_rules(extensions: Iterable[str] = ()) -> dict[tuple[str, ...], str]:
    """Give the merge rules of OCDS by path: `omitWhenMerged` or `wholeListMerge`."""
    return dict(_paths(_rules(tuple(extensions)), ()))


def _paths(rules: _Rules, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], str]]:
    for name, rule in rules.items():
        if isinstance(rule, dict):
            yield from _paths(rule, (*path, name))
        else:
            yield (*path, name), "omitWhenMerged" if rule is _OMIT else "wholeListMerge"


def _compile_by_reference(releases: Sequence[Json], extensions: tuple[str, ...]) -> Json:
    # Imported here: it brings an HTTP client along, and hardly any data comes this way.
    import ocdsmerge  # noqa: PLC0415

    merger = ocdsmerge.Merger(merge_rules=merge_rules(extensions))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ocdsmerge.exceptions.DuplicateIdValueWarning)
        try:
            # A copy, because a list of one release may be lengthened by what the next one says.
            return merger.create_compiled_release(copy.deepcopy(list(releases)))
        except TypeError as error:
            raise MergeError(str(error)) from None
