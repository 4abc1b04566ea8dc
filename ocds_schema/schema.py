"""JSON Schema of OCDS 1.1.5, built from the tables of `ocds_schema.standard`."""

import copy
import re
from collections.abc import Iterable, Sequence
from functools import cache

from ocds_schema.codelists import codelist
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from ocds_schema.standard import CORE, PACKAGES, Field, fields_of, languages, objects, read_table

DRAFT = "http://json-schema.org/draft-04/schema#"
_HOME = "https://standard.open-contracting.org/schema/1__1__5/"
_ELSEWHERE = {
    "Release": f"{_HOME}release-schema.json",
    "VersionedRelease": f"{_HOME}versioned-release-validation-schema.json",
}
_VERSION_PATTERN = r"^(\d+\.)(\d+)$"
_ROOTS = ("Release", "ReleasePackage", "RecordPackage")


def _language_tag() -> str:
    """Give the form of a language tag, part by part as RFC 5646 §2.1 names them."""
    subtag = "[A-Za-z0-9]"
    language = "([A-Za-z]{2,3}(-([A-Za-z]{3}(-[A-Za-z]{3}){0,2}))?)|[A-Za-z]{4}|[A-Za-z]{5,8}"
    script, region = "(-([A-Za-z]{4}))?", "(-([A-Za-z]{2}|[0-9]{3}))?"
    variants = f"(-({subtag}{{5,8}}|[0-9]{subtag}{{3}}))*"
    extensions = f"(-([0-9A-WY-Za-wy-z](-{subtag}{{2,8}})+))*"
    private = f"(x(-{subtag}{{1,8}})+)"
    return f"((({language}){script}{region}{variants}{extensions}(-{private})?)|{private})"


LANGUAGE_TAG = _language_tag()


def release_schema(extensions: Iterable[str] = ()) -> Json:
    """Give the schema of a release that uses the named extensions.

    Raises:
        ConfigurationError: an extension is not known.
    """
    return copy.deepcopy(_release_schema(_known(extensions)))


def strict_release_schema(extensions: Iterable[str] = ()) -> Json:
    """Give the schema of a release that has no members but those of the standard and the named extensions.

    Every text for people may carry a language suffix, also where the standard declares none.

    Raises:
        ConfigurationError: an extension is not known.
    """
    return copy.deepcopy(_strict_release_schema(_known(extensions)))


def release_package_schema() -> Json:
    """Give the schema of a release package; its releases are referred to by the standard's address."""
    return {
        "id": f"{_HOME}release-package-schema.json",
        "$schema": DRAFT,
        **_object_schema("ReleasePackage", (PACKAGES,)),
    }


def record_package_schema() -> Json:
    """Give the schema of a record package; its releases are referred to by the standard's address."""
    return {
        "id": f"{_HOME}record-package-schema.json",
        "$schema": DRAFT,
        **_object_schema("RecordPackage", (PACKAGES,)),
        "definitions": {"record": _object_schema("record", (PACKAGES,))},
    }


def extension_patch(name: str) -> Json:
    """Give the `release-schema.json` of an extension: what it adds to the schema of a release.

    Raises:
        ConfigurationError: the extension is not known.
    """
    return _patch(_known((name,))[0])


def describe(path: str, extensions: Iterable[str] = ()) -> str:
    """Say what a path such as `tender/lots/value/amount` holds; nothing, where there is no such path."""
    known = fields_of((CORE, *_known(extensions)))
    owner, meaning = "Release", ""
    for name in path.split("/"):
        field, language = _find(known, owner, name)
        if field is None:
            return ""
        meaning = f"{field.meaning}, in the language {language}" if language else field.meaning
        owner = field.shape.target
    return meaning


def _find(known: dict[tuple[str, str], Field], owner: str, name: str) -> tuple[Field | None, str]:
    if field := known.get((owner, name)):
        return field, ""
    base, _, language = name.partition("_")
    if re.fullmatch(LANGUAGE_TAG, language) and any(row[1:] == (owner, base) for row in languages()):
        return known.get((owner, base)), language
    return None, ""


def _known(names: Iterable[str]) -> tuple[str, ...]:
    known = [row["name"] for row in read_table("extensions")]
    unique = tuple(dict.fromkeys(names))
    for name in unique:
        if name not in known:
            raise ConfigurationError(f"there is no extension {name!r}: there are {', '.join(known)}")
    return unique


@cache
def _release_schema(extensions: tuple[str, ...]) -> Json:
    schema = {"id": f"{_HOME}release-schema.json", "$schema": DRAFT, **_patch(CORE)}
    for name in extensions:
        _apply(schema, _patch(name))
    return schema


def _apply(schema: Json, patch: Json) -> None:
    """Apply a JSON merge patch (RFC 7396) that holds no nulls."""
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(schema.get(key), dict):
            _apply(schema[key], value)
        else:
            schema[key] = value


def _patch(extension: str) -> Json:
    """Give what one extension, or the standard itself, says of releases."""
    parts = (extension,)
    names = dict.fromkeys(
        [name for name, (origin, _) in objects().items() if origin == extension]
        + [field.object for field in fields_of(parts).values()]
        + [owner for origin, owner, _ in languages() if origin == extension]
    )
    schema = _object_schema("Release", parts) if "Release" in names else {}
    if definitions := {name: _object_schema(name, parts) for name in names if name != "Release" and "." not in name}:
        schema["definitions"] = definitions
    return schema


