"""A related process is one of the data set.

Looks at related processes that are named by ocid with the publisher's prefix: there is a release with that ocid. Not
applicable where no process names another.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.processes import Processes
from ocds_pipeline.quality.result import Failure, Result, not_applicable

_NONE = not_applicable("no process names another by its ocid")


class Tally:
    """The ocids there are, and those that are named."""

    def __init__(self, context: Context) -> None:
        self._processes = Processes(context.ocid_prefix)

    def add(self, index: Index) -> None:
        """Take in a release and the processes it names."""
        self._processes.add(index)

    def keep(self) -> Kept:
        """Give the processes and what they name."""
        return self._processes.keep()

    def take(self, kept: Kept) -> None:
        """Add processes that were kept."""
        self._processes.take(kept)

    def result(self) -> Result:
        """Judge the ocids that are named."""
        if not self._processes.named:
            return _NONE
        unknown = [
            Failure(at, "is the ocid of no process of the data set", other, ocid)
            for ocid, at, other, _ in self._processes.unknown()
        ]
        return Result("fail" if unknown else "pass", failures=unknown, figures=self._processes.figures())


def start(context: Context) -> Tally:
    """Begin with no processes."""
    return Tally(context)


CHECK = DatasetCheck(start=start, caveat="references")
