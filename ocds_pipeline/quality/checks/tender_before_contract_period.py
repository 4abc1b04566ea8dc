"""Bids are taken before the contract period that the tender announces begins.

Looks at `tender/tenderPeriod/endDate` and `tender/contractPeriod/startDate`: the first is not on a later day. Not
applicable unless both are there.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("the tender has not both an end of the tender period and a start of the contract period")


def judge(index: Index, _: Context) -> Result:
    """Judge the order of tender period and contract period."""
    tender, contract = (index.tender.get(name) for name in ("tenderPeriod", "contractPeriod"))
    end = tender.get("endDate") if type(tender) is dict else None
    start = contract.get("startDate") if type(contract) is dict else None
    if end is None or start is None:
        return _NONE
    reason = "is before the end of the tender period"
    place = ("tender", "contractPeriod", "startDate")
    return judged([Failure(place, reason, start)] if is_day_before(start, end) else [])


CHECK = ReleaseCheck(judge=judge, needs=("Tender/tenderPeriod", "Tender/contractPeriod"), caveat="dates")
