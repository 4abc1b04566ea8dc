"""A contract is signed after bids were taken.

Looks at `dateSigned` of contracts and `tender/tenderPeriod/endDate`: none is of an earlier day. Not applicable unless
both are there.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import contracts_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("the tender period has no end, or the contracts have no date")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of contracts by the end of the tender period."""
    period = index.tender.get("tenderPeriod")
    end = period.get("endDate") if type(period) is dict else None
    dated = [one for one in index.objects["Contract"] if one.get("dateSigned") is not None]
    if end is None or not dated:
        return _NONE
    reason = "is before the end of the tender period"
    return judged(
        [
            Failure((value, "dateSigned"), reason, value["dateSigned"])
            for value in dated
            if is_day_before(value["dateSigned"], end)
        ]
    )


CHECK = ReleaseCheck(
    judge=judge, needs=("Tender/tenderPeriod", "Contract/dateSigned"), plain=contracts_fit, caveat="dates"
)
