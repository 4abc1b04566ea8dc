"""An edition checked by what is on the storage alone: pointer, hashes, rows, sums, state, one file against another."""

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError, StorageError
from ocds_schema.json import Json
from publish import gates, issues, quality, retractions
from publish import manifest as manifests
from publish.around import Around
from publish.carried import year_figures
from publish.cells import RowsDigest
from publish.completeness import contradictions, summary
from publish.entities import ENTITIES
from publish.findings import Finding, Findings, VerifyReport
from publish.formats import lines_of, read_lines
from publish.layout import edition_path, extension_file_key, pointer_key, source_key
from publish.lookups import compare_lookup
from publish.objects import Objects
from publish.parity import NEEDED, ChangesCheck, StateLookup, YearCheck
from publish.reading import READERS
from publish.rows import ControlTotals
from publish.sealed import check_pointer, check_signatures
from publish.signing import SUFFIX
from publish.state import in_order, state_digest
from publish.storage import Storage
from publish.year_tables import ALL_TABLES

__all__ = ["Finding", "VerifyReport", "verify"]

_BROKEN = (ValueError, KeyError, TypeError, AttributeError, PublishError)
_LINES = {"jsonl": 0, "package": 2}
"""Formats of lines, and how many of a file's lines are no rows."""
_HEADER = ("dataset", "from", "fromStateDigest", "to", "toStateDigest", "adds", "changes", "deletes")


