from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLScalarType, get_named_type

from sandbox.kazakhstan.graphql import schema
from sandbox.kazakhstan.names import snake
from tests.support.sandbox_desk import Desk

Crawl = dict[str, list[dict[str, Any]]]
ROOTS = {"TrdBuy": "buy", "Lots": "lot", "Contract": "contract", "Plans": "plan", "TrdApp": "app", "Acts": "act"}


def scalars(root: str) -> list[str]:
    type_ = get_named_type(schema().query_type.fields[root].type)
    return [name for name, field in type_.fields.items() if isinstance(get_named_type(field.type), GraphQLScalarType)]


@pytest.mark.parametrize(("root", "kind"), ROOTS.items())
def test_both_services_give_the_same_values(root: str, kind: str, desk: Desk, crawl: Crawl) -> None:
    fields = scalars(root)
    found = desk.graphql_walk(root, " ".join(fields))
    shared = [name for name in fields if snake(name) in crawl[kind][0]]

    assert len(shared) > 5
    assert [{snake(name): item[name] for name in shared} for item in found] == [
        {snake(name): item[snake(name)] for name in shared} for item in crawl[kind]
    ]


def test_nested_objects_are_those_of_the_lists(desk: Desk, crawl: Crawl) -> None:
    lots = {lot["id"]: lot for lot in crawl["lot"]}
    found = desk.graphql_walk("TrdBuy", "id Lots{id amount} Organizer{bin} RefBuyStatus{id}")

    for buy, real in zip(found, crawl["buy"], strict=True):
        assert {lot["id"]: lot["amount"] for lot in buy["Lots"]} == {
            number: lot["amount"] for number, lot in lots.items() if lot["trd_buy_id"] == buy["id"]
        }
        assert buy["Organizer"]["bin"] == real["org_bin"]
        assert buy["RefBuyStatus"]["id"] == real["ref_buy_status_id"]


def test_contracts_carry_items_acts_and_payments(desk: Desk, crawl: Crawl) -> None:
    fields = "id contractSum ContractUnits{totalSum plnPointId Plans{id}} Acts{id} TreasuryPay{id}"
    found = desk.graphql_walk("Contract", fields)

    for contract in found:
        assert sum(unit["totalSum"] for unit in contract["ContractUnits"]) == contract["contractSum"]
        assert all(unit["Plans"]["id"] == unit["plnPointId"] for unit in contract["ContractUnits"])
    acts = sorted(act["id"] for contract in found for act in contract["Acts"])
    payments = sorted(one["id"] for contract in found for one in contract["TreasuryPay"] or [])
    assert acts == sorted(act["id"] for act in crawl["act"])
    assert payments == sorted(payment["id"] for payment in crawl["pay"])
    assert {contract["TreasuryPay"] is None for contract in found} == {True, False}


def test_pages_have_50_objects_or_what_is_asked_up_to_200(desk: Desk) -> None:
    for limit, given in ((None, 50), (10, 10), (500, 200)):
        answer = desk.graphql("query($l:Int){Plans(limit:$l){id}}", l=limit)
        page = answer["extensions"]["pageInfo"]
        assert len(answer["data"]["Plans"]) == page["limitPage"] == given
        assert page["lastId"] == answer["data"]["Plans"][-1]["id"]
        assert page["hasNextPage"] is True


@pytest.mark.parametrize("name", ["lastUpdateDate", "indexDate"])
@pytest.mark.parametrize("root", ["TrdBuy", "Lots", "Contract"])
@pytest.mark.parametrize(
    "window",
    [
        ["2026-10-20", "2026-10-22"],
        ["2026-10-20 11:00:00", "2026-10-25 16:40:00"],
        ["", "2026-07-01"],
        ["2026-10-29"],
        "2026-10-30",
        {"gte": "2026-10-20", "lte": "2026-10-22"},
    ],
)
def test_windows_of_change_let_through_what_changed_in_them(root: str, name: str, window: Any, desk: Desk) -> None:
    given = list(window.values()) if isinstance(window, dict) else [window] if isinstance(window, str) else window
    low, high = ([*given, ""])[:2]
    high = f"{high or '9999-12-31'} 23:59:59"[:19]
    expected = [item["id"] for item in desk.graphql_walk(root, f"id {name}") if low <= item[name] <= high]

    assert [item["id"] for item in desk.graphql_walk(root, "id", limit=37, **{name: window})] == expected


