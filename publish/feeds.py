"""Feeds of editions: Atom (RFC 4287) and JSON Feed 1.1, each entry saying what changed."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from ocds_schema import json
from ocds_schema.json import Json
from publish.layout import LAYOUT, source_key

ATOM, JSON_FEED = "feed.atom", "feed.json"
LONGEST = 50
_OPS = (("add", "added"), ("change", "changed"), ("delete", "deleted"), ("redact", "redacted"))


def feed_files(title: str, base_url: str, folder: str, entries: Iterable[tuple[str, Json]]) -> dict[str, bytes]:
    """Give the feeds of a folder of the publication by name.

    `entries` are the source and the entry, as the list of editions has it, of each edition, the newest first.
    """
    shown = list(entries)[:LONGEST]
    home = f"{base_url}/{folder}".rstrip("/") + "/"
    items = [_item(base_url, source, entry) for source, entry in shown]
    return {ATOM: _atom(title, home, items), JSON_FEED: _json_feed(title, home, items)}


def _item(base_url: str, source: str, entry: Json) -> Json:
    folder = f"{base_url}/{source_key(source, '')}"
    host = urlsplit(base_url).hostname or "localhost"
    retracted = entry.get("status") == "retracted"
    title = f"{source}: {_summary(entry['changes'])}"
    return {
        "id": f"tag:{host},2026:{source}/{entry['editionId']}",
        "url": f"{folder}{entry['manifest']['path']}",
        "title": f"RETRACTED {title}" if retracted else title,
        "content_text": _text(entry),
        "date_published": entry["asOf"],
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
    if retraction := entry.get("retraction"):
        lines.append(f"Retracted: {retraction.get('reason', '')}")
    return "\n".join(lines)


def _json_feed(title: str, home: str, items: Sequence[Json]) -> bytes:
    return json.encode_pretty(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": home,
            "feed_url": f"{home}{JSON_FEED}",
            "language": "en",
            "items": list(items),
        }
    )


def _atom(title: str, home: str, items: Sequence[Json]) -> bytes:
    updated = items[0]["date_published"] if items else "1970-01-01T00:00:00Z"
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<title>{escape(title)}</title>\n<id>{escape(home)}</id>\n<updated>{updated}</updated>\n"
        f'<link rel="self" type="application/atom+xml" href={quoteattr(home + ATOM)}/>\n'
        f'<link rel="alternate" href={quoteattr(home)}/>\n<author><name>{escape(title)}</name></author>\n'
        f"<generator>{LAYOUT}</generator>\n"
    )
    return (head + "".join(map(_atom_entry, items)) + "</feed>\n").encode()


def _atom_entry(item: Json) -> str:
    links = "".join(
        f'<link rel="enclosure" type={quoteattr(file["mime_type"])} length="{file["size_in_bytes"]}"'
        f" href={quoteattr(file['url'])}/>\n"
        for file in item["attachments"]
    )
    categories = "".join(f"<category term={quoteattr(tag)}/>\n" for tag in item["tags"])
    return (
        f"<entry>\n<title>{escape(item['title'])}</title>\n<id>{escape(item['id'])}</id>\n"
        f"<updated>{item['date_published']}</updated>\n"
        f'<link rel="alternate" type="application/json" href={quoteattr(item["url"])}/>\n'
        f'{links}{categories}<content type="text">{escape(item["content_text"])}</content>\n</entry>\n'
    )
