"""No ocid stands for two processes.

Looks at `ocid` of all compiled releases. In the former Kyrgyz publication plans and tenders were numbered alike, so
that one ocid could stand for both.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.repeats import Repeats


def start(_: Context) -> Repeats:
    """Begin with no keys."""
    return Repeats(_read, "is the ocid of an earlier process too")


def _read(index: Index) -> tuple[int, ...]:
    return (index.mark,) if index.ocid else ()


CHECK = DatasetCheck(start=start, caveat="identity")
