"""Amounts: objects with a currency in the ministry's files, numbers in the new portal, texts on the legacy pages."""

import re
from decimal import Decimal
from typing import Any

from ocds_schema.codelists import codelist
from ocds_schema.errors import MappingError
from ocds_schema.model import Money
from transformers import values
from transformers.kyrgyzstan import tables
from transformers.kyrgyzstan.words import normal
from transformers.rules import Fields, Reading, Rule, derived, pick

_CURRENCIES = codelist("currency").codes
_TEXT = re.compile(r"(?P<number>[0-9][0-9 \u00a0\u202f.,']*)(?P<rest>.*)\Z", re.ASCII | re.DOTALL)
_POINT = re.compile(r"([1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.(\d{1,2}|\d{4,}))?\Z", re.ASCII)
# One point and three digits may be thousands or thousandths: no page is known to write the first.
_COMMA = re.compile(r"([1-9]\d{0,2}(?:\.\d{3}){2,}|[1-9]\d{0,2}\.\d{3}(?=,)|\d+)(?:,(\d{1,2}|\d{4,}))?\Z", re.ASCII)
# A sum may well be written 500,000; a quantity as 482,600 may be thousandths, which the pages write behind a comma.
_DOUBTFUL = re.compile(r"\d{1,3},\d{3}", re.ASCII)
_BLANKS = re.compile(r"[ \u00a0\u202f']")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[ \u00a0\u202f']\d{3})+(?:[.,]\d+)?\Z", re.ASCII)


def number(raw: Any, reading: Reading) -> Decimal | None:
    """Give a number that is not negative.

    Raises:
        MappingError: it is none, or may be the number of a person that stands in a wrong place.
    """
    return _checked(values.amount(raw), reading)


def _checked(found: Decimal | None, reading: Reading) -> Decimal | None:
    if found is not None and reading.persons.is_person(str(int(found))):
        raise MappingError("it may be a person's number")
    return found


def quantity(name: str) -> Rule:
    """A number that is not negative."""
    return derived(name, using=lambda source, reading: number(pick(source, name), reading), words="the number")


def value(name: str) -> Rule:
    """An amount object; where it names no currency, that of the source."""

    def read(source: Fields, reading: Reading) -> Money | None:
        return of_object(pick(source, name), reading)

    return derived(name, using=read, words="the amount with its currency, or else in soms")


def of_object(raw: Any, reading: Reading) -> Money | None:
    """Give what an amount object says.

    Raises:
        MappingError: its amount is not a number, or its currency is none.
    """
    if not isinstance(raw, dict):
        raw = {"amount": raw}
    found = number(raw.get("amount"), reading)
    if found is None:
        return None
    return Money(amount=found, currency=currency(raw.get("currency"), reading))


def currency(raw: Any, reading: Reading) -> str:
    """Give a currency by its code or the portal's word for it; that of the source, where there is none.

    Raises:
        MappingError: it is no currency that we know.
    """
    text = values.clean_text(raw)
    if not text:
        return reading.currency
    if text in _CURRENCIES:
        return text
    row = tables.CURRENCY_WORDS.get(normal(text))
    if row is None or row.code is None:
        raise MappingError(f"{values.quoted(text)} is not a currency")
    return row.code


def soms(name: str) -> Rule:
    """A number in the source's currency; 0 is what a portal writes where it knows nothing."""

    def read(source: Fields, reading: Reading) -> Money | None:
        found = number(pick(source, name), reading)
        return Money(amount=found, currency=reading.currency) if found else None

    return derived(name, using=read, words="the amount in soms, where it is not 0")


def written(name: str) -> Rule:
    """An amount as a page writes it, in the currency it names or else the source's."""

    def read(source: Fields, reading: Reading) -> Money | None:
        return of_text(pick(source, name), reading)

    return derived(name, using=read, words="the amount, in soms where the page names no currency; 0 is none")


def of_text(raw: Any, reading: Reading) -> Money | None:
    """Give an amount of a page's text: `1 234 567`, `1,234,567.00`, `12 000,50 сом`; nothing for 0 or a mask of `x`.

    Raises:
        MappingError: it is no amount.
    """
    text = values.clean_text(raw)
    if not text or is_masked(text):
        return None
    found = _TEXT.match(text)
    amount = _checked(_number(found["number"]), reading) if found else None
    if found is None or amount is None:
        raise MappingError(f"{values.quoted(text)} is not an amount")
    return Money(amount=amount, currency=currency(found["rest"].strip(" ."), reading)) if amount else None


def plain(raw: Any, reading: Reading) -> Decimal | None:
    """Give a number as a page writes it, of which nothing but the number is there.

    Raises:
        MappingError: it is no number, or may be the number of a person.
    """
    told = values.clean_text(raw)
    found = _number(told) if told and not _DOUBTFUL.fullmatch(told) else None
    if told and found is None:
        raise MappingError(f"{values.quoted(told)} is not a number")
    return _checked(found, reading)


def is_masked(text: str) -> bool:
    """Tell whether a price is hidden until bids are opened."""
    return bool(text) and not text.strip("xXхХ*")


def _number(text: str) -> Decimal | None:
    """Read a number whose thousands may be set apart; three digits after a comma, not after a zero, are thousands."""
    text = text.strip(" \u00a0\u202f.,")
    if _BLANKS.search(text) and not _GROUPED.match(text):
        return None
    plain = _BLANKS.sub("", text)
    for form, thousands in ((_POINT, ","), (_COMMA, ".")):
        found = form.match(plain)
        if found:
            return Decimal(f"{found[1].replace(thousands, '')}.{found[2] or 0}")
    return None
