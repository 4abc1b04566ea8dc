"""Published files as readers see them: the text of each, whatever it is packed in."""

import gzip
import io
import sqlite3
import zipfile
from pathlib import PurePosixPath

from pyarrow import parquet

PLAIN = {".atom", ".csv", ".html", ".json", ".jsonld", ".md", ".minisig", ".pub", ".py", ".sig", ".tsv", ".txt", ".xml"}
"""Endings of files that are text as they are; SHA256SUMS has none."""


def readable(key, content):
    """Give the text of a published file.

    Raises:
        AssertionError: nobody has said yet how such a file is looked into.
    """
    ending = PurePosixPath(key).suffix
    if ending == ".gz":
        return readable(key.removesuffix(".gz"), gzip.decompress(content))
    if ending in _PACKED:
        return _PACKED[ending](content)
    assert ending in {*PLAIN, ".jsonl"} or key.endswith("SHA256SUMS"), f"say how to look into {key}"
    return content.decode()


def _zipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode(errors='replace')}" for name in archive.namelist())


def _columns(content):
    table = parquet.read_table(io.BytesIO(content))
    return f"{table.schema.metadata}\n{table.to_pylist()}"


def _database(content):
    database = sqlite3.connect(":memory:")
    database.deserialize(content)
    # Without what the full-text search keeps of them in its own form: it holds nothing but these texts.
    schema = database.execute("SELECT name, sql FROM sqlite_schema").fetchall()
    indexes = tuple(f"{name}_" for name, sql in schema if str(sql).startswith("CREATE VIRTUAL"))
    read = [name for name, sql in schema if str(sql).startswith("CREATE TABLE") and not name.startswith(indexes)]
    rows = [schema, *(database.execute(f'SELECT * FROM "{name}"').fetchall() for name in read)]
    database.close()
    return "\n".join(str(cell) for some in rows for row in some for cell in row)


_PACKED = {".parquet": _columns, ".sqlite": _database, ".xlsx": _zipped, ".zip": _zipped}
