"""The id of a reference to a party is not its name.

Looks at the references in all roles: `id` and `name` differ. A known fault of the former Kyrgyz publication, whose
program overwrote the id by the name. Not applicable where no reference has both.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no reference has both an id and a name")


def judge(index: Index, _: Context) -> Result:
    """Judge the ids of references by their names."""
    failures, seen = [], False
    for sights in index.references.values():
        for reference in sights:
            if "id" in reference and "name" in reference:
                seen = True
                if reference["id"] == reference["name"] is not None:
                    failures.append(Failure((reference, "id"), "is the name of the party, not its id"))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, caveat="parties")
