"""The portal on one day: everything it shows, and every record in the portal's own fields."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from sandbox.kazakhstan.case import Case
from sandbox.kazakhstan.entries import VERSIONS, WIDTH
from sandbox.kazakhstan.parties import Parties, Party
from sandbox.kazakhstan.script import Deal, Round, Stage
from sandbox.kazakhstan.world import Key, World

Record = dict[str, Any]
T = TypeVar("T")
_REMEMBERED = 4096


class View:
    """What is seen on a day; a case, once thrown, is kept for a while."""

    def __init__(self, world: World, parties: Parties, today: int) -> None:
        self.world = world
        self.parties = parties
        self.today = today
        self.seed = world.seed
        self.case = lru_cache(maxsize=4096)(self._case)
        self._memory: dict[Any, Any] = {}

    def _case(self, number: int) -> Case:
        year = self.world.calendar.at(self.world.calendar.first_day(number), 0).year
        return Case(self.seed, number, self.world.script(number), self.parties, year)

    def remember(self, make: "Callable[[View, Key], T]", key: Key) -> T:
        """What is made of an object; made once, while it is among the last few thousand asked for."""
        entry = (make, key)
        if entry not in self._memory:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[entry] = make(self, key)
        made: T = self._memory[entry]
        return made

    @property
    def cases(self) -> int:
        """How many cases have been begun."""
        return self.world.calendar.begun(self.today)

    def age(self, case: int) -> int:
        """For how many days a case has been running."""
        return self.today - self.world.calendar.first_day(case)

    def seen(self, key: Key) -> bool:
        """Whether the object is shown."""
        return self.world.seen(key, self.today)

    def id(self, key: Key) -> int:
        """The object's id."""
        return self.world.id(key)

    def status(self, case: int, stages: list[Stage]) -> int:
        """The status that holds today."""
        age = self.age(case)
        return [status for day, status in stages if day < age or day == stages[0][0]][-1]

    def over(self, case: int, offset: int | None) -> bool:
        """Whether something that is to happen so many days after the beginning has happened."""
        return offset is not None and offset < self.age(case)

    def when(self, key: Key, offset: int, *, early: int = 0) -> str:
        """The time of an event of the object, some seconds early."""
        day, second = self.world.changed_at(key, offset)
        return self.world.calendar.text(day, second - early)

    def day(self, case: int, offset: int, second: int = 0) -> str:
        """A time, so many days after the case was begun."""
        return self.world.calendar.text(self.world.calendar.first_day(case) + offset, second)

    def stamps(self, key: Key) -> tuple[str, str]:
        """When the object last changed, and when the index took that in."""
        return self.world.stamps(key, self.today)

    def made(self, key: Key, *, late: int = 0) -> str:
        """When the object was made."""
        day, second = self.world.made_at(key)
        return self.world.calendar.text(day, second + late)

    # From one object to others

    def round(self, key: Key) -> Round:
        """The round of an announcement, a lot or a bid."""
        return self.world.script(key.case).rounds[key.slot if key.kind == "buy" else key.slot // WIDTH]

    def deal(self, key: Key) -> Deal:
        """The contract's part of the script."""
        return self.world.script(key.case).deals[key.slot]

    def buy_key(self, key: Key) -> Key:
        """The announcement of a lot or a bid."""
        return Key("buy", key.case, key.slot // WIDTH)

    def lot_keys(self, buy: Key) -> Iterator[Key]:
        """The lots of an announcement."""
        for lot in self.round(buy).lots:
            yield Key("lot", buy.case, buy.slot * WIDTH + lot)

    def app_keys(self, buy: Key) -> Iterator[Key]:
        """The bids on an announcement, once they are shown."""
        for bidder in range(max(self.round(buy).bidders)):
            key = Key("app", buy.case, buy.slot * WIDTH + bidder)
            if self.seen(key):
                yield key

    def plan_key(self, case: int, point: int, round_: int | None, made: int = 0) -> Key:
        """The version of a plan point that an announcement or a direct contract refers to."""
        return Key("plan", case, point * VERSIONS + self.case(case).used(point, round_, made))

    def lot_plans(self, lot: Key) -> list[Key]:
        """The plan points of a lot."""
        round_, number = divmod(lot.slot, WIDTH)
        return [self.plan_key(lot.case, point, round_) for point in self.case(lot.case).lot_points(number)]

    def deals_of(self, buy: Key) -> Iterator[Key]:
        """The contracts made on an announcement."""
        for slot, deal in enumerate(self.world.script(buy.case).deals):
            if deal.round == buy.slot and self.seen(Key("contract", buy.case, slot)):
                yield Key("contract", buy.case, slot)

    def parts(self, kind: str, contract: Key) -> Iterator[Key]:
        """The acts or payments of a contract."""
        deal = self.deal(contract)
        for number in range(len(deal.acts if kind == "act" else deal.payments)):
            key = Key(kind, contract.case, contract.slot * VERSIONS + number)
            if self.seen(key):
                yield key

    def contract_of(self, part: Key) -> Key:
        """The contract of an act or a payment."""
        return Key("contract", part.case, part.slot // VERSIONS)

    def supplier(self, contract: Key) -> Party:
        """Who sells under a contract."""
        deal = self.deal(contract)
        return self.parties.supplier(contract.case, deal.round, deal.bidder)

    def number_anno(self, buy: Key) -> str:
        """The announcement's number: the id of its first round, and the round."""
        entry = self.round(buy)
        return f"{self.id(Key('buy', buy.case, entry.family))}-{entry.number}"

    def lot_amount(self, lot: Key) -> Decimal:
        """What is planned for a lot."""
        case = self.case(lot.case)
        plans = [divmod(key.slot, VERSIONS) for key in self.lot_plans(lot)]
        return sum((case.amount(point, version) for point, version in plans), Decimal())
