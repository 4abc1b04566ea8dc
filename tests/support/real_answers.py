"""A stand-in that gives answers which the portal of Kazakhstan really gave, where they are at hand."""

import re
from pathlib import Path

from ocds_schema import json
from tests.support.goszakup import NOT_FOUND, REST_PATHS, SUBJECT_TYPES
from tests.support.web import Reply

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "kz"
PAGES = {"/v3/contract/all": "v3_contract_all_page_2020-02.json", "/v3/plans/all": "v3_plans_all_page_2020-06.json"}
TABLES = ("ref_buy_status", "ref_contract_status", "ref_lots_status", "ref_trade_methods")
LISTS = {
    "TrdBuy": "gql_trd_buy_listing_2026-07-24.json",
    "Lots": "gql_lots_listing_2026-07-24.json",
    "Contract": "gql_contracts_listing_2026-07-27.json",
    "TrdApp": "gql_trd_app_bids_listing_2026-07.json",
    "Plans": "gql_plans_listing_2026-08-06.json",
}


def answer(asked):
    path = asked.path.rstrip("/")
    if path == "/v3/graphql":
        root = re.search(r"\{ (\w+)\(", asked.json["query"]).group(1)
        rows = json.decode((SAMPLES / LISTS[root]).read_bytes()) if root in LISTS else []
        last = rows[-1]["id"] if rows else None
        info = {"limitPage": 200, "totalCount": len(rows), "hasNextPage": False, "lastId": last}
        return Reply(json.encode({"data": {root: rows}, "extensions": {"pageInfo": info}}))
    if path in PAGES and "search_after" not in asked.target:
        return Reply((SAMPLES / PAGES[path]).read_bytes())
    table = path.rpartition("/")[2]
    if table in TABLES:
        return Reply((SAMPLES / f"{table}.json").read_bytes())
    if table == "ref_subject_type":
        return {"total": 3, "limit": 500, "next_page": "", "items": SUBJECT_TYPES}
    if path.removeprefix("/v3/") in REST_PATHS:
        return {"total": 0, "limit": 500, "next_page": "", "items": []}
    return Reply(NOT_FOUND, 404)
