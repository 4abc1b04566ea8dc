"""A request as it goes over the wire: method, headers, body, and what a redirect makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from extractors.base import Accept, Request
from ocds_schema import json

_SAME_AGAIN = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303}) | _SAME_AGAIN
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_ACCEPTED: Mapping[Accept, str] = {
    "json": _JSON,
    "html": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "fragment": "text/html, */*;q=0.1",
    "xml": "application/xml, text/xml, */*;q=0.1",
    "text": "text/plain, */*;q=0.1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is sent, as often as it must be."""

    method: str
    url: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str]
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    accept: Accept

    def is_redirected(self, status: int) -> bool:
        """Say whether a status sends the question elsewhere; what is no form can only be sent the same again."""
        is_browsing = self.method == "GET" or self.headers.get("Content-Type") == _FORM
        return status in (_REDIRECTS if is_browsing else _SAME_AGAIN)

    def redirected(self, status: int, url: str) -> "Question":
        """Give the question that a redirect asks for: as in a browser, a form is seldom posted again."""
        if self.method == "GET" or status in _SAME_AGAIN:
            return replace(self, url=url)
        headers = {name: value for name, value in self.headers.items() if name != "Content-Type"}
        return replace(self, url=url, method="GET", body=b"", headers=headers)


def question_of(request: Request, url: str) -> Question:
    """Write a request for an address: a form or JSON is posted, anything else is a get."""
    headers = {"Accept": _ACCEPTED[request.accept]}
    method, body = "GET", b""
    if request.form is not None:
        method, body = "POST", urlencode(request.form).encode("ascii")
        headers["Content-Type"] = _FORM
    elif request.body is not None:
        method, body = "POST", json.encode(request.body)
        headers["Content-Type"] = _JSON
    return Question(
        method=method,
        url=url,
        body=body,
        headers=headers | dict(request.headers),
        cookies=request.cookies,
        accept=request.accept,
    )
