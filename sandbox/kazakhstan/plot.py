"""How scripts are written: what may become of a purchase, and how often."""

from functools import lru_cache

from sandbox.dice import Dice
from sandbox.kazakhstan import rates
from sandbox.kazakhstan.script import Deal, Point, Round, Script, Stage

BUY_STATUSES = (
    *(110, 120, 130, 160, 190, 210, 220, 230, 240, 245, 250, 260, 270, 280, 290, 295, 300, 310, 320, 325, 330, 350),
    *(410, 420, 430, 440, 444, 445, 450, 460, 510, 520, 530, 540, 550),
)
LOT_STATUSES = tuple(sorted((set(BUY_STATUSES) - {350}) | {285, 360, 370}))
CONTRACT_STATUSES = (
    *(110, 115, 120, 125, 130, 131, 135, 160, 165, 185, 190, 310, 315, 330, 340, 345, 350, 375, 390, 410, 420, 430),
    *(450, 455, 456, 460, 461, 462, 463, 464, 465, 470, 480),
)


_ANY_METHOD, _ODD_BUY, _ODD_CONTRACT = 5, 9, 13
"""Of every 28 scripts, one each leads to a rare method, a rare announcement status, a rare contract status.

There are 36 rounds of 28: enough for every row of the tables, but for one lot status that is met often anyway.
"""


@lru_cache(maxsize=2 * rates.SCRIPTS)
def script(seed: int, number: int) -> Script:
    """The script of that number: every one differs, all are thrown from the seed."""
    dice = Dice(seed, "script", number)
    method = _method(dice, number)
    bank = 2 if method in rates.QUASI else int(dice.chance(650))
    lots = _lots(dice, direct=method in rates.DIRECT)
    points = [Point(versions=_versions(dice)) for lot in lots for _ in lot]
    life = Script(method=method, bank=bank, points=points, lots=lots, rounds=[], deals=[])
    _Plot(life, dice, number).write()
    return life


