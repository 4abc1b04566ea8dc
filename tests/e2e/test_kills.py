"""A run that is killed anywhere, and started again until it ends, gives the bytes of an undisturbed run."""

import random
import subprocess

import pytest
import sqlalchemy

from tests.support.stand_ins import KAZAKHSTAN, WEB, differing

SLOW = {"timeout", "cut_limit", "ignored_filter", "string_ids"}
"""Faults left out here: they take their time, and say nothing more about kills."""


def is_finished(installation):
    """Whether the run has come to its end, even if the process was killed before it could say so."""
    engine = sqlalchemy.create_engine(installation.database_url or f"sqlite:///{installation.home}/store.sqlite3")
    with engine.connect() as connection:
        has_begun = sqlalchemy.inspect(connection).has_table("run")
        query = sqlalchemy.text("SELECT state FROM run")
        states = connection.execute(query).scalars().all() if has_begun else []
    engine.dispose()
    return states == ["done"]


def finish(installation, command, kills, longest, seed):
    """Start the run, kill it after a random while, again and again, then let it end; give how many kills there were."""
    chance, hits = random.Random(seed), 0
    installation.home.mkdir(parents=True)
    while hits < kills:
        process = installation.start(*command)
        try:
            process.communicate(timeout=chance.uniform(0.5, longest))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            hits += 1
        if is_finished(installation):
            return hits
    installation.done(*command, timeout=600)
    return hits


def compare(country, tmp_path, database_urls, processes, kills, longest, seed):
    faults = tuple(f"{name}=0.02" for name in country.faults if name not in SLOW)
    with country.running(processes=processes, seed=seed, faults=faults) as portal:
        undisturbed = country.installation(tmp_path / "whole", portal, database_url=database_urls[0])
        undisturbed.done(*country.full(), timeout=600)
        killed = country.installation(tmp_path / "killed", portal, database_url=database_urls[1])
        hits = finish(killed, country.full(), kills, longest, seed)
    return hits, undisturbed.published(), killed.published()


@pytest.mark.parametrize("country", [KAZAKHSTAN, *(pytest.param(one, marks=pytest.mark.slow) for one in WEB)], ids=str)
def test_five_kills_change_no_byte(tmp_path, country):
    processes = 200 if country is KAZAKHSTAN else country.processes
    hits, whole, killed = compare(country, tmp_path, ("", ""), processes, kills=5, longest=2.5, seed=3)

    assert hits >= 2
    assert differing(killed, whole) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_thirty_kills_change_no_byte(tmp_path, kind, request):
    urls = ["", ""]
    if kind == "postgresql":
        server = request.getfixturevalue("postgres")
        urls = [server.url(server.create()) for _ in range(2)]
    hits, whole, killed = compare(KAZAKHSTAN, tmp_path, urls, 1500, kills=30, longest=5.0, seed=4)

    assert hits == 30
    assert differing(killed, whole) == []
