"""Object storage behind one protocol: a folder (`file://`) or a bucket (`s3://`), both with conditional writes."""

import errno
import fcntl
import hashlib
import io
import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from ocds_schema import json
from ocds_schema.errors import ConfigurationError, StorageConflictError, StorageError
from publish.storage import Capabilities, Stat, Storage

__all__ = ["Capabilities", "FileStorage", "Stat", "Storage", "open_storage"]

_PRIVATE = ".storage"
_CHUNK_BYTES = 1 << 20
_SMALL_BYTES = 64 << 10
"""Up to this size the version of an object is the hash of its content; above, what the file system says of the file."""
_NOTE = "user.ocds"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_REMEDIES = {
    errno.ENOSPC: "no space is left: free some, then run again",
    errno.EDQUOT: "the quota is used up: raise it or free some space, then run again",
    errno.EACCES: "it may not be written or read by this user: mend its owner or mode",
    errno.EPERM: "it may not be written or read by this user",
    errno.ENOLCK: "the file system knows no locks, which keep two writers apart: use another one",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.ENAMETOOLONG: "the name is too long for the file system",
}


def open_storage(url: str, *, endpoint: str | None = None, region: str | None = None) -> Storage:
    """Open the storage at `file:///folder`, a plain folder path, or `s3://bucket/prefix`.

    Credentials of `s3://` come by the AWS names from boto3's own chain; so do endpoint and region where they are not
    given here.

    Raises:
        ConfigurationError: the URL is of no kind known.
        StorageError: no credentials are to be found.
    """
    parts = urlsplit(url)
    if "://" not in url:
        return FileStorage(Path(url))
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        return FileStorage(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        # boto3 takes half a second and 40 MB to import; a folder needs neither.
        from ocds_pipeline.s3 import S3Storage  # noqa: PLC0415

        return S3Storage(parts.netloc, parts.path.strip("/"), endpoint=endpoint, region=region)
    raise ConfigurationError(f"{url!r} is no storage: write file:///folder or s3://bucket/prefix")


def check_key(key: str) -> str:
    """Give the key back if it is one: relative, `/` between its parts, none of them empty, `.` or `..`.

    Raises:
        StorageError: it is not.
    """
    wrong = any(part in ("", ".", "..", _PRIVATE) for part in key.split("/"))
    if wrong or "\0" in key or "\\" in key:
        raise StorageError(f"{key!r} cannot be a key: use a relative path without empty parts, '.', '..' or '\\'")
    return key


class FileStorage:
    """Objects as files of a folder, on a local or network file system that knows locks."""

    def __init__(self, root: Path) -> None:
        """Take the folder as it is; it is made, and cleared of what killed writers left, before the first write."""
        self.root = root.absolute()
        self._private = self.root / _PRIVATE
        self._is_prepared = False

    def capabilities(self) -> Capabilities:
        """Take the file system's lock once; where there is none, an error says so."""
        with self._explained(""), self._locked():
            return Capabilities(compare_and_swap=True, ranges=True)

    def put_new(
        self,
        key: str,
        data: bytes | Path,
        *,
        content_type: str,  # noqa: ARG002 - a file has none; its server goes by the name
        cache_control: str | None = None,  # noqa: ARG002
        sha256: str | None = None,
    ) -> bool:
        """Create an object, durable on return; `False` where the key is taken."""
        target = self._path(key)
        with self._explained(key):
            if target.exists():
                return False
            _make_folder(target.parent)
            with self._written(data, sha256) as temporary:
                if not self._place(temporary, target):
                    return False
            _sync(target.parent)
            return True

    def replace(
        self,
        key: str,
        data: bytes,
        *,
        expected: str | None,
        content_type: str,  # noqa: ARG002
        cache_control: str | None = None,  # noqa: ARG002
    ) -> str:
        """Write an object over the version expected, durable on return."""
        target = self._path(key)
        with self._explained(key), self._locked():
            held = _stat(target)
            found = held.version if held else None
            if found != expected:
                raise StorageConflictError(_conflict(f"{self.root}/{key}", expected, found))
            _make_folder(target.parent)
            with self._written(data, None) as temporary:
                temporary.replace(target)
            _sync(target.parent)
            written = _stat(target)
        return written.version if written else ""

    def read(self, key: str) -> bytes:
        """Give an object's content."""
        with self._explained(key):
            return self._path(key).read_bytes()

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """Give an object's content, or a part of it, as a stream."""
        with self._explained(key):
            file = self._path(key).open("rb")
            if start == 0 and end is None:
                return file
            with file:
                file.seek(start)
                return io.BytesIO(file.read(-1 if end is None else max(0, end - start)))

    def stat(self, key: str) -> Stat | None:
        """Say an object's size and version; its hash where it is small, or was noted and the file is as it was then."""
        with self._explained(key):
            return _stat(self._path(key))

    def delete(self, key: str) -> None:
        """Remove an object, durable on return."""
        target = self._path(key)
        with self._explained(key):
            if target.exists():
                with self._locked():
                    target.unlink(missing_ok=True)
                _sync(target.parent)

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys that begin with a text, in the order of their UTF-8 bytes."""
        folder = prefix.rpartition("/")[0]
        if folder:
            check_key(folder)
        return (key for key in _walk(self.root / folder, f"{folder}/" if folder else "") if key.startswith(prefix))

    def give_up_uploads(self, prefix: str, before: datetime, *, look_only: bool = False) -> int:  # noqa: ARG002
        """Remove half-written files, of whichever key, that nobody has touched since a moment."""
        with self._explained(""):
            names = self._private.glob("*~*") if self._private.exists() else ()
            stale = [path for path in names if path.stat().st_mtime < before.timestamp()]
            for path in () if look_only else stale:
                path.unlink(missing_ok=True)
            return len(stale)

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _place(self, temporary: Path, target: Path) -> bool:
        """Give a finished file its name, unless that is taken."""
        try:
            os.link(temporary, target)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # No hard links here (FAT, some shares): every writer then comes by the lock.
            with self._locked():
                if target.exists():
                    return False
                temporary.rename(target)
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._prepare()
        with (self._private / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _written(self, data: bytes | Path, sha256: str | None) -> Iterator[Path]:
        """Give a file that holds the data, synced; its name is taken away afterwards."""
        self._prepare()
        temporary = self._private / f"{_writer()}{uuid.uuid4().hex}"
        try:
            with temporary.open("xb") as file:
                _fill(file, data)
                file.flush()
                _note(file.fileno(), sha256)
                os.fsync(file.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _prepare(self) -> None:
        """Make the folder, and remove the half-written files of this host's processes that live no more."""
        if self._is_prepared:
            return
        _make_folder(self._private)
        self._is_prepared = True
        host = f"{socket.gethostname()}~"
        for path in self._private.glob(f"{host}*"):
            pid = path.name.removeprefix(host).partition("~")[0]
            if pid.isdecimal() and not _is_alive(int(pid)):
                path.unlink(missing_ok=True)

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise StorageError(f"{self.root}/{key}: there is no such object") from None
        except OSError as error:
            remedy = _REMEDIES.get(error.errno or 0, str(error.strerror or error))
            raise StorageError(f"{self.root}/{key}: {remedy}") from error


def _stat(target: Path) -> Stat | None:
    try:
        with target.open("rb") as file:
            facts = os.fstat(file.fileno())
            if facts.st_size <= _SMALL_BYTES:
                sha256 = json.digest(file.read())
                return Stat(bytes=facts.st_size, version=sha256, sha256=sha256)
            version = f"{facts.st_size}-{facts.st_ino}-{facts.st_mtime_ns}"
            return Stat(bytes=facts.st_size, version=version, sha256=_noted(file.fileno()))
    except FileNotFoundError:
        return None


def _note(descriptor: int, sha256: str | None) -> None:
    """Keep a hash with a file, and the time of its content: a file edited later is known by it.

    File systems without such notes go without.
    """
    if sha256 is not None:
        with suppress(OSError, AttributeError):
            os.setxattr(descriptor, _NOTE, f"{sha256} {os.fstat(descriptor).st_mtime_ns}".encode())


def _noted(descriptor: int) -> str | None:
    """Give the hash that is kept with a file; where the file was written since, the hash of what it is now."""
    try:
        sha256, _, moment = os.getxattr(descriptor, _NOTE).decode().partition(" ")
    except (OSError, AttributeError):
        return None
    if moment == str(os.fstat(descriptor).st_mtime_ns):
        return sha256
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _conflict(name: str, expected: str | None, found: str | None) -> str:
    wanted = "no object there yet" if expected is None else f"version {expected}"
    held = "there is none" if found is None else f"it is in version {found}"
    return f"{name}: expected {wanted}, but {held}: somebody else wrote it; read it again and start over"


def _writer() -> str:
    return f"{socket.gethostname()}~{os.getpid()}~"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _fill(file: BinaryIO, data: bytes | Path) -> None:
    if isinstance(data, bytes):
        file.write(data)
        return
    with data.open("rb") as origin:
        shutil.copyfileobj(origin, file, _CHUNK_BYTES)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each entry durable."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        _sync(each.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: f"{entry.name}/" if entry.is_dir() else entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name == _PRIVATE:
            continue
        if entry.is_dir():
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}"
