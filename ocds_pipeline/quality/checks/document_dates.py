"""A document is published before it is changed, and both before the release tells of it.

Looks at `datePublished` and `dateModified` of documents. Not applicable where no document has one of them.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("no document has a date")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of documents."""
    failures, seen = [], False
    date = index.release.get("date")
    for document, trail in index.objects["Document"]:
        published, modified = document.get("datePublished"), document.get("dateModified")
        if published is None and modified is None:
            continue
        seen = True
        if is_day_before(modified, published):
            failures.append(Failure((trail, "dateModified"), "is before the document was published", modified))
        for name, value in (("datePublished", published), ("dateModified", modified)):
            if is_day_before(date, value):
                failures.append(Failure((trail, name), "is after the date of the release", value))
    return judged(failures) if seen else _NONE


CHECK = ReleaseCheck(judge=judge, needs=("Document",), caveat="dates")
