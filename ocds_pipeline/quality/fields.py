"""Groups of fields that checks of fields look at: told by the standard's format, by codelist or by name."""

from collections.abc import Iterator, Mapping
from functools import cache

from ocds_schema.codelists import codelist
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.standard import CORE, Field, fields_of

PAST_DATES = frozenset({"date", "dateMet", "dateModified", "datePublished", "dateSigned"})
"""Dates of what has happened; other dates may lie ahead."""

_NAMED: Mapping[str, frozenset[tuple[str, str]]] = {
    "ocid": frozenset({("Release", "ocid")}),
    "email": frozenset({("ContactPoint", "email")}),
    "telephone": frozenset({("ContactPoint", "telephone"), ("ContactPoint", "faxNumber")}),
    "scheme": frozenset({("Identifier", "scheme")}),
    "document_description": frozenset({("Document", "description")}),
    "document_format": frozenset({("Document", "format")}),
    "document_url": frozenset({("Document", "url")}),
    "language": frozenset({("Release", "language"), ("Document", "language")}),
    "count": frozenset({("Item", "quantity"), ("Period", "durationInDays"), ("Tender", "numberOfTenderers")}),
    "amount": frozenset({("Value", "amount")}),
    "document_published": frozenset({("Document", "datePublished")}),
    "document_modified": frozenset({("Document", "dateModified")}),
    "tender_status": frozenset({("Tender", "status")}),
    "lot_status": frozenset({("Lot", "status")}),
    "party_id": frozenset({("Organization", "id"), ("OrganizationReference", "id")}),
}
_ID_OWNERS = ("Tender", "Award", "Contract", "Bid", "Lot", "Item", "Organization", "OrganizationReference")
SECTIONS = {"planning": "planning", "tender": "tender", "awards": "award", "contracts": "contract", "bids": "bid"}
"""What a member of a release is called where the standard speaks of sections."""
DOCUMENT_TYPES = {section: f"document_type {section}" for section in (*SECTIONS.values(), "implementation")}
"""The group of the types of documents of each section; only the walk knows where a document stands."""


@cache
def fields() -> Mapping[str, Mapping[str, Field]]:
    """Give every field of the standard and of all extensions we know, by object and name."""
    known: dict[str, dict[str, Field]] = {}
    for (owner, name), field in fields_of((CORE, *EXTENSIONS)).items():
        known.setdefault(owner, {})[name] = field
    return known


@cache
def groups() -> tuple[str, ...]:
    """Give the name of every group."""
    told = (group for owner, known in fields().items() for name in known for group in of(owner, name))
    return (*dict.fromkeys(told), *DOCUMENT_TYPES.values())


def of(owner: str, name: str) -> Iterator[str]:
    """Give the groups that a field of an object belongs to."""
    field = fields()[owner][name]
    if field.format == "date-time":
        yield "date"
        if name in PAST_DATES:
            yield "past_date"
    if field.codelist:
        yield f"code {field.codelist}"
    if (name == "id" and owner in _ID_OWNERS) or (owner, name) == ("Contract", "awardID"):
        yield "id"
    if name in {"relatedLot", "relatedLots"}:
        yield "related_lot" if name == "relatedLot" else "related_lots"
    for group, named in _NAMED.items():
        if (owner, name) in named:
            yield group


@cache
def members(group: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the objects and their fields that make up a group."""
    found: dict[str, list[str]] = {}
    for owner, known in fields().items():
        for name in known:
            if group in of(owner, name):
                found.setdefault(owner, []).append(name)
    return tuple((owner, tuple(names)) for owner, names in found.items())


@cache
def codes() -> tuple[tuple[str, frozenset[str]], ...]:
    """Give each group of fields that hold codes, with the codes that they may hold."""
    names = (group.removeprefix("code ") for group in groups() if group.startswith("code "))
    return tuple((f"code {name}", frozenset(codelist(name, EXTENSIONS).codes)) for name in names)


def holds_several(group: str) -> bool:
    """Tell whether the fields of a group hold lists."""
    return any(fields()[owner][name].shape.many for owner, names in members(group) for name in names)


def placed(owner: str, name: str, path: str) -> Iterator[str]:
    """Give the groups that a field of an object at a path belongs to besides."""
    if (owner, name) == ("Document", "documentType"):
        section = "implementation" if "implementation" in path else SECTIONS.get(path.partition("/")[0], "")
        if section:
            yield DOCUMENT_TYPES[section]
