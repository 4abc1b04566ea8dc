"""The code tables of Kyrgyzstan, read once."""

from transformers.codes import CodeRow, CodeTable, read_table
from transformers.kyrgyzstan.words import normal

_PACKAGE = "transformers.kyrgyzstan"

AWARD_STATUS = read_table(_PACKAGE, "award_status")
BID_STATUS = read_table(_PACKAGE, "bid_status")
CATEGORY = read_table(_PACKAGE, "category")
CLASSIFICATION = read_table(_PACKAGE, "classification")
COMPLAINT_STATUS = read_table(_PACKAGE, "complaint_status")
CONSULTING = read_table(_PACKAGE, "consulting")
CONTRACT_TERMS = read_table(_PACKAGE, "contract_terms")
CURRENCY_WORDS = read_table(_PACKAGE, "currency_words")
FORMAT = read_table(_PACKAGE, "format")
INCOTERMS = read_table(_PACKAGE, "incoterms")
LOT_STATUS = read_table(_PACKAGE, "lot_status")
METHOD = read_table(_PACKAGE, "method")
METHOD_WORDS = read_table(_PACKAGE, "method_words")
PAYMENT_TYPE = read_table(_PACKAGE, "payment_type")
PLAN_STATUS = read_table(_PACKAGE, "plan_status")
PLAN_TYPE = read_table(_PACKAGE, "plan_type")
RATIONALE = read_table(_PACKAGE, "rationale")
REGIONS = read_table(_PACKAGE, "regions")
RELATIONSHIP = read_table(_PACKAGE, "relationship")
ROLE = read_table(_PACKAGE, "role")
SECURITY_FORM = read_table(_PACKAGE, "security_form")
STAGE = read_table(_PACKAGE, "stage")
STAGE_WORDS = read_table(_PACKAGE, "stage_words")
TENDER_STATUS = read_table(_PACKAGE, "tender_status")

ALL = (
    STAGE,
    STAGE_WORDS,
    TENDER_STATUS,
    METHOD,
    METHOD_WORDS,
    FORMAT,
    RATIONALE,
    CATEGORY,
    CONSULTING,
    LOT_STATUS,
    BID_STATUS,
    AWARD_STATUS,
    COMPLAINT_STATUS,
    CLASSIFICATION,
    INCOTERMS,
    REGIONS,
    ROLE,
    RELATIONSHIP,
    PLAN_STATUS,
    PLAN_TYPE,
    PAYMENT_TYPE,
    SECURITY_FORM,
    CONTRACT_TERMS,
    CURRENCY_WORDS,
)

CODELISTS = {
    STAGE.name: "tenderStatus",
    TENDER_STATUS.name: "tenderStatus",
    METHOD.name: "method",
    CATEGORY.name: "procurementCategory",
    CONSULTING.name: "extendedProcurementCategory",
    LOT_STATUS.name: "tenderStatus",
    BID_STATUS.name: "bidStatus",
    AWARD_STATUS.name: "awardStatus",
    COMPLAINT_STATUS.name: "milestoneStatus",
    RELATIONSHIP.name: "relatedProcess",
    PLAN_STATUS.name: "tenderStatus",
    CURRENCY_WORDS.name: "currency",
}
"""The OCDS codelist of each table whose codes are of one."""


def _by_label(table: CodeTable) -> dict[str, CodeRow]:
    return {
        normal(label): row
        for row in reversed(table.rows)
        for label in (row.label, *(label for _, label in row.translations))
        if label
    }


_STAGE_LABELS = _by_label(STAGE)


def by_words(words: CodeTable, told: CodeTable, text: str) -> CodeRow | None:
    """Give the row of `told` for which a page's words stand; nothing, where `words` does not know them."""
    row = words.get(normal(text))
    return told.get(row.code) if row is not None else None


def stage_by_words(text: str) -> CodeRow | None:
    """Give the stage that a page words so, in any of its languages."""
    return by_words(STAGE_WORDS, STAGE, text) or _STAGE_LABELS.get(normal(text))
