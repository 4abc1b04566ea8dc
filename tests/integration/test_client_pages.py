"""The client against a real server of web pages: forms, cookies, encodings, pages that are not what they should be."""

import json
from datetime import UTC, datetime

import pytest

from extractors.answers import NoUsableAnswerError, UnreadableAnswerError
from extractors.base import RefusalError, Request, SessionExpiredError, ShapeError
from extractors.client import Client
from extractors.patience import Patience
from extractors.texts import NO_CHARACTER
from ocds_schema.errors import PortalChangedError, PortalRefusedError, PortalUnavailableError
from tests.support.web import Reply, WebServer, sequence

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PAGE = "<!DOCTYPE html><html><body><p>Объявление 7</p></body></html>"
MAINTENANCE = "<html><body>Профилактические работы</body></html>"
PIECE = "<partial-response><changes/></partial-response>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(text, status=200, **headers):
    return Reply(text.encode(), status, HTML | headers)


def make_client(url, **settings):
    given = {
        "user_agent": "OCDS-Pipeline/test (+mailto:data@example.org)",
        "clock": lambda: NOW,
        "rate": 1_000_000,
        "timeout": 5,
        "patience": Patience(attempts=4, first=0.001, jitter=None),
    }
    return Client(url, **(given | settings))


def ask(reply, request=None, judge=None, **settings):
    with WebServer(reply) as server, make_client(server.url, **settings) as client:
        try:
            return client.ask(request or Request(path="/list", accept="html"), judge), server.asked
        except Exception as error:
            error.asked = len(server.asked)
            raise


def due(words):
    """Take pages with some words only."""

    def judge(answer):
        if words not in answer.content:
            raise ShapeError(f"{words} is due")

    return judge


def test_a_form_is_posted_as_a_browser_posts_it():
    form = (("javax.faces.ViewState", "a+b/ё=="), ("table_first", "10"), ("table_first", "20"))
    request = Request(path="/list", form=form, accept="xml", headers=(("Faces-Request", "partial/ajax"),))

    answer, asked = ask(lambda _: page(PIECE), request)

    assert answer.content == PIECE
    assert asked[0].method == "POST"
    assert asked[0].body == b"javax.faces.ViewState=a%2Bb%2F%D1%91%3D%3D&table_first=10&table_first=20"
    assert asked[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked[0].headers["Accept"].startswith("application/xml")
    assert asked[0].headers["Faces-Request"] == "partial/ajax"
    assert answer.exchange.request_body == asked[0].body


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [("json", "application/json"), ("html", "text/html"), ("fragment", "text/html"), ("xml", "application/xml")],
)
def test_what_is_wanted_is_said(accept, wanted):
    body = {"json": b"{}", "xml": PIECE.encode()}.get(accept, PAGE.encode())
    _, asked = ask(lambda _: Reply(body), Request(path="/", accept=accept))

    assert asked[0].headers["Accept"].startswith(wanted)


def test_cookies_are_kept_but_never_come_out():
    def reply(asked):
        if asked.path == "/first":
            return page(PAGE, **{"Set-Cookie": "JSESSIONID=s3cret; Path=/"})
        return page(f"<html><p>{asked.headers.get('Cookie')}</p></html>")

    with WebServer(reply) as server, make_client(server.url) as client:
        first = client.ask(Request(path="/first", accept="html", cookies=(("locale", "ru"),)))
        second = client.ask(Request(path="/second", accept="html"))
        client.forget()
        third = client.ask(Request(path="/third", accept="html"))

    assert server.asked[0].headers["Cookie"] == "locale=ru"
    assert sorted(server.asked[1].headers["Cookie"].split("; ")) == ["JSESSIONID=s3cret", "locale=ru"]
    assert "Cookie" not in server.asked[2].headers
    for answer in (first, second, third):
        headers = {name.lower() for name, _ in answer.exchange.request_headers + answer.exchange.response_headers}
        assert not headers & {"cookie", "set-cookie"}


def test_a_cookie_of_ours_is_sent_in_the_place_of_the_portal_s():
    request = Request(path="/", accept="html", cookies=(("locale", "ru"),))
    reply = page(PAGE, **{"Set-Cookie": "locale=en; Path=/"})
    with WebServer(lambda _: reply) as server, make_client(server.url) as client:
        client.ask(request)
        client.ask(request)

    assert [asked.headers["Cookie"] for asked in server.asked] == ["locale=ru", "locale=ru"]


def test_a_redirect_keeps_cookies_and_turns_a_form_into_a_get():
    def reply(asked):
        if asked.method == "POST":
            return Reply(b"", 302, {"Location": "/view?cid=7", "Set-Cookie": "JSESSIONID=a1; Path=/"})
        return page(PAGE)

    answer, asked = ask(reply, Request(path="/press", form=(("go", "1"),), accept="html"))

    assert [(each.method, each.target, each.body) for each in asked] == [
        ("POST", "/press", b"go=1"),
        ("GET", "/view?cid=7", b""),
    ]
    assert asked[1].headers["Cookie"] == "JSESSIONID=a1"
    assert "Content-Type" not in asked[1].headers
    assert answer.exchange.url.endswith("/view?cid=7")


def test_json_that_was_posted_is_not_redirected_to_a_get():
    answer, asked = ask(lambda _: Reply({}, 302, {"Location": "/"}), Request(path="/graphql", body={"a": 1}))

    assert (answer.exchange.status, len(asked)) == (302, 1)


