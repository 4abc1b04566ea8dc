"""What becomes of one bundle: mapped, built, validated and compiled, without any state but what is handed in."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from ocds_schema import json
from ocds_schema.errors import ConfigurationError, MappingError
from ocds_schema.ids import given_ocid
from ocds_schema.ids import ocid as make_ocid
from ocds_schema.outcome import Outcome
from ocds_schema.paths import parsed
from ocds_schema.problems import Problem
from ocds_schema.raw import Bundle, Document
from ocds_schema.redaction import Redaction
from ocds_schema.release import Cause, Record
from ocds_schema.source import Source
from ocds_schema.validation import ReleaseValidator
from transformers import values
from transformers.compiled import Merger
from transformers.corrections import Corrections
from transformers.process import CountryMapping, Entity, Mapped, newest_change
from transformers.release import build_release, release_date
from transformers.rules import Reading, References
from transformers.state import State, build_state
from transformers.tracing import Trace

_ONE_DAY = timedelta(days=1)
_NO_CHANGE_DATE = Problem(
    path="date",
    rule="no_change_date",
    reason="no document tells when it changed; the release is dated by the harvest",
    severity="note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a transform is given beside the bundles: the source, the key of pseudonyms, the moment it speaks for.

    `references` are the portal's own reference tables, by name and key, for codes whose names we do not know. `before`
    is the moment that the last mapping spoke for: what new code makes of the documents of then is dated by it. `cause`
    is what a change is put down to that is not the portal's. `redactions` are what must never be published again.
    """

    source: Source
    pseudonym_key: bytes = field(repr=False)
    as_of: datetime
    references: References = field(default_factory=dict, repr=False)
    before: datetime | None = None
    cause: Cause = "pipeline"
    redactions: Sequence[Redaction] = field(default=(), repr=False)


def transform_bundle(
    bundle: Bundle, previous: Record | None, context: Context, documents_before: Sequence[Document] | None = None
) -> Outcome:
    """Map a bundle and, where its state has moved, build, validate and compile the releases that say so.

    The same arguments give the same bytes. Bad data never raises: it ends as problems, or as a quarantined process
    that keeps the record it had.

    `documents_before` are those that the process was mapped from the last time, where they are known. Mapped by the
    code of now they tell what the pipeline has changed: that is a release of its own, before the one that says what the
    source has.
    """
    earlier = bundle_before(bundle, previous, documents_before)
    digests = {each and inputs_digest(each) for each in (bundle, earlier)}
    then = replace(context, as_of=context.before or context.as_of)
    if (previous and inputs_digest(bundle) == previous.inputs) or len(digests) == 1:
        return _caused(_outcome_of(bundle, previous, then), context.cause)
    if earlier is None:
        return _outcome_of(bundle, previous, context)
    first = _outcome_of(earlier, previous, then)
    if first.quarantined or first.release is None:
        return _outcome_of(bundle, previous, context)
    remapped = replace(first.release, cause=context.cause)
    return replace(_outcome_of(bundle, first.record, context), remapped=remapped)


def bundle_before(bundle: Bundle, previous: Record | None, documents: Sequence[Document] | None) -> Bundle | None:
    """Give the bundle that a process was mapped from, of its documents; nothing where these are not known.

    Whether another process wanted one of them is known from the digest that the record holds.
    """
    if not documents:
        return None
    earlier = replace(bundle, documents=tuple(documents), published=previous is not None)
    other = replace(earlier, wanted=not bundle.wanted)
    return other if previous and inputs_digest(other) == previous.inputs else earlier


def _outcome_of(bundle: Bundle, previous: Record | None, context: Context) -> Outcome:
    outcome = _without(_transformed(bundle, previous, context), _rules(previous, context))
    if outcome.quarantined or outcome.record is None:
        return outcome
    return replace(outcome, record=replace(outcome.record, inputs=inputs_digest(bundle)))


def _caused(outcome: Outcome, cause: Cause) -> Outcome:
    return replace(outcome, release=outcome.release and replace(outcome.release, cause=cause))


def inputs_digest(bundle: Bundle) -> str:
    """Give the SHA-256 of what a bundle holds: two bundles with the same are mapped from the same."""
    documents = [(each.kind, each.way, each.key, each.digest) for each in bundle.documents]
    return json.digest(json.encode([bundle.wanted, documents]))


