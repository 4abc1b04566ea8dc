"""A related process is called by the title that it has itself.

Looks at related processes with a title that are named by ocid: the title is that of the process's tender. Titles are
compared by their fingerprints. Not applicable where no process calls another by a title.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.processes import Processes
from ocds_pipeline.quality.result import Failure, Result, not_applicable

_NONE = not_applicable("no process calls another by its title")


class Tally:
    """The titles there are, and those that processes are called by."""

    def __init__(self, context: Context) -> None:
        self._processes = Processes(context.ocid_prefix, titles=True)

    def add(self, index: Index) -> None:
        """Take in a release and the titles it calls others by."""
        self._processes.add(index)

    def keep(self) -> Kept:
        """Give the processes and what they name."""
        return self._processes.keep()

    def take(self, kept: Kept) -> None:
        """Add processes that were kept."""
        self._processes.take(kept)

    def result(self) -> Result:
        """Judge the titles that processes are called by."""
        if not self._processes.named:
            return _NONE
        wrong = [
            Failure(at, "is not the title that the related process has", title, ocid)
            for ocid, at, _, title in self._processes.miscalled()
        ]
        return Result("fail" if wrong else "pass", failures=wrong, figures=self._processes.figures())


def start(context: Context) -> Tally:
    """Begin with no processes."""
    return Tally(context)


CHECK = DatasetCheck(start=start, caveat="references")
