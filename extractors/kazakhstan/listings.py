"""The portal's two ways of listing: REST pages by `next_page`, GraphQL pages by `after` and `lastId`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.base import Listing, Page, RefusalError, Request, ShapeError, Wanted
from extractors.kazakhstan.queries import query
from extractors.kazakhstan.values import first, objects, whole
from ocds_schema.errors import PortalUnavailableError
from ocds_schema.json import Json

GRAPHQL = "/v3/graphql"
REST_SIZE = 500
# The service gives no more than 200 at once, whatever it is asked for.
GRAPHQL_SIZE = 200

AFTER_OPENING = 250
"""Announcements with this status or a later one may show their bids."""

_VERSIONED = re.compile(r"/v[23]/")
# Whole phrases that mean authorisation: a query's own fault is told of as "Unexpected token }".
_REFUSED = re.compile(
    r"\b(?:unauthori[sz]ed|unauthenticated|not (?:authori[sz]ed|authenticated))\b"
    r"|\bauthenticat\w+ (?:is )?(?:required|failed)|^\W*(?:403\W*)?forbidden\W*$"
    r"|\b(?:access|permission) (?:is )?(?:denied|forbidden)"
    r"|\b(?:invalid|wrong|bad|missing|expired|revoked) (?:access |api |auth |bearer )?token\b(?!\W*['{}$])"
    r"|\btoken (?:is |was |has |been |not )*(?:invalid|wrong|expired|missing|required|revoked|found|valid)\b"
    r"|(?:требуется|необходима|нужна|ошибка) авторизаци|не ?авторизован"
    r"|доступ (?:запрещ[её]н|закрыт|ограничен)|нет доступа|отказано в доступе"
    r"|(?:неверный|недействительный|просроченный) токен|токен (?:не ?действителен|неверен|просрочен|ист[её]к|не найден)"
    r"|срок действия токена",
    re.IGNORECASE,
)
_FAILED = re.compile(r"internal server error|internal error|time[d -]*out|temporar", re.IGNORECASE)
_SECONDS = len("2026-11-01 00:00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestListing(Listing):
    """A list of the REST service, from `path` on. Tables that have codes for ids name the member in `keys`."""

    path: str
    keys: tuple[str, ...] = ("id",)

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for a position, which is a `next_page` of the portal."""
        return Request(path=position or f"{self.path}?limit={self.size}")

    def page(self, content: Json) -> Page:
        """Read the envelope; a bare list, which some services give, is a single page."""
        if isinstance(content, list):
            return Page(objects=content)
        if not isinstance(content, dict) or "items" not in content:
            raise ShapeError(f"an object with `items` is due; {_words(content)}")
        following = _following(content.get("next_page"))
        return Page(
            objects=_objects(content["items"]),
            more=bool(following),
            following=following,
            total=_count(content.get("total")),
            size=_count(content.get("limit")),
        )

    def key(self, fields: Json) -> str | None:
        """Give the object's id, or of a table its code."""
        if self.keys == ("id",):
            return whole(fields.get("id"))
        value = first(fields, *self.keys)
        text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
        return text or None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlListing(Listing):
    """A list of the GraphQL service.

    `keyed` is the member that the list is ordered by. `filters` are the service's filter. Of a window, `dated` is the
    member that it filters by, and `earliest` and `latest` are its ends on the portal's clock, both inclusive.
    """

    root: str
    keyed: str = "id"
    filters: tuple[tuple[str, Json], ...] = ()
    dated: str = ""
    earliest: str = ""
    latest: str = ""
    belongs: tuple[str, str] | None = None

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request for what comes after the id that is the position."""
        return _post(self.root, self.size, dict(self.filters), int(position) if position else None)

    def page(self, content: Json) -> Page:
        """Read the answer's list and its page info."""
        return _graphql_page(self.root, content)

    def key(self, fields: Json) -> str | None:
        """Give the object's id."""
        return whole(fields.get(self.keyed))

    def within(self, fields: Json) -> bool | None:
        """Say whether the object's date lies in the window, or whether it belongs to what was asked for."""
        if self.belongs is not None:
            name, owner = self.belongs
            return whole(fields[name]) == owner if fields.get(name) is not None else None
        moment = self._moment(fields)
        return self.earliest <= moment <= self.latest if moment else None

    def moved_on(self, fields: Json) -> bool:
        """Say whether the object's date has moved past the window's end."""
        return self._moment(fields) > self.latest if self.dated else False

    def _moment(self, fields: Json) -> str:
        value = fields.get(self.dated) if self.dated else None
        return value[:_SECONDS].replace("T", " ") if isinstance(value, str) and len(value) >= _SECONDS else ""

    def onward(self, position: str, following: str) -> bool:
        """Say whether an id lies further on; they fall."""
        return bool(following) and (not position or int(following) < int(position))

    def follow(self, fields: Json) -> "tuple[GraphqlListing, ...]":
        """Give the bids of an announcement of a window that is past its opening: before that they are hidden."""
        number, status = whole(fields.get("id")), whole(fields.get("refBuyStatusId"))
        if self.root != "TrdBuy" or not self.dated or number is None or int(status or 0) < AFTER_OPENING:
            return ()
        bids = GraphqlListing(
            name=f"TrdApp buyId {number}",
            kind="trd_app",
            way="graphql",
            size=GRAPHQL_SIZE,
            root="TrdApp",
            filters=(("buyId", int(number)),),
            belongs=("buyId", number),
        )
        return (bids,)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlWanted(Wanted):
    """Objects of the GraphQL service asked for by their ids, which stand in the member `keyed`."""

    root: str
    keyed: str = "id"

    def request(self, keys: Sequence[str]) -> Request:
        """Give the request for some objects."""
        return _post(self.root, self.size, {self.keyed: [int(key) for key in keys]}, None)

    def page(self, content: Json) -> Page:
        """Read the answer's list and its page info."""
        return _graphql_page(self.root, content)

    def key(self, fields: Json) -> str | None:
        """Give the object's id."""
        return whole(fields.get(self.keyed)) if isinstance(fields, dict) else None


