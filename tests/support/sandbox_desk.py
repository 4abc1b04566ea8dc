"""A client of the stand-in services that needs no HTTP: what goes in and out is what HTTP would carry."""

import json
from decimal import Decimal
from typing import Any

from sandbox.exchange import Asked
from sandbox.kazakhstan.services import Kazakhstan
from sandbox.portal import Options

LISTS = {
    "plans/all": "plan",
    "plans/deleted": "plan_deleted",
    "plans/kato": "kato",
    "plans/spec": "spec",
    "trd-buy/all": "buy",
    "lots": "lot",
    "trd-app": "app",
    "contract/all": "contract",
    "acts": "act",
    "treasury-pay": "pay",
}


class Desk:
    """Asks, and reads the answers with every digit."""

    def __init__(self, **options: Any) -> None:
        self.services = Kazakhstan(Options(**options))

    def send(self, url: str, body: Any = None) -> tuple[int, Any]:
        asked = Asked.of("POST", url, body=json.dumps(body).encode()) if body is not None else Asked.of("GET", url)
        reply = self.services.respond(asked)
        return reply.status, json.loads(reply.body, parse_float=Decimal)

    def get(self, url: str) -> Any:
        status, answer = self.send(url)
        assert status == 200, (url, answer)
        return answer

    def walk(self, path: str, limit: int = 500) -> list[dict[str, Any]]:
        url, items = f"/v3/{path}?limit={limit}", []
        while url:
            answer = self.get(url)
            items += answer["items"]
            url = answer["next_page"]
            url = url if not url or url.startswith("/v3") else f"/v3{url}"
        assert len(items) == answer["total"]
        return items

    def graphql(self, query: str, **variables: Any) -> Any:
        status, answer = self.send("/v3/graphql", {"query": query, "variables": variables})
        assert status == 200
        return answer

    def graphql_walk(self, root: str, fields: str, limit: int = 200, **wanted: Any) -> list[dict[str, Any]]:
        kind = {"Acts": "ContractAct", "Subjects": "Subject"}.get(root, root)
        query = f"query($a:Int,$l:Int,$f:{kind}FiltersInput){{{root}(after:$a,limit:$l,filter:$f){{{fields}}}}}"
        after, items = None, []
        while True:
            answer = self.graphql(query, a=after, l=limit, f=wanted or None)
            items += answer["data"][root]
            page = answer["extensions"]["pageInfo"]
            after = page["lastId"]
            if not page["hasNextPage"]:
                assert len(items) == page["totalCount"]
                return items
