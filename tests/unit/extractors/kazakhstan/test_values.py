from decimal import Decimal

import pytest

from extractors.kazakhstan.values import first, members, objects, whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, "5"), ("5", "5"), (" 05 ", "5"), (Decimal("5.0"), "5"), (Decimal("5E+2"), "500"),
        (0, None), ("0", None), (-5, None), ("", None), (None, None), (True, None), ("5a", None), ("٣", None),
        (Decimal("5.5"), None), (Decimal("NaN"), None), (Decimal("Infinity"), None), (Decimal("1E+999999"), None),
        ([5], None), ({}, None), ("9" * 5000, None), (10**40, None),
    ],
)  # fmt: skip
def test_an_id_is_a_positive_whole_number_however_it_came(value, expected):
    assert whole(value) == expected


def test_a_list_comes_as_a_list_as_nothing_or_as_an_object_with_numbers_for_names():
    assert objects([1, 2]) == [1, 2]
    assert objects(None) == []
    assert objects({"0": "a", "2": "b"}) == ["a", "b"]
    with pytest.raises(TypeError, match="a list is due where str came"):
        objects("a")
    assert members({"name": "a"}) == []


def test_the_first_member_that_is_there_counts():
    assert first({"a": None, "b": 0, "c": 1}, "a", "b", "c") == 0
    assert first({}, "a") is None
