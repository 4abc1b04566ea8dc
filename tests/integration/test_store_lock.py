"""One run of a source at a time, across processes; a killed holder lets go."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ocds_pipeline.store import Store
from ocds_schema.errors import SourceBusyError
from tests.support.store_work import eventually_free
from tests.support.stored import SOURCE

HOLD = """
import sys
from ocds_pipeline.store import Store
with Store.open(sys.argv[1]) as store, store.lock(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(url: str) -> Iterator["subprocess.Popen[str]"]:
    """Hold the source in another process while the block runs."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url, SOURCE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_in_another_process_is_told_who_holds_the_source(store: Store, store_url: str) -> None:
    with holder(store_url) as process:
        with pytest.raises(SourceBusyError) as busy, store.lock(SOURCE):
            pass
        assert process.poll() is None

    said = str(busy.value)
    assert re.match(rf"another run of {SOURCE} is at work since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC ", said)
    assert f"process {process.pid} on " in said


def test_a_killed_holder_lets_go(store: Store, store_url: str) -> None:
    with holder(store_url) as process:
        process.kill()
        process.wait(10)
        assert eventually_free(store)


def test_a_child_of_a_killed_holder_does_not_keep_the_source(store: Store, store_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    holding = context.Process(target=hold_and_fork, args=(store_url, told))
    holding.start()
    child = told.get(timeout=60)
    try:
        holding.kill()
        assert eventually_free(store)
    finally:
        os.kill(child, signal.SIGKILL)
        holding.join(10)


def hold_and_fork(url: str, told: "multiprocessing.Queue[int]") -> None:
    with Store.open(url) as store, store.lock(SOURCE):
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        told.put(child)
        time.sleep(60)


def test_the_source_is_free_after_the_block_and_after_an_error_in_it(store: Store) -> None:
    with store.lock(SOURCE):
        pass
    with pytest.raises(ZeroDivisionError), store.lock(SOURCE):
        _ = 1 / 0
    with store.lock(SOURCE):
        pass


def test_two_stores_of_one_process_are_kept_apart_too(store: Store, store_url: str) -> None:
    with Store.open(store_url) as other, store.lock(SOURCE):
        with pytest.raises(SourceBusyError), other.lock(SOURCE):
            pass
        with other.lock("kyrgyzstan"):
            pass


def test_whoever_was_refused_takes_nothing_away_from_the_holder(store: Store) -> None:
    with store.lock(SOURCE):
        for _ in range(3):
            with pytest.raises(SourceBusyError), store.lock(SOURCE):
                pass
