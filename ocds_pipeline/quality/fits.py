"""Tells at once that the parts of a process fit together, for the many checks that look at one link each.

Awards, contracts and bids are gone through once, with what they lead to. Whatever is unusual is left to the checks:
they look again, each for itself, and say what is wrong.
"""

from collections.abc import Mapping

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index, Money, Object
from ocds_pipeline.quality.money import HIGH, LOW
from ocds_schema.json import Json

_IN_FORCE = ("active", "terminated")
_JUDGED = ("valid", "pending")


def awards_fit(index: Index, _: Context) -> bool:
    """Tell whether every award is active, of lots and a bid that are there, made in time, and not too dear."""
    if index.empties:
        return False
    lots, taken = _lots(index), set()
    bids, end = index.by_id("Bid"), _end(index)
    for award, value in zip(index.objects["Award"], index.worths("Award"), strict=True):
        related = award.get("relatedLots")
        if award.get("status") != "active" or "suppliers" not in award or not _won(award, bids):
            return False
        if "date" in award and not _is_from(award["date"], end):
            return False
        if related is not None and not _is_cheap(value, related, lots):
            return False
        for key in related or ():
            if key in taken:
                return False
            taken.add(key)
    return True


def contracts_fit(index: Index, _: Context) -> bool:
    """Tell whether every contract is in force, of an active award of about its value, and signed after it."""
    if index.empties:
        return False
    awards, once = index.by_id("Award"), set()
    worths = {id(award): worth for award, worth in zip(index.objects["Award"], index.worths("Award"), strict=True)}
    end = _end(index)
    for contract, value in zip(index.objects["Contract"], index.worths("Contract"), strict=True):
        key = contract.get("awardID")
        found = awards.get(key, []) if type(key) is str else []
        if contract.get("status") not in _IN_FORCE or len(found) != 1 or key in once:
            return False
        once.add(key)
        if found[0].get("status") != "active" or not _is_close(value, worths[id(found[0])]):
            return False
        if not _is_signed(contract, found[0], end):
            return False
    return True


def bids_fit(index: Index, _: Context) -> bool:
    """Tell whether every bid was judged, has a price, and came in while bids were taken."""
    if index.empties:
        return False
    period = index.tender.get("tenderPeriod")
    start, end = _day(period, "startDate"), _day(period, "endDate")
    for bid in index.objects["Bid"]:
        if bid.get("status") not in _JUDGED or "value" not in bid:
            return False
        date = bid.get("date")
        if date is not None and not (type(date) is str and end and start <= date[:10] <= end):
            return False
    return True


def _end(index: Index) -> str | None:
    """Give the day on which the tender period ends; an empty text, where that is not told; nothing without a period."""
    return _day(index.tender["tenderPeriod"], "endDate") if "tenderPeriod" in index.tender else None


def _day(period: Json, name: str) -> str:
    value = period.get(name) if type(period) is dict else None
    return value[:10] if type(value) is str else ""


def _is_from(date: Json, day: str | None) -> bool:
    return type(date) is str and (day is None or (bool(day) and date[:10] >= day))


def _lots(index: Index) -> dict[Json, Money | None]:
    try:
        return {lot.get("id"): worth for lot, worth in zip(index.objects["Lot"], index.worths("Lot"), strict=True)}
    except TypeError:
        return {}


def _won(award: Object, bids: Mapping[str, list[Object]]) -> bool:
    """Tell whether the bid of an award, where it names one, is there and valid."""
    if "relatedBid" not in award:
        return True
    key = award["relatedBid"]
    found = bids.get(key, []) if type(key) is str else []
    return len(found) == 1 and found[0].get("status") in _JUDGED


def _is_cheap(value: Money | None, related: Json, lots: dict[Json, Money | None]) -> bool:
    """Tell whether an award is for lots that are there, and not dearer than the first of them."""
    if type(related) is not list or not related or value is None:
        return False
    amount, currency = value
    if len(related) == 1 and type(related[0]) is str:
        worth = lots.get(related[0])
        return worth is not None and worth[1] == currency and amount <= worth[0] >= 0
    worths = [lots.get(key) if type(key) is str else None for key in related]
    amounts = [worth[0] for worth in worths if worth is not None and worth[1] == currency]
    return len(amounts) == len(related) and amount <= amounts[0] and min(amounts) >= 0


def _is_close(value: Money | None, other: Money | None) -> bool:
    if value is None or other is None or value[1] != other[1]:
        return False
    return value[0] == other[0] != 0 or LOW * other[0] <= value[0] <= HIGH * other[0] != 0


def _is_signed(contract: Object, award: Object, end: str | None) -> bool:
    """Tell whether a contract was signed on the day of the award or later, and after bids were taken."""
    signed, awarded = contract.get("dateSigned"), award.get("date")
    if signed is None and awarded is None:
        return True
    return type(signed) is str and type(awarded) is str and signed[:10] >= awarded[:10] and _is_from(awarded, end)