def _post(root: str, size: int, filters: dict[str, Json], after: int | None) -> Request:
    variables: dict[str, Json] = {"limit": size}
    if after is not None:
        variables["after"] = after
    if filters:
        variables["filter"] = filters
    return Request(path=GRAPHQL, body={"query": query(root), "variables": variables})


def _graphql_page(root: str, content: Json) -> Page:
    if not isinstance(content, dict):
        raise ShapeError(f"an object is due where {type(content).__name__} came")
    if content.get("errors"):
        raise _error(content["errors"])
    data, extensions = content.get("data"), content.get("extensions")
    if not isinstance(data, dict) or root not in data:
        raise ShapeError(f"`data.{root}` is due; {_words(content)}")
    info = extensions.get("pageInfo") if isinstance(extensions, dict) else None
    if not isinstance(info, dict) or "hasNextPage" not in info:
        raise ShapeError(f"`extensions.pageInfo.hasNextPage` is due; {_words(content)}")
    return Page(
        objects=_objects(data[root]),
        more=bool(info["hasNextPage"]),
        following=whole(info.get("lastId")) or "",
        total=_count(info.get("totalCount")),
        size=_count(info.get("limitPage")),
    )


def _error(errors: Json) -> Exception:
    texts = [str(first(each, "message", "debugMessage")) for each in errors if isinstance(each, dict)]
    message = "; ".join(texts)[:300] or str(errors)[:300]
    if _REFUSED.search(message):
        return RefusalError(message)
    if _FAILED.search(message):
        return PortalUnavailableError(f"the portal's GraphQL service failed: {message}")
    return ShapeError(f"the portal's GraphQL service refused the query: {message}")


def _objects(value: Json) -> list[Json]:
    try:
        return objects(value)
    except TypeError as error:
        raise ShapeError(str(error)) from None


def _following(value: Json) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise ShapeError(f"`next_page` is {type(value).__name__}, not text")
    # The documentation prints some without their version.
    return f"/v3{value}" if value.startswith("/") and not _VERSIONED.match(value) else value


def _count(value: Json) -> int | None:
    if value in (0, "0"):
        return 0
    number = whole(value)
    return int(number) if number else None


def _words(content: Json) -> str:
    if not isinstance(content, dict):
        return f"{type(content).__name__} came"
    said = first(content, "message", "error", "name")
    return f"the portal says {str(said)[:200]!r}" if said else f"{', '.join(sorted(content)[:8]) or 'nothing'} came"
