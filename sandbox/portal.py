"""A stand-in portal as a web application: token, faults, statistics and control around one country's services."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, ClassVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.disguise import GONE_PAGE, STRANGE_PAGE, Disguise
from sandbox.encoding import encode
from sandbox.exchange import Asked, Reply, json_reply, page_reply, text_reply
from sandbox.faults import EXPIRED, Faults, parse

TOKEN = "5a4d2b0c5a4d2b0c5a4d2b0c5a4d2b0c"  # noqa: S105 (it opens a stand-in on loopback, nothing else)
START = date(2026, 11, 1)
ROBOTS = "User-agent: *\nDisallow: /_sandbox/\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a stand-in is to be like.

    `processes` cases have been begun when the portal's clock stands at midnight of `start`; `days` moves it on before
    the first request. `unauthorized` is the status of a refusal: 404, 401 and 403 are all met. `hang` is for how many
    seconds an answer hit by `timeout` is late. What `disguise`, `omit` and `strange` do to web pages, `Disguise` says.
    `variants` choose, by names of a country's own, among ways in which its portal may answer. Addresses that `gone` is
    a part of are not found. `robots` are the rules for programs that visit: an empty text is a portal without any.
    """

    processes: int = 1000
    seed: int = 1
    start: date = START
    days: int = 0
    token: str = TOKEN
    faults: tuple[str, ...] = ()
    unauthorized: int = 404
    hang: float = 5.0
    disguise: int = 0
    omit: str = ""
    strange: str = ""
    variants: tuple[str, ...] = ()
    gone: str = ""
    robots: str = ROBOTS

    def __post_init__(self) -> None:
        """Refuse a portal without cases, or one whose clock runs backwards.

        Raises:
            ValueError: `processes` is below 1, or `days` below 0.
        """
        if self.processes < 1 or self.days < 0:
            raise ValueError("a stand-in has at least 1 process, and its clock moves on, not back")


class Services(ABC):
    """What a country provides: its portals, all on one port.

    `faults` are those its services act out themselves, once they are told to; `wants_token` says whether anything is
    answered without the token.
    """

    faults: ClassVar[tuple[str, ...]] = ()
    wants_token: ClassVar[bool] = True

    @abstractmethod
    def respond(self, asked: Asked) -> Reply:
        """The answer."""

    def refuse(self, status: int) -> Reply:
        """The answer to a request without a valid token."""
        return json_reply({"message": "Unauthorized", "status": status}, status)

    def essence(self, asked: Asked) -> bytes:
        """What a request asks for, whoever asks and whenever: the choice of a fault hangs on it.

        Services with sessions leave out what differs from one run to the next: session ids, view states, made-up ids.
        Empty where the answer only shows the way on: a fault there would come on top of those at the way's end, and
        make a client that follows wait more often than for anything else.
        """
        query = "&".join(f"{name}={value}" for name, value in asked.query.items())
        return f"{asked.method} {asked.path}?{query} ".encode() + asked.body

    @abstractmethod
    def advance(self, days: int) -> None:
        """Move the portal's clock on."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Where the portal stands; `day` counts the days its clock was moved on."""


@dataclass(slots=True)
class _Statistics:
    requests: int = 0
    refused: int = 0
    bytes: int = 0
    statuses: dict[str, int] = field(default_factory=dict)


