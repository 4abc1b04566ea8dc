"""What every format of a table agrees on: how a cell is told as text, and a digest of all rows that no format changes.

The digest is made of typed cells: two files have the same one exactly if they hold the same rows, in whatever order,
whatever the format. An amount counts by its value (`0.10` is `0.1`), a time by its moment.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publish.arrays import constant, ends, joined, of_texts
from publish.columnar import MOMENT, moments
from publish.tables import Column

ALGORITHM = (
    "sha256 of `<rows>:<sum>`, the sum modulo 2^256, in 64 hex digits, of the BLAKE2b-256 of each row: its cells "
    "joined by U+001F, an empty one as U+001E, amounts without zeros at the end, times as microseconds since 1970 "
    "in UTC"
)
_MODULUS = 1 << 256
_WORDS, _WORD_BITS = 8, 32
_NEW_HASH = hashlib.blake2b(digest_size=32)
"""To be copied, which is quicker than to begin one."""
_BETWEEN, _NOTHING = "\x1f", "\x1e"


@dataclass(slots=True)
class RowsDigest:
    """A digest of rows, in any order: how many there are, and the sum of their hashes."""

    rows: int = 0
    total: int = 0

    def add(self, columns: Sequence[Column], batch: pa.RecordBatch) -> None:
        """Add the rows of a batch, of texts as written or typed."""
        cells = [_canonical(column, array) for column, array in zip(columns, batch.columns, strict=True)]
        rows = joined(*cells, between=_BETWEEN, nothing=_NOTHING)
        self.rows += len(rows)
        self.total = (self.total + _sum_of_hashes(rows)) % _MODULUS

    def include(self, other: "RowsDigest") -> None:
        """Add what another has added up."""
        self.rows += other.rows
        self.total = (self.total + other.total) % _MODULUS

    def less(self, other: "RowsDigest") -> "RowsDigest":
        """Give the digest of what is left without the rows of another."""
        return RowsDigest(rows=self.rows - other.rows, total=(self.total - other.total) % _MODULUS)

    @classmethod
    def of(cls, columns: Sequence[Column], batch: pa.RecordBatch) -> Self:
        """Give the digest of one batch."""
        digest = cls()
        digest.add(columns, batch)
        return digest

    def hexdigest(self) -> str:
        """Give the digest of all that was added."""
        return hashlib.sha256(f"{self.rows}:{self.total:064x}".encode()).hexdigest()


def _sum_of_hashes(texts: pa.Array) -> int:
    if not len(texts):
        return 0
    content, new, hashes = memoryview(texts.buffers()[2]), _NEW_HASH.copy, []
    for start, end in pairwise(ends(texts).tolist()):
        row = new()
        row.update(content[start:end])
        hashes.append(row.digest())
    words = np.frombuffer(b"".join(hashes), ">u4").reshape(-1, _WORDS).sum(axis=0, dtype=np.uint64).tolist()
    return sum(word << _WORD_BITS * place for place, word in enumerate(reversed(words)))


def _canonical(column: Column, array: pa.Array) -> pa.Array:
    match column.type:
        case "amount" | "number":
            return shortest(_in_full(array.cast(pa.string())))
        case "time":
            found = array if array.type == MOMENT else moments(array)
            return found.cast(pa.int64()).cast(pa.string())
        case "integer":
            return array.cast(pa.string())
    return array


def _in_full(numbers: pa.Array) -> pa.Array:
    """Give numbers without exponents, as Arrow writes decimals that are nothing or near it: `0E-18`."""
    if not pc.any(pc.match_substring(numbers, "E")).as_py():
        return numbers
    return of_texts([format(Decimal(each), "f") if each and "E" in each else each for each in numbers.to_pylist()])


def shortest(numbers: pa.Array) -> pa.Array:
    """Give numbers, written in full, without zeros at the end."""
    if pc.any(pc.match_substring(numbers, ".")).as_py():
        fraction = pc.match_substring(numbers, ".")
        trimmed = pc.utf8_rtrim(pc.utf8_rtrim(numbers, "0"), ".")
        numbers = pc.if_else(fraction, trimmed, numbers)
    return pc.if_else(pc.equal(numbers, constant("-0")), constant("0"), numbers)
