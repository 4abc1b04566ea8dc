"""A publication put right from what is still there: the pointer, the files of the newest edition, and the derived ones.

Nothing is believed that does not have the hash that something else vouches for, so what is put back is what was there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError, StorageError
from ocds_schema.json import Json
from publish import editions
from publish.around import Around
from publish.derive import derive, put_current
from publish.files import HTML, JSON
from publish.findings import Findings
from publish.layout import CLIENT, LAYOUT, edition_path, extension_file_key, pointer_key, sequence_of, source_key
from publish.lock import Lock
from publish.manifest import Pointer, point_to, published, read_manifest, read_pointer, sums_of, unsealed
from publish.mending import Damage, Maker, Mended, damages, from_contents, look, mend
from publish.notes import damaged_notes, mend_ledger, put_keys_back, said_of_retracted, sign_again
from publish.pointer import swap
from publish.policy import MACHINE, PAGE
from publish.redactions import Redacted, read_redactions
from publish.retention import read_ledger
from publish.retractions import lists_within, read_listed, told
from publish.sealed import check_pointer, is_ours
from publish.signing import SUFFIX, Signing
from publish.storage import Storage
from publish.verify import verify

Makers = Callable[[Json], Mapping[str, Maker]]
"""Gives the makers of an edition's files, by what they make them from; of none, where its manifest is not known yet."""


