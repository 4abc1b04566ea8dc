"""Where values stand in the bytes of answers."""

import pytest

from ocds_pipeline.explain.spans import find_in_json, find_in_page, json_span, shown_label
from ocds_schema import json

ONE, OTHER = b'{"id":1,"name":"a \\"b\\" ] }"}', b'{"id":2,"deep":{"sum":10.50,"list":[1,[2]]}}'
ANSWER = b' {"total" : 2, "items":[' + ONE + b", " + OTHER + b'],"end":null}'


@pytest.mark.parametrize(
    ("steps", "bytes_"),
    [
        (("total",), b"2"),
        (("items", "0", "name"), b'"a \\"b\\" ] }"'),
        (("items", "1", "deep", "sum"), b"10.50"),
        (("items", "1", "deep", "list", "1"), b"[2]"),
        (("items", "1", "deep"), b'{"sum":10.50,"list":[1,[2]]}'),
        (("end",), b"null"),
    ],
)
def test_a_value_is_found_byte_for_byte(steps, bytes_):
    span = json_span(ANSWER, steps)

    assert span is not None
    assert ANSWER[span[0] : span[1]] == bytes_


@pytest.mark.parametrize(("steps", "bytes_"), [(("a",), b'{"b":3,"b":[4]}'), (("a", "b"), b"[4]"), (("a", "c"), None)])
def test_of_a_name_that_comes_twice_the_value_that_is_decoded_is_found(steps, bytes_):
    data = b'{"a":{"b":1,"c":2},"a":{"b":3,"b":[4]},"z":{"a":5}}'
    span = json_span(data, steps)

    assert (span and data[span[0] : span[1]]) == bytes_


@pytest.mark.parametrize("steps", [("nothing",), ("items", "5"), ("items", "x"), ("total", "0")])
def test_what_is_not_there_is_not_found(steps):
    assert json_span(ANSWER, steps) is None


def test_a_field_is_found_in_the_answer_by_its_document_then_by_its_part_then_by_name_and_value():
    answer = json.decode(ANSWER)
    document = answer["items"][1]

    assert find_in_json(answer, document, ("deep", "sum")) == ("items", "1", "deep", "sum")
    assert find_in_json(answer, {"more": 1, "deep": document["deep"]}, ("deep", "sum")) == ("items", "1", "deep", "sum")
    assert find_in_json(answer, {"more": 1, "name": 'a "b" ] }'}, ("name",)) == ("items", "0", "name")
    assert find_in_json(answer, {"other": 2}, ("other",)) is None


PAGE = '<th>Сумма,&nbsp;сом</th><td> 1\u00ad 200 </td><a href="/view?id=77">№ 5</a><![CDATA[<b>x &amp; y</b>]]>'


@pytest.mark.parametrize(
    ("raw", "shown"), [("1 200", " 1\u00ad 200 "), ("77", "/view?id=77"), ("№ 5", "№ 5"), ("x & y", "x &amp; y")]
)
def test_a_page_s_value_is_found_however_it_is_set(raw, shown):
    span = find_in_page(PAGE, raw)

    assert span is not None
    assert PAGE[span[0] : span[1]] == shown


@pytest.mark.parametrize("raw", ["7", "20", "/view?id=7"])
def test_a_number_is_not_found_within_a_longer_one(raw):
    assert find_in_page(PAGE, raw) is None


def test_of_several_places_the_one_beside_the_other_values_is_meant():
    rows = "".join(f"<tr><td>{name}</td><td>5</td></tr>" for name in ("first", "second", "third"))
    span = find_in_page(rows, "5", ["second"])

    assert span is not None
    assert rows.index("second") < span[0] < rows.index("third")


def test_a_page_shows_a_label_or_does_not():
    assert shown_label(PAGE, ["Цена", "сумма, сом"]) == "сумма, сом"
    assert shown_label(PAGE, ["Цена"]) == ""
