"""Verifies what is published at a URL or path: one edition, a source's newest, or the newest of every source."""

from collections.abc import Iterable
from pathlib import Path

from ocds_pipeline.progress import Meter, SilentMeter
from ocds_pipeline.storage import open_storage
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from publish.layout import locate, sources
from publish.storage import Storage
from publish.verify import verify


def verify_place(place: str, progress: Meter | None = None) -> Json:
    """Verify every edition that a place points at; give `editions`, one report each, and all their `findings`.

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
    reports = [_verify(storage, name, target.edition_id, progress or SilentMeter()) for name in names]
    return {"editions": reports, "findings": [finding for report in reports for finding in report["findings"]]}


def _verify(storage: Storage, source: str, edition: str | None, progress: Meter) -> Json:
    done = 0

    def advance(_stage: str, more: int) -> None:
        nonlocal done
        done += more
        progress.show(f"{source}: verified", done, None)

    return verify(storage, source, edition, progress=advance).facts()


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
    if not edition["findings"]:
        rest = " else" if edition["dataCollected"] or edition["filesRedacted"] else ""
        yield f"{checked}: everything{rest} is as the manifest says"
        return
    yield f"{checked}: {len(edition['findings']):,} differences"
    for finding in edition["findings"]:
        yield f"  {finding['file']}: expected {finding['expected']}, found {finding['found']}"


def _day(edition: Json) -> str:
    return str(edition["dataCollected"])[:10]
