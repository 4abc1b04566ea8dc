"""The manifest of an edition, its checksums, and the pointer that makes it the newest one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.source import Source
from publish.layout import LAYOUT_VERSION, edition_path, pointer_key, sequence_of, source_key
from publish.signing import SigningKey
from publish.storage import Storage

SCHEMA_VERSION = "1.0.0"
"""Of tables, manifest, changelog and delta: a new member raises the second number, a lost or renamed one the first."""
NOTICE = "test data: unregistered OCID prefix"
POINTER_BYTES = 2048
COUNTED = frozenset({"jsonl", "package", "csv"})
"""The formats whose rows are counted: every table is in one of them, and may be in others besides."""
_VALID_DAYS = 7
_SEAL = b'  "signature": '
_OMITTED: Sequence[Json] = (
    {
        "name": "records-index.parquet",
        "role": "metadata",
        "omitted": {"reason": "not made yet: the state can be computed from the compiled releases"},
    },
)
_NO_QUALITY: Json = {
    "name": "quality.json",
    "role": "metadata",
    "omitted": {"reason": "this edition was not looked at by checks"},
}
_NO_GATES: Json = {
    "name": "gates.json",
    "role": "metadata",
    "omitted": {"reason": "this edition was not held against gates"},
}
_NO_MAPPING: Json = {
    "name": "mapping.csv",
    "role": "metadata",
    "omitted": {"reason": "no mapping table was given to this edition"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What `latest.json` says, and the version of it that a compare-and-swap goes by."""

    body: Json
    version: str

    @property
    def edition_id(self) -> str:
        """The newest edition."""
        return str(self.body["editionId"])

    @property
    def sequence(self) -> int:
        """The newest edition's number."""
        return sequence_of(self.edition_id)

    @property
    def manifest_sha256(self) -> str:
        """The hash of the newest edition's manifest."""
        return str(self.body["manifest"]["sha256"])


def read_pointer(storage: Storage, source: str) -> Pointer | None:
    """Read a source's `latest.json`, or nothing where no edition has been published.

    Raises:
        PublishError: it is not what we write, or another source's.
    """
    key = pointer_key(source)
    # First the version, then the content: a pointer that moves in between fails the swap instead of passing unseen.
    stat = storage.stat(key)
    if stat is None:
        return None
    try:
        pointer = Pointer(body=json.decode(storage.read(key)), version=stat.version)
        _ = (pointer.sequence, pointer.manifest_sha256)
        is_own = is_of(source, pointer.body)
    except (ValueError, KeyError, TypeError, PublishError) as error:
        raise PublishError(
            f"{key} cannot be read ({error!r}): restore it from the newest edition's manifest"
        ) from error
    if not is_own:
        raise PublishError(f"{key} {of_another(pointer.body)}: run `ocds-pipeline repair {source}`")
    return pointer


def is_of(source: str, body: Json) -> bool:
    """Whether a pointer, manifest or list is of a source: all sources have one key, so a signature does not tell."""
    return bool(body["dataset"] == source)


def of_another(body: Json) -> str:
    """Say of which source something is that stands in the place of another's."""
    return f"is that of {str(body['dataset'])[:40]!r}, put in another source's place"


def check_note(source: str, key: str, body: Json) -> None:
    """Make sure that a note that stands beside the editions is of a source.

    Raises:
        PublishError: it is another source's.
    """
    if not is_of(source, body):
        raise PublishError(f"{key} {of_another(body)}: remove it and run `ocds-pipeline repair {source}`")


def read_manifest(storage: Storage, source: str, pointer: Pointer) -> Json:
    """Read the manifest that a pointer names.

    Raises:
        PublishError: it is not the one whose hash the pointer holds, or another source's.
    """
    key = source_key(source, pointer.body["manifest"]["path"])
    data = storage.read(key)
    found = json.digest(data)
    if found != pointer.manifest_sha256:
        raise PublishError(
            f"{key}: the pointer says sha256 {pointer.manifest_sha256}, but it has {found}: put the original back"
        )
    manifest = json.decode(data)
    if not is_of(source, manifest):
        raise PublishError(f"{key} {of_another(manifest)}: put the original back")
    return manifest


def describe_source(source: Source, extension_urls: Sequence[str]) -> Json:
    """Give the members of a manifest that come from the source's declaration."""
    marked = {"testData": True, "notice": NOTICE} if source.is_test_data else {"testData": False}
    return {
        **marked,
        "dataset": source.name,
        "title": source.title,
        "country": source.country,
        "currency": source.currency,
        "languages": list(source.languages),
        "publisher": {"name": source.publisher.name, "uri": source.publisher.uri},
        "licence": {"url": source.publisher.licence},
        "policy": source.publisher.policy,
        "contact": source.portal.contact,
        "sources": [{"id": source.name, "name": source.portal.name, "url": source.portal.url}],
        "caveats": list(source.caveats),
        "ocds": {"version": "1.1", "extensions": list(extension_urls), "ocidPrefix": source.ocid_prefix},
    }


