"""What a case is about: who buys, what, for how much. Thrown per case, once, and never changed."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.dice import Dice
from sandbox.kazakhstan import rates, refs
from sandbox.kazakhstan.entries import places
from sandbox.kazakhstan.parties import Parties, Party
from sandbox.kazakhstan.script import Script
from sandbox.kazakhstan.texts import odd

TIYN = Decimal("0.01")


def number(value: Decimal) -> int | Decimal:
    """An amount as the portal writes it: whole ones without a fraction, others without trailing zeros."""
    whole = int(value)
    return whole if whole == value else value.normalize()


def rounded(value: Decimal) -> Decimal:
    """An amount to the tiyn."""
    return value.quantize(TIYN, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What a plan point asks for."""

    item: dict[str, str]
    code: str
    count: Decimal
    price: Decimal
    places: tuple[dict[str, str], ...]
    extra_ru: str | None
    extra_kz: str | None


class Case:
    """One case: the buyer, the plan points, the titles."""

    __slots__ = (
        "_seed",
        "buyer",
        "life",
        "month",
        "number",
        "organiser",
        "parties",
        "title_kz",
        "title_ru",
        "wants",
        "year",
    )

    def __init__(self, seed: int, number: int, life: Script, parties: Parties, year: int) -> None:
        dice = Dice(seed, "case", number)
        self._seed = seed
        self.number = number
        self.life = life
        self.parties = parties
        self.year = year
        self.month = dice.between(1, 12) if dice.chance(970) else 99
        self.buyer = parties.buyer(number, life.bank)
        other = dice.chance(rates.OTHER_ORGANISER) and life.bank != 2
        self.organiser = parties.buyer(number * 5 + 1, 0) if other else self.buyer
        subject = dice.weigh((("1", 68), ("2", 8), ("3", 24)))
        goods = [item for item in refs.items() if item["subject"] == subject]
        self.wants = [self._want(Dice(seed, "want", number, point), goods, point) for point in range(len(life.points))]
        first = self.wants[0].item
        many = len(self.wants) > 1
        iin = parties.supplier(number, None, 3).biin
        title = f"{'Приобретение: ' if dice.chance(300) else ''}{first['name_ru']}{' и др.' if many else ''}"
        self.title_ru = odd(dice, title, iin)
        self.title_kz = self.title_ru if dice.chance(350) else odd(dice, f"{first['name_kz']} сатып алу")

    def _want(self, dice: Dice, goods: list[dict[str, str]], point: int) -> Want:
        item = dice.pick(goods)
        most = int(item["most"])
        count = Decimal(dice.between(1, most))
        if item["unit"] in {"166", "168", "112", "240"} and dice.chance(150):
            count += Decimal(dice.between(1, 999)) / 1000
        price = rounded(Decimal(item["price"]) * dice.between(600, 1500) / 1000)
        if dice.chance(600):
            price = Decimal(max(1, int(price)))
        if dice.chance(rates.GIANT):
            count, price = Decimal(1), Decimal(dice.between(10**15, 9 * 10**15)) / 100
        where = [dice.pick(refs.places()) for _ in range(places(self._seed, self.number % rates.SCRIPTS, point))]
        old = dice.chance(rates.OLD_ENSTRU)
        return Want(
            item=item,
            code=f"{item['code'][:2]}.{item['code'][2:4]}.{item['code'][4:6]}.000.000.00.0777.000000000000"
            if old
            else item["code"],
            count=count,
            price=price,
            places=tuple(where),
            extra_ru=None if dice.chance(30) else odd(dice, f"{item['name_ru']}, {item['desc_ru']}"),
            extra_kz=None if dice.chance(35) else odd(dice, f"{item['name_kz']}, {item['desc_kz']}"),
        )

    @property
    def subject(self) -> int:
        """Goods 1, works 2, services 3."""
        return int(self.wants[0].item["subject"])

    def price(self, point: int, version: int) -> Decimal:
        """The price for one unit that a version of a plan point gives."""
        price = self.wants[point].price
        if version:
            change = Dice(self._seed, "price", self.number, point, version).between(85, 115)
            price = max(TIYN, rounded(price * change / 100))
        return price

    def amount(self, point: int, version: int) -> Decimal:
        """Price by quantity: exact, with as many digits as that takes."""
        return self.price(point, version) * self.wants[point].count

    def used(self, point: int, round_: int | None, made: int = 0) -> int:
        """The version of a plan point that an announcement or a direct contract refers to."""
        return self.life.points[point].used(made if round_ is None else self.life.rounds[round_].made)

    def lot_points(self, lot: int) -> tuple[int, ...]:
        """The plan points of a lot."""
        return self.life.lots[lot]

    def rate(self, supplier: Party, round_: int | None) -> Decimal:
        """What a supplier's prices with VAT are to those without."""
        if not supplier.pays_vat:
            return Decimal(1)
        old = Dice(self._seed, "vat", self.number, -1 if round_ is None else round_).chance(rates.OLD_VAT)
        return Decimal("1.12") if old else Decimal("1.16")

    def discount(self, round_: int | None, lot: int, bidder: int, winner: int) -> int:
        """By how many per cent a bid stays below the planned price; nobody beats the winner."""
        if round_ is None:
            return 0
        least = Dice(self._seed, "discount", self.number, round_, lot).between(0, 22)
        return least if bidder == winner else max(0, least - 1 - (bidder - winner) % 7 * 2)
