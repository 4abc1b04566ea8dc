"""The client against a real server on loopback that breaks in every way seen in the wild."""

import gzip
import logging
from datetime import UTC, datetime, timedelta

import pytest

from extractors.answers import NoUsableAnswerError, UnreadableAnswerError
from extractors.base import Request
from extractors.client import Client
from extractors.patience import Patience
from ocds_schema.errors import ConfigurationError, PortalChangedError, PortalRefusedError, PortalUnavailableError
from ocds_schema.tolerant import NO_CHARACTER, NO_NUMBER, NO_UTF8
from tests.support.web import Reply, WebServer, sequence

TOKEN = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class Naps:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.taken = []
        self.now = 0.0

    def sleep(self, seconds):
        self.taken.append(round(seconds, 3))
        self.now += seconds

    def monotonic(self):
        return self.now


def make_client(url, naps=None, **settings):
    naps = naps or Naps()
    given = {
        "user_agent": "OCDS-Pipeline/test (+mailto:data@example.org)",
        "clock": lambda: NOW,
        "token": TOKEN,
        "advice": "Ask for one at the portal.",
        "rate": 1_000_000,
        "timeout": 5,
        "patience": Patience(attempts=4, first=1.0, jitter=None),
        "sleep": naps.sleep,
        "monotonic": naps.monotonic,
    }
    return Client(url, **(given | settings))


def ask(reply, naps=None, path="/v3/contract/all", **settings):
    with WebServer(reply) as server, make_client(server.url, naps, **settings) as client:
        try:
            return client.ask(Request(path=path)), server.asked, client.traffic
        except Exception as error:
            error.asked = len(server.asked)
            raise


def test_an_answer_is_given_with_its_exchange():
    answer, asked, traffic = ask(lambda _: {"items": [1]})

    assert answer.content == {"items": [1]}
    assert answer.exchange.url.endswith("/v3/contract/all")
    assert (answer.exchange.status, answer.exchange.reason) == (200, "OK")
    assert answer.exchange.retrieved_at == NOW
    assert asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "data@example.org" in asked[0].headers["User-Agent"]
    assert (traffic.requests, traffic.retries, traffic.bytes) == (1, 0, len(answer.exchange.response_body))


def test_json_is_posted_as_json():
    with WebServer(lambda asked: {"said": asked.json}) as server, make_client(server.url) as client:
        answer = client.ask(Request(path="/v3/graphql", body={"query": "{a}", "variables": {}}))

    assert answer.content == {"said": {"query": "{a}", "variables": {}}}
    assert answer.exchange.request_body == b'{"query":"{a}","variables":{}}'
    assert server.asked[0].headers["Content-Type"] == "application/json"


def test_waits_grow_until_the_portal_answers():
    naps = Naps()
    answer, _, traffic = ask(sequence(Reply({}, 500), Reply({}, 503), Reply({}, 502), Reply({"items": []})), naps)

    assert answer.content == {"items": []}
    assert [nap for nap in naps.taken if nap >= 1] == [1.0, 2.0, 4.0]
    assert traffic.retries == 3


def test_jitter_lengthens_a_wait_by_at_most_a_half():
    patience = Patience(first=2.0, longest=100.0, jitter=lambda: 0.999)

    assert 2.0 < patience.wait(1, 0.0) < 3.0


def test_after_the_last_attempt_the_portal_is_unavailable():
    with pytest.raises(PortalUnavailableError, match=r"answered 500.*4 attempts") as caught:
        ask(lambda _: Reply({}, 500))

    assert caught.value.asked == 4


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", 7.0),
        ((NOW + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 30.0),
        ("86400", 600.0),
        ("-5", 1.0),
        ("soon", 1.0),
        ((NOW - timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 1.0),
        ("9" * 5000, 1.0),
    ],
)
def test_retry_after_is_honoured_within_bounds(value, wait):
    naps = Naps()

    ask(sequence(Reply({}, 429, {"Retry-After": value}), Reply({"items": []})), naps)

    assert [nap for nap in naps.taken if nap >= 1] == [wait]


def test_a_time_out_is_tried_again():
    answer, asked, _ = ask(sequence(Reply({}, stall=0.5), Reply({"items": []})), timeout=0.1)

    assert answer.content == {"items": []}
    assert len(asked) == 2


def test_a_portal_that_never_answers_is_unavailable():
    with pytest.raises(PortalUnavailableError, match=r"no answer within 0\.1 seconds"):
        ask(lambda _: Reply({}, stall=0.4), timeout=0.1, patience=Patience(attempts=2, first=0.1, jitter=None))


