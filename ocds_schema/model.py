"""The canonical contracting process: what a country's mapping gives, before it is written as OCDS.

Each field's metadata says where it stands in OCDS (`tender/title`, relative to its class) and, for an organization,
which role it has there. `transformers.state` writes the JSON from that alone. A field exists where a country fills it.
Amounts are in the currency's main unit, moments carry their zone.
"""

# ruff: noqa: RUF009 - ocds() makes a dataclass field

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


def ocds(path: str, *, role: str = "", default: Any = None) -> Any:
    """Make a field that stands at an OCDS path; organizations in it are parties with that role."""
    return field(default=default, metadata={"ocds": path, "role": role})


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in the main language, with its translations as (language, text)."""

    main: str | None = None
    translations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount; `net` is the same amount without value added tax."""

    amount: Decimal | None = ocds("amount")
    currency: str | None = ocds("currency")
    net: Decimal | None = ocds("amountNet")
    tax_included: bool | None = ocds("valueAddedTaxIncluded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time, either end of which may be unknown."""

    start: datetime | None = ocds("startDate")
    end: datetime | None = ocds("endDate")
    days: int | None = ocds("durationInDays")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address, or as much of one as is known."""

    street: Text | None = ocds("streetAddress")
    locality: Text | None = ocds("locality")
    region: Text | None = ocds("region")
    country: Text | None = ocds("countryName")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A party. A natural person has a pseudonym for `id`, and neither a number nor an address."""

    id: str = ocds("id", default="")
    scheme: str | None = ocds("identifier/scheme")
    number: str | None = ocds("identifier/id")
    name: Text | None = ocds("name")
    address: Address | None = ocds("address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """A code of a classification of goods, works and services."""

    scheme: str | None = ocds("scheme")
    id: str | None = ocds("id")
    description: Text | None = ocds("description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of measure and the price of one."""

    scheme: str | None = ocds("scheme")
    id: str | None = ocds("id")
    name: Text | None = ocds("name")
    value: Money | None = ocds("value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is delivered: codes of a gazetteer, and a description."""

    scheme: str | None = ocds("gazetteer/scheme")
    codes: tuple[str, ...] = ocds("gazetteer/identifiers", default=())
    description: Text | None = ocds("description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that is bought."""

    id: str = ocds("id", default="")
    description: Text | None = ocds("description")
    classification: Classification | None = ocds("classification")
    additional: tuple[Classification, ...] = ocds("additionalClassifications", default=())
    quantity: Decimal | None = ocds("quantity")
    unit: Unit | None = ocds("unit")
    lot: str | None = ocds("relatedLot")
    place: Place | None = ocds("deliveryLocation")
    address: Address | None = ocds("deliveryAddress")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A document, by the public page where it is found."""

    id: str = ocds("id", default="")
    type: str | None = ocds("documentType")
    title: Text | None = ocds("title")
    description: Text | None = ocds("description")
    url: str | None = ocds("url")
    published: datetime | None = ocds("datePublished")
    modified: datetime | None = ocds("dateModified")
    format: str | None = ocds("format")
    language: str | None = ocds("language")
    lots: tuple[str, ...] = ocds("relatedLots", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """An event that is due, or has happened."""

    id: str = ocds("id", default="")
    title: Text | None = ocds("title")
    type: str | None = ocds("type")
    description: Text | None = ocds("description")
    code: str | None = ocds("code")
    due: datetime | None = ocds("dueDate")
    met: datetime | None = ocds("dateMet")
    status: str | None = ocds("status")
    lots: tuple[str, ...] = ocds("relatedLots", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The money set aside."""

    id: str | None = ocds("id")
    description: Text | None = ocds("description")
    amount: Money | None = ocds("amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What was known before the procedure began."""

    rationale: Text | None = ocds("rationale")
    budget: Budget | None = ocds("budget")
    milestones: tuple[Milestone, ...] = ocds("milestones", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A part of a procedure that can be bid for and awarded by itself."""

    id: str = ocds("id", default="")
    title: Text | None = ocds("title")
    description: Text | None = ocds("description")
    status: str | None = ocds("status")
    status_details: str | None = ocds("statusDetails")
    value: Money | None = ocds("value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """A question about a procedure, and its answer."""

    id: str = ocds("id", default="")
    author: Organization | None = ocds("author", role="enquirer")
    asked: datetime | None = ocds("date")
    title: str | None = ocds("title")
    question: str | None = ocds("description")
    answered: datetime | None = ocds("dateAnswered")
    answer: str | None = ocds("answer")
    lot: str | None = ocds("relatedLot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """The procedure."""

    id: str = ocds("id", default="")
    title: Text | None = ocds("title")
    description: Text | None = ocds("description")
    status: str | None = ocds("status")
    status_details: str | Text | None = ocds("statusDetails")
    procuring_entity: Organization | None = ocds("procuringEntity", role="procuringEntity")
    value: Money | None = ocds("value")
    method: str | None = ocds("procurementMethod")
    method_details: str | Text | None = ocds("procurementMethodDetails")
    method_rationale: Text | None = ocds("procurementMethodRationale")
    category: str | None = ocds("mainProcurementCategory")
    category_details: str | None = ocds("mainProcurementCategoryDetails")
    more_categories: tuple[str, ...] = ocds("additionalProcurementCategories", default=())
    eligibility: Text | None = ocds("eligibilityCriteria")
    award_criteria: Text | None = ocds("awardCriteriaDetails")
    submission_methods: tuple[str, ...] = ocds("submissionMethod", default=())
    bid_security: str | None = ocds("submissionTerms/depositsGuarantees")
    bid_validity: Period | None = ocds("submissionTerms/bidValidityPeriod")
    performance_terms: str | None = ocds("contractTerms/performanceTerms")
    financial_terms: str | None = ocds("contractTerms/financialTerms")
    other_terms: str | None = ocds("contractTerms/otherTerms")
    enquiries: tuple[Enquiry, ...] = ocds("enquiries", default=())
    tender_period: Period | None = ocds("tenderPeriod")
    enquiry_period: Period | None = ocds("enquiryPeriod")
    award_period: Period | None = ocds("awardPeriod")
    tenderer_count: int | None = ocds("numberOfTenderers")
    tenderers: tuple[Organization, ...] = ocds("tenderers", role="tenderer", default=())
    lots: tuple[Lot, ...] = ocds("lots", default=())
    items: tuple[Item, ...] = ocds("items", default=())
    milestones: tuple[Milestone, ...] = ocds("milestones", default=())
    documents: tuple[Attachment, ...] = ocds("documents", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """What one supplier offers for one lot or several."""

    id: str = ocds("id", default="")
    date: datetime | None = ocds("date")
    status: str | None = ocds("status")
    status_details: str | None = ocds("statusDetails")
    tenderers: tuple[Organization, ...] = ocds("tenderers", role="tenderer", default=())
    value: Money | None = ocds("value")
    lots: tuple[str, ...] = ocds("relatedLots", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What one supplier has won in a process."""

    id: str = ocds("id", default="")
    status: str | None = ocds("status")
    status_details: str | None = ocds("statusDetails")
    date: datetime | None = ocds("date")
    value: Money | None = ocds("value")
    suppliers: tuple[Organization, ...] = ocds("suppliers", role="supplier", default=())
    lots: tuple[str, ...] = ocds("relatedLots", default=())
    bid: str | None = ocds("relatedBid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change that the parties to a contract have agreed."""

    id: str = ocds("id", default="")
    date: datetime | None = ocds("date")
    description: Text | None = ocds("description")
    rationale: Text | None = ocds("rationale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A payment."""

    id: str = ocds("id", default="")
    date: datetime | None = ocds("date")
    value: Money | None = ocds("value")
    payer: Organization | None = ocds("payer", role="payer")
    payee: Organization | None = ocds("payee", role="payee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract with its amendments folded in."""

    id: str = ocds("id", default="")
    award: str = ocds("awardID", default="")
    buyer: Organization | None = ocds("buyer", role="buyer")
    title: Text | None = ocds("title")
    description: Text | None = ocds("description")
    status: str | None = ocds("status")
    status_details: str | None = ocds("statusDetails")
    period: Period | None = ocds("period")
    value: Money | None = ocds("value")
    signed: datetime | None = ocds("dateSigned")
    items: tuple[Item, ...] = ocds("items", default=())
    documents: tuple[Attachment, ...] = ocds("documents", default=())
    milestones: tuple[Milestone, ...] = ocds("milestones", default=())
    amendments: tuple[Amendment, ...] = ocds("amendments", default=())
    transactions: tuple[Transaction, ...] = ocds("implementation/transactions", default=())
    deliveries: tuple[Milestone, ...] = ocds("implementation/milestones", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedProcess:
    """Another process, by its ocid."""

    id: str = ocds("id", default="")
    relationship: tuple[str, ...] = ocds("relationship", default=())
    title: Text | None = ocds("title")
    scheme: str | None = ocds("scheme")
    identifier: str | None = ocds("identifier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One contracting process. `customers` are all who buy in it; `buyer` is the one, where there is only one.

    `admitted` are those alone who may bid, `complainers` those who complain, `reviewers` those who hear them.
    """

    buyer: Organization | None = ocds("buyer", role="buyer")
    customers: tuple[Organization, ...] = ocds("", role="buyer", default=())
    admitted: tuple[Organization, ...] = ocds("", role="allowedTenderer", default=())
    complainers: tuple[Organization, ...] = ocds("", role="complainer", default=())
    reviewers: tuple[Organization, ...] = ocds("", role="reviewBody", default=())
    planning: Planning | None = ocds("planning")
    tender: Tender | None = ocds("tender")
    bids: tuple[Bid, ...] = ocds("bids/details", default=())
    awards: tuple[Award, ...] = ocds("awards", default=())
    contracts: tuple[Contract, ...] = ocds("contracts", default=())
    related: tuple[RelatedProcess, ...] = ocds("relatedProcesses", default=())
