"""JSON that is not quite JSON."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocds_schema.json import decode, encode
from ocds_schema.tolerant import CONTROL, NO_CHARACTER, NO_NUMBER, NO_UTF8, CutShortError, decode_tolerantly

WHOLE = b'{"items": [{"id": 1, "sum": -1.5e2, "name": "\\u0410 \\\\ x", "open": true, "end": null}], "total": NaN}'


@pytest.mark.parametrize(
    ("body", "value", "mended"),
    [
        (b"[NaN, Infinity, -Infinity]", ["NaN", "Infinity", "-Infinity"], {NO_NUMBER: 3}),
        (b"[1e99999999999999999999]", ["1e99999999999999999999"], {NO_NUMBER: 1}),
        (b"[" + b"9" * 5000 + b"]", ["9" * 5000], {NO_NUMBER: 1}),
        (b'["\\ud800 x", "\\ud83d\\ude00"]', ["\ufffd x", "\U0001f600"], {NO_CHARACTER: 1}),
        (b'{"\\udc00": 1}', {"\ufffd": 1}, {NO_CHARACTER: 1}),
        (b'["\xff\xfe", "\xef\xbf\xbd"]', ["\ufffd\ufffd", "\ufffd"], {NO_UTF8: 2}),
        (b'["a\tb", NaN]', ["a\tb", "NaN"], {CONTROL: 1, NO_NUMBER: 1}),
        (b'\xef\xbb\xbf{"sum": NaN}', {"sum": "NaN"}, {NO_NUMBER: 1}),
        (b"[123456789012345678.91, NaN]", [Decimal("123456789012345678.91"), "NaN"], {NO_NUMBER: 1}),
    ],
)
def test_what_still_tells_its_value_is_mended_and_counted(body, value, mended):
    assert decode_tolerantly(body) == (value, mended)
    assert decode(encode(value)) == value


@pytest.mark.parametrize("end", range(len(WHOLE)))
def test_a_text_that_ends_early_is_told_from_one_that_is_wrong(end):
    with pytest.raises(CutShortError):
        decode_tolerantly(WHOLE[:end])


@pytest.mark.parametrize(
    "body", [b'{"a": 1} x', b"[1 2]", b'{"a": 1,}', b"<html></html>", b"[1]]", b"{a: 1}", b"OK", b'"no']
)
def test_a_text_that_is_wrong_is_not_taken_for_one_that_ends_early(body):
    with pytest.raises(ValueError) as wrong:  # noqa: PT011
        decode_tolerantly(body)

    assert not isinstance(wrong.value, CutShortError)


def test_nesting_without_end_is_refused():
    with pytest.raises(RecursionError):
        decode_tolerantly(b"[" * 100_000)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    )
)
def test_plain_json_is_read_as_it_is_and_nothing_counted(value):
    assert decode_tolerantly(json.dumps(value).encode()) == (value, {})
