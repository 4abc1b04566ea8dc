"""What becomes of each field of each kind of Kyrgyz document."""

from transformers.kyrgyzstan import deals, notices, pages
from transformers.kyrgyzstan.fields import ITEM_ID, UNREAD, each, kind_of, told_terms
from transformers.kyrgyzstan.file_documents import PLANNING_RELEASE, RELEASE
from transformers.mapping import DocumentMapping

# The new portal.

_FILE = {"file": "tender/documents/id", "fileName": "tender/documents/title"}
_PRODUCT = kind_of(
    "tender/lots/products",
    notices.ITEM,
    used=ITEM_ID | {"file": "tender/documents"},
    children={
        "okgz": kind_of("tender/lots/products/okgz", used=each("tender/items/classification", "code", "name")),
        "unit": kind_of("tender/lots/products/unit", used=each("tender/items/unit/name", "name")),
        "file": kind_of("tender/lots/products/file", used=_FILE),
    },
)
_LOT = kind_of(
    "tender/lots",
    notices.LOT,
    used={"id": "tender/lots/id", "deliveryDetail": "tender/items/deliveryAddress/streetAddress"}
    | each("tender/milestones", "deliveryPeriod", "deliveryCondition", "noresidentConditionDelivery"),
    children={
        "products": _PRODUCT,
        "incoterm": kind_of("tender/lots/incoterm", used=each("tender/milestones/description", "data")),
        "file": kind_of("tender/lots/file", used=_FILE),
    },
)
NOTICE = kind_of("notice", notices.NOTICE, used={"id": "ocid", "companyName": "buyer"})
TENDER = kind_of(
    "tender",
    notices.TENDER,
    used={"id": "ocid", "companyName": "buyer", **each("tender/documents", *notices.FILES)},
    children={
        "lots": _LOT,
        "qualifiers": kind_of(
            "tender/qualifiers",
            used=each("tender/eligibilityCriteria", "id", "title", "required", "template"),
        ),
        "criterias": kind_of("tender/criterias", used=each("tender/awardCriteriaDetails", "id", "title", "template")),
        **{name: kind_of(f"tender/{name}", used=_FILE) for name in notices.FILES},
    },
)
SUBMISSIONS = kind_of(
    "submissions",
    used={"tenderId": "the process"},
    children={
        "submissions": kind_of(
            "submissions/submissions",
            notices.BID,
            used={"id": "bids/details/id", "companyName": "bids/details/tenderers"},
        )
    },
)

# The legacy portal.

_CONDITIONS = each("tender/contractTerms/performanceTerms", "spares", "insurance", "packaging")

_WHO = each("buyer", "organization")
ORDER_ROW = kind_of("order_row", pages.ROW, used={"id": "ocid", **_WHO, **UNREAD})
_ORDER_LOT = kind_of(
    "order/lots",
    pages.LOT,
    used={"number": "tender/lots/id", "delivery_address": "tender/items/deliveryAddress/streetAddress"}
    | each("tender/milestones/description", "delivery_period", "schedule", "delivery_condition", "incoterms"),
)
ORDER = kind_of(
    "order",
    pages.ORDER,
    used={"id": "ocid", **_WHO, **UNREAD, "missing_in_lots": "reported", "documents": "tender/documents"},
    children={
        "buyer": kind_of("order/buyer", used={"name": "buyer/name", "inn": "buyer"}),
        "lots": _ORDER_LOT,
        "qualifications": kind_of(
            "order/qualifications", used=each("tender/eligibilityCriteria", "qualification", "requirement")
        ),
        "criteria": kind_of("order/criteria", used=each("tender/awardCriteriaDetails", "criterion", "weight")),
        "payments": kind_of("order/payments", used=each("tender/contractTerms/financialTerms", "name", "value", "due")),
        "conditions": kind_of("order/conditions", used=told_terms("Of the legacy pages") | _CONDITIONS),
        "documents": kind_of("order/documents", used=each("tender/documents/title", "title")),
    },
)
ORDER_ITEMS = kind_of(
    "order_items",
    used={"order_id": "the process", "lot_number": "tender/items/relatedLot", **UNREAD},
    children={
        "items": kind_of(
            "order_items/items",
            pages.ITEM,
            children={"file": kind_of("order_items/items/file", used=each("tender/documents/title", "title"))},
        )
    },
)
PROTOCOL = kind_of(
    "protocol",
    used={"order_id": "the process", "opened": "date", **UNREAD},
    children={
        "participants": kind_of(
            "protocol/participants",
            used={
                **each("bids/details/tenderers", "name", "inn"),
                "currency": "bids/details/value/currency",
            },
            children={
                "lots": kind_of(
                    "protocol/participants/lots",
                    deals.OFFER,
                    used={"lot_number": "bids/details/relatedLots", "currency": "bids/details/value/currency"},
                )
            },
        )
    },
)
WINNERS = kind_of(
    "winners",
    deals.CONTRACT,
    used={
        "announcement_number": "the process",
        "winner": "awards/suppliers",
        "lot_numbers": "awards/relatedLots",
        "contract_prices": "awards/value",
        **UNREAD,
    },
)
_SIGNED = {
    "id": "ocid",
    "organization": "buyer",
    "supplier": "awards/suppliers",
    "amount": "contracts/value",
    **UNREAD,
}
SINGLE_SOURCE = kind_of("single_source", pages.SIGNED, deals.CONTRACT, used=_SIGNED)
CENTRALIZED = kind_of("centralized", pages.SIGNED, deals.CONTRACT, used=_SIGNED)


def _contract_page(name: str) -> DocumentMapping:
    steps = kind_of(f"{name}/schedule", deals.STEP, ignored="contract/schedule")
    return kind_of(
        name,
        pages.SIGNED,
        deals.CONTRACT,
        used=_SIGNED | {"supplier_inn": "awards/suppliers"},
        children={
            "items": kind_of(f"{name}/items", pages.CONTRACT_ITEM, ignored="contract/items"),
            "schedule": steps,
            "payments": kind_of(f"{name}/payments", deals.STEP, ignored="contract/schedule"),
        },
    )


SINGLE_SOURCE_CONTRACT = _contract_page("single_source_contract")
CENTRALIZED_CONTRACT = _contract_page("centralized_contract")
_REGISTER = {"inn": "the number of a party of this name", "name": "compared with the parties' names", **UNREAD}
REF_ENTITY = kind_of("ref_entity", used=_REGISTER)
REF_SUPPLIER = kind_of("ref_supplier", used=_REGISTER)

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
