"""Feeds: Atom (RFC 4287) and JSON Feed 1.1. One is of editions, each entry saying what changed.

Another one, of their status, is of what people who rely on editions must know besides: that one was taken back, that
one goes back to an earlier one, or that none came out because a gate stopped it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from ocds_schema import json
from ocds_schema.json import Json
from publish.layout import CATALOG, EDITIONS, LAYOUT, source_key
from publish.manifest import moment

ATOM, JSON_FEED = "feed.atom", "feed.json"
STATUS_ATOM, STATUS_JSON = "status.atom", "status.json"
LONGEST = 50
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped; people's words may."""
_OPS = (("add", "added"), ("change", "changed"), ("delete", "deleted"), ("redact", "redacted"))


def feed_files(title: str, base_url: str, folder: str, entries: Iterable[tuple[str, Json]]) -> dict[str, bytes]:
    """Give the feeds of a folder of the publication by name.

    `entries` are the source and the entry, as the list of editions has it, of each edition, the newest first.
    """
    shown = list(entries)[:LONGEST]
    items = [_item(base_url, source, entry) for source, entry in shown]
    return _files(title, f"{base_url}/{folder}".rstrip("/") + "/", items, (ATOM, JSON_FEED))


def status_files(title: str, base_url: str, folder: str, lists: Mapping[str, Json]) -> dict[str, bytes]:
    """Give the feeds of the status of editions of a folder by name, from the lists of editions by source."""
    items = [item for source, listed in lists.items() for item in _events(base_url, source, listed)]
    items.sort(key=lambda item: (str(item["date_published"]), str(item["id"])), reverse=True)
    home = f"{base_url}/{folder}".rstrip("/") + "/"
    return _files(f"{title}: status", home, items[:LONGEST], (STATUS_ATOM, STATUS_JSON))


def _files(title: str, home: str, items: Sequence[Json], names: tuple[str, str]) -> dict[str, bytes]:
    atom, plain = names
    return {atom: _atom(title, home, items, atom), plain: _json_feed(title, home, items, plain)}


def _events(base_url: str, source: str, listed: Json) -> Iterator[Json]:
    folder = f"{base_url}/{source_key(source, '')}"
    host = urlsplit(base_url).hostname or "localhost"
    for entry, kind, date, title, text in _told(listed):
        name = entry["path"].removeprefix("editions/").removesuffix("/manifest.json").removesuffix(".json")
        yield {
            "id": f"tag:{host},2026:{source}/{name}#{kind}",
            "url": f"{folder}{entry['path']}",
            "title": f"{source}: edition {title}",
            "content_text": text,
            "date_published": date,
            "tags": [source, kind],
            "attachments": [],
        }


def _told(listed: Json) -> Iterator[tuple[Json, str, str, str, str]]:
    """Give what a list tells of status: of which file, what kind of thing, when, and in words for title and text."""
    for entry in listed["editions"]:
        edition = entry["editionId"]
        if said := entry.get("retraction"):
            text = f"By {said['by']}: {said['reason']}"
            yield entry["manifest"], "retracted", said["date"], f"{edition} was retracted", text
        if said := entry.get("rollback"):
            text = f"By {said['by']}: {said['reason']}\n{_summary(entry['changes'])} by it."
            yield entry["manifest"], "rollback", said["date"], f"{edition} goes back to {said['to']}", text
    for entry in listed["failed"]:
        title = f"{entry['editionId']} was stopped by {len(entry['broken'])} gates"
        told = [f"{gate['gate']}: {'; '.join(gate['checks'])}" for gate in entry["broken"]]
        text = "\n".join(["Nothing of it was published; the edition before stands.", *told])
        yield entry, "failed", entry["asOf"], title, text


