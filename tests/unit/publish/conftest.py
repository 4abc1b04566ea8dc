"""One edition in every format, made once for all tests that only look at it."""

import pytest

from ocds_pipeline.storage import FileStorage
from tests.support.hostile import hostile
from tests.support.publishing import publish


@pytest.fixture(scope="session")
def public(tmp_path_factory):
    folder = tmp_path_factory.mktemp("public")
    storage = FileStorage(folder / "public")
    publish(hostile(), storage, folder / "work", left_out={})
    return storage


@pytest.fixture(scope="session")
def files(public):
    """The files of a table, or of what else there is, in a format."""

    def found(table, form, part="year=2024"):
        return sorted((public.root / f"v1/kazakhstan/data/{table}/{form}/{part}").iterdir())

    return found
