"""The list of notices: ten columns, filters by query, and a last page that comes again and again."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from sandbox.disguise import Disguise
from sandbox.tajikistan import refs
from sandbox.tajikistan.markup import frame, page_of, pager, table
from sandbox.tajikistan.notices import Notice
from sandbox.tajikistan.view import View

PATH = "/ru/searchanno"
SIZE = 10
HEAD = (
    "№",
    "Организатор",
    "Закупающая организация",
    "Название объявления",
    "Метод закупки",
    "Вид предмета закупки",
    "Дата начала приема заявок",
    "Дата окончания приема заявок",
    "Кол-во лотов",
    "Статус",
)
_Test = Callable[[View, Notice, str], bool]


def _holds(text: str, wanted: str) -> bool:
    return wanted.casefold() in text.casefold()


_FILTERS: Mapping[str, _Test] = {
    "numberAnno": lambda _, notice, wanted: wanted in notice.number,
    "titleAnno": lambda view, notice, wanted: _holds(view.title(notice)[0], wanted),
    "binname": lambda _, notice, wanted: _holds(f"{notice.organiser.number} {notice.organiser.name_ru}", wanted),
    "Uname": lambda _, notice, wanted: _holds(notice.buyer.name_ru, wanted),
    "methodz": lambda _, notice, wanted: notice.course.method == wanted,
    "statuses": lambda view, notice, wanted: str(view.status(notice)) == wanted,
    "years": lambda _, notice, wanted: str(notice.year) == wanted,
    "purch": lambda _, notice, wanted: notice.subject == wanted,
    "region_supply": lambda _, notice, wanted: notice.buyer.place["code"] == wanted,
    "date_start": lambda view, notice, wanted: view.opens(notice) >= wanted,
    "date_end": lambda view, notice, wanted: view.closes(notice) <= wanted,
}


def _found(view: View, query: Mapping[str, str]) -> list[Notice] | None:
    """The notices that meet every filter; nothing, where no filter is set."""
    wanted = [(_FILTERS[name], value) for name, value in query.items() if name in _FILTERS and value.strip()]
    if not wanted:
        return None
    return [notice for notice in view.newest_first() if all(test(view, notice, value) for test, value in wanted)]


def _slice(view: View, found: list[Notice] | None, page: int) -> Sequence[Notice]:
    first = (page - 1) * SIZE
    if found is not None:
        return found[first : first + SIZE]
    top = view.count - 1 - first
    return [view.notices.notice(index) for index in range(top, max(-1, top - SIZE), -1)]


def _row(view: View, notice: Notice) -> list[str]:
    russian, tajik = view.title(notice)
    names = "\n            ".join(f"<div>{escape(name)}</div>" for name in (russian, tajik) if name)
    link = f'<a href="/ru/announce/index/{notice.id}" target="_blank">\n            {names}\n        </a>'
    return [
        notice.number if notice.has_number else "",
        escape(notice.organiser.name_ru),
        escape(notice.buyer.name_ru),
        link,
        escape(refs.name("methods", notice.course.method)),
        escape(refs.name("subjects", notice.subject)),
        view.opens(notice),
        view.closes(notice),
        str(notice.course.lots),
        escape(refs.name("statuses", view.status(notice))),
    ]


def _select(name: str, label: str, options: Sequence[tuple[str, str]]) -> str:
    choices = "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options)
    return (
        f'<div class="form-group"><label for="s2_{name}"><b>{label}</b></label>'
        f'<select id="s2_{name}" name="{name}" class="form-control input-sm"><option></option>{choices}</select></div>'
    )


def _input(name: str, label: str, query: Mapping[str, str]) -> str:
    return (
        f'<div class="form-group"><label for="{name}"><b>{label}</b></label>'
        f'<input type="text" name="{name}" value="{escape(query.get(name, ""))}" id="{name}" '
        f'class="form-control input-sm" placeholder="{label}"/></div>'
    )


def _form(query: Mapping[str, str]) -> str:
    def named(table_: str) -> list[tuple[str, str]]:
        return [(row["code"], row["name_ru"]) for row in refs.rows(table_)]

    fields = (
        _input("numberAnno", "Номер объявления", query),
        _input("titleAnno", "Название объявления", query),
        _input("binname", "Организатор", query),
        _input("Uname", "Закупающая организация", query),
        _select("methodz", "Метод закупки", named("methods")),
        _select("statuses", "Статус объявления", named("statuses")),
        _select("purch", "Вид предмета закупки", named("subjects")),
        _select("region_supply", "Регион поставки", named("places")),
        _select("years", "Год", [("2026", "2026")]),
        _input("date_start", "Дата начала приема заявок", query),
        _input("date_end", "Дата окончания приема заявок", query),
    )
    button = '<button type="submit" name="filter_anno" value="Y" class="btn btn-primary">Найти</button>'
    return f'<form id="formFilter" method="get" action="{PATH}">' + "\n".join(fields) + button + "</form>"


def search(view: View, query: Mapping[str, str], disguise: Disguise, disorder: str | None = None) -> str:
    """A page of the list."""
    found = _found(view, query)
    count = view.count if found is None else len(found)
    pages = max(1, -(-count // SIZE))
    page = page_of(query.get("page", "1"), pages)
    rows = [] if disorder == "empty_list" else [_row(view, notice) for notice in _slice(view, found, page)]
    kept = urlencode({name: value for name, value in query.items() if name != "page" and value})
    content = (
        f"<h4>Поиск объявлений</h4>\n{_form(query)}\n"
        f'<div class="panel panel-default"><div class="panel-heading"><h4>Результаты поиска</h4></div>\n'
        f"{table(disguise, HEAD, rows)}</div>\n{pager(f'{PATH}?{kept}&', page, pages)}"
    )
    return frame("Поиск объявлений", content)
