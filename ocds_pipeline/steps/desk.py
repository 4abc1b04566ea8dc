"""What a step works with: the settings, the source, the open store, and where its files go."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ocds_pipeline.progress import Meter, SilentMeter
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_source
from ocds_pipeline.store import Store
from ocds_schema.errors import ConfigurationError
from ocds_schema.source import Source

NAME = "ocds-pipeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a step needs, opened and closed for it."""

    settings: Settings
    source: Source
    store: Store
    progress: Meter

    @property
    def work(self) -> Path:
        """The folder for what is not finished yet."""
        return self.settings.home / "work"


@contextmanager
def open_desk(source: str, settings: Settings, progress: Meter) -> Iterator[Desk]:
    """Open the store and take the source's lock, so that no other run of the source is at work.

    Raises:
        ConfigurationError: there is no such source, a setting is wrong, or the store has ocids of another prefix.
        SourceBusyError: another run of the source is at work.
        StoreError: the database cannot be opened.
    """
    facts = load_source(source, settings)
    store = Store.open(settings.database_url)
    try:
        with store.lock(source):
            _check_prefix(facts, store)
            yield Desk(settings=settings, source=facts, store=store, progress=progress)
    finally:
        store.close()


@contextmanager
def open_memory(source: Source, settings: Settings) -> Iterator[Desk]:
    """Open the store only to ask it what was published; another run of the source may be at work.

    Raises:
        StoreError: the database cannot be opened.
    """
    store = Store.open(settings.database_url)
    try:
        yield Desk(settings=settings, source=source, store=store, progress=SilentMeter())
    finally:
        store.close()


def _check_prefix(source: Source, store: Store) -> None:
    """Raise where the store's processes have another prefix: an ocid is for life, so they would keep it."""
    found = store.any_ocid(source.name, apart_from=source.republished)
    if found and not found.startswith(f"{source.ocid_prefix}-{source.ocid_namespace}-"):
        raise ConfigurationError(
            f"OCDS_{source.name.upper()}_OCID_PREFIX is {source.ocid_prefix}, but the database holds processes such as "
            f"{found}: an ocid is for life, so set the prefix back, or OCDS_DATABASE_URL and OCDS_PUBLIC_URL to places "
            "that are empty"
        )


def software() -> str:
    """Name this program and its version, as it signs its requests and its archive."""
    return f"{NAME}/{version(NAME)}"