class Portal:
    """One country's stand-in."""

    def __init__(self, country: str, services: Services, options: Options) -> None:
        self.country = country
        self.options = options
        self._services = services
        self._statistics = _Statistics()
        self._disguise = Disguise(seed=options.disguise, omit=options.omit, strange=options.strange)
        self._faults = self._new_faults(options.faults)
        control = "/_sandbox/{action}"
        self.app = Starlette(
            routes=[
                Route(control, self._control, methods=["GET", "POST"]),
                Route("/{path:path}", self._serve, methods=["GET", "POST"]),
            ]
        )

    def advance(self, days: int = 1) -> None:
        """Move the portal's clock on; between two advances nothing changes."""
        self._services.advance(days)

    def set_faults(self, *specs: str) -> None:
        """Replace the faults; the count of requests towards `expired_token` starts anew."""
        self._faults = self._new_faults(specs)
        self._statistics = _Statistics()

    @property
    def wants_token(self) -> bool:
        """Whether anything is answered without the token."""
        return self._services.wants_token

    def state(self) -> dict[str, Any]:
        """Where the portal stands: its date, its settings, how many objects of each kind it shows."""
        return {"country": self.country, "seed": self.options.seed, **self._services.state()}

    def statistics(self) -> dict[str, Any]:
        """What has been asked since the start or the last change of faults."""
        counts = self._statistics
        return {
            "requests": counts.requests,
            "refused": counts.refused,
            "bytes": counts.bytes,
            "statuses": counts.statuses,
            "faults": self._faults.counts,
        }

    def _new_faults(self, specs: tuple[str, ...]) -> Faults:
        """The faults, without those that only other countries' services act out."""
        foreign = known_faults() - set(self._services.faults)
        rates = {name: rate for name, rate in parse(specs, sorted(known_faults())).items() if name not in foreign}
        return Faults(rates, seed=self.options.seed, hang=self.options.hang)

    async def _serve(self, request: Request) -> Response:
        self._statistics.requests += 1
        if request.url.path == "/robots.txt":
            return self._send(text_reply(self.options.robots, 200 if self.options.robots else 404))
        if self.options.gone and self.options.gone in f"{request.url.path}?{request.url.query}":
            return self._send(page_reply(GONE_PAGE, 404))
        if not self._admits(request):
            self._statistics.refused += 1
            return self._send(self._services.refuse(self.options.unauthorized))
        asked = Asked(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            body=await request.body(),
            headers=dict(request.headers),
            cookies=dict(request.cookies),
        )
        if self._disguise.hides(asked.path):
            return self._send(page_reply(STRANGE_PAGE))
        fault = self._fault(asked)
        return self._send(await self._faults.spoil(self._services.respond(replace(asked, disorder=fault)), fault))

    def _fault(self, asked: Asked) -> str | None:
        essence = self._services.essence(asked)
        return self._faults.strike(essence + f" {self._services.state()['day']}".encode()) if essence else None

    def _admits(self, request: Request) -> bool:
        if not self._services.wants_token:
            return True
        limit = self._faults.expires_after
        if limit is not None and self._statistics.requests > limit:
            self._faults.counts[EXPIRED] = self._faults.counts.get(EXPIRED, 0) + 1
            return False
        return request.headers.get("authorization") == f"Bearer {self.options.token}"

    def _send(self, reply: Reply) -> Response:
        counts = self._statistics
        counts.bytes += len(reply.body)
        counts.statuses[str(reply.status)] = counts.statuses.get(str(reply.status), 0) + 1
        response = Response(reply.body, status_code=reply.status, headers={"Content-Type": reply.content_type})
        for name, value in reply.headers:
            response.headers.append(name, value)
        return response

    async def _control(self, request: Request) -> Response:
        action = f"{request.method} {request.path_params['action']}"
        if action == "POST advance":
            self.advance(int(request.query_params.get("days", "1")))
        elif action == "POST faults":
            self.set_faults(*msgspec.json.decode(await request.body() or b"[]", type=list[str]))
        elif action == "GET stats":
            return Response(encode(self.statistics()), media_type="application/json")
        elif action != "GET state":
            return Response(b'{"message":"no such control"}', status_code=404, media_type="application/json")
        return Response(encode(self.state()), media_type="application/json")


def countries() -> list[str]:
    """The countries there are stand-ins of: the packages beside this module."""
    spec = find_spec("sandbox")
    return sorted(
        module.name for module in iter_modules(spec.submodule_search_locations if spec else []) if module.ispkg
    )


@cache
def known_faults() -> frozenset[str]:
    """The faults that some country's services act out themselves."""
    return frozenset(
        name for country in countries() for name in getattr(import_module(f"sandbox.{country}"), "FAULTS", ())
    )


def demo_size(country: str) -> int:
    """How many processes a country's stand-in has where it is shown: `DEMO_PROCESSES` of its package, else 500."""
    return int(getattr(import_module(f"sandbox.{country}"), "DEMO_PROCESSES", 500))


def write_files(country: str, folder: Path, options: Options) -> list[Path]:
    """Write the files of the country that people hold, by `write_files` of its package; none where it has no such."""
    write = getattr(import_module(f"sandbox.{country}"), "write_files", None)
    return (
        list(write(folder, seed=options.seed, processes=max(1, options.processes // 10), portal=options))
        if write
        else []
    )


def open_portal(country: str = "kazakhstan", options: Options | None = None) -> Portal:
    """A country's stand-in, not yet listening."""
    options = options or Options()
    services: Services = import_module(f"sandbox.{country}").open_services(options)
    return Portal(country, services, options)
