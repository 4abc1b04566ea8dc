"""Fixtures of the integration tests: a store on each database, and a storage of each kind, on real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from ocds_pipeline.storage import open_storage
from ocds_pipeline.store import Store
from publish.storage import Storage
from tests.support import buckets
from tests.support.postgres import Server
from tests.support.radosgw import Bucketeer


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """A database with the tables in place, to be copied."""
    name = postgres.create()
    Store.open(postgres.url(name)).close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.sqlite3"
        return
    running = request.getfixturevalue("postgres")
    name = running.create(template=request.getfixturevalue("postgres_template"))
    yield running.url(name)
    running.drop(name)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def moto() -> Iterator[Bucketeer]:
    """A stand-in S3 server: a second opinion, no proof."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield Bucketeer(endpoint=f"http://{host}:{port}")
    made.stop()


@pytest.fixture(params=["ceph", "moto"])
def s3(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Bucketeer:
    """Each S3 server, found by the AWS names alone."""
    running: Bucketeer = request.getfixturevalue(request.param)
    buckets.use(running, monkeypatch)
    return running


@pytest.fixture
def bucket(s3: Bucketeer) -> str:
    """An empty bucket on each S3 server."""
    return buckets.create(s3)


@pytest.fixture
def real_bucket(ceph: Bucketeer, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket on the real S3 server."""
    buckets.use(ceph, monkeypatch)
    return buckets.create(ceph)


@pytest.fixture(params=["file", "ceph", "moto"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """An empty storage of each kind."""
    if request.param == "file":
        yield open_storage(f"file://{tmp_path}/public")
        return
    running: Bucketeer = request.getfixturevalue(request.param)
    buckets.use(running, monkeypatch)
    made = open_storage(f"s3://{buckets.create(running)}/some/prefix")
    yield made
    made.close()
