from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from sandbox.kazakhstan import rates, refs
from sandbox.kazakhstan.plot import script
from tests.support.sandbox_desk import LISTS, Desk

Crawl = dict[str, list[dict[str, Any]]]
Dump = dict[str, dict[int, dict[str, Any]]]


def by_id(items: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {item["id"]: item for item in items}


def dump(desk: Desk) -> Dump:
    return {kind: by_id(desk.walk(path)) for path, kind in LISTS.items()}


def test_lots_belong_to_announcements_and_refer_to_plan_points(crawl: Crawl) -> None:
    buys, plans = by_id(crawl["buy"]), by_id(crawl["plan"])
    total: defaultdict[int, Decimal] = defaultdict(Decimal)
    for lot in crawl["lot"]:
        total[lot["trd_buy_id"]] += lot["amount"]
        assert lot["trd_buy_number_anno"] == buys[lot["trd_buy_id"]]["number_anno"]
        assert lot["amount"] == sum(plans[point]["amount"] for point in lot["point_list"])
        if len(lot["point_list"]) == 1:
            assert lot["lot_number"].startswith(f"{plans[lot['point_list'][0]]['rootrecord_id']}-")
        else:
            assert "-ОЛ-" in lot["lot_number"]

    assert total == {number: buy["total_sum"] for number, buy in buys.items()}


def test_a_plan_points_amount_is_price_by_quantity(crawl: Crawl) -> None:
    assert all(plan["amount"] == plan["price"] * plan["count"] for plan in crawl["plan"])


def test_contract_items_add_up_to_the_contract(desk: Desk, crawl: Crawl) -> None:
    plans, lots = by_id(crawl["plan"]), by_id(crawl["lot"])
    for contract in crawl["contract"][::7]:
        units = desk.get(f"/v3/contract/{contract['id']}/units")["items"]
        assert sum(unit["total_sum"] for unit in units) == contract["contract_sum"]
        assert sum(unit["total_sum_wnds"] for unit in units) == contract["contract_sum_wnds"]
        assert all(unit["pln_point_id"] in plans for unit in units)
        assert all(unit["lot_id"] in lots or not contract["trd_buy_id"] for unit in units)


def test_sums_with_vat_are_those_without_times_one_of_three_rates(crawl: Crawl) -> None:
    found = Counter(
        round(Decimal(contract["contract_sum_wnds"]) / contract["contract_sum"], 3) for contract in crawl["contract"]
    )

    assert {rate for rate, _ in found.most_common(3)} == {Decimal(1), Decimal("1.160"), Decimal("1.120")}


def test_some_amounts_need_more_than_fifteen_digits(crawl: Crawl) -> None:
    sums = [str(contract["contract_sum"]).replace(".", "") for contract in crawl["contract"]]

    assert max(map(len, sums)) > 15


def test_things_happen_in_their_order(crawl: Crawl) -> None:
    buys, contracts = by_id(crawl["buy"]), by_id(crawl["contract"])
    for buy in buys.values():
        assert buy["publish_date"] < buy["start_date"] < buy["end_date"] < (buy["itogi_date_public"] or "3")
    for bid in crawl["app"]:
        assert bid["date_apply"] < buys[bid["buy_id"]]["end_date"]
        assert buys[bid["buy_id"]]["itogi_date_public"]
    for contract in contracts.values():
        assert contract["crdate"] < (contract["sign_date"] or "3")
        if contract["trd_buy_id"]:
            assert buys[contract["trd_buy_id"]]["itogi_date_public"] < contract["crdate"]
    for act in crawl["act"]:
        assert contracts[act["contract_id"]]["sign_date"] < act["akt_date"]
    for payment in crawl["pay"]:
        assert contracts[payment["contract_id"]]["sign_date"] < payment["pay_date"]


def test_the_index_follows_every_change_within_the_day_and_in_batches(crawl: Crawl) -> None:
    for contract in crawl["contract"]:
        assert contract["last_update_date"] < contract["index_date"]
        assert contract["last_update_date"][:10] == contract["index_date"][:10]
        assert contract["index_date"][14:16] in {"00", "20", "40"}


def test_the_first_rounds_number_is_its_id_and_later_ones_keep_it(crawl: Crawl) -> None:
    buys = by_id(crawl["buy"])
    later = [buy for buy in buys.values() if not buy["number_anno"].endswith("-1")]

    assert later
    assert all(buy["number_anno"] == f"{buy['id']}-1" for buy in buys.values() if buy not in later)
    assert all(int(buy["number_anno"].split("-")[0]) in buys and buy["parent_id"] in buys for buy in later)


def test_amendments_follow_their_contract(crawl: Crawl) -> None:
    contracts = by_id(crawl["contract"])
    amendments = [one for one in contracts.values() if one["ref_contract_type_id"] == 2]

    assert len({one["contract_number_sys"] for one in contracts.values()}) == len(contracts)
    assert amendments
    for one in amendments:
        root, before = contracts[one["root_id"]], contracts[one["parent_id"]]
        assert one["contract_number_sys"][:-3] == root["contract_number_sys"][:-3]
        assert not one["contract_number_sys"].endswith("/00")
        if one["sign_date"]:
            assert before["ref_contract_status_id"] == 455


def test_second_winners_take_over_contracts_that_were_not_concluded(crawl: Crawl) -> None:
    contracts = by_id(crawl["contract"])
    heirs = [one for one in contracts.values() if one["ref_contract_type_id"] == 1 and one["parent_id"]]

    assert heirs
    for one in heirs:
        assert contracts[one["parent_id"]]["ref_contract_status_id"] == 330
        assert contracts[one["parent_id"]]["supplier_biin"] != one["supplier_biin"]


def test_direct_contracts_have_no_announcement(crawl: Crawl) -> None:
    direct = [one for one in crawl["contract"] if one["fakt_trade_methods_id"] in rates.DIRECT]

    assert {one["trd_buy_id"] for one in direct} == {0, None}
    assert all(one["trd_buy_id"] for one in crawl["contract"] if one not in direct)


def test_the_winner_of_a_lot_bids_lowest_and_sells(crawl: Crawl) -> None:
    prices: defaultdict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for bid in crawl["app"]:
        for lot in bid["app_lots"]:
            prices[lot["lot_id"]].append((lot["status_id"], lot["amount"]))

    for offers in prices.values():
        winners = [amount for status, amount in offers if status == 360]
        assert len(winners) <= 1
        assert not winners or min(amount for _, amount in offers) == winners[0]


def test_numbers_of_persons_are_valid_and_of_nobody_alive(desk: Desk) -> None:
    persons = [one["iin"] for one in desk.walk("subject/all") if one["iin"]]

    assert persons
    for iin in persons:
        assert iin[4] in "0123"
        assert 1 <= int(iin[2:4]) <= 12
        assert 1 <= int(iin[4:6]) <= 28
        assert iin[6] in "12"


def test_every_method_and_status_occurs_in_some_script() -> None:
    lives = [script(5, number) for number in range(rates.SCRIPTS)]
    rounds = [entry for life in lives for entry in life.rounds]
    seen = {
        "ref_trade_methods": {life.method for life in lives},
        "ref_buy_status": {status for entry in rounds for _, status in entry.stages},
        "ref_lots_status": {status for entry in rounds for stages in entry.lot_stages for _, status in stages},
        "ref_contract_status": {status for life in lives for deal in life.deals for _, status in deal.stages},
    }

    for name, found in seen.items():
        assert found == set(refs.table(name) or ())


def test_odd_texts_occur(crawl: Crawl) -> None:
    columns = (("buy", "name_ru"), ("plan", "extra_desc_ru"), ("contract", "description_ru"))
    names = [str(item[name]) for kind, name in columns for item in crawl[kind]]
    marks = ("&quot;", "&amp;quot;", "=SUM(", "\x0b", "\u00ad", "🏫", "ИИН ")

    assert [mark for mark in marks if not any(mark in name for name in names)] == []
    assert max(map(len, names)) > 1000


@pytest.fixture(scope="module")
def ten_days() -> tuple[Dump, Dump]:
    """A portal before and after ten days."""
    desk = Desk(processes=700, seed=8)
    before = dump(desk)
    for _ in range(10):
        desk.services.advance(1)
    return before, dump(desk)


def test_days_bring_new_and_changed_objects_and_leave_the_rest(ten_days: tuple[Dump, Dump]) -> None:
    before, after = ten_days

    for kind, objects in after.items():
        kept = set(objects) & set(before[kind])
        changed = {key for key in kept if objects[key] != before[kind][key]}
        assert len(objects) > len(before[kind])
        if kind in {"buy", "lot", "contract", "plan"}:
            assert 0 < len(changed) < len(objects) / 2
        for key in changed:
            assert before[kind][key]["index_date"] < "2026-11-01" <= objects[key]["index_date"]
        assert all(objects[key].get("index_date", "") < "2026-11-01" for key in kept - changed)


def test_deleted_plan_points_leave_the_list_for_another(ten_days: tuple[Dump, Dump]) -> None:
    before, after = ten_days
    gone = set(before["plan"]) - set(after["plan"])

    assert gone
    assert gone == set(after["plan_deleted"]) - set(before["plan_deleted"])


def test_days_taken_one_by_one_or_at_once_lead_to_the_same_portal(ten_days: tuple[Dump, Dump]) -> None:
    assert dump(Desk(processes=700, seed=8, days=10)) == ten_days[1]


def test_bids_and_contracts_appear_with_ids_below_what_was_shown_before(ten_days: tuple[Dump, Dump]) -> None:
    before, after = ten_days

    for kind in ("app", "contract", "buy"):
        assert min(set(after[kind]) - set(before[kind])) < max(before[kind])
    for kind in ("plan", "act"):
        assert min(set(after[kind]) - set(before[kind])) > max(before[kind])


def test_another_seed_is_another_portal() -> None:
    one, other = (Desk(processes=60, seed=seed).walk("plans/all") for seed in (1, 2))

    assert [plan["amount"] for plan in one] != [plan["amount"] for plan in other]
