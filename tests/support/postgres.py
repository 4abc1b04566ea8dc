"""A PostgreSQL server of its own for a test session: made from the installed binaries, gone afterwards.

It listens on a unix socket only and keeps nothing safe (`fsync` off), so never put anything of worth into it.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_INSTALLED = Path("/usr/lib/postgresql")
_SECONDS = 120
_COUNTER = itertools.count(1)
_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Server:
    """A running server, told apart by the folder it lives in."""

    def __init__(self, folder: Path, binaries: Path, options: Sequence[str]) -> None:
        self._folder = folder
        self._binaries = binaries
        self._options = options

    def url(self, database: str = "postgres") -> str:
        """Give the URL of one of the server's databases."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def start(self) -> None:
        """Make the cluster and start the server on it."""
        data = self._folder / "data"
        self._run(
            "initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", data
        )
        settings = [f"unix_socket_directories={self._folder}", "listen_addresses=", *_memory(), *self._options]
        words = " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "start", "-w", "-s", "-D", data, "-l", self._folder / "log", "-o", words)

    def stop(self) -> None:
        """Stop the server at once."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", self._folder / "data")

    def create(self, template: str = "template1") -> str:
        """Make a new database, a copy of another, and give its name."""
        name = f"test_{os.getpid()}_{next(_COUNTER)}"
        self._ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, and whoever is still connected to it."""
        self._ask(f"DROP DATABASE {name} WITH (FORCE)")

    def _ask(self, statement: str) -> None:
        self._run("psql", "-X", "-q", "-h", self._folder, "-U", "postgres", "-d", "postgres", "-c", statement)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [str(self._binaries / program), *map(str, arguments)]
        # Started from a place everybody may enter, and as somebody: the server refuses to run as root.
        identity = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            command,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            **identity,
        )
        if done.returncode:
            log = self._folder / "log"
            told = done.stderr.decode() if done.stderr else log.read_text()[-2000:] if log.exists() else ""
            raise RuntimeError(f"{program} ended with {done.returncode}: {told}")


@contextlib.contextmanager
def server(*, safe: bool = False) -> Iterator[Server]:
    """Run a server while the block runs; `safe` keeps its usual care for the disk, as a benchmark wants it."""
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="ocds-postgres-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        running = Server(folder, binaries, () if safe else _UNSAFE)
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder)


def find_binaries() -> Path:
    """Find the newest PostgreSQL installed; install it where there is none.

    Raises:
        RuntimeError: there is none, and it cannot be installed.
    """
    found = _newest()
    if found is None:
        _install()
        found = _newest()
    if found is None:
        raise RuntimeError("PostgreSQL is needed by these tests: apt-get install postgresql")
    return found


def _newest() -> Path | None:
    versions = [path for path in _INSTALLED.glob("*/bin") if (path / "initdb").exists()]
    return max(versions, key=lambda path: float(path.parent.name), default=None)


def _install() -> None:
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    # Without its own cluster: the package would start a server nobody asked for.
    environment = [*become, "env", "DEBIAN_FRONTEND=noninteractive"]
    for command in (["apt-get", "-q", "update"], ["apt-get", "-q", "-y", "install", "postgresql"]):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([*environment, *command], check=False, timeout=600, stdin=subprocess.DEVNULL)


def _memory() -> Sequence[str]:
    return ("shared_buffers=128MB", "max_wal_size=4GB", "max_connections=50")
