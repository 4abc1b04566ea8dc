"""`coverage.json` of an edition: what the portal lists against what became of it."""

import pytest

from ocds_schema import json
from tests.support.first_runs import first_run
from tests.support.stand_ins import KAZAKHSTAN

UNTIL = "2026-11-01"


@pytest.fixture(scope="module")
def installation(portal, tmp_path_factory):
    return KAZAKHSTAN.installation(first_run(KAZAKHSTAN, tmp_path_factory).installation.home, portal)


def coverages(installation):
    paths = sorted(installation.public.glob("v1/kazakhstan/editions/*/coverage.json"))
    return [path.read_bytes() for path in paths]


def test_every_announcement_is_accounted_for(installation):
    coverage = json.decode(coverages(installation)[0])

    (listed,) = coverage["lists"]
    total = next(one["total"] for one in coverage["lastFull"]["listings"] if one["listing"] == "trd-buy/all")
    assert listed["kind"] == "trd_buy"
    assert listed["listed"] == total > 0
    assert listed["listed"] == listed["kept"] + listed["quarantined"] + listed["elsewhere"]
    assert listed["waiting"] == 0
    assert sum(day["listed"] for day in listed["days"]) == listed["listed"]
    assert listed["numbers"]["distinct"] == listed["listed"]
    assert coverage["lastHarvest"] == coverage["lastFull"]
    assert coverage["lastImport"] is None


def test_it_stays_the_same_as_long_as_the_portal_does(installation):
    installation.done("run", "kazakhstan", "--full", "--until", UNTIL)
    installation.done("publish", "kazakhstan")

    first, *others = coverages(installation)
    assert len(others) == 2
    assert set(others) == {first}


def test_a_count_that_was_altered_does_not_verify(installation):
    path = max(installation.public.glob("v1/kazakhstan/editions/*/coverage.json"))
    held = path.read_bytes()
    path.write_bytes(held.replace(b'"waiting": 0', b'"waiting": 1', 1))
    code, out, _ = installation.run("verify", str(installation.public), "--json")
    path.write_bytes(held)

    assert code == 1
    assert any("coverage.json" in str(finding) for finding in json.decode(out)["findings"])
    assert installation.done("verify", str(installation.public))["findings"] == []
