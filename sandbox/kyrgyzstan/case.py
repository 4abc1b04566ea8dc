"""What a purchase is about: who buys, what, for how much, who bids what. Thrown per case, and never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.dice import Dice
from sandbox.kyrgyzstan import rates, texts
from sandbox.kyrgyzstan.parties import Parties, Party, person_number
from sandbox.kyrgyzstan.script import Script
from sandbox.kyrgyzstan.world import winner_of

TYIYN = Decimal("0.01")
AUCTION = 9
_ODD: tuple[Callable[[str], str], ...] = (
    lambda text: f"=SUM({text})",
    lambda text: f"  {text}   ",
    lambda text: text.replace("о", "о\u00ad", 2),
    lambda text: f"{text} &quot;Үмүт&quot; <b>2026</b>",
    lambda text: f"{text} ✅, «ёлочки» и 'кавычки'",
    lambda text: f"{text}\u00a0\u00a0—\n в том числе доставка",
)


def rounded(value: Decimal) -> Decimal:
    """An amount to the tyiyn."""
    return value.quantize(TYIYN, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that is bought, for so much a unit."""

    item: dict[str, str]
    quantity: Decimal
    price: Decimal
    specification: str

    @property
    def amount(self) -> Decimal:
        """Price by quantity."""
        return rounded(self.price * self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A lot: its items add up to it."""

    number: str
    title: str
    items: tuple[Item, ...]
    place: dict[str, str]
    street: str
    incoterms: str
    period: str

    @property
    def amount(self) -> Decimal:
        """The planned sum."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def address(self) -> str:
        """Where to deliver."""
        return f"{self.place['short_ru']}, {self.street}"


class Case:
    """One purchase."""

    __slots__ = ("_parties", "_seed", "buyer", "life", "lots", "number", "stray", "title")

    def __init__(self, seed: int, number: int, life: Script, parties: Parties) -> None:
        dice = Dice(seed, "case", number)
        self._seed = seed
        self._parties = parties
        self.number = number
        self.life = life
        self.buyer = parties.buyer(number)
        goods = [item for item in texts.items() if int(item["category"]) == life.category]
        self.lots = tuple(self._lot(goods, index, count) for index, count in enumerate(life.items))
        first = self.lots[0].items[0].item
        many = " и др." if len(self.lots) > 1 else ""
        verb = dice.pick(("Приобретение: ", "Закупка: ", "", "", "Поставка: "))
        # The number of a person that has no business in a title, where there is one.
        self.stray = ""
        self.title = f"{verb}{first['name_ru']}{many} для {self._purpose(dice)}"
        if dice.chance(rates.KYRGYZ_TITLES):
            self.title = f"{first['name_ky']} сатып алуу, {self.buyer.place['locality_ru']} шаары"
        if dice.chance(rates.ODD_TEXT):
            self.title = dice.pick(_ODD)(self.title)
        if dice.chance(rates.NUMBER_IN_TEXT):
            self.stray = person_number(dice, number)
            self.title = f"{self.title} (ИНН {self.stray})"

    def _purpose(self, dice: Dice) -> str:
        uses = ("нужд учреждения", "столовой", "отдела № {}", 'объекта "Корпус-{}"', "проекта {}-й очереди")
        return dice.pick(uses).format(dice.between(1, 60))

    def _lot(self, goods: list[dict[str, str]], index: int, count: int) -> Lot:
        dice = Dice(self._seed, "lot", self.number, index)
        found = tuple(self._item(dice, goods) for _ in range(count))
        place = self.buyer.place if dice.chance(800) else dice.pick(texts.places())
        return Lot(
            number=f"L{index + 1:03d}-{dice.between(1, 2):02d}",
            title=f"{found[0].item['name_ru']}{f', лот {index + 1}' if index else ''}",
            items=found,
            place=place,
            street=f"ул. {dice.pick(('Ленина', 'Манаса', 'Токтогула', 'Советская'))}, {dice.between(1, 140)}",
            incoterms=dice.pick(texts.INCOTERMS),
            period=dice.pick(texts.PERIODS),
        )

    def _item(self, dice: Dice, goods: list[dict[str, str]]) -> Item:
        item = dice.pick(goods)
        price = rounded(Decimal(item["price"]) * dice.between(700, 1400) / 1000)
        if dice.chance(700):
            price = Decimal(max(1, int(price)))
        quantity = Decimal(dice.between(1, int(item["most"])))
        if item["unit_id"] in {"166", "168", "112"} and dice.chance(120):
            quantity += Decimal(dice.between(1, 9)) / 10
        text = dice.pick(("Согласно техническому заданию", f"{item['name_ru']}, ГОСТ", "б/н", ""))
        return Item(item=item, quantity=quantity, price=price, specification=text)

    @property
    def amount(self) -> Decimal:
        """The planned sum of the purchase: that of its lots."""
        return sum((lot.amount for lot in self.lots), Decimal(0))

    def title_of(self, turn: int) -> str:
        """The title of an announcement: a later one says that it repeats."""
        if not self.life.announcements[turn].repeats:
            return self.title
        mark = Dice(self._seed, "again", self.number, turn).pick((" (повторно)", " (Повторно)", " (кайталап)"))
        return f"{self.title}{mark}"

    # Bids

    def bidder(self, turn: int, bidder: int) -> Party:
        """Who a bidder of an announcement is."""
        return self._parties.supplier(self.number, turn, bidder)

    def bidders(self, turn: int) -> range:
        """The bidders of an announcement."""
        return range(max(self.life.announcements[turn].bidders, default=0))

    def lots_of(self, turn: int, bidder: int) -> list[int]:
        """The lots that a bidder bids for."""
        return [lot for lot, count in enumerate(self.life.announcements[turn].bidders) if bidder < count]

    def won(self, turn: int, bidder: int) -> list[int]:
        """The lots that a bidder wins."""
        found = self.life.announcements[turn]
        return [lot for lot in range(len(self.lots)) if winner_of(found, lot) == bidder]

    def unit_price(self, turn: int, bidder: int, lot: int, item: int) -> Decimal:
        """What a bidder asks for a unit; nobody asks less than the winner."""
        dice = Dice(self._seed, "bid", self.number, turn, lot)
        discount = dice.between(0, 240)
        winner = winner_of(self.life.announcements[turn], lot)
        if bidder != (winner if winner is not None else 0):
            discount -= 7 + 31 * ((bidder * 3 + lot) % 5)
        return max(TYIYN, rounded(self.lots[lot].items[item].price * (1000 - discount) / 1000))

    def bid(self, turn: int, bidder: int, lot: int) -> Decimal:
        """What a bidder asks for a lot."""
        items = self.lots[lot].items
        prices = (self.unit_price(turn, bidder, lot, index) * item.quantity for index, item in enumerate(items))
        return sum(map(rounded, prices), Decimal(0))

    def contracted(self, turn: int, bidder: int, lot: int) -> Decimal:
        """What the contract says for a lot: after an auction less than the bid."""
        bid = self.bid(turn, bidder, lot)
        return rounded(bid * 97 / 100) if self.life.method == AUCTION else bid

    def seller(self) -> Party:
        """Who sells without a notice."""
        return self._parties.supplier(self.number, 0, 0)
