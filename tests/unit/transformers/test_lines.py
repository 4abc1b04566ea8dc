import gc
import io
import random

import pytest

from benchmarks.releases import EXTENSIONS, releases
from ocds_schema import json
from ocds_schema.errors import MergeError
from transformers.compiled import Merger
from transformers.lines import compile_lines

MERGER = Merger(EXTENSIONS)


def lines(processes):
    """Lines of releases, mixed."""
    made = [json.encode(release) for release in releases(processes, seed=5)]
    random.Random(5).shuffle(made)
    return b"\n".join(made)


def compiled_lines(source, **options):
    sink = io.BytesIO()
    count = compile_lines(io.BytesIO(source), sink, MERGER, **options)
    return count, sink.getvalue()


def test_each_ocid_becomes_a_line_in_the_order_of_ocids():
    source = lines(60)
    groups = {}
    for line in source.splitlines():
        release = json.decode(line)
        groups.setdefault(release["ocid"], []).append(release)

    count, result = compiled_lines(source)

    assert count == 60
    assert [json.decode(line) for line in result.splitlines()] == [
        MERGER.compile(groups[ocid]) for ocid in sorted(groups)
    ]


@pytest.mark.parametrize("most_bytes", [0, 1, 20_000])
def test_input_too_large_for_memory_gives_the_same_bytes(most_bytes):
    source = lines(60)

    assert compiled_lines(source, most_bytes=most_bytes) == compiled_lines(source)


def test_empty_lines_are_passed_over():
    assert compiled_lines(b"\n \n" + lines(2) + b"\n\n")[0] == 2
    assert compiled_lines(b"") == (0, b"")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{}", "line 2 is not a release"),
        (b"[1]", "line 2 is not a release"),
        (b'{"ocid": 5}', "its ocid is not a text"),
        (b'{"ocid": "a"', "line 2 is not a release"),
        (
            b'{"ocid":"a","date":"2024","tender":{"title":"a"}}\n{"ocid":"a","date":"2025","tender":{"title":{"x":1}}}',
            "a: ",
        ),
    ],
)
def test_a_line_that_is_no_release_is_named(line, message):
    with pytest.raises(MergeError, match=message):
        compiled_lines(b"\n" + line)


def test_the_collector_is_left_as_it_was():
    was_enabled = gc.isenabled()

    compiled_lines(lines(1))

    assert gc.isenabled() is was_enabled
