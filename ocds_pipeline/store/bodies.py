"""Bodies in little room: each a zstd frame of its own, made with a dictionary where there is one.

A frame carries its dictionary's number, so that every body can be read, whichever dictionaries came later.
"""

import threading
from collections.abc import Iterable, Sequence

import zstandard

FIRST_DICTIONARY = 32768
"""Numbers below it are reserved by the zstd format (RFC 8878, 6.1.2)."""

SAMPLES = 1000
"""How many bodies of one form a dictionary is trained on."""

_LEVEL = 1
_THREADS = 2
_FEW = 32
_DICTIONARY_BYTES = 65536
# Set, not searched for: a search takes several times as long and gains under 1 % of the size.
_SEGMENT_BYTES, _DMER_BYTES = 1024, 8


def train(samples: Sequence[bytes], number: int) -> bytes | None:
    """Make a dictionary of some bodies, or nothing where they are too few or too alike to make one of."""
    room = min(_DICTIONARY_BYTES, sum(map(len, samples)) // 8)
    try:
        trained = zstandard.train_dictionary(
            room, list(samples), k=_SEGMENT_BYTES, d=_DMER_BYTES, dict_id=number, level=_LEVEL
        )
    except (zstandard.ZstdError, ValueError):
        return None
    return trained.as_bytes()


def dictionary_of(frame: bytes) -> int:
    """Give the number of the dictionary a body was written with; 0 is none."""
    return zstandard.get_frame_parameters(frame).dict_id


class Bodies:
    """Writes and reads bodies, with the dictionaries it was given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plain = zstandard.ZstdCompressor(level=_LEVEL)
        self._writers: dict[int, zstandard.ZstdCompressor] = {}
        self._readers = {0: zstandard.ZstdDecompressor()}

    def add(self, number: int, content: bytes) -> None:
        """Make a dictionary known."""
        dictionary = zstandard.ZstdCompressionDict(content)
        dictionary.precompute_compress(level=_LEVEL)
        self._writers[number] = zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary)
        self._readers[number] = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(content))

    def unknown(self, frames: Iterable[bytes]) -> set[int]:
        """Give the numbers of the dictionaries that reading some frames lacks."""
        return {dictionary_of(frame) for frame in frames} - self._readers.keys()

    def write(self, bodies: Sequence[bytes], dictionary: int = 0) -> list[bytes]:
        """Compress bodies, on as many threads as pay."""
        if not bodies:
            return []
        with self._lock:
            writer = self._writers[dictionary] if dictionary else self._plain
            # A few are done before threads have started; and nothing but empty bodies is refused by the call for many.
            if len(bodies) < _FEW or not all(bodies):
                return [writer.compress(body) for body in bodies]
            frames = writer.multi_compress_to_buffer(list(bodies), threads=_THREADS)
            return [frames[place].tobytes() for place in range(len(frames))]

    def read(self, frame: bytes) -> bytes:
        """Read one body."""
        with self._lock:
            return self._readers[dictionary_of(frame)].decompress(frame)
