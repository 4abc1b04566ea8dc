"""Buckets on the S3 servers of the tests, and the settings by which boto3 finds them."""

import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.support.radosgw import Bucketeer

_COUNTER = itertools.count(1)


def settings(server: Bucketeer) -> dict[str, str]:
    """The environment by which boto3 finds a server, and nothing else."""
    return {
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_ENDPOINT_URL_S3": server.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def use(server: Bucketeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point this process at a server."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in settings(server).items():
        monkeypatch.setenv(name, value)


@contextmanager
def client(server: Bucketeer) -> Iterator[Any]:
    """A plain client, to see what a storage did."""
    made = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name="us-east-1",
        config=Config(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    try:
        yield made
    finally:
        made.close()


def create(server: Bucketeer) -> str:
    """Make a bucket of its own name."""
    name = f"test-{os.getpid()}-{next(_COUNTER)}"
    with client(server) as asked:
        asked.create_bucket(Bucket=name)
    return name


def twin(server: Bucketeer, name: str) -> str:
    """Make a bucket that has what another has."""
    made = create(server)
    with client(server) as asked, ThreadPoolExecutor(4) as hands:
        pages = asked.get_paginator("list_objects_v2").paginate(Bucket=name)
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        list(
            hands.map(
                lambda key: asked.copy_object(Bucket=made, Key=key, CopySource={"Bucket": name, "Key": key}), keys
            )
        )
    return made
