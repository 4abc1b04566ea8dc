"""Answers that the portal of Kazakhstan really gave, through the same code, where they are at hand."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.base import Window
from ocds_schema import json
from ocds_schema.run import Run
from tests.support.goszakup import NOT_FOUND, REST_PATHS, SUBJECT_TYPES, run_harvest
from tests.support.harvest_store import FolderStorage, MemoryStore
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

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the portal's real answers are not at hand")


def answer(asked):
    path = asked.path.rstrip("/")
    if path == "/v3/graphql":
        root = re.search(r"\{ (\w+)\(", asked.json["query"]).group(1)
        rows = json.decode((SAMPLES / LISTS[root]).read_bytes())
        info = {"limitPage": 200, "totalCount": len(rows), "hasNextPage": False, "lastId": rows[-1]["id"]}
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


class Place:
    def __init__(self, folder):
        self.now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        self.run = Run(id="20261120T100000Z", source="kazakhstan", as_of=self.now)
        self.spool = folder / "spool"
        self.storage = FolderStorage(folder / "storage")
        self.store = MemoryStore()


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def listing(report, name):
    return next(each for each in report.listings if each.listing == name)


@pytest.mark.parametrize(("path", "kind"), [("/v3/contract/all", "contract"), ("/v3/plans/all", "plan")])
def test_every_object_of_a_real_page_is_kept_as_it_came(place, path, kind):
    report = run_harvest(answer, place)

    items = json.decode((SAMPLES / PAGES[path]).read_bytes())["items"]
    kept = {key: doc for (_, held, way, key), doc in place.store.documents.items() if (held, way) == (kind, "rest")}
    assert {str(item["id"]): json.encode(item) for item in items} == {key: doc.body for key, doc in kept.items()}
    assert all(document.links.process for document in kept.values())
    assert listing(report, path.removeprefix("/v3/")).kept == len(items) == 120


def test_a_real_total_far_above_what_came_is_said_and_stops_nothing(place):
    report = run_harvest(answer, place)

    contracts = listing(report, "contract/all")
    assert (contracts.state, contracts.total) == ("disputed", 7_237_966)
    assert contracts.note.endswith("the portal claims 7237966, 120 came: 7237846 are missing")
    assert [each.listing for each in report.disputed if each.listing != "Plans wanted"] == ["plans/all", "contract/all"]


def test_real_reference_tables_are_complete(place):
    report = run_harvest(answer, place)

    for table, rows in zip(TABLES, (35, 33, 37, 35), strict=True):
        assert (listing(report, f"refs/{table}").state, listing(report, f"refs/{table}").kept) == ("done", rows)


def test_real_graphql_rows_with_few_fields_are_kept(place):
    window = Window(first=datetime(2026, 7, 20, tzinfo=UTC), until=datetime(2026, 7, 28, tzinfo=UTC))

    report = run_harvest(answer, place, window)

    counts = {}
    for _, kind, way, _ in place.store.documents:
        counts[kind, way] = counts.get((kind, way), 0) + 1
    assert counts == {
        ("trd_buy", "graphql"): 5,
        ("lot", "graphql"): 8,
        ("contract", "graphql"): 6,
        ("trd_app", "graphql"): 4,
    }
    assert report.disputed == ()
    direct = place.store.documents["kazakhstan", "contract", "graphql", "25609834"].links
    assert (direct.process, direct.family) == ("contract:25609834", "contract/25609834")
