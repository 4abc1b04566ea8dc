"""A stand-in portal for the whole module, and installations that are pointed at it."""

import pytest

from sandbox.server import running
from tests.support.command import TOKEN, Installation


@pytest.fixture(scope="module")
def portal():
    with running("kazakhstan", processes=60, seed=7, token=TOKEN) as stand_in:
        yield stand_in


@pytest.fixture
def installation(tmp_path, portal):
    return Installation(home=tmp_path / "home", portal=portal.base_url)
