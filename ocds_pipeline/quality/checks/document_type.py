"""A document is of a type that belongs where it stands.

Looks at `documentType`: a code of the standard stands in the section of the release that the codelist gives it to, as
`ocds_pipeline/quality/tables/document_sections.csv` has it, such as `contractSigned` in a contract. Documents of
milestones belong to the section of the milestone. Codes that the standard does not have are left to `code_known`. Not
applicable where no document has a type of the standard.
"""

from functools import cache

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.fields import DOCUMENT_TYPES, SECTIONS
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.limits import rows
from ocds_pipeline.quality.plain import Glance, Values
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable
from ocds_schema.findings import Place

_NONE = not_applicable("no document has a type of the standard")


def judge(index: Index, _: Context) -> Result:
    """Judge the types of documents by where they stand."""
    sections = _sections()
    failures, seen = [], False
    for kind, document, name in index.sights("code documentType"):
        if type(kind) is str and kind in sections:
            seen = True
            here = _section(index.place((document,)))
            if here and here not in sections[kind]:
                wanted = " or ".join(sorted(sections[kind]))
                failures.append(Failure((document, name), f"is a type of {wanted}, not of {here}", kind))
    return judged(failures) if seen else _NONE


def _stand_right(values: Values, _: Context) -> bool:
    """Tell whether all types are plainly of the sections that the documents stand in."""
    allowed = _allowed()
    try:
        return all(allowed[group].issuperset(values[group]) for group in DOCUMENT_TYPES.values())
    except TypeError:
        return False


def _section(place: Place) -> str:
    return "implementation" if "implementation" in place else SECTIONS.get(str(place[0]), "")


@cache
def _sections() -> dict[str, frozenset[str]]:
    return {row["code"]: frozenset(row["sections"].split()) for row in rows("document_sections")}


@cache
def _allowed() -> dict[str, frozenset[str]]:
    """Give the types that documents of each group of fields may have."""
    return {
        group: frozenset(kind for kind, sections in _sections().items() if section in sections)
        for section, group in DOCUMENT_TYPES.items()
    }


_GLANCE = Glance(tuple(DOCUMENT_TYPES.values()), _stand_right)

CHECK = ReleaseCheck(judge=judge, needs=("Document/documentType",), glance=_GLANCE, caveat="documents")
