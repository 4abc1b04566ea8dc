"""A country's listings walked on its stand-in without HTTP: each page as it came, and what is needed to read it."""

import copy
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from extractors.base import Listing, Portal, Request, SessionExpiredError
from sandbox.exchange import Asked, Reply
from sandbox.portal import Options

MOST_DEPTH = 5


@dataclass(frozen=True)
class Read:
    """An answer to a listing: to its opening, or to the request for a position in a conversation."""

    listing: Listing
    content: Any
    position: str = ""
    session: Any = None
    is_opening: bool = False

    def __str__(self) -> str:
        return f"{self.listing.name}{' opened' if self.is_opening else ''}"

    def again(self, content: Any) -> Any:
        """Read another content in the place of this one: a session, or a page."""
        if self.is_opening:
            return self.listing.session(content)
        self.listing.request(self.position, copy.deepcopy(self.session))
        return self.listing.page(content)


class Walk:
    """Follows every listing of a portal, and keeps some answers of each kind."""

    def __init__(self, country: str, *, each: int = 3, **options: Any) -> None:
        self.portal: Portal = import_module(f"extractors.{country}").PORTAL
        self.services = import_module(f"sandbox.{country}").open_services(Options(**options))
        self.reads: list[Read] = []
        self._each = each
        self._cookies: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        for listing in self.portal.listings(None):
            self._read(listing, None, 0)

    def _read(self, listing: Listing, session: Any, depth: int) -> None:
        if depth > MOST_DEPTH or self._counts[listing.kind] >= self._each:
            return
        session, opened = self._opened(listing, session)
        before = copy.deepcopy(session)
        content = self._ask(listing.request("", session))
        if content is None:
            return
        try:
            page = listing.page(content)
        except (ValueError, SessionExpiredError):
            return
        self._counts[listing.kind] += 1
        self.reads += [*opened, Read(listing, content, "", before)]
        for fields in page.objects[: self._each]:
            for following in listing.follow(fields):
                self._read(following, page.session, depth + 1)

    def _opened(self, listing: Listing, session: Any) -> tuple[Any, list[Read]]:
        opening = listing.opening()
        if opening is None or session is not None:
            return session, []
        content = self._ask(opening)
        return listing.session(content), [Read(listing, content, is_opening=True)]

    def _ask(self, request: Request) -> Any:
        reply = self._send(request)
        if reply.status != 200:
            return None
        text = reply.body.decode()
        return json.loads(text, parse_float=Decimal) if request.accept == "json" else text

    def _send(self, request: Request) -> Reply:
        self._cookies.update(request.cookies)
        body = urlencode(request.form).encode() if request.form is not None else b""
        reply = self._respond("GET" if request.form is None else "POST", request.path, body)
        while reply.status in {301, 302, 303}:
            reply = self._respond("GET", dict(reply.headers)["Location"], b"")
        return reply

    def _respond(self, method: str, path: str, body: bytes) -> Reply:
        reply: Reply = self.services.respond(Asked.of(method, path, body=body, cookies=dict(self._cookies)))
        for name, value in reply.headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return reply
