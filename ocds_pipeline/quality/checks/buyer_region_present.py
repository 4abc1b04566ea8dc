"""A buyer tells its region.

Looks at `address/region` of the parties with the role `buyer`. A known fault of the former Kyrgyz publication,
counted by its users. Not applicable where no party is a buyer.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index, listed
from ocds_pipeline.quality.presence import is_empty
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no party has the role buyer")
_REASON = "is missing: in which region the buyer is, is not told"


def judge(index: Index, _: Context) -> Result:
    """Judge the regions of the buyers."""
    parties = index.objects["Organization"]
    buyers = [party for party in parties for role in listed(party.get("roles")) if role == "buyer"]
    if not buyers:
        return _NONE
    failures = []
    for party in buyers:
        address = party.get("address")
        if type(address) is not dict or is_empty(address.get("region")):
            failures.append(Failure((party, "address", "region"), _REASON))
    return judged(failures)


CHECK = ReleaseCheck(judge=judge, needs=("Organization/roles",), alike="codes, idle", caveat="parties")
