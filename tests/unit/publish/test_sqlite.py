"""The SQLite file has what people look things up with: search, views and indexes."""

import sqlite3
from contextlib import closing

import pytest

from ocds_pipeline.storage import FileStorage
from publish import sqlite
from publish.verify import verify
from tests.support.publishing import changed, ocid, publish, sample


def test_a_beginning_of_a_name_finds_the_process(files):
    with _opened(files) as connection:
        found = connection.execute(
            "SELECT ocid FROM processes WHERE rowid IN "
            "(SELECT rowid FROM processes_search WHERE buyer_name MATCH 'ябло*')"
        )
        assert found.fetchall() == [(ocid("100-1"),)]


def test_views_count_each_contract_once(files):
    with _opened(files) as connection:
        assert connection.execute("SELECT sum(contracts) FROM buyers").fetchone() == (3,)
        assert connection.execute("SELECT count(*) FROM contracts_of_processes").fetchone() == (3,)


def test_a_look_up_by_supplier_can_use_an_index(files):
    with _opened(files) as connection:
        # An index that could not be used would be refused; whether it is chosen depends on how many rows there are.
        asked = "SELECT * FROM contracts INDEXED BY contracts_supplier_id WHERE supplier_id = 'KZ-BIN-1'"
        assert len(connection.execute(asked).fetchall()) == 3


def test_the_file_is_sound_and_says_what_it_is(files):
    with _opened(files) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        about = dict(connection.execute("SELECT name, value FROM about"))
        assert about["title"] == "Public procurement of Kazakhstan"


def test_a_day_after_a_full_build_fills_in_only_the_year_that_moved(tmp_path, monkeypatch):
    filled = []
    fill = sqlite._fill
    monkeypatch.setattr(sqlite, "_fill", lambda *given: (filled.append(given[1].name), fill(*given)))
    storage, made = FileStorage(tmp_path / "public"), sample()
    publish(made, storage, tmp_path / "work", left_out={})
    assert filled.count("contracts") == 2

    filled.clear()
    publish(changed(made), storage, tmp_path / "work", 2, left_out={})
    assert filled.count("contracts") == 1
    again = FileStorage(tmp_path / "again")
    publish(made, again, tmp_path / "work of yesterday", left_out={})
    publish(changed(made), again, tmp_path / "work of today", 2, left_out={})
    assert _databases(storage) == _databases(again)
    assert len(_databases(again)) == 2


@pytest.mark.parametrize("spoil", ["cut", "altered", "not noted"])
def test_a_kept_database_that_is_not_whole_is_not_gone_on_with(tmp_path, spoil):
    storage, made = FileStorage(tmp_path / "public"), sample()
    publish(made, storage, tmp_path / "work", left_out={})
    (kept,) = (tmp_path / "work/kept-kazakhstan").glob("*.sqlite")
    if spoil == "cut":
        kept.write_bytes(kept.read_bytes()[:5000])
    elif spoil == "altered":
        with closing(sqlite3.connect(kept)) as connection, connection:
            connection.execute("UPDATE processes SET title = 'other'")
    else:
        kept.with_suffix(".sha256").unlink()

    publish(changed(made), storage, tmp_path / "work", 2, left_out={})

    assert verify(storage, "kazakhstan").is_sound
    assert sorted(path.suffix for path in kept.parent.iterdir()) == [".sha256", ".sqlite"]


def _databases(storage):
    return sorted(key for key in storage.keys("v1/") if key.endswith(".sqlite"))


def _opened(files):
    (path,) = files("database", "sqlite", "all")
    return sqlite3.connect(path)
