"""Puts right what is published: `repair`."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ocds_pipeline.gates.keeper import Keeper
from ocds_pipeline.gates.override import Override
from ocds_pipeline.keys import signing
from ocds_pipeline.progress import Meter
from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.quality.published import EditionInspector
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import source_names
from ocds_pipeline.steps.desk import Desk, open_desk
from ocds_pipeline.steps.following import remembered
from ocds_pipeline.steps.publish import extension_files, former_extension_files, history_of, order_of
from ocds_pipeline.steps.redacting import restore_record
from ocds_pipeline.storage import open_storage
from ocds_schema import json
from ocds_schema.errors import PipelineError, StorageError
from ocds_schema.json import Json
from ocds_schema.run import Run
from publish.draft import build_edition
from publish.edition import access, earlier_file
from publish.gates import MACHINE as GATES
from publish.gates import Built, Judge
from publish.layout import edition_path, extension_key, locate, sequence_of, source_key
from publish.lock import Lock, hold
from publish.manifest import Pointer
from publish.mending import Damage, Maker, from_contents, from_copy
from publish.past import Past
from publish.quality import NAME as QUALITY
from publish.redactions import NAME as REDACTIONS
from publish.repair import repair
from publish.site import Repair, Site
from publish.storage import Storage

_FIGURES = "data/gates/figures"
"""What the gates found in each year is a file of the edition, and made by judging alone."""


def do_repair(name: str, *, settings: Settings, progress: Meter, copy: str = "") -> Json:
    """Repair what is published of a source, and say what was done and what stays broken.

    `copy` is the URL or folder of a copy of the publication; what is damaged is taken from there, or made again from
    the database as long as that still holds what the edition was made from.

    Raises:
        PipelineError: it could not be tried.
    """
    with open_desk(name, settings, progress) as desk:
        storage = open_storage(settings.public_url)
        work = desk.work / f"repair-{name}"
        shutil.rmtree(work, ignore_errors=True)
        try:
            with hold(storage, name, this_publisher()) as lock:
                again = _Again(desk, storage, lock)
                is_restored = restore_record(desk, storage)
                report = repair(_site(again, work, from_copy(open_storage(copy)) if copy else None))
        finally:
            shutil.rmtree(work, ignore_errors=True)
    if is_restored:
        report.done.append(f"{source_key(name, REDACTIONS)}: made anew from the database")
    return _facts(name, report, again.reasons)


def _site(again: "_Again", work: Path, copy: Maker | None) -> Site:
    desk = again.desk
    copies = {"the copy": copy} if copy else {}
    files = {**former_extension_files(desk.source), **extension_files(desk.source)}
    extensions = {extension_key(path): content for path, content in files.items()}
    read = 0

    def advance(more: int) -> None:
        nonlocal read
        read += more
        desk.progress.show(f"{desk.source.name}: bytes looked at", read, None)

    def makers(manifest: Json | None) -> Mapping[str, Maker]:
        return {**copies, "this program": from_contents(extensions), "the database": again.maker(manifest)}

    return Site(
        storage=again.storage,
        source=desk.source.name,
        base_url=desk.source.publisher.base_url,
        siblings=source_names(),
        work=work,
        lock=again.lock,
        makers=makers,
        copy=copy,
        signing=signing(desk.settings),
        remembered=remembered(desk),
        progress=advance,
    )


class _Unsound(Past):
    """The files of the edition before, but for those that are damaged."""

    def __init__(self, storage: Storage, source: str, newest: Json, damaged: Sequence[Damage]) -> None:
        super().__init__(storage, source, newest)
        self._keys = {each.key for each in damaged}
        self._folder = source_key(source, "")

    def holds(self, entry: Json) -> bool:
        return f"{self._folder}{entry['path']}" not in self._keys and super().holds(entry)


class _Again:
    """The newest edition built once more, for the files of it that are damaged."""

    def __init__(self, desk: Desk, storage: Storage, lock: Lock) -> None:
        self.desk = desk
        self.storage = storage
        self.lock = lock
        self.reasons: list[str] = []

    def maker(self, manifest: Json | None) -> Maker:
        """Give what makes files of an edition; its manifest is nothing where that is among what is wanted."""

        def make(wanted: Sequence[Damage], folder: Path) -> Iterator[tuple[str, Path]]:
            name = self.desk.source.name
            edition = locate(f"/{wanted[0].key}").edition_id if manifest is None else manifest["editionId"]
            last = self.desk.store.last_edition(name)
            if last is None or edition != last.id:
                return
            try:
                with self._judge(manifest, wanted, folder) as judge:
                    files = self._built(edition, manifest, wanted, folder / "edition", judge)
            except PipelineError as error:
                self.reasons.append(f"the database does not make edition {edition} again: {error}")
                return
            yield from files

        return make

    def _built(
        self, edition: str, manifest: Json | None, wanted: Sequence[Damage], folder: Path, judge: Judge
    ) -> list[tuple[str, Path]]:
        desk, name = self.desk, self.desk.source.name
        stored = desk.store.edition(name, edition)
        assert stored is not None  # noqa: S101 - it is the last one
        before = self._before(edition, manifest)
        order = order_of(desk, Run(id=stored.run, source=name, as_of=_moment(edition, manifest)), stored)
        order = replace(order, facts={**order.facts, **self._facts(edition, manifest, before)})
        past = _Unsound(self.storage, name, before, wanted) if before else None
        draft = build_edition(
            history_of(desk, stored),
            order,
            previous=_pointer(self.storage, name, before),
            before=before,
            folder=_made(folder),
            progress=lambda _stage, _more: None,
            judge=judge,
            earlier=earlier_file(self.storage, name, before, GATES),
            inspector=EditionInspector(desk.source, edition, order.facts["asOf"]),
            earlier_quality=earlier_file(self.storage, name, before, QUALITY),
            past=past or Past(self.storage, name, None),
        )
        return [(source_key(name, file.path), file.written.path) for file in draft.files if file.written.path.exists()]

    def _before(self, edition: str, manifest: Json | None) -> Json | None:
        """Give the manifest of the edition before."""
        if sequence_of(edition) == 1:
            return None
        name, wanted = self.desk.source.name, sequence_of(edition) - 1
        prefix = source_key(name, "editions/")
        found = manifest and manifest["previous"]["editionId"]
        for key in () if found else self.storage.keys(prefix):
            each = key.removeprefix(prefix).partition("/")[0]
            found = each if sequence_of(each) == wanted and key.endswith("/manifest.json") else found
        if not found:
            raise StorageError(f"the manifest of edition {wanted} of {name} is gone")
        return json.decode(self.storage.read(source_key(name, edition_path(found, "manifest.json"))))

    def _facts(self, edition: str, manifest: Json | None, before: Json | None) -> Json:
        if manifest is not None:
            return {name: manifest[name] for name in ("access", "fence") if name in manifest}
        able = self.storage.capabilities()
        fence = self.lock.enter(edition, (before or {}).get("fence", 0) + 1)
        return {
            "access": access(able, self.desk.source.publisher.base_url),
            "fence": fence,
        }

    @contextmanager
    def _judge(self, manifest: Json | None, wanted: Sequence[Damage], folder: Path) -> Iterator[Judge]:
        """Give the verdict that stands, as it may have been overridden; judge again only for what is damaged of it."""
        key = source_key(self.desk.source.name, edition_path((manifest or {}).get("editionId", ""), GATES))
        stands = manifest and all(each.key != key for each in wanted) and self.storage.stat(key)
        verdict = json.decode(self.storage.read(key)) if stands else None
        if stands and not any(f"/{_FIGURES}/" in each.key for each in wanted):
            yield lambda _: verdict
            return
        with Keeper(self.desk.source, Override(), self.desk.settings.environment, folder) as keeper:

            def judge(built: Built) -> Json:
                judged = keeper.judge(built)
                return verdict if stands else judged

            yield judge


def _made(folder: Path) -> Path:
    """Give a folder, empty: the manifest may have been built before the files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _moment(edition: str, manifest: Json | None) -> datetime:
    if manifest is not None:
        return datetime.fromisoformat(manifest["asOf"])
    return datetime.strptime(edition[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _pointer(storage: Storage, source: str, before: Json | None) -> Pointer | None:
    """Give the pointer as it was when an edition was the newest, as far as the next one goes by it."""
    if before is None:
        return None
    data = storage.read(source_key(source, edition_path(before["editionId"], "manifest.json")))
    return Pointer(body={"editionId": before["editionId"], "manifest": {"sha256": json.digest(data)}}, version="")


def _facts(name: str, report: Repair, reasons: Sequence[str]) -> Json:
    damaged = [{"file": each.key, "what": each.what, "sha256": each.sha256} for each in report.damaged]
    return {
        "source": name,
        "editionId": report.edition_id,
        "done": report.done,
        "putBack": [{"file": each.key, "from": each.whence} for each in report.mended],
        "derived": report.derived,
        "damaged": damaged,
        "broken": report.broken,
        "reasons": list(reasons) if damaged or report.broken else [],
        "sound": not damaged and not report.broken,
    }


def repair_text(report: Json) -> str:
    """Say in plain words what was done, and what stays broken."""
    lines = [f"{report['source']}: edition {report['editionId'] or 'unknown'}"]
    lines += [f"  {each}" for each in report["done"]]
    lines += [f"  {each['file']}: put back from {each['from']}" for each in report["putBack"]]
    lines += [f"  {report['derived']:,} derived files made anew"] if report["derived"] else []
    lines += [f"  STILL {each['what'].upper()}: {each['file']}, sha256 {each['sha256']}" for each in report["damaged"]]
    lines += [f"  STILL BROKEN: {each}" for each in report["broken"]]
    lines += [f"  {each}" for each in report["reasons"]]
    lines.append("  everything is as the manifest says" if report["sound"] else "  put these back from a copy: --from")
    return "\n".join(lines)
