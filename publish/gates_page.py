"""The page of an edition's gates, made of nothing but the verdict: it asks for no other file and no other machine."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

from ocds_schema import json
from ocds_schema.json import Json

_STYLE = """
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 25%,transparent)}
body{font:1rem/1.55 system-ui,"Noto Sans",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{line-height:1.2}h2{margin-top:2.2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top}
td{overflow-wrap:anywhere}[lang=ru]{opacity:.85}details{margin:.6rem 0}summary{cursor:pointer;font-weight:600}
.fail,.overridden{border-left:.4rem solid #b91c1c;padding-left:.8rem}
.warn{border-left:.4rem solid #b45309;padding-left:.8rem}.pass{border-left:.4rem solid #15803d;padding-left:.8rem}
.not_applicable{border-left:.4rem solid var(--line);padding-left:.8rem}
"""
_ABOUT = (
    "Before an edition is published, its files are held against these gates. A broken gate stops the edition, unless a "
    "person overrides it by name and with a reason, which is published here."
)
_ABOUT_RU = (
    "До публикации файлы выпуска проходят эти проверки. Непройденная проверка останавливает выпуск, если только "
    "человек не пропустит его, назвав себя и причину; это публикуется здесь."
)
_OUTCOMES: Mapping[str, tuple[str, str]] = {
    "pass": ("passed", "пройдено"),
    "warn": ("passed, with a remark", "пройдено с замечанием"),
    "fail": ("broken: the edition was stopped", "не пройдено: выпуск остановлен"),
    "overridden": ("broken, and overridden by a person", "не пройдено, но пропущено человеком"),
    "not_applicable": ("not applicable", "не применимо"),
}
_HEAD = ("What was looked at", "Expected", "Found", "The edition before", "Result")
_HEAD_RU = ("Что проверено", "Ожидалось", "Найдено", "Прошлый выпуск", "Итог")


@cache
def maker() -> str:
    """Give what a page says of the code that made it: a digest of this module, which holds all wording and form."""
    return f'<meta name="generator" content="gates-page {json.digest(Path(__file__).read_bytes())[:16]}">'


def gates_page(verdict: Json) -> str:
    """Give the page as HTML; headings are in English and Russian."""
    title = f"Gates of edition {verdict['editionId']}: {verdict['title']}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{_ABOUT}</p>",
        f'<p lang="ru">{_ABOUT_RU}</p>',
        _earlier(verdict),
        _overrides(verdict["overrides"]),
        _summary(verdict["gates"]),
        *(_gate(gate) for gate in verdict["gates"]),
        '<p>The same for machines: <a href="gates.json">gates.json</a>.</p>',
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"{maker()}"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main></body></html>\n"
    )


def _earlier(verdict: Json) -> str:
    """Say of an edition that goes back to an earlier one when its files were judged."""
    if "judgedAs" not in verdict:
        return ""
    judged = escape(verdict["judgedAs"])
    return (
        f"<p>This edition goes back to an earlier one. Its files were judged as edition {judged}; that is "
        "what stands here.</p>"
        f'<p lang="ru">Этот выпуск возвращает к более раннему. Его файлы проверены как выпуск {judged}; '
        "здесь итог той проверки.</p>"
    )


def _overrides(overrides: Sequence[Json]) -> str:
    if not overrides:
        return ""
    rows = ((each["gate"], each["by"], each["reason"]) for each in overrides)
    head = _head(("Gate", "Overridden by", "Reason"), ("Проверка", "Кто пропустил", "Причина"))
    return f'<h2>Overridden / <span lang="ru">Пропущено</span></h2><table>{head}{_rows(rows)}</table>'


def _summary(gates: Sequence[Json]) -> str:
    head = _head(("Gate", "", "Result"), ("Проверка", "", "Итог"))
    rows = "".join(
        f'<tr><td><a href="#{escape(gate["name"], quote=True)}">{escape(gate["name"])}</a></td>'
        f'<td>{escape(gate["title"]["en"])}<br><span lang="ru">{escape(gate["title"]["ru"])}</span></td>'
        f"<td>{_outcome(gate['outcome'])}</td></tr>"
        for gate in gates
    )
    return f'<h2>Results / <span lang="ru">Итоги</span></h2><table>{head}{rows}</table>'


def _gate(gate: Json) -> str:
    parts = [
        f'<section class="{escape(gate["outcome"], quote=True)}" id="{escape(gate["name"], quote=True)}">',
        f'<h2>{escape(gate["title"]["en"])} / <span lang="ru">{escape(gate["title"]["ru"])}</span></h2>',
        f'<p>{escape(gate["rule"]["en"])}</p><p lang="ru">{escape(gate["rule"]["ru"])}</p>',
        f'<p>{escape(gate["why"]["en"])}</p><p lang="ru">{escape(gate["why"]["ru"])}</p>',
        f"<p><strong>{_outcome(gate['outcome'])}</strong>{escape(_reason(gate))}</p>",
        _checks(gate),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def _reason(gate: Json) -> str:
    said = [f"{gate['passed']:,} checks passed"] if gate["passed"] else []
    said += [gate["reason"]] if gate["reason"] else []
    return f": {'; '.join(said)}" if said else ""


def _checks(gate: Json) -> str:
    if not gate["checks"]:
        return ""
    rows = (
        (
            check["what"],
            check["expected"],
            check["found"],
            check["previous"] or "",
            " / ".join(_OUTCOMES[check["outcome"]]),
        )
        for check in gate["checks"]
    )
    more = f"<p>{gate['omitted']:,} more.</p>" if gate["omitted"] else ""
    return f"<table>{_head(_HEAD, _HEAD_RU)}{_rows(rows)}</table>{more}"


def _outcome(outcome: str) -> str:
    english, russian = _OUTCOMES[outcome]
    return f'{english} / <span lang="ru">{russian}</span>'


def _head(english: Sequence[str], russian: Sequence[str]) -> str:
    cells = (
        f"<th>{escape(one)}{f'<br><span lang=ru>{escape(other)}</span>' if other else ''}</th>"
        for one, other in zip(english, russian, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
