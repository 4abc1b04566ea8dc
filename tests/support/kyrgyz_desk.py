"""A browser of the Kyrgyz stand-in that needs no HTTP: it keeps cookies, follows redirects, posts forms."""

import json
import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sandbox.exchange import Asked, Reply
from sandbox.kyrgyzstan.services import Kyrgyzstan
from sandbox.portal import Options

LISTS = {
    "order": "/popp/view/order/list.xhtml",
    "winner": "/popp/view/order/winners.xhtml",
    "single": "/popp/view/order/single_source_procurement.xhtml",
    "central": "/popp/view/order/centralized_procurement.xhtml",
    "entity": "/popp/view/services/registry/procurementEntities.xhtml",
    "supplier": "/popp/view/services/registry/suppliers.xhtml",
}
STATE = "javax.faces.ViewState"


def amount(text: str) -> Decimal:
    return Decimal(text.replace("\xa0", "").replace(" ", "").replace(",", "."))


class Desk:
    """Asks, and reads the answers."""

    def __init__(self, *, language: str = "ru", services: Kyrgyzstan | None = None, **options: Any) -> None:
        self.services = services or Kyrgyzstan(Options(**options))
        self.cookies = {"zakupki_locale": language} if language else {}

    # The new portal

    def get(self, url: str) -> Any:
        reply = self.services.respond(Asked.of("GET", url))
        assert reply.status == 200, (url, reply.body)
        return json.loads(reply.body, parse_float=Decimal)

    def notices(self, rows: int = 100) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(f"/api/public_tender/published?first={len(found)}&rows={rows}")
            found += page["content"]
            if page["last"]:
                assert len(found) == page["totalElements"]
                return found

    # The legacy portal

    def send(self, url: str, form: dict[str, str] | None = None, **more: Any) -> Reply:
        body = urlencode(form).encode() if form is not None else b""
        asked = Asked.of("GET" if form is None else "POST", url, body=body, cookies=dict(self.cookies), **more)
        reply = self.services.respond(asked)
        for name, value in reply.headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return reply

    def page(self, url: str, form: dict[str, str] | None = None) -> str:
        """A page, after redirects."""
        reply = self.send(url, form)
        while reply.status == 302:
            reply = self.send(dict(reply.headers)["Location"])
        assert reply.status == 200, url
        return reply.body.decode()

    def ajax(self, url: str, form: dict[str, str]) -> str:
        reply = self.send(url, {"javax.faces.partial.ajax": "true", **form})
        assert reply.content_type.startswith("text/xml")
        return reply.body.decode()

    def turn(self, kind: str, html: str, first: int, rows: int) -> str:
        """Rows of a list from a place on."""
        table, form = table_of(html), form_of(html)
        asked = {
            "javax.faces.source": table,
            "javax.faces.partial.execute": table,
            "javax.faces.partial.render": table,
            f"{table}_pagination": "true",
            f"{table}_first": str(first),
            f"{table}_rows": str(rows),
            f"{table}_encodeFeature": "true",
        }
        return self.ajax(LISTS[kind], asked | form)

    def walk(self, kind: str, rows: int = 500) -> list[dict[str, str]]:
        """All rows of a list, each by label, with its key as `rk`."""
        html = self.page(LISTS[kind])
        total = int(re.search(r"rowCount:(\d+)", html)[1])
        found: list[dict[str, str]] = []
        while len(found) < total:
            found += rows_of(update(self.turn(kind, html, len(found), rows)))
        assert len(found) == total
        return found

    def order(self, number: str | int) -> str:
        """An announcement's page; asked again where the session ended between its two requests."""
        html = self.page(f"/popp/view/order/view.xhtml?id={number}")
        return html if STATE in html else self.page(f"/popp/view/order/view.xhtml?id={number}")

    def items(self, html: str, index: int) -> list[dict[str, str]]:
        """The items of a lot, from below its row."""
        table = table_of(html)
        asked = {
            "javax.faces.source": table,
            f"{table}_rowExpansion": "true",
            f"{table}_expandedRowIndex": str(index),
        }
        return table_rows(update(self.ajax(action_of(html), asked | form_of(html))))

    def press(self, html: str, text: str) -> str:
        """The page that a link leads to that posts its form."""
        link = re.search(rf"\{{'([^']+)':'[^']+'\}},''\);return false\">{re.escape(text)}</a>", html)
        return self.page(action_of(html), form_of(html) | {link[1]: link[1]})


def table_of(html: str) -> str:
    return re.search(r'PrimeFaces\.cw\("DataTable","[^"]+",\{id:"([^"]+)"', html)[1]


def _form(html: str) -> LexborNode:
    forms = LexborHTMLParser(html).css("form")
    return max(forms, key=lambda form: len(form.html or ""))


def form_of(html: str) -> dict[str, str]:
    fields = _form(html).css("input[name]")
    return {field.attributes["name"] or "": field.attributes.get("value") or "" for field in fields}


def action_of(html: str) -> str:
    return _form(html).attributes["action"] or ""


def update(xml: str) -> str:
    """The piece of the page that an answer brings."""
    pieces = re.findall(r'<update id="([^"]+)"><!\[CDATA\[(.*?)\]\]></update>', xml, re.DOTALL)
    return next(text for name, text in pieces if STATE not in name)


def rows_of(rows: str) -> list[dict[str, str]]:
    """Rows of cells that carry their label."""
    found = []
    for row in LexborHTMLParser(f"<table><tbody>{rows}</tbody></table>").css("tr[data-ri]"):
        cells = {"rk": row.attributes.get("data-rk") or ""}
        for cell in row.css("td[role=gridcell]"):
            label = cell.css_first("span")
            name = label.text()
            label.decompose()
            cells[name] = cell.text(separator="\n" if cell.css("br") else "").strip()
        found.append(cells)
    return found


def pairs_of(html: str) -> dict[str, str]:
    found = LexborHTMLParser(html).css("div.col-12 > span.label")
    return {label.text(): label.next.text() for label in found}


def table_rows(html: str) -> list[dict[str, str]]:
    """Rows of the first plain table."""
    table = LexborHTMLParser(f"<table>{html}</table>").css_first("table.publicTableData")
    names = [head.text() for head in table.css("th")]
    rows = [[cell.text() for cell in row.css("td")] for row in table.css("tr")]
    return [dict(zip(names, cells, strict=True)) for cells in rows if cells]


def lots_of(html: str) -> list[dict[str, str]]:
    rows = LexborHTMLParser(html).css("tbody.ui-datatable-data tr")
    cells = ([cell for cell in row.css("td") if cell.css_first("span.bold")] for row in rows)
    return [{cell.css_first("span.label").text(): cell.css_first("span.bold").text() for cell in row} for row in cells]
