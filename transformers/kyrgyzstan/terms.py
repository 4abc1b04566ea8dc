"""The terms of bids and contracts: many single fields of the sources, as the texts that OCDS has for them."""

from collections.abc import Iterable
from typing import Any

from ocds_schema.errors import MappingError
from ocds_schema.model import Text
from transformers import values
from transformers.kyrgyzstan.tables import CONTRACT_TERMS
from transformers.rules import Fields, Rule, derived

_NAMES = {
    target: tuple(row.source_code for row in CONTRACT_TERMS if row.code == target)
    for target in ("performanceTerms", "financialTerms", "otherTerms")
}


def terms(target: str, names: Iterable[str], *, nested: str = "") -> Rule:
    """What those of some fields say that belong to one text; a flag where it is set, a value as it is written."""
    wanted = [name for name in names if name in _NAMES[target]]

    def read(source: Fields, _reading: Any) -> str | None:
        held = source.get(nested) if nested else source
        told = [_told(name, held.get(name)) for name in wanted] if isinstance(held, dict) else []
        return "; ".join(dict.fromkeys(filter(None, told))) or None

    places = [f"{nested}/{name}" if nested else name for name in wanted]
    return derived(*places, using=read, words="each of the fields that is filled in, in words", table=CONTRACT_TERMS)


def _told(name: str, raw: Any) -> str | None:
    words = CONTRACT_TERMS.row(name).label
    if isinstance(raw, bool):
        return words if raw else None
    text = None if isinstance(raw, dict | list) else plain_number(raw)
    return f"{words}: {text}" if text else None


def plain_number(raw: Any) -> str | None:
    """Give a number, or a text that is one, without zeros at its end; another text as it is."""
    text = values.clean_text(raw) if isinstance(raw, str) else None
    try:
        found = values.number(raw)
    except MappingError:
        return text
    if found is None:
        return None
    return format(found.normalize(), "f")


def listed(texts: Iterable[str | None]) -> Text | None:
    """Give several texts as one, each once."""
    found = "; ".join(dict.fromkeys(filter(None, texts)))
    return Text(main=found) if found else None
