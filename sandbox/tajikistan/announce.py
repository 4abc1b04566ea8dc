"""A notice's page: the head, four tabs, and the window of a lot."""

from html import escape

from sandbox.disguise import Disguise
from sandbox.tajikistan import refs
from sandbox.tajikistan.markup import frame, inputs, labelled, page_of, pager, panel, table
from sandbox.tajikistan.notices import Lot, Notice
from sandbox.tajikistan.view import View, counted

PATH = "/ru/announce/index/"
WINDOW = "/ru/announce/ajax_load_lot/"
TABS = {
    "general": "Общие сведения",
    "lots": "Лоты",
    "documents": "Разъяснение положений документации",
    "protocols": "Протоколы",
}
LOTS_A = (
    "№ пункта плана",
    "Наименование пункта плана",
    "Закупающая организация",
    "Дополнительная характеристика",
    "Кол-во",
    "Ед. изм.",
    "Сумма",
)
LOTS_B = (
    "№ п/п",
    "№ лота",
    "Закупающая организация",
    "Наименование",
    "Дополнительная характеристика",
    "Кол-во",
    "Ед. изм.",
    "Цена за единицу",
    "Сумма",
    "Статус",
)
QUESTIONS = ("№", "Вопрос", "Дата вопроса", "Автор", "Ответ", "Дата ответа")
PROTOCOLS = ("№", "Наименование протокола", "Дата формирования", "Файл")
BIDS = ("№ лота", "Наименование поставщика", "ИНН поставщика", "Цена поставщика", "Результат")
LOTS_SIZE = 10


def announce(view: View, notice: Notice, tab: str, page: str, disguise: Disguise) -> str:
    """A notice's page with one tab open."""
    tab = tab if tab in TABS else "general"
    content = {
        "general": lambda: _general(view, notice, disguise),
        "lots": lambda: _lots(view, notice, page, disguise),
        "documents": lambda: _questions(view, notice, disguise),
        "protocols": lambda: _protocols(view, notice, disguise),
    }[tab]()
    return frame(f"Объявление {notice.number}", f"{_head(view, notice, disguise)}\n{_tabs(tab)}\n{content}")


def _head(view: View, notice: Notice, disguise: Disguise) -> str:
    values = {
        "Номер объявления": notice.number,
        "Наименование объявления": view.title(notice)[0],
        "Статус объявления": refs.name("statuses", view.status(notice)),
        "Дата публикации объявления": view.published(notice),
        "Срок начала приема заявок": view.opens(notice),
        "Срок окончания приема заявок": view.closes(notice),
    }
    left = (
        '<div class="form-group"><label class="col-sm-4 control-label">Оставшееся время</label>'
        '<table><tr><td><div id="asNeeded" class="is-countdown"></div></td></tr></table></div>'
    )
    heading = f'<h4 style="text-align: center">Просмотр объявления № {notice.number}</h4>'
    return f'<div class="panel panel-default">{heading}\n{inputs(disguise, values)}\n{left}</div>'


def _tabs(active: str) -> str:
    links = "\n".join(
        f'<li role="presentation"{" class=" + chr(34) + "active" + chr(34) if tab == active else ""}>'
        f'<a href="?tab={tab}">{name}</a></li>'
        for tab, name in TABS.items()
    )
    return f'<ul class="nav nav-tabs" role="tablist">\n{links}\n</ul><br/>'


def _general(view: View, notice: Notice, disguise: Disguise) -> str:
    buyer, organiser, contact = notice.buyer, notice.organiser, notice.organiser.contact
    values = {
        "Метод закупки": refs.name("methods", notice.course.method),
        "Тип закупки": "Первая закупка" if notice.previous is None else "Повторная закупка",
        "Вид предмета закупки": refs.name("subjects", notice.subject),
        "Закупающая организация": f"{buyer.number} {buyer.name_ru}",
        "Юр. адрес закупающей организации": buyer.address,
        "Организатор": f"{organiser.number} {organiser.name_ru}",
        "Юр. адрес организатора": organiser.address,
        "Кол-во лотов в объявлении": str(notice.course.lots),
        "Сумма закупки": view.amount(notice),
    }
    people = {
        "ФИО представителя": contact.name,
        "Должность": contact.post,
        "Телефон": contact.phone,
        "E-Mail": contact.email,
        "Банковские реквизиты": f"Счет: {contact.account}, Банк: {contact.bank}",
    }
    return (
        panel("Общие сведения", labelled(disguise, values))
        + "\n"
        + panel("Информация об организаторе", labelled(disguise, people))
    )


