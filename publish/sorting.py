"""Tables as Parquet, sorted by a column, whatever their size: rows are staged, shared among ranges, and sorted there.

A sorted file is what makes a look-up over the network cheap: of all rows of a buyer a reader fetches one or two groups.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc, parquet

from publish.arrays import indices
from publish.columnar import typed, typed_schema
from publish.formats import OpenFile, Written
from publish.sinks import Sink
from publish.tables import Column

GROUP_ROWS = 20_000
"""Rows of a group: small enough that a look-up reads little, large enough that the footer stays small."""
RANGE_ROWS = 200_000
"""Rows that are sorted at once; the memory goes by it."""
_LEVEL = 3


class Staged:
    """A table's typed rows on disk, to be sorted by one column or another."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        """Begin."""
        self._path = path
        self._columns = columns
        self.rows = 0
        options = ipc.IpcWriteOptions(compression="lz4")
        self._writer = ipc.new_file(str(path), typed_schema(columns), options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""
        self._writer.write_batch(typed(batch, self._columns))
        self.rows += len(batch)

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def remove(self) -> None:
        """Remove the file."""
        self._path.unlink()

    def write_parquet(self, path: Path, by: str, content_digest: str, *, range_rows: int = RANGE_ROWS) -> Written:
        """Write a Parquet file sorted by a column; rows that are equal in it stay in their order."""
        with OpenFile(path) as file:
            with parquet.ParquetWriter(
                pa.PythonFile(Sink(file), "w"),
                typed_schema(self._columns),
                compression="zstd",
                compression_level=_LEVEL,
                store_schema=False,
                sorting_columns=[parquet.SortingColumn(typed_schema(self._columns).get_field_index(by))],
            ) as writer:
                for table in self._in_groups(self._sorted(by, range_rows)):
                    writer.write_table(table, row_group_size=GROUP_ROWS)
            file.rows = self.rows
            return file.written(content_digest)

    def _in_groups(self, parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Cut parts so that all but the last are whole groups."""
        rest = pa.Table.from_batches([], typed_schema(self._columns))
        for part in parts:
            rest = pa.concat_tables([rest, part])
            whole = len(rest) - len(rest) % GROUP_ROWS
            if whole:
                yield rest.slice(0, whole)
                rest = rest.slice(whole)
        if len(rest):
            yield rest

    def _sorted(self, by: str, range_rows: int) -> Iterator[pa.Table]:
        if self.rows <= range_rows:
            yield _in_order(pa.Table.from_batches(self._batches(self._path), typed_schema(self._columns)), by)
            return
        for path, rows in self._shared(by, ranges(self._counts(by), range_rows)):
            batches = self._batches(path)
            if rows > range_rows:  # all of one value, or of none: they are in order
                yield from (pa.Table.from_batches([batch]) for batch in batches)
            else:
                yield _in_order(pa.Table.from_batches(batches, typed_schema(self._columns)), by)
            path.unlink()

    def _counts(self, by: str) -> Counter[str | None]:
        """Count the rows of each value of a column."""
        counts: Counter[str | None] = Counter()
        for batch in self._batches(self._path):
            found = pc.value_counts(batch.column(by))
            for value, count in zip(found.field(0).to_pylist(), found.field(1).to_pylist(), strict=True):
                counts[value] += count
        return counts

    def _shared(self, by: str, bounds: Sequence[bytes]) -> list[tuple[Path, int]]:
        """Share the rows among files, one for each range of values and one for rows without a value."""
        options = ipc.IpcWriteOptions(compression="lz4")
        shared: list[list[Any]] = [
            [self._path.with_name(f"{self._path.name}-{place}"), 0] for place in range(len(bounds) + 1)
        ]
        writers = [ipc.new_file(str(path), typed_schema(self._columns), options=options) for path, _ in shared]
        for batch in self._batches(self._path):
            places = _places(batch.column(by), bounds)
            for place in np.unique(places):
                rows = np.flatnonzero(places == place)
                writers[place].write_batch(batch.take(indices(rows)))
                shared[place][1] += len(rows)
        for writer in writers:
            writer.close()
        return [(each[0], each[1]) for each in shared]

    @staticmethod
    def _batches(path: Path) -> Iterator[pa.RecordBatch]:
        with pa.memory_map(str(path)) as source:
            reader = ipc.open_file(source)
            for place in range(reader.num_record_batches):
                yield reader.get_batch(place)


def _places(values: pa.Array, bounds: Sequence[bytes]) -> Any:
    """Give the range that each value falls into."""
    encoded = values.dictionary_encode()
    known = np.array([each.encode() for each in encoded.dictionary.to_pylist()], dtype=object)
    places = np.append(np.searchsorted(np.array(bounds[1:], dtype=object), known, side="right"), len(bounds))
    return places[pc.fill_null(encoded.indices, len(known)).to_numpy(zero_copy_only=False)]


def ranges(counts: Counter[str | None], most: int) -> list[bytes]:
    """Give where ranges of values begin, as UTF-8, so that none has more rows than wanted, but for a single value.

    Rows without a value have a range of their own, after these.
    """
    found: list[bytes] = []
    rows = 0
    for value, count in sorted((value.encode(), count) for value, count in counts.items() if value is not None):
        if not found or rows + count > most:
            found.append(value)
            rows = 0
        rows += count
    return found


def _in_order(table: pa.Table, by: str) -> pa.Table:
    return table.take(pc.sort_indices(table, sort_keys=[(by, "ascending", "at_end")]))
