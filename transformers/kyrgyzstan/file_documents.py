"""What becomes of each field of the ministry's files."""

from transformers.kyrgyzstan import ministry, plans, releases, results
from transformers.kyrgyzstan.fields import ITEM_ID, each, kind_of, told_terms
from transformers.mapping import DocumentMapping


def _value(name: str, path: str, *more: str) -> DocumentMapping:
    return kind_of(name, used=each(path, "amount", "currency", *more))


_WHO_ID = each("the party of this id", "id", "name")


def _parties(kind: str) -> DocumentMapping:
    names = ("legalName", "legalName_ru", "legalName_en", "legalName_kg")
    return kind_of(
        f"{kind}/parties",
        used={"id": "parties/id", "name": "parties/name", "roles": "parties/roles"},
        children={
            "identifier": kind_of(
                f"{kind}/parties/identifier",
                used={**each("parties/identifier", "scheme", "id"), **each("parties/name", *names)},
            ),
            "address": kind_of(
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
    return kind_of(
        name,
        releases.ITEM,
        used=ITEM_ID,
        children={
            "classification": kind_of(
                f"{name}/classification", used=each("tender/items/classification", "scheme", "id", "description")
            ),
            "unit": kind_of(
                f"{name}/unit",
                used=each("tender/items/unit", "id", "name"),
                children={"value": _value(f"{name}/unit/value", "tender/items/unit/value")},
            ),
        },
    )


def _period(name: str) -> DocumentMapping:
    return kind_of(f"release/tender/{name}", used=each(f"tender/{name}", "startDate", "endDate"))


_REL_TENDER = kind_of(
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
        "guarantee": kind_of(
            "release/tender/guarantee", used=each("tender/submissionTerms/depositsGuarantees", "amount", "monetary")
        ),
        "procuringEntity": kind_of("release/tender/procuringEntity", used=_WHO_ID),
        "conditionOfContract": kind_of("release/tender/conditionOfContract", used=told_terms("Of a release")),
        "qualificationRequirements": kind_of(
            "release/tender/qualificationRequirements",
            used=each("tender/eligibilityCriteria", "type", "typeDetails"),
        ),
        "lots": kind_of(
            "release/tender/lots",
            releases.LOT,
            used={
                "id": "tender/lots/id",
                "number": "tender/lots/description",
                "deliveryAddress": "tender/items/deliveryAddress/streetAddress",
                **each("tender/milestones/description", "deliveryDateDetails", "deliveryTerms"),
            },
            children={"value": _value("release/tender/lots/value", "tender/lots/value")},
        ),
        "items": _items("release/tender/items"),
        "documents": kind_of(
            "release/tender/documents",
            releases.DOCUMENT,
            used={
                "id": "tender/documents/id",
                "dateCreated": "tender/documents/datePublished",
                **each("tender/documents/relatedLots", "relatedLots", "relatedItems", "relatedItem"),
            },
        ),
        "enquiries": kind_of(
            "release/tender/enquiries",
            ministry.ENQUIRY,
            used={"id": "tender/enquiries/id"},
            children={"author": kind_of("release/tender/enquiries/author", used=_WHO_ID)},
        ),
    },
)
_BIDS = kind_of(
    "release/bids",
    children={
        "details": kind_of(
            "release/bids/details",
            results.BID,
            used={"id": "bids/details/id"},
            children={
                "tenderers": kind_of("release/bids/details/tenderers", used=_WHO_ID),
                "value": _value("release/bids/details/value", "bids/details/value"),
            },
        )
    },
)
_AWARDS = kind_of(
    "release/awards",
    results.AWARD,
    used={"id": "awards/id"},
    children={
        "value": _value("release/awards/value", "awards/value"),
        "suppliers": kind_of("release/awards/suppliers", used=_WHO_ID),
    },
)
_CONTRACTS = kind_of(
    "release/contracts",
    results.CONTRACT,
    used={"id": "contracts/id", **each("contracts/awardID", "awardID", "awardIDs")},
    children={
        "value": _value("release/contracts/value", "contracts/value", "amountDiscounted"),
        "deliveriesSchedule": kind_of("release/contracts/deliveriesSchedule", results.DELIVERY),
        "paymentsSchedule": kind_of("release/contracts/paymentsSchedule", results.PAYMENT),
    },
)
_BUDGET = kind_of(
    "release/planning/budget",
    used={
        "id": "planning/budget/id",
        "description": "planning/budget/description",
        **each("planning/budget/amount", "value", "amount"),
    },
)
RELEASE = kind_of(
    "release",
    used={"ocid": "ocid", "date": "date"},
    children={
        "parties": _parties("release"),
        "buyer": kind_of("release/buyer", used=_WHO_ID),
        "planning": kind_of("release/planning", releases.PLANNING, children={"budget": _BUDGET}),
        "tender": _REL_TENDER,
        "bids": _BIDS,
        "awards": _AWARDS,
        "contracts": _CONTRACTS,
        "complaints": kind_of(
            "release/complaints",
            ministry.COMPLAINT,
            ministry.SUBMITTED,
            used={"id": "tender/milestones/id"},
            children={"author": kind_of("release/complaints/author", used=_WHO_ID)},
        ),
        "relatedProcesses": kind_of(
            "release/relatedProcesses",
            ministry.RELATED,
            used={"id": "relatedProcesses/id", **each("relatedProcesses/identifier", "identifier", "scheme")},
        ),
    },
)
PLANNING_RELEASE = kind_of(
    "planning_release",
    used={"ocid": "ocid", "date": "date", "initiationType": "always tender"},
    children={
        "parties": _parties("planning_release"),
        "planning": kind_of(
            "planning_release/planning",
            plans.PLAN,
            plans.TENDER,
            children={
                "value": _value("planning_release/planning/value", "planning/budget/amount"),
                "buyer": kind_of("planning_release/planning/buyer", used=_WHO_ID),
                "plans": kind_of(
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
