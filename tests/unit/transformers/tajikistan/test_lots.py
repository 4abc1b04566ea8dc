"""What is said of lots that lack something."""

import pytest

from tests.support.countries import bundle, context, document
from transformers.outcome import transform_bundle

PAGE = {"id": "418900", "number": "418900-1", "title": "Мебель", "status": "Опубликовано", "tabs": {}}
LOT = {"announcement_id": "418900", "lot_id": "911001", "title": "Стол", "quantity": "2", "unit": "Штука"}


@pytest.mark.parametrize(("more", "count"), [({}, 1), ({"amount": "48 600.00"}, 0)])
def test_a_lot_of_which_nothing_says_what_it_is_worth_is_reported(more, count):
    given = [
        document("tajikistan", "announcement", "html", "418900", PAGE),
        document("tajikistan", "lot", "html", "418900/911001", LOT | more),
    ]
    outcome = transform_bundle(bundle("tajikistan", "announcement:418900", given), None, context("tajikistan"))

    assert [problem.rule for problem in outcome.problems].count("no_lot_amount") == count
