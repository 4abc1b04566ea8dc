"""A folder and a bucket keep the same promises."""

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ocds_pipeline import s3
from ocds_pipeline.storage import FileStorage, open_storage
from ocds_schema.errors import ConfigurationError, StorageConflictError, StorageError
from publish.storage import Storage
from publish.verify import verify
from tests.support.publishing import contents, publish, sample

WRITERS = 16
TEXT = "text/plain"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture
def credentials(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store that boto3 finds by the AWS names alone."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    return server


@pytest.fixture
def bucket(credentials: str, request: pytest.FixtureRequest) -> str:
    name = f"bucket-{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}"
    client = boto3.client("s3")
    client.create_bucket(Bucket=name)
    client.close()
    return name


@pytest.fixture(params=["file", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "file":
        return open_storage(f"file://{tmp_path}/public")
    return open_storage(f"s3://{request.getfixturevalue('bucket')}/some/prefix")


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

    publish(sample(), folder, tmp_path / "work")
    publish(sample(), store, tmp_path / "work")
    publish(sample().then(), store, tmp_path / "work", 2)

    found = {key: store.read(key) for key in store.keys("")}
    expected = contents(folder)
    pointer = "v1/kazakhstan/latest.json"
    assert {key: found[key] for key in expected if key != pointer} == {
        key: data for key, data in expected.items() if key != pointer
    }
    assert verify(store, "kazakhstan").findings == ()


def test_headers_reach_the_bucket(bucket):
    store = open_storage(f"s3://{bucket}/p")

    store.put_new("a.json", b"{}", content_type="application/json", cache_control="no-cache", sha256="ab")

    client = boto3.client("s3")
    held = client.head_object(Bucket=bucket, Key="p/a.json")
    client.close()
    assert (held["ContentType"], held["CacheControl"]) == ("application/json", "no-cache")
    assert held["Metadata"] == {"sha256": "ab"}


def test_a_large_file_goes_up_in_parts_and_is_created_once(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(s3, "_SINGLE_PUT_BYTES", 6 << 20)
    path = tmp_path / "large"
    path.write_bytes(os.urandom(20 << 20))
    store = open_storage(f"s3://{bucket}")

    assert store.put_new("large", path, content_type=TEXT) is True
    assert store.put_new("large", path, content_type=TEXT) is False
    assert store.stat("large").version.endswith("-2")
    assert store.read("large") == path.read_bytes()


def test_a_missing_bucket_says_so(credentials):
    store = open_storage("s3://nowhere-to-be-found")

    for act in (
        lambda: store.stat("a"),
        lambda: store.read("a"),
        lambda: store.put_new("a", b"", content_type=TEXT),
        lambda: store.replace("a", b"", expected=None, content_type=TEXT),
        lambda: list(store.keys("")),
    ):
        with pytest.raises(StorageError, match=r"nowhere-to-be-found.*there is no such bucket: make it"):
            act()


def test_missing_credentials_say_so(credentials, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(StorageError, match="no credentials: set AWS_ACCESS_KEY_ID"):
        open_storage("s3://bucket")


def test_a_store_that_does_not_answer_says_so(credentials, monkeypatch):
    monkeypatch.setattr(s3, "_ATTEMPTS", 1)
    store = open_storage("s3://bucket", endpoint="http://127.0.0.1:9")

    with pytest.raises(StorageError, match="does not answer"):
        store.read("a")


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