def test_a_session_in_an_address_is_left_out_of_what_is_kept():
    moved = sequence(Reply(b"", 302, {"Location": "/view;jsessionid=A1b2?id=7"}), page(PAGE))

    answer, asked = ask(moved)

    assert asked[1].target == "/view;jsessionid=A1b2?id=7"
    assert answer.exchange.url.endswith("/view?id=7")


def test_text_is_read_in_the_page_s_encoding_and_mended():
    answer, _ = ask(
        lambda _: Reply(
            "<html>№ 7".encode("cp1251") + b"\x98</html>", headers={"Content-Type": "text/html; charset=windows-1251"}
        )
    )

    assert answer.content == "<html>№ 7\ufffd</html>"
    assert answer.mended == {NO_CHARACTER: 1}


@pytest.mark.parametrize(
    ("accept", "broken", "whole"),
    [
        ("html", "<html><body><table><tr><td>1", PAGE),
        ("xml", "<partial-response><changes><update id='x'><![CDATA[<tr>", PIECE),
        ("html", " \n", PAGE),
        ("fragment", "", "<p>7</p>"),
        ("xml", "no XML at all", PIECE),
    ],
)
def test_what_was_cut_short_is_asked_for_again(accept, broken, whole):
    request = Request(path="/list", accept=accept)
    answer, asked = ask(sequence(page(broken), page(whole)), request)

    assert (answer.content, len(asked)) == (whole, 2)
    with pytest.raises(NoUsableAnswerError, match=r"lack their end|nothing in it") as caught:
        ask(lambda _: page(broken), request)
    assert caught.value.exchange.response_body == broken.encode()
    assert caught.value.asked == 4


def test_a_notice_of_maintenance_passes():
    replies = sequence(page(MAINTENANCE), page(MAINTENANCE), page("down", 503), page(PAGE))
    answer, asked = ask(replies, judge=due("Объявление"))

    assert (answer.content, len(asked)) == (PAGE, 4)


def test_a_page_that_never_is_what_it_should_be_has_changed_and_is_given():
    with pytest.raises(UnreadableAnswerError, match=r"GET \S+/list: Объявление is due \(4 attempts\)") as caught:
        ask(lambda _: page(MAINTENANCE), judge=due("Объявление"))

    assert isinstance(caught.value, PortalChangedError)
    assert caught.value.asked == 4
    assert caught.value.exchange.response_body == MAINTENANCE.encode()


def test_json_that_is_not_what_it_should_be_is_asked_for_once_more():
    with pytest.raises(UnreadableAnswerError, match="items is due, the same again when asked again") as caught:
        ask(lambda _: Reply({"status": "?"}), Request(path="/v3"), due("items"))
    assert caught.value.asked == 2

    answer, _ = ask(sequence(Reply({"status": "?"}), Reply({"items": []})), Request(path="/v3"), due("items"))
    assert answer.content == {"items": []}


def test_an_answer_nested_too_deeply_for_its_reader_is_not_what_it_should_be():
    def judge(answer):
        def down(depth):
            return down(depth + 1)

        down(0)

    with pytest.raises(UnreadableAnswerError, match="nested too deeply"):
        ask(lambda _: page(PAGE), judge=judge)


def test_an_answer_that_says_that_the_portal_cannot_is_asked_for_again():
    def judge(answer):
        if answer.content.get("errors"):
            raise PortalUnavailableError("internal error")

    replies = sequence(Reply({"errors": 1}), Reply({"errors": 1}), Reply({"items": []}))
    answer, asked = ask(replies, Request(path="/v3"), judge)

    assert (answer.content, len(asked)) == ({"items": []}, 3)
    with pytest.raises(NoUsableAnswerError, match="internal error"):
        ask(lambda _: Reply({"errors": 1}), Request(path="/v3"), judge)


@pytest.mark.parametrize("error", [SessionExpiredError, RefusalError])
def test_what_no_patience_mends_is_said_at_once(error):
    def judge(answer):
        raise error("over")

    with pytest.raises(error) as caught:
        ask(lambda _: page(PAGE), judge=judge)
    assert caught.value.asked == 1


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_page_may_say_that_the_conversation_is_over(status):
    def judge(answer):
        if "ViewExpiredException" in answer.content:
            raise SessionExpiredError("over")
        raise ShapeError("a list is due")

    with pytest.raises(SessionExpiredError) as caught:
        ask(lambda _: page("<html>javax.faces.application.ViewExpiredException", status), judge=judge)
    assert caught.value.asked == 1


def test_an_error_page_is_nothing_else_to_its_reader():
    answer, asked = ask(lambda _: page("<html>нет такой страницы", 404), judge=due("Объявление"))
    assert (answer.exchange.status, answer.content, len(asked)) == (404, "<html>нет такой страницы", 1)

    with pytest.raises(PortalUnavailableError, match="answered 500"):
        ask(lambda _: page("<html>", 500), judge=due("Объявление"))
    with pytest.raises(PortalRefusedError, match="it lets nobody in from here"):
        ask(lambda _: page("<html>", 403), judge=due("Объявление"))


def test_json_s_error_is_not_shown_to_its_reader():
    seen = []
    answer, _ = ask(lambda _: Reply({"message": "нет"}, 404), Request(path="/v3"), seen.append)

    assert (answer.exchange.status, seen) == (404, [])


def test_a_form_s_content_is_in_no_text_of_the_request():
    request = Request(path="/", form=(("state", "s3cret"),), accept="html")

    assert "s3cret" not in repr(request)
    assert json.dumps(request.form) == '[["state", "s3cret"]]'
