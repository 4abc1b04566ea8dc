"""The merge rules of OCDS, read from the schema: which fields are dropped, and which lists are replaced as a whole."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from ocds_schema.json import Json
from ocds_schema.schema import release_schema

Rules = dict[str, Any]
"""By field: `WHOLE`, or the rules of the fields below it; at the root of a release also `OMIT`."""

OMIT = object()
WHOLE = object()
FREE: Rules = {}
"""The rules of what has none of its own."""


@cache
def rules_of(extensions: tuple[str, ...]) -> Rules:
    """Give the rules of the fields of a release that uses some extensions."""
    schema = release_schema(extensions)
    return _rules_below(schema, schema["definitions"])


def _rules_below(schema: Json, definitions: Json) -> Rules:
    found = {name: _rule(member, definitions) for name, member in schema["properties"].items()}
    return {name: rule for name, rule in found.items() if rule}


def _rule(schema: Json, definitions: Json) -> Any:
    schema = _resolve(schema, definitions)
    if schema.get("omitWhenMerged"):
        return OMIT
    kinds = _kinds(schema)
    if "array" in kinds:
        return _list_rule(schema, definitions)
    return _rules_below(schema, definitions) if "object" in kinds and "properties" in schema else FREE


def _list_rule(schema: Json, definitions: Json) -> Any:
    if schema.get("wholeListMerge"):
        return WHOLE
    items = _resolve(schema.get("items", {}), definitions)
    kinds = _kinds(items)
    if any(kind != "object" for kind in kinds):
        return WHOLE
    if not kinds or "properties" not in items:
        return FREE
    return _rules_below(items, definitions) if "id" in items["properties"] else WHOLE


def _kinds(schema: Json) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _resolve(schema: Json, definitions: Json) -> Json:
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else schema


def merge_rules(extensions: Iterable[str] = ()) -> dict[tuple[str, ...], str]:
    """Give the merge rules of OCDS by path: `omitWhenMerged` or `wholeListMerge`."""
    return dict(_paths(rules_of(tuple(extensions)), ()))


def _paths(rules: Rules, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], str]]:
    for name, rule in rules.items():
        if isinstance(rule, dict):
            yield from _paths(rule, (*path, name))
        else:
            yield (*path, name), "omitWhenMerged" if rule is OMIT else "wholeListMerge"
