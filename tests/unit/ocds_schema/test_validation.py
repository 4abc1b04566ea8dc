import pickle
from decimal import Decimal

import pytest

from ocds_schema.errors import ConfigurationError
from ocds_schema.problems import Problem
from ocds_schema.validation import ReleaseValidator

EXTENSIONS = ("bids", "location", "lots", "statusDetails", "valueAddedTax", "localTexts")
VALIDATOR = ReleaseValidator(EXTENSIONS)


def release(**members):
    """A release without fault, with the members given."""
    return {
        "ocid": "ocds-xxxxxx-kz-1",
        "id": "1",
        "date": "2024-03-01T09:30:00+05:00",
        "tag": ["tender"],
        "initiationType": "tender",
        "parties": [{"id": "KZ-BIN-1", "name": "A buyer", "roles": ["buyer"]}],
        "buyer": {"id": "KZ-BIN-1"},
        **members,
    }


def found(**members):
    """Where and by which rules a release is at fault."""
    return [(one.pointer, one.rule, one.severity) for one in VALIDATOR.findings(release(**members))]


def test_a_release_without_fault_has_no_problems():
    tender = {
        "id": 1,
        "title_kk": "Жиһаз",
        "value": {"amount": Decimal("123456789012345678.91"), "amountNet": Decimal("1.10"), "currency": "KZT"},
        "lots": [{"id": "1", "title_kk": "Үстел", "statusDetails": "Опубликован"}],
        "items": [{"id": "1", "relatedLot": "1"}],
    }

    assert VALIDATOR.is_valid(release(tender=tender))
    assert VALIDATOR.problems(release(tender=tender)) == []


def test_every_error_of_the_schema_is_listed_in_order():
    faults = found(date="yesterday", tag=[], tender={"title": 5, "status": "open", "items": [{"id": ""}]})

    assert faults == [
        ("/date", "schema/format", "fatal"),
        ("/tag", "schema/minItems", "fatal"),
        ("/tender", "schema/required", "fatal"),
        ("/tender/items/0/id", "schema/minLength", "fatal"),
        ("/tender/status", "schema/enum", "fatal"),
        ("/tender/title", "schema/type", "fatal"),
    ]


def test_a_problem_tells_the_path_the_place_and_the_value():
    problems = VALIDATOR.problems(release(tender={"id": 1, "items": [{"id": "1"}, {"id": "2", "quantity": "ten"}]}))

    assert problems == [
        Problem(
            path="tender/items/quantity",
            rule="schema/type",
            reason="/tender/items/1/quantity is a text, should be a number or null",
            severity="fatal",
            value="ten",
        )
    ]


def test_a_missing_member_is_told_by_the_path_it_should_have():
    (problem,) = VALIDATOR.problems(release(tender={"title": "x"}))

    assert (problem.path, problem.reason) == ("tender/id", "/tender lacks `id`")


def test_unknown_members_are_refused_each_by_its_name():
    assert found(foo=1, tender={"id": 1, "bar": {}, "lots": [{"id": "1", "id_kk": "x"}]}) == [
        ("/foo", "additional_field", "fatal"),
        ("/tender/bar", "additional_field", "fatal"),
        ("/tender/lots/0/id_kk", "additional_field", "fatal"),
    ]


def test_what_an_extension_adds_is_unknown_without_it():
    bare = ReleaseValidator()

    assert not bare.is_valid(release(tender={"id": 1, "lots": []}))
    assert bare.is_valid(release(tender={"id": 1}))


def test_the_details_of_a_party_may_hold_anything():
    assert found(parties=[{"id": "KZ-BIN-1", "details": {"size": "small"}}]) == []


def test_ids_that_occur_twice_in_a_list_are_fatal():
    items = [{"id": 1}, {"id": 2}, {"id": "1"}]

    assert found(tender={"id": 1, "items": items}) == [("/tender/items/2", "duplicate_id", "fatal")]


def test_classifications_may_share_an_id_because_their_list_is_replaced_as_a_whole():
    classifications = [{"scheme": "CPV", "id": "1"}, {"scheme": "HS", "id": "1"}]

    assert found(tender={"id": 1, "items": [{"id": "1", "additionalClassifications": classifications}]}) == []


