"""The new portal's stand-in: Spring pages, and what is not there."""

import json

import pytest

from sandbox.exchange import Asked
from tests.support.kyrgyz_desk import Desk

LIST = "/api/public_tender/published"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(processes=200)


def test_a_page_tells_where_it_stands(desk: Desk) -> None:
    page = desk.get(f"{LIST}?first=20&rows=10")
    everything = desk.notices()

    assert (page["number"], page["size"], page["numberOfElements"]) == (2, 10, 10)
    assert (page["first"], page["last"], page["totalElements"]) == (False, False, len(everything))
    assert page["content"] == everything[20:30]
    assert page["totalPages"] == -(-len(everything) // 10)


def test_past_the_end_a_page_is_empty(desk: Desk) -> None:
    page = desk.get(f"{LIST}?first=100000&rows=50")

    assert (page["content"], page["empty"], page["last"]) == ([], True, True)


def test_in_a_variant_the_first_counts_pages() -> None:
    rows, pages = Desk(processes=200), Desk(processes=200, variants=("first_counts_pages",))

    assert pages.get(f"{LIST}?first=2&rows=10") == rows.get(f"{LIST}?first=20&rows=10")


def test_a_notice_has_the_fields_that_readers_name(desk: Desk) -> None:
    names = {"id", "number", "companyName", "name", "method", "amount", "datePublished", "dateContest", "status"}

    assert all(set(one) == names for one in desk.notices())


def test_a_tender_says_what_its_notice_says(desk: Desk) -> None:
    for one in desk.notices()[::9]:
        tender = desk.get(f"/api/public_tender/get/{one['id']}")
        assert {name: tender[name] for name in set(one) - {"amount"}} == {
            name: value for name, value in one.items() if name != "amount"
        }
        assert "allowOther\u0421urrency" in tender


@pytest.mark.parametrize("path", ["/api/public_tender/get/6aab6602d5978a4098c1a99a", "/api/nothing"])
def test_what_is_not_there_is_404_as_spring_says_it(path: str, desk: Desk) -> None:
    reply = desk.services.respond(Asked.of("GET", path))
    said = json.loads(reply.body)

    assert (reply.status, said["status"], said["error"], said["path"]) == (404, 404, "Not Found", path)


def test_a_list_may_be_null(desk: Desk) -> None:
    reply = desk.services.respond(Asked.of("GET", LIST, disorder="null_list"))

    assert json.loads(reply.body)["content"] is None
