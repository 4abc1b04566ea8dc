"""Which pointer and which manifest are believed, where some are gone, damaged, or somebody else's.

With a key, ours is what it has signed, and what such a thing names by its hash. A signature that is lost is looked for
in a copy, and counts wherever it comes from: nobody else can make it.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from ocds_schema import json
from ocds_schema.errors import PublishError, StorageError
from ocds_schema.json import Json
from publish import editions
from publish.files import JSON, TEXT
from publish.findings import Findings
from publish.later import left_after, nothing_left, turned_back
from publish.layout import edition_path, pointer_key, sequence_of, source_key
from publish.manifest import Pointer, is_of, of_another, point_to, read_pointer, unsealed
from publish.mending import Damage, Maker, Mended, look, mend, put_file
from publish.notes import said_of_retracted
from publish.pointer import swap
from publish.retractions import told
from publish.sealed import check_pointer, is_ours
from publish.signing import SUFFIX
from publish.site import Repair, Site
from publish.storage import Storage
from publish.verify import verify


def mend_pointer(site: Site, report: Repair) -> Pointer | None:
    """Give the pointer, put right where it is gone, damaged, or of an edition that others followed."""
    storage, source = site.storage, site.source
    known = _known(site)
    held = _held(storage, source)
    newest = _newest(site, known, report)
    if newest is None:
        if held is None:
            report.broken.append(
                f"{pointer_key(source)}: there is no edition whose manifest is whole to point to{_strange(site)}"
            )
        elif not _is_left(site, held, known):
            # Only the lock knows of it still: it was removed, or the storage was put back.
            report.damaged.clear()
        return held
    manifest, data = newest
    if held is not None and sequence_of(manifest["editionId"]) < held.sequence:
        return held
    if site.remembered.last and (left := _left_after(site, manifest["editionId"])):
        if held is None:
            report.broken.append(turned_back(site.source, manifest["editionId"], site.remembered.last, left))
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


def is_refused(site: Site, pointer: Pointer, report: Repair) -> bool:
    """Whether a pointer is not what was published last, by all that the database remembers; the report then says so."""
    key, last = pointer_key(site.source), site.remembered.last
    if last and sequence_of(last) > pointer.sequence:
        if left := _left_after(site, pointer.edition_id):
            report.broken.append(turned_back(site.source, pointer.edition_id, last, left))
            return True
        report.done.append(nothing_left(site.source, pointer.edition_id, last))
    name = _key_of(site, pointer.edition_id)
    if name and not is_signed(site):
        report.broken.append(
            f"{key}: edition {pointer.edition_id} was published with a signature of the key {name}, and neither the "
            "pointer nor its manifest has one of ours: somebody else wrote them, and nothing they lead to is believed. "
            "If that is the key you had before, set OCDS_SIGNING_KEY_BEFORE; if not, repair from a copy"
        )
        return True
    return False


def _is_left(site: Site, held: Pointer, known: Mapping[str, str]) -> bool:
    """Whether anything is left of the newest edition that is known of, or the pointer is that of it."""
    newest = max(filter(_is_edition, known), key=sequence_of, default=held.edition_id)
    is_later = sequence_of(newest) > held.sequence
    return not is_later or bool(left_after(site.storage, site.source, held.edition_id, newest))


def _left_after(site: Site, edition: str) -> list[str]:
    last = site.remembered.last
    return left_after(site.storage, site.source, edition, last) if last else []


def is_signed(site: Site) -> bool:
    """Whether the pointer that is there is signed by us: then all that it leads to is what we published."""
    key = pointer_key(site.source)
    return bool(site.signing) and site.storage.stat(key) is not None and _is_signed(site, site.storage.read(key))


def _vouched(site: Site) -> list[bytes]:
    """Give the pointers that are known and signed by us: all that one of them leads to is what we published."""
    key = pointer_key(site.source)
    known = [site.storage.read(key)] if site.storage.stat(key) is not None else []
    known += [site.lock.pointer.encode()] if site.lock.pointer else []
    return [each for each in known if _is_signed(site, each)]


def _is_signed(site: Site, pointer: bytes) -> bool:
    try:
        text, signature = unsealed(pointer)
    except ValueError:
        return False
    return bool(signature and site.signing and is_ours(text, signature, site.signing)) and _is_of(site, text)


def _is_of(site: Site, data: bytes) -> bool:
    """Whether a pointer, manifest or list is of this source, and not of another that we signed too."""
    try:
        return is_of(site.source, json.decode(data))
    except (ValueError, KeyError, TypeError):
        return False


def _pointer_text(site: Site, manifest: Json, data: bytes, there: bytes | None, report: Repair) -> bytes:
    """Give the pointer to an edition: the one that is there or that the lock knows of, where that is it, or a new one.

    Without the key a signature can only be kept, not made, and of a manifest that is not ours none is made.
    """
    retracted = _retracted(site, report)
    plain = point_to(manifest, data, retracted)
    for known in (there, site.lock.pointer and site.lock.pointer.encode()):
        if known and _is_sound(site, manifest, known, plain):
            return known
    is_own = _is_our_own(site, data, report)
    return point_to(manifest, data, retracted, site.signing.key if site.signing and is_own else None)


def _is_our_own(site: Site, data: bytes, report: Repair) -> bool:
    """Whether a manifest was published by us: by its signature, or by a pointer that we signed.

    Of any other a signed pointer would make one that all later steps take for ours.
    """
    if any(json.decode(each)["manifest"]["sha256"] == json.digest(data) for each in _vouched(site)):
        return True
    return site.signing is not None and _is_proven(
        site, _manifest_key(site, json.decode(data)["editionId"]), data, report
    )


def _is_proven(site: Site, key: str, data: bytes, report: Repair) -> bool:
    """Whether an object has a signature of ours; where it is not beside it, it is put back from where there is one."""
    beside, signing = f"{key}{SUFFIX}", site.signing
    if signing is None:
        return False
    there = site.storage.read(beside) if site.storage.stat(beside) is not None else None
    if there and is_ours(data, there, signing):
        return True
    wanted = Damage(key=beside, sha256="", what="altered" if there else "missing", media_type=TEXT.media_type)
    for whence, maker in site.makers(None).items():
        found = _made(site, maker, [wanted]).get(beside)
        if found and is_ours(data, found, signing):
            _put(site, report, whence, beside, found)
            return True
    return False


def _made(site: Site, maker: Maker, wanted: Sequence[Damage]) -> dict[str, bytes]:
    """Give what a maker has of some objects."""
    folder = site.work / "signatures"
    folder.mkdir(parents=True, exist_ok=True)
    keys = {each.key for each in wanted}
    return {key: path.read_bytes() for key, path in maker(wanted, folder) if key in keys}


def _put(site: Site, report: Repair, whence: str, key: str, content: bytes) -> None:
    site.lock.check()
    path = site.work / "content"
    path.write_bytes(content)
    media_type = TEXT.media_type if key.endswith(SUFFIX) else JSON.media_type
    put_file(site.storage, key, path, media_type, json.digest(content))
    report.mended.append(Mended(key=key, whence=whence))


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


def _strange(site: Site) -> str:
    """Say of a pointer that it is another source's, where it is."""
    try:
        body = json.decode(site.storage.read(pointer_key(site.source)))
        return "" if is_of(site.source, body) else f", and what is there {of_another(body)}"
    except (StorageError, ValueError, KeyError, TypeError):
        return ""


