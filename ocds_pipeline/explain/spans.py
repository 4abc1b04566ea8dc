"""Where a value stands in the bytes of a JSON text, and in those of a page."""

import html
import re
from collections.abc import Iterator, Sequence

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.paths import Steps
from transformers.causes import pick

Span = tuple[int, int]
"""The first byte of a value, and the one behind its last."""

_TOKEN = re.compile(rb'[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+', re.DOTALL)
_TEXT = re.compile(r'(?<=>)[^<>]+(?=<|\]\]>)|(?<==")[^"]*(?=")|(?<=CDATA\[)[^<\]]+(?=\])')
_BLANK = re.compile(r"[\s\u00a0\u200b]+")


def json_span(data: bytes, steps: Steps) -> Span | None:
    """Give where the value at the end of a way stands in a JSON text, or nothing where there is none.

    Of a name that an object has twice it is the last, whose value is the one that decoding gives.
    """
    first = _TOKEN.search(data)
    while first is not None and steps:
        tokens = _TOKEN.finditer(data, first.end())
        if first[0] == b"{":
            first = _member(tokens, steps[0])
        else:
            first = _element(tokens, int(steps[0])) if first[0] == b"[" and steps[0].isdecimal() else None
        steps = steps[1:]
    return None if first is None else (first.start(), _end(_TOKEN.finditer(data, first.end()), first))


def _member(tokens: Iterator[re.Match[bytes]], wanted: str) -> re.Match[bytes] | None:
    found = None
    for name in tokens:
        if name[0] == b"}":
            break
        if name[0] == b",":
            continue
        next(tokens)  # the colon
        value = next(tokens)
        if json.decode(name[0]) == wanted:
            found = value
        _end(tokens, value)
    return found


def _element(tokens: Iterator[re.Match[bytes]], wanted: int) -> re.Match[bytes] | None:
    place = 0
    for token in tokens:
        if token[0] == b"]":
            return None
        if token[0] == b",":
            place += 1
        elif place == wanted:
            return token
        else:
            _end(tokens, token)
    return None


def _end(tokens: Iterator[re.Match[bytes]], first: re.Match[bytes]) -> int:
    """Pass over a value and give where it ends."""
    depth, last = 0, first
    while True:
        depth += (last[0] in (b"{", b"[")) - (last[0] in (b"}", b"]"))
        if depth == 0:
            return last.end()
        last = next(tokens)


def find_in_json(answer: Json, body: Json, steps: Steps) -> Steps | None:
    """Give the way to a document's field in the answer that the document is of; without steps, to the whole document.

    The document may be an object of the answer as it is, or be put together of the answer's parts: then the largest
    part is looked for that the field is in, and at last the field by its name and value.
    """
    for depth in range(max(len(steps), 1)):
        found = next(_equal(answer, pick(body, steps[:depth]), steps[depth - 1 : depth], ()), None)
        if found is not None:
            return (*found, *steps[depth:])
    return next(_equal(answer, pick(body, steps), steps[-1:], ()), None) if steps else None


def _equal(value: Json, wanted: Json, name: Steps, steps: Steps) -> Iterator[Steps]:
    """Give the ways to equal values; of single ones only those that stand under the same name."""
    if value == wanted and (isinstance(wanted, dict | list) or steps[-1:] == name):
        yield steps
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield from _equal(member, wanted, name, (*steps, str(step)))


def find_in_page(page: str, raw: Json, beside: Sequence[Json] = ()) -> Span | None:
    """Give where the text of a page has a value, in characters: as a whole text or attribute, else within one.

    A number is not looked for within a longer one. Of several places it is the one nearest to the values that stand
    `beside` it.
    """
    wanted = _folded(str(raw))
    texts = [(match.span(), _folded(html.unescape(match[0]))) for match in _TEXT.finditer(page)] if wanted else []
    places = [span for span, text in texts if text == wanted] or [span for span, text in texts if _holds(text, wanted)]
    if len(places) < 2:  # noqa: PLR2004
        return places[0] if places else None
    others = [[span for span, text in texts if text == other] for other in map(_folded, map(str, beside))]
    return min(places, key=lambda place: sum(_distance(place, spans) for spans in others if spans))


def _holds(text: str, wanted: str) -> bool:
    if wanted not in text:
        return False
    before, after = (r"(?<!\d)" if wanted[0].isdigit() else ""), (r"(?!\d)" if wanted[-1].isdigit() else "")
    return re.search(f"{before}{re.escape(wanted)}{after}", text) is not None


def _distance(place: Span, others: Sequence[Span]) -> int:
    return min(abs(other[0] - place[0]) for other in others)


def shown_label(page: str, labels: Sequence[str]) -> str:
    """Give the first of some labels that a page shows; empty where it shows none."""
    text = _folded(html.unescape(page))
    return next((label for label in labels if _folded(label) in text), "")


def _folded(text: str) -> str:
    return _BLANK.sub(" ", text.replace("\u00ad", "")).strip().casefold()
