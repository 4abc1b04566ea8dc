"""The third step: what the store holds → an edition."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from importlib.metadata import version

from ocds_pipeline.gates.keeper import Keeper
from ocds_pipeline.gates.override import Override
from ocds_pipeline.keys import signing
from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.quality.published import EditionInspector
from ocds_pipeline.sources import source_names
from ocds_pipeline.steps.coverage import completeness
from ocds_pipeline.steps.desk import NAME, Desk
from ocds_pipeline.steps.following import check_followed, signed_by
from ocds_pipeline.steps.moves import StoreHistory
from ocds_pipeline.storage import open_storage
from ocds_pipeline.store import Edition as StoredEdition
from ocds_pipeline.store import Mark, Store
from ocds_schema.errors import ConfigurationError, QualityError
from ocds_schema.extensions import PublishedAs, addresses, former_files, own_files
from ocds_schema.json import Json
from ocds_schema.run import Run
from ocds_schema.source import Source
from publish.edition import Edition, Order, write_edition
from publish.layout import edition_id
from publish.lock import Lock, hold
from publish.manifest import SCHEMA_VERSION, Pointer
from publish.pointer import find_pointer
from publish.policy import LocalCode, Said
from publish.storage import Capabilities, Storage
from transformers.compiled import Merger
from transformers.outcome import country_mapping
from transformers.report import left_out, mapping_csv

log = logging.getLogger(__name__)

STAGES = {
    "records": "records written",
    "changes": "changes compared",
    "upload": "bytes stored",
    "check": "bytes read back",
}


def publish_step(desk: Desk, run: Run, overriding: Override) -> Json:
    """Publish an edition and give its figures: `editionId`, `records`, `files`, `newFiles`, `changes`, `place`, ….

    `overriding` is a person's word on gates that may be broken.

    Raises:
        QualityError: a gate is broken; nothing was published.
        PublishError: what was read back is not what was written; the pointer has not moved.
        StorageBusyError: another publisher of the source is at work.
        StorageError: the storage cannot be used.
        ConfigurationError: the newest edition was not made by this database, or thresholds of gates are wrong.
    """
    storage = open_storage(desk.settings.public_url)
    _say(desk.settings.public_url, storage.capabilities())
    with hold(storage, desk.source.name, this_publisher()) as lock:
        return _publish(desk, run, overriding, storage, lock)


def _say(url: str, able: Capabilities) -> None:
    """Say in which way the storage can be published to."""
    if able.compare_and_swap:
        log.info("%s keeps its conditions: publishing by compare-and-swap", url)
    else:
        log.warning("%s keeps no conditions (%s): only one publisher at a time", url, "; ".join(able.remarks))


def _publish(desk: Desk, run: Run, overriding: Override, storage: Storage, lock: Lock) -> Json:
    begun = desk.store.prepared_edition(run)
    pointer = find_pointer(storage, desk.source.name, lock, own=begun.id if begun else None)
    check_followed(desk, storage, pointer)
    planned = _plan(desk, run, pointer)
    history = history_of(desk, planned)
    done: Counter[str] = Counter()

    def progress(stage: str, more: int) -> None:
        done[stage] += more
        desk.progress.show(f"{desk.source.name}: {STAGES[stage]}", done[stage], None)

    with Keeper(desk.source, overriding, desk.settings.environment, desk.work) as keeper:
        try:
            edition = write_edition(
                history,
                storage,
                order_of(desk, run, planned),
                work=desk.work,
                progress=progress,
                siblings=source_names(),
                judge=keeper.judge,
                inspector=EditionInspector(desk.source, planned.id, _as_of(run)),
                lock=lock,
            )
        except QualityError:
            desk.store.fail_edition(run)
            raise
    desk.store.commit_edition(run)
    return _report(desk, edition)


def history_of(desk: Desk, planned: StoredEdition) -> StoreHistory:
    """Give what an edition is made from: what the store holds now, and what has moved since the edition before."""
    return StoreHistory(
        desk.store,
        desk.source.name,
        since=Mark(release=planned.facts["before"], removal=planned.facts.get("removalsBefore", 0)),
        through=reach(planned),
        merger=Merger(desk.source.extensions),
    )


def _plan(desk: Desk, run: Run, pointer: Pointer | None) -> StoredEdition:
    """Settle which edition this run makes, and from which mark on; a run that goes on keeps what it settled."""
    store, source = desk.store, desk.source.name
    planned = store.prepared_edition(run)
    newest = pointer.sequence if pointer else 0
    if planned and pointer and pointer.edition_id == planned.id:
        return planned
    # One that was stopped is settled anew: what it was stopped for may have been mended since.
    if planned and planned.sequence == newest + 1 and not planned.failed:
        return planned
    before = _mark_of(store, source, pointer)
    sequence = newest + 1
    facts = {
        "before": before.release,
        "removalsBefore": before.removal,
        "removals": store.removal_mark(source),
        "schemaVersion": SCHEMA_VERSION,
        **signed_by(desk),
    }
    store.prepare_edition(run, sequence, edition_id(run.as_of.astimezone(UTC), sequence), store.mark(source), facts)
    settled = store.prepared_edition(run)
    assert settled is not None  # noqa: S101 - written on the line before
    return settled


def _mark_of(store: Store, source: str, pointer: Pointer | None) -> Mark:
    if pointer is None:
        return Mark()
    known = store.edition(source, pointer.edition_id)
    if known is None:
        raise ConfigurationError(
            f"the newest edition of {source}, {pointer.edition_id}, was not made by this database: set "
            "OCDS_DATABASE_URL to the one it was made by, or OCDS_PUBLIC_URL to an empty place"
        )
    return reach(known)


def reach(edition: StoredEdition) -> Mark:
    """Tell how far an edition reaches in the store."""
    return Mark(release=edition.mark, removal=edition.facts.get("removals", 0))


def order_of(desk: Desk, run: Run, planned: StoredEdition) -> Order:
    """Give what the edition of a run is to be; the same whenever it is asked, as long as nothing is read or mapped."""
    source = desk.source
    return Order(
        source=source,
        edition_id=planned.id,
        facts={
            "asOf": _as_of(run),
            "pipeline": {"name": NAME, "version": version(NAME)},
            **_coverage(desk, run),
            "completeness": completeness(desk),
        },
        mapping=mapping_csv(source.name).encode(),
        extensions=extension_files(source),
        extension_urls=extension_addresses(source),
        policy=_said(source.name),
        signing=signing(desk.settings),
        inputs=f"{planned.mark} {planned.facts['before']} {desk.store.fingerprint(source.name)}",
    )


def _said(source: str) -> Said:
    tables = {
        table.name: [
            LocalCode(code=row.source_code, label=row.label, ocds=row.code or "", note=row.note) for row in table
        ]
        for table in country_mapping(source).tables
    }
    return Said(left_out=left_out(source), tables=tables)


def _published_as(source: Source) -> PublishedAs:
    return PublishedAs(
        base_url=f"{source.publisher.base_url.rstrip('/')}/v1",
        publisher=source.publisher.name,
        contact=source.portal.contact.removeprefix("mailto:"),
    )


def extension_addresses(source: Source) -> list[str]:
    """Give the addresses of all OCDS extensions that a source uses, in their order."""
    return addresses(source.extensions, _published_as(source))


def extension_files(source: Source) -> dict[str, bytes]:
    """Give the files of the OCDS extensions of our own that a source uses, by path below `v1/extensions/`."""
    return _below(own_files(source.extensions, _published_as(source)))


def former_extension_files(source: Source) -> dict[str, bytes]:
    """Give the same files by the paths that earlier editions have them under."""
    return _below(former_files(source.extensions, _published_as(source)))


def _below(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path.removeprefix("extensions/"): content for path, content in files.items()}


def _coverage(desk: Desk, run: Run) -> Json:
    """Say what the last harvest read, in figures that do not depend on how often it was interrupted."""
    harvested = desk.store.steps(run).get("harvest")
    if harvested is None:
        last = desk.store.last_step(desk.source.name, "harvest")
        harvested = last[1] if last else {"listings": [], "window": None}
    fields = ("listing", "kind", "way", "kept", "total", "state")
    window = harvested["window"]
    listings = [{name: listing[name] for name in fields} for listing in harvested["listings"]]
    facts = {"coverage": listings + (harvested["outstanding"] if window else [])}
    return facts | ({"sourceWindow": {"from": window["first"], "to": window["until"]}} if window else {})


def _report(desk: Desk, edition: Edition) -> Json:
    manifest = edition.manifest
    data = [file for file in manifest["files"] if file["role"] == "data" and "omitted" not in file]
    return {
        "editionId": edition.id,
        "records": manifest["counts"]["records"],
        "releases": manifest["counts"]["releases"],
        "files": len(data),
        "newFiles": edition.new_files,
        "newBytes": edition.new_bytes,
        "changes": manifest["changes"],
        "gates": manifest["gates"],
        "testData": desk.source.is_test_data,
        "place": f"{desk.settings.public_url.rstrip('/')}/v1/{desk.source.name}/",
    }


def _as_of(run: Run) -> str:
    return run.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
