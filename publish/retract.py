"""An edition taken back: it stays where it is, and the pointer says of it that it is not to be relied on."""

from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError
from ocds_schema.json import Json
from publish.chain import chain
from publish.derive import put_current
from publish.files import JSON, TEXT
from publish.layout import IMMUTABLE, pointer_key, source_key
from publish.lock import Lock
from publish.manifest import Pointer, point_to, read_manifest
from publish.pointer import swap
from publish.retractions import Retraction, read_listed, read_retractions, told
from publish.sealed import check_own, put_keys
from publish.signing import SUFFIX, Signing, SigningKey
from publish.storage import Storage


def retract(
    storage: Storage, source: str, pointer: Pointer, retraction: Retraction, *, lock: Lock, signing: Signing | None
) -> tuple[Retraction, bool]:
    """Take an edition back, and give what stands of it, and whether that is new: what was said first, stays.

    Raises:
        ConfigurationError: no such edition was published, or there is no key although what is published is signed.
        PublishError: what was read back is not what was written, or the pointer was written by somebody else.
        StorageConflictError: the pointer was moved by somebody else, or the lock is lost.
        StorageError: the storage cannot be used.
    """
    manifest = read_manifest(storage, source, pointer)
    check_own(storage, source, manifest.get("signedBy"), signing)
    if signing is None and "signature" in pointer.body:
        raise ConfigurationError(
            f"{pointer_key(source)} is signed, and readers with the key would refuse another one: set OCDS_SIGNING_KEY"
        )
    entries = list(read_retractions(storage, source, pointer.body))
    for each in entries:
        if each["editionId"] == retraction.edition_id:
            named = {"by": each["by"], "reason": each["reason"], "date": each["date"]}
            return Retraction(edition_id=retraction.edition_id, **named), False
    if all(manifest["editionId"] != retraction.edition_id for manifest in chain(storage, source, pointer)):
        raise ConfigurationError(f"{source} has published no edition {retraction.edition_id}: editions.json lists them")
    listed = json.encode_pretty({"dataset": source, "retractions": [*entries, retraction.facts()]})
    members = told(listed)
    place = source_key(source, members["retractions"]["path"])
    storage.put_new(place, listed, content_type=JSON.media_type, cache_control=IMMUTABLE)
    if storage.read(place) != listed:
        raise PublishError(f"{place} does not read back as written: find out who wrote that object and remove it")
    put_keys(storage, signing)
    key = signing.key if signing else None
    sign(storage, source, members, key)
    text = point_to(manifest, storage.read(source_key(source, pointer.body["manifest"]["path"])), members, key)
    swap(storage, source, text, pointer, lock)
    return retraction, True


def sign(storage: Storage, source: str, members: Json, key: SigningKey | None) -> None:
    """Put the signature of a list beside it, by the key that signs now: the list itself may be older than that."""
    if key is None or "retractions" not in members:
        return
    listed = read_listed(storage, source, members)
    path = f"{members['retractions']['path']}{SUFFIX}"
    put_current(storage, source_key(source, path), key.sign(listed, f"{source} {path}"), TEXT.media_type)
