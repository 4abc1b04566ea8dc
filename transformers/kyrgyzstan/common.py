"""What documents of all three ways have in common: statuses, labels, numbers, pages, delivery."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ocds_schema.codelists import codelist
from ocds_schema.errors import MappingError
from ocds_schema.model import Address, Item, Milestone, Organization, Text
from transformers import values
from transformers.codes import CodeTable
from transformers.kyrgyzstan import tables
from transformers.rules import Fields, Reading, Rule, derived, pick

LEGACY = "https://zakupki.gov.kg/popp"
PORTAL = "https://goszakupki.okmot.kg"
_METHODS = codelist("method").codes


def order_page(order: str) -> str:
    """Give the public page of an order of the legacy portal."""
    return f"{LEGACY}/view/order/view.xhtml?id={order}"


def label(name: str, table: CodeTable, *more: tuple[str, CodeTable]) -> Rule:
    """The words of a code in each language, with those of further codes; an unknown one as it is."""

    def read(source: Fields, _reading: Reading) -> Text | None:
        return values.merged(*(_words(pick(source, field), known) for field, known in ((name, table), *more)))

    names = (name, *(field for field, _ in more))
    return derived(*names, using=read, words="the portal's own words for the code, by language", table=table)


def _words(raw: Any, table: CodeTable) -> Text | None:
    told = values.clean_text(raw)
    row = table.get(told) if told else None
    if row is None:
        return Text(main=told) if told else None
    # A format that is the usual one adds nothing to the method.
    return row.text if row.code is not None or table is not tables.FORMAT else None


def numbered(name: str, before: str = "№") -> Rule:
    """A number that people know the thing by."""

    def read(source: Fields, _reading: Reading) -> Text | None:
        found = values.clean_text(pick(source, name))
        return Text(main=f"{before} {found}") if found else None

    return derived(name, using=read, words=f"{before} and the number")


def method_code(name: str) -> Rule:
    """A method that is a code of OCDS already."""

    def read(source: Fields, _reading: Reading) -> str | None:
        found = values.clean_text(source.get(name))
        if found is not None and found not in _METHODS:
            raise MappingError(f"{values.quoted(found)} is not a method")
        return found

    return derived(name, using=read, words="the code, as repaired", table=tables.METHOD)


def refer(names: Sequence[str], using: Callable[[Fields, Reading], Organization | None], words: str, path: str) -> Rule:
    """Who stands somewhere, as a rule that is bound to its place."""
    rule = derived(*names, using=using, words=words)
    rule.is_personal = True
    rule.bind(path)
    return rule


def delivered(items: Sequence[Item], addresses: dict[str, Text]) -> tuple[Item, ...]:
    """Give the items with the place of delivery that their lot names."""
    return tuple(
        replace(item, address=Address(street=addresses[item.lot])) if item.lot in addresses else item for item in items
    )


def delivery(lot: str, *texts: str | None) -> Milestone | None:
    """Give when and on which terms a lot is to be delivered, in the source's words."""
    told = "; ".join(dict.fromkeys(filter(None, texts)))
    if not told:
        return None
    return Milestone(id=f"delivery-{lot}", type="delivery", description=Text(main=told), lots=(lot,))


def unique(parties: Sequence[Organization | None]) -> tuple[Organization, ...]:
    """Give each party once, by its id."""
    return tuple({one.id: one for one in reversed(parties) if one is not None}.values())[::-1]
