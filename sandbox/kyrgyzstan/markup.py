"""Pieces of the legacy portal's pages: labelled values, tables, forms, partial answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import escape

from sandbox.disguise import Disguise
from sandbox.kyrgyzstan import rates, texts

VIEW_STATE = "javax.faces.ViewState"
_XML = "<?xml version='1.0' encoding='UTF-8'?>\n"
Cell = tuple[str, str]
"""The name of a cell's label, and its content as markup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """In which language and dress pages are written."""

    language: str
    disguise: Disguise

    def label(self, name: str) -> str:
        """What stands beside a value."""
        return texts.labels()[name][self.language]

    def shows(self, name: str) -> bool:
        """Whether values with that label are not left out."""
        return self.disguise.omit not in {texts.labels()[name]["ru"], texts.labels()[name]["en"]}

    def amount(self, value: Decimal) -> str:
        """A sum: `1 234 567,50` with no-break spaces, or `1,234,567.50`."""
        if self.language == "en":
            return f"{value:,.2f}"
        text = f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")
        return text.removesuffix(",00")

    def long_time(self, when: datetime) -> str:
        """A time with the month in words."""
        months = texts.MONTHS_EN if self.language == "en" else texts.MONTHS_RU
        return f"{when:%d} {months[when.month - 1]} {when:%Y %H:%M}"

    # Pieces

    def pairs(self, values: Sequence[Cell]) -> str:
        """Labelled values in two columns."""
        shown = [(name, value) for name, value in values if self.shows(name)]
        return "".join(
            f'<div class="col-12 col-md-6"><span class="label">{escape(self.label(name))}</span>'
            f'<span class="text">{value}</span></div>\n'
            for name, value in self.disguise.columns(shown)
        )

    def block(self, title: str, content: str) -> str:
        """A part of a page with a heading."""
        return (
            f'<div class="container-content"><h3 class="block-title">{escape(self.label(title))}</h3>\n'
            f'<div class="row">\n{content}</div></div>\n'
        )

    def head(self, names: Sequence[str]) -> str:
        """The head of a table."""
        cells = (
            f'<th role="columnheader" class="ui-state-default"><span class="ui-column-title">'
            f"{escape(self.label(name))}</span></th>"
            for name in self.disguise.columns([name for name in names if self.shows(name)])
        )
        return f'<thead><tr role="row">{"".join(cells)}</tr></thead>'

    def row(self, cells: Sequence[Cell], *, index: int, key: str = "") -> str:
        """A row of a list: each cell has its label in it, hidden; some rows leave their cells unclosed."""
        end = "" if index % rates.UNCLOSED == rates.UNCLOSED - 1 else "</td>"
        shown = self.disguise.columns([(name, text) for name, text in cells if self.shows(name)])
        written = (
            f'<td role="gridcell"><span class="ui-column-title">{escape(self.label(name))}</span>{text}{end}'
            for name, text in shown
        )
        parity = "even" if index % 2 == 0 else "odd"
        mark = f' data-rk="{key}"' if key else ""
        kind = f"ui-widget-content ui-datatable-{parity} ui-datatable-selectable"
        return f'<tr data-ri="{index}"{mark} class="{kind}" role="row">{"".join(written)}</tr>\n'

    def empty(self, columns: int) -> str:
        """What stands in a table without rows."""
        nothing = escape(self.label("nothing"))
        return f'<tr class="ui-widget-content ui-datatable-empty-message"><td colspan="{columns}">{nothing}</td></tr>\n'

    def table(self, names: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
        """A plain table with a head."""
        shown = [name for name in names if self.shows(name)]
        lines = "".join(
            f"<tr>{''.join(f'<td>{line[name]}</td>' for name in self.disguise.columns(shown))}</tr>\n" for line in rows
        )
        head = "".join(f"<th>{escape(self.label(name))}</th>" for name in self.disguise.columns(shown))
        kind = "publicTableData display-table"
        return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table>\n'

    def page(self, title: str, content: str) -> str:
        """A whole page."""
        return (
            "<!DOCTYPE html>\n"
            f'<html xmlns="http://www.w3.org/1999/xhtml" lang="{self.language}"><head id="j_idt2">'
            f'<title>{escape(title)}</title><link type="text/css" rel="stylesheet" href="/popp/theme.css.xhtml" />'
            "</head><body>\n"
            '<div class="header"><a href="/popp/home.xhtml">Портал государственных закупок</a></div>\n'
            f'<div class="content">\n{content}</div>\n'
            '<div class="footer">Министерство финансов Кыргызской Республики</div>\n</body></html>\n'
        )


def form(form_id: str, action: str, state: str, content: str) -> str:
    """A form with the state of its page."""
    return (
        f'<form id="{form_id}" name="{form_id}" method="post" action="{action}" '
        'enctype="application/x-www-form-urlencoded">\n'
        f'<input type="hidden" name="{form_id}" value="{form_id}" />\n{content}'
        f'<input type="hidden" name="{VIEW_STATE}" id="j_id1:{VIEW_STATE}:0" value="{state}" autocomplete="off" />\n'
        "</form>\n"
    )


def submit(form_id: str, button: str, text: str) -> str:
    """A link that posts its form."""
    script = f"mojarra.jsfcljs(document.getElementById('{form_id}'),{{'{button}':'{button}'}},'');return false"
    return f'<a href="#" onclick="{script}">{escape(text)}</a>'


def widget(table: str, options: str) -> str:
    """The script that makes a table of markup a table of the portal's."""
    name = "widget_" + table.replace(":", "_")
    return (
        f'<script id="{table}_s" type="text/javascript">$(function(){{PrimeFaces.cw("DataTable","{name}",'
        f'{{id:"{table}",widgetVar:"{name}",{options}}});}});</script>\n'
    )


def paginator(table: str, rows: int, total: int) -> str:
    """The script of a table whose pages turn."""
    options = f"paginator:{{id:['{table}_paginator_bottom'],rows:{rows},rowCount:{total},page:0}}"
    return widget(table, f'{options},selectionMode:"single"')


def partial(updates: Mapping[str, str]) -> str:
    """A partial answer: pieces of the page by id."""
    written = "".join(f'<update id="{name}"><![CDATA[{text}]]></update>' for name, text in updates.items())
    return f'{_XML}<partial-response id="j_id1"><changes>{written}</changes></partial-response>'


def expired(path: str) -> str:
    """The partial answer where the page's state is gone."""
    view = path.removeprefix("/popp")
    return (
        f'{_XML}<partial-response id="j_id1"><error>'
        "<error-name>class javax.faces.application.ViewExpiredException</error-name>"
        f"<error-message><![CDATA[viewId:{view} - View {view} could not be restored.]]></error-message>"
        "</error></partial-response>"
    )
