"""What becomes of each field of each kind of Kyrgyz document."""

from collections.abc import Mapping

from transformers.codes import read_ignored
from transformers.kyrgyzstan import deals, ministry, notices, pages, plans, releases, results, tables
from transformers.mapping import DocumentMapping, RecordMapping

IGNORED = read_ignored("transformers.kyrgyzstan")


def _kind(
    name: str,
    *records: RecordMapping,
    used: Mapping[str, str] | None = None,
    children: Mapping[str, DocumentMapping] | None = None,
    ignored: str = "",
) -> DocumentMapping:
    """Give what becomes of a kind's fields; `ignored` names the lines of ignored.csv where another kind has them."""
    return DocumentMapping(
        kind=name,
        records=records,
        used=used or {},
        children=children or {},
        ignored=IGNORED.get(ignored or name, {}),
    )


def _all(words: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, words)


_UNREAD = {
    "unread": "each label that is not known is reported",
    "missing": "each label that should be there is reported",
}
_ITEM_ID = _all("tender/items/id", "id")


def _terms(note: str) -> dict[str, str]:
    return {row.source_code: f"tender/contractTerms/{row.code}" for row in tables.CONTRACT_TERMS if note in row.note}


# The new portal.

_FILE = {"file": "tender/documents/id", "fileName": "tender/documents/title"}
_PRODUCT = _kind(
    "tender/lots/products",
    notices.ITEM,
    used=_ITEM_ID | {"file": "tender/documents"},
    children={
        "okgz": _kind("tender/lots/products/okgz", used=_all("tender/items/classification", "code", "name")),
        "unit": _kind("tender/lots/products/unit", used=_all("tender/items/unit/name", "name")),
        "file": _kind("tender/lots/products/file", used=_FILE),
    },
)
_LOT = _kind(
    "tender/lots",
    notices.LOT,
    used={"id": "tender/lots/id", "deliveryDetail": "tender/items/deliveryAddress/streetAddress"}
    | _all("tender/milestones", "deliveryPeriod", "deliveryCondition", "noresidentConditionDelivery"),
    children={
        "products": _PRODUCT,
        "incoterm": _kind("tender/lots/incoterm", used=_all("tender/milestones/description", "data")),
        "file": _kind("tender/lots/file", used=_FILE),
    },
)
NOTICE = _kind("notice", notices.NOTICE, used={"id": "ocid", "companyName": "buyer"})
TENDER = _kind(
    "tender",
    notices.TENDER,
    used={"id": "ocid", "companyName": "buyer", **_all("tender/documents", *notices.FILES)},
    children={
        "lots": _LOT,
        "qualifiers": _kind(
            "tender/qualifiers",
            used=_all("tender/eligibilityCriteria", "id", "title", "required", "template"),
        ),
        "criterias": _kind("tender/criterias", used=_all("tender/awardCriteriaDetails", "id", "title", "template")),
        **{name: _kind(f"tender/{name}", used=_FILE) for name in notices.FILES},
    },
)
SUBMISSIONS = _kind(
    "submissions",
    used={"tenderId": "the process"},
    children={
        "submissions": _kind(
            "submissions/submissions",
            notices.BID,
            used={"id": "bids/details/id", "companyName": "bids/details/tenderers"},
        )
    },
)

# The legacy portal.

_CONDITIONS = _all("tender/contractTerms/performanceTerms", "spares", "insurance", "packaging")

