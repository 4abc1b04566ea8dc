"""Verifies what is published at a URL or path: one edition, or all that readers of sources can reach."""

from collections.abc import Iterable
from pathlib import Path

from ocds_pipeline.progress import Meter, SilentMeter
from ocds_pipeline.sources import source_names
from ocds_pipeline.storage import open_storage
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, StorageError
from ocds_schema.json import Json
from publish.around import Around
from publish.layout import CATALOG, LAYOUT, locate, sources
from publish.storage import Storage
from publish.verify import verify


def verify_place(place: str, progress: Meter | None = None, *, newest: bool = False) -> Json:
    """Verify every edition that a place points at; give `editions`, one report each, and all their `findings`.

    Unless the place names an edition, it is also looked at all that is around it: earlier editions, lists, feeds,
    catalogues, notes and keys. With `newest` it is not.

    Raises:
        ConfigurationError: there is no edition there.
        StorageError: the storage cannot be read.
    """
    target = locate(place)
    folder = target.root.removeprefix("file://")
    if "://" not in folder and not Path(folder).is_dir():
        raise ConfigurationError(f"there is no folder {folder}")
    storage = open_storage(target.root)
    names = [target.source] if target.source else list(sources(storage))
    if not names:
        raise ConfigurationError(f"{place} holds no edition: there is no v1/<source>/latest.json below it")
    is_alone = newest or target.edition_id is not None
    known = {*names, *source_names(), *_catalogued(storage)}
    reports = []
    for number, name in enumerate(names):
        # What sources share is looked at once.
        around = None if is_alone else Around(name, sorted(known), shared=number == 0)
        reports.append(_verify(storage, name, target.edition_id, around, progress or SilentMeter()))
    return {"editions": reports, "findings": [finding for report in reports for finding in report["findings"]]}


def _catalogued(storage: Storage) -> list[str]:
    """Give the sources that the catalogue lists, as far as it can be read; whether it is right is looked at later."""
    try:
        return [str(each["dataset"]) for each in json.decode(storage.read(f"{LAYOUT}/{CATALOG}"))["datasets"]]
    except (StorageError, ValueError, KeyError, TypeError):
        return []


def _verify(storage: Storage, source: str, edition: str | None, around: Around | None, progress: Meter) -> Json:
    done = 0

    def advance(_stage: str, more: int) -> None:
        nonlocal done
        done += more
        progress.show(f"{source}: verified", done, None)

    return verify(storage, source, edition, around=around, progress=advance).facts()


def verify_text(report: Json) -> str:
    """Say it in words: what was checked, and each difference."""
    return "\n".join(line for edition in report["editions"] for line in _lines(edition))


def _lines(edition: Json) -> Iterable[str]:
    checked = (
        f"{edition['source']}: edition {edition['editionId']}: {edition['files']:,} files, {edition['bytes']:,} bytes"
    )
    if said := edition["retraction"]:
        yield f"RETRACTED  {edition['source']}: edition {edition['editionId']} is not to be relied on"
        yield f"  since {said['date']}, by {said['by']}: {said['reason']}"
    if edition["dataCollected"]:
        gone = f"{edition['filesCollected']:,} files of data are not kept any more"
        yield f"{edition['source']}: edition {edition['editionId']}: {gone}, they were collected on {_day(edition)}"
    if edition["filesRedacted"]:
        told = f"{edition['filesRedacted']:,} files were rewritten or withdrawn, as redactions.json says"
        yield f"{edition['source']}: edition {edition['editionId']}: {told}"
    if edition["filesUnnamed"]:
        told = (
            f"{edition['filesUnnamed']:,} objects are named by nothing, and were not looked at: `gc` says what they are"
        )
        yield f"{edition['source']}: {told}"
    if not edition["findings"]:
        rest = " else" if edition["dataCollected"] or edition["filesRedacted"] else ""
        yield f"{checked}: everything{rest} is as the manifest says"
        return
    yield f"{checked}: {len(edition['findings']):,} differences"
    for finding in edition["findings"]:
        yield f"  {finding['file']}: expected {finding['expected']}, found {finding['found']}"


def _day(edition: Json) -> str:
    return str(edition["dataCollected"])[:10]
