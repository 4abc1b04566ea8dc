"""Every party with an address tells its country.

Looks at `address/countryName`. In the former Kyrgyz publication a party without a country kept the whole process from
being published, so that such processes are silently missing there. Not applicable where no party has an address.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import is_empty
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no party has an address")
_REASON = "is missing: in which country the party is, is not told"


def judge(index: Index, _: Context) -> Result:
    """Judge the countries of the parties."""
    found = [
        address for one in index.objects["Organization"] if type(address := one.get("address")) is dict and address
    ]
    if not found:
        return _NONE
    return judged([Failure((one, "countryName"), _REASON) for one in found if is_empty(one.get("countryName"))])


CHECK = ReleaseCheck(judge=judge, needs=("Organization/address",), alike="shapes", caveat="parties")
