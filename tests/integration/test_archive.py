"""The archive on a real disk, read back by warcio's own reader."""

import gzip
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator

from extractors.archive import Archive, read_record, whole_members
from ocds_schema.errors import PortalChangedError, StorageError
from ocds_schema.raw import Exchange
from ocds_schema.run import Run
from tests.support.harvest_store import FolderStorage, MemoryStore

NOW = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)
RUN = Run(id="20261120T100000Z", source="kazakhstan", as_of=NOW)


def exchange(body=b'{"items": []}', url="https://ows.example/v3/lots?limit=500", method="GET", asked=b"", at=NOW):
    return Exchange(
        method=method,
        url=url,
        request_headers=(("Host", "ows.example"), ("User-Agent", "OCDS-Pipeline")),
        request_body=asked,
        status=200,
        reason="OK",
        response_headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip"), ("Content-Length", "9")),
        response_body=body,
        retrieved_at=at,
    )


class Place:
    """A spool, a storage and a store, shared by the archives of one run."""

    def __init__(self, folder):
        self.spool = folder / "spool"
        self.storage = FolderStorage(folder / "storage")
        self.store = MemoryStore()

    def archive(self, run=RUN, **settings):
        return Archive(
            run, spool=self.spool, storage=self.storage, store=self.store, software="OCDS Pipeline 0.1.0", **settings
        )

    def records(self, name):
        with (self.storage.folder / name).open("rb") as file:
            return [
                (record.rec_type, record.rec_headers, record.http_headers, record.content_stream().read())
                for record in ArchiveIterator(file, check_digests="raise")
            ]

    def spooled(self):
        return sorted(path.name for path in self.spool.rglob("*") if path.is_file())


