"""Buyers and suppliers: invented names and numbers, the same for the same seed.

Numbers are built as the register's are: an organisation's begins with 0 and the day it was registered, a person's with
1 or 2 and the day of birth; the persons are invented and born in the nineteenth century.
"""

from dataclasses import dataclass
from functools import lru_cache

from sandbox.dice import Dice
from sandbox.kyrgyzstan import rates, texts

_WORDS = (
    "Береке",
    "Ак-Жол",
    "СтройДом",
    "Ала-Тоо",
    "Медтехника",
    "Жибек",
    "Нур",
    "Тоо-Кен",
    "Манас",
    "Достук",
    "Эл-Сервис",
)
_SURNAMES = ("Асанов", "Токтосунов", "Маматова", "Бекова", "Иваненко", "Абдыкадыров", "Сатыбалдиева", "Ким", "Жумабаев")
_GIVEN = ("Азамат", "Айгуль", "Нурлан", "Чолпон", "Пётр", "Бакыт", "Гульнара", "Эркин", "Жыпар")
_BUYERS = (
    "Средняя школа № {number} {short}",
    'Учреждение "Министерство {ministry} Кыргызской Республики"',
    "{locality} айыл өкмөтү",
    "{locality} районная государственная администрация",
    "Учреждение «Территориальная больница {locality}»",
    "Управление капитального строительства при мэрии города {locality}",
    'Детский сад "{word}" {short}',
    "Учреждение Айыл окмоту {locality} айылного аймака",
    'ГП "{word}" при Министерстве {ministry}',
)
_MINISTRIES = ("финансов", "здравоохранения", "образования и науки", "транспорта и коммуникаций", "внутренних дел")
_FORMS = ("ОсОО", "ОАО", "ЗАО", "Государственное предприятие")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A participant."""

    index: int
    inn: str
    scheme: str
    name: str
    name_kg: str
    legal_form: str
    place: dict[str, str]
    street: str
    phone: str
    registered: tuple[int, int, int]
    is_person: bool


class Parties:
    """All participants: buyers first, suppliers after them."""

    def __init__(self, seed: int, processes: int) -> None:
        self._seed = seed
        self.buyers = max(23, processes // 45)
        self.suppliers = max(97, processes // 5)
        self.party = lru_cache(maxsize=8192)(self._party)

    def buyer(self, case: int) -> Party:
        """Who buys in a case."""
        return self.party(case * 7 % self.buyers)

    def supplier(self, case: int, turn: int, bidder: int) -> Party:
        """Who bids in an announcement of a case, or sells without one."""
        return self.party(self.buyers + (case * 11 + turn * 101 + bidder * 13) % self.suppliers)

    def _party(self, index: int) -> Party:
        dice = Dice(self._seed, "party", index)
        is_supplier = index >= self.buyers
        is_person = is_supplier and dice.chance(rates.PERSONS)
        foreign = is_supplier and not is_person and dice.chance(rates.FOREIGNERS)
        place = dice.pick(texts.places())
        registered = (dice.between(1, 28), dice.between(1, 12), dice.between(1992, 2024))
        inn = person_number(dice, index) if is_person else _organisation(registered, index)
        name, name_kg, form = _names(dice, place, is_supplier=is_supplier, is_person=is_person)
        return Party(
            index=index,
            inn=f"77{index:08d}" if foreign else inn,
            scheme="RU-INN" if foreign else "KG-INN",
            name=name,
            name_kg=name_kg,
            legal_form=form,
            place=place,
            street=f"ул. {dice.pick(_WORDS)}, {dice.between(1, 180)}",
            phone=f"0{dice.between(3, 9)}{dice.below(10**8):08d}",
            registered=registered,
            is_person=is_person,
        )


def _organisation(registered: tuple[int, int, int], index: int) -> str:
    day, month, year = registered
    return f"0{day:02d}{month:02d}{year}{10_000 + index % 90_000:05d}"


def person_number(dice: Dice, index: int) -> str:
    """The number of an invented person."""
    born = f"{dice.between(1, 28):02d}{dice.between(1, 12):02d}{dice.between(1801, 1899)}"
    return f"{dice.between(1, 2)}{born}{index % 100_000:05d}"


def _names(dice: Dice, place: dict[str, str], *, is_supplier: bool, is_person: bool) -> tuple[str, str, str]:
    word = dice.pick(_WORDS)
    if is_person:
        name = f"{dice.pick(_SURNAMES)} {dice.pick(_GIVEN)}"
        name = f"ЧП {name}" if dice.chance(250) else f"{name} {dice.pick(_GIVEN)}ович"
        return name, name, "Индивидуальный предприниматель"
    if is_supplier:
        form = dice.pick(_FORMS[:3])
        number = f" {dice.between(2, 300)}" if dice.chance(650) else ""
        long = {"ОсОО": "Общество с ограниченной ответственностью"}.get(form, form) if dice.chance(400) else form
        return f'{long} "{word}{number}"', f'"{word}{number}" ЖЧК', form
    words = {"number": dice.between(1, 98), "word": word, "ministry": dice.pick(_MINISTRIES)}
    name = dice.pick(_BUYERS).format(locality=place["locality_ru"], short=place["short_ru"], **words)
    return name, f"{name} (мамлекеттик мекеме)", _FORMS[3] if name.startswith("ГП") else "Учреждение"
