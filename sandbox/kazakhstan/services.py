"""The portal's services together, on a clock that stands still until it is moved."""

from typing import Any, ClassVar

import msgspec

from sandbox.exchange import Asked, Reply, json_reply
from sandbox.kazakhstan import rest
from sandbox.kazakhstan.answers import Ask, NotFoundError, not_found
from sandbox.kazakhstan.entries import KINDS
from sandbox.kazakhstan.graphql import Service
from sandbox.kazakhstan.parties import Parties
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import World
from sandbox.portal import Options, Services

FAULTS = ("null_list", "shifted", "cut_limit", "ignored_filter", "string_ids")
"""Faults of the portal's own making: the answer is well-formed, and not what was asked for."""
_GRAPHQL = "/v3/graphql"


class Kazakhstan(Services):
    """REST and GraphQL over one world, seen on one day."""

    faults: ClassVar[tuple[str, ...]] = FAULTS

    def __init__(self, options: Options) -> None:
        self._world = World(seed=options.seed, processes=options.processes, start=options.start)
        self._parties = Parties(options.seed, options.processes)
        self._options = options
        self._look(options.days)

    def _look(self, today: int) -> None:
        self.view = View(self._world, self._parties, today)
        self._graphql = Service(self.view)

    def advance(self, days: int) -> None:
        """Move the portal's clock on."""
        if days > 0:
            self._look(self.view.today + days)

    def state(self) -> dict[str, Any]:
        """Where the portal stands."""
        today = self.view.today
        return {
            "processes": self._options.processes,
            "start": self._options.start.isoformat(),
            "day": today,
            "now": self._world.calendar.text(today),
            "cases": self.view.cases,
        }

    def totals(self) -> dict[str, int]:
        """How many objects of each kind are shown."""
        return {kind: self._world.total(kind, self.view.today) for kind in KINDS}

    def refuse(self, status: int) -> Reply:
        """The answer to a request without a valid token."""
        if status == 404:
            return json_reply(not_found("Invalid Route"), 404)
        name = "Unauthorized" if status == 401 else "Forbidden"
        said = {"name": name, "message": "Your request was made with invalid credentials.", "code": 0}
        return json_reply(said | {"status": status, "type": f"yii\\web\\{name}HttpException"}, status)

    def respond(self, asked: Asked) -> Reply:
        """The answer."""
        if asked.path.rstrip("/") == _GRAPHQL and asked.method == "POST":
            return json_reply(self._ask_graphql(asked))
        if asked.method != "GET":
            return json_reply(not_found(rest.GONE), 404)
        try:
            answer = rest.answer(self.view, Ask(path=asked.path, query=asked.query, disorder=asked.disorder))
        except NotFoundError as error:
            return json_reply(not_found(str(error)), 404)
        return json_reply(_disorder(answer, asked.disorder))

    def _ask_graphql(self, asked: Asked) -> Record:
        try:
            request = msgspec.json.decode(asked.body)
        except msgspec.DecodeError:
            request = None
        answer = self._graphql.answer(request, asked.disorder)
        if asked.disorder == "null_list" and "data" in answer:
            answer["data"] = dict.fromkeys(answer["data"])
        return answer


def _disorder(answer: Any, disorder: str | None) -> Any:
    """The list as null, or its ids as text, where the portal slips."""
    if not isinstance(answer, dict) or "items" not in answer:
        return answer
    if disorder == "null_list":
        return answer | {"items": None}
    if disorder == "string_ids":
        return answer | {"items": [_as_text(item) for item in answer["items"]]}
    return answer


def _as_text(item: Record) -> Record:
    spoiled = dict(item)
    if "id" in item:
        spoiled["id"] = str(item["id"])
    if "point_list" in item:
        spoiled["point_list"] = [str(point) for point in item["point_list"]]
    return spoiled


def open_services(options: Options) -> Kazakhstan:
    """The services, at midnight of the day the options say."""
    return Kazakhstan(options)
