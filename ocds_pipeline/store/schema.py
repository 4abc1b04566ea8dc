"""Brings the tables of a database to the version that this code knows."""

from sqlalchemy import Connection, inspect, text

from ocds_schema.errors import StoreSetupError

NEWEST = "0005"
"""The version of the tables that this code knows: the newest migration."""
_MIGRATIONS = "ocds_pipeline.store:migrations"
_UPGRADE_LOCK = 0x0CD5_0001


def upgrade(connection: Connection, name: str) -> None:
    """Apply the migrations that a database lacks, in the transaction of the connection.

    Raises:
        StoreSetupError: the database was made by a newer version of this project.
    """
    if _held(connection) != NEWEST:
        _migrate(connection, name)


def _held(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection, name: str) -> None:
    # It takes a sixth of a second to load, and nearly every command finds the tables up to date.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    held = _held(connection)  # another process may have come first
    if held == NEWEST:
        return
    if held is not None and held not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreSetupError(
            f"the database {name} has tables of version {held}, newer than this program knows: "
            "install the newest version of ocds-pipeline, or give it another database"
        )
    command.upgrade(config, "head")
