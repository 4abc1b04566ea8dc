"""Bodies in little room: each a zstd frame of its own, made with a dictionary where there is one.

A frame carries its dictionary's number, so that every body can be read, whichever dictionaries came later.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

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

_Change = Callable[[bytes], bytes]
_Halves = tuple[_Change, _Change]
"""The same change twice: an object of the library serves one thread at a time."""


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
        self._writers: dict[int, _Halves] = {0: _halves(lambda: zstandard.ZstdCompressor(level=_LEVEL).compress)}
        self._readers: dict[int, _Halves] = {0: _halves(lambda: zstandard.ZstdDecompressor().decompress)}

    def add(self, number: int, content: bytes) -> None:
        """Make a dictionary known."""
        dictionary = zstandard.ZstdCompressionDict(content)
        dictionary.precompute_compress(level=_LEVEL)
        self._writers[number] = _halves(lambda: zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary).compress)
        self._readers[number] = _halves(lambda: zstandard.ZstdDecompressor(dict_data=dictionary).decompress)

    def unknown(self, numbers: Iterable[int]) -> set[int]:
        """Give those of some dictionaries' numbers that are not known."""
        return set(numbers) - self._readers.keys()

    def write(self, bodies: Sequence[bytes], dictionary: int = 0) -> list[bytes]:
        """Compress bodies."""
        with self._lock:
            return _apply(self._writers[dictionary], bodies)

    def read(self, frames: Sequence[bytes], numbers: Sequence[int]) -> list[bytes]:
        """Read bodies; each frame comes with the number of its dictionary."""
        places: dict[int, list[int]] = {}
        for place, number in enumerate(numbers):
            places.setdefault(number, []).append(place)
        bodies = [b""] * len(frames)
        with self._lock:
            for number, those in places.items():
                read = _apply(self._readers[number], [frames[place] for place in those])
                for place, body in zip(those, read, strict=True):
                    bodies[place] = body
        return bodies


def _halves(make: Callable[[], _Change]) -> _Halves:
    return make(), make()


def _apply(halves: _Halves, contents: Sequence[bytes]) -> list[bytes]:
    """Change every content, half of them on a second thread where they are many.

    The library's own calls for many contents are not used: zstandard 0.25 ends the process on some of them
    (https://github.com/indygreg/python-zstandard/issues/335).
    """
    one, other = halves
    if len(contents) < _WORTH_A_THREAD:
        return [one(content) for content in contents]
    middle = len(contents) // 2
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(lambda: [other(content) for content in contents[middle:]])
        return [one(content) for content in contents[:middle]] + later.result()
