"""A publication put right from what is still there: the pointer, the files of the newest edition, and the derived ones.

Nothing is believed that does not have the hash that something else vouches for, so what is put back is what was there.
"""

from collections.abc import Iterator, Sequence
from importlib import resources

from ocds_schema import json
from ocds_schema.errors import PublishError, StorageError
from ocds_schema.json import Json
from publish import editions
from publish.around import Around
from publish.believed import is_refused, is_signed, mend_pointer
from publish.derive import derive, put_current
from publish.files import HTML, JSON
from publish.layout import CLIENT, LAYOUT, edition_path, extension_file_key, source_key
from publish.manifest import Pointer, published, read_manifest, sums_of
from publish.mending import Damage, damages, from_contents, look, mend
from publish.notes import damaged_notes, mend_ledger, put_keys_back, sign_again
from publish.policy import MACHINE, PAGE
from publish.redactions import Redacted, read_redactions
from publish.retention import read_ledger
from publish.retractions import lists_within, read_listed
from publish.site import Repair, Site
from publish.verify import verify


def repair(site: Site) -> Repair:
    """Put back what can be put back of a source, and say what cannot.

    Raises:
        StorageError: the storage cannot be used.
        StorageConflictError: somebody else writes there, or the lock is lost.
    """
    report = Repair()
    report.done += mend_ledger(site.storage, site.source)
    report.done += put_keys_back(site.storage, site.signing) if site.signing else ()
    pointer = mend_pointer(site, report)
    if pointer is None or is_refused(site, pointer, report):
        return report
    report.edition_id = pointer.edition_id
    manifest = _mend_manifest(site, pointer, report)
    if manifest is None:
        return report
    earlier = [*_earlier(site, manifest, report)]
    _mend_files(site, manifest, earlier, report)
    lists = _mend_lists(site, pointer, report)
    if site.signing and is_signed(site):
        report.done += sign_again(site.storage, site.source, (manifest, *earlier), lists, site.signing)
    _mend(site, manifest, [*damaged_notes(site.storage, site.source)], report)
    _derive(site, manifest, report)
    checked = verify(site.storage, site.source, around=Around(site.source, site.siblings))
    named = {each.key for each in report.damaged}
    report.broken += [str(each) for each in checked.findings if each.file not in named]
    return report


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
