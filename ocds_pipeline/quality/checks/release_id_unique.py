"""No two compiled releases have the same id.

Looks at `id` of all compiled releases. In the former Kyrgyz publication ids that were made from contracts could
collide.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.counters import fingerprint
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.repeats import Repeats


def start(_: Context) -> Repeats:
    """Begin with no keys."""
    return Repeats(_read, "is the id of an earlier release too")


def _read(index: Index) -> tuple[int, ...]:
    return (fingerprint(str(index.release["id"])),) if index.release.get("id") is not None else ()


CHECK = DatasetCheck(start=start, needs=("Release/id",), caveat="identity")
