"""Arrays made of buffers are those that Arrow makes value by value, and need no pandas."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_schema import json
from ocds_schema.errors import PublishError
from publish import arrays
from publish.arrays import NotQuotedError, are_true, constant, ends, flags, indices, joined, longest, of_texts, parted
from tests.support.hostile import FULL

WRITE = """
import sys
from pathlib import Path
from publish.rows import Process
from publish.year_tables import Said, YearTables
with YearTables(2024, Path(sys.argv[1]), Said(currency="KZT")) as tables:
    tables.add(Process.read(sys.stdin.buffer.read(), first_release=None))
    print(len(tables.finish()), "pandas" in sys.modules)
"""
TEXTS = st.lists(st.none() | st.text(), max_size=9)


def test_texts_that_no_array_can_hold_are_refused(monkeypatch):
    monkeypatch.setattr(arrays, "_MOST_BYTES", 5)

    assert of_texts(["ab", "cde"]).to_pylist() == ["ab", "cde"]
    assert parted(b"ab\x1fc\x1f", 2).to_pylist() == ["ab", "c"]
    with pytest.raises(PublishError, match="6 bytes"):
        of_texts(["ab", "cdef"])
    with pytest.raises(PublishError, match="2 rows"):
        parted(b"ab\x1fcd\x1f", 2)


def test_tables_are_written_without_pandas(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path)],
        input=json.encode(FULL),
        capture_output=True,
        cwd=Path(__file__).parents[3],
        check=True,
        timeout=60,
    )

    assert done.stdout.split() == [b"36", b"False"], done.stderr


@settings(deadline=None)
@given(TEXTS)
def test_texts_are_those_of_arrow(texts):
    found = of_texts(texts)

    found.validate(full=True)
    assert found.equals(pa.array(texts, pa.string()))
    assert longest(found) == max((len(each.encode()) for each in texts if each), default=0)
    assert np.diff(ends(found[1:])).tolist() == [len((each or "").encode()) for each in texts[1:]] if texts else True


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"])), max_size=9), st.booleans()
)
def test_texts_are_parted_as_they_were_joined(texts, is_quoted):
    quote = '"' if is_quoted else ""
    data = "".join(f"{quote}{each}{quote}\x1f" if each else "\x1f" for each in texts).encode()

    assert parted(data, len(texts), is_quoted=is_quoted).to_pylist() == [each or None for each in texts]


def test_a_text_without_quotes_is_told():
    with pytest.raises(NotQuotedError):
        parted(b'"a"\x1fnull\x1f', 2, is_quoted=True)


@settings(deadline=None)
@given(TEXTS)
def test_texts_are_joined_row_by_row(texts):
    array = pa.array(texts, pa.string())

    assert joined("<", array, ">").to_pylist() == [each if each is None else f"<{each}>" for each in texts]
    assert joined(array, array, between="-", nothing="?").to_pylist() == [
        "-".join(["?" if each is None else each] * 2) for each in texts
    ]


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=20))
def test_flags_and_places_are_those_of_arrow(found):
    assert flags(np.array(found, bool)).equals(pa.array(found, pa.bool_()))
    assert are_true(pa.array([*found, None], pa.bool_())).tolist() == [*found, False]
    assert indices(np.flatnonzero(found)).to_pylist() == [place for place, each in enumerate(found) if each]


@pytest.mark.parametrize("value", ["", "ж\x1f", 0, 2**40, None])
def test_constants_are_those_of_arrow(value):
    assert constant(value).equals(pa.scalar(value, pa.string() if not isinstance(value, int) else pa.int64()))
