"""Answers that the portal of Kazakhstan really gave, through the same code, where they are at hand."""

from datetime import UTC, datetime

import pytest

from extractors.base import Window
from ocds_schema import json
from ocds_schema.run import Run
from tests.support.goszakup import run_harvest
from tests.support.harvest_store import FolderStorage, MemoryStore
from tests.support.real_answers import PAGES, SAMPLES, TABLES, answer

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the portal's real answers are not at hand")


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
