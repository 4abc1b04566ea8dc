"""A folder and a bucket keep the same promises."""

import hashlib
import os
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ocds_pipeline.s3 import parts
from ocds_pipeline.s3 import storage as s3_storage
from ocds_pipeline.storage import FileStorage, open_storage
from ocds_schema.errors import ConfigurationError, StorageConflictError, StorageError
from publish.verify import verify
from tests.support import buckets
from tests.support.publishing import contents, publish, sample

WRITERS = 16
TEXT = "text/plain"


def race(act: Callable[[int], Any]) -> list[Any]:
    """What each of sixteen writers gets that start at one moment."""
    barrier = threading.Barrier(WRITERS)

    def one(number: int) -> Any:
        barrier.wait()
        try:
            return act(number)
        except StorageConflictError as error:
            return error

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


def test_an_object_is_created_once(storage):
    assert storage.put_new("v1/a", b"one", content_type=TEXT) is True
    assert storage.put_new("v1/a", b"two", content_type=TEXT) is False
    assert storage.read("v1/a") == b"one"


def test_a_file_is_put_as_it_is(storage, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(os.urandom(3 << 20))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    storage.put_new("v1/large", path, content_type=TEXT, sha256=sha256)

    held = storage.stat("v1/large")
    assert (held.bytes, held.sha256) == (3 << 20, sha256)
    with storage.open("v1/large") as stream:
        assert hashlib.file_digest(stream, "sha256").hexdigest() == sha256


def test_a_replacement_needs_the_version_that_is_there(storage):
    first = storage.replace("v1/latest.json", b"1", expected=None, content_type=TEXT)
    second = storage.replace("v1/latest.json", b"2", expected=first, content_type=TEXT)

    with pytest.raises(StorageConflictError, match="somebody else wrote it"):
        storage.replace("v1/latest.json", b"3", expected=first, content_type=TEXT)
    with pytest.raises(StorageConflictError):
        storage.replace("v1/latest.json", b"3", expected=None, content_type=TEXT)
    with pytest.raises(StorageConflictError):
        storage.replace("v1/other.json", b"3", expected=first, content_type=TEXT)
    assert storage.read("v1/latest.json") == b"2"
    assert storage.stat("v1/latest.json").version == second
    assert storage.stat("v1/other.json") is None


def test_of_sixteen_creators_one_wins(storage):
    for key in ("v1/a", "v1/b", "v1/c"):
        outcomes = race(lambda number, key=key: storage.put_new(key, f"{number}".encode(), content_type=TEXT))

        assert sorted(outcomes) == [False] * (WRITERS - 1) + [True]
        assert storage.read(key) == f"{outcomes.index(True)}".encode()


@pytest.mark.parametrize("is_first", [True, False])
def test_of_sixteen_replacers_one_wins(storage, is_first):
    for key in ("v1/a", "v1/b", "v1/c"):
        held = None if is_first else storage.replace(key, b"before", expected=None, content_type=TEXT)

        outcomes = race(
            lambda number, key=key, held=held: storage.replace(
                key, f"{number}".encode(), expected=held, content_type=TEXT
            )
        )

        winners = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, str)]
        assert len(winners) == 1
        assert storage.read(key) == f"{winners[0]}".encode()
        assert storage.stat(key).version == outcomes[winners[0]]


def test_keys_come_in_order_and_by_prefix(storage):
    names = ["v1/a-b/1", "v1/a/2", "v1/a/1", "v1/a.json", "v1/ж", "v10/x"]
    for name in names:
        storage.put_new(name, b"", content_type=TEXT)

    assert list(storage.keys("")) == sorted(names, key=str.encode)
    assert list(storage.keys("v1/")) == [name for name in sorted(names, key=str.encode) if name != "v10/x"]
    assert list(storage.keys("v1/a/")) == ["v1/a/1", "v1/a/2"]
    assert list(storage.keys("v1/a")) == ["v1/a-b/1", "v1/a.json", "v1/a/1", "v1/a/2"]
    assert list(storage.keys("v2/")) == []


