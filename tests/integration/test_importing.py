"""Files on a real disk: kept as evidence, read as documents, gone on with after a kill."""

import gzip
import zipfile
from collections import Counter
from datetime import UTC, datetime

import pytest
import zstandard
from warcio.archiveiterator import ArchiveIterator

from extractors import packed
from extractors.archive import Archive, read_record
from extractors.importing import NOT_READABLE, Contents, File, import_files
from ocds_schema import json
from ocds_schema.raw import Links
from ocds_schema.run import Run
from tests.support.harvest_store import FolderStorage, MemoryStore

RUN = Run(id="20261120T100000Z", source="kazakhstan", as_of=datetime(2026, 11, 20, 10, tzinfo=UTC))
TWO = b'{"id": "a", "n": 1.10}\n\n{"id": "b"}\n'


class Importer:
    """Reads objects with an id, and lists of them."""

    def read(self, data):
        value = json.decode(data)
        contents = Contents(left=Counter())
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and "id" in one:
                contents.documents.append(("thing", one["id"], one))
            else:
                contents.left["no thing"] += 1
        return contents


class Place:
    def __init__(self, folder):
        self.folder = folder
        self.storage = FolderStorage(folder / "storage")
        self.store = MemoryStore()

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return File(path=path, name=name)

    def read(self, *files, run=RUN):
        archive = Archive(
            run, spool=self.folder / "spool", storage=self.storage, store=self.store, software="OCDS Pipeline test"
        )
        return import_files(
            Importer(), files, run=run, links=lambda *_: Links(process="p:1"), archive=archive, store=self.store
        )

    def keys(self):
        return sorted(key for *_, key in self.store.documents)

    def records(self, name="kazakhstan/20261120T100000Z/files-00001.warc.gz"):
        with (self.storage.folder / name).open("rb") as file:
            return [
                (record.rec_type, record.rec_headers, record.content_stream().read())
                for record in ArchiveIterator(file, check_digests="raise")
            ]


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in members.items():
            folder.writestr(name, content)
    return path.read_bytes()


def test_a_file_is_kept_as_it_is_under_its_name_alone(place):
    report = place.read(place.file("packages.jsonl", TWO))

    _, (kind, facts, body) = place.records()
    assert (kind, body) == ("resource", TWO)
    assert facts.get_header("WARC-Target-URI") == "file:///packages.jsonl"
    assert str(place.folder) not in str(facts)
    assert report.documents.new == 2
    assert [segment.records for segment in report.segments] == [2]


def test_a_document_says_which_file_it_came_from_and_where_that_is(place):
    place.read(place.file("packages.jsonl", TWO))

    document = place.store.documents["kazakhstan", "thing", "file", "a"]
    assert (document.url, document.retrieved_at) == ("file:///packages.jsonl", RUN.as_of)
    assert document.body == b'{"id":"a","n":1.10}'
    with (place.storage.folder / document.location.segment).open("rb") as segment:
        assert read_record(segment, document.location.offset) == TWO


@pytest.mark.parametrize(
    "content",
    [
        TWO,
        b'\xef\xbb\xbf[{"id": "a"}, {"id": "b"}]',
        b'[\n  {"id": "a"},\n  {"id": "b"}\n]\n',
        gzip.compress(TWO, mtime=0),
        zstandard.compress(TWO[:20]) + zstandard.compress(TWO[20:]),
        gzip.compress(zstandard.compress(TWO), mtime=0),
    ],
    ids=["lines", "a list", "a list over lines", "gzip", "zstd", "both"],
)
def test_it_is_read_however_it_is_packed(place, content):
    report = place.read(place.file("things", content))

    assert place.keys() == ["a", "b"]
    assert report.faulty == ()


