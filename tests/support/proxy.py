"""An S3 server between a storage and the real one, that counts what passes, and that can fail or lie."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.radosgw import Bucketeer

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_ERROR = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>injected</Message></Error>'
_CODES = {409: "ConditionalRequestConflict", 412: "PreconditionFailed", 429: "TooManyRequests", 500: "InternalError"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it came: its method, key and query, headers in small letters, and the size of its body."""

    method: str
    key: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is answered to a request, `after` the real server did what it says, or instead; 0 is no answer at all."""

    status: int
    after: bool = False
    code: str = ""


@dataclass
class Proxy:
    """A running server. `fault` says what happens to a request, `lie` gives the headers that the real server sees.

    `seen` are all requests that came, `taken` those that the real server did.
    """

    endpoint: str = ""
    fault: Callable[[Request], Fault | None] = lambda _request: None
    lie: Callable[[Request], dict[str, str]] = lambda request: request.headers
    seen: list[Request] = field(default_factory=list)
    taken: list[Request] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def sent(self, part: str = "/v1/") -> int:
        """How many bytes were sent to keys that hold a text."""
        return sum(request.bytes for request in self.seen if request.method in {"PUT", "POST"} and part in request.key)

    def puts(self, part: str = "/v1/") -> list[str]:
        """The keys with a text that something was sent to, in order."""
        return [request.key for request in self.seen if request.method == "PUT" and part in request.key]


@contextmanager
def proxy(server: Bucketeer) -> Iterator[tuple[Proxy, Bucketeer]]:
    """Run a proxy before a server while the block runs; gives it, and the server as it is reached through it."""
    made = Proxy()
    target = urlsplit(server.endpoint).netloc

    class Handler(_Handler):
        proxy = made
        upstream = target
        server_user = server

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    made.endpoint = f"http://127.0.0.1:{running.server_port}"
    thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made, replace(server, endpoint=made.endpoint)
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    proxy: Proxy
    upstream: str
    server_user: Bucketeer

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            key=unquote(parts.path),
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            bytes=len(body),
        )
        with self.proxy.guard:
            self.proxy.seen.append(request)
            fault = self.proxy.fault(request)
        if fault is None or fault.after:
            status, headers, content = self._forward(request, body)
            if status < 300:
                self.proxy.taken.append(request)
        if fault is None:
            self._answer(status, headers, content)
        elif fault.status == 0:
            self.close_connection = True
        else:
            text = _ERROR.format(code=fault.code or _CODES.get(fault.status, str(fault.status))).encode()
            self._answer(fault.status, [("Content-Type", "application/xml")], text)

    def _forward(self, request: Request, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        try:
            headers = {name: value for name, value in self.proxy.lie(request).items() if name != "expect"}
            if headers.keys() != request.headers.keys() - {"expect"}:
                headers = self._signed(headers, body)
            connection.request(self.command, self.path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _signed(self, headers: dict[str, str], body: bytes) -> dict[str, str]:
        """Sign a request again: which headers it has is part of what was signed."""
        plain = {name: value for name, value in headers.items() if name not in {"authorization", "x-amz-date"}}
        request = AWSRequest(self.command, f"{self.proxy.endpoint}{self.path}", headers=plain, data=body)
        keys = Credentials(self.server_user.access_key, self.server_user.secret_key)
        S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
        return dict(request.headers.items())

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        length = str(len(content))
        for name, value in headers:
            if name.lower() == "content-length":
                length = value
            elif name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def handle_expect_100(self) -> bool:
        """Ask for the body at once: a client waits a second for this word."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


for _method in ("GET", "PUT", "POST", "HEAD", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler._pass)
