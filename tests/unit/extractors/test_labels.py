"""What labels mean: by place, in every language they are written in."""

import pytest

from extractors.labels import parse_labels

LABELS = parse_labels(
    "place,name,ru,tg,must\n"
    "list,title,Название объявления|Наименование,Номи эълон,yes\n"
    "list,number,№,№,\n"
    "head,status,Статус объявления,Ҳолати эълон,yes\n",
    ("ru", "tg"),
)


@pytest.mark.parametrize("label", ["Название объявления", "НАИМЕНОВАНИЕ :", "Номи\u00a0эълон"])
def test_every_writing_of_a_label_has_the_same_name(label):
    assert LABELS.name("list", label) == "title"


def test_a_label_means_something_in_its_place_only():
    assert LABELS.name("head", "Название объявления") is None
    assert LABELS.known("list", ["№", "Статус объявления", "x"]) == {"number"}


def test_what_every_page_has_is_missed():
    assert LABELS.missing("list", ["number"]) == ["title"]
    assert LABELS.missing("lots", []) == []


def test_the_language_is_that_of_most_labels_that_tell():
    assert LABELS.language(["№", "Номи эълон", "Ҳолати эълон", "Наименование"]) == "tg"
    assert LABELS.language(["№", "x"]) == ""