def test_a_missing_object_is_named(storage):
    with pytest.raises(StorageError, match=r"v1/none: there is no such object"):
        storage.read("v1/none")
    with pytest.raises(StorageError, match=r"v1/none: there is no such object"):
        storage.open("v1/none")
    assert storage.stat("v1/none") is None


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "v1/../x", "v1//x", "v1/./x", "v1/", "a\0b", "a\\b", "..", ".storage/x"]
)
def test_a_key_that_leads_elsewhere_is_refused(storage, key):
    for act in (
        lambda: storage.put_new(key, b"", content_type=TEXT),
        lambda: storage.replace(key, b"", expected=None, content_type=TEXT),
        lambda: storage.read(key),
        lambda: storage.stat(key),
    ):
        with pytest.raises(StorageError, match="cannot be a key"):
            act()


def test_an_edition_has_the_same_bytes_on_both(tmp_path, bucket):
    folder, store = FileStorage(tmp_path / "public"), open_storage(f"s3://{bucket}")

    for storage in (folder, store):
        publish(sample(), storage, tmp_path / "work")
        publish(sample().then(), storage, tmp_path / "work", 2)

    assert contents(store) == contents(folder)
    assert verify(store, "kazakhstan").findings == ()


def test_headers_reach_the_bucket(s3, bucket):
    store = open_storage(f"s3://{bucket}/p")

    store.put_new("a.json", b"{}", content_type="application/json", cache_control="no-cache", sha256="ab")

    with buckets.client(s3) as client:
        held = client.head_object(Bucket=bucket, Key="p/a.json")
    assert (held["ContentType"], held["CacheControl"]) == ("application/json", "no-cache")
    assert held["Metadata"] == {"sha256": "ab"}
    assert "ContentEncoding" not in held


def test_a_part_of_an_object_is_read_by_itself(storage):
    storage.put_new("v1/a", b"0123456789", content_type=TEXT)

    for start, end in ((0, 4), (2, 5), (7, None), (9, 30), (10, None), (20, 25), (3, 3)):
        with storage.open("v1/a", start, end) as stream:
            assert stream.read() == b"0123456789"[start:end]


def test_a_removed_object_is_gone(storage):
    storage.put_new("v1/a", b"1", content_type=TEXT)

    storage.delete("v1/a")
    storage.delete("v1/a")

    assert storage.stat("v1/a") is None
    assert storage.put_new("v1/a", b"2", content_type=TEXT) is True


def test_the_probe_finds_what_a_storage_can_do_and_leaves_nothing_behind(storage):
    found = storage.capabilities()

    assert (found.compare_and_swap, found.ranges, found.remarks) == (True, True, ())
    assert list(storage.keys("")) == []


