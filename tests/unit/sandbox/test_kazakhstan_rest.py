import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandbox_desk import LISTS, Desk

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "kz"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the portal's recorded answers are not beside the repository"
)
Crawl = dict[str, list[dict[str, Any]]]


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8-sig"), parse_float=Decimal)


def kinds(items: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Types of every field's values; amounts may be whole or not."""
    names = {int: "number", Decimal: "number", str: "text", list: "list", dict: "object"}
    found: dict[str, set[str]] = {}
    for item in items:
        for name, value in item.items():
            found.setdefault(name, set()).update(set() if value is None else {names[type(value)]})
    return found


@needs_samples
@pytest.mark.parametrize(
    ("name", "kind"),
    [("v3_contract_all_page_2020-02.json", "contract"), ("v3_plans_all_page_2020-06.json", "plan")],
)
def test_full_lists_carry_the_fields_and_types_of_the_real_ones(name: str, kind: str, crawl: Crawl) -> None:
    real, ours = kinds(sample(name)["items"]), kinds(crawl[kind])

    assert list(crawl[kind][0]) == list(sample(name)["items"][0])
    assert {field: types for field, types in ours.items() if real[field] and not types <= real[field]} == {}


@needs_samples
@pytest.mark.parametrize(
    ("entry", "path", "missing"),
    [
        ("GET /v3/trd-buy", "trd-buy", set()),
        ("GET /v3/trd-app", "trd-app", set()),
        ("GET /v3/lots", "lots", set()),
        ("GET /v3/contract", "contract", set()),
        ("GET /v3/acts", "acts", set()),
        ("GET /v3/plans", "plans", set()),
        ("GET /v3/plans/kato", "plans/kato", set()),
        ("GET /v3/plans/spec", "plans/spec", set()),
        ("GET /v3/plans/deleted", "plans/deleted", set()),
        ("GET /v3/trd-buy/all", "trd-buy/all", set()),
        ("GET /v3/subject", "subject", set()),
        ("GET /v3/rnu", "rnu", set()),
    ],
)
def test_lists_carry_the_fields_the_documentation_prints(entry: str, path: str, missing: set[str], desk: Desk) -> None:
    printed = sample("official_docs_v3_samples.json")[entry]["items"][0]

    assert set(printed) - set(desk.get(f"/v3/{path}?limit=1")["items"][0]) == missing


@needs_samples
@pytest.mark.parametrize("name", ["ref_trade_methods", "ref_buy_status", "ref_lots_status", "ref_contract_status"])
def test_the_complete_tables_are_the_portals(name: str, desk: Desk) -> None:
    real, ours = sample(f"{name}.json"), desk.get(f"/v3/refs/{name}?limit=100")

    assert ours["total"] == real["total"]
    assert ours["items"] == real["items"]


@pytest.mark.parametrize(("path", "kind"), LISTS.items())
def test_paging_shows_everything_once_by_falling_id(path: str, kind: str, desk: Desk, crawl: Crawl) -> None:
    ids = [item["id"] for item in crawl[kind]]

    assert ids == sorted(set(ids), reverse=True)
    assert [item["id"] for item in desk.walk(path, limit=173)] == ids


def test_a_page_says_total_limit_next_page_and_items(desk: Desk) -> None:
    page = desk.get("/v3/contract/all?limit=3")

    assert list(page) == ["total", "limit", "next_page", "items"]
    assert page["next_page"] == f"/v3/contract/all?page=next&limit=3&search_after={page['items'][2]['id']}"


@pytest.mark.parametrize(("asked", "given"), [("", 50), ("?limit=500", 500), ("?limit=1000", 500), ("?limit=x", 50)])
def test_a_page_has_50_items_or_what_is_asked_up_to_500(asked: str, given: int, desk: Desk) -> None:
    page = desk.get(f"/v3/plans/all{asked}")

    assert (page["limit"], len(page["items"])) == (given, given)


def test_the_next_page_of_some_lists_has_a_slash_or_no_version(desk: Desk) -> None:
    assert desk.get("/v3/plans/all?limit=1")["next_page"].startswith("/v3/plans/all/?page=next&limit=1&")
    assert desk.get("/v3/lots")["next_page"].startswith("/lots?page=next&search_after=")


def test_an_unknown_parameter_changes_nothing(desk: Desk) -> None:
    assert desk.get("/v3/lots?limit=5&customer_bin=1&status=9") == desk.get("/v3/lots?limit=5")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v3/subject/biin/000000000000", "Компания не найдена"),
        ("/v3/subject/1", "Компания не найдена"),
        ("/v3/rnu/000000000000", "Поставщик не найден в реестре"),
        ("/v3/refs/ref_enstru", "Справочник не найден"),
        ("/v3/contract/1", "Страница не найдена."),
        ("/v3/nothing", "Страница не найдена."),
        ("/lots", "Страница не найдена."),
    ],
)
def test_what_is_not_there_is_404_in_the_portals_words(path: str, message: str, desk: Desk) -> None:
    status, body = desk.send(path)

    assert status == 404
    assert body == {
        "name": "Not Found",
        "message": message,
        "code": 0,
        "status": 404,
        "type": "yii\\web\\NotFoundHttpException",
    }


