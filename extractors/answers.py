"""What an answer says: read strictly, else mended where every value can be told, else known to be unusable."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from extractors.base import Accept
from extractors.texts import decode_text, is_whole_page, is_whole_xml
from ocds_schema import json
from ocds_schema.errors import PortalChangedError, PortalUnavailableError
from ocds_schema.json import Json
from ocds_schema.raw import Exchange
from ocds_schema.tolerant import CutShortError, decode_tolerantly

_UNREADABLE = (ValueError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An exchange, and what its body says: JSON, or a page's text; nothing where an error's body is not JSON.

    `mended` counts what of the body is not as it should be, and was read all the same; the exchange has it as it came.
    """

    exchange: Exchange
    content: Json
    mended: Counter[str] = field(default_factory=Counter)


class NoUsableAnswerError(PortalUnavailableError):
    """Raised when every attempt failed; `exchange` is the last answer that came at all."""

    def __init__(self, reason: str, exchange: Exchange | None) -> None:
        super().__init__(reason)
        self.exchange = exchange


class UnreadableAnswerError(PortalChangedError):
    """Raised when the portal gives an answer that cannot be read, again and again: `exchange` is the last."""

    def __init__(self, reason: str, exchange: Exchange) -> None:
        super().__init__(reason)
        self.exchange = exchange


class PassingError(Exception):
    """A failure that may pass.

    `asked` is the wait in seconds that the portal asks for, `exchange` the answer, where one came. Where that is
    `whole`, neither cut short nor a web page, the same answer again would mean that the failure does not pass. An `odd`
    answer is whole, too, but not what was asked for: it may be a notice of maintenance.
    """

    def __init__(
        self,
        reason: str,
        *,
        asked: float = 0.0,
        exchange: Exchange | None = None,
        is_whole: bool = False,
        is_odd: bool = False,
    ) -> None:
        super().__init__(reason)
        self.asked = asked
        self.exchange = exchange
        self.is_whole = is_whole
        self.is_odd = is_odd


def read_answer(exchange: Exchange, accept: Accept = "json") -> Answer:
    """Read an answer's body as what was asked for.

    Raises:
        PassingError: it cannot be read.
    """
    return _read_json(exchange) if accept == "json" else _read_text(exchange, accept)


def _read_text(exchange: Exchange, accept: Accept) -> Answer:
    text, mended = decode_text(exchange.response_body, exchange.response_headers)
    if exchange.status < HTTPStatus.MULTIPLE_CHOICES:
        if not text.strip() and accept != "text":
            raise PassingError(f"answered {_said(exchange)} with nothing in it", exchange=exchange)
        if (accept == "html" and not is_whole_page(text)) or (accept == "xml" and not is_whole_xml(text)):
            reason = f"answered {_said(exchange)} with {len(exchange.response_body)} bytes that lack their end"
            raise PassingError(reason, exchange=exchange)
    return Answer(exchange=exchange, content=text, mended=mended)


def _read_json(exchange: Exchange) -> Answer:
    body, is_whole = exchange.response_body, False
    try:
        return Answer(exchange=exchange, content=json.decode(body))
    except _UNREADABLE:
        if exchange.status >= HTTPStatus.MULTIPLE_CHOICES:
            return Answer(exchange=exchange, content=None)
    try:
        content, mended = decode_tolerantly(body)
        return Answer(exchange=exchange, content=content, mended=mended)
    except CutShortError:
        pass
    except _UNREADABLE:
        is_whole = not _is_web_page(body)
    reason = f"answered {_said(exchange)} with {_describe(body)}"
    raise PassingError(reason, exchange=exchange, is_whole=is_whole)


def is_same_again(trouble: PassingError, before: Exchange | None) -> bool:
    """Say whether a whole answer that cannot be read is the one that came before, so that it will not pass."""
    if before is None or trouble.exchange is None or not trouble.is_whole:
        return False
    return (before.status, before.response_body) == (trouble.exchange.status, trouble.exchange.response_body)


def is_one_page(tried: Sequence[Exchange], attempts: int) -> bool:
    """Say whether every attempt brought the same whole web page, given as if it were what was asked for."""
    if len(tried) < attempts or len({(each.status, each.response_body) for each in tried}) > 1:
        return False
    body = tried[-1].response_body
    return tried[-1].status == HTTPStatus.OK and _is_web_page(body) and is_whole_page(body.decode("utf-8", "replace"))


def is_invalid_route(exchange: Exchange) -> bool:
    """Say whether an answer says in its own way that the token is not good."""
    # goszakup answers so, not with 401, where the token is missing or has run out.
    return exchange.status == HTTPStatus.NOT_FOUND and b"invalid route" in exchange.response_body.lower()


def wait_asked_for(exchange: Exchange, now: datetime) -> float:
    """Give the seconds that an answer asks us to wait, in its Retry-After."""
    value = next((value for name, value in exchange.response_headers if name.lower() == "retry-after"), "")
    with suppress(ValueError, OverflowError):
        return max(0.0, float(int(value)))
    with suppress(ValueError, TypeError):
        until = parsedate_to_datetime(value)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - now).total_seconds())
    return 0.0


def _said(exchange: Exchange) -> str:
    return f"{exchange.status} {exchange.reason}".rstrip()


def _describe(body: bytes) -> str:
    if not _start(body):
        return "nothing in it"
    if _is_web_page(body):
        return "a web page where JSON is due"
    return f"{len(body)} bytes that are not JSON, or not all of it"


def _is_web_page(body: bytes) -> bool:
    return _start(body) == b"<"


def _start(body: bytes) -> bytes:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
