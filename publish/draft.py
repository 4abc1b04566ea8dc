"""An edition built in a folder: every file, the manifest, and the pointer that will make it the newest."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ocds_schema import json
from ocds_schema.json import Json
from publish import manifest as manifests
from publish.building import Building, Draft, Order, Progress, check_order
from publish.carried import Carrier, Year, built, held_of, recipe
from publish.cells import RowsDigest
from publish.completeness import summary
from publish.delta import Changes, write_changes
from publish.dictionary import Dictionary, datapackage
from publish.figures import Keeping, Kept
from publish.files import CSV, HTML, JSON, LINES, SQLITE, EditionFile, write_whole
from publish.formats import Written
from publish.gates import PAGE as GATES_PAGE
from publish.gates import Built, Judge, broken, gate_files, gates_group
from publish.history import History, ProcessProblems
from publish.issues import Found, IssueCounts, write_issues, write_problems
from publish.journal import Journal
from publish.layout import source_key
from publish.lookups import write_lookups
from publish.manifest import Pointer
from publish.package import envelope
from publish.partition import Partition, write_year
from publish.past import Past
from publish.policy import PAGE, policy, policy_files
from publish.quality import NAME as QUALITY
from publish.quality import Inspector, inspect, look_at
from publish.rows import ControlTotals
from publish.sqlite import Kept as KeptDatabase
from publish.state import ALGORITHM, state_digest
from publish.year_tables import ALL_TABLES
from publish.year_tables import Said as TablesSaid

__all__ = ["Draft", "Order", "Progress", "build_edition", "check_order"]


def build_edition(
    history: History,
    order: Order,
    *,
    previous: Pointer | None,
    before: Json | None,
    folder: Path,
    progress: Progress,
    judge: Judge | None = None,
    earlier: Json | None = None,
    inspector: Inspector | None = None,
    earlier_quality: Json | None = None,
    journal: Journal | None = None,
    past: Past | None = None,
) -> Draft:
    """Write all files of an edition into an empty folder.

    `previous` and `before` are the pointer and the manifest of the newest edition, nothing where there is none. `judge`
    holds what was written against gates, `earlier` is the verdict on the newest edition. A broken gate is told by the
    draft, which cannot be committed then. `inspector` looks at every compiled release, `earlier_quality` is what one
    found in the newest edition. `journal` knows which files are finished already. `past` is where the files
    of the editions before are: years that nothing moved in are taken over from there, and roll-ups are folded of their
    deltas.

    Raises:
        PublishError: the order does not follow the previous edition, or the history contradicts itself.
    """
    check_order(order, previous)
    build = _Build(order, before, folder, progress)
    build.go_on(journal, past)
    build.add_problems(history.problems())
    build.compare(history)
    build.add_years(history)
    build.add_lookups()
    build.add_changes()
    build.add_issues(history, inspector, earlier_quality)
    build.add_metadata()
    if judge is not None:
        build.add_gates(judge, earlier)
    return build.finish(previous)


class _Build(Building):
    """An edition made from a history."""

    def __init__(self, order: Order, before: Json | None, folder: Path, progress: Progress) -> None:
        super().__init__(order, before, folder, progress)
        self._digests = {table.name: RowsDigest() for table in ALL_TABLES}
        self._problems = Path()
        self._spool = folder / "found.spool"
        self._issues = IssueCounts()
        self._body |= {"counts": {"stages": order.facts.get("counts", {})}}

    def add_problems(self, problems: Iterable[ProcessProblems]) -> None:
        """Note what could not be carried over; the years need to know whom it holds back, and so come after it."""
        self._problems, self._issues = write_problems(problems, self._folder)

    def compare(self, history: History) -> None:
        """Write the changelog, which tells the years that something moved in."""
        self._moved = self._once("changes", partial(self._write_changes, history))

    def add_years(self, history: History) -> None:
        """Write the data files, and put their counts, control totals and state digest into the manifest."""
        self._carrier = Carrier(self._before, self._past, self._folder)
        self._keeping = Keeping(self._before, self._past, self._folder)
        held = held_of(self._issues.held, history.years_of(self._issues.held))
        years = [self._year(history, year, held.get(year, "")) for year in sorted(history.years())]
        totals = ControlTotals()
        for year in years:
            self._files.extend(year.files)
            totals.include(year.totals)
            for name, digest in year.digests.items():
                self._digests[name].include(digest)
        rows = manifests.count(each.entry() for each in self._files)
        state = state_digest(year.state for year in years)
        records = rows.get("records", 0)
        self._body["state"] = {"stateDigest": state, "algorithm": ALGORITHM, "records": records}
        counts = {"records": records, "releases": rows.get("releases", 0), "controlTotals": totals.facts()}
        self._body["counts"] |= {**counts, "rows": rows}
        self._body["partitions"] = [year.entry() for year in years]
        self._years = years

    def add_lookups(self) -> None:
        """Write the files of all years together."""
        csv: dict[str, list[Callable[[], BinaryIO]]] = {}
        for file in self._files:
            if file.role == "data" and file.form == CSV and file.table is not None:
                csv.setdefault(file.table, []).append(partial(self._opened, file))
        about = {
            "title": self._order.source.title,
            "publisher": self._order.source.publisher.name,
            "licence": self._order.source.publisher.licence,
            "stateDigest": self._body["state"]["stateDigest"],
        }
        left_out = self._order.left_out
        made = recipe(about, left_out, [(year.recipe, year.held) for year in self._years])
        self._database = self._kept()
        files, omitted = self._carrier.lookups(made) or self._once(
            "lookups",
            partial(
                write_lookups,
                self._folder,
                csv,
                self._digests,
                about=about,
                left_out=left_out,
                kept=self._database,
            ),
            lambda made: (each.written for each in made[0]),
        )
        self._files.extend(files)
        self._body["lookups"] = {"recipe": made}
        formats = ({"format": form, "role": "data", "omitted": {"reason": why}} for form, why in left_out.items())
        self._omitted = [*(each for each in formats if each["format"] != SQLITE.name), *omitted]

    def _kept(self) -> KeptDatabase:
        """Tell what of a database can be kept from one edition to the next: the years before the first that moved."""
        keys = [
            json.digest(
                json.encode(
                    [sqlite3.sqlite_version, year.recipe, sorted(each.path for each in year.files if each.form == CSV)]
                )
            )
            for year in self._years
        ]
        moved = (place for place, year in enumerate(self._years) if not year.is_carried)
        settled = min(next(moved, len(keys)), max(0, len(keys) - 1))
        return KeptDatabase(self._folder.parent / f"kept-{self._order.source.name}", keys, settled)

    def add_changes(self) -> None:
        """Publish the changelog, and write the deltas."""
        self.add_deltas(self._moved)

    def add_issues(self, history: History, inspector: Inspector | None, earlier: Json | None) -> None:
        """Write the problems, and have every compiled release looked at; what is found goes into the same file."""
        found = Found()
        if inspector is not None:
            figures = [each.figures for each in self._look(inspector)]
            changes, is_first = history.changes(), self._before is None
            facts, found = inspect(inspector, figures, changes, earlier, self._spool, is_first=is_first)
        self._add(write_issues(self._problems, found, self._issues, self._folder), LINES)
        self._body["counts"] |= self._issues.facts()
        if inspector is not None:
            self._add(write_whole(self._folder / QUALITY, json.encode_pretty(facts)), JSON)

    def _look(self, inspector: Inspector) -> list[Kept]:
        """Have the compiled releases of each year looked at, where what was found before cannot be taken over."""
        compiled = [each for each in self._files if each.table == "compiled" and each.form == LINES]
        found = [look_at(inspector, each, partial(self._opened, each), self._keeping, self._spool) for each in compiled]
        self._files.extend(each.file for each in found)
        return found

    def add_metadata(self) -> None:
        """Write coverage, mapping and publication policy."""
        facts = self._order.facts
        completeness = facts.get("completeness", {"lists": []})
        # Nothing of this edition's own: as long as nothing is read anew, the file stays the same.
        coverage = json.encode_pretty({"dataset": self._order.source.name, **completeness})
        self._add(write_whole(self._folder / "coverage.json", coverage), JSON)
        self._body["coverage"] = facts.get("coverage", [])
        self._body["completeness"] = [summary(listed) for listed in completeness["lists"]]
        if self._order.mapping is not None:
            rows = self._order.mapping.count(b"\n")
            self._add(write_whole(self._folder / "mapping.csv", self._order.mapping, rows), CSV)
        package = json.encode_pretty(self._datapackage())
        self._add(write_whole(self._folder / "datapackage.json", package), JSON)
        said = policy(self._order.source, self._order.policy, self._order.extension_urls)
        for name, content in policy_files(said).items():
            self._add(write_whole(self._folder / name, content), HTML if name == PAGE else JSON)

    def add_gates(self, judge: Judge, earlier: Json | None) -> None:
        """Have the files judged as they lie in the folder, and write what was found."""
        built = Built(
            source=self._order.source,
            edition_id=self._order.edition_id,
            facts=self._order.facts,
            folder=self._folder,
            files=tuple(self._files),
            body=self._body,
            before=self._before,
            earlier=earlier,
            known=self._known,
            keeping=self._keeping,
            fetch=self._fetched,
            settled=self._database.compared,
        )
        verdict = judge(built)
        if not broken(verdict):
            self._database.confirm()
        self._files.extend(each.file for each in built.kept)
        self._verdict = verdict
        self._body["gates"] = gates_group(verdict)
        for name, content in gate_files(verdict).items():
            self._add(write_whole(self._folder / name, content), HTML if name == GATES_PAGE else JSON)

    def _write_changes(self, history: History) -> Changes:
        return write_changes(
            history.changes(), self._folder, cause=self._order.cause, tick=lambda more: self._progress("changes", more)
        )

    def _year(self, history: History, year: int, held: str) -> Year:
        """Take a year over from the edition before, or build it where something is another than it was."""
        source = self._order.source
        base = source.publisher.base_url
        said = envelope(source, year, list(self._order.extension_urls))
        left_out = sorted(self._order.left_out)
        made = recipe(said, base, source.currency, source.title, left_out)
        carried = None if year in self._moved.years else self._carrier.year(year, made, held)
        if carried is not None:
            return carried
        build = partial(
            write_year,
            year,
            history.entries(year),
            self._folder,
            held=self._issues.held,
            said=said,
            tables=TablesSaid(currency=source.currency, title=source.title, left_out=frozenset(left_out)),
            address=lambda path: f"{base}/{source_key(source.name, path)}",
            tick=lambda more: self._progress("records", more),
        )
        return built(self._once(f"year-{year}", build, _of_year), made, held)

    def _opened(self, file: EditionFile) -> BinaryIO:
        """Open a file that was built, or one of the edition before."""
        if self._past is not None and not file.written.path.exists():
            return self._past.open(file.path)
        return file.written.path.open("rb")

    def _fetched(self, file: EditionFile) -> EditionFile:
        """Bring a file of the edition before here, for those who want to read all of an edition."""
        if self._past is not None and not file.written.path.exists():
            file.written.path.parent.mkdir(exist_ok=True)
            with self._past.open(file.path) as content, file.written.path.open("wb") as target:
                shutil.copyfileobj(content, target)
        return file

    def _manifest(self, previous: Pointer | None) -> Json:
        order = self._order
        body = {
            **manifests.describe_source(order.source, order.extension_urls),
            **manifests.describe_edition(order.edition_id, order.facts, previous),
            **{name: order.facts[name] for name in ("access", "fence") if name in order.facts},
            **self._body,
            "tables": self._dictionary(),
            "files": manifests.list_files(
                (each.entry() for each in self._files),
                self._omitted,
                has_mapping=order.mapping is not None,
                has_gates=self._verdict is not None,
                has_quality=any(each.path.endswith(f"/{QUALITY}") for each in self._files),
            ),
        }
        if order.signing is not None:
            body["signedBy"] = order.signing.key.public.name
        body["ocds"]["extensionFiles"] = [
            {"path": f"../extensions/{path}", "sha256": json.digest(content), "bytes": len(content)}
            for path, content in sorted(order.extensions.items())
        ]
        return body

    def _dictionary(self) -> list[Json]:
        """Describe the tables, with how often each column is filled."""
        entries = [each.entry() for each in self._files if each.role == "data"]
        order = self._order
        return Dictionary(ALL_TABLES, entries, mapping=order.mapping, extensions=order.source.extensions).tables()

    def _datapackage(self) -> Json:
        """Describe the tables' files as a Frictionless data package."""
        order = self._order
        about = {
            **manifests.describe_source(order.source, order.extension_urls),
            **manifests.describe_edition(order.edition_id, order.facts, None),
        }
        return datapackage(
            about,
            self._dictionary(),
            [each.entry() for each in self._files],
            f"{order.source.publisher.base_url.rstrip('/')}/{source_key(order.source.name, '').rstrip('/')}",
        )


def _of_year(year: Partition) -> list[Written]:
    return [*(each.written for each in year.files), year.state]
