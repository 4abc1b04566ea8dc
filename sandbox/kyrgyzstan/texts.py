"""The stand-in's tables: what is bought, where, by which methods, with which statuses, under which labels."""

import csv
from calendar import month_name
from functools import cache
from importlib.resources import files

_TABLES = files("sandbox.kyrgyzstan") / "tables"
_FIRST_HALF = ("января", "февраля", "марта", "апреля", "мая", "июня")
MONTHS_RU = (*_FIRST_HALF, "июля", "августа", "сентября", "октября", "ноября", "декабря")
MONTHS_EN = tuple(month_name[1:])
CATEGORIES = (
    ("Товары", "Goods", "PRODUCT", "product"),
    ("Работы", "Works", "WORK", "work"),
    ("Услуги", "Services", "SERVICE", "service"),
    ("Консультационные услуги", "Consulting services", "SERVICE", "consultService"),
)
FORMATS = {"standard": "Стандартный", "twopackage": "Двухпакетный", "centralised": "Централизованный"}
INCOTERMS = ("EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CIP", "CPT", "DAT", "DAP", "DDP")
PERIODS = (
    "30 дней",
    "в течение 15 календарных дней со дня подписания договора",
    "10 күн",
    "до 31 декабря",
    "поэтапно, по заявке закупающей организации",
    "45 рабочих дней",
)
RATIONALES = (
    "Дополнительная закупка, до 15 %",
    "Закупка в пределах годового порога",
    "Торги дважды не состоялись",
    "Срочная потребность",
    "Естественная монополия",
)
CONTRACT_TYPES = (
    "Форс-мажор",
    "Обеспечение внутренней безопасности",
    "Обеспечение национальной безопасности",
    "В пределах трех процентов годового объема",
)
SECURITIES = ("Декларация, гарантирующая конкурсную заявку", "2 %", "1,5 %", "50 000 сом", "Не предусмотрено")
QUALIFICATIONS = (
    ("Отсутствие задолженности по уплате налогов", "Справка налоговой службы на день подачи заявки"),
    ("Отсутствие задолженности по взносам социального страхования", "Справка Социального фонда"),
    ("Сведения о наличии опыта", "Не менее двух схожих договоров за последние три года"),
    ("Лицензия", "Копия лицензии на вид деятельности"),
    ("Отсутствие конфликта интересов", "Декларация по форме"),
)


def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (_TABLES / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def items() -> tuple[dict[str, str], ...]:
    """What is bought: OKGZ codes with names, units, usual prices and quantities; some have no English name."""
    return _rows("items")


@cache
def medicines() -> tuple[dict[str, str], ...]:
    """Medicines, which have a catalogue of their own."""
    return _rows("medicines")


@cache
def places() -> tuple[dict[str, str], ...]:
    """Places, by the classifier of territories."""
    return _rows("places")


@cache
def methods() -> dict[int, dict[str, str]]:
    """Methods of procurement by the old exporter's numbers."""
    return {int(row["number"]): row for row in _rows("methods")}


@cache
def statuses() -> dict[int, dict[str, str]]:
    """Statuses of announcements by the old exporter's numbers; 16 is our number for a first stage that is over."""
    return {int(row["number"]): row for row in _rows("statuses")}


@cache
def labels() -> dict[str, dict[str, str]]:
    """What stands beside values, by name, in Russian (`ru`) and English (`en`)."""
    return {row["name"]: row for row in _rows("labels")}
