"""Answers of the REST services: envelopes, pages, errors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sandbox.kazakhstan.view import Record

DEFAULT_LIMIT = 50
MOST = 500
T = TypeVar("T")


class NotFoundError(Exception):
    """Nothing is there; the portal's words for it are the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a request asks for."""

    path: str
    query: Mapping[str, str]
    disorder: str | None = None

    @property
    def limit(self) -> int:
        """Items a page: 50, or what is asked, but never more than 500."""
        asked = self.query.get("limit", "")
        limit = min(MOST, int(asked)) if asked.isdigit() and int(asked) else DEFAULT_LIMIT
        return max(1, limit // 4) if self.disorder == "cut_limit" else limit

    @property
    def back(self) -> int:
        """By how many objects a shifted page begins too early."""
        return self.limit // 2 if self.disorder == "shifted" else 0

    @property
    def after(self) -> str | None:
        """The cursor."""
        return self.query.get("search_after") or None

    @property
    def after_id(self) -> int | None:
        """The cursor of lists that go by id; a cursor that is no number is as none."""
        return int(self.after) if self.after and self.after.isdigit() else None


def page(
    ask: Ask, *, total: int, found: Iterable[T], record: Callable[[T], Record], cursor: str = "id", path: str = ""
) -> Record:
    """A page: the first `limit` of what is found, and the address of the next page, or an empty one."""
    items = list(islice(found, ask.limit + 1))
    records = [record(item) for item in items[: ask.limit]]
    more = len(items) > ask.limit
    following = _next_page(path or ask.path, ask, records[-1][cursor]) if more else ""
    return {"total": total, "limit": ask.limit, "next_page": following, "items": records}


def _next_page(path: str, ask: Ask, cursor: Any) -> str:
    limit = f"&limit={min(MOST, int(ask.query['limit']))}" if ask.query.get("limit", "").isdigit() else ""
    return f"{path}?page=next{limit}&search_after={cursor}"


def listed(ask: Ask, found: Sequence[T], record: Callable[[T], Record], number: Callable[[T], int]) -> Record:
    """A page of a list that is known whole, by id from the highest."""
    after = ask.after_id
    rest = [item for item in found if after is None or number(item) < after]
    return page(ask, total=len(found), found=rest, record=record)


def chosen(record: Record, names: Sequence[str]) -> Record:
    """The fields an answer carries."""
    return {name: record[name] for name in names}


def not_found(message: str) -> Record:
    """The portal's body for 404."""
    return {
        "name": "Not Found",
        "message": message,
        "code": 0,
        "status": 404,
        "type": "yii\\web\\NotFoundHttpException",
    }