@dataclass(kw_only=True)
class Repair:
    """What a repair did, and what stays broken, with the reason."""

    edition_id: str | None = None
    done: list[str] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    derived: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where is repaired, and with what: `work` is a folder for what is built."""

    storage: Storage
    source: str
    base_url: str
    siblings: Sequence[str]
    work: Path
    lock: Lock
    makers: Makers
    signing: Signing | None = None
    progress: Callable[[int], None] = lambda _: None


def repair(site: Site) -> Repair:
    """Put back what can be put back of a source, and say what cannot.

    Raises:
        StorageError: the storage cannot be used.
        StorageConflictError: somebody else writes there, or the lock is lost.
    """
    report = Repair()
    report.done += mend_ledger(site.storage, site.source)
    report.done += put_keys_back(site.storage, site.signing) if site.signing else ()
    vouched = _vouched(site)
    pointer = _mend_pointer(site, report)
    if pointer is None:
        return report
    report.edition_id = pointer.edition_id
    manifest = _mend_manifest(site, pointer, report)
    if manifest is None:
        return report
    earlier = [*_earlier(site, manifest, report)]
    _mend_files(site, manifest, earlier, report)
    lists = _mend_lists(site, pointer, report)
    if site.signing and site.storage.read(pointer_key(site.source)) in vouched:
        report.done += sign_again(site.storage, site.source, (manifest, *earlier), lists, site.signing)
    _mend(site, manifest, [*damaged_notes(site.storage, site.source)], report)
    _derive(site, manifest, report)
    checked = verify(site.storage, site.source, around=Around(site.source, site.siblings))
    named = {each.key for each in report.damaged}
    report.broken += [str(each) for each in checked.findings if each.file not in named]
    return report


def _vouched(site: Site) -> list[bytes]:
    """Give the pointers that are known and signed by us: all that one of them leads to is what we published."""
    key = pointer_key(site.source)
    known = [site.storage.read(key)] if site.storage.stat(key) is not None else []
    known += [site.lock.pointer.encode()] if site.lock.pointer else []
    return [each for each in known if site.signing and _is_signed(each, site.signing)]


def _is_signed(pointer: bytes, signing: Signing) -> bool:
    try:
        text, signature = unsealed(pointer)
    except ValueError:
        return False
    return signature is not None and is_ours(text, signature, signing)


def _mend_pointer(site: Site, report: Repair) -> Pointer | None:
    """Give the pointer, put right where it is gone, damaged, or of an edition that others followed."""
    storage, source = site.storage, site.source
    known = _known(site)
    held = _held(storage, source)
    newest = _newest(site, known, report)
    if newest is None:
        if held is None:
            report.broken.append(f"{pointer_key(source)}: there is no edition whose manifest is whole to point to")
        return held
    manifest, data = newest
    if held is not None and sequence_of(manifest["editionId"]) < held.sequence:
        return held
    key = pointer_key(source)
    stat = storage.stat(key)
    text = _pointer_text(site, manifest, data, storage.read(key) if stat else None, report)
    if stat is None or storage.read(key) != text:
        expected = Pointer(body=None, version=stat.version) if stat else None
        swap(storage, source, text, expected, site.lock)
        report.done.append(f"{key}: {'written anew' if stat else 'put back'}, to edition {manifest['editionId']}")
    site.lock.remember(text)
    return read_pointer(storage, source)


def _pointer_text(site: Site, manifest: Json, data: bytes, there: bytes | None, report: Repair) -> bytes:
    """Give the pointer to an edition: the one that is there or that the lock knows of, where that is it, or a new one.

    Without the key a signature can only be kept, not made, and of a manifest that is not ours none is made.
    """
    retracted = _retracted(site, report)
    plain = point_to(manifest, data, retracted)
    for known in (there, site.lock.pointer and site.lock.pointer.encode()):
        if known and _is_sound(site, manifest, known, plain):
            return known
    return point_to(manifest, data, retracted, site.signing.key if site.signing and _is_our_own(site, data) else None)


def _is_our_own(site: Site, data: bytes) -> bool:
    """Whether a manifest was published by us: by its signature, or by a pointer that we signed.

    Of any other a signed pointer would make one that all later steps take for ours.
    """
    if any(json.decode(each)["manifest"]["sha256"] == json.digest(data) for each in _vouched(site)):
        return True
    beside = source_key(site.source, f"{edition_path(json.decode(data)['editionId'], 'manifest.json')}{SUFFIX}")
    signed = site.storage.read(beside) if site.storage.stat(beside) is not None else None
    return bool(signed and site.signing and is_ours(data, signed, site.signing))


def _is_sound(site: Site, manifest: Json, pointer: bytes, plain: bytes) -> bool:
    """Whether a pointer says what it should, signed as it should be."""
    findings = Findings()
    try:
        text, signature = unsealed(pointer)
        if text != plain:
            return False
        if site.signing and not (signature and is_ours(text, signature, site.signing)):
            return signature is None and "signedBy" not in manifest
        check_pointer(site.storage, site.source, pointer, findings, should=manifest.get("signedBy"))
    except (ValueError, PublishError):
        return False
    return not findings.all()


def _held(storage: Storage, source: str) -> Pointer | None:
    """Give the pointer that is there, where it can be read."""
    try:
        return read_pointer(storage, source)
    except PublishError:
        return None


def _known(site: Site) -> dict[str, str]:
    """Give the hashes of the manifests of editions that were published, as the list, the lock and the pointer say."""
    known: dict[str, str] = {}
    key = source_key(site.source, editions.NAME)
    try:
        listed = json.decode(site.storage.read(key))["editions"] if site.storage.stat(key) else []
        known |= {str(each["editionId"]): str(each["manifest"]["sha256"]) for each in listed}
    except (ValueError, KeyError, TypeError):
        pass
    texts = [site.lock.pointer.encode()] if site.lock.pointer else []
    texts += [site.storage.read(pointer_key(site.source))] if site.storage.stat(pointer_key(site.source)) else []
    for text in texts:
        try:
            body = json.decode(text)
            known[str(body["editionId"])] = str(body["manifest"]["sha256"])
        except (ValueError, KeyError, TypeError):
            continue
    return known


def _newest(site: Site, known: Mapping[str, str], report: Repair) -> tuple[Json, bytes] | None:
    """Give the newest edition that was published: one that is known of, or that is whole by all that it says itself.

    Of an edition that is whole but was never pointed to, the publication was killed before its last step.
    """
    for edition in _editions(site.storage, site.source, known):
        key = source_key(site.source, edition_path(edition, "manifest.json"))
        if edition in known:
            wanted = Damage(key=key, sha256=known[edition], what="")
            found = [*look(site.storage, key, wanted.sha256, JSON.media_type)]
            mended, left = mend(site.storage, found, site.makers(None), site.work, site.lock)
            report.mended += mended
            if not left:
                data = site.storage.read(key)
                return json.decode(data), data
            if _agrees(site.storage, site.source, edition):
                # Whoever named it was altered, not the manifest.
                data = site.storage.read(key)
                return json.decode(data), data
            report.damaged += left
            return None
        if _agrees(site.storage, site.source, edition) and not verify(site.storage, site.source, edition).findings:
            data = site.storage.read(key)
            return json.decode(data), data
    return None


def _agrees(storage: Storage, source: str, edition: str) -> bool:
    """Whether a manifest is there that the edition's own checksums vouch for."""
    path = edition_path(edition, "manifest.json")
    keys = [source_key(source, each) for each in (path, edition_path(edition, "SHA256SUMS"))]
    if any(storage.stat(key) is None for key in keys):
        return False
    data, sums = (storage.read(key) for key in keys)
    return f"{json.digest(data)}  {path}".encode() in sums.splitlines()


