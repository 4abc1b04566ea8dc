"""A stand-in of web pages over HTTP: cookies, redirects, no token, and faults in a page's own form."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.portal import known_faults
from sandbox.server import Running, running, spawned
from tests.support.kyrgyz_desk import LISTS, form_of, table_of

LIST = LISTS["order"]


@pytest.fixture(scope="module")
def portal() -> Iterator[Running]:
    with running("kyrgyzstan", processes=120, seed=2, hang=0.3) as found:
        yield found


@pytest.fixture
def client(portal: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=portal.base_url, timeout=20, follow_redirects=True) as found:
        yield found
        portal.portal.set_faults()


def ask(client: httpx.Client, html: str, first: int) -> httpx.Response:
    table = table_of(html)
    asked = {"javax.faces.partial.ajax": "true", "javax.faces.source": table, f"{table}_pagination": "true"}
    return client.post(LIST, data=asked | {f"{table}_first": str(first)} | form_of(html))


def test_a_portal_without_a_token_asks_for_none(client: httpx.Client) -> None:
    assert client.get("/api/public_tender/published?first=0&rows=1").status_code == 200
    with spawned("kyrgyzstan", processes=20) as found:
        assert httpx.get(f"{found.base_url}{LIST}").status_code == 200


def test_a_browser_gets_cookies_follows_redirects_and_turns_pages(client: httpx.Client) -> None:
    page = client.get(LIST)
    number = page.text.partition('data-rk="')[2].partition('"')[0]
    order = client.get(f"/popp/view/order/view.xhtml?id={number}")

    assert "JSESSIONID" in client.cookies
    assert [answer.status_code for answer in order.history] == [302]
    assert number in order.text
    assert 'data-ri="10"' in ask(client, page.text, 10).text


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("429", lambda answer: answer.status_code == 429 and "Retry-After" in answer.headers),
        ("500", lambda answer: answer.status_code == 500 and "<h1>HTTP Status 500" in answer.text),
        ("truncated", lambda answer: "<html" in answer.text and "</html>" not in answer.text),
        ("html200", lambda answer: answer.status_code == 200 and "ведутся технические работы" in answer.text),
        ("bom", lambda answer: answer.content.startswith(b"\xef\xbb\xbf<!DOCTYPE html>")),
        ("timeout", lambda answer: answer.elapsed.total_seconds() >= 0.3),
    ],
)
def test_faults_hit_pages_and_can_be_outlived(fault: str, seen: Any, client: httpx.Client, portal: Running) -> None:
    portal.portal.set_faults(f"{fault}=1")
    answers = [client.get(LIST) for _ in range(3)]

    assert seen(answers[0])
    assert any(not seen(answer) and answer.text.rstrip().endswith("</html>") for answer in answers)


@pytest.mark.parametrize("fault", ["500", "truncated", "html200", "bom"])
def test_faults_hit_pieces_of_pages(fault: str, client: httpx.Client, portal: Running) -> None:
    html = client.get(LIST).text
    true = ask(client, html, 20)
    portal.portal.set_faults(f"{fault}=1")
    answers = [ask(client, html, 20) for _ in range(3)]

    assert true.headers["content-type"].startswith("text/xml")
    assert answers[0].content != true.content
    assert true.content in [answer.content for answer in answers]


def test_a_session_expires_on_request(client: httpx.Client, portal: Running) -> None:
    html = client.get(LIST).text
    portal.portal.set_faults("expired_session=1")

    assert "ViewExpiredException" in ask(client, html, 20).text
    portal.portal.set_faults()
    assert 'data-ri="20"' in ask(client, client.get(LIST).text, 20).text


def test_the_same_requests_are_hit_in_every_session(portal: Running) -> None:
    found = []
    for _ in range(2):
        portal.portal.set_faults("500=0.3", "truncated=0.3")
        with httpx.Client(base_url=portal.base_url) as client:
            page = client.get(LIST)
            while page.status_code != 200 or "</html>" not in page.text:
                page = client.get(LIST)
            found.append([ask(client, page.text, first).status_code for first in range(0, 60, 10)])
    portal.portal.set_faults()

    assert found[0] == found[1]
    assert 500 in found[0]


def test_faults_of_other_countries_change_nothing_here(client: httpx.Client, portal: Running) -> None:
    assert {"expired_session", "null_list", "shifted"} <= known_faults()
    portal.portal.set_faults("shifted=1")

    assert client.get(LIST).status_code == 200
    assert client.get("/_sandbox/stats").json()["faults"] == {}
