"""Whether a release keeps to the standard, and every way in which it does not."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import jsonschema_rs

from ocds_schema.checks import Checks
from ocds_schema.findings import Finding, Redact, excerpt, of_path
from ocds_schema.json import Json
from ocds_schema.problems import Problem
from ocds_schema.schema import strict_release_schema

_KINDS: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
_WANTED = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_ORDER = list(_WANTED)
_MOST_CODES = 20
_FORMATS = {
    "date-time": "a date and time with a zone, such as 2024-03-01T09:30:00+05:00",
    "uri": "an absolute address, such as https://example.org/a",
}


class ReleaseValidator:
    """What a release must be: the standard with some extensions, and no member besides.

    `redact` is applied to every value that is shown in a finding. The first use of a set of extensions in a process
    costs some 10 ms; a validator is small to send to another process.

    Raises:
        ConfigurationError: an extension is not known.
    """

    def __init__(self, extensions: Sequence[str] = (), *, redact: Redact | None = None) -> None:
        self._extensions = tuple(extensions)
        self._redact = redact
        self._schema = _compiled(self._extensions)
        self._checks = _checks(self._extensions)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self._extensions, self._redact)

    def is_valid(self, release: Json) -> bool:
        """Say whether a release agrees with the schema and has no unknown members.

        What `problems` finds beyond the schema does not count here.
        """
        return self._schema.is_valid(release)

    def problems(self, release: Json) -> list[Problem]:
        """List every error and reservation, in the order of the release."""
        return [finding.problem() for finding in self.findings(release)]

    def findings(self, release: Json) -> list[Finding]:
        """List every error and reservation with its exact place.

        Errors of the schema and unknown members come first and are fatal, as are ids that occur twice in a list.
        """
        found = [] if self._schema.is_valid(release) else list(self._errors(release))
        found += self._checks.run(release, self._redact or _shown)
        return found

    def _errors(self, release: Json) -> Iterator[Finding]:
        yield from schema_findings(self._schema, release, self._redact or _shown)


def schema_findings(schema: jsonschema_rs.Draft4Validator, value: Json, redact: Redact) -> Iterator[Finding]:
    """List every error of a value by a schema, in the order of their places."""
    for error in sorted(schema.iter_errors(value), key=_place):
        yield from _findings(error, redact)


def _rebuild(extensions: tuple[str, ...], redact: Redact | None) -> ReleaseValidator:
    return ReleaseValidator(extensions, redact=redact)


@cache
def _compiled(extensions: tuple[str, ...]) -> jsonschema_rs.Draft4Validator:
    # The strict schema is the whole standard and more, so one pass answers for both.
    return jsonschema_rs.Draft4Validator(strict_release_schema(extensions), validate_formats=True, offline=True)


@cache
def _checks(extensions: tuple[str, ...]) -> Checks:
    return Checks(strict_release_schema(extensions), extensions)


def _shown(value: str) -> str:
    return value


def _place(error: jsonschema_rs.ValidationError) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (isinstance(step, str), 0 if isinstance(step, str) else step, str(step)) for step in error.instance_path
    )


def _findings(error: jsonschema_rs.ValidationError, redact: Redact) -> Iterator[Finding]:
    place = tuple(error.instance_path)
    keyword = error.kind.name
    if keyword == "additionalProperties":
        for name in error.kind.unexpected:  # type: ignore[attr-defined]
            yield Finding(
                place=(*place, name),
                path=of_path((*place, name)),
                rule="additional_field",
                reason="is neither in the standard nor in the extensions in use",
                severity="fatal",
            )
        return
    missing = (error.kind.property,) if keyword == "required" else ()  # type: ignore[attr-defined]
    yield Finding(
        place=place,
        path=of_path(place + missing),
        rule=f"schema/{keyword}",
        reason=_reason(error),
        severity="fatal",
        value="" if missing else excerpt(error.instance, redact),
    )


def _reason(error: jsonschema_rs.ValidationError) -> str:
    say = _REASONS.get(error.kind.name)
    return say(error.kind, error.instance) if say else f"does not agree with {error.kind.name} of the schema"


def _kind(value: Json) -> str:
    return _KINDS.get(type(value), "a number with a fraction")


def _wanted(types: Sequence[str]) -> str:
    words = [_WANTED[name] for name in sorted(types, key=_ORDER.index)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _codes(options: Sequence[Json]) -> str:
    codes = [str(option) for option in options if option is not None]
    return ", ".join(codes) if len(codes) <= _MOST_CODES else f"{', '.join(codes[:3])} and {len(codes) - 3} more"


_REASONS: dict[str, Callable[[Any, Json], str]] = {
    "type": lambda kind, value: f"is {_kind(value)}, should be {_wanted(kind.types)}",
    "required": lambda kind, _: f"lacks `{kind.property}`",
    "enum": lambda kind, _: f"is none of the codes allowed: {_codes(kind.options)}",
    "format": lambda kind, _: f"is not {_FORMATS.get(kind.format, kind.format)}",
    "minLength": lambda *_: "is an empty text",
    "minItems": lambda *_: "is an empty list",
    "uniqueItems": lambda *_: "holds the same member more than once",
}
