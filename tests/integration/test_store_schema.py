"""Opening a store: the tables made, brought up to date, or refused; and errors in plain words."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from ocds_pipeline.store import Store
from ocds_pipeline.store.schema import NEWEST
from ocds_pipeline.store.tables import METADATA
from ocds_schema.errors import StoreError, StoreSetupError
from ocds_schema.run import Cursor
from tests.support.postgres import Server
from tests.support.stored import SOURCE, Again, document, outcome, run

LOTS = Again(name="lots again", kind="lot", way="rest", sweep=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/deep/er/store.sqlite3"
    running: Server = request.getfixturevalue("postgres")
    return running.url(running.create())


def test_an_empty_database_gets_the_tables_that_the_code_states(empty_url: str) -> None:
    with Store.open(empty_url) as store, store._reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        kinds = inspect(connection).get_indexes("document")
        assert {index["name"] for index in kinds} == {"document_process", "document_family", "document_open"}


def test_the_version_that_the_code_knows_is_that_of_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "ocds_pipeline.store:migrations")

    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_a_database_without_the_newest_tables_is_brought_up_to_date(store_url: str) -> None:
    with Store.open(store_url) as store, store._writing() as connection:
        for table in [*METADATA.tables, "alembic_version"]:
            connection.execute(text(f"DROP TABLE {table}"))

    with Store.open(store_url) as store:
        assert store.pending_count(SOURCE) == 0


def first_tables(connection: Connection) -> None:
    """Take the tables of an empty store back to what the first version made."""
    config = Config()
    config.set_main_option("script_location", "ocds_pipeline.store:migrations")
    config.attributes["connection"] = connection
    command.downgrade(config, "0001")


def test_documents_of_the_first_tables_are_closed_and_stay_as_they_were(empty_url: str) -> None:
    lot = document("lot", "1", "buy:1", family="lot/1", wants=("plan/9",), text="Көмір")
    with Store.open(empty_url) as store:
        store.save_page(run(), "lot/all", Cursor(), [lot])
        with store._writing() as connection:
            first_tables(connection)
            assert "open" not in {column["name"] for column in inspect(connection).get_columns("document")}

    with Store.open(empty_url) as store:
        assert [bundle.documents for bundle in store.bundles(SOURCE, ["buy:1"])] == [(lot,)]
        assert store.due(run(2), LOTS, range(0), "") is None
        with store._reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_database_of_a_newer_version_is_refused(store_url: str) -> None:
    with Store.open(store_url) as store, store._writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreSetupError, match="newer than this program knows: install the newest version") as refused:
        Store.open(store_url)

    assert (refused.value.exit_code, refused.value.retryable) == (2, False)


def test_many_may_open_an_empty_database_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(Store.open, [empty_url] * 4))
    counts = [store.pending_count(SOURCE) for store in stores]
    for store in stores:
        store.close()

    assert counts == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("no url", "cannot be read; it looks like sqlite:///"),
        ("mysql://u:secret@host/db", "mysql:// is no database this store can use"),
        ("postgresql+asyncpg://host/db", "is no database this store can use"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_wrong_url_is_refused_with_the_right_form(url: str, words: str) -> None:
    with pytest.raises(StoreSetupError, match=words) as refused:
        Store.open(url)

    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError) as refused:
        Store.open("postgresql://clerk:secret@127.0.0.1:1/registry")

    assert "postgresql+psycopg2://clerk:***@127.0.0.1:1/registry" in str(refused.value)
    assert "see that the server is up" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.retryable


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all " * 100)

    with pytest.raises(StoreError, match=r"notes\.txt cannot be used: file is not a database"):
        Store.open(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(StoreError, match=r"cannot be made: (Not a directory|File exists)"):
        Store.open(f"sqlite:///{tmp_path}/taken/store.sqlite3")


def test_bodies_never_reach_an_error_or_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with store._writing() as connection:
        connection.execute(text("DROP TABLE want"))
    lot = document("lot", "1", "buy:1", text="top secret", wants=("plan/1",))

    with pytest.raises(StoreError) as failed:
        store.save_page(run(), "lot/all", Cursor(), [lot])

    assert "want" in str(failed.value)
    assert "top secret" not in str(failed.value) + caplog.text
    assert failed.value.__suppress_context__


def test_a_failed_batch_leaves_nothing(store: Store) -> None:
    with store._writing() as connection:
        connection.execute(text("DROP TABLE pending"))

    with pytest.raises(StoreError):
        store.save_outcomes(run(), [outcome("buy:1", "o-1")])

    assert store.mark(SOURCE) == 0
    assert store.records(SOURCE, ["buy:1"]) == {}


def test_a_postgresql_url_of_any_spelling_reaches_the_same_database(postgres: Server) -> None:
    name = postgres.create()
    for scheme in ("postgresql", "postgres", "postgresql+psycopg2"):
        with Store.open(postgres.url(name).replace("postgresql", scheme, 1)) as store:
            assert store.pending_count(SOURCE) == 0
    engine = create_engine(postgres.url(name).replace("postgresql:", "postgresql+psycopg2:", 1))
    with engine.connect() as connection:
        storage = connection.scalar(
            text("SELECT attstorage FROM pg_attribute WHERE attrelid = 'release'::regclass AND attname = 'body'")
        )
    engine.dispose()
    assert storage == "e"
