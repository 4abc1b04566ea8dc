"""Which years of an edition gates have to read, and which files are needed here for that."""

from collections.abc import Iterable
from functools import cache
from importlib import metadata, resources
from pathlib import Path

from ocds_pipeline.gates.declared import gates_of
from ocds_pipeline.gates.persons import rules
from ocds_pipeline.gates.task import Task
from ocds_schema.json import Json
from ocds_schema.source import Source
from publish.carried import recipe
from publish.figures import Kept
from publish.files import CSV
from publish.gates import Built
from publish.journal import digest_of_code
from publish.manifest import published

WHAT = "gates"
_LIBRARY = "great_expectations"


class Years:
    """The years of an edition: those whose figures of the edition before stand, and those to be read.

    A year's figures stand where all its data files are those that they were found in, and where code, thresholds,
    library and the rules that numbers of persons are known by are those that they were found by.
    """

    def __init__(self, built: Built) -> None:
        """Fetch the figures that stand."""
        self._built = built
        said = _said(built.source)
        self._made_from = _made_from(said, (each.entry() for each in built.files))
        self._kept = {year: kept for year in sorted(self._made_from) if (kept := self._find(year)) is not None}
        before = _made_from(said, published(built.before or {"files": ()}))
        self._familiar = [year for year, made_from in before.items() if built.keeping.told(WHAT, year, made_from)]

    def task(self) -> Task:
        """Give what is to be judged, with all files at hand that have to be read for it."""
        keeping = self._built.keeping
        keep = {year: keeping.place(WHAT, year) for year in self._made_from if year not in self._kept}
        kept = {year: each.file.written.path for year, each in self._kept.items()}
        task = Task.of(self._built, kept, keep, self._familiar)
        wanted = {file.path for table in task.whole for file in task.to_read(table, CSV)}
        for each in self._built.files:
            is_kept = each.year in self._kept
            if each.path in wanted or each.role == ("state" if is_kept else "data"):
                self._built.fetch(each)
        return task

    def finish(self) -> None:
        """Have the figures of all years published, as far as they were kept."""
        keeping = self._built.keeping
        for year, made_from in sorted(self._made_from.items()):
            kept = self._kept.get(year)
            if kept is None and keeping.place(WHAT, year).exists():
                kept = keeping.new(WHAT, year, made_from)
            if kept is not None:
                self._built.kept.append(kept)

    def _find(self, year: int) -> Kept | None:
        entry = self._built.keeping.told(WHAT, year, self._made_from[year])
        return entry and self._built.keeping.fetch(entry)


def _made_from(said: Json, entries: Iterable[Json]) -> dict[int, str]:
    """Give, by year, a digest of its data files and of all that they are judged by."""
    files: dict[int, list[str]] = {}
    for each in entries:
        if each["role"] == "data":
            files.setdefault(each["partition"]["year"], []).append(f"{each['path']} {each['sha256']}")
    return {year: recipe(said, sorted(each)) for year, each in files.items()}


def _said(source: Source) -> Json:
    """Give all that a verdict on a year's files comes from, besides these."""
    limits = [[name, repr(gate.limits)] for name, gate in gates_of(source).items()]
    asked = [_code(), f"{_LIBRARY} {metadata.version(_LIBRARY)}", repr(source.expectations)]
    return [*asked, source.currency, limits, *rules(source.person_numbers)]


@cache
def _code() -> str:
    return digest_of_code(Path(str(resources.files("ocds_pipeline.gates"))))
