"""Stores that differ from the book: what they answer, and what is made of it."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from ocds_pipeline.s3 import S3Storage
from ocds_pipeline.s3.probe import SOUND, Habits
from ocds_schema.errors import StorageConflictError, StorageError

KEY = "v1/latest.json"
AT = {"Bucket": "bucket", "Key": f"p/{KEY}"}
BODY = {**AT, "Body": b"new", "ContentType": "text/plain"}


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Storage]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    made = S3Storage("bucket", "p", endpoint="http://127.0.0.1:9", habits=SOUND, wait=lambda _seconds: None)
    yield made
    made._client.close()


@pytest.fixture
def stub(storage: S3Storage) -> Iterator[Stubber]:
    with Stubber(storage._client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def refuse(stub: Stubber, code: str, status: int, expected: Any, **meta: Any) -> None:
    stub.add_client_error("put_object", code, "told", status, expected_params=expected, response_meta=meta)


def holds(stub: Stubber, tag: str) -> None:
    answer = {"ETag": f'"{tag}"', "ContentLength": 3, "Metadata": {}}
    stub.add_response("head_object", answer, AT)


def swap(storage: S3Storage, expected: str | None = "old") -> str:
    return storage.replace(KEY, b"new", expected=expected, content_type="text/plain")


@pytest.mark.parametrize(("quotes", "sent"), [(True, '"old"'), (False, "old")])
def test_the_tag_is_sent_as_the_store_wants_it(storage, stub, quotes, sent):
    storage._habits = Habits(capabilities=SOUND.capabilities, quotes=quotes)
    stub.add_response("put_object", {"ETag": '"next"'}, {**BODY, "IfMatch": sent})

    assert swap(storage) == "next"


def test_a_store_that_is_busy_is_asked_again(storage, stub):
    refuse(stub, "ConditionalRequestConflict", 409, {**BODY, "IfNoneMatch": "*"})
    stub.add_client_error("head_object", "404", "", 404)
    stub.add_response("head_bucket", {})
    stub.add_response("put_object", {"ETag": '"next"'}, {**BODY, "IfNoneMatch": "*"})

    assert swap(storage, None) == "next"


def test_creating_in_a_busy_store_is_tried_again(storage, stub):
    refuse(stub, "ConditionalRequestConflict", 409, {**BODY, "IfNoneMatch": "*"})
    stub.add_response("put_object", {"ETag": '"next"'}, {**BODY, "IfNoneMatch": "*"})

    assert storage.put_new(KEY, b"new", content_type="text/plain") is True


def test_a_write_whose_answer_was_lost_is_known_by_its_content(storage, stub):
    refuse(stub, "PreconditionFailed", 412, {**BODY, "IfMatch": '"old"'}, RetryAttempts=1)
    holds(stub, "next")
    stub.add_response("get_object", {"Body": StreamingBody(io.BytesIO(b"new"), 3)}, AT)

    assert swap(storage) == "next"


def test_a_repeated_write_over_another_content_is_a_conflict(storage, stub):
    refuse(stub, "PreconditionFailed", 412, {**BODY, "IfMatch": '"old"'}, RetryAttempts=1)
    holds(stub, "other")
    stub.add_response("get_object", {"Body": StreamingBody(io.BytesIO(b"xyz"), 3)}, AT)

    with pytest.raises(StorageConflictError, match="expected version old, but found other"):
        swap(storage)


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("NotImplemented", 405, "NotImplemented told"),
        ("AccessDenied", 403, "need s3:GetObject"),
        ("InvalidAccessKeyId", 403, "check AWS_ACCESS_KEY_ID"),
        ("SignatureDoesNotMatch", 403, "check AWS_ACCESS_KEY_ID"),
        ("ExpiredToken", 400, "renew AWS_SESSION_TOKEN"),
        ("RequestTimeTooSkewed", 403, "clock is wrong"),
        ("QuotaExceeded", 403, "no space is left"),
        ("NoSuchBucket", 404, "there is no such bucket"),
        ("TeapotError", 418, "TeapotError told"),
    ],
)
def test_a_refusal_names_the_object_and_what_to_do(storage, stub, code, status, told):
    acts: list[Callable[[], Any]] = [
        lambda: swap(storage),
        lambda: storage.put_new(KEY, b"new", content_type="text/plain"),
    ]
    for act in acts:
        stub.add_client_error("put_object", code, "told", status)
        with pytest.raises(StorageError, match=rf"s3://bucket/p/{KEY}: .*{told}"):
            act()


def test_a_stream_that_breaks_says_so(storage, stub):
    class Broken(io.BytesIO):
        def read(self, _amount: int | None = None) -> bytes:
            raise IncompleteReadError(actual_bytes=1, expected_bytes=3)

    stub.add_response("get_object", {"Body": StreamingBody(Broken(), 3)}, AT)

    with pytest.raises(StorageError, match="1 read, but total bytes expected is 3"):
        storage.read(KEY)
