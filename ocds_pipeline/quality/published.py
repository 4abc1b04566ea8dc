"""The inspection of an edition: checks and coverage as a publication asks for them."""

from collections.abc import Iterable
from datetime import datetime

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.inspection import Inspection
from ocds_pipeline.quality.issues import Issue
from ocds_pipeline.quality.limits import read_rates
from ocds_pipeline.quality.report import continued, quality_facts
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.source import Source


class EditionInspector:
    """Looks at one edition of a source; no address is asked for, and no value leaves with a personal number."""

    def __init__(self, source: Source, edition_id: str, as_of: str) -> None:
        """Begin with an edition that speaks for a moment (RFC 3339)."""
        rates = read_rates() if source.rates else None
        self._named = {"dataset": source.name, "editionId": edition_id, "asOf": as_of}
        if rates:
            self._named["ratesOf"] = rates.day.isoformat()
        self._inspection = Inspection(
            Context(
                country=source.country,
                currency=source.currency,
                as_of=datetime.fromisoformat(as_of),
                ocid_prefix=source.ocid_prefix,
                redact=source.person_numbers.redact,
                rates=rates,
            )
        )

    def look(self, compiled: Json, *, year: int, before: Json | None) -> list[Json]:
        """Give what is wrong with a compiled release."""
        return _lines(self._inspection.look(compiled, year=year, before=before))

    def look_for(self, before: Json) -> list[Json]:
        """Give what is wrong with a compiled release being gone."""
        return _lines(self._inspection.look_for(before))

    def finish(self, earlier: Json | None) -> tuple[Json, list[Json]]:
        """Give the members of `quality.json`, and what is wrong with all taken together."""
        quality, issues = self._inspection.finish()
        issues += self._inspection.compare(quality_facts(quality, self._named), earlier)
        facts = quality_facts(quality, self._named)
        return {**facts, "trends": continued(earlier, facts)}, _lines(issues)


def _lines(issues: Iterable[Issue]) -> list[Json]:
    return [json.decode(issue.line()) for issue in issues]