def _item(base_url: str, source: str, entry: Json) -> Json:
    folder = f"{base_url}/{source_key(source, '')}"
    host = urlsplit(base_url).hostname or "localhost"
    retraction, rollback = entry.get("retraction"), entry.get("rollback")
    title = f"{source}: {_summary(entry['changes'])}"
    title = f"{title}: back to edition {rollback['to']}" if rollback else title
    return {
        "id": f"tag:{host},2026:{source}/{entry['editionId']}",
        "url": f"{folder}{entry['manifest']['path']}",
        "title": f"RETRACTED {title}" if retraction else title,
        "content_text": _text(entry),
        "date_published": moment(entry),
        **({"date_modified": retraction["date"]} if retraction else {}),
        "tags": [source, *sorted(entry["changes"]["byCause"])],
        "attachments": [
            {"url": f"{folder}{file['path']}", "mime_type": file["mediaType"], "size_in_bytes": file["bytes"]}
            for file in entry["enclosures"]
        ],
    }


def _summary(changes: Json) -> str:
    told = [f"{changes[op]:,} {word}" for op, word in _OPS if changes[op]]
    return ", ".join(told) or "nothing changed"


def _text(entry: Json) -> str:
    changes = entry["changes"]
    lines = [f"Edition {entry['editionId']} speaks for {entry['asOf']}: {entry['records']:,} records."]
    lines.append(f"Since the edition before: {_summary(changes)}.")
    if changes["byCause"]:
        causes = ", ".join(f"{count:,} by {cause}" for cause, count in sorted(changes["byCause"].items()))
        lines.append(f"Causes: {causes}.")
    if changes["topFields"]:
        fields = ", ".join(f"{field['path']} ({field['count']:,})" for field in changes["topFields"])
        lines.append(f"Most frequent fields: {fields}.")
    if entry.get("testData"):
        lines.append("Test data: the ocid prefix is not registered.")
    if rollback := entry.get("rollback"):
        lines.append(f"It is what edition {rollback['to']} was. By {rollback['by']}: {rollback['reason']}")
    if retraction := entry.get("retraction"):
        lines.append(f"Retracted on {retraction['date']} by {retraction['by']}: {retraction['reason']}")
    return "\n".join(lines)


def _page(home: str) -> str:
    """Give what is to be had at a feed's home: a folder on an object storage has no page of its own."""
    return CATALOG if home.endswith(f"/{LAYOUT}/") else EDITIONS


def _json_feed(title: str, home: str, items: Sequence[Json], name: str) -> bytes:
    return json.encode_pretty(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": f"{home}{_page(home)}",
            "feed_url": f"{home}{name}",
            "language": "en",
            "items": list(items),
        }
    )


def _atom(title: str, home: str, items: Sequence[Json], name: str) -> bytes:
    updated = max(map(_updated, items), default="1970-01-01T00:00:00Z")
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<title>{escape(title)}</title>\n<id>{escape(home)}</id>\n<updated>{updated}</updated>\n"
        f'<link rel="self" type="application/atom+xml" href={quoteattr(home + name)}/>\n'
        f'<link rel="alternate" type="application/json" href={quoteattr(home + _page(home))}/>\n'
        f"<author><name>{escape(title)}</name></author>\n"
        f"<generator>{LAYOUT}</generator>\n"
    )
    return _NO_XML.sub("\ufffd", head + "".join(map(_atom_entry, items)) + "</feed>\n").encode()


def _updated(item: Json) -> str:
    return str(item.get("date_modified") or item["date_published"])


def _atom_entry(item: Json) -> str:
    links = "".join(
        f'<link rel="enclosure" type={quoteattr(file["mime_type"])} length="{file["size_in_bytes"]}"'
        f" href={quoteattr(file['url'])}/>\n"
        for file in item["attachments"]
    )
    categories = "".join(f"<category term={quoteattr(tag)}/>\n" for tag in item["tags"])
    return (
        f"<entry>\n<title>{escape(item['title'])}</title>\n<id>{escape(item['id'])}</id>\n"
        f"<published>{item['date_published']}</published>\n<updated>{_updated(item)}</updated>\n"
        f'<link rel="alternate" type="application/json" href={quoteattr(item["url"])}/>\n'
        f'{links}{categories}<content type="text">{escape(item["content_text"])}</content>\n</entry>\n'
    )