def test_a_member_without_an_id_is_noted():
    assert found(tender={"id": 1, "lots": [{"title": "x"}]}) == [("/tender/lots/0", "missing_id", "note")]


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"buyer": {"id": "other"}}, "/buyer/id"),
        ({"buyer": {"name": "A buyer"}}, "/buyer"),
        ({"tender": {"id": 1, "procuringEntity": {"id": "x"}}}, "/tender/procuringEntity/id"),
        ({"tender": {"id": 1, "tenderers": [{"id": "x"}]}}, "/tender/tenderers/0/id"),
        ({"awards": [{"id": 1, "suppliers": [{"id": "x"}]}]}, "/awards/0/suppliers/0/id"),
        ({"awards": [{"id": 1, "relatedLots": ["7"]}]}, "/awards/0/relatedLots/0"),
        ({"awards": [{"id": 1, "relatedBid": "7"}]}, "/awards/0/relatedBid"),
        ({"contracts": [{"id": 1, "awardID": "7"}]}, "/contracts/0/awardID"),
        ({"tender": {"id": 1, "items": [{"id": 1, "relatedLot": "7"}]}}, "/tender/items/0/relatedLot"),
        ({"bids": {"details": [{"id": "1", "tenderers": [{"id": "x"}]}]}}, "/bids/details/0/tenderers/0/id"),
        (
            {
                "awards": [{"id": 1}],
                "contracts": [
                    {"id": 1, "awardID": 1, "implementation": {"transactions": [{"id": 1, "payee": {"id": "x"}}]}}
                ],
            },
            "/contracts/0/implementation/transactions/0/payee/id",
        ),
    ],
)
def test_a_reference_to_nothing_is_noted(members, pointer):
    assert found(**members) == [(pointer, "reference", "note")]


def test_an_id_may_be_a_number_here_and_a_text_there():
    assert found(awards=[{"id": 7}], contracts=[{"id": 1, "awardID": "7"}]) == []


def test_codes_beyond_an_open_codelist_are_noted():
    items = [{"id": 1, "classification": {"scheme": "ENSTRU", "id": "1"}}]

    assert found(tender={"id": 1, "submissionMethod": ["written", "fax"], "items": items}) == [
        ("/tender/submissionMethod/1", "codelist", "note"),
        ("/tender/items/0/classification/scheme", "codelist", "note"),
    ]


def test_codes_that_an_extension_of_ours_adds_are_known():
    items = [{"id": 1, "classification": {"scheme": "KZ-ENSTRU", "id": "1"}}]

    assert ReleaseValidator(["localCodes"]).problems(release(tender={"id": 1, "items": items})) == []


@pytest.mark.parametrize(
    ("start", "end", "is_reversed"),
    [
        ("2024-01-02T00:00:00+06:00", "2024-01-01T00:00:00+06:00", True),
        ("2024-01-01T00:00:00+06:00", "2024-01-01T00:00:00+06:00", False),
        ("2024-01-01T00:30:00+06:00", "2023-12-31T23:00:00+05:00", True),
        ("2024-01-01T00:30:00+06:00", "2023-12-31T23:40:00+05:00", False),
        ("2024-01-02T00:00:00Z", None, False),
        ("tomorrow", "2024-01-01T00:00:00Z", False),
    ],
)
def test_a_period_must_not_end_before_it_begins(start, end, is_reversed):
    faults = found(tender={"id": 1, "tenderPeriod": {"startDate": start, "endDate": end}})

    assert (("/tender/tenderPeriod/endDate", "period", "note") in faults) is is_reversed


def test_an_ocid_needs_a_prefix_and_an_id_no_hash():
    assert found(ocid="kz-1", id="a#1") == [("/ocid", "ocid_prefix", "note"), ("/id", "release_id", "note")]


def test_a_value_is_shown_up_to_eighty_characters_and_lists_not_at_all():
    long, listed = (VALIDATOR.findings(release(date=value))[0] for value in ("9" * 500, ["123456789012"]))

    assert len(long.value) == 80
    assert "123456789012" not in listed.value + listed.reason
    assert "9" * 81 not in long.reason


def test_values_are_redacted_before_they_are_shown():
    validator = ReleaseValidator(EXTENSIONS, redact=hide)

    assert [one.value for one in validator.findings(release(date="850101300123"))] == ["hidden"]


def hide(_: str) -> str:
    return "hidden"


def test_a_validator_can_be_sent_to_another_process():
    copy = pickle.loads(pickle.dumps(ReleaseValidator(EXTENSIONS, redact=hide)))

    assert [one.value for one in copy.findings(release(date="x"))] == ["hidden"]


@pytest.mark.parametrize("value", [None, [], 5, "x", {"tender": 5, "parties": "x", "awards": [5], "bids": []}])
def test_anything_at_all_can_be_judged(value):
    assert not VALIDATOR.is_valid(value)
    assert VALIDATOR.problems(value)


def test_an_unknown_extension_is_named():
    with pytest.raises(ConfigurationError, match="nowhere"):
        ReleaseValidator(["nowhere"])