_WHO = _all("buyer", "organization")
ORDER_ROW = _kind("order_row", pages.ROW, used={"id": "ocid", **_WHO, **_UNREAD})
_ORDER_LOT = _kind(
    "order/lots",
    pages.LOT,
    used={"number": "tender/lots/id", "delivery_address": "tender/items/deliveryAddress/streetAddress"}
    | _all("tender/milestones/description", "delivery_period", "schedule", "delivery_condition", "incoterms"),
)
ORDER = _kind(
    "order",
    pages.ORDER,
    used={"id": "ocid", **_WHO, **_UNREAD, "missing_in_lots": "reported", "documents": "tender/documents"},
    children={
        "buyer": _kind("order/buyer", used={"name": "buyer/name", "inn": "buyer"}),
        "lots": _ORDER_LOT,
        "qualifications": _kind(
            "order/qualifications", used=_all("tender/eligibilityCriteria", "qualification", "requirement")
        ),
        "criteria": _kind("order/criteria", used=_all("tender/awardCriteriaDetails", "criterion", "weight")),
        "payments": _kind("order/payments", used=_all("tender/contractTerms/financialTerms", "name", "value", "due")),
        "conditions": _kind("order/conditions", used=_terms("Of the legacy pages") | _CONDITIONS),
        "documents": _kind("order/documents", used=_all("tender/documents/title", "title")),
    },
)
ORDER_ITEMS = _kind(
    "order_items",
    used={"order_id": "the process", "lot_number": "tender/items/relatedLot", **_UNREAD},
    children={
        "items": _kind(
            "order_items/items",
            pages.ITEM,
            children={"file": _kind("order_items/items/file", used=_all("tender/documents/title", "title"))},
        )
    },
)
PROTOCOL = _kind(
    "protocol",
    used={"order_id": "the process", "opened": "date", **_UNREAD},
    children={
        "participants": _kind(
            "protocol/participants",
            used={
                **_all("bids/details/tenderers", "name", "inn"),
                "currency": "bids/details/value/currency",
            },
            children={
                "lots": _kind(
                    "protocol/participants/lots",
                    deals.OFFER,
                    used={"lot_number": "bids/details/relatedLots", "currency": "bids/details/value/currency"},
                )
            },
        )
    },
)
WINNERS = _kind(
    "winners",
    deals.CONTRACT,
    used={
        "announcement_number": "the process",
        "winner": "awards/suppliers",
        "lot_numbers": "awards/relatedLots",
        "contract_prices": "awards/value",
        **_UNREAD,
    },
)
_SIGNED = {
    "id": "ocid",
    "organization": "buyer",
    "supplier": "awards/suppliers",
    "amount": "contracts/value",
    **_UNREAD,
}
SINGLE_SOURCE = _kind("single_source", pages.SIGNED, deals.CONTRACT, used=_SIGNED)
CENTRALIZED = _kind("centralized", pages.SIGNED, deals.CONTRACT, used=_SIGNED)


def _contract_page(name: str) -> DocumentMapping:
    steps = _kind(f"{name}/schedule", deals.STEP, ignored="contract/schedule")
    return _kind(
        name,
        pages.SIGNED,
        deals.CONTRACT,
        used=_SIGNED | {"supplier_inn": "awards/suppliers"},
        children={
            "items": _kind(f"{name}/items", pages.CONTRACT_ITEM, ignored="contract/items"),
            "schedule": steps,
            "payments": _kind(f"{name}/payments", deals.STEP, ignored="contract/schedule"),
        },
    )


SINGLE_SOURCE_CONTRACT = _contract_page("single_source_contract")
CENTRALIZED_CONTRACT = _contract_page("centralized_contract")
_REGISTER = {"inn": "the number of a party of this name", "name": "compared with the parties' names", **_UNREAD}
REF_ENTITY = _kind("ref_entity", used=_REGISTER)
REF_SUPPLIER = _kind("ref_supplier", used=_REGISTER)

# The ministry's files.


def _value(name: str, path: str, *more: str) -> DocumentMapping:
    return _kind(name, used=_all(path, "amount", "currency", *more))


_WHO_ID = _all("the party of this id", "id", "name")


def _parties(kind: str) -> DocumentMapping:
    names = ("legalName", "legalName_ru", "legalName_en", "legalName_kg")
    return _kind(
        f"{kind}/parties",
        used={"id": "parties/id", "name": "parties/name", "roles": "parties/roles"},
        children={
            "identifier": _kind(
                f"{kind}/parties/identifier",
                used={**_all("parties/identifier", "scheme", "id"), **_all("parties/name", *names)},
            ),
            "address": _kind(
                f"{kind}/parties/address",
                used={
                    "streetAddress": "parties/address/streetAddress",
                    "locality": "parties/address/locality",
                    "region": "parties/address/region",
                    "countryName": "parties/address/countryName",
                },
                ignored="release/parties/address",
            ),
        },
        ignored="release/parties",
    )


def _items(name: str) -> DocumentMapping:
    return _kind(
        name,
        releases.ITEM,
        used=_ITEM_ID,
        children={
            "classification": _kind(
                f"{name}/classification", used=_all("tender/items/classification", "scheme", "id", "description")
            ),
            "unit": _kind(
                f"{name}/unit",
                used=_all("tender/items/unit", "id", "name"),
                children={"value": _value(f"{name}/unit/value", "tender/items/unit/value")},
            ),
        },
    )


def _period(name: str) -> DocumentMapping:
    return _kind(f"release/tender/{name}", used=_all(f"tender/{name}", "startDate", "endDate"))


