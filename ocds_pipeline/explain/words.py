"""An explanation in plain words: one value in full, several as a table and what they are made of below it."""

from collections.abc import Iterable, Sequence

from ocds_schema import json
from ocds_schema.json import Json

_WIDEST = 60
_LABEL = 12


def explanation_text(report: Json) -> str:
    """Say an explanation in words and aligned columns."""
    head = f"{report['ocid']}  ({report['source']}, {report['process']})"
    values = report["values"]
    body = _one(values[0], report["documents"]) if len(values) == 1 else _many(values)
    lines = [head, "", *body, "", *_documents(report["documents"])]
    if report["findings"]:
        lines += ["", "NOT FOLLOWED TO THE END", *(f"  {finding}" for finding in report["findings"])]
    return "\n".join(lines).rstrip()


def _one(value: Json, documents: Sequence[Json]) -> Iterable[str]:
    yield value["path"]
    yield _line("value", _shown(value["value"]) if value["value"] is not None else "none any more")
    yield _line("rule", value["rule"] or "not known")
    yield from _details(value)
    if value["from"]:
        yield _line("made of", "")
        rows = [_source(one, documents) for one in value["from"]]
        yield from (f"    {line}" for line in _table(rows))
    for number in value.get("because", ()):
        yield _line("because of", f"document {number + 1}: no single field of it decides")
    for number in value.get("rows", ()):
        yield _line("looked up in", f"document {number + 1}, a row of the portal's own table")
    yield _line("releases", "")
    rows = [_event(event) for event in value["releases"]]
    yield from (f"    {line}" for line in _table(rows))


def _details(value: Json) -> Iterable[str]:
    table = value.get("codeTable")
    if table:
        yield _line(
            "code table", f"{table['table']}: {table['code']} {table['label']!r} is {table['is'] or 'not told'}"
        )
    for repair in value.get("repairs", ()):
        yield _line("repair", f"{repair['name']}: where {repair['where']}: {repair['becomes']}")
    for correction in value.get("corrections", ()):
        yield _line("correction", f"{correction['field']}: {correction['reason']}")
    if value.get("derived"):
        yield _line("made of", value["derived"])
    if value.get("note"):
        yield _line("note", value["note"])


def _source(one: Json, documents: Sequence[Json]) -> tuple[str, ...]:
    document = documents[one["document"]]
    raw = "withheld: it is not published" if one["withheld"] else _short(_shown(one["raw"]))
    return f"{document['kind']} [{one['document'] + 1}]", one["field"], raw, one["meaning"], _place(one)


def _place(one: Json) -> str:
    parts = []
    if one.get("member"):
        parts.append(f"in {one['member']}")
    if one.get("pointer") is not None:
        parts.append(f"at {one['pointer']}")
    if one.get("label"):
        parts.append(f"labelled {one['label']!r}")
    if one.get("bytes"):
        parts.append(f"bytes {one['bytes'][0]:,} to {one['bytes'][1]:,}")
    if one.get("inAddress"):
        parts.append("in the address")
    if "askedFrom" in one:
        parts.append(f"of [{one['askedFrom'] + 1}], from which it was asked for")
    return ", ".join(parts)


def _event(event: Json) -> tuple[str, ...]:
    value = "" if event["value"] is None else _short(_shown(event["value"]))
    edition = f"edition {event['edition']}" if event["edition"] else "in no edition yet"
    return event["op"], event["date"], value, edition, event["release"]


def _many(values: Sequence[Json]) -> Iterable[str]:
    rows = [("path", "value", "rule", "made of", "since")]
    rows += [
        (value["path"], _short(_shown(value["value"])), _short(value["rule"]), _sources(value), _since(value))
        for value in values
    ]
    yield from _table(rows)


def _sources(value: Json) -> str:
    deciding = [one for one in value["from"] if one["part"] != "read"]
    fields = ", ".join(f"{one['field']} [{one['document'] + 1}]" for one in deciding[:2])
    more = f" and {len(deciding) - 2} more" if len(deciding) > 2 else ""  # noqa: PLR2004
    because = ", ".join(f"[{number + 1}]" for number in value.get("because", ()))
    return fields + more or because or value.get("derived", "")


def _since(value: Json) -> str:
    last = value["releases"][-1] if value["releases"] else None
    return f"{last['date'][:10]} {last['op']}" if last else ""


def _documents(documents: Sequence[Json]) -> Iterable[str]:
    for number, one in enumerate(documents, 1):
        yield f"[{number}] {one['kind']} {one['key']}, by {one['way']}"
        yield _line("digest", f"sha256 {one['digest']}")
        yield _line("address", one["url"])
        yield _line("retrieved", one["retrievedAt"])
        yield _line("record", f"{one['segment']} at byte {one['offset']:,}" if one["segment"] else "none")
        if one.get("repeats"):
            yield _line("", f"repeats {one['repeats']['segment']} at byte {one['repeats']['offset']:,}")
        good = f"found, and its {one['bytes']:,} bytes have the SHA-256 that was written down: {one['sha256']}"
        yield _line("checked", f"NO: {one['trouble']}" if one["trouble"] else good)


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL}}{text}".rstrip()


def _table(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _shown(value: Json) -> str:
    if isinstance(value, str):
        return value
    return json.encode(value).decode()


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _WIDEST else f"{one_line[: _WIDEST - 1]}…"
