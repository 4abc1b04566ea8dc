"""The period for questions does not simply end with the tender period.

Looks at `enquiryPeriod/endDate` and `tenderPeriod/endDate`. A known fault of the former Kyrgyz publication, whose
program set the one from the other; asked of Kyrgyzstan only. Not applicable unless both are there.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("the tender has not both a period for questions and a tender period with an end")


def judge(index: Index, _: Context) -> Result:
    """Judge the end of the period for questions."""
    enquiry, tender = (index.tender.get(name) for name in ("enquiryPeriod", "tenderPeriod"))
    ends = [period.get("endDate") if type(period) is dict else None for period in (enquiry, tender)]
    if None in ends:
        return _NONE
    reason = "is the end of the tender period, so when questions had to be asked is not known"
    place = ("tender", "enquiryPeriod", "endDate")
    return judged([Failure(place, reason, ends[0])] if ends[0] == ends[1] else [])


CHECK = ReleaseCheck(
    judge=judge, needs=("Tender/enquiryPeriod", "Tender/tenderPeriod"), caveat="dates", countries=("KG",)
)
