"""How faults of the ministry's releases are mended: bids, awards, contracts. Each function says how many it mended."""

from typing import Any

from ocds_schema.json import Json
from transformers.kyrgyzstan import tables
from transformers.kyrgyzstan.nested import name_of, parts


def bid_lots(release: Json) -> int:
    """Make of a bid for several lots one bid for each, with its price; awards point to the one they mean."""
    details = parts(release, "bids", "details")
    told: list[Json] = []
    split: set[str] = set()
    for bid in details:
        lots = parts(bid, "relatedLots")
        key = name_of(bid, "id")
        if not lots or key is None:
            told.append(bid)
            continue
        split.add(key)
        told += [_bid_for(bid, lot) for lot in lots if name_of(lot, "id")]
    if split:
        release["bids"]["details"] = told
    for award in parts(release, "awards"):
        lots = award.get("relatedLots")
        if name_of(award, "relatedBid") in split and isinstance(lots, list) and len(lots) == 1:
            award["relatedBid"] = f"{award['relatedBid']}-{lots[0]}"
    return len(split)


def _bid_for(bid: Json, lot: Json) -> Json:
    prices = [one for one in parts(bid, "priceProposal") if one.get("relatedLot") == lot["id"]]
    one = {**bid, "id": f"{bid['id']}-{lot['id']}", "relatedLots": [lot["id"]], "value": lot.get("value")}
    return {**one, "priceProposal": prices} if prices else {name: one[name] for name in one if name != "priceProposal"}


def award_status(release: Json) -> int:
    """Give awards the status of OCDS that their own means; the exporter's code is kept beside it."""
    count = 0
    for award in parts(release, "awards"):
        row = tables.AWARD_STATUS.get(award.get("status"))
        if row is not None and row.code != row.source_code:
            award["statusDetails"] = row.source_code
            award["status"] = row.code
            count += 1
    return count


def bid_status(release: Json) -> int:
    """Take the status from bids that are called disqualified although they were given an award that stands."""
    given = {name_of(award, "relatedBid") for award in parts(release, "awards") if name_of(award, "status") == "active"}
    odd = [
        bid
        for bid in parts(release, "bids", "details")
        if bid.get("status") == "disqualified" and name_of(bid, "id") in given - {None}
    ]
    for bid in odd:
        bid["statusDetails"] = bid.pop("status")
    return len(odd)


_GIVEN = frozenset({"active", "cancelled"})
"""Of the others, a bid is only being judged, or another has won: whose it is, the bid says."""


def award_suppliers(release: Json) -> int:
    """Name the suppliers of awards: those who made the bid that an award is for, where it was given the award."""
    bids = parts(release, "bids", "details")
    bidders = {key: parts(bid, "tenderers") for bid in bids if (key := name_of(bid, "id"))}
    count = 0
    for award in parts(release, "awards"):
        who = bidders.get(name_of(award, "relatedBid") or "")
        if who and not award.get("suppliers") and name_of(award, "status") in _GIVEN:
            award["suppliers"] = [{"id": one.get("id")} for one in who]
            count += 1
    return count


def award_ids(release: Json) -> int:
    """Name the award of a contract by OCDS's field; of several, the first: OCDS knows one award for each contract."""
    count = 0
    for contract in parts(release, "contracts"):
        listed = contract.get("awardIDs")
        if "awardID" not in contract and isinstance(listed, list) and listed and _is_text(listed[0]):
            contract["awardID"] = listed[0]
            count += 1
    return count


def _is_text(raw: Any) -> bool:
    return isinstance(raw, str) and bool(raw)


def award_of_contract(release: Json) -> int:
    """Give a contract that names no award one of its own, with the only supplier there is."""
    suppliers = [
        {"id": one.get("id")}
        for one in parts(release, "parties")
        if isinstance(one.get("roles"), list) and "supplier" in one["roles"]
    ]
    awards = release.get("awards")
    awards = awards if isinstance(awards, list) else []
    made = []
    for contract in parts(release, "contracts"):
        if _is_text(contract.get("awardID")) or not _is_text(contract.get("id")):
            continue
        contract["awardID"] = f"contract-{contract['id']}"
        made.append(
            {"id": contract["awardID"], "suppliers": suppliers} if len(suppliers) == 1 else {"id": contract["awardID"]}
        )
    if made:
        release["awards"] = [*awards, *made]
    return len(made)


def bid_of_award(release: Json) -> int:
    """Take away the bid that an award names and that is not among the bids."""
    known = {name_of(bid, "id") for bid in parts(release, "bids", "details")}
    awards = parts(release, "awards")
    lost = [award for award in awards if award.get("relatedBid") and name_of(award, "relatedBid") not in known]
    for award in lost:
        del award["relatedBid"]
    return len(lost)


def contract_based_method(release: Json) -> int:
    """Name the method of a contract without announcement: it was concluded directly."""
    ocid = release.get("ocid")
    if not isinstance(ocid, str) or "-contract-based-" not in ocid:
        return 0
    tender = release.setdefault("tender", {})
    if not isinstance(tender, dict) or tender.get("procurementMethod") == "direct":
        return 0
    tender.setdefault("procurementMethodDetails", "singleSource")
    tender["procurementMethod"] = "direct"
    return 1
