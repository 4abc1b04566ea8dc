"""Real pages of the sibling portal fms.ecc.kz, read where they are present, against a plain parser of our own."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from extractors.pages import clean, fold
from extractors.tajikistan import listings, parsers

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "tj"
FMS = SAMPLES / "analogy_fms.ecc.kz"

pytestmark = pytest.mark.skipif(not FMS.is_dir(), reason="pages of the sibling portal are not beside the repository")


class Plain(HTMLParser):
    """Rows of cells, and labels with the fields after them, as they stand in the text."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.fields, self.links = [], {}, []
        self._cell = self._label = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self._cell = [tag, ""]
            self.rows[-1].append(self._cell)
        elif tag == "label":
            self._label = ""
        elif tag == "input" and self._label and given.get("type") == "text":
            self.fields[clean(self._label)] = clean(given.get("value") or "")
            self._label = None
        elif tag == "a":
            self.links.append(given.get("href") or "")

    def handle_endtag(self, tag):
        if tag in {"td", "th", "tr", "table"}:
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell[1] += data
        elif self._label is not None:
            self._label += data

    def labelled(self):
        """Rows of one label and one value."""
        return {clean(row[0][1]): clean(row[1][1]) for row in self.rows if [cell[0] for cell in row] == ["th", "td"]}

    def under(self, header):
        """The rows below the header that holds a text."""
        place = next(place for place, row in enumerate(self.rows) if header in [clean(cell[1]) for cell in row])
        return [[clean(cell[1]) for cell in row] for row in self.rows[place + 1 :] if len(row) > 1]


def page(name):
    text = (FMS / name).read_text(encoding="utf-8")
    return parsers.read_page(text), Plain(text)


def values(body):
    """All texts of a document, those without a known label too."""
    found = [body] if isinstance(body, str) else []
    members = body.values() if isinstance(body, dict) else body if isinstance(body, list) else []
    return [*found, *(text for member in members for text in values(member))]


def test_the_list_has_ten_announcements_with_every_value():
    reading, plain = page("search.html")
    rows = parsers.notices(reading)

    expected = plain.under("Название объявления")
    assert len(rows) == len(expected) == 10
    assert [row["id"] for row in rows] == [link.rsplit("/", 1)[1] for link in plain.links if "/announce/index/" in link]
    for row, cells in zip(rows, expected, strict=True):
        for place in (0, 1, 3, 4, 5, 6, 7, 8, 9):
            assert cells[place] in values(row)
        assert f"{row['title']} {row['title_tg']}" == cells[2]
    assert "unread" not in rows[0]
    assert parsers.following(reading) == "2"


@pytest.mark.parametrize(("name", "number"), [("general.html", "521304"), ("general-distributor.html", "521464")])
def test_every_labelled_value_of_an_announcement_is_found(name, number):
    reading, plain = page(name)
    body = parsers.announcement(reading, number)
    shown = plain.fields | plain.labelled()

    assert len(plain.fields) == 6
    assert len(plain.labelled()) >= 10
    for label, text in shown.items():
        assert text in values(body), label
    known = {label for label in shown if any(parsers.LABELS.name(place, label) for place in ("head", "general"))}
    assert {each["label"] for each in body["unread"]} == {label for label in shown if label not in known}
    assert all("лизингодател" in fold(label) or "дистрибьютор" in fold(label) for label in set(shown) - known)
    assert body["tabs"] == {"general": "general", "lots": "lots", "documents": "documents", "protocols": "protocols"}


def test_all_lots_are_found_with_every_value():
    reading, plain = page("lots.html")
    rows = parsers.lots(reading, "521464")

    expected = plain.under("№ лота")
    assert len(rows) == len(expected) == 12
    for row, cells in zip(rows, expected, strict=True):
        assert set(filter(None, cells)) <= set(values(row))
        assert row["address"].endswith(f"/521464/{row['lot_id']}")
    assert not any("\u00ad" in row["title"] for row in rows)
    assert parsers.following(reading) == ""


def test_all_documents_are_found_and_the_lists_of_their_files():
    reading, plain = page("documents.html")
    body = parsers.documents(reading, "521464")

    expected = plain.under("Наименование документа")
    assert len(body["documents"]) == len(expected) == 10
    for document, cells in zip(body["documents"], expected, strict=True):
        assert set(filter(None, cells)) - {"Перейти"} <= set(values(document))
    assert [each["files_id"] for each in body["documents"] if "files_id" in each] == ["1598", "1671", "1608"]
    assert "unread" not in body


def test_the_window_with_files_is_read_whole():
    text = (FMS / "techspec-modal.html").read_text(encoding="utf-8")
    listing = listings.Files(
        name="files", number="521464", requirement="1608", kind="files", way="html", size=1, falling=False
    )
    (body,) = listing.page(text).objects

    expected = Plain(text).under("Номер лота")
    assert len(body["files"]) == len(expected) == 12
    for file, cells in zip(body["files"], expected, strict=True):
        assert set(cells) <= set(values(file))
        assert file["file"]["url"].startswith("/files/download_file/")


def test_the_head_is_read_on_every_tab():
    for name in ("lots.html", "documents.html"):
        parsers.due_announcement(page(name)[0])


def test_contracts_of_the_other_sibling_stand_under_their_lot():
    fragment = SAMPLES / "analogy_goszakup.gov.kz" / "announce-contracts.html"
    (table,) = parsers.read_page(fragment.read_text(encoding="utf-8")).tables

    assert len(table.headers) == 8
    assert table.rows[0].group.startswith("Лот №")
    assert len(table.rows) == 1
    assert table.rows[0].get("Статус договора").text
