"""Which processes there are, and which ones others name: eight bytes a process, not in memory."""

from collections.abc import Iterable, Iterator

from ocds_pipeline.quality.counters import fingerprint
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept, Numbers
from ocds_pipeline.quality.result import At
from ocds_pipeline.quality.row import Row
from ocds_schema.json import Json

_MOST_NAMED = 100_000

Named = tuple[str, At, str, str]
"""Who names it, where, by which ocid, and by which title."""


class Processes:
    """Takes note of processes and of those they name, by ocid; with `titles`, also of titles of tenders.

    Of the names, no more than 100,000 are kept that no process before them had.
    """

    def __init__(self, prefix: str, *, titles: bool = False) -> None:
        self._prefix = f"{prefix}-"
        self._titles = titles
        self._known = Row()
        self._titled = Row()
        self._wanted: list[tuple[int, int, Named]] = []
        self._taken: list[tuple[Numbers, Numbers]] = []
        self.named = 0

    def add(self, index: Index) -> None:
        """Take in a process, and those that it names."""
        self._known.append(index.mark)
        if self._titles:
            self._titled.append(_key(index.ocid, index.tender.get("title")))
        for value in index.objects["RelatedProcess"]:
            other, called = value.get("identifier"), value.get("title")
            if type(other) is str and other.startswith(self._prefix) and (called is not None or not self._titles):
                self.named += 1
                if len(self._wanted) < _MOST_NAMED:
                    place = index.place((value, "title" if self._titles else "identifier"))
                    self._wanted.append((_key(other), _key(other, called), (index.ocid, place, other, str(called))))

    def keep(self) -> Kept:
        """Give all that is noted."""
        facts = {"named": self.named, "wanted": self._wanted}
        return Kept(facts, {"known": self._known.all, "titled": self._titled.all})

    def take(self, kept: Kept) -> None:
        """Add what was kept."""
        self._taken.append((kept.later("known"), kept.later("titled")))
        self.named += kept.facts["named"]
        for other, called, (ocid, at, name, title) in kept.facts["wanted"]:
            if len(self._wanted) < _MOST_NAMED:
                self._wanted.append((other, called, (ocid, tuple(at), name, title)))

    def unknown(self) -> Iterator[Named]:
        """Give the names that are those of no process."""
        known = self._among(0, (key for key, _, _ in self._wanted))
        return (named for key, _, named in self._wanted if key not in known)

    def miscalled(self) -> Iterator[Named]:
        """Give the names by which a process that is there is called, but that are not its title."""
        known = self._among(0, (key for key, _, _ in self._wanted))
        titled = self._among(1, (title for _, title, _ in self._wanted))
        return (named for key, title, named in self._wanted if key in known and title not in titled)

    def _among(self, which: int, wanted: Iterable[int]) -> set[int]:
        """Give those of some fingerprints that there are."""
        left, found = set(wanted), set()
        for each in ((self._known, self._titled)[which].all(), *(kept[which]() for kept in self._taken)):
            found |= left.intersection(each)
        return found

    def figures(self) -> Json:
        """Give how many were named, and how many of the names were looked up."""
        return {"named": self.named, "lookedUp": len(self._wanted)}


def _key(ocid: str, title: Json = None) -> int:
    return fingerprint(ocid if title is None else f"{ocid}\n{title}")
