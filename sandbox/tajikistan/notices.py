"""All notices of the portal, by arithmetic: each follows from the seed and its number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from sandbox.calendar import HISTORY, OPENING, WORKING, Calendar
from sandbox.dice import Dice
from sandbox.tajikistan import refs
from sandbox.tajikistan.bodies import Bodies, Body
from sandbox.tajikistan.course import Course, course, earlier

FIRST_ID, FIRST_LOT, FIRST_FILE = 418_000, 902_000, 5_310_000
_STEP, _LOT_STEP, _FILE_STEP = 3, 40, 16
_SOFT_HYPHEN = "\u00ad"
_QUESTIONS = (
    ("Просим уточнить срок поставки.", "Срок поставки указан в проекте договора."),
    ("Допускается ли эквивалент?", "Да, допускается эквивалент с характеристиками не хуже указанных."),
    ("Можно ли подать заявку на один лот?", "Да, заявки принимаются на каждый лот отдельно."),
    ("Требуется ли обеспечение заявки?", "Обеспечение не требуется."),
)


def spread(text: str) -> str:
    """The text with soft hyphens in its longer words, as an editor leaves them."""
    return " ".join(
        word[:3] + _SOFT_HYPHEN + word[3:6] + _SOFT_HYPHEN + word[6:] if len(word) > 8 else word
        for word in text.split(" ")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is bought under one point of the plan."""

    id: int
    point: str
    item: refs.Row
    name_ru: str
    extra: str
    quantity: Decimal
    price: Decimal
    place: str
    term: str

    @property
    def amount(self) -> Decimal:
        """What is set aside for it."""
        return (self.quantity * self.price).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about the documents, and its answer."""

    asked: int
    answered: int
    author: Body
    text: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """An offer for a lot, as the protocol of the results shows it."""

    lot: int
    supplier: Body
    price: Decimal
    is_winner: bool


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice, as it is; what of it is seen on a day is the view's."""

    seed: int
    index: int
    first_day: int
    year: int
    previous: int | None
    course: Course
    bodies: Bodies

    def _dice(self, what: str) -> Dice:
        return Dice(self.seed, what, self.index)

    @property
    def id(self) -> int:
        """The portal's number of its page: rising, with gaps."""
        return number_of(self.index)

    @property
    def number(self) -> str:
        """The number people quote: that of the first notice of a purchase, and its round."""
        return f"{self.id}-1" if self.previous is None else f"{number_of(self.previous)}-2"

    @cached_property
    def has_number(self) -> bool:
        """Whether the list shows its number; in some rows the cell is empty."""
        return not self._dice("number").chance(50)

    @cached_property
    def source(self) -> int:
        """The notice whose purchase this is: its own, or the one that it repeats."""
        return self.index if self.previous is None else self.previous

    @cached_property
    def buyer(self) -> Body:
        """Who buys."""
        return self.bodies.buyer_of(self.source)

    @cached_property
    def organiser(self) -> Body:
        """Who runs the purchase: mostly the buyer."""
        dice = Dice(self.seed, "organiser-of", self.source)
        return self.bodies.organiser(int(self.buyer.place["code"]) - 1) if dice.chance(220) else self.buyer

    @cached_property
    def subject(self) -> str:
        """Goods, works or services."""
        return Dice(self.seed, "subject", self.source).weigh((("1", 600), ("2", 150), ("3", 250)))

    @cached_property
    def lots(self) -> tuple[Lot, ...]:
        """What is bought; a repeated purchase asks for the same."""
        items = [row for row in refs.rows("items") if row["subject"] == self.subject]
        return tuple(self._lot(items, place) for place in range(self.course.lots))

    def _lot(self, items: list[refs.Row], place: int) -> Lot:
        dice = Dice(self.seed, "lot", self.source, place)
        item = dice.pick(items)
        most = int(item["most"])
        price = (Decimal(item["price"]) * dice.between(82, 131) / 100).quantize(Decimal("0.01"))
        name = f"{item['name_ru']}{'' if dice.chance(700) else ' ' + str(self.year)}"
        return Lot(
            id=FIRST_LOT + self.index * _LOT_STEP + place,
            point=f"{self.year}-{self.source * _LOT_STEP + place + 1}",
            item=item,
            name_ru=spread(name) if dice.chance(120) else name,
            extra=item["extra"] if dice.chance(850) else "",
            quantity=Decimal(dice.between(1, most)) if dice.chance(900) else Decimal(dice.between(1, most * 4)) / 4,
            price=price,
            place=f"{self.buyer.place['region_ru']}, {self.buyer.place['name_ru']}",
            term=f"{dice.pick((10, 15, 20, 30, 45, 60))} календарных дней",
        )

    def titles(self, *, renamed: bool) -> tuple[str, str | None]:
        """What the notice is called, in Russian and, mostly, in Tajik."""
        dice = Dice(self.seed, "title", self.source)
        item, verb = self.lots[0].item, "Закупка" if dice.chance(600) else "Приобретение"
        russian = f"{verb}: {item['name_ru'].lower()} для нужд {self.buyer.name_ru}"
        tajik = f"Харид: {item['name_tg'].lower()} барои {self.buyer.name_tg}"
        if self.previous is not None:
            russian, tajik = f"{russian} (повторно)", f"{tajik} (такроран)"
        if renamed:
            russian = f"{russian} на {self.year} год"
        russian = spread(russian) if dice.chance(100) else russian
        return russian, tajik if dice.chance(800) else None

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What was asked about the documents."""
        dice, found = self._dice("questions"), []
        for place, (asked, answered) in enumerate(sorted(self.course.questions)):
            text, answer = dice.pick(_QUESTIONS)
            author = self.bodies.supplier_of(self.index, place + 2)
            found.append(Question(asked=asked, answered=answered, author=author, text=text, answer=answer))
        return tuple(found)

    @cached_property
    def bids(self) -> tuple[Bid, ...]:
        """Who offered what; direct purchases have one offer a lot."""
        found: list[Bid] = []
        for place, lot in enumerate(self.lots):
            dice = Dice(self.seed, "bids", self.index, place)
            count = 1 if self.course.method in {"8", "9"} else dice.between(1, 4)
            prices = [(lot.amount * dice.between(71, 99) / 100).quantize(Decimal("0.01")) for _ in range(count)]
            winner = prices.index(min(prices)) if self.course.won[place] else None
            found += [
                Bid(
                    lot=place,
                    supplier=self.bodies.supplier_of(self.index, bidder),
                    price=price,
                    is_winner=bidder == winner,
                )
                for bidder, price in enumerate(prices)
            ]
        return tuple(found)

    def lot_number(self, place: int) -> str:
        """The number people quote for a lot."""
        return f"{self.lots[place].id}-Т1"

    def file(self, place: int) -> int:
        """The portal's number of one of its files."""
        return FIRST_FILE + self.index * _FILE_STEP + place

    def second(self, what: str) -> int:
        """The second of the day at which something happens to it."""
        return OPENING + self._dice(f"second {what}").below(WORKING)

    @cached_property
    def layout(self) -> str:
        """Which of the two layouts its table of lots has."""
        return "A" if self._dice("layout").chance(500) else "B"

    @cached_property
    def has_plain_head(self) -> bool:
        """Whether the head of its table of lots is made of ordinary cells."""
        return self._dice("head").chance(250)

    @cached_property
    def has_open_cells(self) -> bool:
        """Whether the cells of its table of lots are left unclosed."""
        return self._dice("open").chance(250)

    @cached_property
    def has_hard_spaces(self) -> bool:
        """Whether its amounts are grouped by no-break spaces."""
        return self._dice("spaces").chance(300)


