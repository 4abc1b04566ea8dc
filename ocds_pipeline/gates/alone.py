"""Keeps a process off every network: from then on whoever tries to reach one gets an error."""

import sys
from typing import Any

_REFUSED = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}
)


def stay_alone() -> None:
    """Refuse every connection and every look-up of a name, for the rest of the process's life."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _REFUSED:
        raise ConnectionRefusedError(f"gates have no network: {event}{arguments[1:]!r}")
