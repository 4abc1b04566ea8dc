"""Tables count what is there, add up exactly, and say what each column means."""

from decimal import Decimal

import pytest

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.schema import describe
from publish.columnar import Collector
from publish.detail_tables import TABLES
from publish.living import read_release
from publish.process_tables import CONTRACTS, PROCESSES
from publish.rows import NO_TOTAL, ControlTotals, Process, distinct, plus, total
from publish.shapes import Reference
from publish.tables import declared
from publish.year_tables import ALL_TABLES
from tests.support.publishing import KAZAKHSTAN, ocid, tender


def process(compiled, **more):
    return Process.read(json.encode(compiled), first_release="2024-03-01T10:00:00+05:00", **more)


def rows(table, compiled, **more):
    collector = Collector(table)
    collector.add(process(compiled, **more))
    return [dict(zip(table.header, cells, strict=True)) for cells in zip(*_columns(collector), strict=True)]


def _columns(collector):
    numbers = {"amount", "number"}
    for column, array in zip(collector.table.columns, collector.batch().columns, strict=True):
        cells = array.to_pylist()
        yield [each and Decimal(each) for each in cells] if column.type in numbers else cells


def row(table, compiled, number=0, **more):
    return rows(table, compiled, **more)[number]


def values(*given):
    release = read_release(
        json.encode(tender("1", contracts=[{"id": n, "title": "x", "value": each} for n, each in enumerate(given)]))
    )[0]
    return [contract.value for contract in release.contracts]


FULL = tender(
    "1-1",
    title="Мебель",
    bids={"details": [{"id": "1", "status": "valid"}, {"id": "2"}]},
    awards=[
        {"id": "a1", "suppliers": [{"id": "S1", "name": "ТОО «А»"}, {"id": "S9"}], "relatedLots": ["1", "2"]},
        {"id": "a2", "suppliers": [{"id": "S1", "name": "ТОО «А»"}, {"id": "S2", "name": "ТОО «Б»"}]},
        {"id": "a3", "suppliers": [{"id": "S3"}]},
    ],
    contracts=[
        {
            "id": "20",
            "awardID": "a2",
            "title": "Второй",
            "value": {"amount": Decimal("0.20"), "amountNet": Decimal("0.18"), "currency": "KZT"},
            "amendments": [{"id": "1", "date": "2024-01-01T00:00:00+05:00"}],
            "items": [{"id": "1", "description": "стол"}, {"id": "2", "unit": {"id": "796"}}],
            "implementation": {
                "transactions": [
                    {"id": "1", "value": {"amount": Decimal("0.05"), "currency": "KZT"}},
                    {"id": "2", "value": {"amount": Decimal("0.06"), "currency": "KZT"}},
                    {"id": "3"},
                ]
            },
        },
        {"id": "10", "awardID": "a1", "value": {"amount": Decimal("0.10"), "currency": "KZT"}},
        {"id": "30", "awardID": "a3", "items": [{"id": "1", "unit": {}}], "implementation": {"transactions": []}},
    ],
)


def test_members_that_vanished_are_neither_rows_nor_counted():
    found = row(PROCESSES, FULL)

    assert (found["lots_count"], found["bids_count"], found["contracts_count"]) == (1, 1, 2)
    assert (found["suppliers_count"], found["suppliers"]) == (2, "ТОО «А»; ТОО «Б»")
    assert [each["contract_id"] for each in rows(CONTRACTS, FULL)] == ["10", "20"]


def test_sums_are_exact():
    found = row(PROCESSES, FULL)

    assert (found["contracts_value"], found["contracts_currency"]) == (Decimal("0.30"), "KZT")


