"""Faults on request: which request is hit by which, and what it does to the answer.

A request is hit by one fault at most, always the same one for a seed, and at most twice in a row: asking a third time
gives the true answer.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b

from sandbox.exchange import HTML, XML, Reply

TRANSPORT = ("timeout", "429", "500", "truncated", "html200", "bom")
"""Faults of the way, to any answer: it is late, refused, cut, replaced or prefixed."""
EXPIRED = "expired_token"
_REMEMBERED = 65_536
_MAINTENANCE = (
    "<!DOCTYPE html><html lang='ru'><head><title>Технические работы</title></head>"
    "<body><h1>На портале ведутся технические работы</h1></body></html>"
).encode()
_TOO_MANY = b'{"message":"Too Many Requests","status":429}'
_BROKEN = b'{"name":"Internal Server Error","code":0,"status":500}'


class FaultError(ValueError):
    """A fault was asked for that there is not."""


class Faults:
    """Says which fault hits a request."""

    def __init__(self, rates: Mapping[str, float], *, seed: int, hang: float = 5.0) -> None:
        self._rates = {name: rate for name, rate in rates.items() if name != EXPIRED}
        self._seed = seed
        self._hang = hang
        self._struck: OrderedDict[bytes, int] = OrderedDict()
        self.expires_after = int(rates[EXPIRED]) if EXPIRED in rates else None
        self.counts: dict[str, int] = {}

    def strike(self, request: bytes) -> str | None:
        """The fault that hits this request now, if one does."""
        digest = blake2b(request, digest_size=16, salt=self._seed.to_bytes(16, "big")).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        fault = self._fault(share)
        if fault is None:
            return None
        times = self._struck.pop(digest, 0)
        if times > digest[8] % 2:
            return None
        self._struck[digest] = times + 1
        if len(self._struck) > _REMEMBERED:
            self._struck.popitem(last=False)
        self.counts[fault] = self.counts.get(fault, 0) + 1
        return fault

    def _fault(self, share: float) -> str | None:
        for name, rate in self._rates.items():
            share -= rate
            if share < 0:
                return name
        return None

    async def spoil(self, reply: Reply, fault: str | None) -> Reply:
        """The answer as it arrives."""
        if fault == "timeout":
            await asyncio.sleep(self._hang)
            return reply
        return _SPOILED[fault](reply) if fault is not None and fault in _SPOILED else reply


def _error(reply: Reply, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """An error in the form of the answer: a page where a page or XML was due, otherwise JSON."""
    if reply.content_type not in {HTML, XML}:
        return Reply(status=status, body=body, headers=headers)
    page = f"<html><head><title>{status}</title></head><body><h1>HTTP Status {status}</h1></body></html>"
    return Reply(status=status, body=page.encode(), content_type=HTML, headers=headers)


_SPOILED: Mapping[str, Callable[[Reply], Reply]] = {
    "429": lambda reply: _error(reply, 429, _TOO_MANY, (("Retry-After", "1"),)),
    "500": lambda reply: _error(reply, 500, _BROKEN),
    "truncated": lambda reply: replace(reply, body=reply.body[: len(reply.body) * 2 // 3]),
    "html200": lambda _: Reply(body=_MAINTENANCE, content_type=HTML),
    "bom": lambda reply: replace(reply, body=b"\xef\xbb\xbf" + reply.body),
}


def parse(specs: Iterable[str], known: Iterable[str]) -> dict[str, float]:
    """Read `NAME=RATE` (a share of requests, 0 to 1) and `expired_token=AFTER` (a number of requests).

    `known` are the faults that the portals act out themselves, beside those of the way.

    Raises:
        FaultError: the fault is unknown, or its rate is no number or no share.
    """
    names = (*TRANSPORT, *known, EXPIRED)
    rates = {}
    for spec in specs:
        name, _, text = spec.partition("=")
        if name not in names:
            raise FaultError(f"no fault {name!r}: there are {', '.join(names)}")
        try:
            rates[name] = float(text)
        except ValueError:
            raise FaultError(f"{spec!r}: write {name}=RATE") from None
        if rates[name] < 0 or (name != EXPIRED and rates[name] > 1):
            raise FaultError(f"{spec!r}: a rate is a share of requests from 0 to 1")
    return rates
