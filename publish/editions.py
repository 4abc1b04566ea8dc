"""The list of a source's editions: made from the manifests alone, so that it can be made again at any time."""

from collections.abc import Mapping

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.layout import edition_path, source_key
from publish.manifest import Pointer, read_manifest, read_pointer
from publish.retention import read_ledger
from publish.storage import Storage

NAME = "editions.json"
_TOP = 5
_COPIED = ("editionId", "sequence", "status", "asOf", "schemaVersion", "testData", "retraction", "supersedes")


def list_editions(storage: Storage, source: str, *, anew: bool = False) -> Json | None:
    """Give the list of a source's editions, the newest first; nothing, where nothing was ever published.

    Where the list that is there ends with the edition before the newest, only the newest manifest is read, unless it is
    wanted `anew`. Editions whose data was collected have the moment as `dataCollected`.

    Raises:
        PublishError: a manifest is not the one that the edition after it, or the pointer, vouches for.
    """
    pointer = read_pointer(storage, source)
    if pointer is None:
        return None
    manifest = read_manifest(storage, source, pointer)
    entries = [_entry(manifest, pointer.manifest_sha256)]
    known = [] if anew else _known(storage, source)
    collected = read_ledger(storage, source).collected
    if known and (known[0]["editionId"], known[0]["manifest"]["sha256"]) == (
        pointer.edition_id,
        pointer.manifest_sha256,
    ):
        return _listed(manifest, pointer, [*entries, *known[1:]], collected)
    while (previous := manifest["previous"]) is not None:
        if known and (known[0]["editionId"], known[0]["manifest"]["sha256"]) == _named(previous):
            entries += known
            break
        found = _read(storage, source, previous)
        if found is None:
            break
        manifest = found
        entries.append(_entry(manifest, previous["manifestSha256"]))
    return _listed(manifest, pointer, entries, collected)


def _listed(manifest: Json, pointer: Pointer, entries: list[Json], collected: Mapping[str, str]) -> Json:
    told = [_collected(entry, collected) for entry in _marked(pointer, entries)]
    return {"dataset": manifest["dataset"], "newest": pointer.edition_id, "editions": told}


def _collected(entry: Json, collected: Mapping[str, str]) -> Json:
    rest = {name: value for name, value in entry.items() if name != "dataCollected"}
    moment = collected.get(entry["editionId"])
    return rest | ({"dataCollected": moment} if moment else {})


def _marked(pointer: Pointer, entries: list[Json]) -> list[Json]:
    retracted = {each["editionId"]: each for each in pointer.body.get("retracted", ()) if isinstance(each, dict)}
    return [
        entry | {"status": "retracted", "retraction": retracted[entry["editionId"]]}
        if entry["editionId"] in retracted
        else entry
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


def _known(storage: Storage, source: str) -> list[Json]:
    """Give the entries of the list that is there, where it can be read."""
    key = source_key(source, NAME)
    if storage.stat(key) is None:
        return []
    try:
        found = json.decode(storage.read(key))["editions"]
        return [entry for entry in found if _named_by(entry)]
    except (ValueError, KeyError, TypeError):
        return []


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