def verify(
    storage: Storage,
    source: str,
    edition_id: str | None = None,
    *,
    around: Around | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> VerifyReport:
    """Check an edition of a source, the newest where none is named, and report every difference.

    With `around` it is also looked at all else that readers of the newest edition can reach. `progress` is told how
    many bytes more have been hashed (`check`).

    Raises:
        StorageError: the storage cannot be used. A missing object is a finding, not an error.
    """
    check = _Check(storage, source, progress or (lambda _stage, _amount: None))
    check.run(edition_id, around)
    return check.report()


class _Check:
    """A verification under way."""

    def __init__(self, storage: Storage, source: str, progress: Callable[[str, int], None]) -> None:
        self._storage = storage
        self._source = source
        self._findings = Findings()
        self._objects = Objects(storage, self._findings, progress)
        self._edition_id: str | None = None
        self._records = 0
        self._collected: str | None = None
        self._gone = self._altered = 0
        self._retraction: Json = None
        self._around: Around | None = None
        self._unnamed = 0

    def report(self) -> VerifyReport:
        return VerifyReport(
            source=self._source,
            edition_id=self._edition_id,
            files=self._objects.files,
            bytes=self._objects.bytes,
            records=self._records,
            findings=self._findings.all(),
            retraction=self._retraction,
            data_collected=self._collected if self._gone else None,
            files_collected=self._gone,
            files_redacted=self._altered,
            files_unnamed=self._unnamed,
        )

    def run(self, edition_id: str | None, around: Around | None) -> None:
        """Check an edition, or the one that the pointer names."""
        self._edition_id = edition_id
        self._around = around
        pointer = None if edition_id else self._objects.whole(pointer_key(self._source))
        file = pointer_key(self._source)
        try:
            if pointer is not None:
                self._edition_id = json.decode(pointer)["editionId"]
            if self._edition_id is not None:
                file = self._key(edition_path(self._edition_id, "manifest.json"))
                self._check_edition(self._edition_id, pointer)
        except _BROKEN as error:
            self._findings.add(file, "the members that it should have", f"{type(error).__name__}: {error}")

    def _check_edition(self, edition_id: str, pointer: bytes | None) -> None:
        retracted = self._check_retractions(edition_id)
        data = self._objects.whole(self._key(edition_path(edition_id, "manifest.json")))
        if data is None:
            return
        manifest = json.decode(data)
        own = self._key(edition_path(edition_id, "manifest.json"))
        self._findings.compare(own, "dataset", self._source, manifest["dataset"])
        if pointer is not None:
            self._check_pointer(pointer, manifest, data, retracted)
        self._collected = self._objects.read_notes(self._source).collected.get(edition_id)
        if self._around is None:
            self._check_previous(manifest)
        sums = self._check_checksums(manifest, data)
        if name := manifest.get("signedBy"):
            paths = (edition_path(edition_id, "manifest.json"), edition_path(edition_id, "SHA256SUMS"))
            signed = dict(zip(map(self._key, paths), (data, sums), strict=True))
            check_signatures(self._storage, signed, name, self._findings)
            self._objects.seen.update(f"{each}{SUFFIX}" for each in signed)
        whole = {entry["path"] for entry in manifests.published(manifest) if self._check_file(entry)}
        for entry in manifest["ocds"]["extensionFiles"]:
            self._objects.check(extension_file_key(entry), {"role": "extension", **entry})
        self._gone, self._altered = self._objects.collected, self._objects.altered
        self._check_content(manifest, whole)
        if self._around is not None:
            self._unnamed = self._around.check(self._objects, manifest)

    def _check_pointer(self, pointer: bytes, manifest: Json, data: bytes, retracted: Json) -> None:
        """Hold the pointer against the manifest that it names, and against its own signature."""
        if manifests.unsealed(pointer)[0] != manifests.point_to(manifest, data, retracted):
            self._findings.add(
                pointer_key(self._source),
                f"the pointer to a manifest of {len(data)} bytes with sha256 {json.digest(data)}",
                "another text: the pointer or the manifest was altered",
            )
        named = json.decode(pointer)["manifest"]["sha256"]
        self._findings.compare(pointer_key(self._source), "dataset", self._source, json.decode(pointer).get("dataset"))
        own = self._key(edition_path(manifest["editionId"], "manifest.json"))
        self._findings.compare(own, "sha256, by the pointer,", named, json.digest(data))
        check_pointer(self._storage, self._source, pointer, self._findings, should=manifest.get("signedBy"))

    def _check_retractions(self, edition_id: str) -> Json:
        """Say whether the edition was taken back, and give what a pointer must say of those that were."""
        try:
            body = json.decode(self._storage.read(pointer_key(self._source)))
        except (StorageError, ValueError):
            body = {}
        if "retractions" not in body:
            return None
        key = self._key(body["retractions"]["path"])
        listed = self._objects.whole(key)
        if listed is None:
            return retractions.carried(body)
        if not self._findings.compare(
            key, "sha256, by the pointer,", body["retractions"]["sha256"], json.digest(listed)
        ):
            return retractions.carried(body)
        told = {each["editionId"]: each for each in json.decode(listed)["retractions"]}
        self._retraction = told.get(edition_id)
        return retractions.told(listed)

    def _check_previous(self, manifest: Json) -> None:
        """Hold the manifest of the edition before, where it is still there, against the hash kept of it."""
        previous = manifest["previous"]
        if previous is None:
            return
        key = self._key(edition_path(previous["editionId"], "manifest.json"))
        if self._storage.stat(key) is not None:
            found = json.digest(self._storage.read(key))
            self._findings.compare(key, "sha256, by the edition that follows,", previous["manifestSha256"], found)

    def _check_checksums(self, manifest: Json, data: bytes) -> bytes:
        """Hold the checksums against the manifest, and give them as they are."""
        key = self._key(edition_path(manifest["editionId"], "SHA256SUMS"))
        found = self._objects.whole(key)
        if found is None:
            return b""
        expected = manifests.sums_of(manifest, data)
        lines = sorted({*expected.splitlines()} ^ {*found.splitlines()})
        for line in lines:
            wanted, other = ("the line", "none") if line in expected else ("no line", "one")
            self._findings.add(key, f"{wanted} {line.decode(errors='replace')!r}", other)
        if not lines and found != expected:
            self._findings.add(key, "its lines by path, each once, ending in LF", "the same lines in another form")
        return found

    def _check_file(self, entry: Json) -> bool:
        """Check one file by itself, and say whether it is what its entry says."""
        key = self._key(entry["path"])
        if not self._objects.check(key, entry, collected=bool(self._collected)):
            return False
        try:
            if entry["format"] in _LINES:
                return self._check_lines(key, entry)
            if entry["format"] == "json":
                json.decode(self._storage.read(key))
        except _BROKEN as error:
            self._findings.add(key, "content that can be read", f"{type(error).__name__}: {error}")
            return False
        return True

    def _check_lines(self, key: str, entry: Json) -> bool:
        content = hashlib.sha256()
        rows = 0
        for line in read_lines(partial(self._storage.open, key)):
            content.update(line + b"\n")
            rows += 1
        rows -= _LINES[entry["format"]]
        is_same = self._findings.compare(key, "contentDigest", entry["contentDigest"], content.hexdigest())
        return self._findings.compare(key, "rows:", entry["rows"], rows) and is_same

    def _check_content(self, manifest: Json, whole: set[str]) -> None:
        """Hold the files against one another and against the manifest, as far as they are whole by themselves."""
        with tempfile.TemporaryDirectory() as folder:
            totals = ControlTotals()
            held = self._check_issues(manifest, whole)
            self._check_coverage(manifest, whole)
            self._check_gates(manifest, whole)
            spools: list[Path] = []
            digests = {table.name: RowsDigest() for table in ALL_TABLES}
            years = self._years(manifest)
            for year, entries in years.items():
                if entries.keys() >= {*NEEDED} and all(entry["path"] in whole for entry in entries.values()):
                    spools.append(Path(folder) / f"{year}")
                    own = ControlTotals()
                    check = self._year_check(manifest, year, entries, own, held)
                    self._records += check.run(spools[-1])
                    self._check_tables(entries, check.digests)
                    of_year = {line.partition(b"\t")[0].decode() for line in lines_of(spools[-1])}
                    figures = year_figures(own, check.digests, of_year.intersection(held))
                    self._check_partition(manifest, year, figures)
                    totals.include(own)
                    for name, digest in check.digests.items():
                        digests[name].include(digest)
            if len(spools) == len(years):
                self._check_sums(manifest, totals, spools)
                self._check_changes(manifest, whole, spools)
                self._check_lookups(manifest, whole, digests)

    def _check_issues(self, manifest: Json, whole: set[str]) -> Collection[str]:
        """Count the problems again, and give the ocids held back."""
        path = edition_path(manifest["editionId"], issues.NAME)
        counts = issues.IssueCounts()
        if path in whole:
            for line in read_lines(partial(self._storage.open, self._key(path))):
                counts.add(json.decode(line))
            stated = {name: manifest["counts"].get(name) for name in counts.facts()}
            self._findings.compare(self._key(path), "lines that make", stated, counts.facts())
        elif all(entry["path"] != path for entry in manifests.published(manifest)):
            self._findings.add(self._key(path), "an entry in the manifest", "none")
        self._check_quality(manifest, whole, counts)
        return counts.held

    def _check_quality(self, manifest: Json, whole: set[str], counts: issues.IssueCounts) -> None:
        """Hold what checks found in all against what they found line by line."""
        path = edition_path(manifest["editionId"], quality.NAME)
        if path in whole:
            facts = json.decode(self._storage.read(self._key(path)))
            for what, expected, found in quality.contradictions(facts, counts.by_check, manifest["counts"]["records"]):
                self._findings.compare(self._key(path), what, expected, found)

    def _check_coverage(self, manifest: Json, whole: set[str]) -> None:
        """Add up what became of what the portal lists, by day and by fate."""
        path = edition_path(manifest["editionId"], "coverage.json")
        if path not in whole:
            return
        key = self._key(path)
        lists = json.decode(self._storage.read(key)).get("lists", [])
        self._findings.compare(key, "counts", manifest.get("completeness", []), [summary(listed) for listed in lists])
        for listed in lists:
            for what, stated, counted in contradictions(listed):
                self._findings.compare(key, f"{listed['kind']}: {what}", stated, counted)

    def _check_gates(self, manifest: Json, whole: set[str]) -> None:
        """Hold the verdict of the gates against the manifest, and its page against the verdict."""
        paths = [edition_path(manifest["editionId"], name) for name in (gates.MACHINE, gates.PAGE)]
        if "gates" not in manifest:
            return
        for path in paths:
            if all(entry["path"] != path for entry in manifests.published(manifest)):
                self._findings.add(self._key(path), "an entry in the manifest", "none")
        if not whole.issuperset(paths):
            return
        machine, page = map(self._key, paths)
        verdict = json.decode(self._storage.read(machine))
        for what, expected, found in gates.contradictions(verdict, manifest):
            self._findings.compare(machine, what, expected, found)
        if not gates.is_of_verdict(self._storage.read(page), verdict):
            self._findings.add(page, "the page that gates.json gives", "another one")

    def _years(self, manifest: Json) -> Mapping[int, Mapping[tuple[str, str], Json]]:
        """Give the data files of each year by table and format."""
        years: dict[int, dict[tuple[str, str], Json]] = defaultdict(dict)
        for entry in manifests.published(manifest):
            if entry["role"] == "data":
                years[entry["partition"]["year"]][entry["table"], entry["format"]] = entry
        key = self._key(edition_path(manifest["editionId"], "manifest.json"))
        for year, entries in years.items():
            for table, form in NEEDED:
                if (table, form) not in entries:
                    self._findings.add(key, f"{table} of {year} as {form}", "no such file")
        return dict(sorted(years.items()))

    def _year_check(
        self,
        manifest: Json,
        year: int,
        entries: Mapping[tuple[str, str], Json],
        totals: ControlTotals,
        held: Collection[str],
    ) -> YearCheck:
        keys = {pair: self._key(entry["path"]) for pair, entry in entries.items()}
        return YearCheck(
            keys,
            opened=self._storage.open,
            findings=self._findings,
            totals=totals,
            held=held,
            year=year,
            currency=manifest["currency"],
        )

    def _check_partition(self, manifest: Json, year: int, figures: Json) -> None:
        """Hold what the manifest keeps of a year, from which later editions take it over, against what the year is."""
        key = self._key(edition_path(manifest["editionId"], "manifest.json"))
        told: Json = next((each for each in manifest["partitions"] if each["year"] == year), {})
        for name, value in figures.items():
            self._findings.compare(key, f"{name} of {year} among partitions", value, told.get(name))

    def _check_tables(self, entries: Mapping[tuple[str, str], Json], digests: Mapping[str, RowsDigest]) -> None:
        """Hold what the manifest says of each format of a year's tables against what the compiled releases give."""
        for (name, form), entry in entries.items():
            if name in digests and form in READERS:
                self._check_entry(entry, digests[name])

    def _check_entry(self, entry: Json, digest: RowsDigest) -> None:
        key = self._key(entry["path"])
        table = next(each for each in ALL_TABLES if each.name == entry["table"])
        self._findings.compare(key, "columns", list(table.header), entry["columns"])
        self._findings.compare(key, "rows:", entry["rows"], digest.rows)
        self._findings.compare(key, "contentDigest", entry["contentDigest"], digest.hexdigest())

    def _check_lookups(self, manifest: Json, whole: set[str], digests: Mapping[str, RowsDigest]) -> None:
        """Hold the files of all years together against the years."""
        for entry in manifests.published(manifest):
            if entry["role"] != "lookup" or entry["path"] not in whole:
                continue
            key = self._key(entry["path"])
            if entry["table"] == ENTITIES.name:
                self._check_entry(entry, digests[ENTITIES.name])
            compare_lookup(entry, partial(self._storage.open, key), digests, key=key, findings=self._findings)

    def _check_sums(self, manifest: Json, totals: ControlTotals, spools: Sequence[Path]) -> None:
        key = self._key(edition_path(manifest["editionId"], "manifest.json"))
        rows = manifests.count(manifests.published(manifest))
        counts = manifest["counts"]
        self._findings.compare(
            key, "stateDigest", state_digest(map(lines_of, spools)), manifest["state"]["stateDigest"]
        )
        self._findings.compare(key, "control totals", totals.facts(), counts["controlTotals"])
        self._findings.compare(key, "rows by table", rows, counts["rows"])
        self._findings.compare(key, "records:", self._records, counts["records"])
        self._findings.compare(key, "releases:", rows.get("releases", 0), counts["releases"])

    def _check_changes(self, manifest: Json, whole: set[str], spools: Sequence[Path]) -> None:
        paths = [edition_path(manifest["editionId"], name) for name in ("changelog.jsonl.gz", "delta.jsonl.gz")]
        if not whole.issuperset(paths):
            return
        changelog, delta = map(self._key, paths)
        described = {"dataset": manifest["dataset"], **manifest["deltas"][0]}
        header = {name: described[name] for name in _HEADER}
        counts = {op: manifest["changes"][op] for op in ("add", "change", "delete")}
        check = ChangesCheck(changelog, delta, opened=self._storage.open, findings=self._findings)
        check.run(header, counts, StateLookup(in_order(map(lines_of, spools))))

    def _key(self, path: str) -> str:
        return source_key(self._source, path)
