"""The changelog names what changed as a person would."""

from decimal import Decimal

import pytest

from ocds_schema import json
from publish.changelog import Change, apply, delta_line, fields, general, line

BEFORE = {
    "ocid": "ocds-xxxxxx-kz-1",
    "date": "2026-01-01T00:00:00+05:00",
    "awards": [{"id": "7", "value": {"amount": Decimal("1.0")}}, {"id": "8"}],
    "tags": ["a", "b"],
}


def change(before, after, **more):
    return Change(
        ocid="ocds-xxxxxx-kz-1",
        year=2026,
        before=before and json.encode(before),
        after=after and json.encode(after),
        **more,
    )


def test_members_of_arrays_are_matched_by_their_ids():
    after = {**BEFORE, "awards": [{"id": "8"}, {"id": "7", "value": {"amount": Decimal("1.00")}}, {"id": "9"}]}

    assert fields(BEFORE, after) == [
        {"path": "/awards[id=7]/value/amount", "op": "replace", "old": Decimal("1.0"), "new": Decimal("1.00")},
        {"path": "/awards[id=9]", "op": "add", "new": {"id": "9"}},
        {"path": "/awards", "op": "order", "old": ["7", "8"], "new": ["8", "7", "9"]},
    ]


def test_other_arrays_are_replaced_whole():
    assert fields(BEFORE, {**BEFORE, "tags": ["b"]}) == [
        {"path": "/tags", "op": "replace", "old": ["a", "b"], "new": ["b"]}
    ]


def test_members_that_share_an_id_are_replaced_whole():
    twice = [{"id": "7"}, {"id": 7}]

    (only,) = fields(BEFORE, {**BEFORE, "awards": twice})

    assert (only["path"], only["op"], only["new"]) == ("/awards", "replace", twice)


def test_what_is_gone_is_removed():
    assert fields(BEFORE, {key: BEFORE[key] for key in ("ocid", "date", "awards")}) == [
        {"path": "/tags", "op": "remove", "old": ["a", "b"]}
    ]


def test_keys_and_ids_are_escaped():
    before = {"a/b": [{"id": "x/y~]", "[id=1]": 1}]}
    after = {"a/b": [{"id": "x/y~]", "[id=1]": 2}]}

    (only,) = fields(before, after)

    assert only["path"] == "/a~1b[id=x~1y~0]]/~2id=1]"
    assert apply(before, [only]) == after
    assert general(only["path"]) == "/a~1b/~2id=1]"


@pytest.mark.parametrize(
    "path", ["/none/x", "/awards[id=1]/x", "/tags[id=a]", "/ocid/x", "/awards/x", "/date[id=1]", "/awards[id=7]/none/x"]
)
def test_a_path_that_leads_nowhere_is_refused(path):
    with pytest.raises(ValueError, match="previous record"):
        apply(BEFORE, [{"path": path, "op": "replace", "old": 1, "new": 2}])


def test_an_order_of_other_members_is_refused():
    with pytest.raises(ValueError, match="put in order"):
        apply(BEFORE, [{"path": "/awards", "op": "order", "old": ["7", "8"], "new": ["8"]}])


def test_a_line_holds_the_digests_of_both_sides():
    after = {**BEFORE, "tags": []}

    entry = line(change(BEFORE, after), 3, "pipeline")

    assert entry == {
        "seq": 3,
        "op": "change",
        "ocid": "ocds-xxxxxx-kz-1",
        "partition": "2026",
        "cause": "pipeline",
        "sourceDate": "2026-01-01T00:00:00+05:00",
        "base": f"sha256:{json.digest(json.encode(BEFORE))}",
        "next": f"sha256:{json.digest(json.encode(after))}",
        "fields": [{"path": "/tags", "op": "replace", "old": ["a", "b"], "new": []}],
    }


@pytest.mark.parametrize(
    ("given", "own", "expected"),
    [("source", None, "source_gone"), ("pipeline", None, "pipeline"), ("source", "redaction", "redaction")],
)
def test_a_delete_has_its_cause(given, own, expected):
    entry = line(change(BEFORE, None, cause=own), 1, given)

    assert (entry["op"], entry["cause"], "next" in entry, "fields" in entry) == ("delete", expected, False, False)


def test_a_delta_holds_the_whole_record():
    assert json.decode(delta_line(change(BEFORE, {"ocid": "x"}))) == {
        "op": "upsert",
        "ocid": "ocds-xxxxxx-kz-1",
        "partition": "2026",
        "record": {"ocid": "x"},
    }
    assert json.decode(delta_line(change(BEFORE, None)))["op"] == "delete"
