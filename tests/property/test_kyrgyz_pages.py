"""Pages of Kyrgyzstan's legacy portal in any dress: only what they say matters."""

from hypothesis import given
from hypothesis import strategies as st

from extractors.kyrgyzstan import lists
from extractors.kyrgyzstan.labels import labels
from extractors.kyrgyzstan.orders import order_page
from extractors.kyrgyzstan.values import end_of, moment, normal
from tests.support import kyrgyz_pages as pages

TABLE = "j_idt82:j_idt83:table"
COLUMNS = {
    "№": "26091758694861",
    "Наименование организации": "Школа № 5",
    "Вид закупок": "Товары",
    "Наименование закупки": "Бумага",
    "": '<a href="view.xhtml?id=58694861"><i></i></a>',
    "Метод закупок": "Одноэтапный",
    "Планируемая сумма": "1 234 567",
    "Дата опубликования": "17.09.2026 12:33",
    "Срок подачи конкурсных заявок": "22.09.2026 14:20",
}
VALUES = {
    "Номер": "26091758694861",
    "Наименование закупки": "Бумага",
    "Закупающая организация": "Школа № 5",
    "Формат закупок": "Открытый",
    "Метод закупок": "Одноэтапный",
    "Планируемая сумма": "1 234 567",
    "Дата публикации": "17 сентября 2026 12:33",
    "Срок подачи конкурсных заявок": "22 сентября 2026 14:20",
    "Срок действия конкурсных заявок": "60 дней",
    "Статус": "Опубликован",
}
LOT = (
    ("№", "L001-01"),
    ("Наименование лота", "Бумага А4"),
    ("Сумма", "1 234 567"),
    ("Адрес и Место поставки", "Бишкек"),
    ("Сроки поставки товара", "30 дней"),
)
SEEDS = st.integers(0, 10**6)


def row_of(columns, seed=None):
    listing = lists.orders(None)
    html, piece = (
        pages.list_page(columns),
        pages.partial(TABLE, [pages.row(columns, closed=seed is None or seed % 2 > 0)]),
    )
    if seed is not None:
        html, piece = pages.in_another_dress(html, seed), pages.in_another_dress(piece, seed)
    listing.request("", listing.session(html))
    (fields,) = listing.page(piece).objects
    return fields


def order_of(values, lot, seed=None):
    html = pages.order_page(values, {}, [lot])
    (fields,) = (
        order_page("58694861", with_items=True)
        .page(html if seed is None else pages.in_another_dress(html, seed))
        .objects
    )
    return fields


@given(order=st.permutations(list(COLUMNS.items())), seed=SEEDS)
def test_a_row_says_the_same_in_any_dress(order, seed):
    assert row_of(dict(order), seed) == row_of(COLUMNS)


@given(order=st.permutations(list(VALUES.items())), lot=st.permutations(LOT), seed=SEEDS)
def test_an_order_says_the_same_in_any_dress(order, lot, seed):
    assert order_of(dict(order), lot, seed) == order_of(VALUES, LOT)


@given(label=st.sampled_from([label for label in COLUMNS if label]), seed=SEEDS)
def test_a_column_that_is_gone_is_missed(label, seed):
    columns = {name: value for name, value in COLUMNS.items() if name != label}

    assert row_of(columns, seed)["missing"] == [labels().name("row", label)]


@given(label=st.sampled_from(list(VALUES)), seed=SEEDS)
def test_a_value_that_is_gone_is_missed(label, seed):
    values = {name: value for name, value in VALUES.items() if name != label}

    assert order_of(values, LOT, seed)["missing"] == [labels().name("order", label)]


@given(label=st.sampled_from([label for label, _ in LOT]))
def test_a_column_of_the_lots_that_is_gone_is_missed(label):
    lot = [(name, value) for name, value in LOT if name != label]

    assert order_of(VALUES, lot)["missing"] == [f"lots/{labels().name('lot', label)}"]


@given(st.text())
def test_a_new_label_is_kept_and_reported(text):
    label = f"Новое {normal(text)}".strip()
    fields = order_of(VALUES | {label: "7"}, LOT)

    assert fields["unread"] == [{"label": label, "value": "7"}]


@given(
    st.text()
    | st.from_regex(r"\d{1,2}\.\d{1,2}\.\d{4}( \d{1,2}:\d{2})?|\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?", fullmatch=True)
)
def test_no_text_is_too_strange_for_a_time(text):
    time = moment(text)

    assert end_of(text) is None if time is None else end_of(text) >= time