def _editions(storage: Storage, source: str, known: Mapping[str, str]) -> list[str]:
    """Give the ids of all editions that there are traces of, the newest first."""
    prefix = source_key(source, "editions/")
    found = {key.removeprefix(prefix).partition("/")[0] for key in storage.keys(prefix)} | known.keys()
    return sorted(filter(_is_edition, found), key=lambda each: (sequence_of(each), each in known), reverse=True)


def _is_edition(name: str) -> bool:
    try:
        return sequence_of(name) > 0
    except PublishError:
        return False


def _retracted(site: Site, report: Repair) -> Json:
    """Give what the pointer says of editions that were taken back, by the longest list of them: lists only grow.

    With a key a list counts only where it is signed: anybody who can write there could have put another. A list that a
    pointer names and that is damaged is not passed over, or what was said of an edition would be unsaid.
    """
    storage, source = site.storage, site.source
    best: Json = {}
    for members in said_of_retracted(storage, source, site.lock.pointer, site.signing):
        named = members["retractions"]
        found = [*look(storage, source_key(source, named["path"]), named["sha256"], JSON.media_type)]
        mended, left = mend(storage, found, site.makers(None), site.work, site.lock)
        report.mended += mended
        report.damaged += [each for each in left if each not in report.damaged]
        said = members if left else told(storage.read(source_key(source, named["path"])))
        best = said if _count(said) > _count(best) else best
    for key in storage.keys(source_key(source, "retractions/")):
        if not key.endswith(".json"):
            continue
        try:
            data = storage.read(key)
            members = told(data)
        except (ValueError, KeyError, TypeError):
            continue
        is_whole = key == source_key(source, members["retractions"]["path"]) and _is_vouched_for(site, key, data)
        if is_whole and _count(members) > _count(best):
            best = members
    return best


def _mend_lists(site: Site, pointer: Pointer, report: Repair) -> list[str]:
    """Put right the lists that the list of retracted editions grew out of, and give the paths of all of them."""
    try:
        listed = read_listed(site.storage, site.source, pointer.body)
    except (PublishError, StorageError):
        return []
    lists = lists_within(listed) if listed else {}
    keys = {source_key(site.source, path): content for path, content in lists.items()}
    found = [
        damage
        for key, content in keys.items()
        if site.storage.stat(key) is not None
        for damage in look(site.storage, key, json.digest(content), JSON.media_type)
    ]
    mended, _ = mend(site.storage, found, {"the list": from_contents(keys)}, site.work, site.lock)
    report.mended += mended
    return [path for path in lists if site.storage.stat(source_key(site.source, path)) is not None]


def _count(members: Json) -> int:
    return int(members.get("retractions", {"count": 0})["count"])


