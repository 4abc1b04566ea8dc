"""What checks find in an edition: compiled releases are looked at as they will be published, once while they stay."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import resources
from itertools import compress, groupby
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Protocol

from ocds_schema import json
from ocds_schema.json import Json
from publish import issues
from publish.carried import recipe
from publish.changelog import Change
from publish.figures import FiguresFile, FiguresOf, Keeping, Kept
from publish.files import EditionFile
from publish.formats import LinesFile, lines_of, read_lines
from publish.journal import digest_of_code
from publish.past import Lines

NAME = "quality.json"
WHAT = "quality"
FINDINGS = "findings"
"""The part of a year's figures that holds lines of findings."""
_MOVED, _LAST = "moved", "last"


class YearInspector(Protocol):
    """Looks at the compiled releases of one year; what it finds has `ocid`, `path`, `pointer`, `rule`, …."""

    def look(self, compiled: Iterable[Json]) -> Iterable[Iterable[Json]]:
        """Give what is wrong with each of some compiled releases, in their order."""

    def keep(self, file: FiguresFile) -> str | None:
        """Write what was found, and give the moment (RFC 3339) when it ceases to hold, if it does."""


class Inspector(Protocol):
    """Puts together what was found in each year, be it today or for an edition before.

    An inspector is for one edition.
    """

    package: str
    """Where its code is."""

    @property
    def recipe(self) -> Json:
        """What the findings about a year's compiled releases come from, besides these, our code and the moment."""

    def holds(self, since: str, until: str | None) -> bool:
        """Whether what was found at one moment, and was to cease at another, is what would be found now."""

    def begin(self, year: int) -> YearInspector:
        """Begin with a year."""

    def take(self, kept: FiguresOf, *, is_first: bool) -> None:
        """Add what was kept of a year; years come in their order. A first edition is compared with none."""

    def changed(self, before: Json | None, after: Json | None) -> Iterable[Json]:
        """Give what is wrong with how a compiled release changed, came or went."""

    def finish(self, earlier: Json | None) -> tuple[Json, list[Json]]:
        """Give the members of `quality.json`, and what is wrong with all taken together.

        `earlier` are the members of that of the edition before.
        """


def look_at(
    inspector: Inspector, compiled: EditionFile, opened: Callable[[], BinaryIO], keeping: Keeping, spool: Path
) -> Kept:
    """Give what is found in a year's compiled releases: as it was kept, where nothing of it can be another now."""
    year = compiled.year or 0
    made_from = recipe(_code(inspector.package), inspector.recipe, issues.MOST, compiled.written.sha256)
    entry = keeping.told(WHAT, year, made_from)
    if entry is not None and inspector.holds(keeping.as_of_before or "", entry.get("until")):
        kept = keeping.fetch(entry)
        if kept is not None:
            return kept
    looking = inspector.begin(year)
    looked = looking.look(map(json.decode, read_lines(opened)))
    found = (issues.finding_line(finding) for findings in looked for finding in findings)
    with FiguresFile(keeping.place(WHAT, year)) as file:
        _keep(file, FINDINGS, _chosen(found, spool))
        until = looking.keep(file)
    return keeping.new(WHAT, year, made_from, until)


def _chosen(found: Iterable[bytes], spool: Path) -> Iterator[bytes]:
    """Give those lines of what was found in a year that are chosen; they wait in a spool."""
    marks = issues.Marks()
    with LinesFile(spool, 1) as file:
        for line in marks.note(found):
            file.write(line)
        file.finish()
    _, (wanted,) = issues.choose([marks])
    return compress(lines_of(spool), wanted)


def _keep(file: FiguresFile, name: str, lines: Iterable[bytes]) -> None:
    """Write lines of findings, and what decides which of them are chosen."""
    marks = issues.Marks()
    file.lines(name, marks.note(lines))
    file.facts(f"{name}.rules", [*marks.rules])
    file.numbers(f"{name}.of", marks.of)
    file.numbers(f"{name}.ranks", marks.ranks)


def _kept(figures: FiguresOf, name: str) -> issues.Stream:
    """Read lines that were written so."""
    numbers = (figures.numbers(f"{name}.{part}") for part in ("of", "ranks"))
    return issues.Stream(Lines(partial(figures.lines, name)), issues.Marks(figures.facts(f"{name}.rules"), *numbers))


def inspect(
    inspector: Inspector,
    years: Sequence[FiguresOf],
    changes: Iterable[Change],
    earlier: Json | None,
    spool: Path,
    *,
    is_first: bool,
) -> tuple[Json, issues.Found]:
    """Give the members of `quality.json`, and the lines of what is wrong with each compiled release and with all.

    `years` are what was found in each, in their order; `changes` what changed since the edition before, unless this is
    the first. `earlier` is `quality.json` of the edition before. What is found now is kept in a spool.
    """
    for year in years:
        inspector.take(year, is_first=is_first)
    with FiguresFile(spool) as file:
        _keep(file, _MOVED, () if is_first else _moved(inspector, changes))
        facts, findings = inspector.finish(earlier)
        _keep(file, _LAST, map(issues.finding_line, findings))
    now = FiguresOf(spool)
    found = issues.Found([*(_kept(year, FINDINGS) for year in years), _kept(now, _MOVED)], _kept(now, _LAST))
    return {**facts, "mostLines": issues.MOST}, found


def _moved(inspector: Inspector, changes: Iterable[Change]) -> Iterator[bytes]:
    """Give what is wrong with changes; of several steps of a record the first tells what it was."""
    for _, group in groupby(changes, key=attrgetter("ocid")):
        steps = list(group)
        sides = (steps[0].before, steps[-1].after)
        before, after = (None if each is None else json.decode(each) for each in sides)
        yield from map(issues.finding_line, inspector.changed(before, after))


@cache
def _code(package: str) -> str:
    return digest_of_code(Path(str(resources.files(package))))


def contradictions(facts: Json, findings: Mapping[str, int], records: int) -> list[tuple[str, Json, Json]]:
    """Give what `quality.json` does not agree on with the lines of findings by rule, and the number of records."""
    most = facts.get("mostLines", issues.MOST)
    failures = {name: min(check["failures"], most) for name, check in facts["checks"].items() if check["failures"]}
    pairs = (("failures by check", dict(sorted(findings.items())), failures), ("releases", records, facts["releases"]))
    return [pair for pair in pairs if pair[1] != pair[2]]
