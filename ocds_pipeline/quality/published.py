"""The inspection of an edition: checks and coverage as a publication asks for them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.counters import fingerprint
from ocds_pipeline.quality.inspection import Inspection
from ocds_pipeline.quality.issues import Issue
from ocds_pipeline.quality.kept import Keeper, Shelf
from ocds_pipeline.quality.limits import read_rates
from ocds_pipeline.quality.report import continued, quality_facts
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.source import Source

_OCIDS = "ocids"


class EditionInspector:
    """Looks at one edition of a source; no address is asked for, and no value leaves with a personal number."""

    def __init__(self, source: Source, edition_id: str, as_of: str) -> None:
        """Begin with an edition that speaks for a moment (RFC 3339)."""
        self._source = source
        self._names = _Names()
        rates = read_rates() if source.rates else None
        self._named = {"dataset": source.name, "editionId": edition_id, "asOf": as_of}
        if rates:
            self._named["ratesOf"] = rates.day.isoformat()
        self._context = Context(
            country=source.country,
            currency=source.currency,
            as_of=datetime.fromisoformat(as_of),
            ocid_prefix=source.ocid_prefix,
            redact=source.person_numbers.redact,
            rates=rates,
        )
        self._inspection = Inspection(self._context)

    package = "ocds_pipeline.quality"
    """Where the code of the checks is."""

    @property
    def recipe(self) -> Json:
        """What the findings about a year's compiled releases come from, besides these, our code and the moment."""
        source = self._source
        said = (source.country, source.currency, source.ocid_prefix, source.rates)
        return [*said, repr(source.person_numbers)]

    def holds(self, since: str, until: str | None) -> bool:
        """Whether what was found at one moment, and was to cease at another, is what would be found at this one."""
        now = self._context.as_of
        return datetime.fromisoformat(since) <= now and (until is None or now < datetime.fromisoformat(until))

    def begin(self, year: int) -> "YearInspector":
        """Begin with a year."""
        return YearInspector(Inspection(self._context), year)

    def take(self, kept: Shelf, *, is_first: bool) -> None:
        """Add what was kept of a year; years come in their order. In a first edition no check of time counts."""
        self._names.add(kept)
        self._inspection.take(kept, self._names.of, with_times=not is_first)

    def changed(self, before: Json | None, after: Json | None) -> list[Json]:
        """Give what is wrong with how a compiled release changed, came or went."""
        return _lines(self._inspection.look_again(before, after))

    def finish(self, earlier: Json | None) -> tuple[Json, list[Json]]:
        """Give the members of `quality.json`, and what is wrong with all taken together."""
        quality, issues = self._inspection.finish()
        facts = quality_facts(quality, self._named)
        issues += self._inspection.compare(facts, earlier)
        # What was compared counts among the checks; the coverage stays what it is.
        facts = quality_facts(quality, self._named, coverage=facts["coverage"])
        return {**facts, "trends": continued(earlier, facts)}, _lines(issues)


class YearInspector:
    """Looks at the compiled releases of one year, and keeps what it found."""

    def __init__(self, inspection: Inspection, year: int) -> None:
        """Take an inspection that has not seen anything yet."""
        self._inspection = inspection
        self._year = year
        self._ocids: list[str] = []

    def look(self, compiled: Iterable[Json]) -> Iterator[list[Json]]:
        """Give what is wrong with each of some compiled releases, in their order."""
        # Whoever takes this later counts them as unchanged, unless it is told of a change.
        return map(_lines, self._inspection.look_through(map(self._named, compiled), year=self._year, as_before=True))

    def _named(self, compiled: Json) -> Json:
        self._ocids.append(compiled["ocid"])
        return compiled

    def keep(self, file: Keeper) -> str | None:
        """Write what was found, and give the moment when it ceases to hold, if it does."""
        until = self._inspection.keep(file)
        file.lines(_OCIDS, (ocid.encode(errors="surrogatepass") for ocid in self._ocids))
        return until.isoformat() if until else None


class _Names:
    """The ocids of the years that were taken."""

    def __init__(self) -> None:
        self._years: list[Shelf] = []

    def add(self, year: Shelf) -> None:
        self._years.append(year)

    def of(self, wanted: Collection[int]) -> dict[int, str]:
        """Give ocids by their fingerprints."""
        ocids = (line.decode(errors="surrogatepass") for year in self._years for line in year.lines(_OCIDS))
        return {number: ocid for ocid in ocids if (number := fingerprint(ocid)) in wanted}


def _lines(issues: Iterable[Issue]) -> list[Json]:
    return [json.decode(issue.line()) for issue in issues]
