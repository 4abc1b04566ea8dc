"""A lot has at most one active award.

Looks at active awards that name their lots, and the bid each is for: two awards of one lot by different bids are one
too many. A known fault of the former Kyrgyz publication, counted by its users. Not applicable where no active award
names a lot.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import awards_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_schema.json import Json

_NONE = not_applicable("no active award names a lot")


def judge(index: Index, _: Context) -> Result:
    """Judge the awards of each lot."""
    winner: dict[str, Json] = {}
    failures, seen = [], False
    for award in index.objects["Award"]:
        related = award.get("relatedLots")
        if award.get("status") != "active" or type(related) is not list:
            continue
        bid = award.get("relatedBid", award.get("id"))
        for position, key in enumerate(related):
            seen = True
            if winner.setdefault(str(key), bid) != bid:
                reason = "is a lot that another active award is for too"
                failures.append(Failure((award, "relatedLots", position), reason, key))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Award/relatedLots",), plain=awards_fit, caveat="lots")