def test_a_zip_is_a_folder(place):
    members = {"x/a.json": b'{"id": "a"}', "b.json.gz": gzip.compress(b'{"id": "b"}'), "__MACOSX/._a": b"no"}
    report = place.read(place.file("all.zip", zipped(place.folder / "all.zip", members)))

    assert place.keys() == ["a", "b"]
    assert place.store.documents["kazakhstan", "thing", "file", "a"].url == "file:///all.zip#x/a.json"
    assert report.faulty == ()


def test_what_cannot_be_read_is_counted_and_the_rest_kept(place):
    report = place.read(place.file("things", b'{"id": "a"}\n{"id":\n7\n{"id": "b"}\n'))

    assert place.keys() == ["a", "b"]
    assert report.to_json()["left"] == {"no thing": 1, NOT_READABLE: 1}
    assert report.faulty == ()


def test_a_file_of_which_everything_was_left_for_a_reason_is_no_bad_file(place):
    report = place.read(place.file("pointers", b"[7, 8]"))

    assert (report.faulty, report.to_json()["left"]) == ((), {"no thing": 2})


def test_lines_are_read_also_where_the_first_is_broken(place):
    place.read(place.file("things", b'{"id":\n{"id": "b"}\n'))

    assert place.keys() == ["b"]


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"", []),
        (b"no JSON at all", []),
        (gzip.compress(TWO, mtime=0)[:-12], []),
        (b"PK\x03\x04 and no more", []),
        (zstandard.compress(b'{"id": "a"}\n' * 90_000)[:-4], ["a"]),
        (gzip.compress(gzip.compress(gzip.compress(gzip.compress(TWO, mtime=0), mtime=0), mtime=0), mtime=0), []),
    ],
    ids=["empty", "text", "gzip that breaks off", "no zip", "zstd that breaks off", "packed too often"],
)
def test_a_bad_file_is_named_and_kept_and_the_others_are_read(place, content, kept):
    report = place.read(place.file("bad", content), place.file("good", b'{"id": "good"}'))

    (bad,) = report.faulty
    assert bad.name == "bad"
    assert bad.fault
    assert place.keys() == [*kept, "good"]
    assert place.records()[1][2] == content


def test_a_text_too_large_to_be_read_at_once_is_a_fault(place, monkeypatch):
    monkeypatch.setattr(packed, "MOST_BYTES", 30)
    lines = b'{"id": "a"}\n' * 9

    report = place.read(place.file("large", b"[\n" + lines + b"]"), place.file("lines", lines))

    assert [file.name for file in report.faulty] == ["large"]
    assert "one object a line" in report.faulty[0].fault


def test_what_was_imported_before_adds_nothing(place):
    place.read(place.file("one", TWO))
    later = Run(id="20261121T100000Z", source="kazakhstan", as_of=datetime(2026, 11, 21, 10, tzinfo=UTC))
    report = place.read(place.file("other", TWO), run=later)

    assert (report.documents.new, report.documents.unchanged) == (0, 2)
    kind, facts, _ = place.records("kazakhstan/20261121T100000Z/files-00001.warc.gz")[1]
    assert kind == "revisit"
    assert facts.get_header("WARC-Refers-To-Target-URI") == "file:///one"


def test_a_killed_import_goes_on_where_it_was(place, monkeypatch):
    monkeypatch.setattr("extractors.importing._AT_ONCE", 2)
    lines = b"".join(b'{"id": "%d"}\n' % number for number in range(9))
    files = [place.file("first", TWO), place.file("second", lines + b"7\n")]
    place.store.fail_at = 4
    with pytest.raises(KeyboardInterrupt):
        place.read(*files)
    place.store.fail_at = None

    report = place.read(*files)

    assert place.keys() == [*"012345678", "a", "b"]
    assert [(file.kept, file.left) for file in report.files] == [(2, {}), (9, {"no thing": 1})]
    (segment,) = report.segments
    assert [body for kind, _, body in place.records(segment.name) if kind == "resource"] == [TWO, lines + b"7\n"]
    assert not list((place.folder / "spool").rglob("*.warc.gz*"))