def _button(notice: Notice, lot: Lot, text: str) -> str:
    return (
        f'<a href="#" class="btn-select-lot" data-lot-id="{lot.id}" data-anno="{notice.id}">\n'
        f"            {escape(text)}</a>"
    )


def _row_a(view: View, notice: Notice, place: int) -> list[str]:
    lot = notice.lots[place]
    return [
        lot.point,
        _button(notice, lot, lot.name_ru),
        escape(notice.buyer.name_ru),
        escape(lot.extra),
        counted(lot.quantity),
        escape(lot.item["unit"]),
        view.money(notice, lot.amount),
    ]


def _row_b(view: View, notice: Notice, place: int) -> list[str]:
    lot = notice.lots[place]
    return [
        str(place + 1),
        _button(notice, lot, notice.lot_number(place)),
        escape(notice.buyer.name_ru),
        escape(lot.name_ru),
        escape(lot.extra),
        counted(lot.quantity),
        escape(lot.item["unit"]),
        view.money(notice, lot.price),
        view.money(notice, lot.amount),
        escape(view.lot_status(notice, place)),
    ]


def _lots(view: View, notice: Notice, page_text: str, disguise: Disguise) -> str:
    pages = -(-len(notice.lots) // LOTS_SIZE)
    page = page_of(page_text, pages)
    places = range((page - 1) * LOTS_SIZE, min(page * LOTS_SIZE, len(notice.lots)))
    head, row = (LOTS_A, _row_a) if notice.layout == "A" else (LOTS_B, _row_b)
    found = table(
        disguise,
        head,
        [row(view, notice, place) for place in places],
        plain_head=notice.has_plain_head,
        open_cells=notice.has_open_cells,
    )
    window = '<div class="modal fade"><div class="modal-body modal-body-lot"></div></div>'
    return panel("Лоты", f"{found}\n{pager('?tab=lots&', page, pages)}") + window


def _questions(view: View, notice: Notice, disguise: Disguise) -> str:
    rows = [
        [
            str(place),
            escape(question.text),
            asked,
            escape(question.author.contact.name),
            escape(answer),
            when,
        ]
        for place, (question, asked, answer, when) in enumerate(view.questions(notice), 1)
    ]
    content = table(disguise, QUESTIONS, rows) if rows else "<p>Вопросов нет</p>"
    return panel(TABS["documents"], content)


def _protocols(view: View, notice: Notice, disguise: Disguise) -> str:
    rows = [
        [str(place), escape(name), made, f'<a href="/files/download_file/{file}/">{escape(name)}.pdf</a>']
        for place, (name, made, file) in enumerate(view.protocols(notice), 1)
    ]
    if not rows:
        return panel(TABS["protocols"], "<p>Протоколов нет</p>")
    return panel(TABS["protocols"], table(disguise, PROTOCOLS, rows) + _bids(view, notice, disguise))


def _bids(view: View, notice: Notice, disguise: Disguise) -> str:
    rows = [
        [
            notice.lot_number(bid.lot) if notice.layout == "B" else notice.lots[bid.lot].point,
            escape(bid.supplier.name_ru),
            bid.supplier.number,
            view.money(notice, bid.price),
            "Победитель" if bid.is_winner else "Участник",
        ]
        for bid in view.bids(notice)
    ]
    return "\n" + table(disguise, BIDS, rows) if rows else ""


def window(view: View, notice: Notice, lot: Lot, disguise: Disguise) -> str:
    """The window of a lot: a piece of a page."""
    values = {
        "№ пункта плана": lot.point,
        "Закупающая организация": notice.buyer.name_ru,
        "Наименование пункта плана": lot.name_ru,
        "Вид предмета закупки": refs.name("subjects", notice.subject),
        "Наименование CPV": lot.item["name_ru"],
        "Код CPV": f"{lot.item['code']} {lot.item['name_ru']}",
        "Дополнительная характеристика": lot.extra,
        "Количество": counted(lot.quantity),
        "Единица измерения": lot.item["unit"],
        "Цена за единицу": view.money(notice, lot.price),
        "Сумма": view.money(notice, lot.amount),
        "Место поставки": lot.place,
        "Срок поставки": lot.term,
    }
    return labelled(disguise, values)
