"""One portal over HTTP: paced, patient, bounded in size, and silent about credentials."""

import logging
import random
import re
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from extractors.answers import (
    Answer,
    NoUsableAnswerError,
    PassingError,
    UnreadableAnswerError,
    is_same_again,
    read_answer,
)
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PortalChangedError, PortalRefusedError
from ocds_schema.json import Json
from ocds_schema.raw import Exchange

log = logging.getLogger(__name__)

MIB = 1024 * 1024
MOST_BYTES = 64 * MIB
MOST_REDIRECTS = 5

# An answer that drips in may take this many time-outs altogether.
_DRIPS = 5
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"})
_REMOVED = "[removed]"
_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x20\x7f]{0,8000}")
_TOKEN = re.compile(r"[\x21-\x7e]*")
_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_REDIRECTS = {"GET": frozenset({301, 302, 303, 307, 308}), "POST": frozenset({307, 308})}
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What a client has asked for so far; `bytes` are those that came over the wire."""

    requests: int = 0
    retries: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a request is repeated, and how long to wait in between, in seconds.

    The wait doubles from `first` to `longest`, and `jitter`, a number below 1, lengthens it by up to a half; without
    jitter the waits are always the same. A portal's own Retry-After counts where it is longer, up to `longest_asked`.
    """

    attempts: int = 6
    first: float = 2.0
    longest: float = 120.0
    longest_asked: float = 600.0
    jitter: Callable[[], float] | None = random.random

    def wait(self, attempt: int, asked: float) -> float:
        """Give the wait after the attempt with this number, counted from 1."""
        wait = min(self.longest, self.first * 2.0 ** (attempt - 1))
        if self.jitter is not None:
            wait *= 1 + self.jitter() / 2
        return max(wait, min(asked, self.longest_asked))