def test_a_refused_connection_is_tried_again_and_then_given_up():
    with WebServer(lambda _: {}) as server:
        url = server.url
    with make_client(url) as client, pytest.raises(PortalUnavailableError, match="ConnectError"):
        client.ask(Request(path="/v3/lots"))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (Reply({"items": [1, 2, 3]}, cut=4), "RemoteProtocolError"),
        (Reply(b'{"items": [1, 2'), "not JSON"),
        (Reply(b"<html><body>Bad Gateway"), "a web page"),
        (Reply(b""), "nothing in it"),
        (Reply(b"\x1f\x8bnot gzip at all", headers={"Content-Encoding": "gzip"}), "DecodingError"),
    ],
)
def test_a_broken_answer_is_asked_for_again(broken, words):
    answer, asked, _ = ask(sequence(broken, Reply({"items": []})))

    assert answer.content == {"items": []}
    assert len(asked) == 2
    with pytest.raises(PortalUnavailableError, match=words):
        ask(lambda _: broken)


UNREADABLE = [b"[" * 3000 + b"]" * 3000, b'{"items": [1 2]}', b'{"items": []} and more', b"OK"]


@pytest.mark.parametrize("body", UNREADABLE)
def test_an_unreadable_answer_may_pass(body):
    answer, asked, _ = ask(sequence(Reply(body), Reply({}, 500), Reply(body), Reply({"items": []})))

    assert answer.content == {"items": []}
    assert len(asked) == 4


@pytest.mark.parametrize("body", UNREADABLE)
def test_the_same_unreadable_answer_twice_in_a_row_is_no_passing_trouble(body):
    with pytest.raises(UnreadableAnswerError, match=r"not JSON.*the same again") as caught:
        ask(lambda _: Reply(body))

    assert caught.value.asked == 2
    assert caught.value.exchange.response_body == body


def test_the_same_web_page_at_every_attempt_is_no_outage():
    page = b"<!DOCTYPE html><html><body>Another portal</body></html>"
    with pytest.raises(UnreadableAnswerError, match=r"a web page where JSON is due \(4 attempts\)") as caught:
        ask(lambda _: Reply(page))

    assert caught.value.asked == 4
    assert caught.value.exchange.response_body == page


@pytest.mark.parametrize(
    "odd", [Reply(b"down", 503), Reply(b"<html><body>It is 10:00</body></html>"), Reply({}, cut=1)]
)
def test_a_web_page_among_other_trouble_is_an_outage(odd):
    page = Reply(b"<html><body>Please wait</body></html>")
    with pytest.raises(NoUsableAnswerError, match="4 attempts"):
        ask(sequence(page, odd, page, page))


def test_unreadable_answers_that_differ_are_asked_for_again_to_the_end():
    count = iter(range(9))
    with pytest.raises(NoUsableAnswerError, match="4 attempts") as caught:
        ask(lambda _: Reply(b'{"items": [1 2], "at": %d}' % next(count)))

    assert caught.value.exchange.response_body == b'{"items": [1 2], "at": 3}'


def test_the_last_answer_is_given_where_no_answer_came_after_it():
    replies = sequence(Reply(b"down", 503), Reply({"items": []}, cut=4))
    with pytest.raises(NoUsableAnswerError, match="RemoteProtocolError") as caught:
        ask(replies)
    with pytest.raises(NoUsableAnswerError) as silent:
        ask(lambda _: Reply({"items": []}, cut=4))

    assert caught.value.exchange.response_body == b"down"
    assert silent.value.exchange is None


def test_what_is_not_quite_json_is_read_at_once_and_counted():
    body = b'{"a": NaN, "b": "\xff\xfe", "c": "\\ud800"}'
    answer, asked, _ = ask(lambda _: Reply(body))

    assert answer.content == {"a": "NaN", "b": "\ufffd\ufffd", "c": "\ufffd"}
    assert answer.mended == {NO_NUMBER: 1, NO_UTF8: 2, NO_CHARACTER: 1}
    assert answer.exchange.response_body == body
    assert len(asked) == 1


def test_a_byte_order_mark_is_passed_over():
    answer, _, _ = ask(lambda _: Reply(b"\xef\xbb\xbf" + b'{"items": []}'))

    assert answer.content == {"items": []}


@pytest.mark.parametrize(
    "refusal",
    [
        Reply({}, 401),
        Reply({}, 403),
        Reply(b"Invalid Route", 404),
        Reply({"name": "Not Found", "message": "Invalid Route"}, 404),
    ],
)
def test_a_refusal_is_not_tried_again_and_says_how_to_get_a_token(refusal):
    with pytest.raises(PortalRefusedError, match="Ask for one at the portal") as caught:
        ask(lambda _: refusal)

    assert caught.value.asked == 1
    assert TOKEN not in str(caught.value)


def test_a_missing_token_is_named_as_such():
    with pytest.raises(PortalRefusedError, match="there is none"):
        ask(lambda _: Reply({}, 401), token="")


