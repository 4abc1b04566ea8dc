"""Lineage: of each published value which rule made it, of which fields of which documents, and what was mended.

A bundle is mapped again with a trace, which says the rule; experiments say what the value depends on. A value without
a rule of its own is told by what the country declares of its path.
"""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ocds_schema.json import Json
from ocds_schema.paths import Steps, general, leaves
from ocds_schema.raw import Bundle
from transformers import values
from transformers.causes import Causes, Experiments, RawField, Relink, pick
from transformers.codes import CodeRow, CodeTable
from transformers.corrections import Correction, Corrections, Repair
from transformers.outcome import Context, country_mapping, map_bundle, new_reading
from transformers.process import CountryMapping, snake_case
from transformers.report import ENVELOPE, kinds
from transformers.rules import Rule
from transformers.state import write_process
from transformers.tracing import Origin, Trace, origin_of

Part = Literal["value", "together", "presence", "read"]
"""What a source field has to do with a value: it decides it, does so together with others, decides whether the object
is there that the value is of, or was read by the rule and did not matter."""

_Declaration = tuple[str, frozenset[str], str, CodeTable | None]
"""What a country declares of a path: the path, the kinds of documents, words, and a code table."""
_TAKEN_OVER = "taken over as the source has it"
_WORD = re.compile(r"\w+")
_SHORT = 6
"""Numbers with fewer digits than this are none of a person."""
_PARTIES = frozenset({"parties", "buyer", "procuringEntity", "tenderers", "suppliers", "payer", "payee", "author"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceField:
    """A field of a source document, and its raw value; nothing where that is not published, and so not shown."""

    field: RawField
    part: Part
    raw: Json
    is_withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How one value came about.

    `words` are the rule's, or what is declared of the path; `is_rule` says which. `sources` are fields of documents,
    the deciding ones first; where no field matters, `documents` are places in the bundle of the documents because of
    which the value is there. `rows` are of the portal's reference tables, as table and key. `is_complete` is false
    where the process is too large for experiments, so that only what the rule reads is told.
    """

    steps: Steps
    value: Json
    words: str
    is_rule: bool
    table: CodeTable | None
    row: CodeRow | None
    sources: tuple[SourceField, ...]
    documents: tuple[int, ...]
    rows: tuple[tuple[str, str], ...]
    repairs: tuple[Repair, ...]
    corrections: tuple[Correction, ...]
    is_scrubbed: bool
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """The lineage of everything that one bundle's mapping gives."""

    bundle: Bundle
    context: Context
    relink: Relink

    @cached_property
    def mapping(self) -> CountryMapping:
        """The country's mapping."""
        return country_mapping(self.bundle.source)

    @cached_property
    def experiments(self) -> Experiments:
        """What changes of the source have shown."""
        return Experiments(bundle=self.bundle, mapping=self.mapping, context=self.context, relink=self.relink)

    @property
    def values(self) -> dict[Steps, Json]:
        """Every single value, with its steps."""
        return self.experiments.values

    def explain(self, steps: Steps) -> Explanation:
        """Say how a value of `values` came about."""
        value, origin = self.values[steps], origin_of(_first(self._traced.get(steps)))
        causes = self.experiments.causes(steps)
        is_party = not _PARTIES.isdisjoint(steps) or (origin is not None and origin.rule.is_personal)
        sources = tuple(self._told(one, part, is_party) for one, part in self._fields(causes, origin))
        words, table = (origin.rule.words, origin.rule.table) if origin else self._declared(steps, sources)
        return Explanation(
            steps=steps,
            value=value,
            words=words,
            is_rule=origin is not None,
            table=table,
            row=(origin.row if origin else None) or self._row(table, sources),
            sources=sources,
            documents=causes.documents if not sources else (),
            rows=self.experiments.rows(steps),
            repairs=tuple(repair for repair, moved in self._repairs if steps in moved),
            corrections=tuple(correction for correction, moved in self._corrections if steps in moved),
            is_scrubbed=steps in self._traced and self._traced[steps] != value,
            is_complete=self.experiments.is_possible,
        )

    @cached_property
    def _traced(self) -> dict[Steps, Any]:
        """The values with their origins. Where personal numbers are taken out of one, it is another here."""
        reading = new_reading(self.context, Trace(tables=self.mapping.tables))
        mapped, _ = map_bundle(self.bundle, self.mapping, reading, self.context.source)
        if mapped.process is None:
            return {}
        return leaves(write_process(mapped.process, self.context.source.language)[0])

    def _fields(self, causes: Causes, origin: Origin | None) -> list[tuple[RawField, Part]]:
        """Give the fields that have to do with a value, the deciding ones first, and how."""
        found: dict[RawField, Part] = dict.fromkeys(causes.fields, "value")
        found |= dict.fromkeys(causes.together, "together")
        read = self._read(origin) if origin else []
        presence = [one for one in causes.presence if one in read or not found]
        for one in presence if found else causes.presence[:1]:
            found.setdefault(one, "presence")
        for one in read:
            found.setdefault(one, "presence" if one in causes.presence else "read")
        return list(found.items())

    def _read(self, origin: Origin) -> list[RawField]:
        """Give the fields that a rule is declared to read, where the documents have them."""
        if origin.place is None:
            return []
        documents = enumerate(self.bundle.documents)
        own = [place for place, one in documents if (one.kind, one.key) == (origin.place.kind, origin.place.key)]
        ways = [(*origin.place.steps, *name.split("/")) for name in origin.rule.names]
        found = (self._resolved(place, steps) for place in own for steps in ways)
        return list(dict.fromkeys(one for one in found if one is not None))

    def _resolved(self, place: int, steps: Steps) -> RawField | None:
        """Find a field by its snake_case names; of a list with one member, that is meant."""
        value, way = self.bundle.documents[place].fields, list[str]()
        for step in steps:
            if isinstance(value, list) and not step.isdecimal():
                way.append("0")
                value = value[0] if len(value) == 1 else None
            name = _named(value, step)
            if name is None:
                return None
            way.append(name)
            value = pick(value, (name,))
        is_single = not isinstance(value, dict | list) and value not in (None, "")
        return RawField(place, tuple(way)) if is_single else None

    def _told(self, one: RawField, part: Part, is_party: bool) -> SourceField:
        raw, persons = self.experiments.raw(one), self.context.source.person_numbers
        if (is_party or self._is_personal(one)) and not self._is_published(raw):
            return SourceField(field=one, part=part, raw=None, is_withheld=True)
        shown = persons.redact(raw) if isinstance(raw, str) else raw
        is_number = isinstance(raw, int) and not isinstance(raw, bool) and persons.redact(str(raw)) != str(raw)
        return SourceField(field=one, part=part, raw=None if is_number else shown, is_withheld=is_number)

    def _is_personal(self, one: RawField) -> bool:
        names = {snake_case(step) for step in one.steps if not step.isdecimal()}
        return not names.isdisjoint(self._personal.get(self.bundle.documents[one.document].kind, ()))

    @cached_property
    def _personal(self) -> dict[str, set[str]]:
        """The fields of each kind of documents that may hold a person's number."""
        found: dict[str, set[str]] = {}
        for kind, rule in self._rules:
            if rule.is_personal:
                names = (snake_case(step) for name in rule.names for step in name.split("/"))
                found.setdefault(kind.split("/")[0], set()).update(names)
        return found

    @cached_property
    def _rules(self) -> list[tuple[str, Rule]]:
        """The country's rules, each with the kind of document that it reads."""
        of_records = [
            (kind.kind, rule) for kind in kinds(self.mapping) for record in kind.records for rule in record.rows()
        ]
        return [*self.mapping.assembled, *of_records]

    def _is_published(self, raw: Json) -> bool:
        """Tell whether a raw value is made of nothing but words and numbers that are published."""
        words = _WORD.findall(values.clean_text(raw) or "" if isinstance(raw, str) else str(raw))
        return all(word in self._published or (word.isdecimal() and len(word) < _SHORT) for word in words)

    @cached_property
    def _published(self) -> set[str]:
        return {word for value in self.values.values() for word in _WORD.findall(str(value))}

    def _row(self, table: CodeTable | None, sources: Sequence[SourceField]) -> CodeRow | None:
        """Give the row of a table for the first deciding field that is in it."""
        if table is None:
            return None
        known = (table.get(one.raw) for one in sources if one.raw is not None and one.part != "read")
        return next((row for row in known if row is not None), None)

    def _declared(self, steps: Steps, sources: Sequence[SourceField]) -> tuple[str, CodeTable | None]:
        """Give what is declared of the path, or of the nearest one above it, for the documents that matter."""
        path = self._plain(steps)
        read = {self.bundle.documents[one.field.document].kind for one in sources}
        # A rule at the path has not made the value, or it would have left its trace: its words are a last resort.
        for declared in (self._composed, self._used, self._ruled):
            fit = [one for one in declared if _is_at(path, one) and (not read or not read.isdisjoint(one[1]))]
            if fit:
                return max(fit, key=lambda one: len(one[0]))[2:]
        fit = [one for one in (*self._composed, *self._ruled) if _is_at(path, one)]
        return max(fit, key=lambda one: len(one[0]))[2:] if fit else ("", None)

    def _plain(self, steps: Steps) -> str:
        suffixes = "|".join(self.context.source.languages)
        return re.sub(rf"_({suffixes})\Z", "", general(steps))

    @cached_property
    def _composed(self) -> list[_Declaration]:
        declared = [(one.path, frozenset(_kinds_of(one.document)), one.words, None) for one in self.mapping.composed]
        every = frozenset(one.kind for one in self.bundle.documents)
        return [*declared, *((path, every, words, None) for path, words in ENVELOPE)]

    @cached_property
    def _used(self) -> list[_Declaration]:
        """What is declared of fields that functions read: a path, maybe with a remark."""
        told = [
            (frozenset(_kinds_of(kind.kind)), *use.partition(",")[::2])
            for kind in kinds(self.mapping)
            for use in kind.used.values()
        ]
        return [(path, kind, remark.strip() or _TAKEN_OVER, None) for kind, path, remark in told if " " not in path]

    @cached_property
    def _ruled(self) -> list[_Declaration]:
        return [(rule.path, frozenset(_kinds_of(kind)), rule.words, rule.table) for kind, rule in self._rules]

    @cached_property
    def _repairs(self) -> list[tuple[Repair, dict[Steps, bool]]]:
        """The repairs of the documents at hand, each with what it moves."""
        present = {one.kind for one in self.bundle.documents}
        given = self.mapping.corrections
        own = [one for one in given.repairs if one.kind in present]
        return [
            (one, self._without(Corrections(given.entries, tuple(other for other in given.repairs if other != one))))
            for one in own
        ]

    @cached_property
    def _corrections(self) -> list[tuple[Correction, dict[Steps, bool]]]:
        present = {(one.kind, one.key) for one in self.bundle.documents}
        given = self.mapping.corrections
        own = [one for one in given.entries if (one.kind, one.key) in present]
        return [
            (one, self._without(Corrections(tuple(other for other in given.entries if other != one), given.repairs)))
            for one in own
        ]

    def _without(self, corrections: Corrections) -> dict[Steps, bool]:
        mapping = copy.copy(self.mapping)
        mapping.corrections = corrections
        return self.experiments.without(mapping)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _named(value: Json, step: str) -> str | None:
    """Give the name of a member as the source writes it, or a place in a list."""
    if isinstance(value, list):
        return step if step.isdecimal() and int(step) < len(value) else None
    if not isinstance(value, dict):
        return None
    return step if step in value else next((name for name in value if snake_case(name) == step), None)


def _is_at(path: str, declared: _Declaration) -> bool:
    return f"{path}/".startswith(f"{declared[0]}/") and bool(declared[2])


def _kinds_of(document: str) -> Iterator[str]:
    for one in document.split(","):
        yield one.strip().split("/")[0]
