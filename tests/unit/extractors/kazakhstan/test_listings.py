import pytest

from extractors.base import Page, RefusalError, Request, ShapeError
from extractors.kazakhstan.listings import GraphqlListing, RestListing
from ocds_schema.errors import PortalUnavailableError

REST = RestListing(name="lots", kind="lot", way="rest", size=500, path="/v3/lots")
UNITS = RestListing(
    name="refs/ref_units", kind="ref_units", way="rest", size=500, path="/v3/refs/ref_units", keys=("code", "id")
)
BUYS = GraphqlListing(
    name="TrdBuy", kind="trd_buy", way="graphql", size=200, root="TrdBuy",
    dated="lastUpdateDate", earliest="2026-11-01 00:00:00", latest="2026-11-08 00:00:00",
)  # fmt: skip


def info(**members):
    return {"data": {"TrdBuy": []}, "extensions": {"pageInfo": {"hasNextPage": False} | members}}


@pytest.mark.parametrize(
    ("content", "page"),
    [
        ({"items": [], "next_page": ""}, Page(objects=[])),
        ({"items": None}, Page(objects=[])),
        ([], Page(objects=[])),
        ([{"id": 1}], Page(objects=[{"id": 1}])),
        ({"items": {"0": {"id": 1}}}, Page(objects=[{"id": 1}])),
        (
            {"total": "7", "limit": 500, "next_page": "/lots?page=next&search_after=1", "items": []},
            Page(objects=[], more=True, following="/v3/lots?page=next&search_after=1", total=7, size=500),
        ),
        (
            {"total": 0, "next_page": "/v3/lots/?page=next", "items": []},
            Page(objects=[], more=True, following="/v3/lots/?page=next", total=0),
        ),
    ],
)
def test_a_rest_answer_is_read_in_all_its_forms(content, page):
    assert REST.page(content) == page


@pytest.mark.parametrize(
    "content", [None, "text", 5, {}, {"items": "none"}, {"items": [], "next_page": 5}, {"message": "Not Found"}]
)
def test_a_rest_answer_of_another_shape_is_refused(content):
    with pytest.raises(ShapeError):
        REST.page(content)


def test_a_graphql_answer_tells_where_to_go_on():
    page = BUYS.page(info(hasNextPage=True, lastId="55", totalCount=9, limitPage=200))

    assert page == Page(objects=[], more=True, following="55", total=9, size=200)
    assert BUYS.page(info(hasNextPage=True, lastId=None)) == Page(objects=[], more=True)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Token is expired", RefusalError),
        ("Ошибка авторизации", RefusalError),
        ("Требуется авторизация", RefusalError),
        ("Unauthorized", RefusalError),
        ("Invalid token", RefusalError),
        ("Access denied", RefusalError),
        ("Forbidden", RefusalError),
        ("Срок действия токена истёк", RefusalError),
        ("Доступ запрещён", RefusalError),
        ("Unexpected token } in query", ShapeError),
        ("Syntax Error: Invalid token '}'", ShapeError),
        ('Field "token" is not defined by type Lots', ShapeError),
        ("Поле доступности не найдено", ShapeError),
        ("Internal server error", PortalUnavailableError),
        ("Unknown argument", ShapeError),
    ],
)
def test_graphql_errors_are_told_apart(message, error):
    with pytest.raises(error, match=message):
        BUYS.page({"errors": [{"message": message}], "data": None})


def test_a_date_past_the_window_has_moved_on_and_one_before_it_has_not():
    assert BUYS.moved_on({"lastUpdateDate": "2026-11-08 00:00:01"})
    assert not BUYS.moved_on({"lastUpdateDate": "2026-10-31 23:59:59"})
    assert not BUYS.moved_on({"lastUpdateDate": None})
    (bids,) = BUYS.follow({"id": 7, "refBuyStatusId": 350})
    assert not bids.moved_on({"buyId": 8})


def test_a_position_lies_further_on_where_its_id_is_lower():
    assert BUYS.onward("", "55")
    assert BUYS.onward("56", "55")
    assert not BUYS.onward("55", "55")
    assert not BUYS.onward("9", "55")
    assert not BUYS.onward("", "")
    assert REST.onward("/v3/lots?search_after=9", "/v3/lots?search_after=55")


@pytest.mark.parametrize(
    ("date", "within"),
    [
        ("2026-11-01 00:00:00", True),
        ("2026-11-08 00:00:00", True),
        ("2026-11-08T00:00:00.000", True),
        ("2026-11-03 15:30:24.884000", True),
        ("2026-10-31 23:59:59", False),
        ("2026-11-08 00:00:01", False),
        ("2026", None),
        (None, None),
        (2026, None),
    ],
)
def test_a_date_on_the_edge_is_inside(date, within):
    assert BUYS.within({"lastUpdateDate": date}) is within


@pytest.mark.parametrize(("status", "follows"), [(220, False), (250, True), ("350", True), (None, False), ("?", False)])
def test_bids_are_asked_for_once_an_announcement_is_opened(status, follows):
    found = BUYS.follow({"id": 7, "refBuyStatusId": status})

    assert bool(found) == follows
    for bids in found:
        assert bids.request("").body["variables"] == {"limit": 200, "filter": {"buyId": 7}}
        assert bids.within({"buyId": "7"})
        assert bids.within({"buyId": 8}) is False
        assert bids.within({}) is None
        assert bids.follow({"id": 7, "refBuyStatusId": 350}) == ()


def test_requests_carry_size_and_position():
    assert REST.request("") == Request(path="/v3/lots?limit=500")
    assert REST.request("/v3/lots?page=next") == Request(path="/v3/lots?page=next")
    assert BUYS.request("55").body["variables"] == {"limit": 200, "after": 55}


def test_tables_may_have_codes_for_ids():
    assert UNITS.key({"code": "006", "id": 3}) == "006"
    assert UNITS.key({"code": None, "id": 3}) == "3"
    assert UNITS.key({"code": " "}) is None
    assert UNITS.key({"code": True}) is None
    assert REST.key({"id": "006"}) == "6"