def test_a_contract_has_its_award_supplier_and_payments():
    found = row(CONTRACTS, FULL, 1)

    assert found == {
        **dict.fromkeys(CONTRACTS.header),
        "ocid": ocid("1-1"),
        "contract_id": "20",
        "award_id": "a2",
        "title": "Второй",
        "buyer_id": "KZ-BIN-000740001307",
        "buyer_name": "Управление финансов",
        "supplier_id": "S1; S2",
        "supplier_name": "ТОО «А»; ТОО «Б»",
        "value": Decimal("0.20"),
        "value_net": Decimal("0.18"),
        "currency": "KZT",
        "amendments_count": 1,
        "payments_count": 2,
        "paid_amount": Decimal("0.11"),
        "paid_currency": "KZT",
        "items_count": 1,
    }
    assert row(CONTRACTS, FULL)["lots"] == "1; 2"


def test_values_of_several_currencies_have_no_sum():
    assert total(values({"amount": 1, "currency": "KZT"}, {"amount": 1, "currency": "USD"})) == NO_TOTAL
    assert total([]) == NO_TOTAL
    assert total(values(None, {"currency": "KZT"})) == NO_TOTAL


def test_control_totals_are_by_currency():
    totals = ControlTotals()
    totals.add(process(FULL))
    other = ControlTotals()
    other.add(
        process(
            tender(
                "2",
                contracts=[{"id": "1", "value": {"amount": 5, "currency": "USD"}}, {"id": "2", "value": {"amount": 1}}],
            )
        )
    )
    totals.include(other)

    found = [(each["currency"], each["contracts"], each["value"]) for each in totals.facts()]
    assert found == [("", 1, "1"), ("KZT", 2, "0.30"), ("USD", 1, "5")]


def test_a_sum_that_would_lose_digits_is_refused():
    assert plus(Decimal("1E+30"), Decimal("1E-30")) == Decimal(
        "1000000000000000000000000000000.000000000000000000000000000001"
    )
    with pytest.raises(PublishError, match="4000 digits"):
        plus(Decimal("1E+9000"), Decimal(1))


@pytest.mark.parametrize(("number", "kind"), [("1-1", "tender"), ("contract-5", "contract"), ("plan-5", "plan")])
def test_the_ocid_says_what_a_process_began_with(number, kind):
    assert row(PROCESSES, tender(number))["kind"] == kind


def test_a_process_without_a_tender_has_the_title_of_its_contract_or_plan():
    direct = tender("contract-1", contracts=[{"id": "1", "description": "Услуги связи"}], tender={"id": "1"})
    plan = {**direct, "contracts": [], "planning": {"budget": {"description": "Бумага"}}}

    assert row(PROCESSES, direct)["title"] == "Услуги связи"
    assert row(PROCESSES, plan)["title"] == "Бумага"
    assert row(PROCESSES, {**plan, "planning": None})["title"] is None


def test_the_buyer_is_never_the_first_party_in_that_role():
    parties = [{"id": "B", "name": "Школа", "roles": ["buyer"]}, {"id": "X", "roles": ["buyer"]}]

    assert row(PROCESSES, tender("1", buyer=None, parties=parties))["buyer_name"] is None
    assert row(CONTRACTS, tender("1", buyer=None, parties=parties))["buyer_id"] is None
    assert row(PROCESSES, tender("1", buyer={"id": "X"}, parties=parties))["buyer_id"] == "X"
    assert row(PROCESSES, tender("1", buyer={"id": "gone"}, parties=parties))["buyer_id"] is None


def test_a_contract_has_its_own_buyer_or_that_of_the_release():
    school, clinic = {"id": "KZ-BIN-2", "name": "Школа"}, {"id": "KZ-BIN-1", "name": "Больница"}
    contracts = [{"id": "2", "title": "x", "buyer": clinic}, {"id": "1", "title": "x", "buyer": school}]
    shared = tender("1", buyer=None, contracts=[*contracts, {"id": "3", "title": "x"}])

    assert [row(CONTRACTS, shared, each)["buyer_id"] for each in range(3)] == ["KZ-BIN-2", "KZ-BIN-1", None]
    assert row(CONTRACTS, {**shared, "buyer": clinic}, 2)["buyer_name"] == "Больница"