_REL_TENDER = _kind(
    "release/tender",
    releases.TENDER,
    used={
        "id": "tender/id",
        "number": "tender/description",
        "currentStage": "tender/statusDetails",
        "datePublished": "tender/documents/datePublished",
    },
    children={
        "value": _value("release/tender/value", "tender/value"),
        "tenderPeriod": _period("tenderPeriod"),
        "enquiryPeriod": _period("enquiryPeriod"),
        "guarantee": _kind(
            "release/tender/guarantee", used=_all("tender/submissionTerms/depositsGuarantees", "amount", "monetary")
        ),
        "procuringEntity": _kind("release/tender/procuringEntity", used=_WHO_ID),
        "conditionOfContract": _kind("release/tender/conditionOfContract", used=_terms("Of a release")),
        "qualificationRequirements": _kind(
            "release/tender/qualificationRequirements",
            used=_all("tender/eligibilityCriteria", "type", "typeDetails"),
        ),
        "lots": _kind(
            "release/tender/lots",
            releases.LOT,
            used={
                "id": "tender/lots/id",
                "number": "tender/lots/description",
                "deliveryAddress": "tender/items/deliveryAddress/streetAddress",
                **_all("tender/milestones/description", "deliveryDateDetails", "deliveryTerms"),
            },
            children={"value": _value("release/tender/lots/value", "tender/lots/value")},
        ),
        "items": _items("release/tender/items"),
        "documents": _kind(
            "release/tender/documents",
            releases.DOCUMENT,
            used={
                "id": "tender/documents/id",
                "dateCreated": "tender/documents/datePublished",
                **_all("tender/documents/relatedLots", "relatedLots", "relatedItems", "relatedItem"),
            },
        ),
        "enquiries": _kind(
            "release/tender/enquiries",
            ministry.ENQUIRY,
            used={"id": "tender/enquiries/id"},
            children={"author": _kind("release/tender/enquiries/author", used=_WHO_ID)},
        ),
    },
)
_BIDS = _kind(
    "release/bids",
    children={
        "details": _kind(
            "release/bids/details",
            results.BID,
            used={"id": "bids/details/id"},
            children={
                "tenderers": _kind("release/bids/details/tenderers", used=_WHO_ID),
                "value": _value("release/bids/details/value", "bids/details/value"),
            },
        )
    },
)
_AWARDS = _kind(
    "release/awards",
    results.AWARD,
    used={"id": "awards/id"},
    children={
        "value": _value("release/awards/value", "awards/value"),
        "suppliers": _kind("release/awards/suppliers", used=_WHO_ID),
    },
)
_CONTRACTS = _kind(
    "release/contracts",
    results.CONTRACT,
    used={"id": "contracts/id", **_all("contracts/awardID", "awardID", "awardIDs")},
    children={
        "value": _value("release/contracts/value", "contracts/value", "amountDiscounted"),
        "deliveriesSchedule": _kind("release/contracts/deliveriesSchedule", results.DELIVERY),
        "paymentsSchedule": _kind("release/contracts/paymentsSchedule", results.PAYMENT),
    },
)
_BUDGET = _kind(
    "release/planning/budget",
    used={
        "id": "planning/budget/id",
        "description": "planning/budget/description",
        **_all("planning/budget/amount", "value", "amount"),
    },
)
RELEASE = _kind(
    "release",
    used={"ocid": "ocid", "date": "date"},
    children={
        "parties": _parties("release"),
        "buyer": _kind("release/buyer", used=_WHO_ID),
        "planning": _kind("release/planning", releases.PLANNING, children={"budget": _BUDGET}),
        "tender": _REL_TENDER,
        "bids": _BIDS,
        "awards": _AWARDS,
        "contracts": _CONTRACTS,
        "complaints": _kind(
            "release/complaints",
            ministry.COMPLAINT,
            ministry.SUBMITTED,
            used={"id": "tender/milestones/id"},
            children={"author": _kind("release/complaints/author", used=_WHO_ID)},
        ),
        "relatedProcesses": _kind(
            "release/relatedProcesses",
            ministry.RELATED,
            used={"id": "relatedProcesses/id", **_all("relatedProcesses/identifier", "identifier", "scheme")},
        ),
    },
)
PLANNING_RELEASE = _kind(
    "planning_release",
    used={"ocid": "ocid", "date": "date", "initiationType": "always tender"},
    children={
        "parties": _parties("planning_release"),
        "planning": _kind(
            "planning_release/planning",
            plans.PLAN,
            plans.TENDER,
            children={
                "value": _value("planning_release/planning/value", "planning/budget/amount"),
                "buyer": _kind("planning_release/planning/buyer", used=_WHO_ID),
                "plans": _kind(
                    "planning_release/planning/plans",
                    plans.LINE,
                    used={"id": "tender/lots/id"},
                    children={
                        "value": _value("planning_release/planning/plans/value", "tender/lots/value"),
                        "items": _items("planning_release/planning/plans/items"),
                    },
                ),
            },
        ),
    },
)

ALL = (
    NOTICE,
    TENDER,
    SUBMISSIONS,
    ORDER_ROW,
    ORDER,
    ORDER_ITEMS,
    PROTOCOL,
    WINNERS,
    SINGLE_SOURCE,
    SINGLE_SOURCE_CONTRACT,
    CENTRALIZED,
    CENTRALIZED_CONTRACT,
    REF_ENTITY,
    REF_SUPPLIER,
    RELEASE,
    PLANNING_RELEASE,
)
BY_KIND = {mapping.kind: mapping for mapping in ALL}