def test_a_large_file_goes_up_in_parts_and_is_created_once(s3, bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(s3_storage, "SINGLE_PUT_BYTES", 6 << 20)
    monkeypatch.setattr(parts, "PART_BYTES", 5 << 20)
    path = tmp_path / "large"
    path.write_bytes(os.urandom(12 << 20))
    store = open_storage(f"s3://{bucket}")

    assert store.put_new("large", path, content_type=TEXT, cache_control="no-cache", sha256="ab") is True
    assert store.put_new("large", path, content_type=TEXT) is False
    assert store.stat("large").version.endswith("-3")
    assert store.stat("large").sha256 == "ab"
    assert store.read("large") == path.read_bytes()
    with buckets.client(s3) as client:
        assert client.head_object(Bucket=bucket, Key="large")["CacheControl"] == "no-cache"


def test_a_missing_bucket_says_so(s3):
    store = open_storage("s3://nowhere-to-be-found")

    for act in (
        store.capabilities,
        lambda: store.stat("a"),
        lambda: store.read("a"),
        lambda: store.put_new("a", b"", content_type=TEXT),
        lambda: store.replace("a", b"", expected=None, content_type=TEXT),
        lambda: store.delete("a"),
        lambda: list(store.keys("")),
    ):
        with pytest.raises(StorageError, match=r"nowhere-to-be-found.*there is no such bucket: make it"):
            act()


def test_missing_credentials_say_so(s3, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(StorageError, match="no credentials: set AWS_ACCESS_KEY_ID"):
        open_storage("s3://bucket")


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_wrong_credentials_say_so(real_bucket, monkeypatch, name):
    monkeypatch.setenv(name, "wrong")
    store = open_storage(f"s3://{real_bucket}")

    for act in (store.capabilities, lambda: store.read("a"), lambda: list(store.keys(""))):
        with pytest.raises(StorageError, match=r"the credentials are wrong: check AWS_ACCESS_KEY_ID"):
            act()


def test_a_store_that_does_not_answer_says_so(s3):
    with pytest.raises(StorageError, match="does not answer"):
        open_storage("s3://bucket", endpoint="http://127.0.0.1:9").read("a")


def test_a_url_of_another_kind_is_refused():
    for url in ("ftp://host/x", "s3://", "file://host/x", "https://example.org"):
        with pytest.raises(ConfigurationError, match="is no storage"):
            open_storage(url)


def test_a_folder_may_be_named_by_its_path(tmp_path):
    open_storage(str(tmp_path / "with space")).put_new("a", b"1", content_type=TEXT)

    assert open_storage(f"file://{tmp_path}/with%20space").read("a") == b"1"


def test_files_can_be_read_by_others(tmp_path):
    storage = FileStorage(tmp_path)
    umask = os.umask(0o022)
    try:
        storage.put_new("a", b"1", content_type=TEXT)
    finally:
        os.umask(umask)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


def test_what_a_killed_writer_left_is_cleared_away(tmp_path):
    storage = FileStorage(tmp_path)
    storage.put_new("a", b"1", content_type=TEXT)
    left = tmp_path / ".storage" / f"{os.uname().nodename}~999999999~x"
    other = tmp_path / ".storage" / f"{os.uname().nodename}~{os.getpid()}~x"
    left.write_bytes(b"half")
    other.write_bytes(b"half")

    FileStorage(tmp_path).put_new("b", b"1", content_type=TEXT)

    assert (left.exists(), other.exists()) == (False, True)
    assert list(storage.keys("")) == ["a", "b"]


def test_reading_leaves_a_folder_as_it_is(tmp_path):
    storage = FileStorage(tmp_path / "none")

    assert storage.stat("v1/a") is None
    assert list(storage.keys("")) == []
    assert not (tmp_path / "none").exists()


def test_a_file_where_a_folder_should_be_says_so(tmp_path):
    storage = FileStorage(tmp_path)
    storage.put_new("a", b"1", content_type=TEXT)

    with pytest.raises(StorageError, match="a part of the path is a file"):
        storage.put_new("a/b", b"1", content_type=TEXT)


def test_no_space_says_so(tmp_path, monkeypatch):
    storage = FileStorage(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StorageError, match="no space is left: free some"):
        storage.put_new("a", b"1", content_type=TEXT)
    assert list(storage.keys("")) == []


def test_the_version_of_a_large_file_needs_no_reading_and_an_edited_one_is_known(tmp_path):
    storage = FileStorage(tmp_path)
    data = os.urandom(1 << 20)
    sha256 = hashlib.sha256(data).hexdigest()
    storage.put_new("a", data, content_type=TEXT, sha256=sha256)
    before = storage.stat("a")

    (tmp_path / "a").write_bytes(bytes(1 << 20))

    after = storage.stat("a")
    assert before.sha256 in {sha256, None}
    assert after.version != before.version
    assert after.sha256 in {hashlib.sha256(bytes(1 << 20)).hexdigest(), None}


def test_a_file_system_without_hard_links_will_do(tmp_path, monkeypatch):
    def refused(*_given):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    storage = FileStorage(tmp_path)

    outcomes = race(lambda number: storage.put_new("a", f"{number}".encode(), content_type=TEXT))

    assert sorted(outcomes) == [False] * (WRITERS - 1) + [True]
    assert storage.read("a") == f"{outcomes.index(True)}".encode()
