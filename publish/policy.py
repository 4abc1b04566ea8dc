"""The publication policy of a source: what is published and what is not, as JSON for machines and a page for people.

OCDS asks every publisher for such a page (publication policy, version 1.1), linked from each package. It says nothing
of a single edition, so it changes only when the publication does.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import resources

from ocds_schema import json
from ocds_schema.codelists import codelist, local_codes
from ocds_schema.extensions import extension
from ocds_schema.json import Json
from ocds_schema.source import Source
from publish.manifest import NOTICE, SCHEMA_VERSION

PAGE, MACHINE = "policy.html", "policy.json"
_STYLE = """
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 25%,transparent)}
body{font:1rem/1.55 system-ui,"Noto Sans",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{line-height:1.2}h2{margin-top:2.2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top}
td{overflow-wrap:anywhere}[lang=ru]{opacity:.85}details{margin:.6rem 0}summary{cursor:pointer;font-weight:600}
.notice{border:2px solid #b45309;padding:.6rem 1rem;border-radius:.4rem}
"""
_TEXTS: Mapping[str, Mapping[str, str]] = {
    name: {language: " ".join(text.split()) for language, text in texts.items()}
    for name, texts in tomllib.loads(resources.files("publish").joinpath("policy.toml").read_text("utf-8")).items()
}
"""What holds for every source, by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCode:
    """One row of a code table: the portal's code and label, and the OCDS code, or why there is none."""

    code: str
    label: str
    ocds: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the mapping says of itself: fields left out as (document, field, reason), and its code tables by name."""

    left_out: Sequence[tuple[str, str, str]] = ()
    tables: Mapping[str, Sequence[LocalCode]] = field(default_factory=dict)


def policy(source: Source, said: Said, extension_urls: Sequence[str]) -> Json:
    """Give the policy as JSON; texts for people are in English and Russian."""
    return {
        "dataset": source.name,
        "title": source.title,
        "testData": source.is_test_data,
        **({"notice": NOTICE} if source.is_test_data else {}),
        "publisher": {"name": source.publisher.name, "uri": source.publisher.uri},
        "contact": source.portal.contact,
        "licence": source.publisher.licence,
        "policy": source.publisher.policy,
        "standard": {"name": "OCDS", "version": "1.1", "ocidPrefix": source.ocid_prefix},
        "scope": {
            "country": source.country,
            "currency": source.currency,
            "languages": list(source.languages),
            "portals": [{"name": one.name, "url": one.url} for one in source.every_portal.values()],
            "republishedPrefixes": list(source.republished),
            "stages": ["planning", "tender", "award", "contract", "implementation"],
            "text": _TEXTS["scope"],
        },
        "limits": list(source.caveats),
        "timeliness": {
            "schedule": source.schedule,
            "zone": "UTC",
            "overlapDays": source.overlap_days,
            "text": _TEXTS["timeliness"],
        },
        "origin": _TEXTS["origin"],
        "history": _TEXTS["history"],
        "personalData": _TEXTS["personal"],
        "leftOut": [
            {"document": document, "field": name, "reason": reason} for document, name, reason in said.left_out
        ],
        "extensions": [
            {"name": name, "url": url, "title": extension(name).title, "meaning": extension(name).meaning}
            for name, url in zip(source.extensions, extension_urls, strict=False)
        ],
        "addedCodes": _added(source),
        "codeTables": [
            {
                "name": name,
                "codes": [
                    {"sourceCode": row.code, "label": row.label, "ocdsCode": row.ocds or None, "note": row.note}
                    for row in rows
                ],
            }
            for name, rows in sorted(said.tables.items())
        ],
        "formats": {"schemaVersion": SCHEMA_VERSION, "text": _TEXTS["formats"]},
        "access": _TEXTS["access"],
        "changes": _TEXTS["changes"],
    }


def policy_files(body: Json) -> dict[str, bytes]:
    """Give the policy's files by name."""
    return {MACHINE: json.encode_pretty(body), PAGE: _page(body).encode()}


def _added(source: Source) -> list[Json]:
    """List the codes of our own that the source's releases may use in open codelists."""
    if "localCodes" not in source.extensions:
        return []
    return [
        {"codelist": name, "code": code, "title": title}
        for name, codes in sorted(local_codes().items())
        for code, title in sorted(codes.items())
        if code not in codelist(name).codes
    ]


def _page(body: Json) -> str:
    title = f"Publication policy: {body['title']}"
    notice = f'<p class="notice">{escape(body["notice"])}</p>' if body["testData"] else ""
    parts = [
        f"<h1>{escape(title)}</h1>{notice}",
        _about(body),
        _said("What is covered", body["scope"]["text"]),
        _list("Known limits", body["limits"]),
        _said("How current it is", body["timeliness"]["text"]),
        _said("Where it comes from", body["origin"]),
        _said("History and deletions", body["history"]),
        _said("Personal data", body["personalData"]),
        _left_out(body["leftOut"]),
        _table("Extensions of the standard", ("Name", "What it adds", "Address"), _extension_rows(body)),
        _table("Codes added to open codelists", ("Codelist", "Code", "Meaning"), _added_rows(body)),
        _code_tables(body["codeTables"]),
        _said("Formats", body["formats"]["text"]),
        _said("Access", body["access"]),
        _said("Changes to the publication", body["changes"]),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main></body></html>\n"
    )


def _about(body: Json) -> str:
    portals = ", ".join(_link(one["url"], one["name"]) for one in body["scope"]["portals"])
    rows = (
        ("Publisher", _link(body["publisher"]["uri"], body["publisher"]["name"])),
        ("Source", portals),
        ("Licence", _link(body["licence"], body["licence"])),
        ("Contact", _link(body["contact"], body["contact"].removeprefix("mailto:"))),
        ("Standard", f"OCDS {body['standard']['version']}, ocid prefix {escape(body['standard']['ocidPrefix'])}"),
        ("For machines", _link(MACHINE, MACHINE)),
    )
    return f"<table>{''.join(f'<tr><th>{name}</th><td>{value}</td></tr>' for name, value in rows)}</table>"


def _said(title: str, text: Mapping[str, str]) -> str:
    return f'<h2>{title}</h2><p>{escape(text["en"])}</p><p lang="ru">{escape(text["ru"])}</p>'


def _list(title: str, lines: Sequence[str]) -> str:
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""


def _left_out(rows: Sequence[Json]) -> str:
    cells = ((row["document"], row["field"], row["reason"]) for row in rows)
    table = _rows(("Document of the portal", "Field", "Why it is not carried over"), cells)
    words = f"{len(rows):,} fields of the portal are knowingly not carried over"
    return f"<h2>What is left out, and why</h2><details><summary>{words}</summary>{table}</details>" if rows else ""


def _code_tables(tables: Sequence[Json]) -> str:
    found = []
    for table in tables:
        rows = ((row["sourceCode"], row["label"], row["ocdsCode"] or "", row["note"]) for row in table["codes"])
        inner = _rows(("Portal's code", "Portal's label", "OCDS code", "Note"), rows)
        found.append(f"<details><summary>{escape(table['name'])}</summary>{inner}</details>")
    return f"<h2>How the portal's codes are read</h2>{''.join(found)}" if found else ""


def _extension_rows(body: Json) -> list[tuple[str, str, str]]:
    return [(one["title"], one["meaning"], one["url"]) for one in body["extensions"]]


def _added_rows(body: Json) -> list[tuple[str, str, str]]:
    return [(one["codelist"], one["code"], one["title"]) for one in body["addedCodes"]]


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"<h2>{title}</h2>{_rows(head, rows)}" if rows else ""


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>{lines}</table>"


def _link(address: str, words: str) -> str:
    is_safe = address.startswith(("https://", "http://", "mailto:")) or address in {PAGE, MACHINE}
    return f'<a href="{escape(address, quote=True)}">{escape(words)}</a>' if is_safe else escape(words)
