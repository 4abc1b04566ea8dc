"""One edition from its order to its derived files: built, judged, published, and made known."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import resources
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError, QualityError, StorageError
from ocds_schema.json import Json
from publish.commit import Edition, commit_edition, silent
from publish.derive import derive
from publish.draft import Draft, Order, Progress, build_edition
from publish.gates import MACHINE as GATES
from publish.gates import Judge, broken, broken_text, record_failure
from publish.history import History
from publish.journal import Journal, digest_of_code
from publish.layout import edition_path, source_key
from publish.lock import Lock
from publish.manifest import Pointer, read_manifest
from publish.past import Past
from publish.pointer import find_pointer
from publish.quality import NAME as QUALITY
from publish.quality import Inspector
from publish.sealed import check_own
from publish.storage import Capabilities, Storage

__all__ = ["Draft", "Edition", "Order", "Progress", "build_edition", "commit_edition", "silent", "write_edition"]


def write_edition(
    history: History,
    storage: Storage,
    order: Order,
    *,
    work: Path,
    progress: Progress = silent,
    judge: Judge | None = None,
    inspector: Inspector | None = None,
    siblings: Sequence[str] = (),
    lock: Lock | None = None,
) -> Edition:
    """Publish an edition; the pointer moves last, and a crash at any moment leaves the old edition or the new one.

    Called again with the same order and history, it ends with the same bytes; an edition already pointed to is left as
    it is. In the folder `work` a copy of every file is made, gone on with after a crash, and removed at the end.
    `inspector` looks at every compiled release. `judge` holds these files against gates, before any of them goes up.
    `siblings` are the other sources that may be published there, for the catalogue. `lock` is the source's; without it
    the caller knows that nobody else publishes.

    Raises:
        PublishError: the order does not follow the newest edition, the pointer is not ours, or what was read back is
            not what was written.
        QualityError: a gate is broken; that the edition failed is kept beside the others, and nothing else is.
        StorageConflictError: somebody else published at the same time.
        StorageError: the storage cannot be used.
    """
    source = order.source.name
    previous = find_pointer(storage, source, lock, own=order.edition_id)
    before = read_manifest(storage, source, previous) if previous else None
    if before:
        check_own(storage, source, before.get("signedBy"), order.signing)
    if previous and previous.edition_id == order.edition_id:
        derive(storage, source, order.source.publisher.base_url, siblings)
        return Edition(id=order.edition_id, manifest=before)
    order = replace(order, facts={**order.facts, **standing(storage, order, before, lock)})
    folder = work / f"edition-{source}"
    draft = build_edition(
        history,
        order,
        previous=previous,
        before=before,
        folder=folder,
        progress=progress,
        judge=judge,
        earlier=earlier_file(storage, source, before, GATES),
        inspector=inspector,
        earlier_quality=earlier_file(storage, source, before, QUALITY) if inspector else None,
        journal=Journal(folder, inputs(order, previous)),
        past=Past(storage, source, before),
    )
    if draft.verdict and broken(draft.verdict):
        record_failure(storage, source, draft.verdict)
        # The lists can be made again; why the edition was stopped must be told in any case.
        with suppress(PublishError, StorageError):
            derive(storage, source, order.source.publisher.base_url, siblings)
        shutil.rmtree(folder)
        raise QualityError(broken_text(draft.verdict))
    return make_known(draft, storage, folder=folder, progress=progress, siblings=siblings, lock=lock)


def make_known(
    draft: Draft, storage: Storage, *, folder: Path, progress: Progress, siblings: Sequence[str], lock: Lock | None
) -> Edition:
    """Commit a draft, bring everything derived up to it, and remove the folder it was built in.

    It raises as `write_edition` does.
    """
    source = draft.order.source
    edition = commit_edition(draft, storage, progress=progress, lock=lock)
    derive(storage, source.name, source.publisher.base_url, siblings)
    shutil.rmtree(folder)
    return edition


def standing(storage: Storage, order: Order, before: Json | None, lock: Lock | None) -> Json:
    """Give what the manifest says of the storage, and of the lock that it was published under."""
    able = storage.capabilities()
    facts: Json = {"access": access(able, order.source.publisher.base_url)}
    if lock is None:
        return facts
    fence = lock.enter(order.edition_id, (before or {}).get("fence", 0) + 1)
    key = source_key(order.source.name, edition_path(order.edition_id, "manifest.json"))
    if storage.stat(key):
        # What an interrupted publication wrote is not written again with another number.
        begun = json.decode(storage.read(key))
        return facts | {name: begun[name] for name in ("fence",) if name in begun}
    return facts | {"fence": fence}


def access(able: Capabilities, base_url: str) -> Json:
    """Give what a manifest says of how its files are to be had: at which address, and what the storage does."""
    return {"baseUrl": base_url, "compareAndSwap": able.compare_and_swap, "rangeRequests": able.ranges}


def inputs(order: Order, previous: Pointer | None) -> str:
    """Give a digest of everything an edition's files are made from, or nothing where that is not known."""
    if not order.inputs:
        return ""
    said = (
        order.inputs,
        order.edition_id,
        order.source,
        order.cause,
        order.mapping,
        sorted(order.extensions.items()),
        order.extension_urls,
        order.policy,
        previous.manifest_sha256 if previous else None,
        digest_of_code(*(Path(str(resources.files(name))) for name in ("ocds_schema", "publish", "transformers"))),
    )
    return json.digest(repr(said).encode() + json.encode(order.facts))


def earlier_file(storage: Storage, source: str, before: Json | None, name: str) -> Json | None:
    """Read a file of the edition before, where it has such a one.

    Raises:
        PublishError: it is not the one that edition's manifest names.
    """
    if before is None:
        return None
    path = edition_path(before["editionId"], name)
    entry = next((each for each in before["files"] if each.get("path") == path), None)
    if entry is None:
        return None
    key = source_key(source, path)
    data = storage.read(key)
    if json.digest(data) != entry["sha256"]:
        raise PublishError(f"{key}: the manifest says sha256 {entry['sha256']}, but it has {json.digest(data)}")
    return json.decode(data)