def number_of(index: int) -> int:
    """The id of a notice's page."""
    return FIRST_ID + index * _STEP + index * 7919 % 127 % _STEP


class Notices:
    """The notices there are, as a function of seed, number and start."""

    def __init__(self, *, seed: int, processes: int, start: date) -> None:
        self.seed = seed
        self.processes = processes
        self.calendar = Calendar(start=start, cases=processes)
        self.bodies = Bodies(seed, processes)
        self.notice = lru_cache(maxsize=8192)(self._notice)

    def count(self, today: int) -> int:
        """How many notices are shown on a day: those published before it."""
        return self.calendar.begun(today)

    def _notice(self, index: int) -> Notice:
        first_day = self.calendar.first_day(index)
        previous = earlier(index, self.processes, HISTORY)
        life = course(self.seed, index)
        if previous is not None:
            life.lots = course(self.seed, previous).lots
            life.won = (life.won * life.lots)[: life.lots]
        return Notice(
            seed=self.seed,
            index=index,
            first_day=first_day,
            year=self.calendar.at(first_day, 0).year,
            previous=previous,
            course=life,
            bodies=self.bodies,
        )

    def find(self, number: int, today: int) -> Notice | None:
        """The notice of that id, if it is shown."""
        index = (number - FIRST_ID) // _STEP
        return self.notice(index) if 0 <= index < self.count(today) and number_of(index) == number else None
