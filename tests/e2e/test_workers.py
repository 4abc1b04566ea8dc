"""Workers end with the process they work for."""

import os
import signal
import time
from pathlib import Path

from sandbox.server import running
from tests.support.command import TOKEN, Installation


def children(pid):
    """Give the processes that a process has started, and theirs."""
    found, parents = [], {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    todo = [pid]
    while todo:
        todo += (more := parents.get(todo.pop(), []))
        found += more
    return found


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def test_a_killed_run_leaves_no_worker_behind(tmp_path):
    with running("kazakhstan", processes=700, seed=1, token=TOKEN) as portal:
        installation = Installation(home=tmp_path / "home", portal=portal.base_url)
        installation.done("harvest", "kazakhstan", "--full", "--until", "2026-11-01")
        process = installation.start("transform", "kazakhstan", "--all")
        assert wait_for(lambda: len(children(process.pid)) >= 2)
        workers = children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)

        assert wait_for(lambda: not any(map(is_alive, workers)))
