"""A few rows of the Kazakh portal behind its two services, as far as the harvest needs them; and its faults."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from extractors.archive import Archive
from extractors.client import Client
from extractors.harvest import harvest
from extractors.kazakhstan import PORTAL
from extractors.patience import Patience
from tests.support.web import Reply, WebServer

NOT_FOUND = {"name": "Not Found", "message": "Справочник не найден", "code": 0, "status": 404}
SUBJECT_TYPES = [{"id": 3, "name_ru": "Услуга"}, {"id": 2, "name_ru": "Работа"}, {"id": 1, "name_ru": "Товар"}]
CURSORS = {"Subjects": "pid"}
REST_PATHS = {
    "plans/all": "plan",
    "trd-buy/all": "trd_buy",
    "lots": "lot",
    "trd-app": "trd_app",
    "contract/all": "contract",
    "plans/deleted": "plan_deleted",
}


def contract_row(number, amount, *, signed, changed):
    """A contract without an announcement, as the list gives it; moments as the portal writes them."""
    return {
        "id": number,
        "root_id": number,
        "parent_id": 0,
        "trd_buy_id": 0,
        "contract_number_sys": f"160440007161/26{number:04d}/00",
        "ref_contract_status_id": 190,
        "ref_contract_type_id": 1,
        "contract_sum": amount,
        "contract_sum_wnds": amount,
        "ref_currency_code": "KZT",
        "fakt_trade_methods_id": 23,
        "ref_subject_type_id": 3,
        "customer_bin": "160440007161",
        "supplier_biin": "190340004743",
        "crdate": signed,
        "last_update_date": changed,
        "index_date": changed,
        "system_id": 3,
    }


class Goszakup:
    """Answers like the portal. `rows` are by REST kind or GraphQL root, newest id first.

    `faults` are functions that see a request and the answer that is due, and may give another one.
    """

    def __init__(self, rows=None, refs=None, rest_size=500, graphql_size=200):
        self.rows = rows or {}
        self.refs = {"ref_subject_type": SUBJECT_TYPES} | (refs or {})
        self.rest_size = rest_size
        self.graphql_size = graphql_size
        self.faults = []
        self.asked_for = []

    def __call__(self, asked):
        reply = self._graphql(asked.json) if asked.path == "/v3/graphql" else self._rest(asked)
        for fault in self.faults:
            reply = fault(asked, reply)
        return reply

    def _rest(self, asked):
        path = asked.path.strip("/").removeprefix("v3/").rstrip("/")
        if path.startswith("refs/"):
            rows, cursor = self.refs.get(path.removeprefix("refs/")), "id"
            if rows is None:
                return Reply(NOT_FOUND, 404)
        else:
            rows, cursor = self.rows.get(REST_PATHS[path], []), "id"
        query = parse_qs(urlsplit(asked.target).query)
        limit = min(int(query.get("limit", ["50"])[0]), self.rest_size)
        rest = rows
        if after := query.get("search_after"):
            keys = [str(row.get(cursor, row.get("code"))) for row in rows]
            rest = rows[keys.index(after[0]) + 1 :]
        page, left = rest[:limit], rest[limit:]
        last = page[-1].get(cursor, page[-1].get("code")) if page else ""
        following = f"/v3/{path}?page=next&limit={limit}&search_after={last}" if left else ""
        return {"total": len(rows), "limit": limit, "next_page": following, "items": page}

    def _graphql(self, body):
        root = re.search(r"\{ (\w+)\(", body["query"]).group(1)
        variables = body["variables"]
        self.asked_for.append((root, variables))
        limit = min(variables["limit"], self.graphql_size)
        rows = [row for row in self.rows.get(root, []) if _passes(row, variables.get("filter") or {})]
        cursor = CURSORS.get(root, "id")
        left = [row for row in rows if "after" not in variables or int(row[cursor]) < variables["after"]]
        page = left[:limit]
        info = {
            "limitPage": limit,
            "totalCount": len(rows),
            "hasNextPage": len(left) > limit,
            "lastId": page[-1][cursor] if page else None,
        }
        return {"data": {root: page}, "extensions": {"pageInfo": info}}


def _passes(row, filters):
    for name, wanted in filters.items():
        value = row.get(name)
        if name.endswith("Date") or name == "dateApply":
            if not (isinstance(value, str) and wanted[0] <= value[:19] <= wanted[1]):
                return False
        elif value not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def run_harvest(portal, place, window=None, *, attempts=2, token="0123456789abcdef", **settings):
    """Serve the portal and harvest it into a place's store and storage, without waiting."""
    run = settings.pop("run", place.run)
    patience = Patience(attempts=attempts, first=0.001, longest_asked=0.001, jitter=None)
    with WebServer(portal) as server:
        client = Client(
            server.url,
            user_agent="OCDS-Pipeline/test",
            clock=lambda: place.now,
            token=token,
            advice="Ask the portal for a token.",
            rate=1_000_000,
            timeout=5,
            patience=patience,
        )
        archive = Archive(
            run, spool=place.spool, storage=place.storage, store=place.store, software="OCDS Pipeline test"
        )
        with client:
            return harvest(
                PORTAL, run=run, window=window, clients={"": client}, archive=archive, store=place.store, **settings
            )


def broken_off(reply, keep=40):
    """Give the start of what is due, as JSON text that ends in the middle."""
    body = reply.payload() if isinstance(reply, Reply) else json.dumps(reply).encode()
    return Reply(body[:keep])
