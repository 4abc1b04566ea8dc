"""Awards. The portal has none: an award is what the winning bids and the contracts of one supplier say."""

from collections.abc import Sequence
from datetime import datetime

from ocds_schema.model import Award, Money, Organization
from transformers.kazakhstan.bids import Win
from transformers.kazakhstan.common import total
from transformers.kazakhstan.contracts import Concluded


def awards(wins: Sequence[Win], contracts: Sequence[Concluded], results_at: datetime | None) -> tuple[Award, ...]:
    """Give one award for each supplier, by id; its id does not depend on what came first."""
    suppliers: dict[str, Organization | None] = {one.contract.award: one.supplier for one in contracts}
    for win in wins:
        suppliers.setdefault(f"award-{win.supplier.id}", win.supplier)
    return tuple(
        _award(
            award,
            suppliers[award],
            [win for win in wins if f"award-{win.supplier.id}" == award],
            [one for one in contracts if one.contract.award == award],
            results_at,
        )
        for award in sorted(suppliers)
    )


def _award(
    award: str,
    supplier: Organization | None,
    wins: list[Win],
    contracts: list[Concluded],
    results_at: datetime | None,
) -> Award:
    concluded = [one for one in contracts if one.is_concluded]
    dates = sorted(one.results_at for one in contracts if one.results_at is not None)
    lots = {win.lot for win in wins if win.lot} | {lot for one in contracts for lot in one.lots}
    return Award(
        id=award,
        status="cancelled" if contracts and not concluded else "active",
        date=results_at or (dates[0] if dates else None),
        value=_value(wins, concluded or contracts),
        suppliers=(supplier,) if supplier else (),
        lots=tuple(sorted(lots)),
        bid=wins[0].bid if len(wins) == 1 else None,
    )


def _value(wins: list[Win], contracts: list[Concluded]) -> Money | None:
    return total([win.value for win in wins]) or total([one.awarded for one in contracts])