class Client:
    """A portal's services, asked one request at a time.

    Certificates are always verified, against the system's and those of `ca_bundle`. Redirects are followed within the
    portal's host only. Nothing that comes out, exchanges, messages or log lines, holds the token. `advice` says how to
    get a token. `rate` is in requests a second, `timeout` in seconds.

    Raises:
        ConfigurationError: the token or the file with certificates cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        user_agent: str,
        clock: Callable[[], datetime],
        token: str = "",
        advice: str = "",
        rate: float = 2.0,
        timeout: float = 90.0,
        ca_bundle: Path | None = None,
        patience: Patience | None = None,
        most_bytes: int = MOST_BYTES,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise ConfigurationError("the token holds characters that no token has: copy it again, without line breaks")
        address = _address(base_url)
        self.traffic = Traffic()
        self._host = address.host
        self._origin = f"{address.scheme}://{address.netloc.decode('ascii')}"
        self._base = self._origin + address.path.rstrip("/")
        self._token = token
        self._advice = advice
        self._gap = 1 / rate
        self._next = 0.0
        self._timeout = timeout
        self._patience = patience or Patience()
        self._most_bytes = most_bytes
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        headers = {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        # trust_env would let ~/.netrc and SSL_CERT_FILE have a say.
        self._http = httpx.Client(headers=headers, timeout=timeout, verify=_trust(ca_bundle), trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str) -> Answer:
        """Get a path of the portal.

        Raises:
            PortalUnavailableError: no usable answer after every attempt; NoUsableAnswerError has the last.
            PortalRefusedError: 401, 403, or 404 "Invalid Route".
            PortalChangedError: the path or a redirect leads away from the portal, or the answer is too large; where the
                answer cannot be read, and came the same again, UnreadableAnswerError has it.
        """
        return self._ask("GET", path, b"")

    def post_json(self, path: str, body: Json) -> Answer:
        """Post JSON to a path of the portal; raises what `get` raises."""
        return self._ask("POST", path, json.encode(body))

    def refusal(self, reason: str) -> PortalRefusedError:
        """Give the error that says that the portal refuses us, why, and how to get a token."""
        lack = "the token is wrong or has run out" if self._token else "it wants a token, and there is none"
        return PortalRefusedError(f"{self._host} refused us ({self._redact(reason)}): {lack}. {self._advice}".rstrip())

    def _ask(self, method: str, path: str, body: bytes) -> Answer:
        url = self._url(path)
        attempts = self._patience.attempts
        retrying = Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=stop_after_attempt(attempts),
            wait=self._wait,
            before_sleep=self._note,
            sleep=self._sleep,
            reraise=True,
        )
        tried = list[Exchange]()
        try:
            return retrying(self._attempt, method, url, body, tried)
        except PassingError as trouble:
            reason = self._redact(f"{method} {url}: {trouble}")
            raise NoUsableAnswerError(f"{reason} ({attempts} attempts)", next(iter(tried), None)) from None

    def _attempt(self, method: str, url: str, body: bytes, tried: list[Exchange]) -> Answer:
        """Ask once more; `tried` holds the last answer that could not be used."""
        try:
            return self._follow(method, url, body)
        except PassingError as trouble:
            if trouble.exchange is None:
                raise
            if is_same_again(trouble, next(iter(tried), None)):
                reason = self._redact(f"{method} {url}: {trouble}, the same again when asked again")
                raise UnreadableAnswerError(reason, trouble.exchange) from None
            tried[:] = [trouble.exchange]
            raise

    def _wait(self, state: RetryCallState) -> float:
        trouble = state.outcome.exception() if state.outcome else None
        asked = trouble.asked if isinstance(trouble, PassingError) else 0.0
        return self._patience.wait(state.attempt_number, asked)

    def _note(self, state: RetryCallState) -> None:
        trouble = state.outcome.exception() if state.outcome else None
        log.info(
            "waiting seconds=%.1f attempt=%d reason=%s",
            state.upcoming_sleep,
            state.attempt_number,
            self._redact(str(trouble)),
        )
        self.traffic.retries += 1

    def _url(self, path: str) -> str:
        if path.startswith(self._origin + "/"):
            path = path.removeprefix(self._base if path.startswith(self._base + "/") else self._origin)
        if not _PATH.fullmatch(path):
            raise PortalChangedError(f"{self._redact(path[:200])!r} leads away from {self._host}; it was not asked")
        if self._token and self._token in path:
            raise PortalChangedError(f"{self._host} plays our token back in an address; it was not asked")
        return self._base + path

    def _follow(self, method: str, url: str, body: bytes) -> Answer:
        for _ in range(MOST_REDIRECTS):
            exchange, target = self._exchange(method, url, body)
            if not target:
                return self._judge(exchange)
            there = self._join(url, target)
            if self._token and self._token in str(there):
                raise PortalChangedError(f"{url} plays our token back in a redirect")
            if f"{there.scheme}://{there.netloc.decode('ascii')}" != self._origin:
                raise PortalChangedError(f"{url} redirects to another host, {there.host}")
            url = str(there)
        raise PortalChangedError(f"{url} redirects more than {MOST_REDIRECTS} times")

    def _join(self, url: str, target: str) -> httpx.URL:
        try:
            return httpx.URL(url).join(target)
        except httpx.InvalidURL:
            raise PortalChangedError(f"{url} redirects to no address at all") from None

    def _exchange(self, method: str, url: str, body: bytes) -> tuple[Exchange, str]:
        request = self._http.build_request(
            method, url, content=body or None, headers={"Content-Type": "application/json"} if body else None
        )
        self._pace()
        self.traffic.requests += 1
        try:
            response = self._http.send(request, stream=True)
            try:
                data = self._read(response)
            finally:
                self.traffic.bytes += response.num_bytes_downloaded
                response.close()
        except httpx.TimeoutException:
            raise PassingError(f"no answer within {self._timeout:g} seconds") from None
        except httpx.RequestError as error:
            raise self._trouble(error) from None
        log.debug("asked method=%s url=%s status=%d bytes=%d", method, url, response.status_code, len(data))
        target = response.headers.get("location", "") if response.status_code in _REDIRECTS[method] else ""
        return self._record(request, response, body, data), target

    def _pace(self) -> None:
        now = self._monotonic()
        if self._next > now:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._gap

    def _read(self, response: httpx.Response) -> bytes:
        if (encoding := response.headers.get("content-encoding", "").strip().lower()) not in _ENCODINGS:
            raise PortalChangedError(f"{self._host} packs its answers as {encoding[:40]!r}, which was not asked for")
        if _number(response.headers.get("content-length", "")) > self._most_bytes:
            raise self._too_large(response)
        ends = self._monotonic() + _DRIPS * self._timeout
        data = bytearray()
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > self._most_bytes:
                raise self._too_large(response)
            if self._monotonic() > ends:
                raise PassingError(f"the answer had not come whole after {_DRIPS * self._timeout:g} seconds")
        return bytes(data)

    def _too_large(self, response: httpx.Response) -> PortalChangedError:
        limit = f"{self._most_bytes / MIB:g} MiB"
        return PortalChangedError(f"{response.url} answers with more than {limit} of content")

    def _trouble(self, error: httpx.RequestError) -> Exception:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return ConfigurationError(
                    f"the certificate of {self._host} cannot be verified ({cause.verify_message}): "
                    "name a file with its chain in the source's CA bundle setting"
                )
            cause = cause.__cause__ or cause.__context__
        return PassingError(f"{type(error).__name__}: {error}")

    def _record(self, request: httpx.Request, response: httpx.Response, body: bytes, data: bytes) -> Exchange:
        return Exchange(
            method=request.method,
            url=str(request.url),
            request_headers=self._headers(request.headers),
            request_body=body,
            status=response.status_code,
            reason=response.reason_phrase,
            response_headers=self._headers(response.headers),
            # A portal that plays our request back would put the token into the archive.
            response_body=data.replace(self._token.encode(), _REMOVED.encode()) if self._token else data,
            retrieved_at=self._clock(),
        )

    def _headers(self, headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
        return tuple(
            (name, self._redact(value)) for name, value in headers.multi_items() if name.lower() not in _SECRET_HEADERS
        )

    def _judge(self, exchange: Exchange) -> Answer:
        status = exchange.status
        said = f"{status} {exchange.reason}".rstrip()
        if status in _REFUSALS or _is_invalid_route(exchange):
            raise self.refusal(said)
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise PassingError(f"answered {said}", asked=self._asked(exchange), exchange=exchange)
        return read_answer(exchange)

    def _asked(self, exchange: Exchange) -> float:
        value = next((value for name, value in exchange.response_headers if name.lower() == "retry-after"), "")
        with suppress(ValueError, OverflowError):
            return max(0.0, float(int(value)))
        with suppress(ValueError, TypeError):
            until = parsedate_to_datetime(value)
            until = until if until.tzinfo else until.replace(tzinfo=UTC)
            return max(0.0, (until - self._clock()).total_seconds())
        return 0.0

    def _redact(self, text: str) -> str:
        return text.replace(self._token, _REMOVED) if self._token else text


def _address(base_url: str) -> httpx.URL:
    try:
        address = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"the portal's base address is none: {error}") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise ConfigurationError(f"the portal's base address {base_url!r} must begin with https:// and name a host")
    return address


def _trust(ca_bundle: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_bundle is not None:
        try:
            context.load_verify_locations(cafile=ca_bundle)
        except OSError as error:  # ssl.SSLError is an OSError
            raise ConfigurationError(f"the CA bundle {ca_bundle} cannot be read: {error.strerror or error}") from None
    return context


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < len(str(2**64)) else 0


def _is_invalid_route(exchange: Exchange) -> bool:
    # goszakup answers so, not with 401, where the token is missing or has run out.
    return exchange.status == HTTPStatus.NOT_FOUND and b"invalid route" in exchange.response_body.lower()