def describe_edition(edition_id: str, facts: Json, previous: Pointer | None) -> Json:
    """Give the members of a manifest that say which edition it is and what it follows."""
    return {
        "layoutVersion": LAYOUT_VERSION,
        "schemaVersion": SCHEMA_VERSION,
        "editionId": edition_id,
        "sequence": sequence_of(edition_id),
        "status": "published",
        "asOf": facts["asOf"],
        "sourceWindow": facts.get("sourceWindow"),
        "pipeline": facts.get("pipeline", {}),
        "previous": previous and {"editionId": previous.edition_id, "manifestSha256": previous.manifest_sha256},
    }


def count(files: Iterable[Json]) -> Json:
    """Count rows by table from the entries of the data files."""
    rows: Counter[str] = Counter()
    for entry in files:
        if entry["role"] == "data" and "omitted" not in entry and entry["format"] in COUNTED:
            rows[entry["table"]] += entry["rows"]
    return dict(rows)


def list_files(
    entries: Iterable[Json],
    left_out: Sequence[Json] = (),
    *,
    has_mapping: bool,
    has_gates: bool,
    has_quality: bool,
) -> list[Json]:
    """Give the manifest's list of files: those there are by path, then those left out, with their reasons."""
    there = ((has_mapping, _NO_MAPPING), (has_gates, _NO_GATES), (has_quality, _NO_QUALITY))
    omitted = [*left_out, *_OMITTED, *(entry for is_there, entry in there if not is_there)]
    return [*sorted(entries, key=lambda entry: str(entry["path"])), *omitted]


def published(manifest: Json) -> list[Json]:
    """Give the entries of the files that there are."""
    return [entry for entry in manifest["files"] if "omitted" not in entry]


def checksums(hashes: Mapping[str, str]) -> bytes:
    """Write SHA-256 hashes by path for `sha256sum -c`, run in `v1/<source>/`."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(hashes.items())).encode()


def sums_of(manifest: Json, data: bytes) -> bytes:
    """Give the checksums of an edition, from its manifest and the bytes it was written as."""
    hashes = {entry["path"]: entry["sha256"] for entry in published(manifest)}
    return checksums({**hashes, edition_path(manifest["editionId"], "manifest.json"): json.digest(data)})


def moment(facts: Json) -> str:
    """Give the moment that an edition is named after and counts from, from its manifest or what is known of it before.

    That is the one it speaks for; of one that goes back to an earlier edition it is the one at which that was decided.
    """
    return str(facts["rollback"]["date"] if "rollback" in facts else facts["asOf"])


def point_to(manifest: Json, data: bytes, retracted: Json = None, key: SigningKey | None = None) -> bytes:
    """Write the pointer to an edition, given its manifest and the bytes it was written as.

    It expires a week after the edition's moment: a reader sees by it that a publisher has fallen silent. `retracted`
    are the members about editions that were taken back, where there are any. With a `key` it holds its own signature,
    so that there is no moment at which one is new and the other old.

    Raises:
        PublishError: it would be longer than 2 KiB.
    """
    until = datetime.fromisoformat(moment(manifest)) + timedelta(days=_VALID_DAYS)
    path = edition_path(manifest["editionId"], "manifest.json")
    copied = ("layoutVersion", "schemaVersion", "dataset", "editionId", "sequence", "asOf", "previous", "testData")
    pointer = json.encode_pretty(
        {
            **{name: manifest[name] for name in copied},
            "manifest": {"path": path, "sha256": json.digest(data), "bytes": len(data)},
            "expires": until.isoformat().replace("+00:00", "Z"),
            "retracted": [],
            **(retracted or {}),
        }
    )
    if key is not None:
        pointer = sealed(pointer, key.sign(pointer, f"{manifest['dataset']} latest.json"))
    if len(pointer) > POINTER_BYTES:
        raise PublishError(f"latest.json would have {len(pointer)} bytes, and may have {POINTER_BYTES}")
    return pointer


def sealed(text: bytes, signature: bytes) -> bytes:
    """Write a signature into a pointer: one line more; without that line it is the text that is signed."""
    return json.encode_pretty({**json.decode(text), "signature": signature.decode()})


def unsealed(pointer: bytes) -> tuple[bytes, bytes | None]:
    """Part a pointer into the text that is signed and its signature, or nothing where it has none.

    Raises:
        ValueError: it has several, or one that is no JSON.
    """
    lines = pointer.splitlines(keepends=True)
    found = [line for line in lines if line.startswith(_SEAL)]
    if not found:
        return pointer, None
    (line,) = found
    signature = json.decode(line.removeprefix(_SEAL).rstrip(b"\n").removesuffix(b","))
    return b"".join(each for each in lines if each is not line), str(signature).encode()
