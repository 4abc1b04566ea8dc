"""What the portal's pages have in common: amounts as text, codes by name, who is named with a number before it."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from ocds_schema.errors import MappingError
from ocds_schema.model import Address, Money, Organization, Text
from transformers import values
from transformers.codes import CodeTable
from transformers.rules import Fields, Reading, Rule, derived
from transformers.tajikistan import tables

SCHEME = "TJ-TIN"
"""The register of taxpayers as org-id.guide names it; the pages call its number ИНН, and in Tajik РМА."""
PORTAL = "https://eprocurement.gov.tj"

_NUMBER = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?: [0-9]{3})+|(?:,[0-9]{3}){2,}|,[0-9]{3}(?=\.))|[0-9]+)"
    # One comma and three digits may be thousands or thousandths.
    r"(?:\.(?P<parts>[0-9]+)|,(?P<tail>[0-9]{1,2}|[0-9]{4,}))?"
)
_CURRENCY = re.compile(r"\s*(?:сомон[иӣ]|tjs)\.?\Z", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<number>[0-9]{9,12})\s+(?P<name>\S.*)", re.DOTALL)
_REGISTERED = re.compile(r"[0-9]{9}")
_UNSURE = "tj-party"
_TRADER = re.compile(
    r"(?:ип|чп|сои|инд(?:\.|ивидуальный)\s*предприниматель|частный предприниматель|соҳибкори инфиродӣ)\b[.\s«\"]",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"(?:ооо|оао|зао|пао|ао|тоо|гуп|гу|муп|гкп|кгуп|нпо|сп|филиал|представительство|компания|завод|фабрика|банк"
    r"|ҷдмм|чдмм|ҷсп|чсп|ҷск|чск|ҷскк|ҷсшк|квд|мд|мдт|квкк|корхонаи|муассисаи)\b",
    re.IGNORECASE,
)
_PATRONYMIC = re.compile(r"(?:\w+\s+){1,2}\w+(?:ович|евич|овна|евна)", re.IGNORECASE)


def decimal(raw: Any) -> Decimal | None:
    """Give a number as the pages write it: blanks or commas between thousands, a point or a comma before the parts.

    Raises:
        MappingError: it is none.
    """
    text = _CURRENCY.sub("", " ".join((values.clean_text(raw) or "").split()))
    if not text:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise MappingError(f"{values.quoted(text)} is not a number")
    try:
        return values.amount(
            Decimal(re.sub("[ ,]", "", found["whole"]) + "." + (found["parts"] or found["tail"] or "0"))
        )
    except InvalidOperation:
        raise MappingError(f"{values.quoted(text)} is not a number") from None


def told(raw: Any) -> str | None:
    """Give a text; nothing where it is none, as the rule that carries it over reports."""
    try:
        return values.clean_text(raw)
    except MappingError:
        return None


def quantity(name: str) -> Rule:
    """A number written as text."""
    return derived(name, using=lambda source, _: decimal(source.get(name)), words="the number")


def somoni(name: str) -> Rule:
    """An amount in the source's currency, of which it is not known whether it includes value added tax."""

    def read(source: Fields, reading: Reading) -> Money | None:
        found = decimal(source.get(name))
        return None if found is None else Money(amount=found, currency=reading.currency)

    return derived(name, using=read, words="the amount in somoni")


def coded(name: str, table: CodeTable) -> Rule:
    """A code that is shown by its name."""

    def read(source: Fields, _reading: Reading) -> str | None:
        found = tables.row(table, source.get(name))
        return found.code if found else None

    return derived(name, using=read, words=f"found by its name in {table.name}", table=table)


def in_words(name: str, table: CodeTable) -> Rule:
    """The portal's own words for a code, with their Tajik form where the table has it."""

    def read(source: Fields, _reading: Reading) -> Text | None:
        text = values.clean_text(source.get(name))
        if text is None:
            return None
        found = tables.named(table, text)
        others = found.translations if found and tables.folded(found.label) == tables.folded(text) else ()
        return Text(main=text, translations=others)

    return derived(name, using=read, words="the portal's own words; in Tajik as the table has them", table=table)


def is_registered(number: str) -> bool:
    """Tell whether a number may be a taxpayer's."""
    return _REGISTERED.fullmatch(number) is not None


def is_person(name: str) -> bool:
    """Tell whether a name is surely that of a natural person: a sole trader, or one with a patronymic."""
    return bool(_TRADER.match(name) or _PATRONYMIC.fullmatch(name))


def is_company(name: str) -> bool:
    """Tell whether a name is surely that of an organization: it begins with a form that no person has."""
    return bool(_COMPANY.match(name.lstrip('«"“„ '))) and not is_person(name)


def party(raw: Any, reading: Reading, *, tajik: Any = None, address: Any = None) -> Organization | None:
    """Give who is named in a text, which may begin with the taxpayer number.

    Raises:
        MappingError: it is no text.
    """
    text = values.clean_text(raw)
    if text is None:
        return None
    found = _NUMBERED.fullmatch(text)
    number, name = (found["number"], found["name"]) if found else ("", text)
    if number and not is_registered(number):
        reading.report("parties/identifier", "party_number", "not a number of taxpayers", severity="lost")
        number = ""
    return party_of(number, name, reading, tajik=tajik, address=address, is_public=True)


def party_of(
    number: str, name: str, reading: Reading, *, tajik: Any = None, address: Any = None, is_public: bool = False
) -> Organization | None:
    """Give who has a number and a name; who may be a natural person, or has no number, is known by a pseudonym.

    `is_public` are those who buy: bodies of the state, whatever they are called.

    Raises:
        MappingError: the name in Tajik or the address is no text.
    """
    other = values.clean_text(tajik)
    called = Text(main=name, translations=(("tg", other),) if other and other != name else ()) if name else None
    if not number:
        return _unnumbered(name, called, reading)
    if is_person(name):
        return Organization(id=reading.persons.pseudonym(number, reading.key), name=called)
    if not (is_public or is_company(name)):
        return Organization(id=reading.persons.pseudonym(number, reading.key, _UNSURE), name=called)
    street = values.clean_text(address)
    place = Address(street=Text(main=street)) if street else None
    return Organization(id=f"{SCHEME}-{number}", scheme=SCHEME, number=number, name=called, address=place)


def _unnumbered(name: str, called: Text | None, reading: Reading) -> Organization | None:
    if not name:
        return None
    return Organization(id=reading.persons.pseudonym(tables.folded(name), reading.key, "tj-name"), name=called)


def page(address: str) -> str:
    """Give the public address of a page of the portal."""
    return f"{PORTAL}{address}"


def announcement_page(number: str) -> str:
    """Give the public page of an announcement."""
    return page(f"/ru/announce/index/{number}")
