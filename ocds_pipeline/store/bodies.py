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
_WORTH_A_THREAD = 64
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
        # An object of the library serves one thread at a time.
        self._lock = threading.Lock()
        self._writers = {0: zstandard.ZstdCompressor(level=_LEVEL)}
        self._readers = {0: zstandard.ZstdDecompressor()}

    def add(self, number: int, content: bytes) -> None:
        """Make a dictionary known."""
        dictionary = zstandard.ZstdCompressionDict(content)
        dictionary.precompute_compress(level=_LEVEL)
        self._writers[number] = zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary)
        self._readers[number] = zstandard.ZstdDecompressor(dict_data=dictionary)

    def unknown(self, numbers: Iterable[int]) -> set[int]:
        """Give those of some dictionaries' numbers that are not known."""
        return set(numbers) - self._readers.keys()

    def write(self, bodies: Sequence[bytes], dictionary: int = 0) -> list[bytes]:
        """Compress bodies, on two threads where they are many."""
        with self._lock:
            writer = self._writers[dictionary]
            # Threads of our own would wait for one another between any two bodies; the library's do not.
            if len(bodies) < _WORTH_A_THREAD or not all(bodies):
                return [writer.compress(body) for body in bodies]
            frames = writer.multi_compress_to_buffer(list(bodies), threads=2)
            return [frames[place].tobytes() for place in range(len(frames))]

    def read(self, frames: Sequence[bytes], numbers: Sequence[int]) -> list[bytes]:
        """Read bodies; each frame comes with the number of its dictionary.

        One after another: `multi_decompress_to_buffer` of zstandard 0.25 ends the process on some frames
        (https://github.com/indygreg/python-zstandard/issues/335).
        """
        with self._lock:
            return [self._readers[number].decompress(frame) for frame, number in zip(frames, numbers, strict=True)]
