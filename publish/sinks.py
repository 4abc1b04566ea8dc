"""What Arrow writes into, so that a file is hashed while it is written."""

import io
from typing import Any

from publish.formats import OpenFile


class Sink(io.RawIOBase):
    """A file, as Arrow wants it."""

    def __init__(self, file: OpenFile) -> None:
        """Take an open file; closing the sink leaves it open."""
        super().__init__()
        self._file = file

    def writable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Say how much has been written."""
        return self._file.size

    def write(self, data: Any) -> int:
        """Write some bytes."""
        content = memoryview(data)
        self._file.put(content)
        return len(content)
