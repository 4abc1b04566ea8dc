"""Gates: what is judged of a built edition before any of it is put on the storage, and how the verdict is published.

A verdict is plain JSON, the content of `gates.json`. Its `gates` are in the order in which they are shown, each with
`name`, `outcome`, `checks` and words for people; a gate's outcome is `pass`, `warn`, `fail`, `overridden` or
`not_applicable`. `figures` are what the next edition is compared with. Nothing in it depends on the clock.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.source import Source
from publish.figures import Keeping, Kept
from publish.files import EditionFile
from publish.gates_page import gates_page, maker
from publish.layout import IMMUTABLE, failed_path, source_key
from publish.manifest import COUNTED
from publish.stamp import stamped
from publish.storage import Storage

MACHINE, PAGE = "gates.json", "gates.html"
OUTCOMES = ("pass", "warn", "fail", "overridden", "not_applicable")
FIRM = {
    "persons": "a number of a person that was published cannot be called back",
    "parity": "files that contradict one another are wrong, whatever the data says",
    "balance": "whoever follows the changes would hold another state than the one published",
}
"""Gates that nobody may override, each with the reason."""
_MOST_LINES = 12
"""So many broken checks of a gate are told on the screen; all of them are kept on the storage."""
_MOST_LISTED = 3
"""So many of them are in the list of editions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An edition as gates see it: its files in `folder`, and the members that its manifest has so far.

    `before` is the manifest of the edition before, and `earlier` its verdict; nothing where there is none. `known` are
    the hashes of that edition's files by path.

    A file that the edition before has too may not be there: `fetch` brings it. `keeping` are the figures of years that
    were kept with the edition before; those to be published with this one are appended to `kept`. `settled` is of how
    many of the first years the rows in the database were compared for an edition before, and stand there since.
    """

    source: Source
    edition_id: str
    facts: Json
    folder: Path
    files: tuple[EditionFile, ...]
    body: Json
    before: Json | None
    earlier: Json | None
    known: Mapping[str, str]
    keeping: Keeping
    fetch: Callable[[EditionFile], EditionFile]
    settled: int = 0
    kept: list[Kept] = field(default_factory=list)


Judge = Callable[[Built], Json]
"""Gives the verdict on what was built."""


def gate_files(verdict: Json) -> dict[str, bytes]:
    """Give the files that a verdict is published as, by name."""
    return {MACHINE: json.encode_pretty(verdict), PAGE: gates_page(verdict).encode()}


def is_of_verdict(page: bytes, verdict: Json) -> bool:
    """Tell whether a page says what its verdict does; one made by other code than today's cannot be made again."""
    return maker().encode() not in page or page == gates_page(verdict).encode()


def gates_group(verdict: Json) -> Json:
    """Give what a manifest says of a verdict: how many gates have which outcome, and who overrode which and why."""
    counts = Counter(gate["outcome"] for gate in verdict["gates"])
    return {
        "outcome": verdict["outcome"],
        **{outcome: counts[outcome] for outcome in OUTCOMES},
        "overridden": verdict["overrides"],
        "count": len(verdict["gates"]),
    }


def broken(verdict: Json) -> list[Json]:
    """Give the gates that hold an edition back."""
    return [gate for gate in verdict["gates"] if gate["outcome"] == "fail"]


def broken_text(verdict: Json) -> str:
    """Say on one screen what broke, with the figures, and what a person may do."""
    gates = broken(verdict)
    head = f"{verdict['dataset']}: edition {verdict['editionId']} was stopped by {len(gates)} of "
    lines = [f"{head}{len(verdict['gates'])} gates; nothing was published, and the edition before stands"]
    for gate in gates:
        lines += ["", f"{gate['name']}: {gate['rule']['en']}"]
        failed = [check for check in gate["checks"] if check["outcome"] == "fail"]
        lines += [f"  {check_text(check)}" for check in failed[:_MOST_LINES]]
        lines += [f"  and {len(failed) - _MOST_LINES:,} more"] if len(failed) > _MOST_LINES else []
    return "\n".join([*lines, "", *_options(verdict["dataset"], [gate["name"] for gate in gates])])


def _options(source: str, names: Sequence[str]) -> list[str]:
    """Say what a person may do about broken gates."""
    firm = [f"{name} cannot be overridden: {FIRM[name]}" for name in names if name in FIRM]
    if firm:
        return ["Find out why, mend it and run again.", *firm]
    options = " ".join(f"--override {name}" for name in names)
    return [
        "Find out why, mend it and run again. Where the data is right all the same, say so; it will be published:",
        f"  ocds-pipeline publish {source} {options} --by NAME --reason TEXT",
    ]


def check_text(check: Json) -> str:
    """Say in a line what one check found."""
    before = "" if check["previous"] is None else f"; the edition before: {check['previous']}"
    return f"{check['what']}: expected {check['expected']}, found {check['found']}{before}"


def record_failure(storage: Storage, source: str, verdict: Json) -> str:
    """Keep on the storage that an edition was stopped, and give the key.

    What is there stays: the same failure again writes nothing, another one of the same edition id has a number.
    """
    failure = stamped({"status": "failed", "broken": [gate["name"] for gate in broken(verdict)], **verdict})
    number = 1
    while True:
        key = source_key(source, failed_path(verdict["editionId"], number))
        kept = {"content_type": "application/json", "cache_control": IMMUTABLE}
        if storage.put_new(key, failure, **kept) or storage.read(key) == failure:
            return key
        number += 1


def failure_facts(path: str, failure: bytes) -> Json:
    """Give what the list of editions says of one that was stopped, from the record of it at a path."""
    verdict = json.decode(failure)
    gates = [
        {
            "gate": gate["name"],
            "rule": gate["rule"]["en"],
            "checks": [check_text(check) for check in gate["checks"] if check["outcome"] == "fail"][:_MOST_LISTED],
        }
        for gate in broken(verdict)
    ]
    told = {name: verdict[name] for name in ("editionId", "status", "asOf")}
    return {**told, "broken": gates, "path": path, "bytes": len(failure), "sha256": json.digest(failure)}


def contradictions(verdict: Json, manifest: Json) -> Sequence[tuple[str, Json, Json]]:
    """Give what a published verdict and its manifest do not agree on: of what, as expected, as found."""
    records = manifest["counts"]["records"]
    overridden = sorted(gate["name"] for gate in verdict["gates"] if gate["outcome"] == "overridden")
    signed = sorted(each["gate"] for each in verdict["overrides"] if each["by"] and each["reason"])
    pairs: Sequence[tuple[str, Json, Json]] = (
        ("the manifest's group of gates", manifest["gates"], gates_group(verdict)),
        ("gates that were broken and not overridden", [], [gate["name"] for gate in broken(verdict)]),
        ("overridden gates, each with name and reason", overridden, signed),
        ("editionId", manifest["editionId"], verdict["editionId"]),
        ("records", records, verdict["figures"]["records"]),
        ("rows by table and year", _rows(manifest), verdict["figures"]["rows"]),
    )
    return [pair for pair in pairs if pair[1] != pair[2]]


def rows_by_year(entries: Sequence[Json]) -> Json:
    """Count the rows of the data files by table and year, from their entries in a manifest."""
    rows: dict[str, dict[str, int]] = {}
    for entry in entries:
        if entry["role"] == "data" and "omitted" not in entry and entry["format"] in COUNTED:
            years = rows.setdefault(entry["table"], {})
            year = str(entry["partition"]["year"])
            years[year] = years.get(year, 0) + entry["rows"]
    return rows


def _rows(manifest: Json) -> Json:
    return rows_by_year(manifest["files"])