def test_several_buyers_are_joined_the_releases_first_and_then_by_the_ids_of_contracts():
    unnamed, clinic = {"id": "B2", "uri": "https://example.org"}, {"id": "B1", "name": "Больница"}
    contracts = [{"id": "2", "title": "x", "buyer": clinic}, {"id": "1", "title": "x", "buyer": unnamed}]
    found = row(PROCESSES, tender("1", buyer={"id": "B3", "name": "Школа"}, contracts=contracts))

    assert (found["buyer_id"], found["buyer_name"]) == ("B3; B2; B1", "Школа; ; Больница")
    assert row(PROCESSES, tender("1", buyer=clinic, contracts=contracts[:1]))["buyer_id"] == "B1"


def test_a_supplier_without_a_name_keeps_its_place_among_the_names():
    suppliers = [{"id": "S1", "address": {"region": "Абай"}}, {"id": "S2", "name": "ТОО «Б»"}]
    found = row(CONTRACTS, tender("1", awards=[{"id": "a1", "suppliers": suppliers}]))

    assert (found["supplier_id"], found["supplier_name"]) == ("S1; S2", "; ТОО «Б»")


def test_a_contract_is_about_the_lots_of_its_items():
    items = [{"id": "1", "relatedLot": "2"}, {"id": "2", "relatedLot": "2"}, {"id": "3", "relatedLot": "4"}]
    award = {"id": "a1", "suppliers": [{"id": "S"}], "relatedLots": ["1", "2"]}
    own = {"id": "1", "awardID": "a1", "items": items}
    other = {"id": "2", "awardID": "a1", "title": "x"}

    assert row(CONTRACTS, tender("1", awards=[award], contracts=[own, other]))["lots"] == "2; 4"
    assert row(CONTRACTS, tender("1", awards=[award], contracts=[own, other]), 1)["lots"] is None
    assert row(CONTRACTS, tender("1", awards=[award], contracts=[other]))["lots"] == "1; 2"


def cancelled():
    """Three contracts, of which the first was never concluded, and its supplier is that of no other."""
    value = {"amount": 5, "currency": "KZT"}
    awards = [{"id": f"a{n}", "status": "active", "suppliers": [{"id": f"S{n}", "name": f"№{n}"}]} for n in (1, 2)]
    return tender(
        "1",
        awards=awards,
        contracts=[
            {"id": "1", "awardID": "a1", "status": "cancelled", "value": value},
            {"id": "2", "awardID": "a2", "status": "active", "value": value},
            {"id": "3", "awardID": "a2", "status": "cancelled", "value": value},
        ],
    )


def test_contracts_that_were_never_concluded_do_not_count():
    found = row(PROCESSES, cancelled())

    assert (found["contracts_count"], found["cancelled_contracts_count"], found["contracts_value"]) == (1, 2, 5)
    assert (found["suppliers_count"], found["suppliers"]) == (1, "№2")
    assert len(rows(CONTRACTS, cancelled())) == 3


def test_control_totals_are_of_all_contracts_and_of_those_not_cancelled():
    totals = ControlTotals()
    totals.add(process(cancelled()))
    sums = ControlTotals()
    sums.include(totals)

    assert sums.facts() == [
        {"currency": "KZT", "contracts": 3, "value": "15", "contractsNotCancelled": 1, "valueNotCancelled": "5"}
    ]


def test_a_sum_with_an_unknown_member_is_empty():
    known = {"amount": 1, "currency": "KZT"}
    payments = [{"id": "1", "value": known}, {"id": "2", "date": "2024-03-11T10:15:00+05:00"}]
    contract = {"id": "1", "value": known, "implementation": {"transactions": payments}}
    found = tender("1", contracts=[contract, {"id": "2", "status": "active"}])

    assert row(PROCESSES, found)["contracts_value"] is None
    assert row(CONTRACTS, found)["paid_amount"] is None
    assert row(CONTRACTS, found)["payments_count"] == 2
    for unknown in (None, {"currency": "KZT"}, {"amount": 1}, {"amount": "1", "currency": "KZT"}):
        assert total(values(known, unknown)) == NO_TOTAL


