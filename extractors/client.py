"""One portal over HTTP: paced, patient, bounded in size, and silent about credentials."""

import logging
import re
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
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
    is_invalid_route,
    is_one_page,
    is_same_again,
    read_answer,
    wait_asked_for,
)
from extractors.base import Accept, GoneError, RefusalError, Request, ShapeError
from extractors.connection import Traffic, number_of, trust
from extractors.patience import Patience
from extractors.questions import Question, question_of
from extractors.robots import PATH, DisallowedError, Rules, read_rules
from ocds_schema.errors import ConfigurationError, PortalChangedError, PortalRefusedError, PortalUnavailableError
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
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
# Servers that are not sure of their cookie write the session into addresses, where it makes every one another.
_SESSION = re.compile(r";jsessionid=[^?#/;\s\"']*", re.IGNORECASE)

Judge = Callable[[Answer], None]
"""Looks at an answer and raises what `Listing.page` raises.

It is shown the pages that tell of errors, too: a conversation that is over may end in one.
"""


class Client:
    """A portal, asked one request at a time, with the cookies that it and the requests set.

    Certificates are always verified, against the system's and those of `ca_bundle`. Redirects are followed within the
    portal's host only. Nothing that comes out, exchanges, messages or log lines, holds the token or a cookie. `advice`
    says how to get a token. `rate` is in requests a second, `timeout` in seconds. `robots` names the setting by which
    the portal's robots.txt may be ignored; without it, it is.

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
        robots: str = "",
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
        self._user_agent = user_agent
        self._robots = robots
        self._rules: Rules | None = None
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        # trust_env would let ~/.netrc and SSL_CERT_FILE have a say.
        self._http = httpx.Client(headers=headers, timeout=timeout, verify=trust(ca_bundle), trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def forget(self) -> None:
        """Throw the cookies away, so that the portal takes us for somebody new."""
        self._http.cookies.clear()

    def ask(self, request: Request, judge: Judge | None = None) -> Answer:
        """Ask for what a request says, again and again until `judge` takes the answer or patience ends.

        Raises:
            PortalUnavailableError: no usable answer after every attempt; NoUsableAnswerError has the last.
            PortalRefusedError: 401, 403, or 404 "Invalid Route".
            PortalChangedError: the path or a redirect leads away from the portal, or the answer is too large;
                UnreadableAnswerError has an answer that cannot be read: JSON that came the same again, a page that the
                judge did not take, however often it was asked for, or the same page each time in the place of JSON.
            RefusalError, SessionExpiredError, GoneError: the judge's, at once.
        """
        return self._insist(question_of(request, self._url(request.path)), judge)

    @property
    def origin(self) -> str:
        """Scheme, host and port of the portal."""
        return self._origin

    @property
    def lacks_rules(self) -> bool:
        """Whether the portal's robots.txt is to be obeyed and was not yet told of."""
        return bool(self._robots) and self._rules is None

    def ask_rules(self) -> tuple[Answer, Rules]:
        """Ask for the portal's robots.txt: the answer, and the rules in it; where there is none, nothing is forbidden.

        Raises:
            PortalUnavailableError: no usable answer after every attempt.
        """
        question = question_of(Request(path=PATH, accept="text"), self._origin + PATH)
        answer = self._insist(question, None)
        is_there = answer.exchange.status == HTTPStatus.OK and isinstance(answer.content, str)
        return answer, read_rules(answer.content if is_there else "", self._user_agent)

    def obey(self, rules: Rules) -> None:
        """Ask for nothing that the rules forbid, and not more often than they want."""
        self._rules = rules
        self._gap = max(self._gap, rules.delay)

    def _insist(self, question: Question, judge: Judge | None) -> Answer:
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
            return retrying(self._attempt, question, judge, tried)
        except PassingError as trouble:
            reason = f"{self._named(question)}: {self._redact(str(trouble))} ({attempts} attempts)"
            is_no_outage = trouble.is_odd or is_one_page(tried, attempts)
            if is_no_outage and trouble.exchange is not None:
                raise UnreadableAnswerError(reason, trouble.exchange) from None
            raise NoUsableAnswerError(reason, tried[-1] if tried else None) from None

    @property
    def wants_token(self) -> bool:
        """Whether the portal is asked with a token, or should be."""
        return bool(self._token or self._advice)

    def refusal(self, reason: str) -> PortalRefusedError:
        """Give the error that says that the portal refuses us, why, and how to get a token."""
        lack = "it lets nobody in from here, or not so often"
        if self.wants_token:
            lack = "the token is wrong or has run out" if self._token else "it wants a token, and there is none"
        return PortalRefusedError(f"{self._host} refused us ({self._redact(reason)}): {lack}. {self._advice}".rstrip())

    def _attempt(self, question: Question, judge: Judge | None, tried: list[Exchange]) -> Answer:
        """Ask once more; `tried` holds the answers that could not be used."""
        try:
            return self._judged(self._follow(question), question.accept, judge)
        except PassingError as trouble:
            if trouble.exchange is None:
                raise
            if is_same_again(trouble, tried[-1] if tried else None):
                reason = f"{self._named(question)}: {self._redact(str(trouble))}, the same again when asked again"
                raise UnreadableAnswerError(reason, trouble.exchange) from None
            tried.append(trouble.exchange)
            raise

    def _judged(self, exchange: Exchange, accept: Accept, judge: Judge | None) -> Answer:
        """Read an answer, and have the judge look at it."""
        is_error = exchange.status >= HTTPStatus.BAD_REQUEST
        if judge is not None and is_error and accept != "json":
            with suppress(ShapeError, RefusalError, GoneError, RecursionError, PortalUnavailableError):
                judge(read_answer(exchange, accept))
        self._check_status(exchange, accept)
        answer = read_answer(exchange, accept)
        if judge is None or is_error:
            return answer
        try:
            judge(answer)
        except (ShapeError, RecursionError) as error:
            reason = "what came is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise PassingError(reason, exchange=exchange, is_whole=accept == "json", is_odd=True) from None
        except PortalUnavailableError as error:
            raise PassingError(str(error), exchange=exchange) from None
        return answer

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

    def _follow(self, question: Question) -> Exchange:
        self._set_cookies(question.cookies)
        for _ in range(MOST_REDIRECTS):
            exchange, target = self._exchange(question)
            if not target:
                return exchange
            there = self._join(question.url, target)
            if self._token and self._token in str(there):
                raise PortalChangedError(f"{question.url} plays our token back in a redirect")
            is_away = f"{there.scheme}://{there.netloc.decode('ascii')}" != self._origin
            if is_away and question.accept == "text":
                return exchange
            if is_away:
                raise PortalChangedError(f"{self._named(question)} redirects to another host, {there.host}")
            question = question.redirected(exchange.status, str(there))
        raise PortalChangedError(f"{self._named(question)} redirects more than {MOST_REDIRECTS} times")

    def _set_cookies(self, cookies: tuple[tuple[str, str], ...]) -> None:
        for name, value in cookies:
            # The portal's own of that name would be sent beside ours.
            self._http.cookies.delete(name)
            self._http.cookies.set(name, value)

    def _join(self, url: str, target: str) -> httpx.URL:
        try:
            return httpx.URL(url).join(target)
        except httpx.InvalidURL:
            raise PortalChangedError(f"{url} redirects to no address at all") from None

    def _exchange(self, question: Question) -> tuple[Exchange, str]:
        request = self._http.build_request(
            question.method, question.url, content=question.body or None, headers=dict(question.headers)
        )
        self._check_rules(question)
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
        log.debug("asked question=%r status=%d bytes=%d", self._named(question), response.status_code, len(data))
        target = response.headers.get("location", "") if question.is_redirected(response.status_code) else ""
        return self._record(request, response, question.body, data), target

    def _check_rules(self, question: Question) -> None:
        path = question.url.removeprefix(self._origin)
        rule = self._rules.against(path) if self._rules is not None else None
        if rule is not None:
            raise DisallowedError(
                f"robots.txt of {self._host} asks us not to ask for {self._redact(path)} ({rule}). Talk to whoever "
                f"runs the portal, or set {self._robots}=ignore to ask all the same"
            )

    def _pace(self) -> None:
        now = self._monotonic()
        if self._next > now:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._gap

    def _read(self, response: httpx.Response) -> bytes:
        if (encoding := response.headers.get("content-encoding", "").strip().lower()) not in _ENCODINGS:
            raise PortalChangedError(f"{self._host} packs its answers as {encoding[:40]!r}, which was not asked for")
        if number_of(response.headers.get("content-length", "")) > self._most_bytes:
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
            url=self._redact(str(request.url)),
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

    def _check_status(self, exchange: Exchange, accept: Accept) -> None:
        status = exchange.status
        said = f"{status} {exchange.reason}".rstrip()
        if (status in _REFUSALS and accept != "text") or (accept == "json" and is_invalid_route(exchange)):
            raise self.refusal(said)
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise PassingError(f"answered {said}", asked=wait_asked_for(exchange, self._clock()), exchange=exchange)

    def _named(self, question: Question) -> str:
        return self._redact(f"{question.method} {question.url}")

    def _redact(self, text: str) -> str:
        text = _SESSION.sub("", text)
        return text.replace(self._token, _REMOVED) if self._token else text


def _address(base_url: str) -> httpx.URL:
    try:
        address = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"the portal's base address is none: {error}") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise ConfigurationError(f"the portal's base address {base_url!r} must begin with https:// and name a host")
    return address
