"""A client of Tajikistan's stand-in that needs no HTTP, and reads its pages by its own simple means."""

from html.parser import HTMLParser
from typing import Any

from sandbox.exchange import Asked
from sandbox.portal import Options
from sandbox.tajikistan import open_services

Row = list[str]
_CELLS = {"td", "th"}


class _Tables(HTMLParser):
    """The tables of a page as rows of texts; an open cell ends where the next one begins."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[Row]] = []
        self.links: list[dict[str, str]] = []
        self.inputs: dict[str, str] = {}
        self._label: str | None = None
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in _CELLS:
            self._into = self.tables[-1][-1]
            self._into.append("")
        elif tag == "a":
            self.links.append(fields)
        elif tag == "label":
            self._label = ""
        elif tag == "input" and self._label is not None:
            self.inputs[self._label.strip()] = fields.get("value", "")
            self._label = None

    def handle_endtag(self, tag: str) -> None:
        if tag in {*_CELLS, "tr", "table"}:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data
        elif self._label is not None:
            self._label += data


class Seen(_Tables):
    """What a reader sees of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.feed(page)
        self.close()
        self.tables = [[[" ".join(cell.split()) for cell in row] for row in table] for table in self.tables]

    def pairs(self) -> dict[str, str]:
        """Labelled values of all rows of two cells."""
        return {row[0]: row[1] for table in self.tables for row in table if len(row) == 2}

    def rows(self, label: str) -> list[dict[str, str]]:
        """The rows of the first table that has a column of that label."""
        for head, *rows in filter(None, self.tables):
            if label in head:
                return [dict(zip(head, row, strict=True)) for row in rows]
        return []


class TajikDesk:
    """Asks the services directly."""

    def __init__(self, **options: Any) -> None:
        self.services = open_services(Options(**options))

    def text(self, url: str, **form: str) -> str:
        body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
        reply = self.services.respond(Asked.of("POST" if form else "GET", url, body=body))
        assert reply.status == 200, url
        return reply.body.decode()

    def seen(self, url: str, **form: str) -> Seen:
        return Seen(self.text(url, **form))

    def list(self, query: str = "") -> list[dict[str, str]]:
        """All rows of the list, each with the id of its notice."""
        found: list[dict[str, str]] = []
        page = 1
        while True:
            seen = self.seen(f"/ru/searchanno?{query}&page={page}")
            ids = [link["href"].rpartition("/")[2] for link in seen.links if "/announce/index/" in link.get("href", "")]
            found += [{"id": id_, **row} for id_, row in zip(ids, seen.rows("Статус"), strict=True)]
            page += 1
            if not any(link.get("href", "").endswith(f"page={page}") for link in seen.links):
                return found
