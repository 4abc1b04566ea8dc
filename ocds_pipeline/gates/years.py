"""Which years of an edition gates have to read, and which files are needed here for that."""

from functools import cache
from importlib import resources
from pathlib import Path

from ocds_pipeline.gates.declared import gates_of
from ocds_pipeline.gates.persons import rules
from ocds_pipeline.gates.task import Task
from publish.carried import recipe
from publish.figures import Kept
from publish.files import CSV
from publish.gates import Built
from publish.journal import digest_of_code

WHAT = "gates"


class Years:
    """The years of an edition: those whose figures of the edition before stand, and those to be read.

    A year's figures stand where all its data files are those that they were found in, and where code, thresholds and
    the rules that numbers of persons are known by are those that they were found by.
    """

    def __init__(self, built: Built) -> None:
        """Fetch the figures that stand."""
        self._built = built
        files: dict[int, list[str]] = {}
        for each in built.files:
            if each.role == "data" and each.year is not None:
                files.setdefault(each.year, []).append(f"{each.path} {each.written.sha256}")
        gates = gates_of(built.source)
        said = [_code(), built.source.currency, repr(gates["dates"].limits), repr(gates["codes"].limits)]
        said += rules(built.source.person_numbers)
        self._made_from = {year: recipe(said, sorted(each)) for year, each in files.items()}
        self._kept = {year: kept for year in sorted(files) if (kept := self._find(year)) is not None}

    def task(self) -> Task:
        """Give what is to be judged, with all files at hand that have to be read for it."""
        keeping = self._built.keeping
        keep = {year: keeping.place(WHAT, year) for year in self._made_from if year not in self._kept}
        task = Task.of(self._built, {year: kept.file.written.path for year, kept in self._kept.items()}, keep)
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


@cache
def _code() -> str:
    return digest_of_code(Path(str(resources.files("ocds_pipeline.gates"))))
