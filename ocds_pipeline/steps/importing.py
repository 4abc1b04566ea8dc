"""In the place of a harvest: files → archive and documents."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from extractors.archive import Archive
from extractors.importing import File, import_files
from ocds_pipeline.progress import Meter
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_importer, load_portal
from ocds_pipeline.steps.desk import Desk, open_desk, software
from ocds_pipeline.steps.harvest import Segments
from ocds_pipeline.storage import open_storage
from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from ocds_schema.personal import PersonNumbers
from ocds_schema.run import Run

log = logging.getLogger(__name__)

STEP = "import"
ENDINGS = (".json", ".jsonl", ".jsonlines", ".ndjson", ".gz", ".zst", ".zip")
"""Of a folder, files with these endings are read."""


def do_import(source: str, places: Sequence[Path], *, settings: Settings, progress: Meter) -> Json:
    """Import files, and every file of folders, and give the run's report.

    The step's report has `files`, `objects` kept, `left` by reason, the `faulty` files with what was wrong, `documents`
    and `segments`. An unfinished import of the same places is gone on with.

    Raises:
        ConfigurationError: the source reads no files, or a place is not there or holds none.
    """
    importer = load_importer(source)
    with open_desk(source, settings, progress) as desk:
        files = _files(places, desk.source.person_numbers)
        asked = json.digest(json.encode(sorted(str(place.resolve()) for place in places)))
        run = desk.store.begin_run(source, f"{STEP} {asked[:16]}", datetime.now(UTC).replace(microsecond=0))
        log.info("run %s of %s: %s of %d files", run.id, source, STEP, len(files))
        report = import_files(
            importer,
            files,
            run=run,
            links=load_portal(source).links,
            archive=_archive(desk, run),
            store=desk.store,
            on_file=lambda done, kept: _show(desk, done, kept, len(files)),
        ).to_json()
        desk.store.finish_step(run, STEP, report)
        desk.store.finish_run(run)
    return {"source": source, "run": run.id, "asOf": run.as_of.isoformat(), "steps": {STEP: report}}


def _archive(desk: Desk, run: Run) -> Archive:
    return Archive(
        run,
        spool=desk.settings.home / "spool",
        storage=Segments(open_storage(desk.settings.archive_url)),
        store=desk.store,
        software=software(),
    )


def _show(desk: Desk, done: int, kept: int, total: int) -> None:
    desk.progress.show(f"{desk.source.name}: files read", done, total)
    desk.progress.show(f"{desk.source.name}: objects kept", kept, None)


def _files(places: Sequence[Path], persons: PersonNumbers) -> list[File]:
    """Give the files in the order of their names, which hold no person's number.

    Raises:
        ConfigurationError: a place is not there, or is a folder without a file that is read.
    """
    found: list[File] = []
    for place in places:
        if place.is_file():
            found.append(File(path=place, name=persons.redact(place.name)))
            continue
        if not place.is_dir():
            raise ConfigurationError(f"{place}: there is no such file or folder")
        inside = sorted(path for path in place.rglob("*") if path.is_file() and path.name.endswith(ENDINGS))
        if not inside:
            raise ConfigurationError(f"{place}: no file in it ends in {', '.join(ENDINGS)}")
        found += [File(path=path, name=persons.redact(path.relative_to(place).as_posix())) for path in inside]
    return found
