"""What a publication asks of an object storage."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """What a storage says of an object without giving it.

    `bytes` is its size, `version` an opaque text that changes with its content, `sha256` the hash of its content in
    hex where the storage knows it.
    """

    bytes: int
    version: str
    sha256: str | None = None


class Storage(Protocol):
    """Objects under keys (`v1/kazakhstan/latest.json`), each whole or absent; every call may raise `StorageError`."""

    def put_new(
        self,
        key: str,
        data: bytes | Path,
        *,
        content_type: str,
        cache_control: str | None = None,
        sha256: str | None = None,
    ) -> bool:
        """Create an object; say `False`, and leave what is there alone, where the key is taken.

        `sha256` is kept beside the object where the storage can, and comes back in `stat`.
        """

    def replace(
        self,
        key: str,
        data: bytes,
        *,
        expected: str | None,
        content_type: str,
        cache_control: str | None = None,
    ) -> str:
        """Write an object over the version expected (`None`: there is none yet) and give the new version.

        Raises:
            StorageConflictError: the object is in another version; nothing was written.
        """

    def read(self, key: str) -> bytes:
        """Give an object's content; a missing object is a `StorageError`."""

    def open(self, key: str) -> BinaryIO:
        """Give an object's content as a stream, to be closed by the caller."""

    def stat(self, key: str) -> Stat | None:
        """Say how large an object is and in which version, or nothing where there is none."""

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys that begin with a text, in the order of their UTF-8 bytes."""