def add_and_raise(place, error):
    with place.archive() as archive:
        archive.add("lot", exchange(b"odd" + repr(error).encode()))
        raise error


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_an_exchange_is_read_back_by_an_independent_reader(place):
    posted = exchange(b'{"data": {}}', "https://ows.example/v3/graphql", method="POST", asked=b'{"query":"{a}"}')
    with place.archive() as archive:
        archive.add("contract", posted)

    info, answer, request = place.records("kazakhstan/20261120T100000Z/contract-00001.warc.gz")

    assert info[0] == "warcinfo"
    assert b"software: OCDS Pipeline 0.1.0" in info[3]
    kind, facts, http, body = answer
    assert (kind, body) == ("response", b'{"data": {}}')
    assert facts.protocol == "WARC/1.1"
    assert facts.get_header("WARC-Target-URI") == "https://ows.example/v3/graphql"
    assert facts.get_header("WARC-Date") == "2026-11-20T10:00:00.123456Z"
    assert facts.get_header("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert http.get_statuscode() == "200"
    assert http.get_header("Content-Length") == str(len(body))
    assert http.get_header("Content-Encoding") is None
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert request[0] == "request"
    assert request[1].get_header("WARC-Concurrent-To") == facts.get_header("WARC-Record-ID")
    assert (request[2].protocol, request[2].statusline) == ("POST", "/v3/graphql HTTP/1.1")
    assert request[3] == b'{"query":"{a}"}'


def test_a_location_leads_to_the_answer(place):
    with place.archive() as archive:
        first = archive.add("lot", exchange(b'{"page": 1}'))
        second = archive.add("lot", exchange(b'{"page": 2}'))

    assert first.segment == second.segment
    with (place.storage.folder / second.segment).open("rb") as segment:
        assert read_record(segment, second.offset) == b'{"page": 2}'
        assert read_record(segment, first.offset) == b'{"page": 1}'
        with pytest.raises(LookupError, match="no answer"):
            read_record(segment, 0)


def test_each_kind_has_its_own_segments_and_each_is_counted(place):
    with place.archive() as archive:
        archive.add("lot", exchange(b"1"))
        archive.add("contract", exchange(b"2"))
        archive.add("lot", exchange(b"3"))

    contract, lot = place.store.segments(RUN)
    assert contract.name == "kazakhstan/20261120T100000Z/contract-00001.warc.gz"
    assert (contract.records, lot.records) == (3, 5)
    stored = (place.storage.folder / lot.name).read_bytes()
    assert (lot.bytes, lot.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert place.spooled() == []


def test_an_answer_seen_before_becomes_a_revisit(place):
    with place.archive() as archive:
        first = archive.add("lot", exchange(b"same"))
        archive.add("lot", exchange(b"same", at=NOW + timedelta(minutes=1)))
    later = Run(id="20261121T100000Z", source="kazakhstan", as_of=NOW)
    with place.archive(later) as archive:
        again = archive.add("lot", exchange(b"same", at=NOW + timedelta(days=1)))

    original = place.records(first.segment)
    repeated = place.records(again.segment)
    assert [record[0] for record in original] == ["warcinfo", "response", "request", "revisit", "request"]
    assert [record[0] for record in repeated] == ["warcinfo", "revisit", "request"]
    facts = repeated[1][1]
    assert facts.get_header("WARC-Refers-To") == original[1][1].get_header("WARC-Record-ID")
    assert facts.get_header("WARC-Refers-To-Date") == "2026-11-20T10:00:00.123456Z"
    assert facts.get_header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert repeated[1][3] == b""
    with (place.storage.folder / again.segment).open("rb") as segment, pytest.raises(LookupError, match="2026-11-20"):
        read_record(segment, again.offset)


def test_every_record_has_an_id_of_its_own(place):
    with place.archive() as archive:
        for _ in range(3):
            archive.add("lot", exchange(b"same"))

    ids = [facts.get_header("WARC-Record-ID") for _, facts, _, _ in place.records(place.store.segments(RUN)[0].name)]
    assert len(set(ids)) == len(ids) == 7


def test_a_segment_stays_within_its_size(place):
    answers = [hashlib.sha512(bytes([number])).digest() * 8 for number in range(20)]
    with place.archive(most_bytes=4000) as archive:
        locations = [archive.add("lot", exchange(answer)) for answer in answers]

    segments = place.store.segments(RUN)
    assert len(segments) > 2
    assert all(segment.bytes <= 4000 for segment in segments)
    for answer, location in zip(answers, locations, strict=True):
        with (place.storage.folder / location.segment).open("rb") as segment:
            assert read_record(segment, location.offset) == answer


def test_one_answer_larger_than_a_segment_has_a_segment_of_its_own(place):
    large = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(100))
    with place.archive(most_bytes=2000) as archive:
        archive.add("lot", exchange(b"small"))
        archive.add("lot", exchange(large))
        archive.add("lot", exchange(b"small too"))

    assert [segment.records for segment in place.store.segments(RUN)] == [3, 3, 3]


def test_what_a_killed_process_left_is_repaired_uploaded_and_counted(place):
    killed = place.archive()
    killed.recover()
    kept = killed.add("lot", exchange(b"whole"))
    killed.sync()
    killed.add("lot", exchange(b"torn" * 1000))
    spooled = killed._segments["lot"]
    spooled.file.close()
    with spooled.path.open("r+b") as file:
        file.truncate(spooled.size - 7)

    with place.archive() as archive:
        again = archive.add("lot", exchange(b"torn" * 1000))

    assert kept.segment.endswith("lot-00001.warc.gz")
    assert again.segment.endswith("lot-00002.warc.gz")
    assert [segment.records for segment in place.store.segments(RUN)] == [4, 3]
    with (place.storage.folder / kept.segment).open("rb") as segment:
        assert read_record(segment, kept.offset) == b"whole"
    assert [record[0] for record in place.records(kept.segment)] == ["warcinfo", "response", "request", "response"]
    assert place.spooled() == []


def test_a_segment_without_an_answer_is_thrown_away(place):
    folder = place.spool / RUN.source / RUN.id
    folder.mkdir(parents=True)
    (folder / "lot-00001.warc.gz.open").write_bytes(gzip.compress(b"WARC/1.1\r\n\r\n")[:-3])
    (folder / "bid-00001.warc.gz.open").write_bytes(b"")

    with place.archive():
        pass

    assert place.store.segments(RUN) == []
    assert place.spooled() == []


def test_a_segment_uploaded_but_not_counted_is_counted_at_the_next_start(place):
    with place.archive() as archive:
        location = archive.add("lot", exchange(b"1"))
    (segment,) = place.store.segments(RUN)
    place.store.counted.clear()
    left = place.spool / RUN.source / RUN.id / "lot-00001.warc.gz"
    left.parent.mkdir(parents=True)
    left.write_bytes((place.storage.folder / location.segment).read_bytes())

    with place.archive() as archive:
        again = archive.add("lot", exchange(b"2"))

    assert place.store.segments(RUN)[0] == segment
    assert again.segment.endswith("lot-00002.warc.gz")


def test_what_an_abandoned_run_left_is_counted_by_the_next_run(place):
    abandoned = place.archive()
    abandoned.recover()
    location = abandoned.add("lot", exchange(b"1"))
    abandoned.sync()
    abandoned._segments["lot"].file.close()
    later = Run(id="20261121T100000Z", source="kazakhstan", as_of=NOW)

    with place.archive(later) as archive:
        archive.add("lot", exchange(b"2"))

    assert [segment.name for segment in place.store.segments(RUN)] == [location.segment]
    assert [segment.name for segment in place.store.segments(later)] == [
        "kazakhstan/20261121T100000Z/lot-00001.warc.gz"
    ]
    assert place.spooled() == []


def test_another_source_s_spool_is_left_alone(place):
    elsewhere = place.archive(Run(id=RUN.id, source="kyrgyzstan", as_of=NOW))
    elsewhere.recover()
    elsewhere.add("lot", exchange(b"1"))

    with place.archive():
        pass

    assert place.spooled() == ["lot-00001.warc.gz.open"]
    elsewhere.close()


def test_an_answer_is_remembered_only_once_it_is_on_disk(place):
    archive = place.archive()
    archive.recover()
    archive.add("lot", exchange(b"1"))
    assert place.store.answers == {}

    archive.sync()

    assert len(place.store.answers) == 1
    archive.close()


def test_our_own_error_closes_the_archive_and_any_other_counts_as_a_kill(place):
    with pytest.raises(PortalChangedError):
        add_and_raise(place, PortalChangedError("lots: odd"))
    assert len(place.store.segments(RUN)) == 1

    with pytest.raises(KeyboardInterrupt):
        add_and_raise(place, KeyboardInterrupt())
    assert len(place.store.segments(RUN)) == 1
    assert place.spooled() == ["lot-00002.warc.gz.open"]


def test_a_storage_that_fails_hides_no_other_error(place, monkeypatch, caplog):
    def fail(*_):
        raise StorageError("no such bucket")

    monkeypatch.setattr(place.storage, "put_new", fail)
    with pytest.raises(PortalChangedError):
        add_and_raise(place, PortalChangedError("lots: odd"))

    assert "no such bucket" in caplog.text
    assert place.spooled() == ["lot-00001.warc.gz"]
    with pytest.raises(StorageError), place.archive():
        pass


def test_the_archive_names_no_person(place):
    with place.archive() as archive:
        location = archive.add("contract", exchange(b'{"supplier_biin": "900101300123"}'))

    assert "900101300123" not in location.segment


def test_whole_members_are_counted_up_to_the_first_broken_one(tmp_path):
    members = [gzip.compress(bytes(1000)), gzip.compress(b"b"), gzip.compress(b"c" * 5000)]
    path = tmp_path / "members.gz"
    data = b"".join(members)
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        sizes = [sum(map(len, members[:count])) for count in range(4)]
        expected = max(count for count in range(4) if sizes[count] <= cut)
        assert whole_members(path) == (sizes[expected], expected)
    path.write_bytes(members[0] + b"no gzip at all")
    assert whole_members(path) == (len(members[0]), 1)
