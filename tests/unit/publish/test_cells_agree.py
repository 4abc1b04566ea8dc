"""The quick way into the tables gives what a plain one does: each release read closely, each cell settled by itself."""

import re
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import attrgetter, getitem
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from ocds_schema import json
from ocds_schema.errors import PublishError
from publish import rows as rows_module
from publish.columnar import CUT, MOST_CHARACTERS, Collector
from publish.detail_tables import DOCUMENTS, ITEMS, PARTIES, TABLES
from publish.formats import plain
from publish.living import _READER, _is_whole, _Living, _read_carefully, read_release
from publish.process_tables import CONTRACTS, PROCESSES
from publish.rows import Process, distinct, joined
from publish.shapes import NOBODY
from tests.support.hostile import FULL, OLDER, PLAIN
from tests.support.publishing import tender

FIRST = "2024-03-01T10:00:00+05:00"
ORGANIZATION = {"id": "S1", "name": 'ТОО "Рога\\Копыта"'}
ODD = tender(
    "7",
    parties=[ORGANIZATION | {"roles": ["supplier"]}, {"id": "B", "roles": ["buyer"]}, {"id": "S2", "name": "x"}],
    buyer={"id": "B"},
    planning={"rationale": "r", "budget": {"description": "b"}, "documents": [{"id": "1", "url": "https://e.org"}]},
    awards=[
        {
            "id": "a1",
            "status": "active",
            "date": "2024-02-29T23:30:00.123456789Z",
            "suppliers": [ORGANIZATION, {"id": "S2"}, {"id": "S3"}],
            "relatedLots": ["1", "2"],
            "items": [
                {"id": "1", "description": "стол", "additionalClassifications": [{"scheme": "A", "id": 1}, {"id": "2"}]}
            ],
        },
        {"id": "a2", "suppliers": [{"id": "S1"}]},
    ],
    contracts=[
        {
            "id": number,
            "awardID": f"a{number}",
            "status": "cancelled" if number == 2 else "active",
            "items": [{"id": number, "description": "стул"}],
            "documents": [{"id": number, "documentType": "contractSigned"}],
            **({"buyer": {"id": "B1", "name": "Школа"}} if number == 1 else {}),
            "description": "\u0001\u001f\r\n\t\b/\ufffe\u2028\U0001f642",
            "value": {"amount": Decimal("12345678901234567.890"), "amountNet": Decimal("1E-7"), "currency": "KZT"},
            "amendments": [{"id": "1", "date": FIRST}, {"id": "2"}],
            "implementation": {
                "transactions": [
                    {"id": 1, "value": {"amount": 10**19, "currency": "KZT"}, "payee": {"id": "S1"}},
                    {"id": 2, "date": FIRST, "value": {"amount": Decimal("0.10"), "currency": "KZT"}},
                ]
            },
        }
        for number in (3, 2, 1)
    ],
)


LARGE = FULL | {name: ODD[name] for name in ("awards", "contracts", "parties", "planning")}
WHOLE = _Living({"supplier": {"S1"}, "buyer": {"KZ-BIN-000740001307"}}).object(LARGE)
"""The same without anything bare, so that it is read quickly."""


def line_of(body):
    return json.encode(body)


def plainly(table, lines, monkeypatch):
    """Read each release closely and settle one cell after the other."""
    with monkeypatch.context() as patch:
        patch.setattr(rows_module, "read_release", _read_carefully)
        processes = [Process.read(line, first_release=FIRST) for line in lines]
    return [
        tuple(settled(column.type, cell) for column, cell in zip(table.columns, cells, strict=True))
        for process in processes
        for cells in rows_of(table, process)
    ]


def rows_of(table, process):
    for row in table.rows(process):
        if not table.in_parts:
            yield [way_of(column.value)(row) for column in table.columns]
            continue
        for body in row.bodies:
            shared = {name: getattr(row, name) for name in ("ocid", "section", "section_id", "buyer_id")}
            single = SimpleNamespace(**shared, body=body)
            yield [
                attrgetter(column.value)(single) if isinstance(column.value, str) else column.value(body)
                for column in table.columns
            ]