def _known(site: Site) -> dict[str, str]:
    """Give the hashes of the manifests of editions that were published, as the list, the lock and the pointer say."""
    known: dict[str, str] = {}
    key = source_key(site.source, editions.NAME)
    try:
        data = site.storage.read(key) if site.storage.stat(key) else b""
        listed = json.decode(data)["editions"] if _is_of(site, data) else []
        known |= {str(each["editionId"]): str(each["manifest"]["sha256"]) for each in listed}
    except (ValueError, KeyError, TypeError):
        pass
    texts = [site.lock.pointer.encode()] if site.lock.pointer else []
    texts += [site.storage.read(pointer_key(site.source))] if site.storage.stat(pointer_key(site.source)) else []
    # What we signed comes last, and so counts before anything else.
    for text in [*filter(partial(_is_of, site), texts), *_vouched(site)]:
        try:
            body = json.decode(text)
            known[str(body["editionId"])] = str(body["manifest"]["sha256"])
        except (ValueError, KeyError, TypeError):
            continue
    return known


def _newest(site: Site, known: Mapping[str, str], report: Repair) -> tuple[Json, bytes] | None:
    """Give the newest edition that was published: one that is known of, or that is whole by all that it says itself.

    Of an edition that is whole but was never pointed to, the publication was killed before its last step. One that the
    database published is not given up because some file of it is damaged.
    """
    for edition in _editions(site, known):
        data = _manifest(site, edition, known.get(edition), report)
        if data is not None and (not _is_of(site, data) or _is_strange(site, edition, data, report)):
            data = None
        if data is None and _key_of(site, edition):
            data = _from_copy(site, edition, report)
        if data is not None:
            return json.decode(data), data
        if edition in known:
            return None
    return None


