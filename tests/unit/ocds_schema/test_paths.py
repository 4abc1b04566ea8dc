"""Paths: how values are named, and how people ask for them."""

import pytest

from ocds_schema.paths import below, general, leaves, written

RELEASE = {
    "tender": {"title": "t", "items": [], "lots": [{"id": "1/a", "value": {"amount": 1}}, {"id": "0"}]},
    "contracts": [{"id": "25700446", "value": {"amount": 5, "currency": None}, "relatedLots": ["1", "2"]}],
    "awards": [{"id": "1"}, {"id": "1", "title": "twice"}],
}
AMOUNT = ("contracts", "[id=25700446]", "value", "amount")


def test_every_single_value_has_one_path_and_empty_ones_have_none():
    assert [written(steps) for steps in leaves(RELEASE)] == [
        "tender/title",
        "tender/lots[id=1~1a]/id",
        "tender/lots[id=1~1a]/value/amount",
        "tender/lots[id=0]/id",
        "contracts[id=25700446]/id",
        "contracts[id=25700446]/value/amount",
        "contracts[id=25700446]/relatedLots",
        "awards[0]/id",
        "awards[1]/id",
        "awards[1]/title",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "contracts[id=25700446]/value/amount",
        "contracts[25700446]/value/amount",
        "contracts/25700446/value/amount",
        "/contracts[id=25700446]/value/amount",
        "contracts/0/value/amount",
        "contracts/0/value",
    ],
)
def test_a_value_is_found_however_it_is_asked_for(asked):
    assert below(leaves(RELEASE), asked) == [AMOUNT]


def test_an_id_comes_before_a_place():
    assert below(leaves(RELEASE), "tender/lots/0") == [("tender", "lots", "[id=0]", "id")]


def test_an_id_with_a_slash_can_be_asked_for_either_way():
    wanted = [("tender", "lots", "[id=1/a]", "value", "amount")]

    assert below(leaves(RELEASE), "tender/lots[id=1~1a]/value") == wanted
    assert below(leaves(RELEASE), "tender/lots[id=1/a]/value") == wanted


def test_an_empty_path_means_everything_and_an_unknown_one_nothing():
    assert below(leaves(RELEASE), "") == list(leaves(RELEASE))
    assert below(leaves(RELEASE), "tender/nothing") == []


def test_a_general_path_has_no_ids():
    assert general(AMOUNT) == "contracts/value/amount"
