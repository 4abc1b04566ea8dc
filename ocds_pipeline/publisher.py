"""This process, as the lock of a publication knows it, and whether another holder of the lock still lives."""

import os
import socket
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ocds_schema.json import Json
from publish.lock import Publisher

_PROC = Path("/proc")
_START_FIELD = 22
_MACHINE = ("host", "boot", "namespace")


def this_publisher() -> Publisher:
    """Give this process as a publisher."""
    return Publisher(
        holder=_holder(os.getpid()),
        is_gone=is_gone,
        token=lambda: uuid.uuid4().hex,
        clock=lambda: datetime.now(UTC),
        uptime=time.monotonic,
        wait=time.sleep,
    )


def is_gone(holder: Json) -> bool:
    """Whether a holder surely lives no more: it ran on this machine, where its process is not to be found."""
    here = _holder(os.getpid())
    if not isinstance(holder, Mapping) or any(holder.get(name) != here[name] for name in _MACHINE):
        return False
    pid = holder.get("pid")
    # Without /proc nothing is sure.
    return isinstance(pid, int) and here["started"] is not None and _started(pid) != holder.get("started")


def _holder(pid: int) -> Json:
    """Name a process so that no later one has the same name: the machine, when it was started, and when the process."""
    return {
        "host": socket.gethostname(),
        "boot": _read(_PROC / "sys/kernel/random/boot_id"),
        "namespace": _link(_PROC / f"{pid}/ns/pid"),
        "pid": pid,
        "started": _started(pid),
    }


def _started(pid: int) -> str | None:
    """Give when a process was started, in ticks since the machine was; nothing where there is none."""
    # The name of the program, in brackets, may hold anything.
    facts = _read(_PROC / f"{pid}/stat").rpartition(")")[2].split()
    return facts[_START_FIELD - 3] if facts else None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
