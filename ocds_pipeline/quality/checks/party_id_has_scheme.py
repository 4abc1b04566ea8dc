"""The id of a party is the scheme and the number that it is registered under.

Looks at parties with an identifier: `id` is the scheme, a hyphen and the number. Programs that prepare data for
indicators put the scheme before ids that lack it, because references by the bare number do not meet. Not applicable
where no party has an identifier.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no party has an identifier with a scheme and an id")


def judge(index: Index, _: Context) -> Result:
    """Judge the ids of the parties by their identifiers."""
    failures, seen = [], False
    for party in index.objects["Organization"]:
        its = party.get("identifier")
        if type(its) is dict and its.get("scheme") and its.get("id"):
            seen = True
            if party.get("id") != f"{its['scheme']}-{its['id']}":
                failures.append(
                    Failure((party, "id"), "is not the scheme and number of the identifier", party.get("id"))
                )
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Organization/identifier",), caveat="parties")
