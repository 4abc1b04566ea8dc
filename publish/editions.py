"""The list of a source's editions, made of nothing but what they left, so that it can be made again at any time.

Editions that a gate stopped were never published; they are listed apart.
"""

from collections.abc import Sequence

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.gates import failure_facts
from publish.layout import EDITIONS, FAILURES, edition_path, source_key
from publish.manifest import Pointer, read_manifest, read_pointer
from publish.retention import Ledger, read_ledger
from publish.retractions import read_retractions
from publish.storage import Storage

NAME = EDITIONS
_TOP = 5
_COPIED = ("editionId", "sequence", "status", "asOf", "schemaVersion", "testData", "rollback", "supersedes")
_SAID = ("date", "by", "reason")


def list_editions(storage: Storage, source: str, *, anew: bool = False) -> Json | None:
    """Give the list of a source's editions, the newest first; nothing, where nothing was ever published.

    Where the list that is there ends with the edition before the newest, only the newest manifest is read, unless it is
    wanted `anew`. Editions whose data was collected have the moment as `dataCollected`, those that somebody wants kept
    say who and why under `dataKept`; those that were taken back are `retracted`. `failed` are those that were stopped,
    and nothing else where nothing was published yet.

    Raises:
        PublishError: a manifest or the list of retracted editions is not the one that is vouched for.
    """
    held = {} if anew else _held(storage, source)
    failed = _failed(storage, source, held)
    pointer = read_pointer(storage, source)
    if pointer is None:
        return {"dataset": source, "newest": None, "editions": [], "failed": failed} if failed else None
    ledger = read_ledger(storage, source)
    retracted = read_retractions(storage, source, pointer.body)
    entries = _entries(storage, source, pointer, held.get("editions", []))
    told = [_noted(entry, ledger) for entry in _marked(retracted, entries)]
    return {"dataset": source, "newest": pointer.edition_id, "editions": told, "failed": failed}


def _entries(storage: Storage, source: str, pointer: Pointer, known: Sequence[Json]) -> list[Json]:
    """Give the entries of the editions, the newest first, as far back as their manifests are there."""
    manifest = read_manifest(storage, source, pointer)
    entries = [_entry(manifest, pointer.manifest_sha256)]
    if known and (known[0]["editionId"], known[0]["manifest"]["sha256"]) == (
        pointer.edition_id,
        pointer.manifest_sha256,
    ):
        return [*entries, *known[1:]]
    while (previous := manifest["previous"]) is not None:
        if known and (known[0]["editionId"], known[0]["manifest"]["sha256"]) == _named(previous):
            entries += known
            break
        found = _read(storage, source, previous)
        if found is None:
            break
        manifest = found
        entries.append(_entry(manifest, previous["manifestSha256"]))
    return entries


def _failed(storage: Storage, source: str, held: Json) -> list[Json]:
    """Give the entries of the editions that were stopped, the newest first; those listed already are not read again."""
    known = {each["path"]: each for each in held.get("failed", ())}
    folder = source_key(source, "")
    paths = [key.removeprefix(folder) for key in storage.keys(source_key(source, FAILURES))]
    entries = [known.get(path) or _failure(storage, source, path) for path in paths]
    return sorted(entries, key=lambda entry: (entry["editionId"], len(entry["path"]), entry["path"]), reverse=True)


def _failure(storage: Storage, source: str, path: str) -> Json:
    try:
        return failure_facts(path, storage.read(source_key(source, path)))
    except (ValueError, KeyError, TypeError, AttributeError):
        # What nobody can read holds no publication up.
        edition = path.removeprefix(FAILURES).removesuffix(".json")
        return {"editionId": edition, "status": "failed", "asOf": "", "broken": [], "path": path}


def _noted(entry: Json, ledger: Ledger) -> Json:
    """Say of an edition what became of its data: kept because somebody wants it, or collected."""
    rest = {name: value for name, value in entry.items() if name not in {"dataCollected", "dataKept"}}
    moment, kept = ledger.collected.get(entry["editionId"]), ledger.held.get(entry["editionId"], {})
    told = {name: value for name, value in kept.items() if name != "editionId"}
    return rest | ({"dataCollected": moment} if moment else {}) | ({"dataKept": told} if told else {})


def _marked(retracted: Sequence[Json], entries: list[Json]) -> list[Json]:
    """Say of the editions that were taken back that they were, when, by whom and why."""
    said = {each["editionId"]: {name: each[name] for name in _SAID} for each in retracted}
    return [
        entry | {"status": "retracted", "retraction": said[entry["editionId"]]} if entry["editionId"] in said else entry
        for entry in entries
    ]


def _entry(manifest: Json, sha256: str) -> Json:
    changes = manifest["changes"]
    counted = {name: changes[name] for name in ("add", "change", "delete", "redact", "byCause")}
    files = {entry["path"].rpartition("/")[2]: entry for entry in manifest["files"] if "path" in entry}
    return {
        **{name: manifest[name] for name in _COPIED if name in manifest},
        "manifest": {"path": edition_path(manifest["editionId"], "manifest.json"), "sha256": sha256},
        "records": manifest["counts"]["records"],
        "releases": manifest["counts"]["releases"],
        "changes": {**counted, "topFields": changes["topFields"][:_TOP]},
        "enclosures": [
            {name: files[file][name] for name in ("path", "bytes", "mediaType")}
            for file in ("changelog.jsonl.gz", "delta.jsonl.gz")
            if file in files
        ],
    }


def _held(storage: Storage, source: str) -> Json:
    """Give the list that is there, or an empty one where it cannot be read."""
    key = source_key(source, NAME)
    if storage.stat(key) is None:
        return {}
    try:
        found = json.decode(storage.read(key))
        is_whole = all(_named_by(entry) for entry in found["editions"]) and all(
            each["path"] for each in found["failed"]
        )
    except (ValueError, KeyError, TypeError):
        return {}
    return found if is_whole else {}


def _named_by(entry: Json) -> bool:
    return bool(entry["editionId"] and entry["manifest"]["sha256"])


def _named(previous: Json) -> tuple[str, str]:
    return previous["editionId"], previous["manifestSha256"]


def _read(storage: Storage, source: str, previous: Json) -> Json | None:
    """Read an earlier manifest, or nothing where it is not kept any more."""
    key = source_key(source, edition_path(previous["editionId"], "manifest.json"))
    if storage.stat(key) is None:
        return None
    data = storage.read(key)
    if json.digest(data) != previous["manifestSha256"]:
        raise PublishError(f"{key} is not the manifest that the edition after it vouches for: it was altered")
    return json.decode(data)
