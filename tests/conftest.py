"""Options of the test command, and the database server that several kinds of tests use."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import Server, server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden cases' expected files anew")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running
