"""What goes to and fro between a client and a country's services: requests as services see them, and answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.encoding import encode

JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=UTF-8"
XML = "text/xml; charset=UTF-8"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, as a country's services see it.

    Names of headers are in lower case. `disorder` is the fault that the services are to act out in their answer.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    disorder: str | None = None

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The fields of a posted form; of several with one name the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def base_url(self) -> str:
        """Where the client found the portal: scheme and host."""
        return f"http://{self.headers.get('host', '127.0.0.1')}"

    @classmethod
    def of(cls, method: str, url: str, **rest: Any) -> "Asked":
        """A request for an address with its query."""
        parts = urlsplit(url)
        return cls(method=method, path=parts.path, query=dict(parse_qsl(parts.query, keep_blank_values=True)), **rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer on its way out."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def json_reply(value: Any, status: int = 200) -> Reply:
    """A value as JSON."""
    return Reply(status=status, body=encode(value))


def page_reply(text: str, status: int = 200, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A web page, or a piece of one."""
    return Reply(status=status, body=text.encode(), content_type=HTML, headers=headers)


def text_reply(text: str, status: int = 200) -> Reply:
    """Plain text."""
    return Reply(status=status, body=text.encode(), content_type="text/plain; charset=UTF-8")


def xml_reply(text: str, status: int = 200, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """An XML document."""
    return Reply(status=status, body=text.encode(), content_type=XML, headers=headers)


def redirect(location: str, status: int = 302, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """The way to another address."""
    return Reply(status=status, content_type=HTML, headers=(("Location", location), *headers))


def cookie(name: str, value: str, path: str = "/") -> tuple[str, str]:
    """The header that sets a cookie."""
    return "Set-Cookie", f"{name}={value}; Path={path}; HttpOnly"
