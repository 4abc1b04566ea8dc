"""Numbers of 64 bits in the order in which they come: the newest in memory, all before in a file without a name."""

import tempfile
from array import array
from collections.abc import Iterable
from typing import IO

_NUMBER = "q"
_MOST = 1 << 16
"""So many numbers wait in memory, half a megabyte."""


class Row:
    """Takes any number of numbers; memory does not grow with them, unless they are read."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._waiting = array(_NUMBER)
        self._file: IO[bytes] | None = None
        self._written = 0

    def __len__(self) -> int:
        return self._written + len(self._waiting)

    def __del__(self) -> None:
        """Close the file, which is gone with that."""
        if self._file is not None:
            self._file.close()

    def append(self, number: int) -> None:
        """Add a number."""
        self._waiting.append(number)
        if len(self._waiting) >= self._most:
            self._write()

    def extend(self, numbers: Iterable[int]) -> None:
        """Add some numbers."""
        self._waiting.extend(numbers)
        if len(self._waiting) >= self._most:
            self._write()

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="ocds-quality-")  # noqa: SIM115 - open as long as the row
        self._file.write(self._waiting)
        self._written += len(self._waiting)
        self._waiting = array(_NUMBER)

    def all(self) -> "array[int]":
        """Give all numbers, in memory."""
        found = array(_NUMBER)
        if self._file is not None:
            self._file.seek(0)
            found.fromfile(self._file, self._written)
        found.extend(self._waiting)
        return found
