"""An award is not dearer than the lots it is for, give or take half.

Looks at awards with a value whose `relatedLots` all have one in the same currency: the award is at most 150 % of the
sum. A lower price is what competition is for. Not applicable where no award can be compared.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fits import awards_fit
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import HIGH, added, share
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no award and its lots have values in one currency")


def judge(index: Index, _: Context) -> Result:
    """Judge the values of awards by those of their lots."""
    lots = {str(lot.get("id")): worth for lot, worth in zip(index.objects["Lot"], index.worths("Lot"), strict=True)}
    failures, seen = [], False
    for award, value in zip(index.objects["Award"], index.worths("Award"), strict=True):
        related = award.get("relatedLots")
        if value is None or type(related) is not list:
            continue
        planned = added([lots.get(str(key)) for key in related])
        if planned is not None and planned[1] == value[1]:
            seen = True
            if value[0] > planned[0] and value[0] > HIGH * planned[0]:
                reason = f"was awarded, which is {share(value[0], planned[0])} of the value of its lots"
                failures.append(Failure((award, "value", "amount"), reason, value[0]))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(
    judge=judge, needs=("Award/value", "Award/relatedLots", "Lot/value"), plain=awards_fit, caveat="amounts"
)
