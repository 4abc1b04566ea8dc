"""Options of the test command, and the servers that several kinds of tests use."""

from collections.abc import Iterator

import pytest

from tests.support import radosgw
from tests.support.postgres import Server, server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden cases' expected files anew")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def ceph() -> Iterator[radosgw.Bucketeer]:
    """A real S3 server."""
    try:
        radosgw.find_programs()
    except radosgw.MissingError as error:
        pytest.skip(str(error))
    with radosgw.server() as running:
        yield running
