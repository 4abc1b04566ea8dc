"""Start and stop stand-ins: in the foreground, in a thread of this process, or in a process of their own."""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import uvicorn

from sandbox.portal import START, TOKEN, Options, Portal, countries, open_portal

HOST = "127.0.0.1"
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A stand-in in a thread: where it listens, and the portal itself, to move its clock or change its faults."""

    base_url: str
    token: str
    portal: Portal

    def advance(self, days: int = 1) -> None:
        """Move the portal's clock on."""
        self.portal.advance(days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spawned:
    """A stand-in in a process of its own."""

    base_url: str
    token: str
    pid: int

    def control(self, action: str, method: str = "POST", body: Any = None) -> dict[str, Any]:
        """Ask `state` or `stats` (GET), `advance?days=N` or `faults` (POST)."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.base_url}/_sandbox/{action}", data=data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found

    def advance(self, days: int = 1) -> None:
        """Move the portal's clock on."""
        self.control(f"advance?days={days}")


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    return listener


def _server(portal: Portal) -> uvicorn.Server:
    config = uvicorn.Config(portal.app, log_level="error", access_log=False, lifespan="off", ws="none")
    return uvicorn.Server(config)


@contextmanager
def running(
    country: str = "kazakhstan", *, port: int = 0, options: Options | None = None, **settings: Any
) -> Iterator[Running]:
    """A stand-in in a thread of this process, on a free port unless one is given, until the block ends.

    The settings are those of `Options`; they go over the options given.
    """
    portal = open_portal(country, replace(options or Options(), **settings))
    server, listener = _server(portal), _listen(port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=f"sandbox-{country}", daemon=True)
    thread.start()
    try:
        _wait(server, thread)
        base_url = f"http://{HOST}:{listener.getsockname()[1]}"
        yield Running(base_url=base_url, token=portal.options.token, portal=portal)
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        listener.close()


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the stand-in did not start")
        time.sleep(0.01)


def serve(
    *,
    processes: int = 1000,
    seed: int = 1,
    port: int = 8700,
    faults: Sequence[str] = (),
    start: date = START,
    token: str = TOKEN,
    only: Sequence[str] = (),
    **settings: Any,
) -> None:
    """Serve every country's stand-in, each on a port of its own from `port` on, until interrupted.

    Prints one line a country: where it listens, and the token it wants, if it wants one. The settings are those of
    `Options`.
    """
    options = Options(processes=processes, seed=seed, start=start, token=token, faults=tuple(faults), **settings)
    servers = []
    for index, country in enumerate(only or countries()):
        listener = _listen(port + index if port else 0)
        portal = open_portal(country, options)
        wanted = f"token {token}" if portal.wants_token else "no token"
        print(f"{country} http://{HOST}:{listener.getsockname()[1]} {wanted}", flush=True)  # noqa: T201
        servers.append((_server(portal), listener))
    for server, listener in servers[1:]:
        threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    servers[0][0].run(sockets=[servers[0][1]])


@contextmanager
def spawned(
    country: str = "kazakhstan", *, port: int = 0, options: Options | None = None, **settings: Any
) -> Iterator[Spawned]:
    """A stand-in in a process of its own, until the block ends: it takes no time from the caller's."""
    chosen = replace(options or Options(), **settings)
    command = [sys.executable, "-m", "sandbox", "--only", country, "--port", str(port), *arguments(chosen)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("the stand-in did not start")
            yield Spawned(base_url=line.split()[1], token=chosen.token, pid=process.pid)
        finally:
            process.terminate()


def arguments(options: Options) -> list[str]:
    """The options as arguments of `python -m sandbox`."""
    named = {
        "--processes": options.processes,
        "--seed": options.seed,
        "--start": options.start.isoformat(),
        "--days": options.days,
        "--token": options.token,
        "--unauthorized": options.unauthorized,
        "--hang": options.hang,
        "--disguise": options.disguise,
        "--omit": options.omit,
        "--strange": options.strange,
        "--gone": options.gone,
        "--robots": options.robots,
    }
    found = [text for name, value in named.items() for text in (name, str(value))]
    found += [text for fault in options.faults for text in ("--fault", fault)]
    return found + [text for variant in options.variants for text in ("--variant", variant)]
