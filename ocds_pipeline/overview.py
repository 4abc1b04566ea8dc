"""The sources found, with their settings and state."""

from collections.abc import Iterable

from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_source, source_names
from ocds_pipeline.store import Store
from ocds_schema.json import Json


def overview(settings: Settings) -> Json:
    """Give, by name, each source's title, portal, settings that can be shown, and what has become of it so far.

    Raises:
        ConfigurationError: a declaration or a setting is wrong.
        StoreError: the database cannot be opened.
    """
    store = Store.open(settings.database_url)
    try:
        return {name: _source(name, settings, store) for name in source_names()}
    finally:
        store.close()


def _source(name: str, settings: Settings, store: Store) -> Json:
    source, own = load_source(name, settings), settings.of(name)
    harvest, edition = store.last_step(name, "harvest"), store.last_edition(name)
    failed = store.failed_edition(name)
    return {
        "title": source.title,
        "portal": source.portal.name,
        "baseUrl": source.portal.base_url,
        "furtherPortals": [
            {"name": each.name, "baseUrl": each.base_url, "requestsPerSecond": each.rate}
            for each in source.portals.values()
        ],
        "requestsPerSecond": source.portal.rate,
        "hasToken": bool(own.token),
        "needsToken": bool(source.portal.token),
        "ocidPrefix": source.ocid_prefix,
        "testData": source.is_test_data,
        "schedule": source.schedule,
        "publishedAt": settings.public_url,
        "lastHarvest": harvest[0].as_of.isoformat() if harvest else None,
        "waiting": store.pending_count(name),
        "lastEdition": edition.id if edition else None,
        "stoppedEdition": failed.id if failed else None,
    }


def overview_text(report: Json) -> str:
    """Say it in words, some lines a source."""
    return "\n".join(line for name, facts in report.items() for line in _lines(name, facts))


def _lines(name: str, facts: Json) -> Iterable[str]:
    lacking = "no token is set" if facts["needsToken"] else "no token is needed"
    token = "a token is set" if facts["hasToken"] else lacking
    prefix = f"{facts['ocidPrefix']} (test data)" if facts["testData"] else facts["ocidPrefix"]
    yield f"{name}: {facts['title']}"
    yield f"  portal        {facts['portal']}, {facts['baseUrl']}"
    for portal in facts["furtherPortals"]:
        yield f"                {portal['name']}, {portal['baseUrl']}; at most {portal['requestsPerSecond']:g} a second"
    yield f"  access        {token}; at most {facts['requestsPerSecond']:g} requests a second"
    yield f"  ocid prefix   {prefix}"
    yield f"  published at  {facts['publishedAt']}"
    yield f"  last harvest  {facts['lastHarvest'] or 'never'}; {facts['waiting']:,} processes wait to be mapped"
    yield f"  last edition  {facts['lastEdition'] or 'none'}"
    if facts["stoppedEdition"]:
        place = f"{facts['publishedAt'].rstrip('/')}/v1/{name}/failed/{facts['stoppedEdition']}.json"
        yield f"  STOPPED       {facts['stoppedEdition']} by a gate; {place} says why"
