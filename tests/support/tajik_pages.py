"""Pages in the manner of Tajikistan's portal, written for the tests: any labels, any columns, two kinds of header."""

from html import escape

HEAD = {
    "Номер объявления": "418900-1",
    "Наименование объявления": "Мебель для учебных классов",
    "Статус объявления": "Опубликовано (прием заявок)",
    "Дата публикации объявления": "2026-10-02 14:21:09",
    "Срок начала приема заявок": "2026-10-05 09:00:00",
    "Срок окончания приема заявок": "2026-10-20 10:00:00",
}
GENERAL = {
    "Метод закупки": "Запрос котировок",
    "Тип закупки": "Первая закупка",
    "Вид предмета закупки": "Товар",
    "Закупающая организация": "030017745 ГУ «Школа-интернат» г. Гулистон",
    "Организатор": "030017745 ГУ «Школа-интернат» г. Гулистон",
    "Юр. адрес организатора": "г. Гулистон, ул. Айни, д. 4",
    "Кол-во лотов в объявлении": "1",
    "Сумма закупки": "48 600.00",
}
PEOPLE = {"ФИО представителя": "Шарифзода Мадина Нуриддиновна", "Телефон": "221-00-17", "E-Mail": "m@idora.example.tj"}
ROW = {
    "№": "418900-1",
    "Организатор": "ГУ «Школа-интернат»",
    "Закупающая организация": "ГУ «Школа-интернат»",
    "Название объявления": (
        '<a href="/ru/announce/index/418900"><div>Мебель для классов</div><div>Мизу курсӣ барои синфхонаҳо</div></a>'
    ),
    "Метод закупки": "Запрос котировок",
    "Вид предмета закупки": "Товар",
    "Дата начала приема заявок": "2026-10-05 09:00:00",
    "Дата окончания приема заявок": "2026-10-20 10:00:00",
    "Кол-во лотов": "1",
    "Статус": "Опубликовано",
}
BUTTON = '<a href="#" class="btn-select-lot" data-lot-id="911001" data-anno="418900">{}</a>'
LOT_A = {
    "№ пункта плана": "2026-7751",
    "Наименование пункта плана": BUTTON.format("Стол ученический"),
    "Закупающая организация": "ГУ «Школа-интернат»",
    "Дополнительная характеристика": "двухместный",
    "Кол-во": "60",
    "Ед. изм.": "Штука",
    "Сумма": "48 600.00",
}
LOT_B = {
    "№ п/п": "1",
    "№ лота": BUTTON.format("911001-Т1"),
    "Закупающая организация": "ГУ «Школа-интернат»",
    "Наименование": "Стол ученический",
    "Дополнительная характеристика": "двухместный",
    "Кол-во": "60",
    "Ед. изм.": "Штука",
    "Цена за единицу": "810.00",
    "Сумма": "48 600.00",
    "Статус": "Прием заявок",
}
WINDOW = {
    "№ пункта плана": "2026-7751",
    "Закупающая организация": "ГУ «Школа-интернат»",
    "Наименование пункта плана": "Стол ученический",
    "Наименование CPV": "Парты школьные",
    "Код CPV": "39161100-9 Парты школьные",
    "Дополнительная характеристика": "двухместный",
    "Количество": "60",
    "Единица измерения": "Штука",
}
QUESTION = {
    "№": "1",
    "Вопрос": "Допускаются ли столы из металла?",
    "Дата вопроса": "2026-10-07 11:02:40",
    "Автор": "Олимов Баходур Сафарович",
    "Ответ": "Да.",
    "Дата ответа": "2026-10-08 09:30:00",
}
PROTOCOL = {
    "№": "1",
    "Наименование протокола": "Протокол итогов",
    "Дата формирования": "2026-10-28 12:40:21",
    "Файл": '<a href="/files/download_file/5401773/">Протокол итогов.pdf</a>',
}
RESULT = {
    "№ лота": "911001-Т1",
    "Наименование поставщика": "ООО «Мебельсоз»",
    "ИНН поставщика": "110044120",
    "Цена поставщика": "46 800.00",
    "Результат": "Победитель",
}
TABS = {
    "Общие сведения": "general",
    "Лоты": "lots",
    "Разъяснение положений документации": "documents",
    "Протоколы": "protocols",
}


def table(*rows, plain_head=False, open_cells=False):
    """A table of rows, each a mapping of headers to markup; all have the same headers."""
    cell, end = ("td" if plain_head else "th"), ("" if open_cells else "</td>")
    head = "".join(f"<{cell}>{escape(label)}</{cell}>" for label in rows[0])
    body = "".join("<tr>" + "".join(f"<td> {value}{end}" for value in row.values()) + "</tr>" for row in rows)
    return f'<table class="table"><tr>{head}</tr>{body}</table>'


def labelled(values):
    """A table of labelled values, one a row."""
    rows = "".join(f"<tr><th>{escape(label)}</th><td>{escape(text)}</td></tr>" for label, text in values.items())
    return f"<table>{rows}</table>"


def inputs(values):
    """Labelled values in fields."""
    return "".join(
        f'<div class="form-group"><label>{escape(label)}</label><div><input type="text" value="{escape(text)}"/></div>'
        "</div><br/>"
        for label, text in values.items()
    )


def pager(address, page, pages):
    """Links to other pages; the page itself is not linked."""
    links = "".join(
        f"<li><a>{each}</a></li>" if each == page else f'<li><a href="{address}page={each}">{each}</a></li>'
        for each in range(1, pages + 1)
    )
    return f"<ul>{links}</ul>"


def html(content, metas=""):
    """A whole page."""
    return f"<!DOCTYPE html><html><head>{metas}<title>Портал</title></head><body>{content}</body></html>"


def announcement(content="", head=None, tabs=None):
    """An announcement's page with one tab open."""
    links = "".join(
        f'<li><a href="?tab={tab}">{text}</a></li>' for text, tab in (TABS if tabs is None else tabs).items()
    )
    title = "<h4>Просмотр объявления № 418900-1</h4>"
    return html(f"{title}{inputs(HEAD if head is None else head)}<ul>{links}</ul>{content}")


def general(values=None, people=None):
    """The tab with the general data."""
    return (
        "<div><b>Общие сведения</b></div>"
        + labelled(GENERAL if values is None else values)
        + labelled(PEOPLE if people is None else people)
    )
