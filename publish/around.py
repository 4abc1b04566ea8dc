"""What readers of a source can reach besides its newest edition: earlier ones, lists, feeds, catalogues, notes, keys.

What is derived is made once more of pointer and manifests, as this program makes it, and compared byte for byte. Notes
that nothing else vouches for have a digest of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from ocds_schema import json
from ocds_schema.errors import PublishError, StorageError
from ocds_schema.json import Json
from publish import editions
from publish.derive import address_of, own_files, shared_files
from publish.layout import (
    CLIENT,
    FAILURES,
    LAYOUT,
    edition_path,
    extension_file_key,
    key_key,
    retractions_path,
    source_key,
)
from publish.manifest import published, read_manifest, read_pointer, sums_of
from publish.objects import Objects
from publish.policy import MACHINE, PAGE
from publish.redactions import NAME as REDACTIONS
from publish.retention import NAME as RETENTION
from publish.retention import read_ledger
from publish.sealed import check_key, check_signatures
from publish.signing import SUFFIX
from publish.stamp import is_untouched
from publish.storage import Storage

_MADE = "what pointer and manifests make of it; `ocds-pipeline repair` makes it anew"
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, PublishError, StorageError)


class Around:
    """Everything around the newest edition of a source."""

    def __init__(self, source: str, names: Sequence[str], *, shared: bool = True) -> None:
        """Take the names of the sources that may be published there; `shared`: look at what they share, too."""
        self._source = source
        self._names = sorted({source, *names})
        self._shared = shared

    def check(self, objects: Objects, newest: Json) -> int:
        """Take note of every difference, and give how many objects there are below the source that nothing names."""
        self._check_earlier(objects, newest)
        self._check_notes(objects, newest)
        self._check_lists(objects, newest)
        _check_keys(objects)
        if self._shared:
            self._check_shared(objects)
        return sum(key not in objects.seen for key in objects.storage.keys(self._key("")))

    def _check_earlier(self, objects: Objects, newest: Json) -> None:
        try:
            collected = read_ledger(objects.storage, self._source).collected
        except PublishError:
            collected = {}
        for manifest, data in self._earlier(objects, newest):
            self._check_sums(objects, manifest, data)
            for entry in published(manifest):
                if (key := self._key(entry["path"])) not in objects.seen:
                    objects.check(key, entry, collected=manifest["editionId"] in collected)
            for entry in manifest["ocds"]["extensionFiles"]:
                if (key := extension_file_key(entry)) not in objects.seen:
                    objects.check(key, {"role": "extension", **entry})

    def _check_sums(self, objects: Objects, manifest: Json, data: bytes) -> None:
        """Hold the checksums of an earlier edition against its manifest, and both against their signatures."""
        own, sums = (self._key(edition_path(manifest["editionId"], name)) for name in ("manifest.json", "SHA256SUMS"))
        found = objects.whole(sums)
        if found is not None and found != sums_of(manifest, data):
            objects.findings.add(sums, "the checksums that its manifest gives", "others")
        if name := manifest.get("signedBy"):
            _check_signed(objects, {own: data, sums: found or b""}, name)

    def _earlier(self, objects: Objects, manifest: Json) -> Iterator[tuple[Json, bytes]]:
        """Give the manifests that led to the newest one, as far back as each is the one that the next vouches for."""
        while (previous := manifest["previous"]) is not None:
            key = self._key(edition_path(previous["editionId"], "manifest.json"))
            data = objects.whole(key)
            if data is None or not objects.findings.compare(
                key, "sha256, by the edition that follows,", previous["manifestSha256"], json.digest(data)
            ):
                return
            manifest = json.decode(data)
            yield manifest, data

    def _check_notes(self, objects: Objects, newest: Json) -> None:
        """Look at what is said of editions, and vouched for by nothing but its own name or digest."""
        notes = [RETENTION, REDACTIONS]
        prefix = self._key("")
        notes += [key.removeprefix(prefix) for key in objects.storage.keys(self._key(FAILURES))]
        for name in notes:
            data = objects.optional(self._key(name))
            if data is not None and not is_untouched(data):
                objects.findings.add(self._key(name), "the digest in it to be that of the rest", "another text")
        for key in objects.storage.keys(self._key("retractions/")):
            data = objects.optional(key) if not key.endswith(SUFFIX) else None
            if data is not None and key != self._key(retractions_path(json.digest(data))):
                objects.findings.add(key, "a list that has the hash in its name", json.digest(data))
        self._check_signatures_of_notes(objects, newest)

    def _check_signatures_of_notes(self, objects: Objects, newest: Json) -> None:
        """Hold the notes against signatures; where the newest edition is signed, those that count must have one."""
        pointer = read_pointer(objects.storage, self._source)
        listed = pointer.body.get("retractions") if pointer else None
        must = {self._key(REDACTIONS), self._key(listed["path"])} if listed else {self._key(REDACTIONS)}
        for key in sorted(objects.seen):
            if not key.startswith((self._key("retractions/"), self._key(REDACTIONS))):
                continue
            is_there = objects.storage.stat(f"{key}{SUFFIX}") is not None
            if is_there or ("signedBy" in newest and key in must):
                _check_signed(objects, {key: objects.storage.read(key)}, None)

    def _check_lists(self, objects: Objects, newest: Json) -> None:
        """Hold what is derived of the source against what its pointer and manifests make."""
        try:
            listed = editions.list_editions(objects.storage, self._source, anew=True)
        except _UNREADABLE as error:
            objects.findings.add(self._key(editions.NAME), _MADE, f"that cannot be told: {error}")
            return
        address = address_of(newest)
        for name, content in own_files(self._source, address or "", listed, newest).items():
            if address is None and name != editions.NAME:
                # Which address it was made with, nothing says.
                objects.whole(self._key(name))
            else:
                _compare(objects, self._key(name), content)
        entries = {entry["path"]: entry for entry in published(newest)}
        for name in (PAGE, MACHINE):
            entry = entries.get(edition_path(newest["editionId"], name))
            found = objects.whole(self._key(name)) if entry else None
            if entry and found is not None:
                objects.findings.compare(
                    self._key(name), "sha256, by the newest edition,", entry["sha256"], json.digest(found)
                )

    def _check_shared(self, objects: Objects) -> None:
        """Hold what is derived of all sources against what their pointers and lists make.

        Whichever source was published last has made it, and by its own address.
        """
        newest = _newest_of(objects.storage, self._names)
        addresses = {address_of(each) for each in newest.values()}
        made: list[dict[str, bytes]] = []
        try:
            made += [shared_files(objects.storage, each or "", list(newest)) for each in addresses]
        except _UNREADABLE as error:
            objects.findings.add(f"{LAYOUT}/{editions.NAME}", _MADE, f"that cannot be told: {error}")
        for name in made[0] if made else ():
            found = objects.whole(f"{LAYOUT}/{name}")
            if found is not None and None not in addresses and all(found != each[name] for each in made):
                objects.findings.add(f"{LAYOUT}/{name}", _MADE, "another text")
        _compare(objects, f"{LAYOUT}/{CLIENT}", resources.files("publish").joinpath(CLIENT).read_bytes())

    def _key(self, path: str) -> str:
        return source_key(self._source, path)


def _newest_of(storage: Storage, names: Sequence[str]) -> Mapping[str, Json]:
    """Give the newest manifests of the sources that are published, as far as they can be read."""
    found = {}
    for name in names:
        try:
            if (pointer := read_pointer(storage, name)) is not None:
                found[name] = read_manifest(storage, name, pointer)
        except _UNREADABLE:
            continue
    return found


def _compare(objects: Objects, key: str, content: bytes) -> None:
    found = objects.whole(key)
    if found is not None and found != content:
        objects.findings.add(key, _MADE, "another text")


def _check_signed(objects: Objects, signed: Mapping[str, bytes], name: str | None) -> None:
    check_signatures(objects.storage, signed, name, objects.findings)
    objects.seen.update(f"{each}{SUFFIX}" for each in signed)


def _check_keys(objects: Objects) -> None:
    """Look at the public keys, and at the word that each key before gives for the next."""
    folder = key_key("")
    for key in objects.storage.keys(folder):
        name = key.removeprefix(folder)
        data = objects.optional(key) if name.endswith(".pub") else None
        if data is None:
            continue
        check_key(objects.storage, name.removesuffix(".pub"), objects.findings)
        if objects.storage.stat(f"{key}{SUFFIX}") is not None:
            _check_signed(objects, {key: data}, None)
