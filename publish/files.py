"""Files of an edition: where each lies in the work folder, what it is called once published, and its manifest entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocds_schema import json
from ocds_schema.json import Json
from publish.formats import Written
from publish.layout import data_path, edition_path, lookup_path

Role = Literal["data", "lookup", "changelog", "delta", "metadata", "state", "figures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A file format: its name, the ending of its files and their media type."""

    name: str
    ending: str
    media_type: str
    compression: str | None = None


LINES = Form(name="jsonl", ending="jsonl.gz", media_type="application/gzip", compression="gzip")
PACKAGE = Form(name="package", ending="json.gz", media_type="application/gzip", compression="gzip")
CSV = Form(name="csv", ending="csv", media_type="text/csv; charset=utf-8")
EXCEL_CSV = Form(name="csv-excel", ending="-excel.csv", media_type="text/csv; charset=utf-8")
XLSX = Form(name="xlsx", ending="xlsx", media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
PARQUET = Form(name="parquet", ending="parquet", media_type="application/vnd.apache.parquet")
BY_SUPPLIER = Form(name="parquet-by-supplier", ending="parquet", media_type=PARQUET.media_type)
SQLITE = Form(name="sqlite", ending="sqlite", media_type="application/vnd.sqlite3")
STATE = Form(name="tsv", ending="tsv.gz", media_type="application/gzip", compression="gzip")
FIGURES = Form(name="figures", ending="zip", media_type="application/zip")
JSON = Form(name="json", ending="json", media_type="application/json")
HTML = Form(name="html", ending="html", media_type="text/html; charset=utf-8")
TEXT = Form(name="text", ending="txt", media_type="text/plain; charset=utf-8")
_BY_ENDING = {each.ending: each.media_type for each in (JSON, CSV)}
FORMS = {each.name: each for each in tuple(vars().values()) if isinstance(each, Form)}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFile:
    """A file to be published: its path relative to `v1/<source>/`, and what was written for it.

    `more` are further members of its entry in the manifest.
    """

    path: str
    form: Form
    role: Role
    written: Written
    table: str | None = None
    year: int | None = None
    columns: tuple[str, ...] = ()
    sorted_by: tuple[str, ...] = ()
    more: Json = None

    def entry(self) -> Json:
        """Give the file's entry in the manifest; members that say nothing are left out."""
        entry = {
            "path": self.path,
            "role": self.role,
            "table": self.table,
            "format": self.form.name,
            "mediaType": self.form.media_type,
            "compression": self.form.compression,
            "bytes": self.written.bytes,
            "sha256": self.written.sha256,
            "contentDigest": self.written.content_digest,
            "rows": self.written.rows,
            "columns": list(self.columns) or None,
            "partition": None if self.year is None else {"year": self.year},
            "sortedBy": list(self.sorted_by) or None,
            **(self.more or {}),
        }
        return {name: value for name, value in entry.items() if value is not None}


def data_file(
    written: Written,
    form: Form,
    table: str,
    year: int,
    *,
    sorted_by: Sequence[str],
    columns: Sequence[str] = (),
    more: Json = None,
) -> EditionFile:
    """Name a finished file of a year's data by its content."""
    return EditionFile(
        path=data_path(table, form.name, year, written.sha256, form.ending),
        form=form,
        role="data",
        written=written,
        table=table,
        year=year,
        columns=tuple(columns),
        sorted_by=tuple(sorted_by),
        more=more,
    )


def lookup_file(
    written: Written, form: Form, table: str, *, columns: Sequence[str] = (), more: Json = None
) -> EditionFile:
    """Name a finished file of all years together by its content."""
    return EditionFile(
        path=lookup_path(table, form.name, written.sha256, form.ending),
        form=form,
        role="lookup",
        written=written,
        table=table,
        columns=tuple(columns),
        more=more,
    )


def edition_file(written: Written, form: Form, edition_id: str, *, role: Role = "metadata") -> EditionFile:
    """Name a finished file of one edition; it keeps the name it has in the work folder."""
    return EditionFile(path=edition_path(edition_id, written.path.name), form=form, role=role, written=written)


def write_whole(path: Path, data: bytes, rows: int = 1) -> Written:
    """Write a small file at once."""
    path.write_bytes(data)
    sha256 = json.digest(data)
    return Written(path=path, bytes=len(data), sha256=sha256, content_digest=sha256, rows=rows)


def media_type_of(path: str) -> str:
    """Give the media type of a file of an extension by the ending of its name."""
    return _BY_ENDING.get(path.rpartition(".")[2], TEXT.media_type)
