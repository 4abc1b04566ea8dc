"""How faults of the ministry's releases are mended: parties, tenders and plans. Each function says how many it mended.

They are given the fields of one file's release and change them in place; whatever is not as it should be is left alone.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ocds_schema.json import Json
from transformers.kyrgyzstan import tables
from transformers.kyrgyzstan.nested import name_of, part, parts

MINISTRY = "ocds-h7i0z4"
_OFFSET = "+06:00"
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\Z", re.ASCII)
_DAYS_BEFORE_END = timedelta(days=5)
_SIGNIFICANT = 7
"""Decimal digits that a number of single precision holds."""


def older_names(release: Json) -> int:
    """Give fields the names they have had since 2021."""
    tender = part(release, "tender")
    renamed = [
        (tender, "number", "tenderNumber"),
        (tender, "currentStage", "statusDetails"),
        *((lot, "number", "lotNumber") for lot in parts(tender, "lots")),
        *((bid, "priceProposals", "priceProposal") for bid in parts(release, "bids", "details")),
        *((document, "dateCreated", "datePublished") for document in parts(tender, "documents")),
    ]
    count = sum(_rename(*one) for one in renamed)
    for document in parts(tender, "documents"):
        if "relatedItem" in document and "relatedItems" not in document:
            document["relatedItems"] = [document.pop("relatedItem")]
            count += 1
    budget = part(part(release, "planning"), "budget")
    if "amount" in budget and "value" not in budget:
        amount = budget.pop("amount")
        budget["value"] = amount if isinstance(amount, dict) else {"amount": amount}
        count += 1
    return count


def _rename(source: Json, old: str, new: str) -> int:
    if old not in source or new in source:
        return 0
    source[new] = source.pop(old)
    return 1


_IDS = frozenset({"id", "relatedPlanID", "relatedLot", "relatedItem", "relatedBid", "identifier"})
_ID_LISTS = frozenset({"relatedLots", "relatedItems", "awardIDs"})


def whole_number_ids(release: Json) -> int:
    """Write ids that are whole numbers as texts, at every depth."""
    count = 0
    for node in _nodes(release):
        for name in _IDS & node.keys():
            if _is_whole(node[name]):
                node[name] = str(int(node[name]))
                count += 1
        for name in _ID_LISTS & node.keys():
            if isinstance(node[name], list):
                whole = [place for place, one in enumerate(node[name]) if _is_whole(one)]
                for place in whole:
                    node[name][place] = str(int(node[name][place]))
                count += len(whole)
    return count


def _is_whole(raw: Any) -> bool:
    if isinstance(raw, Decimal):
        return raw.is_finite() and raw == raw.to_integral_value()
    return isinstance(raw, int) and not isinstance(raw, bool)


def _nodes(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for member in list(value.values()):
            yield from _nodes(member)
    elif isinstance(value, list):
        for member in value:
            yield from _nodes(member)


def dates_without_zone(release: Json) -> int:
    """Give times of complaints and plans the offset of Kyrgyzstan, and a T where there is a blank."""
    names = ("date", "dateSubmitted", "reviewDate", "responseDate", "dateCreated", "dateChanged", "dateModified")
    planning = part(release, "planning")
    places = [release, *parts(release, "complaints"), planning, *parts(planning, "plans")]
    count = 0
    for place in places:
        for name in names:
            found = _LOCAL.match(place[name]) if isinstance(place.get(name), str) else None
            if found:
                place[name] = f"{found[1]}T{found[2]}{_OFFSET}"
                count += 1
    return count


def party_names(release: Json) -> int:
    """Name parties by their legal names; where there is a Russian one, the one without language is English."""
    count = 0
    for party in parts(release, "parties"):
        identifier = part(party, "identifier")
        if party.get("name"):
            continue
        russian = identifier.pop("legalName_ru", None)
        if russian and identifier.get("legalName"):
            identifier["legalName_en"] = identifier.pop("legalName")
        name = russian or identifier.pop("legalName", None)
        if name:
            party["name"] = name
            count += 1
    return count


def repeated_roles(release: Json) -> int:
    """Tell each party once, and each of its roles once."""
    kept: dict[str, Json] = {}
    count = 0
    listed = parts(release, "parties")
    for place, party in enumerate(listed):
        roles = party.get("roles")
        roles = roles if isinstance(roles, list) else []
        first = kept.setdefault(str(party.get("id", place)), party)
        earlier = [] if first is party else first.get("roles", [])
        unique = list(dict.fromkeys(str(role) for role in (*earlier, *roles)))
        count += (first is not party) + (len(earlier) + len(roles) - len(unique) if first is party else 0)
        if unique:
            first["roles"] = unique
    if count:
        release["parties"] = list(kept.values())
    return count


def _only_with_role(release: Json, role: str) -> Json | None:
    """Give the party of a role, where there is just one."""
    found = [one for one in parts(release, "parties") if isinstance(one.get("roles"), list) and role in one["roles"]]
    return found[0] if len(found) == 1 and name_of(found[0], "id") else None


def buyer_from_roles(release: Json) -> int:
    """Name the buyer, whom only the roles of the parties tell."""
    party = _only_with_role(release, "buyer")
    if "buyer" in release or party is None:
        return 0
    release["buyer"] = {"id": party["id"]}
    return 1


def procuring_entity_name_over_id(release: Json) -> int:
    """Put the id of the procuring entity where its name was written over it."""
    entity = part(part(release, "tender"), "procuringEntity")
    known = {key: one for one in parts(release, "parties") if (key := name_of(one, "id"))}
    told = name_of(entity, "id")
    if told is None or told in known:
        return 0
    same = [key for key, one in known.items() if one.get("name") == told]
    if len(same) != 1:
        return 0
    entity["id"] = same[0]
    return 1


def procuring_entity_from_roles(release: Json) -> int:
    """Name the procuring entity, whom only the roles of the parties tell."""
    tender = part(release, "tender")
    party = _only_with_role(release, "procuringEntity")
    if not tender or tender.get("procuringEntity") or party is None:
        return 0
    tender["procuringEntity"] = {"id": party["id"]}
    return 1


def category_code(release: Json) -> int:
    """Give the category its code of OCDS; consulting is kept as a further category."""
    tender = part(release, "tender")
    row = tables.CATEGORY.get(tender.get("mainProcurementCategory"))
    if row is None or row.code in (None, row.source_code):
        return 0
    tender["mainProcurementCategoryDetails"] = row.source_code
    tender["mainProcurementCategory"] = row.code
    return 1


def method_code(release: Json) -> int:
    """Judge the method by its name; a selection among earlier partners, which only the exporter's code tells, stays."""
    tender = part(release, "tender")
    row = tables.METHOD.get(tender.get("procurementMethodDetails"))
    told = tender.get("procurementMethod")
    if row is None or row.code == told or (row.code == "open" and told == "selective"):
        return 0
    tender["procurementMethod"] = row.code
    return 1


