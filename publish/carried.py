"""Years that nothing moved in, taken over from the edition before: their files are neither read nor built again.

A year is what its records, what is held back of them, and the code make of it. The manifest keeps of each year which
code that was (`recipe`) and what was held back (`held`), and what it adds up to; all else stands in its files' entries.
"""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import metadata, resources
from pathlib import Path

from ocds_schema import json
from ocds_schema.json import Json
from publish.cells import RowsDigest
from publish.figures import ROLE
from publish.files import FORMS, STATE, EditionFile
from publish.formats import Written, lines_of
from publish.journal import digest_of_code
from publish.layout import data_path
from publish.manifest import published
from publish.partition import Partition
from publish.past import Lines, Past
from publish.rows import ControlTotals

CARRIED = "carried"
_LIBRARIES = ("msgspec", "numpy", "pyarrow", "zlib-ng")
_OWN = frozenset({"path", "role", "table", "format", "mediaType", "compression", "bytes", "sha256", "contentDigest"})
_OWN |= {"rows", "columns", "partition", "sortedBy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year of an edition: its files, what they add up to, and how it came about.

    `state` are the lines of its state, which can be read as often as they are wanted.
    """

    year: int
    files: tuple[EditionFile, ...]
    totals: ControlTotals
    digests: Mapping[str, RowsDigest]
    state: Iterable[bytes]
    recipe: str
    held: str
    is_carried: bool = False

    def entry(self) -> Json:
        """Give what the manifest keeps of the year."""
        return {"year": self.year, "recipe": self.recipe, "held": self.held, **_sums(self.totals, self.digests)}


def _sums(totals: ControlTotals, digests: Mapping[str, RowsDigest]) -> Json:
    told = [{"table": name, "rows": each.rows, "total": f"{each.total:064x}"} for name, each in digests.items()]
    return {"controlTotals": totals.facts(), "digests": told}


def year_figures(totals: ControlTotals, digests: Mapping[str, RowsDigest], held: Collection[str]) -> Json:
    """Give what the manifest keeps of a year but for the recipe; `held` are the ocids of it that are held back."""
    return {"held": held_of(held, dict.fromkeys(held, 0)).get(0, ""), **_sums(totals, digests)}


def built(partition: Partition, recipe: str, held: str) -> Year:
    """Give a year that was built."""
    state = EditionFile(
        path=data_path("state", STATE.name, partition.year, partition.state.sha256, STATE.ending),
        form=STATE,
        role="state",
        written=partition.state,
        table="state",
        year=partition.year,
        sorted_by=("ocid",),
    )
    return Year(
        year=partition.year,
        files=(*partition.files, state),
        totals=partition.totals,
        digests=partition.digests,
        state=Lines(partial(lines_of, partition.state.path)),
        recipe=recipe,
        held=held,
    )


class Carrier:
    """The years of the edition before, as far as they can be taken over."""

    def __init__(self, before: Json | None, past: Past | None, folder: Path) -> None:
        """Take the manifest of the edition before, and where its files are; `folder` is for what is fetched of them."""
        self._past = past
        self._before = before or {}
        self._folder = folder / CARRIED
        self._years = {each["year"]: each for each in (before or {}).get("partitions", ())}
        self._entries: dict[int, list[Json]] = {}
        for entry in published(before or {"files": ()}):
            if "partition" in entry and entry["role"] != ROLE:
                self._entries.setdefault(entry["partition"]["year"], []).append(entry)

    def year(self, year: int, recipe: str, held: str) -> Year | None:
        """Give a year of the edition before, where it was made by the same recipe and all of it is still there."""
        told, entries = self._years.get(year), self._entries.get(year, [])
        if told is None or self._past is None or (told["recipe"], told["held"]) != (recipe, held):
            return None
        state = next((entry for entry in entries if entry["role"] == "state"), None)
        if state is None or not all(self._past.holds(entry) for entry in entries):
            return None
        totals = ControlTotals.read(told["controlTotals"])
        return Year(
            year=year,
            files=tuple(carried_file(entry, self._folder) for entry in entries),
            totals=totals,
            digests={
                each["table"]: RowsDigest(rows=each["rows"], total=int(each["total"], 16)) for each in told["digests"]
            },
            state=Lines(partial(self._past.lines, state["path"])),
            recipe=recipe,
            held=held,
            is_carried=True,
        )

    def lookups(self, recipe: str) -> tuple[list[EditionFile], list[Json]] | None:
        """Give the files of all years together, and what is left out of them, where nothing has moved at all."""
        if self._past is None or self._before.get("lookups", {}).get("recipe") != recipe:
            return None
        entries = [each for each in self._before["files"] if each["role"] == "lookup"]
        there = [each for each in entries if "omitted" not in each]
        if not all(self._past.holds(entry) for entry in there):
            return None
        return [carried_file(entry, self._folder) for entry in there], [each for each in entries if "omitted" in each]


def held_of(held: Collection[str], years: Mapping[str, int]) -> dict[int, str]:
    """Give, by year, a digest of the ocids that something newer is held back of."""
    of_year: dict[int, list[str]] = {}
    for ocid in sorted(held):
        if ocid in years:
            of_year.setdefault(years[ocid], []).append(ocid)
    return {year: json.digest(json.encode(ocids)) for year, ocids in of_year.items()}


def recipe(*said: Json) -> str:
    """Give a digest of all that makes a year's files but its records: our code, its libraries, what else is `said`."""
    return json.digest(json.encode([_code(), said]))


@cache
def _code() -> Sequence[str]:
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    ours = digest_of_code(*(Path(str(resources.files(name))) for name in ("ocds_schema", "publish")))
    return [ours, *versions, f"python {sys.version_info[0]}.{sys.version_info[1]}"]


def carried_file(entry: Json, folder: Path) -> EditionFile:
    """Give a file of an earlier edition from its entry; it is not in the folder, unless it is fetched."""
    return EditionFile(
        path=entry["path"],
        form=FORMS[entry["format"]],
        role=entry["role"],
        written=Written(
            path=folder / entry["path"].replace("/", "_"),
            bytes=entry["bytes"],
            sha256=entry["sha256"],
            content_digest=entry["contentDigest"],
            rows=entry["rows"],
        ),
        table=entry.get("table"),
        year=entry["partition"]["year"] if "partition" in entry else None,
        columns=tuple(entry.get("columns", ())),
        sorted_by=tuple(entry.get("sortedBy", ())),
        more={name: value for name, value in entry.items() if name not in _OWN} or None,
    )
