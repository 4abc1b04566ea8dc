"""The text of a web page: decoded as the page itself says, and known to be whole or cut short."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable

NO_CHARACTER = "bytes that are no character of the page's encoding, replaced"

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD = 4096
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
# Python knows encodings that are no portal's, and some that take for ever.
_ENCODINGS = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "cp1252", "cp1254", "cp866"}
    | {"iso8859-2", "iso8859-5", "iso8859-9", "koi8-r", "koi8-u", "koi8-t", "mac-cyrillic"}
)
# As browsers read them.
_READ_AS = {"ascii": "cp1252", "iso8859-1": "cp1252", "utf-16": "utf-16-le"}

_END_OF_PAGE = re.compile(r"</html\s*>", re.IGNORECASE)
_PROLOGUE = r"\s*+(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)\s*+)*+"
_ROOT = re.compile(_PROLOGUE + r"<([\w.:-]+)([^<>]*/>\s*$)?", re.DOTALL | re.IGNORECASE)


def decode_text(body: bytes, headers: Iterable[tuple[str, str]]) -> tuple[str, Counter[str]]:
    """Give the text of a page, and how many bytes had to be replaced.

    A byte-order mark says best what the encoding is, then the Content-Type header, then the page's own head; what none
    of them names is UTF-8.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _decode(body[len(mark) :], encoding)
    return _decode(body, _of_header(headers) or _of_head(body) or "utf-8")


def is_whole_page(text: str) -> bool:
    """Say whether a web page ends with its closing tag; what was cut short has none."""
    return _END_OF_PAGE.search(text) is not None


def is_whole_xml(text: str) -> bool:
    """Say whether an XML text ends with the end of its root."""
    root = _ROOT.match(text)
    if root is None:
        return False
    name, alone = root.groups()
    return alone is not None or re.search(rf"</{re.escape(name)}\s*>\s*$", text[-_HEAD:]) is not None


def _decode(body: bytes, encoding: str) -> tuple[str, Counter[str]]:
    text = body.decode(encoding, errors="replace")
    given = _REPLACED.encode(encoding, errors="ignore")
    replaced = text.count(_REPLACED) - (body.count(given) if given else 0)
    return text, +Counter({NO_CHARACTER: replaced})


def _of_header(headers: Iterable[tuple[str, str]]) -> str:
    named = next((value for name, value in headers if name.lower() == "content-type"), "")
    found = _HEADER.search(named)
    return _known(found.group(1)) if found else ""


def _of_head(body: bytes) -> str:
    found = _DECLARATION.match(body) or _META.search(body, 0, _HEAD)
    return _known(found.group(1).decode("ascii", errors="replace")) if found else ""


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    name = _READ_AS.get(name, name)
    return name if name in _ENCODINGS else ""
