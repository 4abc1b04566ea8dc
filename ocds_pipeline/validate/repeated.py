"""Names that an object has more than once: readers of JSON keep one of the values without a word (RFC 7493 forbids it).

Decoding tells nothing of them, so what was decoded is held against the colons of its text; only where the two do not
agree is the text read once more, slowly.
"""

import json as slow
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.paths import Steps

_BLANKS = b" \t\r\n"
_CHUNK_BYTES = 1 << 20
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]:]', re.DOTALL)


class _Object(tuple[tuple[str, Any], ...]):
    """An object with all that it says, in order."""

    __slots__ = ()


def repeated_names(text: bytes, content: Json) -> list[tuple[Steps, int]]:
    """Give the way to each name that an object of a JSON text repeats, and how often it is there.

    `content` is the text, decoded.

    Raises:
        RecursionError: the text is nested too deeply to be read slowly.
    """
    # A colon within a text may count too, which costs a second look; none behind a name is ever left out.
    if text.translate(None, _BLANKS).count(b'":') == _count_members(content):
        return []
    pairs = slow.loads(text, strict=False, object_pairs_hook=_Object, parse_int=str, parse_float=str)
    return list(_walk(pairs, ()))


def _count_members(content: Json) -> int:
    count, left = 0, [content]
    while left:
        value = left.pop()
        if type(value) is dict:
            count += len(value)
            left += value.values()
        elif type(value) is list:
            left += value
    return count


def _walk(value: Any, steps: Steps) -> Iterator[tuple[Steps, int]]:
    if isinstance(value, _Object):
        for name, count in Counter(name for name, _ in value).items():
            if count > 1:
                yield (*steps, name), count
    named = value if isinstance(value, _Object) else enumerate(value) if isinstance(value, list) else ()
    for step, member in named:
        yield from _walk(member, (*steps, str(step)))


def repeated_members(text: memoryview, members: dict[str, Any]) -> list[tuple[str, int]]:
    """Give each name that an object repeats, and how often, but for the names within its members.

    `text` is its JSON, which may be larger than memory, and `members` are the parts that it was cut into.
    """
    parts = (memoryview(member) for member in members.values())
    if _colons([text]) - _colons(parts) == len(members):
        return []
    return [(name, count) for name, count in Counter(_names(text)).items() if count > 1]


def _colons(texts: Iterable[memoryview]) -> int:
    return sum(
        bytes(text[at : at + _CHUNK_BYTES]).count(b":") for text in texts for at in range(0, len(text), _CHUNK_BYTES)
    )


def _names(text: memoryview) -> Iterator[str]:
    depth, last = 0, (0, 0)
    for token in _STRUCTURE.finditer(text):
        sign = text[token.start()]
        if sign in b'"':
            last = token.span()
        elif sign in b":":
            if depth == 1:
                yield json.decode(bytes(text[last[0] : last[1]]))
        else:
            depth += 1 if sign in b"{[" else -1
