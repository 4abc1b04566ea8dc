#!/usr/bin/env python3
"""Keeps a copy of published procurement records in step with the publisher, and proves that it is.

One file of plain Python (3.9 or newer) without dependencies: put it where you like and run it.

    ocds_sync.py verify PLACE               read a whole edition and check every byte of it
    ocds_sync.py sync PLACE FOLDER          bring the copy in FOLDER up to date, by deltas where they lead there
    ocds_sync.py follow PLACE FOLDER        do that again and again
    ocds_sync.py dump FOLDER                write the copy's records as JSON Lines

PLACE is the address or folder that holds a source's latest.json. With --key KEY, the publisher's minisign public key,
nothing is taken that is not signed by it, or by a key that it vouches for; so is latest.json, which says until when it
is good. A signed manifest vouches for those of the editions before it.

One key signs all sources of a publisher. So the data must be of the source that PLACE ends with (…/v1/SOURCE), or that
--dataset names, and of the same one for ever.

An edition that its publisher has taken back is not taken, unless --accept-retracted says so.

Nothing is believed: the pointer names the manifest's hash, the manifest every file's, and after each step the hash of
all records must be the one that the manifest states. What does not agree is refused, and the copy stays as it was.
"follow" tries again where the publisher cannot be reached, shows an old pointer or an edition that was taken back; it
ends where the same pointer is refused twice.

Exit codes: 0 done, 1 refused, 2 wrong use, 3 the publisher cannot be reached.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import errno
import gzip
import hashlib
import http.client
import json
import os
import sqlite3
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any

LAYOUT = "1"
FOLDER = "v1"
CHUNK = 1 << 20
PATIENCE = (1, 4, 16)
LONGEST_CHAIN = 1000
VALID = timedelta(days=7)
COPIED = ("layoutVersion", "schemaVersion", "dataset", "editionId", "sequence", "asOf", "previous", "testData")
SEAL = b'  "signature": '
AGAIN = 10.0
MOST_MANIFEST = 256 << 20
MOST_LINE = 64 << 20
KEY_BYTES, SIGNATURE_BYTES = 42, 74


class RefusedError(Exception):
    """What the publisher shows does not agree with itself, or with what was seen before."""


class StaleError(RefusedError):
    """The publisher shows something old: a cache may, and so may somebody who keeps what is new away."""


class RetractedError(RefusedError):
    """The publisher says that its newest edition is not to be relied on."""


class UnreachableError(Exception):
    """The publisher cannot be reached."""


class MissingError(UnreachableError):
    """There is no such object."""


REFUSALS = (RefusedError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What is told as a refusal: the others are what comes of reading something that has not the form it should have."""


# --- Signatures: Ed25519 (RFC 8032) in the form of minisign, checked without a library.

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Y = 4 * pow(5, _P - 2, _P) % _P


