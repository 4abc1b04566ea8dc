"""A document is published before it is changed, and both before the release tells of it.

Looks at `datePublished` and `dateModified` of documents. Not applicable where no document has one of them.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.plain import nothing_after
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_pipeline.quality.times import is_day_before

_NONE = not_applicable("no document has a date")


def judge(index: Index, _: Context) -> Result:
    """Judge the dates of documents."""
    failures, seen = [], False
    date = index.release.get("date")
    for document in index.objects["Document"]:
        for name in ("datePublished", "dateModified"):
            value = document.get(name)
            if value is not None:
                seen = True
                if is_day_before(date, value):
                    failures.append(Failure((document, name), "is after the date of the release", value))
        modified = document.get("dateModified")
        if modified is not None and is_day_before(modified, document.get("datePublished")):
            failures.append(Failure((document, "dateModified"), "is before the document was published", modified))
    return judged(failures) if seen else _NONE


def plain(index: Index, context: Context) -> bool:
    """Tell whether documents were only published, and nothing is of a later day than the release."""
    fields = index.fields
    return bool(fields["document_published"]) and not fields["document_modified"] and nothing_after(index, context)


CHECK = ReleaseCheck(judge=judge, needs=("Document",), plain=plain, caveat="dates")
