"""Keys that should stand in one process only."""

from collections.abc import Callable, Iterable

from ocds_pipeline.quality.counters import Repeated
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.result import Failure, Result, not_applicable

_NONE = not_applicable("no process has such a key")


class Repeats:
    """Finds keys that come again in another process.

    `read` gives the fingerprints of a release's keys. `reason` goes on from "the ocid …".
    """

    def __init__(self, read: Callable[[Index], Iterable[int]], reason: str) -> None:
        self._read = read
        self._reason = reason
        self._keys = Repeated()

    def add(self, index: Index) -> None:
        """Take in the keys of a release."""
        self._keys.add(self._read(index), index.ocid, index.mark)

    def keep(self) -> Kept:
        """Give the keys."""
        keys, owners = self._keys.keep()
        return Kept({"keys": len(keys)}, {"keys": keys.all, "owners": owners.all})

    def take(self, kept: Kept) -> None:
        """Add keys that were kept."""
        self._keys.take(kept.facts["keys"], kept.later("keys"), kept.later("owners"), kept.names)

    def result(self) -> Result:
        """Judge whether every key came once."""
        if not len(self._keys):
            return _NONE
        times, found = self._keys.again()
        failures = [Failure(("ocid",), self._reason, ocid, ocid) for ocid in found]
        return Result("fail" if times else "pass", failures=failures, figures={"keys": len(self._keys), "again": times})