def _object_schema(name: str, parts: Sequence[str]) -> Json:
    """Give what some parts of the standard say of an object; only the part that brings it in gives it a type."""
    own = [field for field in fields_of(parts).values() if field.object == name]
    schema: dict[str, Json] = {}
    origin, meaning = objects().get(name, ("", ""))
    if meaning and origin in parts:
        schema |= {"title": _title(name), "description": meaning, "type": "object"}
    if required := [field.name for field in own if field.required]:
        schema["required"] = required
    if own:
        schema["properties"] = {field.name: _field_schema(field, parts) for field in own}
    if variants := [field for part, owner, field in languages() if part in parts and owner == name]:
        schema["patternProperties"] = {language_pattern([field]): _TEXT_OR_NULL for field in variants}
    return schema


_TEXT_OR_NULL = {"type": ["string", "null"]}


def language_pattern(names: Sequence[str]) -> str:
    """Give the pattern of some fields' names with a language suffix."""
    joined = names[0] if len(names) == 1 else f"({'|'.join(names)})"
    return f"^({joined}_{LANGUAGE_TAG})$"


def _title(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.rpartition(".")[2]).replace("_", " ")
    return words[:1].upper() + words[1:].lower()


def _field_schema(field: Field, parts: Sequence[str]) -> Json:
    schema: dict[str, Json] = {"title": _title(field.name), "description": field.meaning}
    if " or [" in field.type:
        lists = field.type.split(" or ")
        schema["oneOf"] = [{"type": "array", "minItems": 1, "items": _target(one.strip("[]"), parts)} for one in lists]
        return schema
    shape = field.shape
    schema |= _list_schema(field, parts) if shape.many else _single_schema(field, parts)
    schema |= _marks(field)
    if (field.object, field.name) in {(root, "version") for root in _ROOTS}:
        schema["pattern"] = _VERSION_PATTERN
    return schema


def _single_schema(field: Field, parts: Sequence[str]) -> Json:
    shape = field.shape
    if shape.target:
        return _target(shape.target, parts)
    schema: dict[str, Json] = {"type": _types(shape.types, nullable=shape.nullable)}
    if field.filled:
        schema["minLength"] = 1
    return schema | _contents(field, nullable=shape.nullable)


def _list_schema(field: Field, parts: Sequence[str]) -> Json:
    shape = field.shape
    if shape.target:
        items = _target(shape.target, parts)
    else:
        items = {"type": _types(shape.types, nullable=False)} | _contents(field, nullable=False)
    schema: dict[str, Json] = {"type": _types(("array",), nullable=shape.nullable), "items": items}
    if field.filled:
        schema["minItems"] = 1
    if field.unique:
        schema["uniqueItems"] = True
    return schema


def _types(names: Sequence[str], *, nullable: bool) -> Json:
    every = [*names, "null"] if nullable else list(names)
    return every if len(every) > 1 else every[0]


def _contents(field: Field, *, nullable: bool) -> Json:
    schema: dict[str, Json] = {"format": field.format} if field.format else {}
    if field.codelist and not codelist(field.codelist).is_open:
        codes: list[Json] = [*codelist(field.codelist).codes]
        schema["enum"] = [*codes, None] if nullable else codes
    return schema


def _target(name: str, parts: Sequence[str]) -> Json:
    if name in _ELSEWHERE:
        return {"$ref": _ELSEWHERE[name]}
    return _object_schema(name, parts) if "." in name else {"$ref": f"#/definitions/{name}"}


_MERGE_RULES = {"omit": "omitWhenMerged", "whole": "wholeListMerge", "version": "versionId"}


def _marks(field: Field) -> Json:
    """Give the members that are the standard's own: codelists, merge rules and deprecation."""
    marks: dict[str, Json] = {}
    if field.codelist:
        marks |= {"codelist": f"{field.codelist}.csv", "openCodelist": codelist(field.codelist).is_open}
    if field.merge:
        marks[_MERGE_RULES[field.merge]] = True
    if field.default:
        marks["default"] = field.default
    if field.deprecated:
        marks["deprecated"] = {"deprecatedVersion": "1.1", "description": f"Instead, {field.deprecated}."}
    return marks


@cache
def _strict_release_schema(extensions: tuple[str, ...]) -> Json:
    schema = copy.deepcopy(_release_schema(extensions))
    _close(schema, "Release")
    for name, definition in schema["definitions"].items():
        _close(definition, name)
    return schema


def _close(schema: Json, name: str) -> None:
    """Refuse unknown members of an object and of the objects written in place within it."""
    for field, member in schema.get("properties", {}).items():
        for inner in (member, member.get("items", {})):
            if "properties" in inner:
                _close(inner, f"{name}.{field}")
    schema["additionalProperties"] = False
    texts = [field for _, owner, field in languages() if owner == name and field in schema.get("properties", {})]
    if texts:
        # One pattern for all texts of an object: each further pattern would be tried on every member.
        schema["patternProperties"] = {language_pattern(texts): _TEXT_OR_NULL}
