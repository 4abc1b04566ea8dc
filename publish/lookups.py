"""Files of all years together: every organization in one table, and all tables in one SQLite file.

They are made from the years' plain CSV files, and are new wherever anything in any year is; a year itself stays as it
is. So an unchanged source uploads none of them, and a changed one these and its changed years.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from ocds_schema.json import Json, digest
from publish.cells import RowsDigest
from publish.entities import ENTITIES
from publish.files import PARQUET, SQLITE, EditionFile, lookup_file
from publish.findings import Findings
from publish.reading import compare_database, compare_table, read_csv
from publish.sorting import Staged
from publish.sqlite import Kept, why_not, write_sqlite

DATABASE = "database"
Years = Mapping[str, Sequence[Callable[[], BinaryIO]]]
"""The plain CSV files of each table, by year."""


def write_lookups(
    folder: Path,
    years: Years,
    digests: Mapping[str, RowsDigest],
    *,
    about: Mapping[str, str],
    left_out: Mapping[str, str],
    kept: Kept | None = None,
) -> tuple[list[EditionFile], list[Json]]:
    """Write the files, and give them and what is left out, with its reason; `digests` are those of all years.

    `kept` is where a half made database is kept for the next edition.
    """
    files = [] if PARQUET.name in left_out else [_entities(folder, years, digests[ENTITIES.name])]
    rows = sum(each.rows for each in digests.values())
    reason = left_out.get(SQLITE.name) or why_not(rows)
    if reason is not None:
        return files, [{"format": "sqlite", "role": "lookup", "omitted": {"reason": reason}}]
    tables = [{"name": name, "rows": each.rows, "contentDigest": each.hexdigest()} for name, each in digests.items()]
    written = write_sqlite(
        folder / "database.sqlite", years, about=about, rows=rows, content_digest=database_digest(digests), kept=kept
    )
    return [*files, lookup_file(written, SQLITE, DATABASE, more={"tables": tables})], []


def database_digest(digests: Mapping[str, RowsDigest]) -> str:
    """Give the digest of all tables together."""
    return digest("".join(f"{name}\t{each.hexdigest()}\n" for name, each in digests.items()).encode())


def compare_lookup(
    entry: Json,
    opened: Callable[[], BinaryIO],
    digests: Mapping[str, RowsDigest],
    *,
    key: str,
    findings: Findings,
    settled: Mapping[str, RowsDigest] = MappingProxyType({}),
) -> None:
    """Note where a file of all years together, given by its entry in the manifest, has other rows than the years.

    `settled` are the digests of those of the first years whose rows stand in the database as they did before, and are
    not read again.
    """
    if entry["format"] == SQLITE.name:
        findings.compare(key, "contentDigest", entry["contentDigest"], database_digest(digests))
        rest = {name: each.less(settled.get(name, RowsDigest())) for name, each in digests.items()}
        after = {name: each.rows for name, each in settled.items()}
        compare_database(opened, rest, key=key, findings=findings, after=after)
    elif entry["table"] == ENTITIES.name:
        compare_table(ENTITIES, entry["format"], opened, digests[ENTITIES.name], key=key, findings=findings)


def _entities(folder: Path, years: Years, rows: RowsDigest) -> EditionFile:
    staged = Staged(folder / "entities.staged", ENTITIES.columns)
    for opened in years.get(ENTITIES.name, ()):
        for batch in read_csv(ENTITIES, opened):
            staged.write(batch)
    staged.close()
    written = staged.write_parquet(folder / "entities-all.parquet", ENTITIES.buyer, rows.hexdigest())
    staged.remove()
    return lookup_file(written, PARQUET, ENTITIES.name, columns=ENTITIES.header)
