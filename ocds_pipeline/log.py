"""Logging, set up once: one line an event, for people or for machines, with secrets and personal numbers taken out."""

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from ocds_schema.personal import PersonNumbers

SHORTEST_SECRET = 6


class _Formatter(logging.Formatter):
    """Writes one event as one line, and lets no secret and no personal number through."""

    def __init__(self, secrets: Iterable[str], persons: PersonNumbers) -> None:
        super().__init__()
        self._persons = persons
        self._secrets = tuple(sorted((s for s in secrets if len(s) >= SHORTEST_SECRET), key=len, reverse=True))

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return self._persons.redact(text)

    def message(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        return self.clean(text)

    def moment(self, record: logging.LogRecord) -> str:
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _TextFormatter(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{self.moment(record)} {record.levelname:<7} {self.message(record)}"


class _JsonFormatter(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": self.moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message(record),
        }
        return json.dumps(event, ensure_ascii=False)


class _StandardError(logging.Handler):
    """Writes to what standard error is at the moment: while bars are drawn, lines go above them."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # closed, as in a pipe whose reader has gone
            self.handleError(record)


_PACKAGES = ("extractors", "transformers", "publish", "ocds_pipeline")


def set_up_logging(form: str, secrets: Iterable[str], persons: PersonNumbers) -> None:
    """Send the events of our packages to standard error, as `text` or `json` lines.

    `persons` are the personal numbers that the work at hand may meet. On a terminal, where bars show how far the work
    is, only warnings are told.
    """
    level = logging.WARNING if form == "text" and sys.stderr.isatty() else logging.INFO
    handler = _StandardError()
    handler.setFormatter((_JsonFormatter if form == "json" else _TextFormatter)(secrets, persons))
    for name in _PACKAGES:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False


def cleaned(text: str, persons: PersonNumbers) -> str:
    """Give a last word to operators as the log would tell it; where none is set up, without personal numbers."""
    for handler in logging.getLogger(_PACKAGES[-1]).handlers:
        if isinstance(handler.formatter, _Formatter):
            return handler.formatter.clean(text)
    return persons.redact(text)
