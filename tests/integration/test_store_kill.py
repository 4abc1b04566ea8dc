"""A process that is killed leaves what a page or a batch ended with; begun again, it ends where it would have."""

import multiprocessing
import random
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from ocds_pipeline.store import Store
from tests.support.store_work import contents, do_work, eventually_free
from tests.support.stored import SOURCE

KILLS = 15
SECONDS = 120


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Fresh processes that have the store imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.store_work"])
    return context


def test_work_killed_at_random_moments_ends_as_if_undisturbed(
    store_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    undisturbed = f"sqlite:///{tmp_path}/undisturbed.sqlite3"
    do_work(undisturbed)
    chance = random.Random(11)

    stands = [0]
    patience = 0.05
    while len(stands) <= KILLS and killed(processes, store_url, chance.uniform(0, patience)):
        assert_whole(store_url)
        stands.append(sum(map(len, contents(store_url).values())))
        # On a busy machine the work may need longer to get anywhere.
        patience = patience * 2 if stands[-1] == stands[-2] else 0.05
    finish(processes, store_url)

    # Otherwise the kills were all too early or too late to tell anything.
    assert len(set(stands)) >= 5
    assert contents(store_url) == contents(undisturbed)


def test_work_done_is_not_done_again(store_url: str) -> None:
    do_work(store_url)
    before = contents(store_url)

    do_work(store_url)

    assert contents(store_url) == before


def killed(processes: ForkServerContext, url: str, seconds: float) -> bool:
    """Kill the work that long after it began; false where it ended before."""
    begun = processes.Event()
    work = processes.Process(target=do_work, args=(url, begun))
    work.start()
    assert begun.wait(SECONDS)
    work.join(seconds)
    was_alive = work.is_alive()
    work.kill()
    work.join(SECONDS)
    return was_alive


def finish(processes: ForkServerContext, url: str) -> None:
    work = processes.Process(target=do_work, args=(url,))
    work.start()
    work.join(SECONDS)
    assert work.exitcode == 0


def assert_whole(url: str) -> None:
    """Every release has a record, every record its release, and the source is free again."""
    with Store.open(url) as store:
        assert eventually_free(store)
        for year in store.years(SOURCE):
            for held, releases in store.history(SOURCE, year):
                assert releases, held.ocid
