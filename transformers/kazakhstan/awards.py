"""Awards. The portal has none: an award is what the winning bids and the contracts of one supplier say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ocds_schema.model import Award, Money, Organization
from transformers.kazakhstan.bids import Win
from transformers.kazakhstan.common import total
from transformers.kazakhstan.contracts import Concluded


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What says that a supplier has won."""

    wins: list[Win]
    contracts: list[Concluded]
    announced: Collection[str]
    """The lots of the announcement."""

    @property
    def lots(self) -> set[str]:
        """The lots that the winning bids and the contracts name."""
        return {win.lot for win in self.wins if win.lot} | {lot for one in self.contracts for lot in one.lots}

    @property
    def status(self) -> str | None:
        """What a winning bid or the status of a contract supports; nothing, where neither does."""
        if self.contracts and not any(one.is_concluded for one in self.contracts):
            return "cancelled"
        return "active" if self.wins or any(one.is_concluded and one.status for one in self.contracts) else None

    @property
    def value(self) -> Money | None:
        """The sum of what covers every lot: the winning bids, or else the contracts; nothing, where neither does."""
        contracts = [one for one in self.contracts if one.is_concluded] or self.contracts
        won = total([win.value for win in self.wins]) if self._is_won(contracts) else None
        signed = {lot for one in contracts for lot in one.lots}
        if won is None and (self.lots <= signed or not all(one.lots for one in contracts)):
            return total([one.awarded for one in contracts])
        return won

    def _is_won(self, contracts: list[Concluded]) -> bool:
        """Tell whether the winning bids cover every lot; a contract that names none may be for any of them."""
        lots, is_known = self.lots, True
        if not all(one.lots for one in contracts):
            lots, is_known = lots | set(self.announced), bool(self.announced)
        return is_known and lots <= {win.lot for win in self.wins}


def awards(
    wins: Sequence[Win], contracts: Sequence[Concluded], announced: Collection[str], results_at: datetime | None
) -> tuple[Award, ...]:
    """Give one award for each supplier, by id; its id does not depend on what came first.

    `announced` are the lots of the announcement.
    """
    suppliers: dict[str, Organization | None] = {one.contract.award: one.supplier for one in contracts}
    for win in wins:
        suppliers.setdefault(f"award-{win.supplier.id}", win.supplier)
    return tuple(
        _award(
            award,
            suppliers[award],
            _Evidence(
                wins=[win for win in wins if f"award-{win.supplier.id}" == award],
                contracts=[one for one in contracts if one.contract.award == award],
                announced=announced,
            ),
            results_at,
        )
        for award in sorted(suppliers)
    )


def _award(award: str, supplier: Organization | None, evidence: _Evidence, results_at: datetime | None) -> Award:
    dates = sorted(one.results_at for one in evidence.contracts if one.results_at is not None)
    return Award(
        id=award,
        status=evidence.status,
        date=results_at or (dates[0] if dates else None),
        value=evidence.value,
        suppliers=(supplier,) if supplier else (),
        lots=tuple(sorted(evidence.lots)),
        bid=evidence.wins[0].bid if len(evidence.wins) == 1 else None,
    )