def classification_scheme(release: Json) -> int:
    """Name the classifier by the name it has today."""
    tender, planning = part(release, "tender"), part(release, "planning")
    items = [*parts(tender, "items"), *(item for plan in parts(planning, "plans") for item in parts(plan, "items"))]
    count = 0
    for one in (part(item, "classification") for item in items):
        row = tables.CLASSIFICATION.get(one.get("scheme"))
        if row is not None and row.code != one["scheme"]:
            one["scheme"] = row.code
            count += 1
    return count


def enquiry_period_end(release: Json) -> int:
    """End the time for questions five days before that for bids, or leave it out where that is shorter."""
    tender = part(release, "tender")
    enquiries, bids = part(tender, "enquiryPeriod"), part(tender, "tenderPeriod")
    if not name_of(enquiries, "endDate") or enquiries["endDate"] != bids.get("endDate"):
        return 0
    try:
        end = datetime.fromisoformat(bids["endDate"]) - _DAYS_BEFORE_END
        is_over = end <= datetime.fromisoformat(bids["startDate"])
    except (KeyError, TypeError, ValueError):
        is_over = True
    if is_over:
        del tender["enquiryPeriod"]
    else:
        enquiries["endDate"] = end.isoformat()
    return 1


def zero_amounts(release: Json) -> int:
    """Leave out amounts of 0: the exporter writes them where it knows nothing."""
    tender, planning = part(release, "tender"), part(release, "planning")
    plans = parts(planning, "plans")
    holders = [
        tender,
        planning,
        part(planning, "budget"),
        *plans,
        *parts(tender, "lots"),
        *(part(item, "unit") for one in (tender, *plans) for item in parts(one, "items")),
        *(lot for bid in parts(release, "bids", "details") for lot in parts(bid, "relatedLots")),
        *parts(release, "awards"),
        *parts(release, "contracts"),
    ]
    values = [part(holder, "value") for holder in holders]
    found = [(one, name) for one in values for name in ("amount", "amountDiscounted") if _is_zero(one.get(name))]
    for one, name in found:
        del one[name]
    return len(found)


def _is_zero(raw: Any) -> bool:
    return isinstance(raw, int | Decimal) and not isinstance(raw, bool) and raw == 0


def float_noise(release: Json) -> int:
    """Write rates of single precision with the digits that they hold."""
    terms = part(part(release, "tender"), "conditionOfContract")
    noisy = [
        (name, value)
        for name, value in terms.items()
        if isinstance(value, Decimal) and value.is_finite() and len(value.as_tuple().digits) > _SIGNIFICANT + 2
    ]
    for name, value in noisy:
        terms[name] = Decimal(f"{value:.{_SIGNIFICANT}g}").normalize()
    return len(noisy)


def related_process_ids(release: Json) -> int:
    """Name related processes by their whole ocids."""
    count = 0
    for one in parts(release, "relatedProcesses"):
        told = one.get("identifier")
        if isinstance(told, str) and told and not told.startswith("ocds-"):
            one["identifier"] = f"{MINISTRY}-{told}"
            count += 1
    return count


def planning_ocid(release: Json) -> int:
    """Tell a plan by what it holds: its ocid looks like that of a tender."""
    number = str(part(release, "planning").get("id", ""))
    return int(bool(number) and release.get("ocid") == f"{MINISTRY}-{number}")


def former_contracts(release: Json) -> int:
    """Leave out contracts of the old tables that are told once more."""
    contracts = parts(release, "contracts")
    # Of several that are the same, that of the newest table stands: the suffixes name the two older ones.
    ranked = sorted(contracts, key=_age)
    first: dict[tuple[str, ...], Json] = {}
    for one in ranked:
        if key := _signed(one):
            first.setdefault(key, one)
    kept = [one for one in contracts if not _age(one) or (key := _signed(one)) is None or first[key] is one]
    if len(kept) < len(contracts):
        release["contracts"] = kept
    return len(contracts) - len(kept)


def _age(contract: Json) -> int:
    found = str(contract.get("id", ""))
    return 2 if found.endswith("-centralized") else int(found.endswith("-former"))


def _signed(contract: Json) -> tuple[str, ...] | None:
    """Give what makes two contracts the same: number, day and amount; nothing, where the number is not known."""
    number = str(contract.get("contractNumber") or "").strip()
    value = part(contract, "value")
    amount = value.get("amountDiscounted", value.get("amount"))
    return (number, str(contract.get("dateSigned") or "")[:10], str(amount)) if number else None
