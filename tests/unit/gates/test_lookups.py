"""The gate on parity looks into the files of all years together, too."""

import sqlite3
from contextlib import closing, suppress

import pytest

from ocds_pipeline.gates.reading import read
from ocds_pipeline.gates.task import Task
from ocds_pipeline.storage import FileStorage
from ocds_schema.errors import PublishError
from publish.edition import write_edition
from tests.support.publishing import order, sample


@pytest.fixture
def differences(tmp_path):
    """What is found different in an edition whose files something is done to before they are judged."""

    def found(spoil):
        seen = []

        def judge(built):
            task = Task.of(built)
            spoil({file.entry["format"]: file.local for file in task.files if file.entry["role"] == "lookup"})
            seen.extend(read(task, tmp_path).differences.all())
            raise PublishError("that is all that is wanted")

        with suppress(PublishError):
            write_edition(
                sample(), FileStorage(tmp_path / "public"), order(left_out={}), work=tmp_path / "work", judge=judge
            )
        return seen

    return found


def test_sound_files_pass(differences):
    assert differences(lambda _: None) == []


def test_another_cell_in_the_database_is_found(differences):
    def spoil(files):
        with closing(sqlite3.connect(files["sqlite"])) as connection, connection:
            connection.execute("UPDATE contracts SET value = 1 WHERE rowid = 1")

    (finding,) = differences(spoil)
    assert finding.expected.startswith("contracts with the digest")


def test_organizations_of_all_years_that_cannot_be_read_are_found(differences):
    (finding,) = differences(lambda files: files["parquet"].write_bytes(b"PAR1"))
    assert "entities" in finding.file
