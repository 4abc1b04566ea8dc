"""Brings the tables of a database to the version that this code knows."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ocds_schema.errors import StoreSetupError

_MIGRATIONS = "ocds_pipeline.store:migrations"
_UPGRADE_LOCK = 0x0CD5_0001


def upgrade(connection: Connection, name: str) -> None:
    """Apply the migrations that a database lacks, in the transaction of the connection.

    Raises:
        StoreSetupError: the database was made by a newer version of this project.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    held = MigrationContext.configure(connection).get_current_revision()
    if held == scripts.get_current_head():
        return
    if held is not None and held not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreSetupError(
            f"the database {name} has tables of version {held}, newer than this program knows: "
            "install the newest version of ocds-pipeline, or give it another database"
        )
    command.upgrade(config, "head")
