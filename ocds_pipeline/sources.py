"""Which sources there are: a country is found by the presence of its two folders."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module, resources
from typing import TYPE_CHECKING, cast

from ocds_pipeline.settings import Settings, SourceSettings
from ocds_schema.errors import ConfigurationError
from ocds_schema.personal import PersonNumbers, together
from ocds_schema.source import Portal as PortalFacts
from ocds_schema.source import Source, read_source

if TYPE_CHECKING:  # a DAG file asks for names alone, and is read every minute
    from extractors.base import Portal
    from extractors.importing import Importer


def source_names() -> tuple[str, ...]:
    """List the sources, by name: every folder of `extractors` with a `source.toml`."""
    folders = resources.files("extractors").iterdir()
    return tuple(sorted(folder.name for folder in folders if folder.joinpath("source.toml").is_file()))


def load_source(name: str, settings: Settings) -> Source:
    """Give a source's facts, with what the deployment says in their place.

    Raises:
        ConfigurationError: there is no such source, or its declaration or a setting is wrong.
    """
    if name not in source_names():
        raise ConfigurationError(f"there is no source {name!r}; there are: {', '.join(source_names())}")
    source = read_source(name)
    return replace(
        source,
        portal=_as_deployed(source.portal, settings.of(name)),
        portals={each: _as_deployed(portal, settings.of(name, each)) for each, portal in source.portals.items()},
        ocid_prefix=settings.of(name).ocid_prefix or source.ocid_prefix,
    )


def _as_deployed(portal: PortalFacts, own: SourceSettings) -> PortalFacts:
    return replace(
        portal,
        base_url=own.base_url.rstrip("/") or portal.base_url,
        rate=own.rate or portal.rate,
        timeout=own.timeout or portal.timeout,
    )


def portal_names() -> dict[str, tuple[str, ...]]:
    """Give the names of each source's further portals, by source."""
    found = {}
    for name in source_names():
        with suppress(ConfigurationError):  # whoever works with that source is told
            found[name] = tuple(read_source(name).portals)
    return found


def person_numbers(names: Iterable[str] = ()) -> PersonNumbers:
    """Give the numbers of natural persons that some sources may hold, without names all sources."""
    there = source_names()
    found = []
    for name in set(there) & set(names) or there:
        with suppress(ConfigurationError):  # whoever works with that source is told
            found.append(read_source(name).person_numbers)
    return together(found)


def load_portal(name: str) -> "Portal":
    """Give the country's way of reading its portal: `extractors.<name>.PORTAL`."""
    return cast("Portal", import_module(f"extractors.{name}").PORTAL)


def load_importer(name: str) -> "Importer":
    """Give the country's way of reading files that people hold: `extractors.<name>.IMPORTER`.

    Raises:
        ConfigurationError: there is no such source, or it reads no files.
    """
    if name not in source_names():
        raise ConfigurationError(f"there is no source {name!r}; there are: {', '.join(source_names())}")
    importer = getattr(import_module(f"extractors.{name}"), "IMPORTER", None)
    if importer is None:
        raise ConfigurationError(f"{name} reads no files: `ocds-pipeline harvest {name}` reads its portal")
    return cast("Importer", importer)
