"""What becomes of each field of each kind of Kazakh document."""

from transformers.codes import read_ignored
from transformers.kazakhstan import announcements, bids, contracts, execution, plans, purchases, subjects
from transformers.mapping import DocumentMapping
from transformers.process import Composed

IGNORED = read_ignored("transformers.kazakhstan")

_KATO = DocumentMapping(
    kind="plan/kato",
    used={
        "ref_kato_code": "tender/items/deliveryLocation",
        "full_delivery_place_name_ru": "tender/items/deliveryAddress/streetAddress",
        "full_delivery_place_name_kz": "tender/items/deliveryAddress/streetAddress_kk",
        "ref_countries_code": "tender/items/deliveryAddress/countryName",
        "is_deleted": "a deleted place is left out",
    },
    flags=("is_deleted",),
    ignored=IGNORED["plan/kato"],
)
_SPEC = DocumentMapping(
    kind="plan/spec",
    used=dict.fromkeys(("abp_code", "fkrb_program_code", "ekrb_code"), "planning/budget/id"),
    ignored=IGNORED["plan/spec"],
)

PLAN = DocumentMapping(
    kind="plan",
    records=(plans.ITEM, plans.BUDGET, plans.MONTH, plans.SUPPLY, plans.PLANNED),
    used={
        "id": "tender/items/id",
        "rootrecord_id": "ocid, relatedProcesses/identifier",
        "is_deleted": "a deleted version is left out",
        "subject_biin": "buyer",
        "sys_subjects_id": "buyer",
        "subject_name_ru": "buyer/name",
        "subject_name_kz": "buyer/name_kk",
        "timestamp": "date",
        "index_date": "date",
        "date_create": "date",
    },
    children={"kato": _KATO, "spec": _SPEC},
    flags=("is_deleted",),
    ignored=IGNORED["plan"],
)
PLAN_DELETED = DocumentMapping(
    kind="plan_deleted",
    used={"id": "the deleted version", "rootrecord_id": "ocid", "index_date": "date", "is_deleted": "tender/status"},
    ignored=IGNORED["plan_deleted"],
)