@pytest.mark.parametrize(
    ("root", "wanted", "field"),
    [
        ("TrdBuy", {"refBuyStatusId": [210, 220]}, "ref_buy_status_id"),
        ("TrdBuy", {"refTradeMethodsId": [2]}, "ref_trade_methods_id"),
        ("Contract", {"refContractStatusId": [455]}, "ref_contract_status_id"),
        ("Contract", {"faktTradeMethodsId": [23]}, "fakt_trade_methods_id"),
        ("Contract", {"trdBuyId": [0]}, "trd_buy_id"),
        ("Lots", {"unionLots": 1}, "union_lots"),
        ("Plans", {"refMonthsId": 3}, "ref_months_id"),
    ],
)
def test_filters_by_code_let_through_what_has_it(root: str, wanted: Any, field: str, desk: Desk, crawl: Crawl) -> None:
    value = next(iter(wanted.values()))
    values = value if isinstance(value, list) else [value]
    expected = [item["id"] for item in crawl[ROOTS[root]] if item[field] in values]

    assert expected
    assert [item["id"] for item in desk.graphql_walk(root, "id", **wanted)] == expected


def test_filters_by_number_lead_to_the_objects(desk: Desk, crawl: Crawl) -> None:
    buy = next(one for one in crawl["buy"] if one["itogi_date_public"] and one["count_lots"] > 1)
    contract = crawl["contract"][7]
    plan = next(one for one in crawl["plan"] if one["id"] != one["rootrecord_id"])

    def ids(root: str, **wanted: Any) -> list[int]:
        return [item["id"] for item in desk.graphql_walk(root, "id", **wanted)]

    assert ids("TrdBuy", id=[buy["id"], 1]) == [buy["id"]]
    assert ids("TrdBuy", numberAnno=buy["number_anno"]) == [buy["id"]]
    assert ids("Lots", trdBuyId=[buy["id"]]) == [lot["id"] for lot in crawl["lot"] if lot["trd_buy_id"] == buy["id"]]
    assert ids("TrdApp", buyId=buy["id"]) == [bid["id"] for bid in crawl["app"] if bid["buy_id"] == buy["id"]]
    assert ids("Contract", contractNumberSys=contract["contract_number_sys"]) == [contract["id"]]
    assert ids("Plans", rootrecordId=[plan["rootrecord_id"]]) == [
        one["id"] for one in crawl["plan"] if one["rootrecord_id"] == plan["rootrecord_id"]
    ]
    assert ids("Plans", id=[one["id"] for one in crawl["plan"][:300]]) == [one["id"] for one in crawl["plan"][:300]]
    assert ids("Plans", isDeleted=1) == [one["id"] for one in crawl["plan_deleted"]]
    assert ids("Acts", contractRootId=[contract["root_id"]]) == [
        act["id"] for act in crawl["act"] if act["contract_root_id"] == contract["root_id"]
    ]


def test_bids_are_filtered_by_when_they_were_made(desk: Desk, crawl: Crawl) -> None:
    expected = [bid["id"] for bid in crawl["app"] if "2026-09-01" <= bid["date_apply"] < "2026-09-08"]

    assert [bid["id"] for bid in desk.graphql_walk("TrdApp", "id", dateApply=["2026-09-01", "2026-09-07"])] == expected


def test_the_portals_filter_faults_are_there(desk: Desk) -> None:
    def total(root: str, **wanted: Any) -> int:
        query = f"query($f:{root}FiltersInput){{{root}(filter:$f){{id}}}}"
        return int(desk.graphql(query, f=wanted)["extensions"]["pageInfo"]["totalCount"])

    assert total("TrdBuy", publishDate=["2026-10-31", "2026-10-31"]) == total("TrdBuy")
    assert total("Lots", plnPointRootrecordId=88_000_000) == 0
    for name in ("dateCreate", "timestamp", "indexDate"):
        assert total("Plans", **{name: ["2020-01-01"]}) == 0
        assert total("Plans", **{name: ["", "2020-01-01"]}) == total("Plans")
    assert total("TrdBuy", kato=["55"]) == 0


