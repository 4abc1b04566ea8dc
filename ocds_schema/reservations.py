"""What the schema allows and a careful reader would not: fields that hold nothing, fields that are deprecated."""

from collections.abc import Iterator
from functools import cache

from ocds_schema.findings import Finding, Place, Redact, of_path
from ocds_schema.json import Json


class Reservations:
    """The reservations that a schema of releases gives cause for."""

    def __init__(self, schema: Json) -> None:
        self._schema = schema
        self._fields = cache(self._read_fields)

    def run(self, release: Json, redact: Redact) -> list[Finding]:  # noqa: ARG002
        """List every deprecated field and every field that is null, empty or blank, in the order of the release."""
        return list(self._object(release, "", ())) if isinstance(release, dict) else []

    def _object(self, value: dict[str, Json], target: str, place: Place) -> Iterator[Finding]:
        fields = self._fields(target)
        for name, member in value.items():
            here = (*place, name)
            inner, deprecated = fields.get(name, (None, ""))
            if deprecated:
                yield _finding(here, "deprecated", f"is deprecated. {deprecated}".rstrip())
            yield from self._value(member, inner, here)

    def _value(self, value: Json, target: str | None, place: Place) -> Iterator[Finding]:
        if isinstance(value, dict) and value:
            yield from self._object(value, target or "?", place)
        elif isinstance(value, list) and value:
            for position, member in enumerate(value):
                yield from self._value(member, target, (*place, position))
        elif value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip()):
            yield _finding(place, "empty_field", "holds nothing")

    def _read_fields(self, target: str) -> dict[str, tuple[str | None, str]]:
        """Give, by name, what each field of an object holds and what is said of it where it is deprecated."""
        schema = self._schema if target == "" else self._at(target)
        return {
            name: (self._target(f"{target}.{name}", field), field.get("deprecated", {}).get("description", ""))
            for name, field in schema.get("properties", {}).items()
        }

    def _at(self, target: str) -> Json:
        if "." not in target:
            return self._schema["definitions"].get(target, {})
        owner, _, name = target.rpartition(".")
        field = (self._schema if owner == "" else self._at(owner))["properties"][name]
        return field.get("items", field)

    def _target(self, place: str, field: Json) -> str | None:
        held = field.get("items", field)
        if "$ref" in held:
            return str(held["$ref"]).rpartition("/")[2]
        return place if "properties" in held else None


def _finding(place: Place, rule: str, reason: str) -> Finding:
    return Finding(place=place, path=of_path(place), rule=rule, reason=reason, severity="note")
