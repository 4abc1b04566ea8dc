"""Partial answers of JavaServer Faces: pieces of pages by the id that they replace."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from extractors.page_content import clean

_UPDATE = re.compile(r"""<update\s[^>]*?id\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>""")
_PIECE = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|(</update\s*>)|([^<]+|<)", re.DOTALL)
_ERROR = re.compile(r"<(error-name|error-message|redirect)\b([^>]*)>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialResponse:
    """A partial answer of JSF: pages' pieces by the id that they replace, and what it says went wrong."""

    updates: Mapping[str, str]
    errors: tuple[str, ...]
    redirect: str = ""

    def update(self, ending: str) -> str | None:
        """Give the piece whose id is, or ends with, some text."""
        return next((piece for id_, piece in self.updates.items() if id_.endswith(ending)), None)


def partial_response(xml: str) -> PartialResponse:
    """Read a partial answer of JSF.

    Raises:
        ValueError: it is not one.
    """
    if "<partial-response" not in xml[:2000]:
        raise ValueError("no partial-response in the answer")
    updates: dict[str, str] = {}
    place = 0
    while (match := _UPDATE.search(xml, place)) is not None:
        updates[unescape(match.group(1) or match.group(2) or "")], place = _character_data(xml, match.end())
    outside = xml[place:] if updates else xml
    errors, redirect = list[str](), ""
    for found in _ERROR.finditer(outside):
        if found.group(1) == "redirect":
            address = re.search(r"""url\s*=\s*["']([^"']*)""", found.group(2))
            redirect = unescape(address.group(1)) if address else ""
        else:
            errors.append(clean(_character_data(outside, found.end())[0]))
    return PartialResponse(updates=updates, errors=tuple(errors), redirect=redirect)


def _character_data(xml: str, place: int) -> tuple[str, int]:
    pieces = list[str]()
    while (match := _PIECE.match(xml, place)) is not None:
        place = match.end()
        if match.group(1) is not None:
            pieces.append(match.group(1))
        elif match.group(2) or match.group(3) == "<":
            break
        else:
            pieces.append(unescape(match.group(3)))
    return "".join(pieces), place
