"""Who buys and who bids: bodies, sole traders, and the people who speak for them."""

from dataclasses import dataclass
from functools import lru_cache

from sandbox.dice import Dice
from sandbox.tajikistan import refs

_SURNAMES = (
    *("Рахимов", "Каримов", "Саидов", "Назаров", "Шарипов", "Холов", "Мирзоев", "Юсуфов", "Бобоев", "Давлатов"),
    *("Гулов", "Азизов", "Одинаев", "Сафаров", "Хакимов", "Раджабов"),
)
_GIVEN = ("Фирдавс", "Рустам", "Далер", "Парвиз", "Хуршед", "Джамшед", "Сухроб", "Фаррух", "Манучехр", "Бахтиёр")
_PATRONYMICS = ("Саидович", "Рахимович", "Азизович", "Каримович", "Назарович", "Юсуфович", "Холович")
_POSTS = (
    "Главный специалист отдела закупок",
    "Начальник отдела закупок",
    "Специалист по закупкам",
    "Главный бухгалтер",
)
_STREETS = ("Рудаки", "Айни", "Сомони", "Борбад", "Фирдавси", "Дружбы народов", "Шотемур", "Бохтар")
_BANKS = ("ГСБ РТ «Амонатбонк»", "ОАО «Ориёнбанк»", "ОАО Банк «Эсхата»", "ЗАО «Душанбе Сити Банк»")
_BUYERS = (
    ("ГУ «Средняя школа №{number}» {place}", "МД «Мактаби миёнаи №{number}» {place}"),
    ("ГУ «Центральная больница» {place}", "МД «Беморхонаи марказӣ» {place}"),
    ("Исполнительный орган государственной власти {place}", "Мақомоти иҷроияи ҳокимияти давлатии {place}"),
    ("Отдел образования {place}", "Шуъбаи маорифи {place}"),
    ("ГУП «Жилищно-коммунальное хозяйство» {place}", "КВД «Хоҷагии манзилию коммуналӣ» {place}"),
    ("Управление здравоохранения {place}", "Раёсати тандурустии {place}"),
    ("ГУП «Водоканал» {place}", "КВД «Обу корез» {place}"),
    ("Детский сад №{number} {place}", "Кӯдакистони №{number} {place}"),
)
_ORGANISERS = ("Отдел государственных закупок", "Центр организации закупок")
_FIRMS = ("Сомон", "Пайванд", "Навруз", "Истиклол", "Файз", "Ориён", "Зарафшон", "Вахш", "Памир", "Сугд")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to ask, and where money goes: never to be published."""

    name: str
    post: str
    phone: str
    email: str
    account: str
    bank: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not turn up in published files; the job title tells nobody apart."""
        return self.name, self.phone, self.email, self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body or a firm, or a person who trades under their own name."""

    number: str
    name_ru: str
    name_tg: str
    place: refs.Row
    address: str
    contact: Contact
    is_person: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not turn up in published files."""
        return (*self.contact.secrets, *((self.number,) if self.is_person else ()))


def _contact(dice: Dice) -> Contact:
    surname = dice.pick(_SURNAMES)
    serial = dice.below(10**7)
    return Contact(
        name=f"{surname} {dice.pick(_GIVEN)} {dice.pick(_PATRONYMICS)}",
        post=dice.pick(_POSTS),
        phone=f"+992 (9{dice.between(0, 9)}) {serial // 10**4:03d}-{serial // 100 % 100:02d}-{serial % 100:02d}",
        email=f"zakup{serial}@mail.example.tj",
        account=f"202029{dice.below(10**14):014d}",
        bank=dice.pick(_BANKS),
    )


def _place_address(dice: Dice, place: refs.Row) -> str:
    return (
        f"ТАДЖИКИСТАН, {place['region_ru']}, {place['name_ru']}, ул. {dice.pick(_STREETS)}, д. {dice.between(1, 190)}"
    )


class Bodies:
    """Buyers, organisers and suppliers; each is thrown from its number, whoever asks first."""

    def __init__(self, seed: int, processes: int) -> None:
        self._seed = seed
        self._buyers = max(8, processes // 12)
        self._suppliers = max(10, processes // 6)
        self.buyer = lru_cache(maxsize=4096)(self._buyer)
        self.organiser = lru_cache(maxsize=256)(self._organiser)
        self.supplier = lru_cache(maxsize=4096)(self._supplier)

    def __len__(self) -> int:
        return self._buyers + len(refs.rows("places")) + self._suppliers

    def buyer_of(self, notice: int) -> Body:
        """Who buys."""
        return self.buyer(notice * 7 % self._buyers)

    def supplier_of(self, notice: int, bidder: int) -> Body:
        """Who bids."""
        return self.supplier((notice * 5 + bidder * 3) % self._suppliers)

    def secrets(self) -> set[str]:
        """Every personal number, name, phone, e-mail and account there is."""
        bodies = [self.buyer(index) for index in range(self._buyers)]
        bodies += [self.organiser(index) for index in range(len(refs.rows("places")))]
        bodies += [self.supplier(index) for index in range(self._suppliers)]
        return {secret for body in bodies for secret in body.secrets}

    def _buyer(self, index: int) -> Body:
        dice = Dice(self._seed, "buyer", index)
        place = dice.pick(refs.rows("places"))
        russian, tajik = dice.pick(_BUYERS)
        number = str(dice.between(1, 98))
        return Body(
            number=f"0{10_000_000 + index * 61 + dice.below(60)}",
            name_ru=russian.format(number=number, place=place["name_ru"]),
            name_tg=tajik.format(number=number, place=place["name_tg"]),
            place=place,
            address=_place_address(dice, place),
            contact=_contact(dice),
        )

    def _organiser(self, index: int) -> Body:
        dice = Dice(self._seed, "organiser", index)
        place = refs.rows("places")[index]
        return Body(
            number=f"0{20_000_000 + index * 61 + dice.below(60)}",
            name_ru=f"{dice.pick(_ORGANISERS)}, {place['name_ru']}",
            name_tg=f"Маркази ташкили харид, {place['name_tg']}",
            place=place,
            address=_place_address(dice, place),
            contact=_contact(dice),
        )

    def _supplier(self, index: int) -> Body:
        dice = Dice(self._seed, "supplier", index)
        place = dice.pick(refs.rows("places"))
        is_person = dice.chance(300)
        contact = _contact(dice)
        initials = f"{dice.pick(_GIVEN)[0]}.{dice.pick(_PATRONYMICS)[0]}."
        firm = f"ООО «{dice.pick(_FIRMS)}-{dice.between(1, 2000)}»"
        name = f"ИП {dice.pick(_SURNAMES)} {initials}" if is_person else firm
        return Body(
            number=f"{5 if is_person else 1}{10_000_000 + index * 61 + dice.below(60)}",
            name_ru=name,
            name_tg=name,
            place=place,
            address=_place_address(dice, place),
            contact=contact,
            is_person=is_person,
        )
