"""Buyers and suppliers: invented names and numbers, the same for the same seed.

Numbers of natural persons are valid in form and checksum, but of people born in the nineteenth century.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sandbox.dice import Dice
from sandbox.kazakhstan import rates, refs

_FIRST_PID = 2_000
_PID_STEP = 3
_UNFAIR = 41
_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_OTHER_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_SURNAMES = ("АХМЕТОВ", "СЕЙТКАЛИ", "НҰРЛАНОВ", "КИМ", "ИВАНЕНКО", "ӘБДІРАХМАН", "ТӨЛЕГЕНОВ", "ЖҮНІСОВА", "ОРАЗБАЙ")
_WORDS = (
    "Алатау",
    "Береке",
    "Көктем",
    "СтройСервис",
    "Медтехника",
    "Жол-Құрылыс",
    "Нур",
    "Сапа",
    "Asia Trade",
    "Ғасыр",
)
_BANKS = (
    ("HSBKKZKX", 'АО "Народный Банк Казахстана"', '"Қазақстан Халық Банкі" АҚ'),
    ("KCJBKZKX", 'АО "Банк ЦентрКредит"', '"Банк ЦентрКредит" АҚ'),
    ("CASPKZKA", 'АО "Kaspi Bank"', '"Kaspi Bank" АҚ'),
)
_TREASURY = ("KKMFKZ2A", 'РГУ "КОМИТЕТ КАЗНАЧЕЙСТВА"', '"ҚАЗЫНАШЫЛЫҚ КОМИТЕТІ" РММ')
_STATE = (
    ('ГУ "Отдел образования, {place}"', '"{place} білім бөлімі" ММ'),
    ('ГУ "Аппарат акима, {place}"', '"{place} әкімінің аппараты" ММ'),
    ('РГУ "Департамент статистики, {place}"', '"{place} статистика департаменті" РММ'),
)
_SCHOOLS = (
    ('КГУ "Общеобразовательная школа № {number}", {place}', '"№ {number} жалпы білім беретін мектеп" КММ, {place}'),
    ("КГП на ПХВ «Районная больница № {number}», {place}", "«№ {number} аудандық аурухана» ШЖҚ КМК, {place}"),
    ('ГККП "Ясли-сад "Балдәурен-{number}", {place}', '"Балдәурен-{number}" бөбекжай-балабақшасы" МКҚК, {place}'),
)
_QUASI = (
    ('АО "Национальная компания "{word}"', '"{word}" ұлттық компаниясы" АҚ'),
    ('ТОО "{word}-Энерго"', '"{word}-Энерго" ЖШС'),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A participant of the portal."""

    index: int
    pid: int
    biin: str
    type_supplier: int
    name_ru: str
    name_kz: str
    place: dict[str, str]
    address: str
    bank: tuple[str, str, str]
    account: str
    head: str
    pays_vat: bool
    is_state: bool
    is_quasi: bool

    @property
    def is_person(self) -> bool:
        """Whether the number is a person's (IIN), not an organisation's (BIN)."""
        return self.type_supplier != 1


