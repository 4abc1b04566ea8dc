"""What stands beside the editions, put right: notes of what was kept, stopped or said, keys and signatures."""

from collections.abc import Iterable, Iterator

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish import editions
from publish.derive import put_current
from publish.files import TEXT
from publish.layout import edition_path, key_key, pointer_key, source_key
from publish.manifest import is_of, unsealed
from publish.mending import Damage
from publish.retention import NAME as RETENTION
from publish.retention import Ledger, Rule, ledger_text, read_ledger
from publish.retractions import carried
from publish.sealed import is_ours
from publish.signing import SUFFIX, Signing, SigningKey
from publish.stamp import is_stamped, is_untouched, stamped
from publish.storage import Storage


def mend_ledger(storage: Storage, source: str) -> Iterator[str]:
    """Make the note of what is kept and was collected anew from the list of editions, where it is gone or damaged."""
    key = source_key(source, RETENTION)
    data = storage.read(key) if storage.stat(key) is not None else None
    if data is not None and is_stamped(data) and _can_be_read(storage, source):
        return
    listed = _listed(storage, source).get("editions", [])
    if data is not None and _can_be_read(storage, source):
        if is_untouched(data):
            put_current(storage, key, stamped(json.decode(data)))
            yield f"{key}: given a digest of its own"
            return
        if not listed:
            # A damaged note says more of what somebody wants kept than an empty one.
            return
    try:
        collected = {each["editionId"]: each["dataCollected"] for each in listed if "dataCollected" in each}
        kept = [{"editionId": each["editionId"], **each["dataKept"]} for each in listed if "dataKept" in each]
    except (KeyError, TypeError):
        collected, kept = {}, []
    if collected or kept or data is not None:
        ledger = Ledger(held={each["editionId"]: each for each in kept}, collected=collected)
        put_current(storage, key, ledger_text(source, Rule(), ledger))
        yield f"{key}: made anew from the list of editions"


def damaged_notes(storage: Storage, source: str) -> Iterator[Damage]:
    """Give the records of stopped editions that are gone or altered, by the list of editions."""
    for each in _listed(storage, source).get("failed", []):
        try:
            key, sha256 = source_key(source, each["path"]), str(each["sha256"])
        except (KeyError, TypeError):
            continue
        data = storage.read(key) if storage.stat(key) is not None else b""
        if not is_stamped(data) and json.digest(data) != sha256:
            yield Damage(key=key, sha256=sha256, what="altered" if data else "missing")


def said_of_retracted(storage: Storage, source: str, remembered: str | None, signing: Signing | None) -> Iterator[Json]:
    """Give what pointers say of editions that were taken back: the one that is there, and the one that is remembered.

    With a key, only those that are signed with it.
    """
    key = pointer_key(source)
    texts = [storage.read(key)] if storage.stat(key) is not None else []
    texts += [remembered.encode()] if remembered else []
    for each in texts:
        try:
            text, signature = unsealed(each)
            members = carried(json.decode(text))
            is_listed = bool(members["retractions"]["path"] and members["retractions"]["sha256"])
            is_listed = is_listed and is_of(source, json.decode(text))
        except (ValueError, KeyError, TypeError):
            continue
        if is_listed and (signing is None or (signature is not None and is_ours(text, signature, signing))):
            yield members


def sign_again(
    storage: Storage, source: str, manifests: Iterable[Json], lists: Iterable[str], signing: Signing
) -> Iterator[str]:
    """Put back signatures that are gone or altered, of those things that a pointer signed by us leads to.

    These are the editions and the `lists` of those that were taken back, by path. What nobody vouches for is not
    signed: it may be anybody's.
    """
    keys = {each.public.name: each for each in (signing.key, signing.before) if each is not None}
    for manifest in manifests:
        key = keys.get(manifest.get("signedBy", ""))
        for name in ("manifest.json", "SHA256SUMS") if key else ():
            path = edition_path(manifest["editionId"], name)
            yield from _signed(storage, source, path, f"{source} {manifest['editionId']} {name}", key)
    for path in lists:
        beside = source_key(source, f"{path}{SUFFIX}")
        if not (storage.stat(beside) and _is_ours(storage, source, path, signing)):
            yield from _signed(storage, source, path, f"{source} {path}{SUFFIX}", signing.key)


def put_keys_back(storage: Storage, signing: Signing) -> Iterator[str]:
    """Put back the public keys, and the word of the key before for the one of now."""
    for name, content in signing.files().items():
        if put_current(storage, key_key(name), content, TEXT.media_type):
            yield f"{key_key(name)}: put there"


def _can_be_read(storage: Storage, source: str) -> bool:
    try:
        read_ledger(storage, source)
    except PublishError:
        return False
    return True


def _is_ours(storage: Storage, source: str, path: str, signing: Signing) -> bool:
    data, signature = (storage.read(source_key(source, each)) for each in (path, f"{path}{SUFFIX}"))
    return is_ours(data, signature, signing)


def _signed(storage: Storage, source: str, path: str, comment: str, key: SigningKey | None) -> Iterator[str]:
    own, beside = source_key(source, path), source_key(source, f"{path}{SUFFIX}")
    if key is None or storage.stat(own) is None:
        return
    if put_current(storage, beside, key.sign(storage.read(own), comment), TEXT.media_type):
        yield f"{beside}: signed again"


def _listed(storage: Storage, source: str) -> Json:
    """Give the list of editions, or nothing where it cannot be read."""
    key = source_key(source, editions.NAME)
    try:
        found = json.decode(storage.read(key)) if storage.stat(key) is not None else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