def way_of(value):
    return attrgetter(value) if isinstance(value, str) else value


def settled(kind, cell):
    if kind == "integer":
        return cell
    if kind in {"amount", "number"}:
        return settled_number(bytes(cell).decode())
    if isinstance(cell, Raw):
        cell = json.decode(cell) if cell else None
    text = "" if cell is None else str(cell)
    if kind == "time":
        return text if is_time(text) else None
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", re.sub("\r\n?", "\n", text))
    if len(text.encode("utf-16-le")) > 2 * MOST_CHARACTERS:
        text = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT
    return text or None


def settled_number(text):
    if not re.fullmatch("-?[0-9][0-9.eE+-]*", text):
        return None
    if re.search("[eE]", text):
        number = Decimal(text)
        text = plain(number) if abs(number.adjusted()) < 40 else ""
    return text if re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,18})?", text) else None


def is_time(text):
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return bool(re.fullmatch(r"[0-9]{4}-.{14}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})", text))


def quickly(table, lines):
    collector = Collector(table)
    for line in lines:
        collector.add(Process.read(line, first_release=FIRST))
    return list(zip(*[array.to_pylist() for array in collector.batch().columns], strict=True))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_hostile_releases_give_the_same_cells(table, monkeypatch):
    lines = [line_of(each) for each in (FULL, ODD, PLAIN, OLDER)] * 20

    assert quickly(table, lines) == plainly(table, lines, monkeypatch)


NOTHING_LEFT = {
    ("parties",): "name",
    ("tender", "lots"): "title",
    ("tender", "items"): "description",
    ("tender", "documents"): "url",
    ("bids", "details"): "date",
    ("awards",): "title",
    ("contracts",): "dateSigned",
    ("contracts", 0, "amendments"): "date",
    ("contracts", 0, "implementation", "transactions"): "date",
}


@pytest.mark.parametrize(("place", "field"), NOTHING_LEFT.items(), ids=str)
def test_a_member_of_nothing_but_null_is_none(place, field):
    body = deepcopy(WHOLE)
    assert _is_whole(_READER.decode(line_of(body)))
    reduce(getitem, place, body).append({"id": "gone", field: None})

    assert read_release(line_of(body)) == _read_carefully(line_of(WHOLE))


def places(body, path=()):
    """Where something stands in a release that may be put in another way."""
    for name, value in body.items() if isinstance(body, dict) else enumerate(body):
        if path or name not in {"ocid", "id", "tag", "initiationType", "language"}:
            yield (*path, name)
        if isinstance(value, dict | list):
            yield from places(value, (*path, name))


PLACES = list(places(WHOLE))
TEXTS = st.one_of(st.sampled_from(["", "null", "\x1f", '"', "\\", '\\"', "\\n"]), st.text(max_size=9))
NUMBERS = st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=3))


def put_otherwise(body, place, text, number, how):
    """Put something else of the same kind in a place: nothing, something empty, or what is left of what vanished."""
    *above, name = place
    body = reduce(getitem, above, body)
    value = body[name]
    if isinstance(value, dict):
        others = (None, {}, {"id": "x"}, {**value, "id": None})
    elif isinstance(value, list):
        others = (None, [], [*value, None], [*value, {"id": "gone"}] if value and isinstance(value[0], dict) else [])
    elif value is None:
        others = (None,) * 4
    elif isinstance(value, str) or name == "id":
        others = (None, "", text, 5 if name == "id" else text)
    else:
        others = (None, number, number, 0)
    body[name] = others[how]


def changed(changes):
    body = deepcopy(WHOLE)
    for place, *what in changes:
        try:
            put_otherwise(body, place, *what)
        except (KeyError, IndexError, TypeError):
            continue  # what it stood in is gone
    return line_of(body)


