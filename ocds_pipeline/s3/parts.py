"""Large files, sent in parts: what a killed sender left is gone on with, what a store refuses is taken back."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ocds_pipeline.s3.client import is_undecided

PART_BYTES = 16 << 20
_MOST_PARTS = 10_000
_SENDERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an object goes: its bucket and key there."""

    client: Any
    bucket: str
    key: str

    @property
    def address(self) -> Mapping[str, str]:
        """The place, as every request names it."""
        return {"Bucket": self.bucket, "Key": self.key}


def send_parts(place: Place, data: Path, headers: Mapping[str, Any], *, names_content: bool) -> None:
    """Send a file in parts. With `names_content` the key holds the content's hash, so parts sent before still hold.

    Where the line breaks or the store is down, the parts stay there for the next try; where it refuses, they go.
    """
    upload = _begun(place) if names_content else None
    if not names_content:
        _give_up_all(place)
    upload = upload or place.client.create_multipart_upload(**place.address, **headers)["UploadId"]
    try:
        parts = _send(place, upload, data)
        place.client.complete_multipart_upload(**place.address, UploadId=upload, MultipartUpload={"Parts": parts})
    except ClientError as error:
        if not is_undecided(error):
            _give_up(place, upload)
        raise


def unfinished(client: Any, bucket: str, prefix: str, before: datetime) -> list[tuple[Place, str]]:
    """Give what was begun below a prefix before a moment and never ended: each place with the upload's id."""
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    return [
        (Place(client=client, bucket=bucket, key=upload["Key"]), upload["UploadId"])
        for page in pages
        for upload in page.get("Uploads", ())
        if upload["Initiated"] < before
    ]


def give_up_uploads(uploads: Sequence[tuple[Place, str]]) -> int:
    """Take uploads back, and say how many there were."""
    for place, upload in uploads:
        _give_up(place, upload)
    return len(uploads)


def _begun(place: Place) -> str | None:
    """Find the newest upload of this object that somebody began; some stores list none."""
    uploads = _uploads(place)
    return str(max(uploads, key=lambda each: str(each["Initiated"]))["UploadId"]) if uploads else None


def _uploads(place: Place) -> list[Any]:
    try:
        answer = place.client.list_multipart_uploads(Bucket=place.bucket, Prefix=place.key)
    except ClientError as error:
        if is_undecided(error):
            raise
        return []
    return [each for each in answer.get("Uploads", ()) if each["Key"] == place.key]


def _give_up_all(place: Place) -> None:
    for upload in _uploads(place):
        _give_up(place, upload["UploadId"])


def _give_up(place: Place, upload: str) -> None:
    with suppress(ClientError, BotoCoreError):
        place.client.abort_multipart_upload(**place.address, UploadId=upload)


def _send(place: Place, upload: str, data: Path) -> list[Any]:
    size = data.stat().st_size
    step = max(PART_BYTES, -(-size // _MOST_PARTS))
    held = _held(place, upload)

    def send(number: int) -> Any:
        with data.open("rb") as file:
            file.seek((number - 1) * step)
            piece = file.read(step)
        tag = hashlib.md5(piece, usedforsecurity=False).hexdigest()
        if held.get(number) != tag:
            answer = place.client.upload_part(**place.address, UploadId=upload, PartNumber=number, Body=piece)
            return {"PartNumber": number, "ETag": answer["ETag"]}
        return {"PartNumber": number, "ETag": f'"{tag}"'}

    with ThreadPoolExecutor(_SENDERS) as pool:
        return list(pool.map(send, range(1, -(-size // step) + 1)))


def _held(place: Place, upload: str) -> dict[int, str]:
    """Give the parts that the store has, by number, each with its tag: its MD5 on most stores."""
    pages = place.client.get_paginator("list_parts").paginate(**place.address, UploadId=upload)
    return {part["PartNumber"]: part["ETag"].strip('"') for page in pages for part in page.get("Parts", ())}