def new_reading(context: Context, trace: Trace | None = None) -> Reading:
    """Give a reading of a source's documents, without problems yet."""
    return Reading(
        zone=context.source.zone,
        currency=context.source.currency,
        as_of=context.as_of,
        key=context.pseudonym_key,
        persons=context.source.person_numbers,
        references=context.references,
        trace=trace,
    )


def _transformed(bundle: Bundle, previous: Record | None, context: Context) -> Outcome:
    mapping, reading = country_mapping(bundle.source), new_reading(context)
    mapped, entities = map_bundle(bundle, mapping, reading, context.source)
    state = build_state(mapped.process, context.source.language, context.source.person_numbers)
    state = redacted(state, _rules(previous, context))
    problems = [*reading.problems, *state.problems]
    if any(problem.severity == "fatal" for problem in problems):
        return _quarantine(bundle, previous, problems)
    changed = mapped.changed or changed_at(entities, mapping, reading)
    if changed is None and state.content:
        problems.append(_NO_CHANGE_DATE)
    is_as_before = state.digest == previous.state_digest if previous else not state.content
    if is_as_before and previous is None:
        return _outcome(bundle, previous, problems)
    try:
        ocid = _ocid(mapped, previous, context.source, problems)
    except MappingError as error:
        problems.append(Problem(path="ocid", rule="ocid", reason=str(error), severity="fatal"))
        return _quarantine(bundle, previous, problems)
    if is_as_before:
        return _outcome(bundle, previous, problems)
    date = release_date(changed, previous.date if previous else None, context.as_of, context.source.zone)
    return _release(bundle, previous, context, ocid=ocid, state=state, date=date, problems=problems)


def state_of(bundle: Bundle, previous: Record | None, context: Context) -> State | None:
    """Give the state that a bundle is mapped to, or nothing where it cannot be mapped."""
    mapped = map_bundle(bundle, country_mapping(bundle.source), new_reading(context), context.source)[0]
    state = build_state(mapped.process, context.source.language, context.source.person_numbers)
    return redacted(state, _rules(previous, context))


def _rules(previous: Record | None, context: Context) -> list[Redaction]:
    return [rule for rule in context.redactions if rule.applies(previous.ocid if previous else None)]


def redacted(state: State, rules: Sequence[Redaction]) -> State:
    """Give a state without what was taken out of what is published."""
    content = state.content
    for rule in rules:
        content = rule.redact(content)
    if content == state.content:
        return state
    return replace(state, content=content, digest=json.digest(json.encode(content)))


def _without(outcome: Outcome, rules: Sequence[Redaction]) -> Outcome:
    """Give an outcome whose problems do not tell what was taken out."""
    return replace(outcome, problems=tuple(masked(each, rules) for each in outcome.problems)) if rules else outcome


def masked(problem: Problem, rules: Sequence[Redaction]) -> Problem:
    """Give a problem that does not tell what was taken out."""
    for rule in rules:
        is_there = rule.kind == "path" and not {*problem.path.split("/")}.isdisjoint(parsed(rule.what))
        value = "" if is_there else rule.mask(problem.value)
        problem = replace(problem, reason=rule.mask(problem.reason), document=rule.mask(problem.document), value=value)
    return problem


def map_bundle(
    bundle: Bundle, mapping: CountryMapping, reading: Reading, source: Source
) -> tuple[Mapped, list[Entity]]:
    """Map a bundle; problems are collected in the reading."""
    if mapping.is_told_elsewhere(bundle):
        return Mapped(process_id=None, process=None), []
    entities = _corrected(mapping.entities(bundle.documents), mapping.corrections, reading, bundle.process)
    if reading.trace is not None:
        reading.trace.hold(entities)
    ocid_base = make_ocid(source.ocid_prefix, source.ocid_namespace, "x", source.person_numbers)[:-1]
    return mapping.map(bundle, entities, reading, ocid_base), entities