class Parties:
    """All participants: three banks of buyers (state bodies, their enterprises, others) and the suppliers."""

    def __init__(self, seed: int, processes: int) -> None:
        self._seed = seed
        self._sizes = (
            _prime(max(17, processes // 60)),
            _prime(max(17, processes // 60) + 2),
            _prime(max(11, processes // 200)),
            _prime(max(211, processes // 6)),
        )
        self._bases = tuple(sum(self._sizes[:bank]) for bank in range(5))
        self.party = lru_cache(maxsize=8192)(self._party)

    def __len__(self) -> int:
        return self._bases[4]

    @property
    def buyers(self) -> range:
        """Which participants buy."""
        return range(self._bases[3])

    @property
    def unfair(self) -> range:
        """Which suppliers are in the register of unfair ones."""
        first = -(-self._bases[3] // _UNFAIR) * _UNFAIR
        return range(first, len(self), _UNFAIR)

    def newest_first(self, before: int | None = None, among: range | None = None) -> Iterator[Party]:
        """Participants by internal id from the highest; all, or those with ids below one."""
        last = len(self) if before is None else -(-max(0, before - _FIRST_PID) // _PID_STEP)
        for index in reversed(among if among is not None else range(len(self))):
            if index < last:
                yield self.party(index)

    def buyer(self, case: int, bank: int) -> Party:
        """Who buys in a case."""
        return self.party(self._bases[bank] + case * 7 % self._sizes[bank])

    def supplier(self, case: int, round_: int | None, bidder: int) -> Party:
        """Who bids in a round of a case, or sells directly."""
        turn = 0 if round_ is None else round_ + 1
        return self.party(self._bases[3] + (case * 11 + turn * 101 + bidder * 13) % self._sizes[3])

    def cases_of_buyer(self, party: Party, cases: int) -> Iterator[tuple[int, int]]:
        """The bank of a buyer, and the cases that meet it there."""
        bank = next(bank for bank in range(4) if party.index < self._bases[bank + 1])
        size = self._sizes[bank]
        if bank < 3:
            for case in range((party.index - self._bases[bank]) * pow(7, -1, size) % size, cases, size):
                yield bank, case

    def cases_of_organiser(self, party: Party, cases: int) -> range:
        """The cases a state body may announce for others."""
        size = self._sizes[0]
        if party.index >= size:
            return range(0)
        return range((party.index * pow(7, -1, size) - 1) * pow(5, -1, size) % size, cases, size)

    def cases_of_supplier(self, party: Party, cases: int) -> Iterator[tuple[int, int | None, int]]:
        """Cases, rounds and bidders that may be a supplier's."""
        size = self._sizes[3]
        for turn in range(4):
            for bidder in range(6):
                first = (party.index - self._bases[3] - turn * 101 - bidder * 13) * pow(11, -1, size) % size
                for case in range(first, cases, size):
                    yield case, turn - 1 if turn else None, bidder

    def by_pid(self, pid: int) -> Party | None:
        """The participant of that internal id."""
        index, rest = divmod(pid - _FIRST_PID, _PID_STEP)
        return self.party(index) if not rest and 0 <= index < len(self) else None

    def by_biin(self, biin: str) -> Party | None:
        """The participant of that number."""
        if len(biin) != 12 or not biin.isdigit():
            return None
        if biin[4] in "456":
            index = int(biin[5]) * 100_000 + int(biin[6:11])
        else:
            serial = int(biin[7:11])
            index = (int(biin[:2]) - serial * 37) % 100 * 10_000 + serial
        party = self.party(index) if index < len(self) else None
        return party if party is not None and party.biin == biin else None

    def _party(self, index: int) -> Party:
        dice = Dice(self._seed, "party", index)
        bank = next(bank for bank in range(4) if index < self._bases[bank + 1])
        kind = (3 if dice.chance(850) else 2) if bank == 3 and dice.chance(rates.SOLE_TRADERS) else 1
        place = dice.pick(refs.places())
        head = f"{dice.pick(_SURNAMES)} {dice.pick('АБДЕЖҚМНӨС')}.{dice.pick('АБГЕҚМНС')}."
        name_ru, name_kz = _names(dice, bank, kind, place["name_ru"], head)
        return Party(
            index=index,
            pid=_FIRST_PID + index * _PID_STEP,
            biin=_bin(dice, index) if kind == 1 else _iin(dice, index),
            type_supplier=kind,
            name_ru=name_ru,
            name_kz=name_kz,
            place=place,
            address=f"{place['full_name_ru']}, ул. {dice.pick(_WORDS)}, дом {dice.between(1, 180)}",
            bank=_TREASURY if bank == 0 else dice.pick(_BANKS),
            account=f"KZ{dice.between(10, 99)}{dice.below(10**16):016d}",
            head=head,
            pays_vat=kind == 1 and dice.chance(rates.VAT_PAYERS * 1000 // (1000 - rates.SOLE_TRADERS)),
            is_state=bank == 0,
            is_quasi=bank == 2,
        )


def _names(dice: Dice, bank: int, kind: int, place: str, head: str) -> tuple[str, str]:
    words = {"place": place, "number": str(dice.between(1, 240)), "word": dice.pick(_WORDS)}
    if kind == 2:
        return head, head
    if kind == 3:
        name = f'ИП "{words["word"]}"' if dice.chance(400) else f"ИП {head}"
        return name, name
    if bank == 3:
        word = f"{words['word']} {words['number']}" if dice.chance(600) else words["word"]
        return f'ТОО "{word}"', f'"{word}" ЖШС'
    russian, kazakh = dice.pick((_STATE, _SCHOOLS, _QUASI)[bank])
    return russian.format(**words), kazakh.format(**words)


def _bin(dice: Dice, index: int) -> str:
    while True:
        month = f"{dice.pick((*range(90, 100), *range(26))):02d}{dice.between(1, 12):02d}"
        number = _checked(f"{month}4{index // 100_000}{index % 100_000:05d}")
        if number:
            return number


def _iin(dice: Dice, index: int) -> str:
    serial = index % 10_000
    year = (index // 10_000 + serial * 37) % 100
    while True:
        number = _checked(
            f"{year:02d}{dice.between(1, 12):02d}{dice.between(1, 28):02d}{dice.between(1, 2)}{serial:04d}"
        )
        if number:
            return number


def _checked(digits: str) -> str | None:
    """Add the check digit; there are numbers that have none."""
    for weights in (_WEIGHTS, _OTHER_WEIGHTS):
        check = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11
        if check < 10:
            return f"{digits}{check}"
    return None


def _prime(least: int) -> int:
    """The first prime from there on that is not the number of scripts."""
    while least == rates.SCRIPTS or any(least % divisor == 0 for divisor in range(2, int(least**0.5) + 1)):
        least += 1
    return least
