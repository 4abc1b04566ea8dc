"""The state of a source: one digest over every record's ocid and digest, made without holding them."""

import hashlib
import heapq
from collections.abc import Iterable, Iterator

ALGORITHM = "sha256 over the lines `<ocid> TAB <recordDigest> LF`, in the order of the ocids' UTF-8 bytes"


def state_line(ocid: str, digest: str) -> bytes:
    """Give a record's line, without its end."""
    return f"{ocid}\t{digest}".encode()


def in_order(years: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Merge the lines of each year, ordered by ocid, into one order."""
    return heapq.merge(*years, key=_ocid)


def state_digest(years: Iterable[Iterable[bytes]]) -> str:
    """Give the state digest of the lines of each year, ordered by ocid within a year."""
    digest = hashlib.sha256()
    for line in in_order(years):
        digest.update(line + b"\n")
    return digest.hexdigest()


def _ocid(line: bytes) -> bytes:
    return line.partition(b"\t")[0]
