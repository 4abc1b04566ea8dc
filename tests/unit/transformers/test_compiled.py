import pickle
from decimal import Decimal

import pytest

from ocds_schema.errors import ConfigurationError, MergeError
from transformers.compiled import Merger

MERGER = Merger(("lots",))


def release(day, **members):
    return {"ocid": "ocds-xxxxxx-1", "id": f"r{day}", "date": f"2024-01-0{day}T00:00:00Z", "tag": ["tender"], **members}


def test_a_compiled_release_has_an_identity_of_its_own():
    assert MERGER.compile([release(2), release(1)]) == {
        "ocid": "ocds-xxxxxx-1",
        "id": "ocds-xxxxxx-1-2024-01-02T00:00:00Z",
        "date": "2024-01-02T00:00:00Z",
        "tag": ["compiled"],
    }


def test_later_values_replace_earlier_ones_and_null_deletes():
    first = release(1, language="ru", tender={"id": 1, "title": "a", "description": "b"})
    second = release(2, tender={"id": 1, "title": "c", "description": None})

    assert MERGER.compile([second, first])["tender"] == {"id": 1, "title": "c"}


def test_members_of_a_list_are_told_apart_by_their_ids_and_keep_their_order():
    first = release(1, tender={"lots": [{"id": "1", "title": "a"}, {"id": "2", "title": "b"}]})
    second = release(2, tender={"lots": [{"id": "3", "title": "d"}, {"id": "1", "title": "c"}]})

    assert MERGER.compile([first, second])["tender"]["lots"] == [
        {"id": "1", "title": "c"},
        {"id": "2", "title": "b"},
        {"id": "3", "title": "d"},
    ]


def test_a_member_is_emptied_by_nulls_but_its_id_stays():
    first = release(1, tender={"lots": [{"id": "1", "title": "a", "value": {"amount": 1}}]})
    second = release(2, tender={"lots": [{"id": "1", "title": None, "value": {"amount": None}}]})

    assert MERGER.compile([first, second])["tender"]["lots"] == [{"id": "1", "value": {}}]


def test_lists_of_texts_and_classifications_are_replaced_as_a_whole():
    one, two = {"scheme": "CPV", "id": "1"}, {"scheme": "HS", "id": None}
    first = release(
        1, tender={"items": [{"id": 1, "additionalClassifications": [one]}], "submissionMethod": ["a", "b"]}
    )
    second = release(2, tender={"items": [{"id": 1, "additionalClassifications": [two]}], "submissionMethod": ["c"]})

    tender = MERGER.compile([first, second])["tender"]

    assert tender == {"items": [{"id": 1, "additionalClassifications": [two]}], "submissionMethod": ["c"]}


def test_amounts_keep_every_digit():
    amount = Decimal("123456789012345678.910")

    compiled = MERGER.compile([release(1, tender={"value": {"amount": amount}})])

    assert str(compiled["tender"]["value"]["amount"]) == "123456789012345678.910"


def test_releases_that_cannot_be_merged_are_named_so():
    first, second = release(1, tender={"title": "a"}), release(2, tender={"title": {"ru": "a"}})

    with pytest.raises(MergeError, match="title"):
        MERGER.compile([first, second])
    with pytest.raises(MergeError, match="title"):
        MERGER.extend(MERGER.compile([first]), second)


def test_several_releases_need_dates():
    undated = {"ocid": "ocds-xxxxxx-1"}

    with pytest.raises(MergeError, match="no date"):
        MERGER.compile([undated, release(1)])
    with pytest.raises(MergeError, match="no date"):
        MERGER.extend(MERGER.compile([release(1)]), undated)


def test_an_older_release_does_not_extend():
    with pytest.raises(MergeError, match="older"):
        MERGER.extend(MERGER.compile([release(2)]), release(1))


def test_a_release_of_the_same_date_extends():
    compiled = MERGER.extend(MERGER.compile([release(1, language="ru")]), release(1, language="kk"))

    assert compiled["language"] == "kk"


def test_extending_nothing_is_compiling_one():
    assert MERGER.extend(None, release(1)) == MERGER.compile([release(1)])


def test_nothing_compiles_to_nothing():
    assert MERGER.compile([]) == {"tag": ["compiled"]}


def test_a_merger_can_be_sent_to_another_process():
    copy = pickle.loads(pickle.dumps(MERGER))

    assert copy.compile([release(1)]) == MERGER.compile([release(1)])


def test_an_unknown_extension_is_named():
    with pytest.raises(ConfigurationError, match="nowhere"):
        Merger(["nowhere"])
