"""Whatever JSON stands in a Kyrgyz document, at any depth, its process is published or held back."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Bundle
from tests.golden.cases import golden_bundles
from tests.support.countries import context, new_reading
from tests.support.kazakh_strategies import any_json
from transformers.kyrgyzstan import money, times
from transformers.kyrgyzstan.words import normal, without_mark
from transformers.outcome import country_mapping, transform_bundle

CONTEXT = context("kyrgyzstan")
BUNDLES = golden_bundles("kyrgyzstan")
RECORDS = [record for kind in country_mapping("kyrgyzstan").documents for record in kind.records]
PERSON = "12503198700451"

odd = any_json | st.sampled_from(
    ["сто", "0", "-1", "1e9", PERSON, f"ИНН {PERSON}", "2026-02-30 10:00", "\u0000", "KG-INN-1"]
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_bundle_with_any_json_in_it_is_published_or_held_back(data: st.DataObject) -> None:
    bundle = data.draw(st.sampled_from(BUNDLES))

    outcome = transform_bundle(_spoilt(bundle, data), None, CONTEXT)

    assert outcome.quarantined == any(problem.severity == "fatal" for problem in outcome.problems)
    assert PERSON not in str(outcome)
    assert outcome.release is None or PERSON not in outcome.release.body.decode()


def _spoilt(bundle: Bundle, data: st.DataObject) -> Bundle:
    documents = []
    for one in bundle.documents:
        fields = json.decode(one.body)
        for _ in range(data.draw(st.integers(0, 3))):
            holder, name = data.draw(st.sampled_from(list(_places(fields))))
            holder[name] = data.draw(odd)
        documents.append(replace(one, body=json.encode(fields)))
    return replace(bundle, documents=tuple(documents))


def _places(value: Json) -> Iterator[tuple[Any, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in list(members):
        yield value, name
        if isinstance(member, dict | list):
            yield from _places(member)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_record_takes_any_json(data: st.DataObject) -> None:
    for record in RECORDS:
        names = sorted({name.split("/")[0] for name in record.names})
        source = data.draw(st.dictionaries(st.sampled_from(names), any_json, max_size=4))
        reading = new_reading("kyrgyzstan")

        made = record.apply(source, reading)

        assert made is None or isinstance(made, record.target)


@given(st.text())
def test_a_text_compares_the_same_after_it_was_made_comparable(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert without_mark(without_mark(text)) == without_mark(text)


@given(st.text() | st.from_regex(r"[0-9 .,x]{1,20}( сом| USD)?", fullmatch=True))
def test_an_amount_is_read_refused_or_none(text: str) -> None:
    reading = new_reading("kyrgyzstan")
    found = reading.quietly(lambda: money.of_text(text, reading))

    assert found is None or (found.amount is not None and found.amount > 0)


@given(st.text() | st.from_regex(r"[0-9]{1,4}[-. ][0-9]{1,2}[-. ][0-9]{1,4}( [0-9]{2}:[0-9]{2})?", fullmatch=True))
def test_a_time_is_read_refused_or_none(text: str) -> None:
    reading = new_reading("kyrgyzstan")
    found = reading.quietly(lambda: times.moment(text, reading))

    assert found is None or found.tzinfo is not None