def _manifest(site: Site, edition: str, sha256: str | None, report: Repair) -> bytes | None:
    """Give the manifest of an edition, by the hash that is known of it, or by what it says itself."""
    storage, source, key = site.storage, site.source, _manifest_key(site, edition)
    is_whole = _agrees(storage, source, edition)
    if sha256 is None:
        is_published = edition == site.remembered.last
        is_whole = is_whole and (is_published or not verify(storage, source, edition).findings)
        return storage.read(key) if is_whole else None
    mended, left = mend(
        storage, [*look(storage, key, sha256, JSON.media_type)], site.makers(None), site.work, site.lock
    )
    report.mended += mended
    # Where its own checksums agree, whoever named it was altered, not the manifest.
    if not left or is_whole:
        return storage.read(key)
    report.damaged += left
    return None


def _is_strange(site: Site, edition: str, data: bytes, report: Repair) -> bool:
    """Whether an edition was published with a signature, and this manifest of it has none."""
    return _key_of(site, edition) is not None and not _is_our_own(site, data, report)


def _key_of(site: Site, edition: str) -> str | None:
    """Give the key that an edition was signed with, where we have one: after a signed one all others are signed too."""
    last, signed_by = site.remembered.last, site.remembered.signed_by
    if site.signing is None:
        return None
    is_later = last is not None and sequence_of(edition) >= sequence_of(last)
    return signed_by(edition) or (signed_by(last) if last and is_later else None)


def _from_copy(site: Site, edition: str, report: Repair) -> bytes | None:
    """Put back the manifest of an edition from a copy, where that has our signature of it.

    What the database makes of the edition now would be signed by us too, and may be another than was published.
    """
    if site.copy is None or site.signing is None:
        return None
    key = _manifest_key(site, edition)
    beside = f"{key}{SUFFIX}"
    wanted = [Damage(key=each, sha256="", what="") for each in (key, beside)]
    found = _made(site, site.copy, wanted)
    if len(found) != len(wanted) or not is_ours(found[key], found[beside], site.signing):
        return None
    if json.decode(found[key])["editionId"] != edition or not _is_of(site, found[key]):
        return None
    for each in (key, beside):
        _put(site, report, "the copy", each, found[each])
    return found[key]


def _manifest_key(site: Site, edition: str) -> str:
    return source_key(site.source, edition_path(edition, "manifest.json"))


def _agrees(storage: Storage, source: str, edition: str) -> bool:
    """Whether a manifest is there that the edition's own checksums vouch for."""
    path = edition_path(edition, "manifest.json")
    keys = [source_key(source, each) for each in (path, edition_path(edition, "SHA256SUMS"))]
    if any(storage.stat(key) is None for key in keys):
        return False
    data, sums = (storage.read(key) for key in keys)
    return f"{json.digest(data)}  {path}".encode() in sums.splitlines()


def _editions(site: Site, known: Mapping[str, str]) -> list[str]:
    """Give the ids of all editions that there are traces of, the newest first."""
    prefix = source_key(site.source, "editions/")
    found = {key.removeprefix(prefix).partition("/")[0] for key in site.storage.keys(prefix)} | known.keys()
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
        is_named = key == source_key(source, members["retractions"]["path"]) and _is_of(site, data)
        is_whole = is_named and _is_vouched_for(site, key, data, report)
        if is_whole and _count(members) > _count(best):
            best = members
    return best


def _count(members: Json) -> int:
    return int(members.get("retractions", {"count": 0})["count"])


def _is_vouched_for(site: Site, key: str, data: bytes, report: Repair) -> bool:
    return site.signing is None or _is_proven(site, key, data, report)
