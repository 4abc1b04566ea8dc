"""The archive as evidence: on a folder and on S3 servers, whole and spoilt."""

import gzip
from datetime import timedelta

import pytest

from extractors.archive import Archive
from ocds_pipeline.explain.evidence import Answer, Archived
from ocds_pipeline.steps.harvest import Segments
from ocds_schema import json
from ocds_schema.raw import Document, Links, Location
from tests.integration.test_archive import NOW, RUN, exchange
from tests.support.harvest_store import MemoryStore

BODY = b'{"items":[{"id":1,"sum":10.50},{"id":2,"sum":7}],"total":2}'
PAGE = '<html><meta charset="windows-1251"><th>Сумма</th><td>1 200,50</td></html>'.encode("cp1251")


def document(location, fields, way="rest"):
    links = Links(process=None)
    return Document(
        kind="lot",
        way=way,
        key="1",
        body=json.encode(fields),
        links=links,
        url="u",
        retrieved_at=NOW,
        location=location,
    )


@pytest.fixture
def archived(storage, tmp_path):
    """Two answers, the first of which came again in the next run, as an archive of segments; and where they are."""
    store, places = MemoryStore(), []
    for run, bodies in ((RUN, (BODY, PAGE)), (RUN.__class__(id="next", source=RUN.source, as_of=NOW), (BODY,))):
        spool = tmp_path / "spool"
        with Archive(run, spool=spool, storage=Segments(storage), store=store, software="t") as archive:
            places += [archive.add("lot", exchange(body, at=NOW + timedelta(hours=len(places)))) for body in bodies]
    names = dict.fromkeys(place.segment for place in places)
    return Archived(storage=storage, segments=[(name, 9) for name in names]), places


def test_a_record_is_read_where_it_is_and_a_field_found_to_the_byte(archived):
    archive, (first, _, _) = archived
    held = document(first, {"id": 1, "sum": json.decode(b"10.50")})
    evidence = archive.evidence(held)
    found = Answer(evidence).find(held, ("sum",), held.fields["sum"])

    assert (evidence.trouble, evidence.payload, evidence.first) == ("", BODY, first)
    assert found.steps == ("items", "0", "sum")
    assert evidence.payload[slice(*found.span)] == b"10.50"


def test_a_page_s_value_is_found_in_the_page_s_own_encoding(archived):
    archive, (_, second, _) = archived
    held = document(second, {"amount": "1 200,50"}, way="html")
    evidence = archive.evidence(held)
    found = Answer(evidence).find(held, ("amount",), "1 200,50")

    assert evidence.payload[slice(*found.span)] == b"1 200,50"
    assert Answer(evidence).shows(["Цена", "Сумма"]) == "Сумма"


def test_an_answer_that_came_before_is_read_where_it_came_first(archived):
    archive, (first, _, again) = archived
    evidence = archive.evidence(document(again, {"id": 1}))

    assert (evidence.trouble, evidence.payload) == ("", BODY)
    assert (evidence.location, evidence.first) == (again, first)


@pytest.mark.parametrize(
    ("place", "trouble"),
    [
        (Location(segment="kazakhstan/none.warc.gz", offset=0), "the record cannot be read"),
        (None, "does not say where"),
    ],
)
def test_what_is_not_there_is_said(archived, place, trouble):
    assert trouble in archived[0].evidence(document(place, {"id": 1})).trouble


def test_an_offset_at_which_nothing_begins_is_said(archived):
    archive, (first, _, _) = archived
    for offset in (0, first.offset + 1, 10**6):
        assert archive.evidence(document(Location(segment=first.segment, offset=offset), {"id": 1})).trouble


def test_bytes_that_are_others_than_when_they_came_are_said(archived, storage):
    archive, (first, _, _) = archived
    with storage.open(first.segment) as stream:
        whole = stream.read()
    spoilt = gzip.compress(gzip.decompress(whole[first.offset :]).replace(b"10.50", b"99.50"))
    storage.put_new("kazakhstan/spoilt.warc.gz", spoilt, content_type="application/warc")

    evidence = archive.evidence(document(Location(segment="kazakhstan/spoilt.warc.gz", offset=0), {"id": 1}))
    assert "was written down" in evidence.trouble


@pytest.mark.parametrize("header", [b"WARC-Target-URI", b"WARC-Type", b"Content-Length", b"WARC-Record-ID"])
def test_a_record_whose_headers_are_damaged_is_said_to_be(archived, storage, header):
    archive, (first, _, _) = archived
    with storage.open(first.segment) as stream:
        whole = stream.read()
    spoilt = gzip.compress(gzip.decompress(whole[first.offset :]).replace(header, b"X" * len(header), 1))
    storage.put_new("kazakhstan/spoilt.warc.gz", spoilt, content_type="application/warc")

    evidence = archive.evidence(document(Location(segment="kazakhstan/spoilt.warc.gz", offset=0), {"id": 1}))
    assert evidence.trouble or evidence.payload == BODY
