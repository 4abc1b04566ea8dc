"""What a publication asks of an object storage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a storage was found to honour.

    With `compare_and_swap`, of several writers of one object exactly one wins, and the others are told. Without it
    `put_new` and `replace` look before they write, which one writer alone may rely on. `ranges`: a part of an object
    can be read by itself. `remarks` say in words what the storage did otherwise than it was asked.
    """

    compare_and_swap: bool
    ranges: bool
    remarks: tuple[str, ...] = ()


class Storage(Protocol):
    """Objects under keys (`v1/kazakhstan/latest.json`), each whole or absent; every call may raise `StorageError`."""

    def capabilities(self) -> Capabilities:
        """Say what the storage honours, found out by trying it at the first call."""

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

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """Give an object's content, or its bytes from `start` up to before `end`, as a stream to be closed."""

    def stat(self, key: str) -> Stat | None:
        """Say how large an object is and in which version, or nothing where there is none."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys that begin with a text, in the order of their UTF-8 bytes."""

    def give_up_uploads(self, prefix: str, before: datetime, *, look_only: bool = False) -> int:
        """Take back writes below a prefix that were begun before a moment and never ended, and say how many."""