@cache
def country_mapping(name: str) -> CountryMapping:
    """Give the mapping of a source: `transformers.<name>.MAPPING`.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        return cast(CountryMapping, importlib.import_module(f"transformers.{name}").MAPPING)
    except (ModuleNotFoundError, AttributeError):
        raise ConfigurationError(f"there is no transformers/{name} with a MAPPING") from None


def _release(
    bundle: Bundle,
    previous: Record | None,
    context: Context,
    *,
    ocid: str,
    state: State,
    date: datetime,
    problems: list[Problem],
) -> Outcome:
    extensions = context.source.extensions
    before = json.decode(previous.body) if previous else None
    release, content = build_release(
        ocid, state.content, before, date, extensions=extensions, persons=context.source.person_numbers
    )
    problems = [*problems, *_validator(extensions).problems(content)]
    if any(problem.severity == "fatal" for problem in problems):
        return _quarantine(bundle, previous, problems)
    body = json.encode(_merger(extensions).extend(before, content))
    record = Record(
        ocid=ocid,
        process=bundle.process,
        year=previous.year if previous else date.year,
        date=date,
        digest=json.digest(body),
        state_digest=state.digest,
        body=body,
    )
    return Outcome(process=bundle.process, ocid=ocid, release=release, record=record, problems=tuple(problems))


def _ocid(mapped: Mapped, previous: Record | None, source: Source, problems: list[Problem]) -> str:
    """Give the ocid, which a process keeps for life."""
    named = named_ocid(mapped, source)
    if previous is None and named is None:
        raise MappingError("the process has no id")
    if previous is None:
        return cast(str, named)
    if named not in (None, previous.ocid):
        problems.append(
            Problem(
                path="ocid",
                rule="renamed",
                reason="the source names it otherwise now",
                severity="note",
                value=str(named),
            )
        )
    return previous.ocid


def named_ocid(mapped: Mapped, source: Source) -> str | None:
    """Give the ocid that a process has by its documents, or nothing where they give it none.

    Raises:
        MappingError: what they give cannot be part of an ocid.
    """
    if mapped.ocid is not None:
        return given_ocid(mapped.ocid, source.republished, source.person_numbers)
    if mapped.process_id is None:
        return None
    return make_ocid(source.ocid_prefix, source.ocid_namespace, mapped.process_id, source.person_numbers)


def _corrected(entities: Sequence[Entity], corrections: Corrections, reading: Reading, process: str) -> list[Entity]:
    """Put right what is known to be wrong; a repair is counted once, with the process the document belongs to."""
    if not corrections.entries and not corrections.repairs:
        return list(entities)
    found = []
    for entity in entities:
        fields, applied = corrections.apply(entity.kind, entity.key, entity.fields)
        reading.document = entity.name
        for correction, holds in applied:
            rule = "corrected" if holds else "stale_correction"
            reading.report("", rule, correction.reason, names=(correction.field,), value=correction.was)
        fields, mended = corrections.repair(entity.kind, fields)
        for repair, count in mended if entity.links.process == process else ():
            reading.report("", f"repair/{repair.name}", repair.guard, names=(repair.fields,), value=count)
        found.append(replace(entity, fields=fields))
    return found


def changed_at(entities: Sequence[Entity], mapping: CountryMapping, reading: Reading) -> datetime | None:
    """Give the newest change that the documents state and that is not in the future; nothing, where none does."""
    latest = f"{(reading.as_of + _ONE_DAY).astimezone(reading.zone):%Y-%m-%d %H:%M:%S}"
    for stated in newest_change(entities, mapping.change_fields, latest):
        try:
            return values.moment(stated, reading.zone, reading.as_of)
        except MappingError:
            continue
    return None


@cache
def _validator(extensions: tuple[str, ...]) -> ReleaseValidator:
    return ReleaseValidator(extensions)


@cache
def _merger(extensions: tuple[str, ...]) -> Merger:
    return Merger(extensions)


def _outcome(bundle: Bundle, previous: Record | None, problems: list[Problem]) -> Outcome:
    ocid = previous.ocid if previous else None
    return Outcome(process=bundle.process, ocid=ocid, release=None, record=previous, problems=tuple(problems))


def _quarantine(bundle: Bundle, previous: Record | None, problems: list[Problem]) -> Outcome:
    return Outcome(
        process=bundle.process,
        ocid=previous.ocid if previous else None,
        release=None,
        record=previous,
        problems=tuple(problems),
        quarantined=True,
    )
