"""Ways of asking for the same, where a portal's address is only supposed: the one that was answered goes first."""

from collections import Counter
from dataclasses import dataclass, field

from extractors.base import Listing

_MOST = 9

MOST_IN_VAIN = 10
"""After how many listings of a kind in a row, none of them answered in any way, a portal is not asked for more."""


@dataclass(slots=True)
class Ways:
    """Remembers, kind by kind, which way was answered last."""

    _answered: dict[str, int] = field(default_factory=dict)
    _in_vain: Counter[str] = field(default_factory=Counter)

    def of(self, listing: Listing) -> list[Listing]:
        """Give the ways of asking for a listing, in the order in which they are tried; none, where none ever helped."""
        ways = _from(listing)
        if self.is_in_vain(listing):
            return []
        # Told by how many ways follow it: the first ones are not open to every listing of the kind.
        follow = self._answered.get(listing.kind)
        best = next((way for number, way in enumerate(reversed(ways)) if number == follow), ways[0])
        return [best, *(way for way in ways if way is not best)]

    def is_in_vain(self, listing: Listing) -> bool:
        """Say whether no listing of the kind was ever answered, however often it was tried."""
        return self._in_vain[listing.kind] >= MOST_IN_VAIN and listing.kind not in self._answered

    def remember(self, way: Listing) -> None:
        """Remember a way that was answered."""
        self._answered[way.kind] = len(_from(way)) - 1

    def note_failure(self, listing: Listing) -> None:
        """Remember that a listing was not answered in any way."""
        self._in_vain[listing.kind] += 1


def _from(listing: Listing) -> list[Listing]:
    ways = [listing]
    while len(ways) < _MOST and (other := ways[-1].instead()) is not None:
        ways.append(other)
    return ways
