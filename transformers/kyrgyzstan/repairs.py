"""The repairs of the ministry's files: what is wrong in them, where that holds, and what stands in its place."""

from collections.abc import Callable, Sequence
from typing import Any

from transformers.corrections import Repair
from transformers.kyrgyzstan import mends, mends_results

_RELEASE, _PLAN = "release", "planning_release"


def _repair(mend: Callable[[Any], int], *words: str, kinds: Sequence[str] = (_RELEASE,)) -> list[Repair]:
    """Give a repair of some kinds of documents; `words` are its fields, guard, what becomes of them, and the reason."""
    fields, guard, becomes, reason = words
    return [
        Repair(name=mend.__name__, kind=kind, fields=fields, guard=guard, becomes=becomes, reason=reason, mend=mend)
        for kind in kinds
    ]


_BOTH = (_RELEASE, _PLAN)

REPAIRS = (
    *_repair(
        mends.older_names,
        "number, currentStage, priceProposals, relatedItem, dateCreated, budget/amount",
        "a field has a name that it had before 2021, or in 2021 alone",
        "the same value under the other name",
        "The exporter was changed twice; three shapes of one thing are about.",
    ),
    *_repair(
        mends.whole_number_ids,
        "id, awardIDs, relatedItems and other references",
        "an id is a whole number",
        "the same id as a text",
        "OCDS wants texts in most places, and references are compared as texts.",
        kinds=_BOTH,
    ),
    *_repair(
        mends.dates_without_zone,
        "complaints, planning",
        "a time has no offset, or a blank instead of T",
        "the same wall clock time with +06:00",
        "The exporter wrote them from columns without zone; Kyrgyzstan has kept UTC+6 since 2005.",
        kinds=_BOTH,
    ),
    *_repair(
        mends.party_names,
        "parties/identifier",
        "a party has a legal name but no name",
        "the Russian legal name, or else the only one",
        "The exporter names parties inside their identifiers only.",
        kinds=_BOTH,
    ),
    *_repair(
        mends.repeated_roles,
        "parties/roles",
        "a role of a party, or a party, is told twice",
        "told once",
        "The exporter puts the roles of one taxpayer number one after the other.",
        kinds=_BOTH,
    ),
    *_repair(
        mends.buyer_from_roles,
        "buyer",
        "no buyer is named and one party has the role buyer",
        "that party",
        "The exporter never names the buyer but by its role.",
    ),
    *_repair(
        mends.procuring_entity_name_over_id,
        "tender/procuringEntity/id",
        "the id is the name of a party",
        "the id of that party",
        "The exporter sets the id twice, the second time to the name.",
    ),
    *_repair(
        mends.procuring_entity_from_roles,
        "tender/procuringEntity",
        "no procuring entity is named and one party has that role",
        "that party",
        "The exporter's query does not read the column.",
    ),
    *_repair(
        mends_results.contract_based_method,
        "tender/procurementMethod",
        "the ocid is of a contract without announcement",
        "direct",
        "Such contracts are concluded directly, whatever the exporter says.",
    ),
    *_repair(
        mends.method_code,
        "tender/procurementMethod",
        "the code is not the one that method.csv gives the method's name",
        "the code of method.csv; selective stays where the table has open",
        "The exporter calls single source open, and leaves out the code of many methods.",
    ),
    *_repair(
        mends.category_code,
        "tender/mainProcurementCategory",
        "the category is product, work, service or consultService",
        "goods, works or services; the source's word as mainProcurementCategoryDetails",
        "These are not codes of OCDS.",
    ),
    *_repair(
        mends.classification_scheme,
        "items/classification/scheme",
        "the scheme is CPV, okgz or dlo",
        "OKGZ or DLO",
        "One classifier under three names: the codes labelled CPV hold such of Kyrgyzstan alone.",
        kinds=_BOTH,
    ),
    *_repair(
        mends.enquiry_period_end,
        "tender/enquiryPeriod",
        "questions end at the same time as bids",
        "five days before; left out where there are no five days",
        "The exporter sets the end of the bids there; by its own query questions end five days before it.",
    ),
    *_repair(
        mends.zero_amounts,
        "value",
        "an amount is 0",
        "left out",
        "The exporter writes 0 where the portal has no amount.",
        kinds=_BOTH,
    ),
    *_repair(
        mends.float_noise,
        "tender/conditionOfContract",
        "a rate has more digits than single precision holds",
        "rounded to seven digits",
        "The exporter of 2020 wrote 0.1 as 0.10000000149011612.",
    ),
    *_repair(
        mends.related_process_ids,
        "relatedProcesses/identifier",
        "the identifier is the bare number of an order",
        "its ocid",
        "The scheme says ocid, but the prefix is not there.",
    ),
    *_repair(
        mends_results.bid_status,
        "bids/details/status",
        "a bid is disqualified, and has an active award",
        "no status; the source's word as statusDetails",
        "One of the two cannot be: the field the exporter reads is named contrary to what its code takes it for.",
    ),
    *_repair(
        mends_results.bid_lots,
        "bids/details/relatedLots",
        "the lots of a bid are objects with prices",
        "one bid for each lot, with its price; awards point to it",
        "OCDS wants the ids of the lots there, and would lose the price of each.",
    ),
    *_repair(
        mends_results.award_status,
        "awards/status",
        "the status is disqualified or rejected",
        "unsuccessful or cancelled; the source's word as statusDetails",
        "These are not codes of OCDS.",
    ),
    *_repair(
        mends_results.bid_of_award,
        "awards/relatedBid",
        "the bid is not among the bids",
        "left out",
        "The portal lost bids; a reference to nothing misleads.",
    ),
    *_repair(
        mends_results.award_suppliers,
        "awards/suppliers",
        "an award that was given has no supplier but a bid that has tenderers",
        "the tenderers of the bid",
        "The exporter tells who has won by the bid only.",
    ),
    *_repair(
        mends.former_contracts,
        "contracts",
        "a contract of the old tables has number, day and amount of another",
        "told once, as the other",
        "Until 2019 contracts stood in two tables, and the exporter reads both.",
    ),
    *_repair(
        mends_results.award_ids,
        "contracts/awardIDs",
        "the awards of a contract are a list",
        "awardID, the first of them",
        "OCDS knows one award for each contract.",
    ),
    *_repair(
        mends_results.award_of_contract,
        "contracts/awardID",
        "a contract names no award",
        "an award of its own, with the supplier where there is only one",
        "OCDS wants an award for each contract; contracts without announcement have none.",
    ),
    *_repair(
        mends.planning_ocid,
        "ocid",
        "the ocid of a plan is prefix and plan number, as a tender's is",
        "kept; told as a plan by its tag and by the status planned",
        "Nothing in the ocid tells plans from tenders.",
        kinds=(_PLAN,),
    ),
)
