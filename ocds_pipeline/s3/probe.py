"""What a store honours, found out by trying it: not every store that speaks S3 means what it answers."""

import hashlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ocds_pipeline.s3.client import BUSY, OK, PART, TAKEN, code_of, status_of, version_of, was_repeated
from publish.storage import Capabilities

_RACERS = 8
_WRONG = hashlib.md5(b"no object has this tag", usedforsecurity=False).hexdigest()
_FIRST, _OTHER, _NEXT, _RULER = b"first", b"other", b"next", b"0123456789"
_NOT_ABOUT_CONDITIONS = {401, 403, 429, 500, 502, 503, 504, 507}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a store can do, and whether it wants entity tags in quotes."""

    capabilities: Capabilities
    quotes: bool = True

    def tag(self, version: str) -> str:
        """Write an entity tag as the store wants it in a condition."""
        return f'"{version}"' if self.quotes else version


SOUND = Habits(capabilities=Capabilities(compare_and_swap=True, ranges=True))
"""A store that does all that is asked of it."""


def probe(client: Any, bucket: str, prefix: str) -> Habits:
    """Write two objects of their own name below `prefix`, in all the ways that a publication relies on.

    Raises:
        ClientError: the store refuses what every store grants.
    """
    trial = _Trial(client, bucket, f"{prefix}{uuid.uuid4().hex}")
    try:
        return trial.run()
    finally:
        trial.clear()


class _UnmetError(Exception):
    """A condition is not honoured; the text says in which way."""


class _Trial:
    """One probing of a store, on two keys that nobody else has."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = f"{key}.swap"
        self._raced = f"{key}.race"
        self._quotes = True

    def run(self) -> Habits:
        remarks = []
        try:
            self._create()
            self._swap()
            self._race()
        except _UnmetError as unmet:
            remarks.append(str(unmet))
        is_sound = not remarks
        ranges = self._gives_ranges()
        if not ranges:
            remarks.append("it gives a whole object where a range of it is asked for")
        able = Capabilities(compare_and_swap=is_sound, ranges=ranges, remarks=tuple(remarks))
        return Habits(capabilities=able, quotes=self._quotes)

    def clear(self) -> None:
        """Remove what was written; credentials that may not do that leave a few bytes behind."""
        for key in (self._key, self._raced):
            with suppress(ClientError):
                self._client.delete_object(Bucket=self._bucket, Key=key)

    def _create(self) -> None:
        if self._put(_FIRST, IfNoneMatch="*") != OK:
            raise _UnmetError("it refuses If-None-Match, by which an object is written only once")
        self._hold("If-None-Match over an object that is there", _FIRST, self._put(_OTHER, IfNoneMatch="*"))

    def _swap(self) -> None:
        for tag in (f'"{_WRONG}"', _WRONG):
            self._hold(f"If-Match with the wrong tag {tag}", _FIRST, self._put(_OTHER, IfMatch=tag))
        held = version_of(self._client.head_object(Bucket=self._bucket, Key=self._key))
        for quotes in (True, False):
            self._quotes = quotes
            if self._put(_NEXT, IfMatch=f'"{held}"' if quotes else held) == OK:
                return
        raise _UnmetError("it refuses If-Match also with the right tag")

    def _race(self) -> None:
        """Have several create one object at the same moment: a store may look first and write later."""
        barrier = threading.Barrier(_RACERS)

        def one(number: int) -> int:
            barrier.wait()
            return self._put(f"{number}".encode(), self._raced, IfNoneMatch="*")

        with ThreadPoolExecutor(_RACERS) as pool:
            won = list(pool.map(one, range(_RACERS))).count(OK)
        if won > 1:
            raise _UnmetError(f"of {_RACERS} writers at one moment with If-None-Match {won} were told that they won")

    def _hold(self, what: str, expected: bytes, status: int) -> None:
        """Make sure that a write was refused, and did nothing."""
        if status not in {TAKEN, BUSY}:
            raise _UnmetError(f"it answers {status} to {what}")
        if self._read() != expected:
            raise _UnmetError(f"it refuses {what}, and writes all the same")

    def _put(self, data: bytes, key: str | None = None, **condition: str) -> int:
        try:
            self._client.put_object(Bucket=self._bucket, Key=key or self._key, Body=data, **condition)
        except ClientError as error:
            if code_of(error) == "NoSuchBucket" or status_of(error) in _NOT_ABOUT_CONDITIONS:
                raise
            if was_repeated(error) and status_of(error) == TAKEN and self._read(key) == data:
                return OK
            return status_of(error)
        return OK

    def _read(self, key: str | None = None) -> bytes:
        return bytes(self._client.get_object(Bucket=self._bucket, Key=key or self._key)["Body"].read())

    def _gives_ranges(self) -> bool:
        self._client.put_object(Bucket=self._bucket, Key=self._key, Body=_RULER)
        answer = self._client.get_object(Bucket=self._bucket, Key=self._key, Range="bytes=2-4")
        is_part = answer["ResponseMetadata"]["HTTPStatusCode"] == PART
        return bool(is_part and answer["Body"].read() == _RULER[2:5])
