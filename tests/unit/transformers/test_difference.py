from typing import Any

import pytest

from ocds_schema.deletions import is_bare
from tests.support.kazakh_bundles import CONTEXT
from transformers.difference import same_state, with_deletions

EXTENSIONS = CONTEXT.source.extensions
HEAD = {"ocid": "o", "id": "i", "date": "d", "tag": ["compiled"], "initiationType": "tender"}


def deletions(state: Any, before: Any) -> Any:
    return with_deletions(state, HEAD | before, EXTENSIONS)


def test_what_is_still_there_is_told_as_it_is() -> None:
    state = {"tender": {"id": "1", "title": "а"}}

    assert deletions(state, state) == state


def test_a_text_is_deleted_by_null_also_in_another_language() -> None:
    before = {"tender": {"id": "1", "title": "а", "title_kk": "б"}}

    assert deletions({"tender": {"id": "1"}}, before) == {"tender": {"id": "1", "title": None, "title_kk": None}}


def test_an_object_is_deleted_field_by_field() -> None:
    before = {"tender": {"id": "1", "value": {"amount": 5, "currency": "KZT"}}}

    assert deletions({"tender": {"id": "1"}}, before)["tender"]["value"] == {"amount": None, "currency": None}


def test_a_member_keeps_its_id_and_what_else_it_must_have() -> None:
    before = {"contracts": [{"id": "1", "awardID": "a", "title": "т", "items": [{"id": "5", "quantity": 2}]}]}

    assert deletions({}, before) == {
        "contracts": [{"id": "1", "awardID": "a", "title": None, "items": [{"id": "5", "quantity": None}]}]
    }


def test_a_member_that_is_bare_already_is_not_told_again() -> None:
    before = {"awards": [{"id": "1"}, {"id": "2", "items": []}], "tender": {"id": "1", "value": {}}}

    assert deletions({}, before) == {}


def test_lists_of_plain_values_are_nulled_or_emptied() -> None:
    before = {
        "tender": {
            "id": "1",
            "additionalProcurementCategories": ["goods"],
            "items": [{"id": "1", "additionalClassifications": [{"scheme": "KZ-KPVED", "id": "1"}]}],
        }
    }
    state = {"tender": {"id": "1", "items": [{"id": "1"}]}}

    told = deletions(state, before)["tender"]

    assert told["additionalProcurementCategories"] is None
    assert told["items"] == [{"id": "1", "additionalClassifications": []}]


@pytest.mark.parametrize(
    "value", [None, [], {}, {"id": "1"}, [{"id": "1", "awardID": "2"}], {"a": {"id": 1, "b": None}}]
)
def test_ids_and_empty_lists_are_bare(value: Any) -> None:
    assert is_bare(value)


@pytest.mark.parametrize("value", ["", 0, False, ["a"], {"id": "1", "title": ""}])
def test_anything_else_is_not(value: Any) -> None:
    assert not is_bare(value)


@pytest.mark.parametrize(
    ("compiled", "state", "same"),
    [
        ({"tender": {"id": "1"}}, {}, True),
        ({"tender": {"id": "1", "title": "а"}}, {}, False),
        ({"awards": [{"id": "1"}, {"id": "2", "date": "d"}]}, {"awards": [{"id": "2", "date": "d"}]}, True),
        ({"awards": [{"id": "2", "date": "d"}]}, {"awards": [{"id": "1"}, {"id": "2", "date": "d"}]}, False),
        ({"awards": [{"id": "2", "date": "e"}]}, {"awards": [{"id": "2", "date": "d"}]}, False),
        ({"parties": [{"id": "1", "roles": ["buyer"]}]}, {"parties": [{"id": "1", "roles": ["payer"]}]}, False),
        ({"awards": [{"id": "1"}, {"id": "2"}]}, {"awards": [{"id": "2"}, {"id": "1"}]}, True),
    ],
)
def test_a_compiled_release_holds_a_state_where_nothing_but_bare_rests_is_beside_it(
    compiled: Any, state: Any, same: bool
) -> None:
    assert same_state(HEAD | compiled, state) is same