_BUY_FILE = DocumentMapping(kind="trd_buy/files", records=(announcements.FILES,), ignored=IGNORED["trd_buy/files"])
_LOT_FILE = DocumentMapping(kind="lot/files", records=(announcements.FILES,), ignored=IGNORED["lot/files"])
_CONTRACT_FILE = DocumentMapping(kind="contract/file", records=(contracts.FILE,), ignored=IGNORED["contract/file"])
_PAUSE = DocumentMapping(
    kind="trd_buy/pause",
    records=(announcements.PAUSE,),
    used={"date_create": "date"},
    ignored=IGNORED["trd_buy/pause"],
)
_CANCEL = DocumentMapping(
    kind="trd_buy/cancel",
    records=(announcements.CANCEL,),
    used={"date_create": "date"},
    ignored=IGNORED["trd_buy/cancel"],
)
TRD_BUY = DocumentMapping(
    kind="trd_buy",
    records=(
        announcements.TENDER,
        announcements.NOTICE,
        announcements.REPEAT_START,
        announcements.REPEAT_END,
    ),
    used={
        "id": "tender/documents/url",
        "count_lots": "compared with the lots that are held",
        "customer_bin": "buyer",
        "customer_pid": "buyer",
        "customer_name_ru": "buyer/name",
        "customer_name_kz": "buyer/name_kk",
        "last_update_date": "date",
        "index_date": "date",
    },
    children={"files": _BUY_FILE, "pause": _PAUSE, "cancel": _CANCEL},
    ignored=IGNORED["trd_buy"],
)
LOT = DocumentMapping(
    kind="lot",
    records=(announcements.LOT, announcements.LOT_ITEM, announcements.LOT_METHOD),
    used={
        "id": "tender/lots/id",
        "trd_buy_id": "tender/documents/url",
        "trd_buy_number_anno": "ocid, where no announcement is held",
        "point_list": "tender/items, planning",
        "is_deleted": "a deleted lot is left out",
        "customer_bin": "buyer",
        "customer_id": "buyer",
        "customer_name_ru": "buyer/name",
        "customer_name_kz": "buyer/name_kk",
        "consulting_services": "tender/additionalProcurementCategories",
        "last_update_date": "date",
        "index_date": "date",
    },
    children={"files": _LOT_FILE},
    flags=("is_deleted",),
    ignored=IGNORED["lot"],
)
_OFFER = DocumentMapping(
    kind="trd_app/app_lots",
    records=(bids.BID,),
    used={"id": "bids/details/id"},
    ignored=IGNORED["trd_app/app_lots"],
)
TRD_APP = DocumentMapping(
    kind="trd_app",
    records=(bids.APPLICATION,),
    used={
        "supplier_bin_iin": "bids/details/tenderers",
        "supplier_id": "bids/details/tenderers",
        "supplier": "bids/details/tenderers/name",
        "supplier_name_ru": "bids/details/tenderers/name",
        "supplier_name_kz": "bids/details/tenderers/name_kk",
        "index_date": "date",
    },
    children={"app_lots": _OFFER},
    ignored=IGNORED["trd_app"],
)
_UNIT = DocumentMapping(
    kind="contract/contract_units",
    records=(contracts.UNIT,),
    used={
        **dict.fromkeys(("item_price", "item_price_wnds"), "contracts/items/unit/value"),
        **dict.fromkeys(("total_sum", "total_sum_wnds"), "awards/value"),
        "pln_point_id": "contracts/items: the plan point describes it",
        "plans": "contracts/items, where the plan point is not held",
        "ref_enstru_code": "contracts/items/classification, where the plan point is not held",
        "deleted": "a deleted unit is left out",
        "crdate": "date",
        "index_date": "date",
    },
    flags=("deleted",),
    ignored=IGNORED["contract/contract_units"],
)
_ACT = DocumentMapping(
    kind="contract/acts",
    records=(execution.ACT,),
    used={"is_deleted": "a deleted act is left out", "create_date_act": "date", "index_date": "date"},
    flags=("is_deleted",),
    ignored=IGNORED["contract/acts"],
)
_PAYMENT = DocumentMapping(
    kind="contract/treasury_pay",
    records=(execution.PAYMENT,),
    used={"last_update_date": "date", "index_date": "date"},
    ignored=IGNORED["contract/treasury_pay"],
)
CONTRACT = DocumentMapping(
    kind="contract",
    records=(
        contracts.CONTRACT,
        contracts.SIGNED_AT,
        execution.EXECUTION,
        execution.TERMINATION,
        contracts.AMENDMENT,
        contracts.TENDER,
    ),
    used={
        "id": "contracts/amendments/id",
        "root_id": "contracts/id",
        "deleted": "a deleted row is left out",
        "ref_contract_type_id": "tells a contract from its amendments",
        "trd_buy_id": "the process",
        "trd_buy_number_anno": "ocid, where no announcement is held",
        "customer_bin": "contracts/buyer",
        "customer_id": "contracts/buyer",
        "customer": "contracts/buyer/name",
        "customer_name_ru": "contracts/buyer/name",
        "customer_name_kz": "contracts/buyer/name_kk",
        "customer_legal_address": "parties/address",
        "supplier_biin": "awards/suppliers",
        "supplier_id": "awards/suppliers",
        "supplier": "awards/suppliers/name",
        "supplier_name_ru": "awards/suppliers/name",
        "supplier_name_kz": "awards/suppliers/name_kk",
        "supplier_legal_address": "parties/address; not of a natural person",
        "trd_buy_itogi_date_public": "awards/date",
        "ref_finsource_id": "planning/budget/description, where no plan point is held",
        "ref_finsource": "planning/budget/description, where no plan point is held",
        "crdate": "date",
        "last_update_date": "date",
        "index_date": "date",
    },
    children={
        "contract_units": _UNIT,
        "acts": _ACT,
        "treasury_pay": _PAYMENT,
        "file": _CONTRACT_FILE,
    },
    flags=("deleted",),
    ignored=IGNORED["contract"],
)

_WHERE_LACKING = "where the announcement, the bid or the contract does not give it"
SUBJECT = DocumentMapping(
    kind="subject",
    used={
        "pid": "the party of this id",
        "bin": "compared with the party's number",
        "iin": "compared with the party's number; not published",
        "name_ru": f"parties/name, {_WHERE_LACKING}",
        "name_kz": f"parties/name_kk, {_WHERE_LACKING}",
    },
    ignored=IGNORED["subject"],
)

ALL = (TRD_BUY, LOT, TRD_APP, CONTRACT, PLAN, PLAN_DELETED, SUBJECT)
BY_KIND = {mapping.kind: mapping for mapping in ALL}

