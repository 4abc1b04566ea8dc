"""Objects under a prefix of a bucket, by the promises of `publish.storage.Storage`."""

import io
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError as BrokenStream

from ocds_pipeline.s3 import parts
from ocds_pipeline.s3.client import (
    ATTEMPTS,
    BEYOND,
    BUSY,
    MISSING,
    PART,
    TAKEN,
    code_of,
    connect,
    explained,
    is_undecided,
    no_bucket,
    status_of,
    version_of,
    was_repeated,
)
from ocds_pipeline.s3.probe import Habits, probe
from ocds_pipeline.storage import check_key
from ocds_schema.errors import StorageConflictError, StorageError
from publish.storage import Capabilities, Stat

SINGLE_PUT_BYTES = 64 << 20
_BUFFER_BYTES = 1 << 20
_PAUSE = 0.2
_PROBES = "_probe/"
_WRITE_TROUBLES = (ClientError, BotoCoreError, BrokenStream)


class S3Storage:
    """Objects under a prefix of a bucket."""

    def __init__(
        self,
        bucket: str,
        prefix: str,
        *,
        endpoint: str | None = None,
        region: str | None = None,
        habits: Habits | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make the client; nothing is asked of the store yet. Its habits, where not given, are probed when needed.

        Raises:
            StorageError: no credentials are to be found.
        """
        self.bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._bucket_found = False
        self._habits = habits
        self._wait = wait
        with self._explained(""):
            self._client = connect(endpoint, region)

    def capabilities(self) -> Capabilities:
        """Say what the store honours; the first time it is tried, with two small objects below `_probe/`."""
        return self._known().capabilities

    def put_new(
        self,
        key: str,
        data: bytes | Path,
        *,
        content_type: str,
        cache_control: str | None = None,
        sha256: str | None = None,
    ) -> bool:
        """Create an object; `False` where the key is taken.

        A file above 64 MiB goes up in parts after a look at the key: stores such as Ceph honour no condition there, so
        two writers at once must have the same bytes, as they have where the key holds the content's hash.
        """
        headers = _headers(content_type, cache_control, sha256)
        is_large = isinstance(data, Path) and data.stat().st_size > SINGLE_PUT_BYTES
        if (is_large or not self.capabilities().compare_and_swap) and self.stat(key):
            return False
        if is_large:
            return self._put_parts(key, cast(Path, data), headers, sha256)
        condition = {"IfNoneMatch": "*"} if self.capabilities().compare_and_swap else {}
        for attempt in range(ATTEMPTS):
            with self._explained(key):
                try:
                    self._put(key, data, {**headers, **condition})
                except _WRITE_TROUBLES as error:
                    if (is_new := self._created(key, data, sha256, error)) is not None:
                        return is_new
                else:
                    return True
            self._wait(_PAUSE * 2**attempt)
        raise StorageError(f"{self._name(key)}: others write this object all the time: run again when they are done")

    def replace(
        self,
        key: str,
        data: bytes,
        *,
        expected: str | None,
        content_type: str,
        cache_control: str | None = None,
    ) -> str:
        """Write an object over the version expected."""
        headers = _headers(content_type, cache_control, None)
        for attempt in range(ATTEMPTS):
            with self._explained(key):
                condition = self._condition(key, expected)
                try:
                    return version_of(self._put(key, data, {**headers, **condition}))
                except _WRITE_TROUBLES as error:
                    if (version := self._swapped(key, data, expected, error)) is not None:
                        return version
            self._wait(_PAUSE * 2**attempt)
        raise StorageError(f"{self._name(key)}: others write this object all the time: run again when they are done")

    def read(self, key: str) -> bytes:
        """Give an object's content."""
        with self.open(key) as stream:
            return stream.read()

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """Give an object's content, or a part of it, as a stream."""
        if end is not None and end <= start:
            return io.BytesIO()
        wanted = {} if start == 0 and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        with self._explained(key):
            try:
                answer = self._client.get_object(Bucket=self.bucket, Key=self._key(key), **wanted)
            except ClientError as error:
                if wanted and status_of(error) == BEYOND:
                    return io.BytesIO()
                raise
        stream = cast(BinaryIO, io.BufferedReader(_Body(self, key, answer["Body"]), _BUFFER_BYTES))
        if not wanted or answer["ResponseMetadata"]["HTTPStatusCode"] == PART:
            return stream
        with stream:
            return io.BytesIO(stream.read()[start:end])

    def stat(self, key: str) -> Stat | None:
        """Say an object's size, its entity tag, and the hash it was put with."""
        with self._explained(key):
            try:
                answer = self._client.head_object(Bucket=self.bucket, Key=self._key(key))
            except ClientError as error:
                if status_of(error) != MISSING:
                    raise
                self._find_bucket()
                return None
        return Stat(bytes=answer["ContentLength"], version=version_of(answer), sha256=answer["Metadata"].get("sha256"))

    def delete(self, key: str) -> None:
        """Remove an object."""
        with self._explained(key):
            self._client.delete_object(Bucket=self.bucket, Key=self._key(key))

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys that begin with a text, in the order of their UTF-8 bytes."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._explained(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._prefix + prefix):
                for item in page.get("Contents", ()):
                    yield item["Key"].removeprefix(self._prefix)

    def give_up_uploads(self, prefix: str, before: datetime, *, look_only: bool = False) -> int:
        """Take back uploads in parts that were begun before a moment and never ended; give how many there were."""
        with self._explained(prefix):
            found = parts.unfinished(self._client, self.bucket, self._prefix + prefix, before)
            return len(found) if look_only else parts.give_up_uploads(found)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _known(self) -> Habits:
        if self._habits is None:
            with self._explained(_PROBES):
                self._habits = probe(self._client, self.bucket, self._prefix + _PROBES)
        return self._habits

    def _condition(self, key: str, expected: str | None) -> dict[str, str]:
        """Give the condition of a swap; where the store honours none, look for ourselves.

        Raises:
            StorageConflictError: the object is in another version already.
        """
        habits = self._known()
        if not habits.capabilities.compare_and_swap:
            found = self.stat(key)
            if (found and found.version) != expected:
                raise self._conflict(key, expected, found)
            return {}
        return {"IfNoneMatch": "*"} if expected is None else {"IfMatch": habits.tag(expected)}

    def _created(self, key: str, data: bytes | Path, sha256: str | None, error: Exception) -> bool | None:
        """Decide what became of a creation that was answered by an error: ours, another's, or to be tried again."""
        if isinstance(error, ClientError) and status_of(error) == BUSY:
            return None
        if isinstance(error, ClientError) and status_of(error) == TAKEN:
            return was_repeated(error) and self._holds(key, data, sha256)
        if is_undecided(error) and self._holds(key, data, sha256):
            return True
        raise error

    def _swapped(self, key: str, data: bytes, expected: str | None, error: Exception) -> str | None:
        """Decide what became of a swap that was answered by an error: the new version, or nothing to try again."""
        is_refused = isinstance(error, ClientError) and status_of(error) in {TAKEN, BUSY, MISSING}
        if isinstance(error, ClientError) and code_of(error) == "NoSuchBucket":
            raise error
        if not is_refused and not is_undecided(error):
            raise error
        found = self.stat(key)
        may_be_ours = is_undecided(error) or (isinstance(error, ClientError) and was_repeated(error))
        if found and may_be_ours and self.read(key) == data:
            return found.version
        if (found and found.version) != expected:
            raise self._conflict(key, expected, found) from error
        if not is_refused:
            raise error
        return None

    def _holds(self, key: str, data: bytes | Path, sha256: str | None) -> bool:
        """Whether an object is what we sent: by the hash kept with it, or by its content where it is small."""
        found = self.stat(key)
        if found is None:
            return False
        if sha256 is not None:
            return found.sha256 == sha256
        return self.read(key) == (data if isinstance(data, bytes) else data.read_bytes())

    def _conflict(self, key: str, expected: str | None, found: Stat | None) -> StorageConflictError:
        return StorageConflictError(
            f"{self._name(key)}: expected version {expected or 'none'}, but found "
            f"{found.version if found else 'none'}: somebody else wrote it; read it again and start over"
        )

    def _put(self, key: str, data: bytes | Path, headers: Mapping[str, Any]) -> Any:
        if isinstance(data, bytes):
            return self._client.put_object(Bucket=self.bucket, Key=self._key(key), Body=data, **headers)
        with data.open("rb") as body:
            return self._client.put_object(Bucket=self.bucket, Key=self._key(key), Body=body, **headers)

    def _put_parts(self, key: str, data: Path, headers: Mapping[str, Any], sha256: str | None) -> bool:
        place = parts.Place(client=self._client, bucket=self.bucket, key=self._key(key))
        with self._explained(key):
            try:
                parts.send_parts(place, data, headers, names_content=bool(sha256 and sha256[:16] in key))
            except _WRITE_TROUBLES as error:
                # Another sender of the same bytes may have ended the upload, or the answer of ours was lost.
                if _may_be_done(error) and self._holds(key, data, sha256):
                    return True
                raise
        return True

    def _find_bucket(self) -> None:
        """Tell a missing bucket from a missing object: to a HEAD both answer 404 without a word."""
        if self._bucket_found:
            return
        try:
            self._client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if status_of(error) == MISSING:
                raise no_bucket(self.bucket) from None
        self._bucket_found = True

    def _key(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _name(self, key: str) -> str:
        return f"s3://{self.bucket}/{self._prefix}{key}"

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        with explained(self._name(key)):
            yield


class _Body(io.RawIOBase):
    """The body of an answer as a raw stream whose troubles are `StorageError`."""

    def __init__(self, storage: S3Storage, key: str, body: Any) -> None:
        self._storage = storage
        self._key = key
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._storage._explained(self._key):  # noqa: SLF001
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()


def _headers(content_type: str, cache_control: str | None, sha256: str | None) -> dict[str, Any]:
    headers: dict[str, Any] = {"ContentType": content_type}
    if cache_control:
        headers["CacheControl"] = cache_control
    if sha256:
        headers["Metadata"] = {"sha256": sha256}
    return headers


def _may_be_done(error: Exception) -> bool:
    return is_undecided(error) or (isinstance(error, ClientError) and status_of(error) == MISSING)