def _method(dice: Dice, number: int) -> int:
    if number % 28 == _ANY_METHOD:
        return rates.EVERY_METHOD[number // 28 % len(rates.EVERY_METHOD)]
    if number % 28 in (_ODD_BUY, _ODD_CONTRACT):
        return 3 if number % 3 else 2
    return dice.weigh(rates.METHODS)


def _lots(dice: Dice, *, direct: bool) -> list[tuple[int, ...]]:
    lots: list[tuple[int, ...]] = []
    first = 0
    for _ in range(dice.weigh(rates.LOTS)):
        size = dice.between(2, 6) if not direct and dice.chance(rates.UNITED_LOT) else 1
        lots.append(tuple(range(first, first + size)))
        first += size
    return lots[:3] if direct else lots


def _versions(dice: Dice) -> list[int]:
    versions = [0]
    if dice.chance(rates.PLAN_EDITED_ONCE):
        versions.append(dice.between(1, 4))
        if dice.chance(rates.PLAN_EDITED_TWICE):
            versions.append(versions[-1] + dice.between(1, 9))
    return versions


class _Plot:
    """Writes one script."""

    def __init__(self, life: Script, dice: Dice, number: int) -> None:
        self._life = life
        self._dice = dice
        self._odd = number // 28
        self._odd_buy = number % 28 == _ODD_BUY
        self._odd_contract = number % 28 == _ODD_CONTRACT

    def write(self) -> None:
        """Fill the script's rounds, contracts and plan statuses."""
        life, dice = self._life, self._dice
        start = max(point.versions[-1] for point in life.points) + dice.between(2, 30)
        odd = self._odd_buy or self._odd_contract
        if not odd and dice.chance(rates.PLAN_ONLY):
            self._abandon(start)
        elif life.method in rates.DIRECT:
            self._conclude(None, tuple(range(len(life.lots))), 0, start)
        else:
            self._announce(life.method, start, tuple(range(len(life.lots))), previous=None)
        self._plan_statuses()

    def _abandon(self, day: int) -> None:
        if self._dice.chance(rates.PLAN_DELETED):
            for point in self._life.points:
                point.deleted = day

    # Announcements

    def _announce(self, method: int, start: int, lots: tuple[int, ...], *, previous: int | None) -> None:
        dice, life = self._dice, self._life
        made = start
        published = made + dice.between(1, 3)
        slow = method not in rates.QUICK
        opened = published + (6 if slow else 1)
        closed = opened + (dice.between(8, 15) if slow else dice.between(2, 5))
        decided = closed + (dice.between(8, 16) if slow else dice.between(1, 3))
        again = previous is not None and method not in rates.ONE_SOURCE
        before = life.rounds[previous] if previous is not None and again else None
        most = 1 if method in rates.ONE_SOURCE else 6
        bidders = [dice.between(1, most) for _ in lots]
        entry = Round(
            method=method,
            family=before.family if before else len(life.rounds),
            number=before.number + 1 if before else 1,
            previous=previous,
            made=made,
            published=published,
            opened=opened,
            closed=closed,
            decided=decided,
            stages=self._stages(method, published, opened, closed, decided),
            lots=lots,
            lot_stages=[],
            won=[True] * len(lots),
            bidders=bidders,
            winners=[dice.below(count) for count in bidders],
        )
        life.rounds.append(entry)
        self._outcome(entry, decided)

    def _stages(self, method: int, published: int, opened: int, closed: int, decided: int) -> list[Stage]:
        stages = [(published, 210), (opened, 220)]
        if method in rates.QUICK:
            return [*stages, *([(closed + 1, 250)] if decided > closed + 1 else []), (decided, 350)]
        stages.append((closed + 1, 250))
        if method in rates.AUCTION:
            stages += [(closed + 3, 280), (closed + 4, 290)]
        elif self._dice.chance(400):
            stages += [(closed + 2, 310), (closed + 3, 230), (closed + 5, 260)]
        elif self._dice.chance(300):
            stages += [(closed + 2, 320), (closed + 4, 240)]
        if self._dice.chance(50):
            stages.append((closed + 6, self._dice.pick((440, 444, 445, 450, 460, 510, 520, 530, 540, 550))))
        return [*stages, (closed + 7, 330), (decided, 350)]

    def _outcome(self, entry: Round, decided: int) -> None:
        dice = self._dice
        entry.lot_stages = [[(day, status) for day, status in entry.stages if status != 350] for _ in entry.lots]
        if self._odd_buy:
            self._end_oddly(entry, decided)
        elif self._odd_contract:
            self._decide(entry, decided)
        elif dice.chance(rates.CANCELLED):
            self._halt(entry, dice.between(entry.published + 1, decided - 1), 430)
            entry.cancelled = entry.stages[-1][0]
        elif dice.chance(rates.REFUSED):
            self._halt(entry, dice.between(entry.published + 1, decided - 1), 410)
        elif dice.chance(rates.STALE):
            self._halt(entry, entry.closed, 220)
        else:
            if dice.chance(rates.SUSPENDED):
                self._suspend(entry)
            self._decide(entry, decided)

    def _end_oddly(self, entry: Round, decided: int) -> None:
        """Leave the announcement in a status that few ever show, so that every one occurs."""
        self._halt(entry, decided, 0)
        status = BUY_STATUSES[self._odd % len(BUY_STATUSES)]
        entry.stages[-1] = (decided, status)
        entry.cancelled = decided if status == 430 else None
        entry.paused = decided if status == 420 else None
        for stages in entry.lot_stages:
            stages[-1] = (decided, LOT_STATUSES[(self._odd + 20) % len(LOT_STATUSES)])

    def _halt(self, entry: Round, day: int, status: int) -> None:
        entry.decided = None
        entry.won = [False] * len(entry.lots)
        entry.stages = [stage for stage in entry.stages if stage[0] < day] + [(day, status)]
        entry.lot_stages = [[s for s in stages if s[0] < day] + [(day, status)] for stages in entry.lot_stages]

    def _suspend(self, entry: Round) -> None:
        """Stop the review for two days and take it up again, if there is room between deadline and result."""
        if entry.decided is None or entry.decided < entry.closed + 6:
            return
        entry.paused = entry.closed + 2
        for stages in (entry.stages, *entry.lot_stages):
            rest = [stage for stage in stages if not entry.closed < stage[0] < entry.closed + 5]
            stages[:] = sorted([*rest, (entry.paused, 420), (entry.paused + 2, 250)])

    def _decide(self, entry: Round, decided: int) -> None:
        dice = self._dice
        whole = dice.chance(rates.FAILED) and not self._odd_contract
        entry.won = [not whole and not (dice.chance(rates.FAILED_LOT) and len(entry.lots) > 1) for _ in entry.lots]
        for stages, won in zip(entry.lot_stages, entry.won, strict=True):
            stages.append((decided, 360 if won else 370))
        index = len(self._life.rounds) - 1
        self._contracts(entry, index, decided)
        failed = tuple(lot for lot, won in zip(entry.lots, entry.won, strict=True) if not won)
        if failed and index < 2 and dice.chance(rates.REPEATED):
            self._repeat(entry, index, failed, decided)

    def _repeat(self, entry: Round, index: int, lots: tuple[int, ...], decided: int) -> None:
        start = decided + self._dice.between(4, 12)
        if entry.method in rates.QUICK or entry.number > 1:
            again = 125 if entry.method in rates.QUASI else 6
        else:
            again = entry.method
        if self._dice.chance(300):
            for lot in lots:
                for point in self._life.lots[lot]:
                    self._life.points[point].versions.append(start - 2)
        self._announce(again, start, lots, previous=index)

    # Contracts

    def _contracts(self, entry: Round, index: int, decided: int) -> None:
        groups: dict[int, list[int]] = {}
        for lot, won, winner in zip(entry.lots, entry.won, entry.winners, strict=True):
            if won:
                groups.setdefault(winner, []).append(lot)
        for winner, lots in groups.items():
            self._conclude(index, tuple(lots), winner, decided)

    def _conclude(self, index: int | None, lots: tuple[int, ...], bidder: int, day: int) -> None:
        dice = self._dice
        made = day + dice.between(2, 6)
        number = len(self._life.deals)
        deal = self._deal(index, lots, bidder, made=made, root=number, parent=None, number=0)
        if self._odd_contract:
            deal.stages.append((deal.stages[-1][0] + 4, CONTRACT_STATUSES[self._odd % len(CONTRACT_STATUSES)]))
        elif dice.chance(rates.NOT_CONCLUDED):
            deal.signed, deal.shown, deal.stages = None, made + 5, [(made + 5, 330)]
            second = self._second(index, lots, bidder)
            if second is not None and dice.chance(rates.SECOND_WINNER):
                follow = self._deal(index, lots, second, made=made + 8, root=number + 1, parent=number, number=0)
                self._perform(follow)
        else:
            self._perform(self._amend(deal))

    def _second(self, index: int | None, lots: tuple[int, ...], bidder: int) -> int | None:
        """The bidder who takes over, if every lot of the contract had another one."""
        if index is None:
            return None
        entry = self._life.rounds[index]
        least = min(count for lot, count in zip(entry.lots, entry.bidders, strict=True) if lot in lots)
        return (bidder + 1) % least if least > 1 and bidder < least else None

    def _deal(
        self,
        index: int | None,
        lots: tuple[int, ...],
        bidder: int,
        *,
        made: int,
        root: int,
        parent: int | None,
        number: int,
    ) -> Deal:
        dice = self._dice
        signed = made + dice.between(1, 5)
        shown = max(made, signed - 2) if dice.chance(rates.SHOWN_BEFORE_SIGNED) else signed
        stages = [(shown, dice.pick((120, 130, 131, 135)))] if shown < signed else []
        stages.append((signed, 185 if dice.chance(500) else 190))
        deal = Deal(
            round=index,
            lots=lots,
            bidder=bidder,
            root=root,
            parent=parent,
            number=number,
            made=made,
            shown=shown,
            signed=signed,
            stages=stages,
        )
        self._life.deals.append(deal)
        return deal

    def _amend(self, deal: Deal) -> Deal:
        """Amend the contract as often as the dice say; each amendment replaces the one before."""
        root = deal.root
        for number in range(1, self._dice.weigh(rates.AMENDED) + 1):
            made = (deal.signed or deal.made) + self._dice.between(10, 50)
            parent = self._life.deals.index(deal)
            follow = self._deal(deal.round, deal.lots, deal.bidder, made=made, root=root, parent=parent, number=number)
            if self._dice.chance(300):
                deal.stages.append((made, 450))
            deal.stages.append((follow.signed or made, 455))
            deal = follow
        return deal

    def _perform(self, deal: Deal) -> None:
        """Let the contract run its course: deliveries, payments, an end."""
        dice = self._dice
        signed = deal.signed or deal.made
        if deal.stages[-1][1] == 185:
            deal.stages.append((signed + dice.between(2, 5), 190))
        fate = dice.weigh(rates.FATES)
        end = signed + dice.between(20, 90)
        if fate == "executed":
            self._deliver(deal, signed, end)
            deal.executed = end
            deal.stages.append((end, 390))
        elif fate == "valid":
            if dice.chance(250):
                self._deliver(deal, signed, end)
        else:
            deal.ended = end
            last = {"terminated": (340,), "agreed": (345, 350), "expired": (470,), "waiting": (345,)}[fate]
            deal.stages += [(end + 3 * step, status) for step, status in enumerate(last)]

    def _deliver(self, deal: Deal, signed: int, end: int) -> None:
        count = self._dice.weigh(((1, 6), (2, 3), (3, 1)))
        room = (end - signed - 8) // count
        deal.acts = [signed + 7 + room * (step + 1) for step in range(count)]
        if self._life.bank == 0:
            deal.payments = [act + self._dice.between(2, 6) for act in deal.acts]
        if count > 1:
            deal.stages.append((deal.acts[0], 375))

    # Plan points

    def _plan_statuses(self) -> None:
        for number, point in enumerate(self._life.points):
            if self._dice.chance(rates.PLAN_EDITED_LATE) and self._life.deals and self._life.deals[-1].signed:
                point.versions.append(self._life.deals[-1].signed + self._dice.between(3, 20))
            point.stages = [[(made, 2)] for made in point.versions]
            if self._dice.chance(rates.PLAN_UNDER_CONTROL) and 1 not in point.versions:
                point.stages[0] = [(0, 444), (1, 2)]
            self._follow(number, point)
            for version, stages in enumerate(point.stages):
                point.stages[version] = sorted(set(stages))

    def _follow(self, number: int, point: Point) -> None:
        """Carry what happens to lots and contracts over to the plan version they use."""
        for entry in self._life.rounds:
            for lot, won in zip(entry.lots, entry.won, strict=True):
                if number in self._life.lots[lot]:
                    point.stages[point.used(entry.made)] += _tendered(entry, won=won)
        for deal in self._life.deals:
            if deal.number == 0 and deal.signed and any(number in self._life.lots[lot] for lot in deal.lots):
                made = deal.made if deal.round is None else self._life.rounds[deal.round].made
                point.stages[point.used(made)] += _contracted(deal, deal.signed)


def _tendered(entry: Round, *, won: bool) -> list[Stage]:
    stages = [(entry.published, 3)]
    if entry.decided is not None:
        stages.append((entry.decided, 9 if won else 5))
    elif entry.stages[-1][1] == 410:
        stages.append((entry.stages[-1][0], 20))
    return stages


def _contracted(deal: Deal, signed: int) -> list[Stage]:
    return [(signed, 310)] if deal.executed is None else [(signed, 310), (deal.executed, 19)]
