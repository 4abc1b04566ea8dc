import re

import pytest
from graphql import parse

from extractors.kazakhstan.queries import query

PERSONAL = re.compile(r"fio|phone|iik|bik|bank|bill|rnn|employee|email|admin", re.IGNORECASE)
ENTITIES = ("TrdBuy", "Lots", "Contract", "TrdApp", "Plans")
ROOTS = (*ENTITIES, "Subjects")


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


@pytest.mark.parametrize("root", ENTITIES)
def test_what_joins_and_dates_an_object_is_asked_for(root):
    names = set(re.findall(r"\w+", query(root)))

    assert {"id", "indexDate"} <= names
    joints = {"Lots": {"trdBuyId", "pointList"}, "Contract": {"rootId", "trdBuyId", "plnPointId"}, "TrdApp": {"buyId"}}
    assert joints.get(root, set()) <= names


def test_of_a_subject_only_what_names_it_is_asked_for():
    (operation,) = parse(query("Subjects")).definitions
    (subjects,) = operation.selection_set.selections

    names = [each.name.value for each in subjects.selection_set.selections]
    assert names == ["pid", "bin", "iin", "nameRu", "nameKz", "typeSupplier"]
