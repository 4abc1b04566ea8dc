"""Participants of the portal: they name the parties that other documents know by number only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ocds_schema.json import Json
from transformers.kazakhstan.common import bilingual, known_id
from transformers.process import Entity
from transformers.rules import Fields, Reading

NAME = bilingual("name")
NAME.bind("parties/name")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Party:
    """Where a document says who a party is."""

    subject: str
    number: str
    name: str
    nested: str = ""


_LANGUAGES = ("ru", "kz")
_PARTIES: Mapping[str, tuple[_Party, ...]] = {
    "trd_buy": (
        _Party(subject="customer_pid", number="customer_bin", name="customer_name"),
        _Party(subject="org_pid", number="org_bin", name="org_name"),
    ),
    "trd_app": (_Party(subject="supplier_id", number="supplier_bin_iin", name="supplier_name", nested="supplier"),),
    "contract": (
        _Party(subject="supplier_id", number="supplier_biin", name="supplier_name", nested="supplier"),
        _Party(subject="customer_id", number="customer_bin", name="customer_name", nested="customer"),
    ),
}


def named(entities: Sequence[Entity], reading: Reading) -> list[Entity]:
    """Give the entities, with the names of those parties that they know by number only and whose subject is held."""
    held = {entity.key: entity for entity in entities if entity.kind == "subject"}
    return [_named(entity, held, reading) for entity in entities] if held else list(entities)


def _named(entity: Entity, held: Mapping[str, Entity], reading: Reading) -> Entity:
    names: dict[str, Json] = {}
    for party in _PARTIES.get(entity.kind, ()):
        subject = held.get(known_id(entity.fields.get(party.subject)) or "")
        if subject is not None and not _is_named(entity.fields, party):
            names |= _names(party, entity, subject, reading)
    return replace(entity, fields={**entity.fields, **names}) if names else entity


def _is_named(source: Fields, party: _Party) -> bool:
    nested = source.get(party.nested)
    told = [source.get(f"{party.name}_{language}") for language in _LANGUAGES]
    told += [nested.get(f"name_{language}") for language in _LANGUAGES] if isinstance(nested, dict) else []
    return any(told)


def _names(party: _Party, entity: Entity, subject: Entity, reading: Reading) -> dict[str, Json]:
    if not _agrees(entity.fields.get(party.number), subject.fields):
        reading.document = entity.name
        reading.report(
            "parties/name", "disagreement", "its subject has another number", names=(party.subject,), value=subject.key
        )
        return {}
    reading.document = subject.name
    if reading.attempt(NAME, subject.fields) is None:
        return {}
    return {f"{party.name}_{language}": subject.fields.get(f"name_{language}") for language in _LANGUAGES}


def _agrees(number: object, subject: Fields) -> bool:
    """Tell whether a party and its subject have the same number, where both have one."""
    told, known = known_id(number), {known_id(subject.get("bin")), known_id(subject.get("iin"))} - {None}
    return not told or not known or told in known
