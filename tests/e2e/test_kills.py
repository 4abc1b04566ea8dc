"""A run that is killed anywhere, and started again until it ends, gives the bytes of an undisturbed run."""

import random
import subprocess

import pytest
import sqlalchemy

from sandbox.server import running
from tests.support.command import TOKEN, Installation

UNTIL = "2026-11-01"
FAULTS = tuple(f"{name}=0.02" for name in ("429", "500", "truncated", "html200", "bom", "null_list", "shifted"))
RUN = ("run", "kazakhstan", "--full", "--until", UNTIL)


def is_finished(installation):
    """Whether the run has come to its end, even if the process was killed before it could say so."""
    engine = sqlalchemy.create_engine(installation.database_url or f"sqlite:///{installation.home}/store.sqlite3")
    with engine.connect() as connection:
        has_begun = sqlalchemy.inspect(connection).has_table("run")
        query = sqlalchemy.text("SELECT state FROM run")
        states = connection.execute(query).scalars().all() if has_begun else []
    engine.dispose()
    return states == ["done"]


def finish(installation, kills, longest, seed):
    """Start the run, kill it after a random while, again and again, then let it end; give how many kills there were."""
    chance, hits = random.Random(seed), 0
    installation.home.mkdir(parents=True)
    while hits < kills:
        process = installation.start(*RUN)
        try:
            process.communicate(timeout=chance.uniform(0.5, longest))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            hits += 1
        if is_finished(installation):
            return hits
    installation.done(*RUN, timeout=600)
    return hits


def compare(tmp_path, database_urls, processes, kills, longest, seed):
    with running("kazakhstan", processes=processes, seed=seed, token=TOKEN, faults=FAULTS) as portal:
        undisturbed = Installation(home=tmp_path / "whole", portal=portal.base_url, database_url=database_urls[0])
        undisturbed.done(*RUN)
        killed = Installation(home=tmp_path / "killed", portal=portal.base_url, database_url=database_urls[1])
        hits = finish(killed, kills, longest, seed)
    return hits, undisturbed.published(), killed.published()


def test_five_kills_change_no_byte(tmp_path):
    hits, whole, killed = compare(tmp_path, ("", ""), processes=200, kills=5, longest=2.5, seed=3)

    assert hits >= 2
    assert killed == whole


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_thirty_kills_change_no_byte(tmp_path, kind, request):
    urls = ["", ""]
    if kind == "postgresql":
        server = request.getfixturevalue("postgres")
        urls = [server.url(server.create()) for _ in range(2)]
    hits, whole, killed = compare(tmp_path, urls, processes=1500, kills=30, longest=5.0, seed=4)

    assert hits == 30
    assert killed == whole
