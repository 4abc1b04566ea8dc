"""Mappings: which rule fills each field of the canonical model, and what becomes of each source field.

A `RecordMapping` names a rule for each field of a model class; names are checked when the module is imported. Where a
rule fails, the field is left out and a problem counted. A `DocumentMapping` says of every field of a source document
whether it is read, or why it is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from ocds_schema.errors import ConfigurationError, MappingError
from ocds_schema.json import Json
from transformers.rules import Fields, Reading, Rule


class RecordMapping(Rule):
    """How one class of the model is filled from one source object; it is a rule itself, so it can be nested."""

    kind = "record"

    def __init__(
        self,
        target: type,
        *,
        path: str = "",
        needs: tuple[str, ...] = (),
        **rules: Rule,
    ) -> None:
        paths = {member.name: member.metadata["ocds"] for member in fields(target)}
        unknown = [name for name in (*rules, *needs) if name not in paths]
        if unknown:
            raise ConfigurationError(f"{target.__name__} has no {', '.join(unknown)}")
        super().__init__(*(name for rule in rules.values() for name in rule.names), words="")
        self.target: Final = target
        self._needs = needs
        self._rules = tuple(rules.items())
        self._paths = paths
        self.bind(path)

    def bind(self, path: str) -> None:
        """Say at which OCDS path the object stands, and so each of its fields."""
        super().bind(path)
        for name, rule in self._rules:
            rule.bind(f"{path}/{self._paths[name]}" if path else self._paths[name])

    def rows(self) -> Iterable[Rule]:
        """Give the rules of all fields, also of nested objects."""
        return (row for _, rule in self._rules for row in rule.rows())

    def read(self, source: Fields, reading: Reading) -> Any:
        """Give the object, or nothing where not one of its fields, or not each needed one, has a value."""
        return self.apply(source, reading)

    def apply(self, source: Fields, reading: Reading, **given: Any) -> Any:
        """Fill the class from the source; `given` are fields whose values are known already."""
        found, trace = 0, reading.trace
        for name, rule in self._rules:
            try:
                value = rule.read(source, reading)
            except MappingError:
                reading.attempt(rule, source)
                continue
            if value is not None and value != ():
                given[name] = value if trace is None else trace.told(value, rule, source)
                found += 1
        if not found or any(name not in given for name in self._needs):
            return None
        return self.target(**given)


@dataclass(frozen=True, kw_only=True)
class DocumentMapping:
    """What becomes of each field of one kind of source document.

    `records` read it; `used` are fields that functions read across documents, with where they go; `children` are
    lists of nested objects; `flags` are fields that are either set or not; `ignored` are fields that are not carried
    over, with the reason.
    """

    kind: str
    records: tuple[RecordMapping, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, "DocumentMapping"] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        read = {name.split("/", 1)[0] for record in self.records for name in record.names}
        twice = (read | set(self.used) | set(self.children)) & set(self.ignored)
        if twice:
            raise ConfigurationError(f"{self.kind}: {', '.join(sorted(twice))} is read and ignored")
        object.__setattr__(self, "known", frozenset(read | set(self.used) | set(self.children) | set(self.ignored)))

    def check(self, source: Fields, reading: Reading) -> None:
        """Report fields that nothing reads or excuses, flags and lists that are none, here and in nested objects."""
        if not source.keys() <= self.known:
            for name in sorted(source.keys() - self.known):
                reading.report("", "unknown_field", f"{self.kind}: no rule reads it", names=(name,))
        for name in self.flags:
            raw = source.get(name)
            if raw is not None and flag(raw) is None:
                reason = f"{self.kind}: neither set nor unset; read as unset"
                reading.report("", "unknown_flag", reason, severity="lost", names=(name,), value=raw)
        for name, child in self.children.items():
            nested = source.get(name)
            if nested:
                self._check_children(name, nested, child, reading)

    def _check_children(self, name: str, nested: Any, child: "DocumentMapping", reading: Reading) -> None:
        found = objects(nested)
        if not isinstance(nested, dict) and (
            not isinstance(nested, list) or len(found) + nested.count(None) < len(nested)
        ):
            path = child.records[0].path if child.records else ""
            reason = f"{self.kind}: not a list of objects"
            reading.report(
                path,
                "wrong_shape",
                reason,
                severity="lost",
                names=(name,),
                value="" if isinstance(nested, list) else nested,
            )
        for member in found:
            child.check(member, reading)


def objects(raw: Any) -> list[dict[str, Json]]:
    """Give the objects of a list that may be nothing, one object, or hold other things."""
    if isinstance(raw, dict):
        return [raw]
    return [member for member in raw if isinstance(member, dict)] if isinstance(raw, list) else []


def flag(raw: Any) -> bool | None:
    """Tell whether a flag is set, however a portal writes it; nothing, where its value is none that we know."""
    if isinstance(raw, str):
        return _FLAGS.get(raw.strip().lower())
    return bool(raw) if raw in (None, 0, 1) else None


_FLAGS = {"1": True, "true": True, "0": False, "false": False, "": False}


def scalars(raw: Any) -> list[Any]:
    """Give the values of a list that may be nothing."""
    return [member for member in raw if not isinstance(member, dict | list)] if isinstance(raw, list) else []
