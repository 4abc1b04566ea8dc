"""Whatever JSON a portal sends, mapping gives a value, nothing, or a problem; it never breaks."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_schema.ids import ocid, party_id
from ocds_schema.raw import Bundle
from tests.golden.cases import golden_bundles
from tests.support.countries import new_reading
from tests.support.kazakh_bundles import CONTEXT, bundle, document
from tests.support.kazakh_strategies import any_json
from transformers.mapping import RecordMapping
from transformers.outcome import country_mapping, transform_bundle

MAPPING = country_mapping("kazakhstan")
PERSONS = CONTEXT.source.person_numbers
RECORDS = [record for kind in MAPPING.documents for record in kind.records]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_record_takes_any_json(data: st.DataObject) -> None:
    for record in RECORDS:
        names = sorted({name.split("/")[0] for name in record.names})
        source = data.draw(st.dictionaries(st.sampled_from(names), any_json, max_size=4))
        check(record, source)


def check(record: RecordMapping, source: dict[str, Any]) -> None:
    reading = new_reading("kazakhstan")
    made = record.apply(source, reading)

    assert made is None or isinstance(made, record.target)
    assert all(problem.reason for problem in reading.problems)


BUNDLES = golden_bundles("kazakhstan")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_bundle_with_any_json_in_its_documents_is_published_or_quarantined(data: st.DataObject) -> None:
    given_bundle = data.draw(st.sampled_from(BUNDLES))
    outcome = transform_bundle(spoilt(given_bundle, data), None, CONTEXT)

    assert outcome.quarantined == any(problem.severity == "fatal" for problem in outcome.problems)
    for number in ("850101300123", "920615450987"):
        assert number not in str(outcome)
        assert outcome.release is None or number not in outcome.release.body.decode()


def spoilt(whole: Bundle, data: st.DataObject) -> Bundle:
    documents = []
    for one in whole.documents:
        fields = dict(one.fields)
        for name in data.draw(st.sets(st.sampled_from(sorted(set(fields) - {"id"})), max_size=3)):
            value = fields[name]
            if isinstance(value, list) and value and isinstance(value[0], dict):
                inner = data.draw(st.sampled_from(sorted(value[0])))
                fields[name] = [value[0] | {inner: data.draw(any_json)}, *value[1:]]
            else:
                fields[name] = data.draw(any_json)
        made = document(one.kind, fields, one.way)
        documents.append(type(one)(**{**vars(made), "links": one.links}))
    return bundle(whole.process, documents)


twelve_digits = st.from_regex(r"[0-9]{12}", fullmatch=True)


@given(twelve_digits, twelve_digits)
def test_two_numbers_have_two_party_ids(one: str, other: str) -> None:
    assert (one == other) == (party_id("KZ-BIN", one, PERSONS, b"k") == party_id("KZ-BIN", other, PERSONS, b"k"))


@given(twelve_digits)
def test_a_persons_number_is_never_part_of_its_party_id(number: str) -> None:
    assert (number in party_id("KZ-BIN", number, PERSONS, b"k")) == (not PERSONS.is_person(number))


@given(
    st.text(alphabet="0123456789-", min_size=1, max_size=11), st.text(alphabet="0123456789-", min_size=1, max_size=11)
)
def test_two_processes_have_two_ocids(one: str, other: str) -> None:
    assert (one == other) == (ocid("ocds-xxxxxx", "kz", one, PERSONS) == ocid("ocds-xxxxxx", "kz", other, PERSONS))


@given(st.text(), st.text())
def test_scrubbing_is_done_once(before: str, after: str) -> None:
    text, _ = PERSONS.scrub(f"{before} 850101300123 {after}")

    assert "850101300123" not in text
    assert PERSONS.scrub(text) == (text, 0)


def test_a_pseudonym_depends_on_the_key() -> None:
    assert PERSONS.pseudonym("850101300123", b"a") != PERSONS.pseudonym("850101300123", b"b")
    assert PERSONS.pseudonym("850101300123", b"a") == PERSONS.pseudonym("850101300123", b"a")
