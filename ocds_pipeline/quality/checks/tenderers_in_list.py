"""The tenderers of bids are a list, also where there is one.

Looks at `tenderers` of bids. An object in place of a list is mended by programs that prepare data for indicators, and
overlooked by others. Not applicable where no bid has tenderers.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no bid has tenderers")


def judge(index: Index, _: Context) -> Result:
    """Judge the form of `tenderers`."""
    found = [one for one in index.objects["Bid"] if one.get("tenderers") is not None]
    if not found:
        return _NONE
    return judged([Failure((one, "tenderers"), "is not a list") for one in found if type(one["tenderers"]) is not list])


CHECK = ReleaseCheck(judge=judge, needs=("Bid/tenderers",), caveat="parties")
