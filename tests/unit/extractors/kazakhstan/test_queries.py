import re

import pytest
from graphql import parse

from extractors.kazakhstan.queries import query

PERSONAL = re.compile(r"fio|phone|iik|bik|bank|bill|rnn|employee|email|admin", re.IGNORECASE)
ROOTS = ("TrdBuy", "Lots", "Contract", "TrdApp", "Plans")


@pytest.mark.parametrize("root", ROOTS)
def test_a_query_is_graphql_and_asks_for_no_field_twice(root):
    def fields(selections):
        names = [each.name.value for each in selections.selections]
        assert len(names) == len(set(names))
        for each in selections.selections:
            if each.selection_set:
                fields(each.selection_set)

    (operation,) = parse(query(root)).definitions
    fields(operation.selection_set)
    assert [variable.variable.name.value for variable in operation.variable_definitions] == ["limit", "after", "filter"]


@pytest.mark.parametrize("root", ROOTS)
def test_no_personal_data_is_asked_for(root):
    names = set(re.findall(r"\w+", query(root)))

    assert not [name for name in names if PERSONAL.search(name)]


@pytest.mark.parametrize("root", ROOTS)
def test_what_joins_and_dates_an_object_is_asked_for(root):
    names = set(re.findall(r"\w+", query(root)))

    assert {"id", "indexDate"} <= names
    joints = {"Lots": {"trdBuyId", "pointList"}, "Contract": {"rootId", "trdBuyId", "plnPointId"}, "TrdApp": {"buyId"}}
    assert joints.get(root, set()) <= names
