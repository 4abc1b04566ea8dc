"""The suppliers of awards are a list, also where there is one.

Looks at `suppliers` of awards. An object in place of a list is mended by programs that prepare data for indicators,
and overlooked by others. Not applicable where no award has suppliers.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no award has suppliers")


def judge(index: Index, _: Context) -> Result:
    """Judge the form of `suppliers`."""
    found = [one for one in index.objects["Award"] if one.get("suppliers") is not None]
    if not found:
        return _NONE
    return judged([Failure((one, "suppliers"), "is not a list") for one in found if type(one["suppliers"]) is not list])


CHECK = ReleaseCheck(judge=judge, needs=("Award/suppliers",), caveat="parties")
