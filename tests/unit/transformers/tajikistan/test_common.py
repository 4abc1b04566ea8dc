"""Amounts, codes and names, as Tajikistan's pages write them."""

from decimal import Decimal

import pytest

from ocds_schema.errors import MappingError
from tests.support.countries import new_reading
from transformers.tajikistan import tables
from transformers.tajikistan.common import decimal, is_company, is_person, party, party_of


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("15 085 999 992.00", "15085999992.00"),
        ("48 600,50", "48600.50"),
        ("1,234,567.80 TJS", "1234567.80"),
        ("1,234.80", "1234.80"),
        ("0,5", "0.5"),
        ("12 345 678", "12345678"),
        ("12 сомони", "12"),
        ("0.25", "0.25"),
        ("7", "7"),
        ("1234567,8", "1234567.8"),
    ],
)
def test_a_number_is_read_however_its_thousands_stand_apart(written, amount):
    assert decimal(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["", None, "  "])
def test_nothing_is_no_number(written):
    assert decimal(written) is None


@pytest.mark.parametrize(
    "written", ["по смете", "48.600.00", "-5", "1 2", "12 34 56", "1e9", "٣", "5 долларов", "0,500", "1,500", "0 500"]
)
def test_what_is_no_number_is_said_to_be_none(written):
    with pytest.raises(MappingError):
        decimal(written)


@pytest.mark.parametrize(
    "name",
    [
        "ИП Гафурова Зайнаб Исмоиловна",
        "ип «Гафурова»",
        "Индивидуальный предприниматель Юнусов К.",
        "Соҳибкори инфиродӣ Юсуфов",
        "Рахимов Далер Саидович",
        "Каримова Зебо Рустамовна",
    ],
)
def test_a_sole_trader_or_one_with_a_patronymic_is_a_person(name):
    assert is_person(name)


@pytest.mark.parametrize(
    "name", ["ООО «Ипак»", "ИПАК ЙУЛИ", "ГУП «Водоканал»", "ООО «Рахимов Далер Саидович»", "Ипотечный банк", ""]
)
def test_others_are_not_taken_for_persons(name):
    assert not is_person(name)


def test_who_is_named_with_a_number_is_registered():
    found = party(
        "030017745 ГУ «Школа-интернат» г. Гулистон", new_reading("tajikistan"), tajik="МД «Мактаб»", address="x"
    )

    assert (found.id, found.scheme, found.number) == ("TJ-TIN-030017745", "TJ-TIN", "030017745")
    assert (found.name.main, found.name.translations) == ("ГУ «Школа-интернат» г. Гулистон", (("tg", "МД «Мактаб»"),))
    assert found.address.street.main == "x"


def test_a_persons_number_and_address_are_not_told():
    found = party("530071846 ИП Гафурова З.", new_reading("tajikistan"), address="ул. Айни, д. 4")

    assert found.id.startswith("tj-person-")
    assert "530071846" not in str(found)
    assert found.address is None


@pytest.mark.parametrize("name", ["Саидзода Фаррух", "Рахимов Д. С.", "Д/Х «Рахимов»", "«Ситора»", "Аориф Саидов"])
def test_the_number_of_a_bidder_who_may_be_a_person_is_not_told(name):
    found = party_of("530071846", name, new_reading("tajikistan"), address="ул. Айни, д. 4")

    assert found.id.startswith("tj-party-")
    assert found.name.main == name
    assert "530071846" not in str(found)
    assert found.address is None


@pytest.mark.parametrize("name", ["ООО «Ипак»", "«ҶДММ Чӯбкор»", "ЗАО Рахимов", "КВД Водоканал", "Ҷдмм «Сафо»"])
def test_the_number_of_a_company_is_told(name):
    assert is_company(name)
    assert party_of("530071846", name, new_reading("tajikistan")).id == "TJ-TIN-530071846"


def test_a_number_of_another_register_is_not_told_and_reported():
    reading = new_reading("tajikistan")
    found = party("0300177451 ГУ «Музей»", reading)

    assert (found.number, found.name.main) == (None, "ГУ «Музей»")
    assert [problem.rule for problem in reading.problems] == ["party_number"]


def test_who_is_named_without_a_number_is_known_by_the_name():
    reading = new_reading("tajikistan")
    one, other = party("Отдел закупок", reading), party(" отдел  ЗАКУПОК", reading)

    assert one.id == other.id
    assert one.id.startswith("tj-name-")
    assert party("", reading) is None
    assert party_of("", "", reading) is None


def test_codes_are_found_by_their_names_in_both_languages():
    assert tables.row(tables.STATUSES, "опубликовано (приём заявок)").code == "active"
    assert tables.row(tables.STATUSES, "Бекор карда шуд").code == "cancelled"
    assert tables.row(tables.METHODS, "Озмуни кушода").code == "open"
    assert tables.row(tables.METHODS, "") is None
    with pytest.raises(MappingError, match=r"methods\.csv"):
        tables.row(tables.METHODS, "Иной способ")


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.name)
def test_no_name_has_two_codes(table):
    names = [(tables.folded(row.label), row.code) for row in table]

    assert len({name for name, _ in names}) == len(names)
