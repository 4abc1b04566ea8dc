"""A document can be opened.

Looks at `url`. A document without an address is only a promise. A known fault of the former Kyrgyz publication.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import is_bare, present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every document has an address."""
    return present(
        [one for one in index.objects["Document"] if not is_bare(one)],
        "url",
        "is missing: the document cannot be opened",
    )


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="documents")
