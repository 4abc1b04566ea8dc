"""The code tables of Kazakhstan, read once."""

from transformers.codes import read_table

_PACKAGE = "transformers.kazakhstan"

ACT_STATUS = read_table(_PACKAGE, "act_status")
AMENDMENT_JUSTIFICATION = read_table(_PACKAGE, "amendment_justification")
BID_STATUS = read_table(_PACKAGE, "bid_status")
BUDGET_TYPE = read_table(_PACKAGE, "budget_type")
BUY_STATUS = read_table(_PACKAGE, "buy_status")
CONSULTING = read_table(_PACKAGE, "consulting")
CONTRACT_CANCEL = read_table(_PACKAGE, "contract_cancel")
CONTRACT_STATUS = read_table(_PACKAGE, "contract_status")
COUNTRIES = read_table(_PACKAGE, "countries")
DOCUMENT_TYPE = read_table(_PACKAGE, "document_type")
FILE_FORMAT = read_table(_PACKAGE, "file_format")
FINANCE_SOURCE = read_table(_PACKAGE, "finance_source")
JUSTIFICATION = read_table(_PACKAGE, "justification")
KATO_REGIONS = read_table(_PACKAGE, "kato_regions")
LOT_STATUS = read_table(_PACKAGE, "lot_status")
MONTHS = read_table(_PACKAGE, "months")
PLAN_POINT_STATUS = read_table(_PACKAGE, "plan_point_status")
RESTRICTION = read_table(_PACKAGE, "restriction")
SUBJECT_TYPE = read_table(_PACKAGE, "subject_type")
TAX = read_table(_PACKAGE, "tax")
TRADE_METHODS = read_table(_PACKAGE, "trade_methods")
UNITS = read_table(_PACKAGE, "units")
WINNING_BID = read_table(_PACKAGE, "winning_bid")

ALL = (
    TRADE_METHODS,
    BUY_STATUS,
    LOT_STATUS,
    CONTRACT_STATUS,
    SUBJECT_TYPE,
    BID_STATUS,
    WINNING_BID,
    PLAN_POINT_STATUS,
    MONTHS,
    FINANCE_SOURCE,
    BUDGET_TYPE,
    JUSTIFICATION,
    AMENDMENT_JUSTIFICATION,
    CONTRACT_CANCEL,
    ACT_STATUS,
    TAX,
    RESTRICTION,
    CONSULTING,
    UNITS,
    KATO_REGIONS,
    COUNTRIES,
    DOCUMENT_TYPE,
    FILE_FORMAT,
)

CODELISTS = {
    BUY_STATUS.name: "tenderStatus",
    LOT_STATUS.name: "tenderStatus",
    PLAN_POINT_STATUS.name: "tenderStatus",
    CONTRACT_STATUS.name: "contractStatus",
    TRADE_METHODS.name: "method",
    SUBJECT_TYPE.name: "procurementCategory",
    BID_STATUS.name: "bidStatus",
    WINNING_BID.name: "awardStatus",
    ACT_STATUS.name: "milestoneStatus",
    CONSULTING.name: "extendedProcurementCategory",
    DOCUMENT_TYPE.name: "documentType",
}
"""The OCDS codelist of each table whose codes are of one."""