CHANGES = st.lists(st.tuples(st.sampled_from(PLACES), TEXTS, NUMBERS, st.integers(0, 3)), max_size=8)


@settings(deadline=None, max_examples=20)
@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_releases_with_anything_missing_give_the_same_cells(histories):
    lines = [changed(changes) for changes in histories]

    for line in lines:
        assert read_release(line)[1] == _read_carefully(line)[1]
    with pytest.MonkeyPatch.context() as patch:
        for table in TABLES:
            assert quickly(table, lines) == plainly(table, lines, patch)


def sections(release, member):
    """Give each section's name, id, buyer and members, one after the other."""
    own = [each.buyer for each in release.contracts]
    buyers = distinct([each for each in (release.buyer, *sorted_by_id(release, own)) if each is not NOBODY])
    buyer = joined(buyers, "id")
    if member == "documents":
        yield "planning", "planning", buyer, release.planning.documents
    yield "tender", release.tender.id or "tender", buyer, getattr(release.tender, member)
    if member == "documents":
        for bid in release.bids.details or ():
            yield "bid", bid.id, buyer, bid.documents
    for award in release.awards:
        yield "award", award.id, buyer, getattr(award, member)
    for contract in sorted_by_id(release, release.contracts):
        its = (contract.buyer if contract.buyer is not NOBODY else release.buyer).id
        yield "contract", contract.id, its, getattr(contract, member)
        if member == "documents":
            yield "implementation", contract.id, its, contract.implementation.documents


def sorted_by_id(release, found):
    return [each for _, each in sorted(zip(release.contracts, found, strict=True), key=lambda pair: str(pair[0].id))]


def text(cell):
    return settled("text", cell)


@settings(deadline=None, max_examples=20)
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_items_and_documents_stand_in_their_sections(histories):
    lines = [changed(changes) for changes in histories]

    for table, member in ((ITEMS, "items"), (DOCUMENTS, "documents")):
        expected = [
            (release.ocid, section, text(section_id), text(each.id), text(buyer))
            for release, _ in map(_read_carefully, lines)
            for section, section_id, buyer, members in sections(release, member)
            for each in members
        ]
        assert [(*row[:4], row[-1]) for row in quickly(table, lines)] == expected


def test_escapes_of_other_writers_are_read():
    line = line_of(tender("1", title="@")).replace(b'"@"', rb'"\u0416\ud83d\ude42\/\"\\n\u0022\u005c\u000a\u0007"')

    (row,) = quickly(PROCESSES, [line])
    assert row[PROCESSES.header.index("title")] == 'Ж🙂/"\\n"\\\n\ufffd'


@pytest.mark.parametrize("wrong", [b"5", b"true", b'{"a":1}', b'["x"]'])
def test_what_is_no_text_is_refused(wrong):
    line = line_of(tender("1", title="@")).replace(b'"@"', wrong)

    whole = [line_of(tender(number)) for number in ("2", "3")]
    with pytest.raises(PublishError, match=r"ocds-\S+-1 cannot be put into tables: processes.title"):
        quickly(PROCESSES, [*whole, line, *whole])


def test_an_id_of_zero_is_one_beside_an_id_with_a_separator():
    parties = [{"id": 0, "name": "a", "roles": ["buyer"]}, {"id": "x\x1fy", "name": "b", "roles": ["supplier"]}]

    assert [row[1] for row in quickly(PARTIES, [line_of(tender("1", parties=parties))])] == ["0", "x\ufffdy"]


@pytest.mark.parametrize("wrong", [b"true", b'"1e5"', b'"much"', b"[1]"])
def test_what_is_no_number_is_no_amount(wrong):
    contract = {"id": "1", "status": "active", "value": {"amount": 77777, "currency": "KZT"}}
    line = line_of(tender("1", contracts=[contract])).replace(b"77777", wrong)

    (row,) = quickly(CONTRACTS, [line])
    assert row[CONTRACTS.header.index("value")] is None