def test_single_objects_are_those_of_the_lists(desk: Desk, crawl: Crawl) -> None:
    for path, kind in (("trd-buy", "buy"), ("lots", "lot"), ("contract", "contract"), ("acts", "act")):
        for item in crawl[kind][::97]:
            single = desk.get(f"/v3/{path}/{item['id']}")
            assert {name: single[name] for name in item} == item


def test_objects_are_found_by_number_and_participant(desk: Desk, crawl: Crawl) -> None:
    for buy in crawl["buy"][::61]:
        lots = [lot["id"] for lot in crawl["lot"] if lot["trd_buy_id"] == buy["id"]]
        assert desk.get(f"/v3/trd-buy/number-anno/{buy['number_anno']}") == buy
        assert [lot["id"] for lot in desk.get(f"/v3/lots/number-anno/{buy['number_anno']}")["items"]] == lots
        organised = [other["id"] for other in crawl["buy"] if other["org_bin"] == buy["org_bin"]]
        assert [other["id"] for other in desk.walk(f"trd-buy/bin/{buy['org_bin']}")] == organised
    for contract in crawl["contract"][::61]:
        assert desk.get(f"/v3/contract/number-sys/?number={contract['contract_number_sys']}")["id"] == contract["id"]
        for role, name in (("customer", "customer_bin"), ("supplier", "supplier_biin")):
            same = [other["id"] for other in crawl["contract"] if other[name] == contract[name]]
            assert [other["id"] for other in desk.walk(f"contract/{role}/{contract[name]}")] == same


def test_a_buyers_plan_points_come_with_places_and_budget_lines(desk: Desk, crawl: Crawl) -> None:
    point = crawl["plan"][10]
    found = desk.walk(f"plans/{point['subject_biin']}")
    single = desk.get(f"/v3/plans/view/{point['id']}")

    assert point["id"] in [other["id"] for other in found]
    assert all(place["pln_points_id"] == one["id"] for one in found for place in (*one["kato"], *one["spec"]))
    assert {"kato_full_name_ru", "ref_kato_code"} <= set(single["kato"][0]) if single["kato"] else True
    assert {"ref_subprogram_code", "ref_program_code"} <= set(single["spec"][0])


def test_participants_are_found_by_both_numbers_and_never_share_one(desk: Desk) -> None:
    everybody = desk.walk("subject/all")
    numbers = [one["bin"] or one["iin"] for one in everybody]

    assert len(set(numbers)) == len(numbers)
    for one in everybody[::13]:
        by_pid = desk.get(f"/v3/subject/{one['pid']}")
        assert by_pid == desk.get(f"/v3/subject/biin/{one['bin'] or one['iin']}")
        assert isinstance(by_pid["address"][0]["id"], str)


def test_the_journal_lists_changes_of_the_days_asked_for(desk: Desk) -> None:
    page = desk.get("/v3/journal?date_from=2026-10-29&date_to=2026-10-30&limit=500")

    assert list(page) == ["total", "limit", "items"]
    assert len(page["items"]) == page["total"] > 0
    assert {entry["date_action"][:10] for entry in page["items"]} == {"2026-10-29", "2026-10-30"}
    assert {entry["action"] for entry in desk.get("/v3/journal?limit=500")["items"]} == {"U", "D"}


def test_decisions_of_announcements_are_listed(desk: Desk, crawl: Crawl) -> None:
    cancelled = next(buy for buy in crawl["buy"] if buy["ref_buy_status_id"] == 430)
    decisions = desk.get(f"/v3/trd-buy/{cancelled['id']}/cancel")["items"]

    assert [decision["type_actions_code"] for decision in decisions] == ["canceledTrade"]
    assert desk.get(f"/v3/trd-buy/{cancelled['id']}/commission")["total"] == 3
    assert any(desk.get(f"/v3/trd-buy/{buy['id']}/pause")["total"] for buy in crawl["buy"])
