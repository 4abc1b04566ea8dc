"""Fixtures of the integration tests: a store on each database, a real PostgreSQL server among them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ocds_pipeline.store import Store
from tests.support.postgres import Server


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
