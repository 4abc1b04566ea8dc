"""What is published of an inspection: `quality.json`, and the coverage of each buyer; pure, always the same bytes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ocds_pipeline.quality.caveats import caveats
from ocds_pipeline.quality.coverage import Coverage, FieldCoverage
from ocds_schema import json
from ocds_schema.json import Json

if TYPE_CHECKING:
    from ocds_pipeline.quality.inspection import Figures, Quality

VERSION = "1.0"
_MOST_PATHS = 20
_MOST_BUYERS = 100
_MOST_TRENDS = 12


def quality_facts(
    quality: "Quality", named: Mapping[str, Json], earlier: Sequence[Json] = (), *, coverage: Json = None
) -> Json:
    """Give the members of `quality.json`.

    `named` says what the figures are of (`dataset`, `editionId`, `asOf`); its members stand at the head. `earlier` are
    the members of `quality.json` of earlier editions, the oldest first, of which the last twelve go into the trends.
    `coverage` is that of the quality, where it was given before.
    """
    checks = {figures.named.name: _check_facts(figures) for figures in quality.checks}
    coverage = coverage or coverage_facts(quality.coverage)
    facts = {**named, "version": VERSION, "releases": quality.releases, "checks": checks, "coverage": coverage}
    return {**facts, "caveats": caveats(quality), "trends": trends(earlier[-_MOST_TRENDS:], facts)}


def quality_json(facts: Json) -> bytes:
    """Give the bytes of `quality.json`."""
    return json.encode_pretty(facts)


def trends(earlier: Sequence[Json], now: Json) -> Json:
    """Give, for each check, the share of those judged that passed, edition by edition; the last one is `now`."""
    editions = [*earlier, now]
    return {
        "editions": [edition.get("editionId") for edition in editions],
        "releases": [edition["releases"] for edition in editions],
        "passRate": {
            name: [_rate(edition["checks"].get(name)) for edition in editions] for name in sorted(now["checks"])
        },
    }


def continued(earlier: Json | None, now: Json) -> Json:
    """Give the trends of the edition before, gone on with by this one; of the oldest only the last twelve stay."""
    alone = trends((), now)
    if earlier is None:
        return alone
    before = earlier["trends"]
    unknown: list[float | None] = [None] * len(before["editions"])
    rates = before["passRate"]
    return {
        "editions": [*before["editions"], *alone["editions"]][-_MOST_TRENDS:],
        "releases": [*before["releases"], *alone["releases"]][-_MOST_TRENDS:],
        "passRate": {
            name: [*rates.get(name, unknown), *now_rates][-_MOST_TRENDS:]
            for name, now_rates in alone["passRate"].items()
        },
    }


def coverage_facts(coverage: Coverage) -> Json:
    """Give how often each field is set and filled: in all, by year, and for the hundred largest buyers."""
    total: dict[str, Counter[str]] = {}
    years = {}
    for year, releases, fields in coverage.years():
        years[str(year)] = {"releases": releases, "fields": {path: _field(field) for path, field in fields.items()}}
        for path, field in fields.items():
            total.setdefault(path, Counter()).update(_field(field))
    buyers = list(islice(buyer_facts(coverage), _MOST_BUYERS))
    return {
        "fields": {path: dict(counts) for path, counts in sorted(total.items())},
        "years": years,
        "buyers": buyers,
        "buyersForgotten": coverage.dropped,
    }


def buyer_facts(coverage: Coverage) -> Iterator[Json]:
    """Give the coverage of each buyer, those with the most processes first; without a buyer the id is empty."""
    for buyer in coverage.buyers():
        fields = {path: {"set": count, "filled": filled} for path, (count, filled) in buyer.fields.items()}
        facts: Json = {"buyer": buyer.buyer, "processes": buyer.processes, "fields": fields}
        yield facts | ({"processesMissedAtMost": buyer.missed} if buyer.missed else {})


def _field(field: FieldCoverage) -> dict[str, int]:
    return {"of": field.of, "set": field.set, "filled": field.filled}


def _check_facts(figures: "Figures") -> Json:
    check = figures.named.check
    facts: Json = {
        "title": figures.named.title,
        "scope": check.scope,
        "caveat": check.caveat,
        "pass": figures.passed,
        "fail": figures.failed,
        "notApplicable": sum(figures.reasons.values()),
        "failures": figures.failures,
    }
    if figures.paths:
        top = sorted(figures.paths.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_PATHS]
        facts["paths"] = [{"path": path, "failures": count} for path, count in top]
    if figures.reasons:
        facts["reasons"] = dict(sorted(figures.reasons.items()))
    if figures.figures is not None:
        facts["figures"] = figures.figures
    return facts


def _rate(check: Json) -> float | None:
    judged = check["pass"] + check["fail"] if check else 0
    return round(check["pass"] / judged, 4) if judged else None
