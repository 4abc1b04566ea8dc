"""The client that asks the store, and what its answers and silences mean."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from urllib3.exceptions import HTTPError as BrokenStream

from ocds_schema.errors import StorageError

ATTEMPTS = 5
OK = 200
PART = 206
MISSING = 404
BUSY = 409
TAKEN = 412
BEYOND = 416
_TOO_MANY = 429
_BROKEN = 500
_LONGEST_WAIT = 20.0
_FORBIDDEN = (
    "these credentials may not do this: they need s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket and "
    "s3:ListBucketMultipartUploads"
)
_SECRET = "the credentials are wrong: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"  # noqa: S105
_NO_SPACE = "no space is left in the store: free some or raise the quota, then run again"
_BUCKET = "there is no such bucket: make it, or mend the URL"
_OBJECT = "there is no such object"
_SLOW = "the store asks for fewer requests, also after every repetition: run again later"
_DOWN = "the store cannot answer now, also after every repetition: run again later"
_REMEDIES: Mapping[str, str] = {
    "NoSuchBucket": _BUCKET,
    "NoSuchKey": _OBJECT,
    "404": _OBJECT,
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
    "SlowDown": _SLOW,
    "429": _SLOW,
    "500": _DOWN,
    "502": _DOWN,
    "503": _DOWN,
    "504": _DOWN,
    "InternalError": _DOWN,
    "ServiceUnavailable": _DOWN,
}


def connect(endpoint: str | None, region: str | None) -> Any:
    """Make the client; nothing is asked of the store yet.

    Raises:
        NoCredentialsError: there are none to be found.
    """
    settings = {
        "signature_version": "s3v4",
        # Stores other than AWS refuse, or answer wrongly to, the checksums that boto3 sends by default.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "retries": {"mode": "standard", "max_attempts": ATTEMPTS},
        "connect_timeout": 10,
        "read_timeout": 60,
        "max_pool_connections": 32,
    }
    session = boto3.session.Session(region_name=region)
    if session.get_credentials() is None:
        raise NoCredentialsError
    client = session.client("s3", endpoint_url=endpoint, config=Config(**settings))
    if "amazonaws.com" not in client.meta.endpoint_url:
        path_style = Config(**settings, s3={"addressing_style": "path"})
        client = session.client("s3", endpoint_url=endpoint, config=path_style)
    client.meta.events.register("needs-retry.s3", _wait_when_too_many)
    return client


def _wait_when_too_many(response: Any, attempts: int, **_more: Any) -> float | None:
    """Give the seconds to wait after a 429 that has no code which boto3 knows."""
    if response is None or response[0].status_code != _TOO_MANY or attempts >= ATTEMPTS:
        return None
    return random.uniform(0, min(2.0**attempts, _LONGEST_WAIT))


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn whatever goes wrong with an object into a `StorageError` that names it and says what to do."""
    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {}).get("Message", "")
        remedy = _REMEDIES.get(code_of(error)) or _REMEDIES.get(str(status_of(error)))
        raise StorageError(f"{name}: {remedy or f'{code_of(error)} {told}'}") from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StorageError(
            f"{name}: no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
        ) from error
    except EndpointConnectionError as error:
        raise StorageError(f"{name}: the store does not answer: {error}; check AWS_ENDPOINT_URL_S3") from error
    except (BotoCoreError, Boto3Error, BrokenStream, OSError, ValueError) as error:
        raise StorageError(f"{name}: {error}") from error


def no_bucket(bucket: str) -> StorageError:
    """Give the error that a bucket is not there."""
    return StorageError(f"s3://{bucket}: {_BUCKET}")


def status_of(error: ClientError) -> int:
    """Give the HTTP status of a refusal."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def code_of(error: ClientError) -> str:
    """Give the store's own name of a refusal."""
    return str(error.response.get("Error", {}).get("Code", ""))


def was_repeated(error: ClientError) -> bool:
    """Whether boto3 asked again by itself: a write whose answer got lost is then refused by its own success."""
    return bool(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))


def is_undecided(error: Exception) -> bool:
    """Whether a write may have been done although it was answered by an error, or by nothing."""
    if isinstance(error, ClientError):
        return status_of(error) >= _BROKEN or status_of(error) == _TOO_MANY
    return isinstance(error, (HTTPClientError, BrokenStream))


def version_of(answer: Any) -> str:
    """Give the entity tag of an answer without its quotes."""
    return str(answer["ETag"]).strip('"')