def test_a_404_about_the_data_is_an_answer():
    answer, asked, _ = ask(lambda _: Reply({"message": "Справочник не найден"}, 404))

    assert answer.exchange.status == 404
    assert answer.content == {"message": "Справочник не найден"}
    assert len(asked) == 1


def test_an_answer_is_bounded_in_size():
    bomb = Reply(gzip.compress(b" " * 3_000_000), headers={"Content-Encoding": "gzip"})

    with pytest.raises(PortalChangedError, match="more than 1 MiB") as caught:
        ask(lambda _: bomb, most_bytes=1024 * 1024)
    assert caught.value.asked == 1
    with pytest.raises(PortalChangedError, match="more than 1 MiB"):
        ask(lambda _: Reply(b" " * 1_100_000), most_bytes=1024 * 1024)


def test_a_packed_answer_is_unpacked():
    packed = Reply(gzip.compress(b'{"items": []}'), headers={"Content-Encoding": "gzip"})

    answer, _, _ = ask(lambda _: packed)

    assert answer.exchange.response_body == b'{"items": []}'


def test_answers_packed_in_a_way_that_was_not_asked_for_are_refused():
    with pytest.raises(PortalChangedError, match="gzip, gzip"):
        ask(lambda _: Reply(b"x", headers={"Content-Encoding": "gzip, gzip"}))


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.example/v3/lots",
        "//elsewhere.example/v3/lots",
        "/\\elsewhere.example/v3/lots",
        "v3/lots",
        "@elsewhere.example/",
        "/v3/lots\r\nHost: elsewhere.example",
        "/v3/lo ts",
        "/" + "a" * 9000,
    ],
)
def test_a_path_that_leads_away_is_not_asked(path):
    with pytest.raises(PortalChangedError, match="leads away") as caught:
        ask(lambda _: {}, path=path)

    assert caught.value.asked == 0


def test_a_whole_address_of_the_same_host_is_a_path():
    with WebServer(lambda asked: {"target": asked.target}) as server, make_client(server.url + "/kz/") as client:
        inside = client.ask(Request(path=f"{server.url}/kz/v3/lots?page=next"))
        plain = client.ask(Request(path="/v3/lots/?page=next"))

    assert inside.content == {"target": "/kz/v3/lots?page=next"}
    assert plain.content == {"target": "/kz/v3/lots/?page=next"}


def test_redirects_stay_with_the_host():
    moved = sequence(Reply({}, 301, {"Location": "/v3/new"}), Reply({"items": []}))
    answer, asked, _ = ask(moved)
    assert [each.target for each in asked] == ["/v3/contract/all", "/v3/new"]
    assert answer.exchange.url.endswith("/v3/new")

    with pytest.raises(PortalChangedError, match=r"another host, elsewhere\.example"):
        ask(lambda _: Reply({}, 302, {"Location": "https://elsewhere.example/"}))
    with pytest.raises(PortalChangedError, match="more than 5 times"):
        ask(lambda asked: Reply({}, 302, {"Location": asked.target}))


def test_requests_keep_their_distance():
    naps = Naps()
    with WebServer(lambda _: {}) as server, make_client(server.url, naps, rate=2) as client:
        for _ in range(4):
            client.ask(Request(path="/v3/lots"))

    assert naps.taken == [0.5, 0.5, 0.5]


def test_no_credential_comes_out(caplog):
    caplog.set_level(logging.DEBUG)

    def reply(asked):
        return Reply({"you sent": asked.headers["Authorization"]}, headers={"Set-Cookie": "session=1", "X-Echo": TOKEN})

    answer, _, _ = ask(reply)
    with pytest.raises(PortalChangedError) as played_back:
        ask(reply, path=f"/v3/lots?token={TOKEN}")
    with pytest.raises(PortalChangedError) as redirected:
        ask(lambda _: Reply({}, 301, {"Location": f"/v3/lots?token={TOKEN}"}))

    assert TOKEN not in repr(answer)
    assert "session=1" not in repr(answer)
    assert "authorization" not in {name.lower() for name, _ in answer.exchange.request_headers}
    assert TOKEN not in str(played_back.value) + str(redirected.value)
    # The HTTP library's own trace, at DEBUG, shows headers that came; none that we sent.
    assert TOKEN not in "".join(each.getMessage() for each in caplog.records if not each.name.startswith("httpcore"))


@pytest.mark.parametrize("token", ["line\nbreak", "пароль", "two words"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(token):
    with pytest.raises(ConfigurationError) as caught:
        make_client("http://127.0.0.1:1", token=token)

    assert token not in str(caught.value)


@pytest.mark.parametrize("address", ["ows.goszakup.gov.kz", "ftp://example.org", "https://", ""])
def test_a_base_address_must_be_one(address):
    with pytest.raises(ConfigurationError, match="base address"):
        make_client(address)


def test_a_ca_bundle_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"chain\.pem"):
        make_client("https://example.org", ca_bundle=tmp_path / "chain.pem")