ASSEMBLED = (
    ("trd_buy", announcements.CUSTOMER),
    ("lot", announcements.LOT_CUSTOMER),
    ("lot", announcements.CONSULTING),
    ("trd_app", bids.SUPPLIER),
    ("contract", contracts.CUSTOMER),
    ("contract", contracts.SUPPLIER),
    ("contract", contracts.RESULTS_AT),
    ("contract/contract_units", contracts.UNIT_PRICE),
    ("contract/contract_units", contracts.UNIT_TOTAL),
    ("contract", purchases.FINANCE),
    ("plan", plans.BUYER),
    ("subject", subjects.NAME),
)
"""Rules outside of record mappings."""

COMPOSED = tuple(
    Composed(path=path, document=document, fields=tuple(fields.split()), words=words)
    for path, document, fields, words in (
        ("awards/id", "trd_app, contract", "", "award- and the supplier's party id: one award for each supplier"),
        (
            "awards/status",
            "trd_app, contract",
            "status_id ref_contract_status_id",
            "active by a winning bid or a contract whose status is known; cancelled where no contract was concluded",
        ),
        ("awards/date", "trd_buy", "itogi_date_public", "when the results were published"),
        (
            "awards/value",
            "trd_app, contract",
            "amount total_sum_wnds contract_sum_wnds",
            (
                "the winning bids where they cover every lot of the award, else the contracts' totals of the purchase "
                "where those do, else nothing; a contract that names no lot may be for any of them"
            ),
        ),
        ("awards/suppliers", "trd_app, contract", "", "the winning bidder, who is the contract's supplier"),
        ("awards/relatedLots", "trd_app, contract", "lot_id", "the lots of its winning bids and contracts"),
        ("awards/relatedBid", "trd_app/app_lots", "id", "the winning bid, where there is one"),
        ("contracts/id", "contract", "root_id", "the id that a contract and its amendments share"),
        ("contracts/awardID", "contract", "supplier_biin", "the award of the supplier"),
        (
            "contracts/items",
            "plan, lot",
            "",
            "the plan point or else the lot describes the item; unit, price and quantity are the contract's",
        ),
        (
            "contracts/status",
            "contract",
            "root_id ref_contract_status_id",
            (
                "of the newest signed version, or else the newest; where a version that may hold instead has no status "
                "that we know, status, period, value, milestones and the items' quantities and prices are left out"
            ),
        ),
        ("contracts/milestones", "contract", "", "carrying out and early end; met where its date is known"),
        ("contracts/implementation/milestones/type", "contract/acts", "", "always delivery"),
        ("contracts/implementation/transactions/payer", "contract", "customer_bin", "the customer"),
        ("contracts/implementation/transactions/payee", "contract", "supplier_biin", "the supplier"),
        ("contracts/documents", "contract", "id", "the contract's public page, and its files by that page"),
        ("contracts/amendments/id", "contract", "id", "each signed row of type 2"),
        ("bids/details/id", "trd_app/app_lots", "id", "each application for one lot is a bid"),
        (
            "tender/id",
            "trd_buy, lot, contract, plan",
            "number_anno",
            "the announcement's number; where nothing gives it the contract's or plan point's root",
        ),
        ("tender/lots/id", "lot", "id", "the id"),
        ("tender/items/id", "lot, plan", "id", "lot and plan point"),
        ("tender/items/relatedLot", "lot", "id", "the lot"),
        ("tender/tenderers", "trd_app", "supplier_bin_iin", "who has bid, each once"),
        ("tender/numberOfTenderers", "trd_app", "supplier_bin_iin", "how many have bid"),
        (
            "tender/documents",
            "trd_buy, lot",
            "",
            "the announcement's public page, and its files by that page: a file's own link needs a token",
        ),
        ("tender/milestones", "trd_buy", "", "further submission of bids, and pauses"),
        ("tender/procurementMethodRationale", "plan", "ref_justification_id", "the grounds of all plan points"),
        ("planning/milestones", "plan", "", "the planned month and the term of delivery"),
        (
            "parties/name",
            "trd_buy, lot, trd_app, contract, subject",
            "",
            "what the document calls the party; where it gives a number only, the name of the subject with that number",
        ),
        (
            "buyer",
            "trd_buy, lot, contract",
            "customer_bin",
            (
                "the customer, where announcement, lots and contracts all name the same one; each of several is a "
                "party with the role buyer"
            ),
        ),
        (
            "relatedProcesses",
            "trd_buy, plan",
            "number_anno rootrecord_id",
            "the round before this one, and the plan points",
        ),
    )
)
"""What is put together without rules."""