def test_a_process_that_nothing_is_left_of_is_no_row():
    gone = {
        "ocid": ocid("contract-7"),
        "id": "x",
        "date": "2024-03-11T10:15:00+05:00",
        "tag": ["compiled"],
        "language": "ru",
        "initiationType": "tender",
        "buyer": {"id": "B"},
        "parties": [{"id": "B", "identifier": {"id": "1"}}],
        "tender": {"id": "7"},
        "awards": [{"id": "a", "suppliers": [{"id": "S"}], "value": {}}],
        "contracts": [{"id": "1", "awardID": "a", "documents": [{"id": "notice"}], "period": {}}],
    }

    assert not any(rows(table, gone) for table in TABLES)
    assert len(rows(PROCESSES, {**gone, "tender": {"id": "7", "title": "x"}})) == 1


def test_the_address_is_that_of_the_first_notice():
    notice = {"id": "notice", "documentType": "contractNotice", "url": "https://example.org/5"}
    direct = tender("contract-1", contracts=[{"id": "1", "title": "x", "documents": [{"id": "0"}, notice]}])

    assert row(PROCESSES, direct)["url"] == "https://example.org/5"
    assert row(PROCESSES, tender("1"))["url"] is None


def test_bidders_are_counted_where_the_portal_does_not_say():
    held = tender("1")["tender"]

    assert row(PROCESSES, tender("1", tender={**held, "tenderers": [{"id": "1", "name": "А"}]}))["tenderers_count"] == 1
    assert row(PROCESSES, tender("1", tender={**held, "numberOfTenderers": 0}))["tenderers_count"] == 0
    assert row(PROCESSES, tender("1"))["tenderers_count"] is None


def test_first_and_last_release_are_dated():
    found = row(PROCESSES, tender("1"))

    assert found["first_release"] == "2024-03-01T10:00:00+05:00"
    assert found["last_release"] == "2024-03-11T10:15:00+05:00"


def test_a_process_that_something_newer_is_held_back_of_says_so():
    assert row(PROCESSES, tender("1"), is_held_back=True)["held_back"] == "yes"
    assert row(PROCESSES, tender("1"))["held_back"] is None


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_every_column_is_declared_once_and_described(table):
    described = table.dictionary()

    assert len(set(table.header)) == len(table.header) <= 30
    assert {*table.key, table.buyer, *([table.supplier] if table.supplier else [])} <= {*table.header}
    for field in described["fields"]:
        assert field["type"] in {"text", "integer", "amount", "number", "time"}
        assert field["label"]
        assert field["label_ru"]
        assert field["example"]
        assert field["description"] or describe(field["path"], KAZAKHSTAN.extensions), field["name"]


def test_every_declared_column_is_one_of_a_table():
    assert {row["table"] for row in declared()} == {table.name for table in ALL_TABLES}


def test_a_supplier_without_a_name_is_one_while_it_is_a_party():
    award = {"id": "a1", "status": "active", "suppliers": [{"id": "S1"}, {"id": "S2"}]}
    contract = {"id": "c1", "awardID": "a1", "status": "active"}
    parties = [{"id": "S1", "roles": ["supplier"]}, {"id": "S2"}]

    made = tender("1", awards=[award], contracts=[contract], parties=parties)

    assert row(PROCESSES, made)["suppliers_count"] == 1
    assert row(CONTRACTS, made)["supplier_id"] == "S1"
    assert row(CONTRACTS, made)["supplier_name"] is None


def test_organizations_are_told_apart_by_id_or_name():
    found = distinct([Reference(id="1"), Reference(name="А"), Reference(id="1", name="Б"), Reference(name="А")])

    assert found == [Reference(id="1"), Reference(name="А")]
