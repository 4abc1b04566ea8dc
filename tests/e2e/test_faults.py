"""A portal that fails now and then, in every way it can: what is published has the bytes it would have without."""

import pytest

from tests.support.stand_ins import ALL, differing

SHARE = 0.05
TIMEOUT, HANG = 1.0, 1.6
"""Seconds: the portal is late by more than is waited for."""


def published(country, home, processes, faults=()):
    """Run everything against a stand-in; give what was published and the report of the harvest."""
    with country.running(processes=processes, faults=faults, hang=HANG) as portal:
        waiting = {f"OCDS_{country.source.upper()}_TIMEOUT": str(TIMEOUT)}
        installation = country.installation(home, portal, more=waiting)
        report = installation.done(*country.full(), timeout=1800)[0]["steps"]["harvest"]
        struck = portal.portal.statistics()["faults"]
    return installation.published(), report, struck


@pytest.fixture(scope="module", params=ALL, ids=str)
def country(request):
    return request.param


def prove(country, tmp_path, processes):
    whole, *_ = published(country, tmp_path / "whole", processes)
    broken, report, struck = published(
        country, tmp_path / "broken", processes, tuple(f"{name}={SHARE}" for name in country.faults)
    )
    assert differing(broken, whole) == []
    assert report["retries"] > 0
    return struck


def test_five_in_a_hundred_of_every_fault_change_no_byte(country, tmp_path):
    assert len(prove(country, tmp_path, country.processes // 2)) > len(country.faults) // 2


@pytest.mark.slow
def test_five_in_a_hundred_of_every_fault_change_no_byte_of_many_processes(country, tmp_path):
    assert set(prove(country, tmp_path, 10 * country.processes)) == set(country.faults)
