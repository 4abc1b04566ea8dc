"""Whatever Tajikistan's pages hold, reading and mapping them gives documents, problems or a plain refusal."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.base import ShapeError
from extractors.tajikistan import parsers
from ocds_schema.raw import Bundle
from tests.golden.cases import golden_bundles
from tests.support import countries
from tests.support import tajik_pages as pages
from tests.support.kazakh_strategies import any_json
from transformers.outcome import transform_bundle

BUNDLES = golden_bundles("tajikistan")
CONTEXT = countries.context("tajikistan")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_bundle_with_any_json_in_its_documents_is_published_or_quarantined(data: st.DataObject) -> None:
    outcome = transform_bundle(spoilt(data.draw(st.sampled_from(BUNDLES)), data), None, CONTEXT)

    assert outcome.quarantined == any(problem.severity == "fatal" for problem in outcome.problems)


def spoilt(whole: Bundle, data: st.DataObject) -> Bundle:
    documents = []
    for one in whole.documents:
        fields = dict(one.fields)
        for name in data.draw(st.sets(st.sampled_from(sorted(fields)), max_size=3)):
            value = fields[name]
            if isinstance(value, list) and value and isinstance(value[0], dict):
                inner = data.draw(st.sampled_from(sorted(value[0])))
                fields[name] = [value[0] | {inner: data.draw(any_json)}, *value[1:]]
            else:
                fields[name] = data.draw(any_json)
        made = countries.document("tajikistan", one.kind, one.way, one.key, fields)
        documents.append(type(made)(**{**vars(made), "links": one.links}))
    return countries.bundle("tajikistan", whole.process, documents)


texts = st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="<>&\x00"), max_size=20)


def shuffled(row: dict[str, str], data: st.DataObject) -> dict[str, str]:
    return {label: row[label] for label in data.draw(st.permutations(list(row)))}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_of_columns_and_how_they_are_written_changes_nothing(data: st.DataObject) -> None:
    how = {"plain_head": data.draw(st.booleans()), "open_cells": data.draw(st.booleans())}
    for row, read in ((pages.ROW, listed), (pages.LOT_A, lots), (pages.LOT_B, lots), (pages.QUESTION, questions)):
        assert read(pages.table(shuffled(row, data), **how)) == read(pages.table(row))


def listed(table: str) -> Any:
    return parsers.notices(parsers.read_page(pages.html(table)))


def lots(table: str) -> Any:
    return parsers.lots(parsers.read_page(pages.announcement(table)), "418900")


def questions(table: str) -> Any:
    return parsers.clarifications(parsers.read_page(pages.announcement(table)), "418900")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_of_labelled_values_changes_nothing(data: st.DataObject) -> None:
    page = pages.announcement(
        pages.general(shuffled(pages.GENERAL, data), shuffled(pages.PEOPLE, data)), head=shuffled(pages.HEAD, data)
    )
    assert announcement(page) == announcement(pages.announcement(pages.general()))


def announcement(page: str) -> Any:
    return parsers.announcement(parsers.read_page(page), "418900")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(list(pages.GENERAL)), texts, min_size=1))
def test_every_text_comes_as_it_is_shown(given_values: dict[str, str]) -> None:
    body = announcement(pages.announcement(pages.general(pages.GENERAL | given_values)))

    for label, text in given_values.items():
        assert body[parsers.LABELS.name("general", label)] == " ".join(parsers.read_page(f"<p>{text}</p>").text.split())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"<>/\"'= ", "table", "tr", "td", "th", "div", "!--", "Статус", "Лоты", "input"]), max_size=60
    )
)
def test_any_text_at_all_is_read_or_refused(pieces: list[str]) -> None:
    page = parsers.read_page("".join(pieces))
    for read in (parsers.notices, parsers.due_announcement):
        try:
            read(page)
        except ShapeError:
            continue
