"""Stores that do not mean what they answer are found out before anything is published to them."""

from collections.abc import Iterator

import pytest

from ocds_pipeline.s3 import S3Storage
from ocds_schema.errors import StorageConflictError, StorageError
from publish.storage import Capabilities
from tests.support import buckets
from tests.support.proxy import Fault, Proxy, proxy
from tests.support.radosgw import Bucketeer

TEXT = "text/plain"


@pytest.fixture
def between(ceph: Bucketeer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the real server, and a bucket there."""
    name = buckets.create(ceph)
    with proxy(ceph) as (made, server):
        buckets.use(server, monkeypatch)
        yield made, name


def without(*names):
    return lambda request: {name: value for name, value in request.headers.items() if name not in names}


def opened(bucket) -> S3Storage:
    return S3Storage(bucket, "p", wait=lambda _seconds: None)


def test_the_real_server_keeps_its_conditions_and_wants_tags_without_quotes(between):
    made, bucket = between
    storage = opened(bucket)

    assert storage.capabilities() == Capabilities(compare_and_swap=True, ranges=True)
    assert storage._habits.quotes is False
    assert len(made.seen) < 30


@pytest.mark.parametrize(
    ("ignored", "remark"),
    [
        (("if-none-match",), "answers 200 to If-None-Match over an object that is there"),
        (("if-match",), "answers 200 to If-Match with the wrong tag"),
        (("if-none-match", "if-match"), "answers 200 to If-None-Match"),
    ],
)
def test_a_store_that_ignores_a_condition_is_published_to_by_one_writer_alone(between, ignored, remark):
    made, bucket = between
    made.lie = without(*ignored)
    storage = opened(bucket)

    found = storage.capabilities()

    assert found.compare_and_swap is False
    assert remark in found.remarks[0]
    assert storage.put_new("a", b"1", content_type=TEXT) is True
    assert storage.put_new("a", b"2", content_type=TEXT) is False
    version = storage.replace("b", b"1", expected=None, content_type=TEXT)
    assert storage.replace("b", b"2", expected=version, content_type=TEXT)
    with pytest.raises(StorageConflictError):
        storage.replace("b", b"3", expected=version, content_type=TEXT)
    assert (storage.read("a"), storage.read("b")) == (b"1", b"2")


def test_a_store_that_refuses_and_writes_all_the_same_is_found_out(between):
    made, bucket = between
    made.lie = without("if-none-match", "if-match")
    made.fault = lambda request: (
        Fault(status=412, after=True) if "if-none-match" in request.headers and request.key in keys(made) else None
    )

    found = opened(bucket).capabilities()

    assert found.compare_and_swap is False
    assert "refuses" in found.remarks[0]
    assert "writes all the same" in found.remarks[0]


def keys(made: Proxy) -> set[str]:
    return {request.key for request in made.seen[:-1] if request.method == "PUT"}


def test_a_store_that_looks_first_and_writes_later_is_found_out(between):
    made, bucket = between
    racing = lambda request: request.key.endswith(".race")  # noqa: E731
    made.lie = lambda request: without("if-none-match")(request) if racing(request) else request.headers

    found = opened(bucket).capabilities()

    assert found.compare_and_swap is False
    assert "of 8 writers at one moment with If-None-Match 8 were told that they won" in found.remarks[0]


def test_a_store_that_does_not_know_conditions_is_published_to_by_one_writer_alone(between):
    made, bucket = between
    made.fault = lambda request: (
        Fault(status=501, code="NotImplemented") if {"if-none-match", "if-match"} & request.headers.keys() else None
    )
    storage = opened(bucket)

    assert storage.capabilities().compare_and_swap is False
    assert storage.put_new("a", b"1", content_type=TEXT) is True


def test_a_store_without_ranges_is_read_whole(between):
    made, bucket = between
    made.lie = without("range")
    storage = opened(bucket)

    assert storage.capabilities() == Capabilities(
        compare_and_swap=True, ranges=False, remarks=("it gives a whole object where a range of it is asked for",)
    )
    storage.put_new("a", b"0123456789", content_type=TEXT)
    with storage.open("a", 2, 5) as stream:
        assert stream.read() == b"234"


def test_credentials_that_may_not_write_say_so_before_anything_is_built(between):
    made, bucket = between
    made.fault = lambda request: Fault(status=403, code="AccessDenied") if request.method == "PUT" else None

    with pytest.raises(StorageError, match=r"these credentials may not do this: they need s3:GetObject, s3:PutObject"):
        opened(bucket).capabilities()


def test_credentials_that_may_not_delete_leave_the_probe_behind(between):
    made, bucket = between
    made.fault = lambda request: Fault(status=403, code="AccessDenied") if request.method == "DELETE" else None
    storage = opened(bucket)

    assert storage.capabilities().compare_and_swap is True
    assert [key.startswith("_probe/") for key in storage.keys("")] == [True, True]