def test_what_the_schema_does_not_know_is_an_error_with_status_200(desk: Desk) -> None:
    unknown_filter = desk.graphql("query($f:TrdBuyFiltersInput){TrdBuy(filter:$f){id}}", f={"customerBin": "1"})
    unknown_field = desk.graphql("{TrdBuy{number_anno}}")
    broken = desk.graphql("{TrdBuy{")

    for answer in (unknown_filter, unknown_field, broken):
        assert list(answer) == ["errors"]
        assert answer["errors"][0]["message"]
    assert "customerBin" in unknown_filter["errors"][0]["message"]


def test_aliases_fragments_and_directives_work(desk: Desk) -> None:
    query = """
        query($no: Boolean!) {
            first: TrdBuy(limit: 1) { number: numberAnno ...names nameKz @skip(if: $no) __typename }
        }
        fragment names on TrdBuy { nameRu Lots { ... on Lots { id } } }
    """
    found = desk.graphql(query, no=True)["data"]["first"][0]

    assert list(found) == ["number", "nameRu", "Lots", "__typename"]
    assert found["__typename"] == "TrdBuy"


def test_the_schema_describes_itself(desk: Desk) -> None:
    answer = desk.graphql('{__type(name:"LotsFiltersInput"){inputFields{name}} __schema{queryType{fields{name}}}}')
    names = {field["name"] for field in answer["data"]["__type"]["inputFields"]}

    assert "isDeleted" not in names
    assert len(answer["data"]["__schema"]["queryType"]["fields"]) == 18


def test_lists_of_numbers_without_meaning_and_missing_lists_are_as_at_the_portal(desk: Desk) -> None:
    lots = desk.graphql_walk("Lots", "enstruList plnPointKatoList Plans{id}")
    plans = desk.graphql_walk("Plans", "PlansKato{id}")

    assert {tuple(lot["enstruList"]) for lot in lots} == {(0,)}
    assert 0 < sum(not lot["plnPointKatoList"] for lot in lots) < len(lots) / 4
    assert any(lot["Plans"] == [] for lot in lots)
    assert any(plan["PlansKato"] is None for plan in plans)


def test_amounts_go_out_digit_for_digit(desk: Desk, crawl: Crawl) -> None:
    biggest = max(crawl["contract"], key=lambda one: len(str(one["contract_sum_wnds"])))
    found = desk.graphql_walk("Contract", "contractSumWnds", id=[biggest["id"]])

    assert isinstance(biggest["contract_sum_wnds"], Decimal)
    assert str(found[0]["contractSumWnds"]) == str(biggest["contract_sum_wnds"])


def test_participants_are_listed_and_found(desk: Desk) -> None:
    query = "query($f:SubjectFiltersInput){Subjects(limit:2,filter:$f){pid bin iin Address{id katoCode}}}"
    first = desk.graphql(query)
    number = first["data"]["Subjects"][1]
    wanted = {"pid": [number["pid"]]}

    assert first["extensions"]["pageInfo"]["totalCount"] == desk.get("/v3/subject?limit=1")["total"]
    assert desk.graphql(query, f=wanted)["data"]["Subjects"] == [number]
    assert isinstance(number["Address"][0]["id"], int)
    walked = [one["pid"] for one in desk.graphql_walk("Subjects", "pid", limit=50)]
    assert walked == sorted(set(walked), reverse=True)
    assert [one["pid"] for one in desk.graphql_walk("Subjects", "pid", pid=[*walked[::40], 1])] == walked[::40]
    assert desk.graphql("{Rnu(limit:1){supplierBiin}}")["extensions"]["pageInfo"]["totalCount"] > 0
    assert desk.graphql("{ObLots{id}}")["data"] == {"ObLots": []}
