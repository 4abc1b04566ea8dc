"""Every amount has a currency.

Of the tender, of lots, bids, awards, contracts and payments alike: an amount without a currency cannot be added to
any other. Not applicable where there is no amount.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every amount has a currency."""
    return present(
        [one for one in index.objects["Value"] if one.get("amount") is not None],
        "currency",
        "is missing: in which currency the amount is, is not told",
    )


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="amounts")
