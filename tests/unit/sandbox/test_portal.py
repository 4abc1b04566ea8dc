"""The stand-in over HTTP: token, faults, control."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.portal import Options, countries
from sandbox.server import Running, running, spawned
from tests.support.sandbox_desk import Desk

PATH = "/v3/lots?limit=100"


@pytest.fixture(scope="module")
def portal() -> Iterator[Running]:
    with running(processes=300, seed=2, hang=0.3) as found:
        yield found


@pytest.fixture
def client(portal: Running) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {portal.token}"}
    with httpx.Client(base_url=portal.base_url, headers=headers, timeout=20) as found:
        yield found
        portal.portal.set_faults()


def walk(client: httpx.Client, path: str, most: int = 400) -> list[dict[str, Any]]:
    """What a careful client gets: asks again what failed, keeps one of each, trusts the total."""
    url, found = path, {}
    for _ in range(most):
        answer = client.get(url)
        try:
            page = answer.raise_for_status().json()
            items = page["items"]
            found |= {int(item["id"]): item for item in items}
        except (httpx.HTTPStatusError, ValueError, TypeError):
            continue
        if not page["next_page"]:
            assert len(found) == page["total"]
            return [item | {"id": int(item["id"])} for item in found.values()]
        following = page["next_page"]
        url = following if following.startswith("/v3") else f"/v3{following}"
    raise AssertionError("too many pages")


def test_the_countries_are_the_packages_there_are() -> None:
    assert "kazakhstan" in countries()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_without_the_token_every_path_is_an_invalid_route(headers: dict[str, str], portal: Running) -> None:
    for method, path in (("GET", "/v3/refs/ref_subject_type"), ("POST", "/v3/graphql")):
        answer = httpx.request(method, portal.base_url + path, headers=headers)
        assert answer.status_code == 404
        assert answer.json()["message"] == "Invalid Route"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_may_have_another_status(status: int) -> None:
    with running(processes=10, unauthorized=status) as found:
        answer = httpx.get(f"{found.base_url}/v3/lots")

    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_control_moves_the_clock_and_tells_what_was_asked(client: httpx.Client, portal: Running) -> None:
    before = client.get("/_sandbox/state").json()
    after = client.post("/_sandbox/advance?days=2").json()
    client.get(PATH)

    assert (after["day"], after["now"]) == (before["day"] + 2, "2026-11-03 00:00:00")
    assert client.get("/_sandbox/stats").json()["requests"] > 0
    assert client.get("/_sandbox/nothing").status_code == 404
    assert portal.portal.state() == after


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("429", lambda answer: answer.status_code == 429 and answer.headers["retry-after"] == "1"),
        ("500", lambda answer: answer.status_code == 500),
        ("truncated", lambda answer: answer.content.startswith(b'{"total"') and not answer.content.endswith(b"}")),
        ("html200", lambda answer: answer.status_code == 200 and answer.text.startswith("<!DOCTYPE html>")),
        ("bom", lambda answer: answer.content.startswith(b"\xef\xbb\xbf{")),
        ("null_list", lambda answer: answer.json()["items"] is None and answer.json()["total"] > 0),
        ("string_ids", lambda answer: isinstance(answer.json()["items"][0]["point_list"][0], str)),
        ("cut_limit", lambda answer: answer.json()["limit"] == 25 and len(answer.json()["items"]) == 25),
        ("timeout", lambda answer: answer.elapsed.total_seconds() >= 0.3),
    ],
)
def test_each_fault_can_be_seen_and_outlived(fault: str, seen: Any, client: httpx.Client, portal: Running) -> None:
    true = {item["id"]: item for item in walk(client, PATH)}
    portal.portal.set_faults(f"{fault}=1")

    assert seen(client.get(PATH))
    got = {item["id"]: item | {"point_list": list(map(int, item["point_list"]))} for item in walk(client, PATH)}
    assert got == true
    assert client.get("/_sandbox/stats").json()["faults"][fault] > 0


def test_a_shifted_page_repeats_half_of_the_one_before(client: httpx.Client, portal: Running) -> None:
    true = walk(client, PATH)
    first = client.get(PATH).json()
    portal.portal.set_faults("shifted=1")
    second = client.get(f"/v3{first['next_page']}").json()

    assert second["items"][:50] == first["items"][50:]
    assert sorted(item["id"] for item in walk(client, PATH)) == sorted(item["id"] for item in true)


def test_graphql_pages_shift_shrink_and_lose_their_list(client: httpx.Client, portal: Running) -> None:
    query = "query($a:Int,$f:LotsFiltersInput){Lots(after:$a,limit:40,filter:$f){id}}"

    def ask(after: int | None, **wanted: Any) -> tuple[Any, Any]:
        answer = client.post("/v3/graphql", json={"query": query, "variables": {"a": after, "f": wanted}}).json()
        return answer["data"]["Lots"], answer["extensions"]["pageInfo"]

    wanted = {"lastUpdateDate": ["2026-05-01", "2026-11-30"]}
    first, page = ask(None, **wanted)
    for fault, check in (
        ("shifted", lambda found, _: found[:20] == first[20:]),
        ("cut_limit", lambda found, info: len(found) == info["limitPage"] == 10),
        ("null_list", lambda found, info: found is None and info["totalCount"] == page["totalCount"]),
    ):
        portal.portal.set_faults(f"{fault}=1")
        assert check(*ask(page["lastId"], **wanted))
    portal.portal.set_faults("ignored_filter=1")
    assert ask(None, unionLots=1)[1]["totalCount"] == page["totalCount"]


def test_a_token_expires_after_so_many_requests(client: httpx.Client, portal: Running) -> None:
    portal.portal.set_faults("expired_token=2")

    assert [client.get(PATH).status_code for _ in range(4)] == [200, 200, 404, 404]
    assert client.get("/_sandbox/stats").json()["faults"] == {"expired_token": 2}


def test_many_faults_at_once_leave_a_careful_client_with_the_same_data(client: httpx.Client, portal: Running) -> None:
    path = "/v3/contract/all?limit=20"
    true = walk(client, path)
    names = ("429", "500", "truncated", "html200", "null_list", "shifted", "cut_limit", "string_ids")
    portal.portal.set_faults(*(f"{name}=0.1" for name in names))

    assert sorted(walk(client, path), key=lambda item: item["id"]) == sorted(true, key=lambda item: item["id"])
    assert len(client.get("/_sandbox/stats").json()["faults"]) > 3


def test_a_stand_in_runs_in_a_process_of_its_own() -> None:
    with spawned(processes=20, days=3) as found:
        answer = httpx.get(f"{found.base_url}{PATH}", headers={"Authorization": f"Bearer {found.token}"})
        found.advance(1)
        state = found.control("state", "GET")

    assert answer.json()["total"] > 0
    assert state["day"] == 4


def test_the_smallest_portal_answers_and_none_has_no_cases() -> None:
    assert Desk(processes=1).walk("plans/all")
    with pytest.raises(ValueError, match="at least 1 process"):
        Options(processes=0)
