"""A document is of a type that belongs where it stands.

Looks at `documentType`: a code of the standard stands in the section of the release that the codelist gives it to, as
`ocds_pipeline/quality/tables/document_sections.csv` has it, such as `contractSigned` in a contract. Documents of
milestones belong to the section of the milestone. Codes that the standard does not have are left to `code_known`. Not
applicable where no document has a type of the standard.
"""

from functools import cache

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.limits import rows
from ocds_pipeline.quality.result import Failure, Result, Trail, judged, not_applicable, place

_NONE = not_applicable("no document has a type of the standard")
_SECTIONS = {"planning": "planning", "tender": "tender", "awards": "award", "contracts": "contract", "bids": "bid"}


def judge(index: Index, _: Context) -> Result:
    """Judge the types of documents by where they stand."""
    sections = _sections()
    failures, seen = [], False
    for document, trail in index.objects["Document"]:
        kind = document.get("documentType")
        if type(kind) is str and kind in sections:
            seen = True
            here = _section(trail)
            if here and here not in sections[kind]:
                wanted = " or ".join(sorted(sections[kind]))
                failures.append(Failure((trail, "documentType"), f"is a type of {wanted}, not of {here}", kind))
    return judged(failures) if seen else _NONE


def _section(trail: Trail) -> str:
    steps = place(trail)
    return "implementation" if "implementation" in steps else _SECTIONS.get(str(steps[0]), "")


@cache
def _sections() -> dict[str, frozenset[str]]:
    return {row["code"]: frozenset(row["sections"].split()) for row in rows("document_sections")}


CHECK = ReleaseCheck(judge=judge, needs=("Document/documentType",), caveat="documents")
