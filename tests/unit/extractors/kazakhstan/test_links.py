from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.kazakhstan import PORTAL
from extractors.kazakhstan.links import links
from ocds_schema.raw import Links

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["id", "trd_buy_id", "trdBuyId", "root_id", "rootId", "point_list", "pointList", "ContractUnits", "plnPointId",
     "buy_id", "buyId", "rootrecord_id", "rootrecordId", "supplier_id", "supplierId", "Supplier", "customer_pid",
     "customerId", "supplier_name_ru", "customerNameRu"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["trd_buy", "lot", "trd_app", "contract", "plan", "plan_deleted", "subject", "ref_units", "unheard of"]
)


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("trd_buy", {"id": 500, "number_anno": "500-1"}, Links(process="buy:500")),
        ("trd_buy", {"id": "0500"}, Links(process="buy:500")),
        ("lot", {"id": 9, "trd_buy_id": 500, "point_list": [12, "13", 12, 0, None]},
         Links(process="buy:500", wants=("plan/12", "plan/13"))),
        ("lot", {"id": 9, "trdBuyId": 500, "pointList": None}, Links(process="buy:500")),
        ("lot", {"id": 9, "trd_buy_id": 0}, Links(process="lot:9")),
        ("trd_app", {"id": 7, "buyId": "500"}, Links(process="buy:500")),
        ("trd_app", {"id": 7}, Links(process="trd_app:7")),
        ("contract", {"id": 91, "root_id": 90, "trd_buy_id": 500}, Links(process="buy:500", family="contract/90")),
        ("contract", {"id": 91, "root_id": 90, "trd_buy_id": 0}, Links(process="contract:90", family="contract/90")),
        ("contract", {"id": 91, "rootId": 0, "trdBuyId": None}, Links(process="contract:91", family="contract/91")),
        ("contract", {"id": 91, "ContractUnits": [{"plnPointId": 4}, {"plnPointId": 0}, None, {"plnPointId": "5"}]},
         Links(process="contract:91", family="contract/91", wants=("plan/4", "plan/5"))),
        ("plan", {"id": 3, "rootrecord_id": 1}, Links(process="plan:1")),
        ("plan", {"id": 3}, Links(process="plan:3")),
        ("plan_deleted", {"id": 3, "rootrecord_id": Decimal(1)}, Links(process="plan:1")),
        ("ref_units", {"code": "796"}, Links(process=None)),
        ("subject", {"pid": 24002, "bin": "120540000033"}, Links(process=None)),
    ],
)  # fmt: skip
def test_an_object_says_where_it_belongs(kind, fields, expected):
    assert links(kind, "rest", fields) == expected
    assert PORTAL.links(kind, "graphql", fields) == expected


@pytest.mark.parametrize(
    ("kind", "fields", "wants"),
    [
        ("trd_app", {"supplier_id": 601, "supplier_bin_iin": "120540000033"}, ("subject/601",)),
        ("trd_app", {"supplierId": "601", "Supplier": None}, ("subject/601",)),
        ("trd_app", {"supplierId": 601, "Supplier": {"nameRu": "", "nameKz": None}}, ("subject/601",)),
        ("trd_app", {"supplierId": 601, "Supplier": {"nameRu": "ТОО «Мебель»"}}, ()),
        ("trd_app", {"supplier_id": 0}, ()),
        ("contract", {"supplier_id": 601, "customer_id": 501}, ("subject/601", "subject/501")),
        ("contract", {"supplier_id": 601, "customer_id": 601}, ("subject/601",)),
        ("contract", {"supplierId": 601, "customerId": 501, "Supplier": {"nameKz": "ЖШС"}}, ("subject/501",)),
        ("trd_buy", {"customer_pid": 501, "org_pid": 502, "customer_name_ru": "Школа"}, ("subject/502",)),
        ("trd_buy", {"customerPid": 501, "orgPid": 502, "customerNameKz": "Мектеп", "orgNameRu": "Отдел"}, ()),
    ],
)  # fmt: skip
def test_an_object_wants_the_subjects_that_it_does_not_name(kind, fields, wants):
    assert links(kind, "rest", {"id": 1, **fields}).wants == wants


@given(kind=KINDS, fields=st.dictionaries(NAMES, JSON) | JSON)
def test_no_object_however_odd_is_too_much(kind, fields):
    found = links(kind, "graphql", fields)

    assert all(want.removeprefix("plan/").removeprefix("subject/").isdecimal() for want in found.wants)
    assert found.process is None or found.process.partition(":")[2].isdecimal()
