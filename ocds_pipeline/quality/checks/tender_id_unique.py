"""No two processes have the same tender id.

Looks at `tender/id` of all processes. Two processes with one tender are one process told twice, and are counted
twice.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.counters import fingerprint
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.repeats import Repeats


def start(_: Context) -> Repeats:
    """Begin with no keys."""
    return Repeats(_read, "is the id of the tender of an earlier process too")


def _read(index: Index) -> tuple[int, ...]:
    return (fingerprint(str(index.tender["id"])),) if index.tender.get("id") is not None else ()


CHECK = DatasetCheck(start=start, needs=("Tender/id",), caveat="identity")