def _recover_x(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    return _P - x if x & 1 != sign else x


def _add(p: tuple[int, int, int, int], q: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, point)
        point = _add(point, point)
        number >>= 1
    return found


def _point(data: bytes) -> tuple[int, int, int, int]:
    whole = int.from_bytes(data, "little")
    y = whole & ((1 << 255) - 1)
    if y >= _P:
        raise ValueError("no point of the curve")
    x = _recover_x(y, whole >> 255)
    return x, y, 1, x * y % _P


_X = _recover_x(_Y, 0)
_BASE = (_X, _Y, 1, _X * _Y % _P)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature of 64 bytes over a message was made with the key's other half."""
    try:
        r, a = _point(signature[:32]), _point(key)
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= _L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    left, right = _times(s, _BASE), _add(r, _times(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


class Key:
    """A minisign public key: the base64 line of its file."""

    def __init__(self, text: str) -> None:
        lines = [line for line in text.strip().splitlines() if not line.startswith("untrusted comment:")]
        try:
            raw = base64.b64decode(lines[-1].strip(), validate=True)
        except (IndexError, binascii.Error):
            raise RefusedError("that is no minisign public key") from None
        if len(raw) != KEY_BYTES or raw[:2] != b"Ed":
            raise RefusedError("that is no minisign public key")
        self.id, self.point = raw[2:10], raw[10:]

    @property
    def name(self) -> str:
        """The key's id as minisign shows it."""
        return self.id[::-1].hex().upper()

    def check(self, message: bytes, signature: str, what: str) -> None:
        """Raise RefusedError unless a minisign signature of this key stands for the message."""
        lines = signature.splitlines()
        try:
            raw, seal = base64.b64decode(lines[1], validate=True), base64.b64decode(lines[3], validate=True)
            comment = lines[2][len("trusted comment: ") :].encode()
        except (IndexError, binascii.Error):
            raise RefusedError(f"{what}: its signature is no minisign signature") from None
        written = [base64.b64encode(each).decode() for each in (raw, seal)]
        plain = f"{lines[0]}\n{written[0]}\ntrusted comment: {comment.decode()}\n{written[1]}\n"
        if signature != plain or not signature.startswith("untrusted comment: "):
            raise RefusedError(f"{what}: its signature is not written as minisign writes it")
        if len(raw) != SIGNATURE_BYTES or raw[:2] != b"ED" or raw[2:10] != self.id:
            raise RefusedError(f"{what} is not signed with the key {self.name}")
        hashed = hashlib.blake2b(message).digest()
        if not is_signed(self.point, hashed, raw[10:]) or not is_signed(self.point, raw[10:] + comment, seal):
            raise RefusedError(f"{what}: its signature is wrong")


# --- Reading from a publisher.


class SameKind(urllib.request.HTTPRedirectHandler):
    """Follows redirects only to web addresses, and from https only to https."""

    def redirect_request(  # noqa: D102, PLR0917 - as it is inherited
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        allowed = ("https://",) if req.full_url.startswith("https://") else ("https://", "http://")
        if not newurl.lower().startswith(allowed):
            raise urllib.error.HTTPError(newurl, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Place:
    """A publisher's folder of one source, at an address or on this machine."""

    def __init__(self, place: str) -> None:
        place = place.removesuffix("latest.json")
        self.is_remote = place.startswith(("http://", "https://"))
        self.root = place.rstrip("/") if self.is_remote else str(Path(place.replace("file://", "", 1)).resolve())

    @property
    def dataset(self) -> str:
        """The source that a publisher's own folder is of, by its name; a folder elsewhere may be called anything."""
        above, _, name = self.root.replace(os.sep, "/").rpartition("/")
        return name if above.endswith(f"/{FOLDER}") else ""

    def read(self, path: str, most: int = MOST_MANIFEST) -> bytes:
        """Give an object that is at most so many bytes large."""
        with self.open(path) as stream:
            data = stream.read(most + 1)
            if len(data) <= most:
                _check_end(stream, path)
        if len(data) > most:
            raise RefusedError(f"{path} has more than {most} bytes")
        return data

    @contextmanager
    def open(self, path: str) -> Iterator[IO[bytes]]:
        """Open an object; a path never leads out of the folder, but to the keys beside it."""
        if path.startswith("/") or ".." in path.replace("../keys/", "", 1).split("/") or "\\" in path or ":" in path:
            raise RefusedError(f"{path!r} leads out of the publisher's folder")
        if not self.is_remote:
            try:
                file = Path(self.root, path).open("rb")  # noqa: SIM115 - closed below, whatever happens
            except FileNotFoundError:
                raise MissingError(f"{self.root}: there is no {path}") from None
            except OSError as error:
                raise UnreachableError(f"{path}: {error.strerror}") from None
            with file:
                yield file
            return
        with closing(self._ask(path)) as answer:
            try:
                yield answer
            except (OSError, ValueError, http.client.HTTPException) as error:
                if getattr(error, "errno", None) == errno.ENOSPC:  # it is this machine's
                    raise
                raise UnreachableError(f"{path} broke off: {error}") from None

    def _ask(self, path: str) -> Any:
        request = urllib.request.Request(f"{self.root}/{path}", headers={"User-Agent": "ocds-sync", "Accept": "*/*"})
        for wait in (*PATIENCE, 0):
            try:
                return urllib.request.build_opener(SameKind).open(request, timeout=60)
            except urllib.error.HTTPError as error:
                if error.code in (404, 410):
                    raise MissingError(f"{self.root}: there is no {path}") from None
                reason, passes = f"answered {error.code}", error.code >= 500 or error.code in (408, 429)  # noqa: PLR2004
            except (OSError, ValueError, http.client.HTTPException) as error:
                reason, passes = str(getattr(error, "reason", error)).strip(), True
            if not passes:
                break
            time.sleep(wait)
        raise UnreachableError(f"{self.root}/{path}: {reason}")

    def fetch(self, entry: dict[str, Any], file: IO[bytes] | None) -> None:
        """Read a file that a manifest names, into `file` where one is given, and hold it against size and hash."""
        path, left, found = entry["path"], int(entry["bytes"]), hashlib.sha256()
        with self.open(path) as stream:
            while True:
                chunk = stream.read(CHUNK)
                left -= len(chunk)
                if not chunk:
                    _check_end(stream, path)
                if not chunk or left < 0:
                    break
                found.update(chunk)
                if file is not None:
                    file.write(chunk)
        if left:
            raise RefusedError(f"{path} is not the {entry['bytes']} bytes long that its manifest says")
        if found.hexdigest() != entry["sha256"]:
            raise RefusedError(f"{path}: its hash is not the one in the manifest; it was altered or is damaged")


def _check_end(stream: Any, path: str) -> None:
    """Raise UnreachableError where an answer ended before the length that it announced."""
    if left := getattr(stream, "length", None):
        raise UnreachableError(f"{path} broke off, {left:,} bytes before its end")


class Edition:
    """An edition's manifest, as the pointer or another manifest vouches for it."""

    def __init__(self, body: dict[str, Any], sha256: str, size: int) -> None:
        self.body, self.sha256, self.size = body, sha256, size
        self.id, self.sequence = str(body["editionId"]), int(body["sequence"])
        self.state = str(body["state"]["stateDigest"])

    def files(self) -> list[dict[str, Any]]:
        """Give the entries of the files that there are."""
        return [entry for entry in self.body["files"] if "omitted" not in entry]

    def compiled(self) -> list[dict[str, Any]]:
        """Give the entries of the files that hold the records."""
        return [each for each in self.files() if (each.get("table"), each.get("format")) == ("compiled", "jsonl")]


class Publisher:
    """A publisher, seen through its pointer; with a key, only what is signed is taken."""

    def __init__(
        self,
        place: str,
        key: str = "",
        accept_stale: bool = False,
        accept_retracted: bool = False,
        dataset: str = "",
    ) -> None:
        self.place, self.accept_stale, self.accept_retracted = Place(place), accept_stale, accept_retracted
        self.key = Key(key) if key else None
        self.dataset = dataset or self.place.dataset
        self.pointer = b""
        self.retracted: dict[str, dict[str, Any]] = {}
        self.altered: set[str] = set()

    def newest(self) -> Edition:
        """Give the edition that latest.json points to."""
        self.pointer = b""
        self.pointer = self.place.read("latest.json", 1 << 16)
        pointer = self._pointer(self.pointer)
        if str(pointer["layoutVersion"]).split(".")[0] != LAYOUT:
            raise RefusedError(f"latest.json has layout {pointer['layoutVersion']}: get a newer ocds_sync.py")
        if self.dataset and pointer["dataset"] != self.dataset:
            raise RefusedError(
                f"latest.json is of {pointer['dataset']}, and stands where {self.dataset} should be; a folder that is "
                "called otherwise than its data is taken with --dataset"
            )
        until = datetime.fromisoformat(pointer["expires"].replace("Z", "+00:00"))
        if until < datetime.now(timezone.utc) and not self.accept_stale:
            raise StaleError(
                f"latest.json was good until {until:%Y-%m-%d %H:%M} UTC: nothing newer was published since, or you are "
                "shown an old one; --accept-stale takes it"
            )
        self.retracted = self._retracted(pointer)
        edition = self.edition(pointer["manifest"]["path"], pointer["manifest"]["sha256"])
        if edition.id != pointer["editionId"]:
            raise RefusedError("latest.json names another edition than the manifest that it points to")
        self._check_pointer(pointer, until, edition)
        return edition

    def _pointer(self, data: bytes) -> dict[str, Any]:
        """Give what latest.json says; of one that is signed, nothing but what is signed."""
        lines = data.split(b"\n")
        seals = [line for line in lines if line.startswith(SEAL)]
        if len(seals) > 1:
            raise RefusedError("latest.json has several signatures")
        if not seals:
            if self.key is not None:
                raise RefusedError("latest.json is not signed")
            return _decode(data, "latest.json")
        text = b"\n".join(line for line in lines if line is not seals[0])
        if self.key is not None:
            signature = _decode(b"{" + seals[0].rstrip(b",") + b"}", "the signature in latest.json")["signature"]
            self._key_of(self.key, str(signature), "latest.json").check(text, str(signature), "latest.json")
        return _decode(text, "latest.json")

    def _check_pointer(self, pointer: dict[str, Any], until: datetime, edition: Edition) -> None:
        """Hold what the pointer says against the manifest that it points to."""
        manifest, place = edition.body, pointer["manifest"]
        for name in COPIED:
            if pointer[name] != manifest[name]:
                raise RefusedError(f"latest.json says another {name} than the manifest that it points to")
        if (place["path"], place["bytes"]) != (f"editions/{edition.id}/manifest.json", edition.size):
            raise RefusedError("latest.json says another path or size of the manifest: it was altered")
        moment = (manifest.get("rollback") or {}).get("date") or manifest["asOf"]
        ends = datetime.fromisoformat(moment.replace("Z", "+00:00")) + VALID
        if until > ends:
            raise RefusedError("latest.json would be good for longer than a week after its edition: it was altered")
        if until < ends and self.key is None and not self.accept_stale:
            raise RefusedError("latest.json would be good for less than a week after its edition: it was altered")

    def _retracted(self, pointer: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Give what was said of the editions that were taken back, by their ids."""
        listed = pointer.get("retractions")
        if not listed:
            if pointer["retracted"]:
                raise RefusedError("latest.json names editions that were taken back, but not the list of them")
            return {}
        path = str(listed["path"])
        data = self.place.read(path)
        if hashlib.sha256(data).hexdigest() != listed["sha256"]:
            raise RefusedError(f"{path} is not the list that latest.json names: it was altered")
        if self.key is not None:
            self._check_signature(self.key, data, path)
        found = {str(each["editionId"]): each for each in _decode(data, path)["retractions"]}
        named = len(pointer["retracted"]) or 1
        newest = sorted(found, key=lambda each: int(each[-6:]), reverse=True)[:named]
        if (listed["bytes"], listed["count"], pointer["retracted"]) != (len(data), len(found), newest):
            raise RefusedError(f"latest.json says other things of {path} than that says itself: it was altered")
        return found

    def find_altered(self) -> None:
        """Learn which files the publisher has taken personal data out of: a delta of these leads to no state."""
        try:
            body = _decode(self.place.read("redactions.json"), "redactions.json")
        except MissingError:
            return
        self.altered = {str(each["path"]) for redaction in body["redactions"] for each in redaction["objects"]}

    def edition(self, path: str, sha256: str, is_vouched: bool = False) -> Edition:
        """Give the edition of a manifest whose hash is known; `is_vouched`: a manifest that was signed knows it.

        Such a one needs no signature: it may be older than the key, or signed with one that is not known here.
        """
        data = self.place.read(path)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise RefusedError(f"{path} is not the manifest that is vouched for: it was altered")
        if self.key is not None and not is_vouched:
            self._check_signature(self.key, data, path)
        return Edition(_decode(data, path), sha256, len(data))

    def _check_signature(self, trusted: Key, data: bytes, path: str) -> None:
        try:
            signature = self.place.read(f"{path}.minisig", 1 << 14).decode("utf-8", "replace")
        except MissingError:
            raise RefusedError(f"{path} is not signed") from None
        self._key_of(trusted, signature, path).check(data, signature, path)

    def _key_of(self, trusted: Key, signature: str, what: str) -> Key:
        """Give the key that a signature is of: the trusted one, or one that a chain of signatures leads to from it."""
        try:
            wanted = base64.b64decode(signature.splitlines()[1])[2:10]
        except (IndexError, binascii.Error):
            raise RefusedError(f"{what}: its signature is no minisign signature") from None
        chain: list[tuple[str, bytes, str]] = []
        seen: set[bytes] = set()
        while wanted != trusted.id and wanted not in seen:
            seen.add(wanted)
            name = f"../keys/{wanted[::-1].hex().upper()}.pub"
            try:
                text, vouched = self.place.read(name, 1 << 12), self.place.read(f"{name}.minisig", 1 << 14).decode()
            except MissingError:
                raise RefusedError(f"{what} is signed with a key that nobody vouches for") from None
            chain.append((name, text, vouched))
            wanted = base64.b64decode(vouched.splitlines()[1])[2:10]
        if wanted != trusted.id:
            raise RefusedError(f"{what} is signed with a key that nobody vouches for")
        key = trusted
        for name, text, vouched in reversed(chain):
            key.check(text, vouched, name)
            key = Key(text.decode())
        return key

    def verify(self) -> Edition:
        """Read the newest edition whole: every file's hash, and the state that its compiled releases make."""
        edition = self.newest()
        for number, entry in enumerate(edition.files(), 1):
            _show(f"checking {number} of {len(edition.files())}: {entry['path']}")
            self.place.fetch(entry, None)
        self._check_sums(edition)
        with tempfile.TemporaryDirectory() as folder, Copy(folder) as copy:
            copy.take_whole(edition, self.place)
        return edition

    def _check_sums(self, edition: Edition) -> None:
        """Hold the list of checksums against the manifest, which has them too."""
        path, manifest = (f"editions/{edition.id}/{name}" for name in ("SHA256SUMS", "manifest.json"))
        hashes = {**{str(entry["path"]): entry["sha256"] for entry in edition.files()}, manifest: edition.sha256}
        data = self.place.read(path)
        if data != "".join(f"{sha256}  {each}\n" for each, sha256 in sorted(hashes.items())).encode():
            raise RefusedError(f"{path} does not have the checksums of the manifest: it was altered")
        if self.key is not None:
            self._check_signature(self.key, data, path)


# --- The copy.


class Copy:
    """The records of one source in a folder, in one SQLite file; every step is one transaction."""

    def __init__(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(Path(folder, "records.sqlite3"), isolation_level=None, timeout=5)
        self._db.execute("CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT)")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS record (ocid TEXT PRIMARY KEY, digest TEXT, body BLOB) WITHOUT ROWID"
        )

    def __enter__(self) -> Copy:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def get(self, name: str) -> str:
        """Give what is known of the copy by a name, or nothing."""
        row = self._db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return row[0] if row else ""

    @property
    def sequence(self) -> int:
        """The number of the edition that the copy is of; 0 where it is of none."""
        return int(self.get("sequence") or 0)

    def records(self) -> Iterator[bytes]:
        """Give the records as JSON, by ocid."""
        return (row[0] for row in self._db.execute("SELECT body FROM record ORDER BY ocid"))

    def count(self) -> int:
        """Give the number of records."""
        return int(self._db.execute("SELECT count(*) FROM record").fetchone()[0])

    def take_whole(self, edition: Edition, place: Place) -> None:
        """Replace everything by an edition's compiled releases."""
        with self._step(edition):
            self._db.execute("DELETE FROM record")
            for entry in edition.compiled():
                _show(f"reading {entry['path']}, {entry['bytes']:,} bytes")
                with _fetched(place, entry) as lines:
                    self._put((str(_decode(line, entry["path"])["ocid"]), line) for line in lines)

    def apply(self, delta: dict[str, Any], edition: Edition, place: Place) -> None:
        """Apply a delta that leads from the state of this copy to an edition's."""
        with self._step(edition), _fetched(place, delta) as lines:
            header = _decode(next(lines, b"{}"), delta["path"])
            for name in ("from", "to", "fromStateDigest", "toStateDigest"):
                if header.get(name) != delta[name]:
                    raise RefusedError(f"{delta['path']}: its header is not the one that the manifest announces")
            for line in lines:
                entry = _decode(line, delta["path"])
                if entry["op"] == "delete":
                    self._db.execute("DELETE FROM record WHERE ocid = ?", (entry["ocid"],))
                elif entry["op"] == "upsert":
                    self._put([(entry["ocid"], _record_of(line, entry["ocid"]))])
                else:
                    raise RefusedError(f"{delta['path']} says {entry['op']!r}: get a newer ocds_sync.py")

    def _put(self, records: Iterable[tuple[str, bytes]]) -> None:
        rows = ((ocid, hashlib.sha256(body).hexdigest(), body) for ocid, body in records)
        self._db.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", rows)

    @contextmanager
    def _step(self, edition: Edition) -> Iterator[None]:
        """Keep what is done inside only if it ends in an edition's state."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            if (found := self.digest()) != edition.state:
                raise RefusedError(f"edition {edition.id}: the records make the state {found}, not {edition.state}")
            values = {
                "editionId": edition.id,
                "sequence": edition.sequence,
                "manifestSha256": edition.sha256,
                "stateDigest": edition.state,
                "dataset": edition.body["dataset"],
            }
            self._db.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", [(n, str(v)) for n, v in values.items()])
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def digest(self) -> str:
        """Give the state digest of the records held."""
        found = hashlib.sha256()
        for ocid, digest in self._db.execute("SELECT ocid, digest FROM record ORDER BY ocid"):
            found.update(f"{ocid}\t{digest}\n".encode())
        return found.hexdigest()


def sync(publisher: Publisher, copy: Copy) -> str:
    """Bring a copy up to the publisher's newest edition, and say how."""
    newest = publisher.newest()
    held = copy.sequence
    _check_held(newest, copy)
    if (told := retraction(publisher, newest.id)) and not publisher.accept_retracted:
        stays = "the copy is of it" if newest.sequence == held else f"the copy stays at edition {copy.get('editionId')}"
        raise RetractedError(
            f"{told}; {stays if held else 'nothing was taken'}, until a newer one is published; --accept-retracted "
            "takes it"
        )
    if newest.sequence == held:
        return f"up to date: edition {newest.id}, {copy.count():,} records"
    if held and (done := _by_deltas(publisher, newest, copy)):
        return f"edition {newest.id}, deltas applied: {done}, {copy.count():,} records"
    copy.take_whole(newest, publisher.place)
    return f"edition {newest.id} whole, {copy.count():,} records"


def _check_held(newest: Edition, copy: Copy) -> None:
    """Refuse an edition that cannot follow the one that a copy is of."""
    held = copy.sequence
    if held and copy.get("dataset") != newest.body["dataset"]:
        raise RefusedError(f"the copy is of {copy.get('dataset')}, the publisher's data of {newest.body['dataset']}")
    if newest.sequence < held:
        raise StaleError(f"latest.json points to edition {newest.sequence}, but edition {held} was seen before")
    if newest.sequence == held and newest.sha256 != copy.get("manifestSha256"):
        raise RefusedError(f"edition {newest.id} is not the one that was seen before: there are two of them")


def _by_deltas(publisher: Publisher, newest: Edition, copy: Copy) -> int:
    """Bring a copy up to an edition by deltas, and give how many; none, where they do not lead there."""
    done = 0
    publisher.find_altered()
    for daily in (False, True):
        try:
            for delta, edition in way(publisher, newest, copy, daily=daily):
                copy.apply(delta, edition, publisher.place)
                done += 1
        except MissingError:
            # Deltas of many days are not kept as long as those of one.
            continue
        break
    return done if copy.sequence == newest.sequence else 0


def way(
    publisher: Publisher, newest: Edition, copy: Copy, *, daily: bool = False
) -> list[tuple[dict[str, Any], Edition]]:
    """Find deltas that lead from a copy's edition to the newest; nothing, where none do, or where all is less to read.

    With `daily`, deltas of many days are taken of the newest edition alone.
    """
    held, edition_id, sha256 = copy.sequence, copy.get("editionId"), copy.get("manifestSha256")
    steps: list[tuple[dict[str, Any], Edition]] = []
    edition = newest
    while edition.sequence > held and len(steps) < LONGEST_CHAIN:
        listed = edition.body.get("deltas", ())
        known = [each for each in listed if each.get("from") and each["path"] not in publisher.altered]
        if daily and edition is not newest:
            known = [each for each in known if each.get("kind") == "d1"]
        fitting = [each for each in known if int(each["from"][-6:]) >= held]
        if not fitting:
            return []
        delta = min(fitting, key=lambda each: int(each["from"][-6:]))
        steps.insert(0, (delta, edition))
        if delta["from"] == edition_id:
            previous = edition.body["previous"]
            if previous and previous["editionId"] == edition_id and previous["manifestSha256"] != sha256:
                raise RefusedError(f"edition {edition.id} follows another {edition_id} than the one seen before")
            return [] if sum(int(one["bytes"]) for one, _ in steps) > _whole(newest) else steps
        try:
            edition = _before(publisher, edition, delta["from"])
        except MissingError:
            return []
    return []


def retraction(publisher: Publisher, edition_id: str) -> str:
    """Say that an edition was taken back, if it was."""
    said = publisher.retracted.get(edition_id)
    if said is None:
        return ""
    return f"edition {edition_id} was RETRACTED on {said['date']} by {said['by']}: {said['reason']}"


def _before(publisher: Publisher, edition: Edition, wanted: str) -> Edition:
    """Give an earlier edition by the chain of hashes that leads to it."""
    for _ in range(LONGEST_CHAIN):
        previous = edition.body["previous"]
        if not previous:
            raise RefusedError(f"the editions before {edition.id} do not lead to {wanted}: the chain is broken")
        path = f"editions/{previous['editionId']}/manifest.json"
        edition = publisher.edition(path, previous["manifestSha256"], is_vouched=True)
        if edition.id == wanted:
            return edition
    raise MissingError(f"edition {wanted} is too far back")


def _whole(edition: Edition) -> int:
    return sum(int(entry["bytes"]) for entry in edition.compiled())


@contextmanager
def _fetched(place: Place, entry: dict[str, Any]) -> Iterator[Iterator[bytes]]:
    """Give the lines of a gzipped file, once the file has come whole and is what it should be."""
    with tempfile.TemporaryFile() as file:
        place.fetch(entry, file)
        file.seek(0)
        with gzip.open(file, "rb") as content:
            yield _lines(content, entry["path"])


def _lines(content: Any, path: str) -> Iterator[bytes]:
    try:
        while line := content.readline(MOST_LINE):
            if not line.endswith(b"\n"):
                raise RefusedError(f"{path} breaks off in a line")
            yield line[:-1]
    except (OSError, EOFError, zlib.error) as error:
        raise RefusedError(f"{path} cannot be unpacked: {error}") from None


def _record_of(line: bytes, ocid: str) -> bytes:
    """Give the bytes of a delta line's record, of which the hash is made: it is the line's last member."""
    start = b'{"ocid":' + json.dumps(ocid, ensure_ascii=False).encode() + b',"op":"upsert",'
    head, mark, record = line.partition(b'"record":')
    if not line.startswith(start) or not mark or head.count(b'"') > start.count(b'"') + 4:
        raise RefusedError(f"the delta's line of {ocid} is not as it should be")
    return record[:-1]


def _decode(data: bytes, path: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise RefusedError(f"{path} is not JSON") from None
    if not isinstance(found, dict):
        raise RefusedError(f"{path} is not what it should be")
    return found


def _show(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text[:100]}")
        sys.stderr.flush()


def _told(error: Exception) -> str:
    if isinstance(error, RefusedError):
        return f"Refused: {error}"
    return f"Refused: the publisher's files are not as they should be ({type(error).__name__}: {error})"


def _say(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    print(text, flush=True)


def _arguments(given: list[str] | None) -> argparse.Namespace:
    shared = argparse.ArgumentParser(add_help=False)
    key = os.environ.get("OCDS_SYNC_KEY", "")
    shared.add_argument("--key", default=key, help="the publisher's minisign public key; else OCDS_SYNC_KEY")
    shared.add_argument("--dataset", default="", help="the source that it must be; else the one that PLACE/v1/… names")
    shared.add_argument("--accept-stale", action="store_true", help="take a pointer that has run out")
    shared.add_argument("--accept-retracted", action="store_true", help="take an edition that was taken back")
    parser = argparse.ArgumentParser(prog="ocds_sync.py", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("verify", parents=[shared], help="check a whole edition").add_argument("place")
    for name, words in (("sync", "bring a copy up to date"), ("follow", "keep a copy up to date")):
        command = commands.add_parser(name, parents=[shared], help=words)
        command.add_argument("place")
        command.add_argument("folder")
        if name == "follow":
            command.add_argument("--every", type=float, default=60, help="minutes between two looks")
    commands.add_parser("dump", help="write the copy's records as JSON Lines").add_argument("folder")
    return parser.parse_args(given)


def _verified(publisher: Publisher) -> str:
    edition = publisher.verify()
    told = f"edition {edition.id} is whole: {len(edition.files())} files, {edition.body['counts']['records']:,} records"
    return "\n".join(line for line in (told, retraction(publisher, edition.id)) if line)


def _run(given: argparse.Namespace) -> None:
    if given.command == "dump":
        with Copy(given.folder) as copy:
            for body in copy.records():
                sys.stdout.buffer.write(body + b"\n")
        return
    publisher = Publisher(given.place, given.key, given.accept_stale, given.accept_retracted, given.dataset)
    if given.command == "verify":
        _say(_verified(publisher))
        return
    if given.command == "follow":
        follow(publisher, given.folder, given.every * 60)
    with Copy(given.folder) as copy:
        _say(sync(publisher, copy))


def follow(publisher: Publisher, folder: str, every: float) -> None:
    """Keep a copy up to date, with so many seconds between two looks; end only where a pointer is refused twice.

    A first refusal is no proof: while it was read the publisher may have moved on, or a cache have shown half of it.
    """
    refused: bytes | None = None
    while True:
        wait, before, refused = every, refused, None
        try:
            with Copy(folder) as copy:
                _say(sync(publisher, copy))
        except (UnreachableError, StaleError, RetractedError) as error:
            _say(f"{error}; trying again in {every / 60:g} minutes")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            _say(f"Somebody else is at work on the copy: {error}; trying again in {every / 60:g} minutes")
        except REFUSALS as error:
            if publisher.pointer == before:
                raise
            wait, refused = min(AGAIN, every), publisher.pointer
            _say(f"{_told(error)}; looking once more before it is believed")
        time.sleep(wait)


def main(given: list[str] | None = None) -> int:
    """Run a command and give its exit code."""
    try:
        _run(_arguments(given))
    except REFUSALS as error:
        _say(_told(error))
        return 1
    except (OSError, sqlite3.Error) as error:
        _say(f"The copy cannot be used: {error}")
        return 2
    except UnreachableError as error:
        _say(f"Cannot be reached: {error}")
        return 3
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
