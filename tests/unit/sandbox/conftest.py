from typing import Any

import pytest

from tests.support.sandbox_desk import LISTS, Desk

Crawl = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def desk() -> Desk:
    """A portal that is big enough for every script to be led by a case."""
    return Desk(processes=1000, seed=5)


@pytest.fixture(scope="session")
def crawl(desk: Desk) -> Crawl:
    """Everything its lists show."""
    return {kind: desk.walk(path) for path, kind in LISTS.items()}
