"""Objects in a bucket of AWS S3 or of a store that speaks its protocol."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import boto3
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from botocore.exceptions import EndpointConnectionError as Unreachable
from urllib3.exceptions import HTTPError as BrokenStream

from ocds_pipeline.storage import check_key
from ocds_schema.errors import StorageConflictError, StorageError
from publish.storage import Stat

_SINGLE_PUT_BYTES = 64 << 20
_BUFFER_BYTES = 1 << 20
_ATTEMPTS = 5
_TAKEN = 412
_BUSY = 409
_MISSING = 404
_FORBIDDEN = "these credentials may not do this: they need s3:GetObject, s3:PutObject and s3:ListBucket"
_SECRET = "the credentials are wrong: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"  # noqa: S105
_NO_SPACE = "no space is left in the store: free some or raise the quota, then run again"
_UNCONDITIONAL = "the store does not honour conditional writes (If-None-Match, If-Match), which publishing needs"
_REMEDIES: Mapping[str, str] = {
    "NoSuchBucket": "there is no such bucket: make it, or mend the URL",
    "NoSuchKey": "there is no such object",
    "404": "there is no such object",
    "AccessDenied": _FORBIDDEN,
    "403": _FORBIDDEN,
    "InvalidAccessKeyId": _SECRET,
    "SignatureDoesNotMatch": _SECRET,
    "ExpiredToken": "the credentials have run out: renew AWS_SESSION_TOKEN",
    "RequestTimeTooSkewed": "this machine's clock is wrong: set it",
    "QuotaExceeded": _NO_SPACE,
    "EntityTooLarge": _NO_SPACE,
    "InsufficientStorage": _NO_SPACE,
    "XMinioStorageFull": _NO_SPACE,
    "507": _NO_SPACE,
    "NotImplemented": _UNCONDITIONAL,
    "501": _UNCONDITIONAL,
}


class S3Storage:
    """Objects under a prefix of a bucket."""

    def __init__(self, bucket: str, prefix: str, *, endpoint: str | None = None, region: str | None = None) -> None:
        """Make the client; nothing is asked of the store yet.

        Raises:
            StorageError: no credentials are to be found.
        """
        self.bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._bucket_found = False
        with self._explained(""):
            self._client = _client(endpoint, region)

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
        if isinstance(data, Path) and data.stat().st_size > _SINGLE_PUT_BYTES:
            return self._put_parts(key, data, headers)
        for _ in range(_ATTEMPTS):
            with self._explained(key):
                try:
                    self._put(key, data, {**headers, "IfNoneMatch": "*"})
                except ClientError as error:
                    if _status(error) == _TAKEN:
                        return False
                    if _status(error) != _BUSY:
                        raise
                else:
                    return True
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
        condition = {"IfNoneMatch": "*"} if expected is None else {"IfMatch": expected}
        for _ in range(_ATTEMPTS):
            with self._explained(key):
                try:
                    return _version(self._put(key, data, {**headers, **condition}))
                except ClientError as error:
                    if _status(error) not in {_TAKEN, _BUSY, _MISSING} or _code(error) == "NoSuchBucket":
                        raise
                    refused = error
            found = self.stat(key)
            if found and _was_repeated(refused) and self.read(key) == data:
                return found.version
            if (found and found.version) != expected:
                break
            # Ceph takes the entity tag only without quotes, others may want them.
            condition = condition if expected is None else {"IfMatch": f'"{expected}"'}
        raise StorageConflictError(
            f"{self._name(key)}: expected version {expected or 'none'}, but found "
            f"{found.version if found else 'none'}: somebody else wrote it; read it again and start over"
        )

    def read(self, key: str) -> bytes:
        """Give an object's content."""
        with self.open(key) as stream:
            return stream.read()

    def open(self, key: str) -> BinaryIO:
        """Give an object's content as a stream."""
        with self._explained(key):
            answer = self._client.get_object(Bucket=self.bucket, Key=self._key(key))
        return cast(BinaryIO, io.BufferedReader(_Body(self, key, answer["Body"]), _BUFFER_BYTES))

    def stat(self, key: str) -> Stat | None:
        """Say an object's size, its entity tag, and the hash it was put with."""
        with self._explained(key):
            try:
                answer = self._client.head_object(Bucket=self.bucket, Key=self._key(key))
            except ClientError as error:
                if _status(error) != _MISSING:
                    raise
                self._find_bucket()
                return None
        return Stat(bytes=answer["ContentLength"], version=_version(answer), sha256=answer["Metadata"].get("sha256"))

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys that begin with a text, in the order of their UTF-8 bytes."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._explained(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._prefix + prefix):
                for item in page.get("Contents", ()):
                    yield item["Key"].removeprefix(self._prefix)

    def _put(self, key: str, data: bytes | Path, headers: Mapping[str, Any]) -> Any:
        if isinstance(data, bytes):
            return self._client.put_object(Bucket=self.bucket, Key=self._key(key), Body=data, **headers)
        with data.open("rb") as body:
            return self._client.put_object(Bucket=self.bucket, Key=self._key(key), Body=body, **headers)

    def _put_parts(self, key: str, data: Path, headers: Mapping[str, Any]) -> bool:
        if self.stat(key):
            return False
        with self._explained(key):
            self._client.upload_file(
                str(data),
                self.bucket,
                self._key(key),
                ExtraArgs=dict(headers),
                Config=TransferConfig(multipart_threshold=_SINGLE_PUT_BYTES, multipart_chunksize=16 << 20),
            )
        return True

    def _find_bucket(self) -> None:
        """Tell a missing bucket from a missing object: to a HEAD both answer 404 without a word."""
        if self._bucket_found:
            return
        try:
            self._client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if _status(error) == _MISSING:
                raise StorageError(f"s3://{self.bucket}: {_REMEDIES['NoSuchBucket']}") from None
        self._bucket_found = True

    def _key(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _name(self, key: str) -> str:
        return f"s3://{self.bucket}/{self._prefix}{key}"

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            told = error.response.get("Error", {}).get("Message", "")
            raise StorageError(
                f"{self._name(key)}: {_REMEDIES.get(_code(error)) or f'{_code(error)} {told}'}"
            ) from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise StorageError(
                f"{self._name(key)}: no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
            ) from error
        except Unreachable as error:
            raise StorageError(
                f"{self._name(key)}: the store does not answer: {error}; check AWS_ENDPOINT_URL_S3"
            ) from error
        except (BotoCoreError, S3UploadFailedError, BrokenStream, OSError, ValueError) as error:
            raise StorageError(f"{self._name(key)}: {error}") from error


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


def _client(endpoint: str | None, region: str | None) -> Any:
    settings = {
        "signature_version": "s3v4",
        # Stores other than AWS refuse, or answer wrongly to, the checksums that boto3 sends by default.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "retries": {"mode": "standard", "max_attempts": _ATTEMPTS},
        "connect_timeout": 10,
        "read_timeout": 60,
        "max_pool_connections": 32,
    }
    session = boto3.session.Session(region_name=region)
    if session.get_credentials() is None:
        raise NoCredentialsError
    client = session.client("s3", endpoint_url=endpoint, config=Config(**settings))
    if "amazonaws.com" in client.meta.endpoint_url:
        return client
    path_style = Config(**settings, s3={"addressing_style": "path"})
    return session.client("s3", endpoint_url=endpoint, config=path_style)


def _headers(content_type: str, cache_control: str | None, sha256: str | None) -> dict[str, Any]:
    headers: dict[str, Any] = {"ContentType": content_type}
    if cache_control:
        headers["CacheControl"] = cache_control
    if sha256:
        headers["Metadata"] = {"sha256": sha256}
    return headers


def _version(answer: Any) -> str:
    return str(answer["ETag"]).strip('"')


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _was_repeated(error: ClientError) -> bool:
    """Whether boto3 asked again by itself: a write whose answer got lost is then refused by its own success."""
    return bool(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))
