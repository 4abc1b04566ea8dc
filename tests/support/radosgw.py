"""A real S3 server for a test session: one monitor, one disk and one gateway of Ceph, gone afterwards.

It listens on loopback only, its parts ask one another for no password, and it keeps its objects in memory.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PACKAGES = ("radosgw", "ceph-mon", "ceph-osd")
_PROGRAMS = ("radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd", "monmaptool", "setpriv")
_SECONDS = 120
_SETTINGS = """\
[global]
fsid = {fsid}
mon host = v1:127.0.0.1:{monitor}
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail warn = 1
run dir = {folder}/run
admin socket = {folder}/run/$name.asok
log file = {folder}/log/$name.log
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
[mon.a]
mon data = {folder}/mon
[osd.0]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd class update on start = false
osd crush update on start = false
osd memory target = 1073741824
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw data = {folder}/rgw
"""


class MissingError(Exception):
    """There is no radosgw on this machine, and none can be installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucketeer:
    """A running server: its address, and the credentials of its one user."""

    endpoint: str
    access_key: str = "testkey"
    secret_key: str = "testsecret"


@contextlib.contextmanager
def server() -> Iterator[Bucketeer]:
    """Run a server while the block runs.

    Raises:
        MissingError: it is not installed, and cannot be.
    """
    find_programs()
    folder = Path(tempfile.mkdtemp(prefix="ocds-radosgw-"))
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield _start(folder, started)
    finally:
        for process in reversed(started):
            # Nothing in it is worth the seconds of a clean end.
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> None:
    """Make sure that the server's programs are there; install them where they are not.

    Raises:
        MissingError: they are not there, and cannot be installed.
    """
    if _missing():
        _install()
    if missing := _missing():
        raise MissingError(f"a real S3 server needs {', '.join(missing)}: apt-get install {' '.join(_PACKAGES)}")


def _missing() -> list[str]:
    return [program for program in _PROGRAMS if shutil.which(program) is None]


def _install() -> None:
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = [*become, "env", "DEBIAN_FRONTEND=noninteractive"]
    install = ["apt-get", "-q", "-y", "install", "--no-install-recommends", *_PACKAGES]
    for command in (["apt-get", "-q", "update"], install):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([*environment, *command], check=False, timeout=600, stdin=subprocess.DEVNULL)


def _start(folder: Path, started: list[subprocess.Popen[bytes]]) -> Bucketeer:
    for name in ("mon", "osd", "rgw", "run", "log"):
        (folder / name).mkdir()
    settings = folder / "ceph.conf"
    fsid, port, monitor = str(uuid.uuid4()), _free_port(), _free_port()
    settings.write_text(_SETTINGS.format(fsid=fsid, folder=folder, port=port, monitor=monitor))
    _run(folder, "monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v1:127.0.0.1:{monitor}]", "monmap")
    _run(folder, "ceph-mon", "-c", "ceph.conf", "--mkfs", "-i", "a", "--monmap", "monmap")
    started.append(_serve(folder, "ceph-mon", "-c", "ceph.conf", "-i", "a", "-f"))
    disk = str(uuid.uuid4())
    _run(folder, "ceph", "-c", "ceph.conf", "osd", "new", disk)
    _run(folder, "ceph-osd", "-c", "ceph.conf", "-i", "0", "--mkfs", "--osd-uuid", disk)
    _run(folder, "ceph", "-c", "ceph.conf", "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=h")
    started.append(_serve(folder, "ceph-osd", "-c", "ceph.conf", "-i", "0", "-f"))
    started.append(_serve(folder, "radosgw", "-c", "ceph.conf", "-n", "client.rgw.a", "-f"))
    running = Bucketeer(endpoint=f"http://127.0.0.1:{port}")
    _wait(running.endpoint, started)
    keys = ("--access-key", running.access_key, "--secret", running.secret_key)
    _run(folder, "radosgw-admin", "-c", "ceph.conf", "user", "create", "--uid", "test", "--display-name", "test", *keys)
    return running


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")


def _serve(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    with (folder / f"{command[0]}.out").open("wb") as told:
        # It must not outlive a test session that is killed.
        bound = ("setpriv", "--pdeathsig", "KILL", *command)
        return subprocess.Popen(bound, cwd=folder, stdin=subprocess.DEVNULL, stdout=told, stderr=told)


def _wait(endpoint: str, started: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if dead := [process.args for process in started if process.poll() is not None]:
            raise RuntimeError(f"{dead} ended")
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(endpoint, timeout=10):
            return
        time.sleep(0.2)
    raise RuntimeError(f"the S3 server at {endpoint} did not answer within {_SECONDS} s")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
