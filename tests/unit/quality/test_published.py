"""What checks find is published with an edition: its figures, its trends, and every finding as a line of the issues."""

import gzip
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from ocds_pipeline.quality.published import EditionInspector
from ocds_pipeline.quality.report import continued
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from publish.edition import write_edition
from publish.verify import verify
from tests.support.publishing import Entry, order, sample, tender


@pytest.fixture
def storage(tmp_path):
    return FileStorage(tmp_path / "public")


def inspected(made, storage, tmp_path, sequence=1):
    asked = order(sequence)
    inspector = EditionInspector(asked.source, asked.edition_id, asked.facts["asOf"])
    return write_edition(made, storage, asked, work=tmp_path / "work", inspector=inspector)


def quality(storage, edition):
    return json.decode(storage.read(f"v1/kazakhstan/editions/{edition.id}/quality.json"))


def issues(storage, edition):
    data = storage.read(f"v1/kazakhstan/editions/{edition.id}/issues.jsonl.gz")
    return [json.decode(line) for line in gzip.decompress(data).splitlines()]


def test_findings_stand_beside_problems_in_one_form(storage, tmp_path):
    edition = inspected(sample(), storage, tmp_path)
    lines = issues(storage, edition)

    assert {line["severity"] for line in lines} == {"finding", "lost"}
    assert len({tuple(sorted(line)) for line in lines}) == 1
    assert all(line["explanation"] for line in lines)
    counted = Counter(line["rule"] for line in lines if line["severity"] == "finding")
    assert edition.manifest["counts"]["findings"] == {"byRule": dict(sorted(counted.items()))}
    assert edition.manifest["counts"]["problems"]["bySeverity"] == {"lost": 1}
    facts = quality(storage, edition)
    assert {name: check["failures"] for name, check in facts["checks"].items() if check["failures"]} == counted
    assert facts["releases"] == 5
    assert verify(storage, "kazakhstan").findings == ()


@pytest.mark.parametrize(("rates", "found"), [(False, []), (True, ["tender_value_in_budget"])])
def test_amounts_of_two_currencies_are_compared_where_the_source_says_so(rates, found):
    inspector = EditionInspector(replace(order().source, rates=rates), "1", "2026-11-02T00:00:00+05:00")
    compiled = {
        "ocid": "ocds-xxxxxx-kz-1",
        "planning": {"budget": {"amount": {"amount": 1, "currency": "USD"}}},
        "tender": {"id": "1", "value": {"amount": 1_000_000, "currency": "KZT"}},
    }
    (lines,) = inspector.begin(2026).look([compiled])

    assert [line["rule"] for line in lines if line["rule"] == "tender_value_in_budget"] == found
    assert ("ratesOf" in inspector.finish(None)[0]) is rates


def test_where_lines_are_left_out_the_figures_stay_whole(storage, tmp_path, monkeypatch):
    whole = quality(storage, inspected(sample(), storage, tmp_path))
    monkeypatch.setattr("publish.issues.MOST", 1)
    other = FileStorage(tmp_path / "other")
    edition = inspected(sample(), other, tmp_path)

    found = Counter(line["rule"] for line in issues(other, edition) if line["severity"] == "finding")
    assert set(found.values()) == {1}
    assert quality(other, edition) == {**whole, "mostLines": 1}
    assert max(check["failures"] for check in whole["checks"].values()) > 1
    assert verify(other, "kazakhstan").findings == ()


def test_the_same_edition_has_the_same_bytes(storage, tmp_path):
    other = FileStorage(tmp_path / "other")
    edition = inspected(sample(), storage, tmp_path)
    inspected(sample(), other, tmp_path)

    for name in ("quality.json", "issues.jsonl.gz"):
        key = f"v1/kazakhstan/editions/{edition.id}/{name}"
        assert storage.read(key) == other.read(key)


def test_trends_go_on_from_the_edition_before(storage, tmp_path):
    first = inspected(sample(), storage, tmp_path)
    second = inspected(sample().then(), storage, tmp_path, 2)

    trends = quality(storage, second)["trends"]
    assert trends["editions"] == [first.id, second.id]
    assert all(len(rates) == 2 for rates in trends["passRate"].values())


def test_only_twelve_editions_stay_in_the_trends():
    now = {"editionId": "now", "releases": 1, "checks": {"a": {"pass": 1, "fail": 1}, "new": {"pass": 1, "fail": 0}}}
    before = None
    for _ in range(20):
        before = {"trends": continued(before, now)}

    assert before["trends"]["editions"] == ["now"] * 12
    assert before["trends"]["passRate"] == {"a": [0.5] * 12, "new": [1.0] * 12}


def test_a_changed_title_is_found_by_the_edition_before(storage, tmp_path):
    inspected(sample(), storage, tmp_path)
    renamed = Entry(year=2024, states=(tender("101-1", amount=Decimal("0.10")), tender("101-1", title="Парты")))
    second = inspected(sample().then(**{"_101-1": renamed}), storage, tmp_path, 2)

    found = [line["ocid"] for line in issues(storage, second) if line["rule"] == "tender_title_kept"]
    assert found == ["ocds-xxxxxx-kz-101-1"]


def test_a_process_that_is_gone_is_found(storage, tmp_path):
    inspected(sample(), storage, tmp_path)
    second = inspected(sample().then(**{"_99-1": None}), storage, tmp_path, 2)

    gone = [line for line in issues(storage, second) if line["ocid"] == "ocds-xxxxxx-kz-99-1"]
    assert {line["rule"] for line in gone} == {"ocid_kept"}


def test_an_altered_figure_does_not_verify(storage, tmp_path):
    edition = inspected(sample(), storage, tmp_path)
    file = storage.root / f"v1/kazakhstan/editions/{edition.id}/quality.json"
    file.write_bytes(file.read_bytes().replace(b'"releases": 5', b'"releases": 6', 1))

    assert "quality.json" in verify(storage, "kazakhstan").findings[0].file


def test_no_personal_number_leaves(storage, tmp_path):
    made = sample().then(_100=Entry(year=2024, states=(tender("100"), tender("100", title="ИИН 850101300123"))))
    edition = inspected(replace(made, before={}), storage, tmp_path)

    assert b"850101300123" not in b"".join(map(json.encode, [quality(storage, edition), *issues(storage, edition)]))
