"""Who takes part: by taxpayer number (INN) where one is known, else by name.

An INN of Kyrgyzstan has 14 digits; organizations' begin with 0, those of natural persons with 1 or 2. The ministry
names foreigners by the number of their own country with a scheme such as `RU-INN`. Only what surely is an
organization's number is told; whoever has another is known by a pseudonym.
"""

import re
from collections.abc import Mapping
from typing import Any

from ocds_schema.errors import MappingError
from ocds_schema.ids import party_id
from ocds_schema.json import Json
from ocds_schema.model import Address, Organization, Text
from transformers import values
from transformers.kyrgyzstan import tables
from transformers.kyrgyzstan.nested import part, said
from transformers.kyrgyzstan.words import normal
from transformers.rules import Fields, Reading

SCHEME = "KG-INN"
_NAMED = "kg-name"
_FOREIGN = "foreign-party"
_UNSURE = "kg-party"
_ID = re.compile(r"(?P<scheme>[A-Z]{2}-INN)-(?P<number>.+)\Z", re.DOTALL)
_ORGANIZATIONS = {
    "RU-INN": re.compile(r"[0-9]{10}\Z"),
    "KZ-INN": re.compile(r"[0-9]{4}[4-6][0-9]{7}\Z"),
    "UZ-INN": re.compile(r"[23][0-9]{8}\Z"),
    "CN-INN": re.compile(r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}\Z"),
    "TJ-INN": re.compile(r"[0-9]{9}\Z"),
    "BY-INN": re.compile(r"[0-9]{9}\Z"),
    "TR-INN": re.compile(r"[0-9]{10}\Z"),
}
"""What organizations' numbers look like abroad, and persons' do not."""


def registered(
    scheme: str, raw: Any, name: Text | None, reading: Reading, *, address: Address | None = None, path: str = "parties"
) -> Organization | None:
    """Give the party with a number; where that is none of its register, the party of that name, and a problem.

    A natural person, or who may be one, has a pseudonym and no address.
    """
    number = _number(raw, reading)
    if scheme != SCHEME and number:
        return _foreigner(scheme, number, name, reading, address)
    if number is None or not reading.persons.is_registered(number):
        if number:
            reading.report(path, "party_number", "not a number of the register", severity="lost", names=("inn",))
        return named(name, reading)
    found = party_id(SCHEME, number, reading.persons, reading.key)
    if not found.startswith(SCHEME):
        return Organization(id=found, name=name)
    if not number.startswith("0"):
        return Organization(id=reading.persons.pseudonym(number, reading.key, _UNSURE), name=name)
    return Organization(id=found, scheme=SCHEME, number=number, name=name, address=address)


def _foreigner(
    scheme: str, number: str, name: Text | None, reading: Reading, address: Address | None
) -> Organization | None:
    form = _ORGANIZATIONS.get(scheme)
    if form is None or not form.match(number):
        return Organization(id=reading.persons.pseudonym(f"{scheme}-{number}", reading.key, _FOREIGN), name=name)
    return Organization(id=f"{scheme}-{number}", scheme=scheme, number=number, name=name, address=address)


def named(name: Text | None, reading: Reading) -> Organization | None:
    """Give a party that is known by name only; its id stands for the name, however that is written."""
    if name is None or name.main is None or not normal(name.main):
        return None
    return Organization(id=reading.persons.pseudonym(normal(name.main), reading.key, _NAMED), name=name)


def entity_named(raw: Any, reading: Reading) -> Organization | None:
    """Give a procuring entity by its name: with its number, where just one entity of the register has that name.

    Raises:
        MappingError: the name is no text.
    """
    return _by_name(raw, "ref_entity", reading)


def supplier_named(raw: Any, reading: Reading) -> Organization | None:
    """Give a supplier by its name: with its number, where just one of the register has that name and is no person.

    Raises:
        MappingError: the name is no text.
    """
    return _by_name(raw, "ref_supplier", reading)


def _by_name(raw: Any, register: str, reading: Reading) -> Organization | None:
    text = values.clean_text(raw)
    if text is None:
        return None
    name = Text(main=text)
    numbers = _numbers(reading.references.get(register, {})).get(normal(text), ())
    only = numbers[0] if len(numbers) == 1 else None
    if only is None or reading.persons.is_person(only) or not reading.persons.is_registered(only):
        return named(name, reading)
    return registered(SCHEME, only, name, reading)


_held: list[tuple[Mapping[str, Fields], dict[str, tuple[str, ...]]]] = []
_MOST_HELD = 4


def _numbers(register: Mapping[str, Fields]) -> dict[str, tuple[str, ...]]:
    """Give the numbers of a register by name. The last registers are kept: they are the same for every process."""
    if not register:
        return {}
    for table, index in _held:
        if table is register:
            return index
    index = {}
    for number, row in register.items():
        name = row.get("name")
        if isinstance(name, str) and normal(name):
            index[normal(name)] = (*index.get(normal(name), ()), number)
    _held[:] = [(register, index), *_held[: _MOST_HELD - 1]]
    return index


def parse_id(raw: Any) -> tuple[str, str] | None:
    """Give scheme and number of a party's id in the ministry's files (`KG-INN-00207199610017`)."""
    found = _ID.match(raw.strip()) if isinstance(raw, str) else None
    return (found["scheme"], found["number"]) if found else None


def of_release(party: Fields, reading: Reading) -> Organization | None:
    """Give a party of the ministry's files."""
    known = parse_id(party.get("id"))
    identifier = part(party, "identifier")
    scheme = said(identifier, "scheme", reading, "parties/identifier/scheme") or (known[0] if known else "")
    number = identifier.get("id") or (known[1] if known else None)
    if known and (scheme, _number(number, reading)) != known:
        reading.report("parties/id", "disagreement", "the party's id and its identifier are not the same")
    name, address = _release_name(party, identifier, reading), _address(part(party, "address"), reading)
    return registered(scheme, number, name, reading, address=address)


def _release_name(party: Fields, identifier: Json, reading: Reading) -> Text | None:
    main = said(party, "name", reading, "parties/name")
    others = (("ky", "legalName_kg"), ("en", "legalName_en"))
    told = ((language, said(identifier, name, reading, "parties/name")) for language, name in others)
    translations = tuple((language, text) for language, text in told if text)
    return Text(main=main, translations=translations) if main or translations else None


def _address(source: Json, reading: Reading) -> Address | None:
    street, locality, country, district = (
        said(source, name, reading, f"parties/address/{name}")
        for name in ("streetAddress", "locality", "countryName", "region")
    )
    row = tables.REGIONS.get(district) if district else None
    given = {
        "street": Text(main=street) if street else None,
        "locality": Text(main=locality) if locality else None,
        # One of the nine regions is told in three languages.
        "region": row.text if row else (Text(main=district) if district else None),
        "country": Text(main=country) if country else None,
    }
    return Address(**given) if any(given.values()) else None


def _number(raw: Any, reading: Reading) -> str | None:
    try:
        found = values.identifier(raw)
    except MappingError:
        return None
    return reading.persons.with_lost_zeros(found) if found and not isinstance(raw, str) else found
