"""Times, amounts and words, in every form that the sources have."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from extractors.kyrgyzstan.values import purchase
from ocds_schema.errors import MappingError
from ocds_schema.model import Money
from tests.support.countries import new_reading
from transformers.kyrgyzstan import money
from transformers.kyrgyzstan.tables import stage_by_words
from transformers.kyrgyzstan.times import moment, newest
from transformers.kyrgyzstan.words import is_marked, normal, without_mark

READING = new_reading("kyrgyzstan")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("2026-09-17 12:33", "2026-09-17T12:33:00+06:00"),
        ("2021-03-01T10:00:00.123+06:00", "2021-03-01T10:00:00+06:00"),
        ("2021-03-01T04:00:00Z", "2021-03-01T10:00:00+06:00"),
        ("2021-03-01T10:00:00", "2021-03-01T10:00:00+06:00"),
        ("2018-12-13 21:02:53.498", "2018-12-13T21:02:53+06:00"),
        ("2026-10-05", "2026-10-05T00:00:00+06:00"),
        ("26.08.2026 14:20", "2026-08-26T14:20:00+06:00"),
        ("01.09.2026", "2026-09-01T00:00:00+06:00"),
        ("9 октября 2026 14:23", "2026-10-09T14:23:00+06:00"),
        ("09 October 2026 14:23", "2026-10-09T14:23:00+06:00"),
        ("16 мая 2026 г., 10:00", "2026-05-16T10:00:00+06:00"),
    ],
)
def test_a_time_is_read_in_every_form(raw: str, read: str) -> None:
    found = moment(raw, READING)

    assert found is not None
    assert found.isoformat() == read


@pytest.mark.parametrize(
    "raw", ["вчера", "31.02.2026", "2026-13-01", "9 брюмера 2026", "1.2", 20260917, ["2026-01-01"]]
)
def test_what_is_no_time_is_refused(raw: object) -> None:
    with pytest.raises(MappingError):
        moment(raw, READING)


def test_the_newest_time_is_not_one_of_the_future() -> None:
    stated = ["2026-09-17 12:33", None, "nonsense", "2027-01-01 00:00", "2026-09-16 12:33"]

    assert newest(stated, READING) == datetime(2026, 9, 17, 6, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "amount", "currency"),
    [
        ("1 234 567", "1234567", "KGS"),
        ("1\u00a0234\u00a0567,50", "1234567.50", "KGS"),
        ("1,234,567.00", "1234567.00", "KGS"),
        ("1.234.567,5", "1234567.5", "KGS"),
        ("1.234,56", "1234.56", "KGS"),
        ("500 000.", "500000", "KGS"),
        ("1,234", "1234", "KGS"),
        ("12000,50 сом", "12000.50", "KGS"),
        ("1 250 000 USD", "1250000", "USD"),
        ("0.1234", "0.1234", "KGS"),
    ],
)
def test_an_amount_is_read_as_the_pages_write_it(raw: str, amount: str, currency: str) -> None:
    assert money.of_text(raw, READING) == Money(amount=Decimal(amount), currency=currency)


@pytest.mark.parametrize("raw", ["xxxx", "ХХХХ", "", None, "0", "0,00"])
def test_a_hidden_price_and_a_zero_are_none(raw: str | None) -> None:
    assert money.of_text(raw, READING) is None


@pytest.mark.parametrize(
    "raw",
    [
        "около миллиона",
        "12345,678",
        "1 2 шт",
        "5 %",
        "-5",
        "1,2,3",
        "0,500",
        "1.500",
        "100 50",
        "1 000 20 000",
        "0 500",
    ],
)
def test_what_is_no_amount_is_refused(raw: str) -> None:
    with pytest.raises(MappingError):
        money.of_text(raw, READING)


@pytest.mark.parametrize(("raw", "read"), [("482,6", "482.6"), ("1 482,600", None), ("12", "12"), ("482,600", None)])
def test_a_quantity_that_may_be_thousands_or_thousandths_is_refused(raw: str, read: str | None) -> None:
    if read is not None:
        assert money.plain(raw, READING) == Decimal(read)
        return
    with pytest.raises(MappingError):
        money.plain(raw, READING)


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Покупка мебели (повторно)", "Покупка мебели"),
        ("Покупка мебели (Повторно).", "Покупка мебели"),
        ("Покупка мебели - ПОВТОРНЫЙ", "Покупка мебели"),
        ("Эмерек сатып алуу (кайталап)", "Эмерек сатып алуу"),
        ("Покупка мебели (повторно) повторно", "Покупка мебели"),
    ],
)
def test_the_mark_of_a_repeat_is_taken_from_the_end(title: str, bare: str) -> None:
    assert without_mark(title) == bare
    assert is_marked(title)


@pytest.mark.parametrize("title", ["Повторно использованная тара", "Ремонт школы", "Школа им. Айкайра"])
def test_other_words_are_no_mark(title: str) -> None:
    assert not is_marked(title)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (('\t Учреждение "Школа №1"', "Покупка мебели"), ("учреждение «Школа № 1»", "Покупка  мебели (повторно).")),
        (("Отдел", "Приём ёлок"), ("ОТДЕЛ", "Прием елок, повторно")),
    ],
)
def test_the_harvest_and_the_mapping_know_one_purchase_by_the_same_rule(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert purchase(*one) == purchase(*other)
    assert normal(one[0]) == normal(other[0])
    assert normal(without_mark(one[1])) == normal(without_mark(other[1]))


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ("Отменён", "cancelled"),
        ("Алынып салынган", "cancelled"),
        ("Bids disclosed", "bidsOpened"),
        ("Pending - contract signing", "contractSignPending"),
        ("НЕ СОСТОЯЛСЯ", "unsuccessful"),
    ],
)
def test_a_stage_is_known_by_its_words_in_any_language(words: str, stage: str) -> None:
    row = stage_by_words(words)

    assert row is not None
    assert row.source_code == stage