def _is_vouched_for(site: Site, key: str, data: bytes) -> bool:
    if site.signing is None:
        return True
    beside = f"{key}{SUFFIX}"
    return site.storage.stat(beside) is not None and is_ours(data, site.storage.read(beside), site.signing)


def _mend_manifest(site: Site, pointer: Pointer, report: Repair) -> Json | None:
    """Give the manifest of the newest edition; where it is damaged, nothing can be told of its files."""
    key = source_key(site.source, pointer.body["manifest"]["path"])
    found = [*look(site.storage, key, pointer.manifest_sha256, JSON.media_type)]
    mended, left = mend(site.storage, found, site.makers(None), site.work, site.lock)
    report.mended += mended
    report.damaged += [each for each in left if each not in report.damaged]
    return None if left else read_manifest(site.storage, site.source, pointer)


def _earlier(site: Site, manifest: Json, report: Repair) -> Iterator[Json]:
    """Give the manifests that led to an edition, each put right, as far back as they can be followed."""
    while (previous := manifest["previous"]) is not None:
        key = source_key(site.source, edition_path(previous["editionId"], "manifest.json"))
        found = [*look(site.storage, key, previous["manifestSha256"], JSON.media_type)]
        mended, left = mend(site.storage, found, site.makers(None), site.work, site.lock)
        report.mended += mended
        if left:
            report.damaged += left
            return
        manifest = json.decode(site.storage.read(key))
        yield manifest


def _mend_files(site: Site, newest: Json, earlier: Sequence[Json], report: Repair) -> None:
    """Put right the files of all editions, each looked at once."""
    redacted = Redacted(read_redactions(site.storage, site.source))
    collected = read_ledger(site.storage, site.source).collected
    seen: set[str] = set()
    for manifest in (newest, *earlier):
        found = damages(
            site.storage,
            site.source,
            manifest,
            progress=site.progress,
            collected=manifest["editionId"] in collected,
            redacted=redacted,
            but=seen,
        )
        _mend(site, manifest, [*found], report)
        seen.update(source_key(site.source, entry["path"]) for entry in published(manifest))
        # Of a file that editions share under one name, what the newest of them says counts.
        seen.update(extension_file_key(entry) for entry in manifest["ocds"]["extensionFiles"])


def _mend(site: Site, manifest: Json, found: Sequence[Damage], report: Repair) -> None:
    makers = {"its manifest": from_contents(_sums(site, manifest)), **site.makers(manifest)}
    mended, left = mend(site.storage, found, makers, site.work, site.lock)
    report.mended += mended
    report.damaged += left


def _sums(site: Site, manifest: Json) -> dict[str, bytes]:
    """Give the checksums of an edition as its manifest gives them, by key."""
    own = edition_path(manifest["editionId"], "manifest.json")
    sums = sums_of(manifest, site.storage.read(source_key(site.source, own)))
    return {source_key(site.source, edition_path(manifest["editionId"], "SHA256SUMS")): sums}


def _derive(site: Site, manifest: Json, report: Repair) -> None:
    """Bring everything derived up to the newest edition, also where the list of editions itself was altered."""
    storage, source = site.storage, site.source
    try:
        listed = editions.list_editions(storage, source, anew=True)
        report.derived += put_current(storage, source_key(source, editions.NAME), json.encode_pretty(listed))
        report.derived += derive(storage, source, site.base_url, site.siblings)
    except PublishError as error:
        report.broken.append(f"{source_key(source, editions.NAME)}: cannot be made anew: {error}")
    for entry in published(manifest):
        name = entry["path"].rpartition("/")[2]
        key = source_key(source, entry["path"])
        if name in {PAGE, MACHINE} and not [*look(storage, key, entry["sha256"], entry["mediaType"])]:
            form = HTML if name == PAGE else JSON
            report.derived += put_current(storage, source_key(source, name), storage.read(key), form.media_type)
    client = resources.files("publish").joinpath(CLIENT).read_bytes()
    report.derived += put_current(storage, f"{LAYOUT}/{CLIENT}", client, "text/x-python; charset=utf-8")
