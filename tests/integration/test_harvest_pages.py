"""The harvest of a portal of web pages on loopback: conversations, parts of parts, and documents asked for again."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator

from extractors.archive import read_record
from extractors.asking import MOST_OPENINGS
from extractors.base import Listing, Page, Request, ShapeError, Window
from extractors.harvest import days_of
from ocds_schema.errors import ConfigurationError, PortalChangedError, PortalUnavailableError
from ocds_schema.run import Run
from tests.support.harvest_store import FolderStorage, MemoryStore, turn
from tests.support.noticeboard import PORTAL, AgainWithout, Country, Order, board, html, run_board
from tests.support.web import Reply

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = Window(first=NOW - timedelta(days=1), until=NOW)
AGAIN_ALONE = Country(lists=())


class Place:
    def __init__(self, folder):
        self.now = NOW
        self.run = self.numbered(1)
        self.spool = folder / "spool"
        self.storage = FolderStorage(folder / "storage")
        self.store = MemoryStore()

    def numbered(self, number):
        return Run(id=f"20261120T100000Z-{number:06d}", source="utopia", as_of=NOW)

    def keys(self, kind):
        return sorted(key for held, _, key in self.store.bodies() if held == kind)

    def kept(self, message):
        """Give the body of the answer that an error's text points to."""
        name, offset = re.search(r"is kept in (\S+) at offset (\d+)", message).groups()
        with (self.storage.folder / name).open("rb") as segment:
            return read_record(segment, int(offset))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def listing(report, name):
    return next(each for each in report.listings if each.listing == name)


def open_orders(portal, *keys):
    for key in keys:
        portal.orders[key]["open"] = True


def asked_again(portal):
    return sorted(
        target.removeprefix("/order/") for method, target in portal.asked_for if method == "GET" and "order" in target
    )


def test_the_list_is_read_in_one_conversation_with_all_parts_of_each_order(place):
    portal = board(5)

    report = run_board(portal, place, DAY)

    assert place.keys("row") == place.keys("order") == ["1001", "1002", "1003", "1004", "1005"]
    assert len(place.keys("items")) == 10
    assert place.store.bodies()["items", "html", "/order/1003/1"]["items"] == ["1003/b"]
    read = listing(report, "list")
    assert (read.state, read.pages, read.kept, read.total) == ("done", 3, 5, 5)
    assert (portal.opened("/list"), portal.opened("/order/1003")) == (2, 1)
    assert report.problems == ()


def test_the_parts_of_an_order_are_asked_for_in_the_view_of_its_page(place):
    portal = board(2)

    run_board(portal, place, DAY)

    assert [method for method, target in portal.asked_for if target == "/order/1002"] == ["GET", "POST", "POST"]


@pytest.mark.parametrize("lasts", [1, 2])
def test_conversations_that_end_in_the_middle_change_nothing(place, lasts, tmp_path):
    calm = Place(tmp_path / "calm")
    run_board(board(9), calm, DAY)
    portal = board(9, lasts=lasts)

    report = run_board(portal, place, DAY)

    assert place.store.bodies() == calm.store.bodies()
    assert portal.opened("/list") > 2
    assert report.disputed == ()


def test_sessions_that_a_server_forgets_are_begun_anew(place):
    portal = board(5)

    def fault(asked, reply):
        if len(portal.asked_for) == 9:
            portal.sessions.clear()
            portal.views.clear()
        return reply

    portal.faults.append(fault)
    run_board(portal, place, DAY)

    assert len(place.keys("items")) == 10


def test_a_cookie_that_never_works_again_is_thrown_away(place):
    portal = board(2)
    spoilt = set()

    def fault(asked, reply):
        cookie = asked.headers.get("Cookie", "")
        if len(portal.asked_for) == 4:
            spoilt.add(cookie)
        return Reply(b"<answer><error>no</error></answer>") if cookie in spoilt and asked.method == "POST" else reply

    portal.faults.append(fault)
    run_board(portal, place, DAY)

    assert len(spoilt) == 1
    assert len(place.keys("items")) == 4


def test_conversations_that_never_last_end_the_harvest(place):
    portal = board(3, lasts=0)

    words = f"list: {MOST_OPENINGS} conversations were over before the page came: view expired; the answer is kept in"
    with pytest.raises(PortalUnavailableError, match=words):
        run_board(portal, place, DAY)

    assert portal.opened("/list") == MOST_OPENINGS + 1


def test_a_notice_of_maintenance_passes_and_nothing_is_lost(place):
    portal = board(5)
    notice = html("Профилактические работы")
    portal.faults.append(lambda _, reply: notice if len(portal.asked_for) % 4 == 0 else reply)

    report = run_board(portal, place, DAY)

    assert len(place.keys("items")) == 10
    assert report.traffic.retries > 0
    assert report.disputed == ()


@pytest.mark.parametrize(
    "broken",
    [
        lambda reply: Reply(reply.payload()[:-9], headers=reply.headers),
        lambda reply: Reply(b"", headers=reply.headers),
        lambda _: html("overloaded", 503),
        lambda reply: Reply(reply.payload(), cut=3),
    ],
)
def test_broken_pages_change_nothing(place, broken):
    portal = board(5)
    portal.faults.append(lambda _, reply: broken(reply) if len(portal.asked_for) % 3 == 0 else reply)

    run_board(portal, place, DAY)

    assert len(place.keys("items")) == 10


def test_a_page_that_never_is_what_it_should_be_is_kept_and_stops_the_harvest(place):
    portal = board(3)
    other = html("<h2>Новый дизайн</h2>")
    portal.faults.append(lambda asked, reply: other if asked.path == "/order/1002" else reply)

    with pytest.raises(PortalChangedError, match=r"^order 1002: .*a title is due \(3 attempts\)") as caught:
        run_board(portal, place, DAY)

    assert caught.value.exit_code == 5
    assert place.kept(str(caught.value)) == other.payload()
    assert place.keys("row") == []


def test_a_killed_harvest_goes_on_in_a_new_conversation(place):
    portal = board(9)
    place.store.fail_at = 3
    with pytest.raises(KeyboardInterrupt):
        run_board(portal, place, DAY)
    assert len(place.keys("order")) == 4
    place.store.fail_at = None
    before = len(portal.asked_for)

    report = run_board(portal, place, DAY)

    assert report.resumed
    assert len(place.keys("items")) == 18
    assert ("GET", "/order/1009") not in portal.asked_for[before:]


def test_a_portal_that_is_not_declared_is_named(place):
    class Elsewhere(Country):
        def probes(self):
            return [type(request)(path=request.path, portal="old") for request in Country.probes(self)]

    with pytest.raises(ConfigurationError, match=r"\[portals\.old\] is wanted"):
        run_board(board(1), place, DAY, country=Elsewhere())


def test_the_text_of_a_page_is_mended_and_that_is_counted(place):
    portal = board(1)
    portal.faults.append(lambda _, reply: Reply(reply.payload().replace("Б".encode(), b"\xd0"), headers=reply.headers))

    report = run_board(portal, place, DAY)

    assert place.store.bodies()["order", "html", "1001"]["title"] == "\ufffdумага 1001"
    assert dict(report.problems) == {"answers mended: bytes that are no character of the page's encoding, replaced": 1}


def test_a_window_asks_again_for_what_is_open_and_for_what_has_its_turn(place):
    portal = board(40)
    open_orders(portal, "1005", "1031")
    run_board(portal, place)
    portal.orders["1005"] |= {"open": False, "title": "Договор заключён"}
    portal.asked_for.clear()

    report = run_board(portal, place, DAY, run=place.numbered(2), country=AGAIN_ALONE)

    (day,) = days_of(DAY)
    in_turn = {str(key) for key in range(1001, 1041) if turn(str(key), 10) == day % 10}
    assert asked_again(portal) == sorted(in_turn | {"1005", "1031"})
    again = listing(report, "orders again")
    assert (again.kind, again.way, again.state) == ("order", "html", "done")
    assert again.kept == again.total == len(in_turn | {"1005", "1031"})
    assert place.store.bodies()["order", "html", "1005"]["title"] == "Договор заключён"
    assert report.documents.changed == 1

    portal.asked_for.clear()
    run_board(portal, place, DAY, run=place.numbered(3), country=AGAIN_ALONE, days=range(0))
    assert asked_again(portal) == ["1031"]


def test_what_a_list_brought_is_not_asked_for_again(place):
    portal = board(6)
    open_orders(portal, *portal.orders)

    report = run_board(portal, place)

    assert listing(report, "orders again").total == 0
    assert len(asked_again(portal)) == 6


def test_everything_that_did_not_come_is_asked_for_again_without_a_window(place):
    portal = board(25)
    run_board(portal, place)
    portal.asked_for.clear()

    report = run_board(portal, place, run=place.numbered(2), country=AGAIN_ALONE)

    assert asked_again(portal) == sorted(portal.orders)
    assert (listing(report, "orders again").pages, report.documents.unchanged) == (25, 75)


@pytest.mark.parametrize("status", [404, 410])
def test_what_the_portal_no_longer_has_is_kept_and_counted(place, status):
    portal = board(12)
    run_board(portal, place)
    del portal.orders["1004"]
    portal.faults.append(lambda _, reply: html("<p>", status) if reply.status == 404 else reply)

    report = run_board(portal, place, run=place.numbered(2), country=AGAIN_ALONE)

    again = listing(report, "orders again")
    assert (again.state, again.kept, again.total) == ("done", 11, 12)
    assert again.note == (
        "1 × document that the portal no longer has, kept as it was; 1 of 12 asked for again did not come"
    )
    assert "1004" in place.keys("order")
    assert report.problems == (("document that the portal no longer has, kept as it was", 1),)


def test_a_kill_among_the_revisits_loses_a_few_at_most(place):
    portal = board(35)
    run_board(portal, place)
    portal.asked_for.clear()
    place.store.saved_pages, place.store.fail_at = 0, 3
    second = place.numbered(2)
    with pytest.raises(KeyboardInterrupt):
        run_board(portal, place, run=second, country=AGAIN_ALONE)
    assert len(asked_again(portal)) == 30
    place.store.fail_at = None
    portal.asked_for.clear()

    report = run_board(portal, place, run=second, country=AGAIN_ALONE)

    assert asked_again(portal) == sorted(portal.orders)[20:]
    assert report.resumed
    again = listing(report, "orders again")
    assert (again.kept, again.total, again.state) == (35, 35, "done")


def test_a_limit_holds_for_what_is_asked_again(place):
    portal = board(20)
    run_board(portal, place)
    portal.asked_for.clear()

    report = run_board(portal, place, run=place.numbered(2), country=AGAIN_ALONE, limit=3)

    assert len(asked_again(portal)) == 3
    again = listing(report, "orders again")
    assert (again.state, again.note) == ("disputed", "broken off after 3 objects, as was asked")


def test_how_many_are_due_is_not_claimed_before_it_is_known(place):
    portal = board(25)
    run_board(portal, place)
    shown = []

    run_board(
        portal,
        place,
        run=place.numbered(2),
        country=AGAIN_ALONE,
        on_page=lambda name, cursor: shown.append((name, cursor.kept, cursor.total)),
    )

    assert shown == [("orders again", 10, None), ("orders again", 20, None), ("orders again", 25, 25)]


REMOVED = html("<p>Страница не найдена</p>")


@pytest.mark.parametrize("reply", [html("", 404), html("", 410), REMOVED], ids=["404", "410", "words"])
def test_a_page_that_a_list_leads_to_and_that_is_gone_is_counted_and_asked_for_again(place, reply):
    portal = board(5)
    portal.faults.append(lambda asked, due: reply if asked.path == "/order/1003" else due)

    report = run_board(portal, place, DAY)

    assert place.keys("row") == ["1001", "1002", "1003", "1004", "1005"]
    assert place.keys("order") == ["1001", "1002", "1004", "1005"]
    read = listing(report, "list")
    assert (read.state, read.kept) == ("done", 5)
    assert dict(report.problems) == {"order: the portal has no such page": 2}
    again = listing(report, "orders again")
    assert (again.kept, again.total) == (0, 1)

    portal.faults.clear()
    report = run_board(portal, place, DAY, run=place.numbered(2), country=AGAIN_ALONE, days=range(0))

    assert place.keys("order") == sorted(portal.orders)
    assert len(place.keys("items")) == 10
    assert report.problems == ()


@pytest.mark.parametrize("reply", [Reply(b"<p>", 404), Reply(b"<answer><gone/></answer>")], ids=["404", "words"])
def test_a_part_of_an_order_that_is_gone_is_said_of_the_order_and_asked_for_again(place, reply):
    portal = board(3)
    portal.faults.append(
        lambda asked, due: (
            reply if asked.method == "POST" and asked.path == "/order/1002" and b"lot=1" in asked.body else due
        )
    )

    report = run_board(portal, place, DAY)

    assert place.store.bodies()["order", "html", "1002"]["lacks"] == ["items"]
    assert len(place.keys("items")) == 5
    assert dict(report.problems) == {"order: items: the portal has no such page": 1}

    portal.faults.clear()
    portal.asked_for.clear()
    run_board(portal, place, DAY, run=place.numbered(2), country=Country(lists=(), again=AgainWithout), days=range(0))

    assert "lacks" not in place.store.bodies()["order", "html", "1002"]
    assert len(place.keys("items")) == 6
    assert [method for method, _ in portal.asked_for] == ["GET", "GET", "POST"]


def test_pages_that_are_never_there_are_elsewhere(place):
    portal = board(30)
    portal.faults.append(lambda asked, due: html("", 404) if "/order/" in asked.path else due)

    with pytest.raises(PortalChangedError, match=r"no such page: 404 Not Found; so it was \d+ times in a row"):
        run_board(portal, place, DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed(Listing):
    """A note to an order, whose address is one of some."""

    paths: tuple[str, ...]

    def request(self, position, session=None):  # noqa: ARG002
        return Request(path=self.paths[0], accept="html", portal=PORTAL)

    def page(self, content):
        if "note" not in content:
            raise ShapeError("a note is due")
        return Page(objects=[{"id": self.name}])

    def key(self, fields):
        return fields["id"]

    def instead(self):
        return replace(self, paths=self.paths[1:]) if self.paths[1:] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWithNote(Order):
    optional_note: bool = True

    def follow(self, fields):  # noqa: ARG002
        key = self.key_of
        paths = (f"/list?note={key}", f"/note/{key}", f"/memo/{key}")
        more = {"kind": "note", "way": "html", "size": 1, "falling": False, "optional": self.optional_note}
        return [Guessed(name=key, paths=paths, **more)]


def notes(portal, *answered, **settings):
    """Give the country that reads orders with notes from a portal that has them at some of its addresses."""

    def fault(asked, reply):
        known = asked.path.rpartition("/")[0] in answered
        return html("note") if known else reply

    portal.faults.append(fault)
    named = {"kind": "order", "way": "html", "size": 1, "falling": False} | settings
    return Country(lists=[OrderWithNote(name=f"order {key}", key_of=key, **named) for key in portal.orders])


def test_what_is_not_found_in_one_way_is_asked_for_in_the_next_and_that_is_counted(place):
    portal = board(3)

    report = run_board(portal, place, DAY, country=notes(portal, "/memo"))

    assert place.keys("note") == ["1001", "1002", "1003"]
    assert dict(report.problems) == {"note: answered in another way than was tried first": 3}
    # A page that is none is asked for with patience, but only once a harvest.
    assert sum(target.startswith("/list?note") for _, target in portal.asked_for) == 3
    assert sum(target.startswith("/note/") for _, target in portal.asked_for) == 1


def test_what_no_way_brings_is_counted_where_it_may_be_missing(place):
    portal = board(2)

    report = run_board(portal, place, DAY, country=notes(portal))

    assert place.keys("note") == []
    assert dict(report.problems) == {"note: the portal has no such page": 2}
    other = board(2)
    with pytest.raises(PortalChangedError, match="a note is due"):
        run_board(other, place, DAY, run=place.numbered(2), country=notes(other, optional_note=False))


def test_a_portal_that_is_down_does_not_lack_what_is_asked_for(place):
    portal = board(2)
    country = notes(portal)
    portal.faults.append(lambda asked, reply: html("down", 503) if asked.path.startswith("/memo") else reply)

    with pytest.raises(PortalUnavailableError, match="503"):
        run_board(portal, place, DAY, country=country)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endless(Order):
    """An order that says that it belongs to itself."""

    def follow(self, fields):  # noqa: ARG002
        return [self]


def test_parts_of_parts_come_to_an_end(place):
    portal = board(1)
    endless = Endless(name="order 1001", kind="order", way="html", size=1, falling=False, key_of="1001")

    report = run_board(portal, place, DAY, country=Country(lists=[endless]))

    assert portal.opened("/order/1001") == 6
    ((words, count),) = report.problems
    assert (words.endswith("order: what belongs to an object, nested too deeply to be read"), count) == (True, 1)


def test_no_cookie_and_no_session_is_in_the_archive(place):
    run_board(board(3), place, DAY)

    texts = []
    for segment in place.store.segments(place.run):
        with (place.storage.folder / segment.name).open("rb") as file:
            texts += [str(record.http_headers) for record in ArchiveIterator(file) if record.http_headers]
    assert len(texts) > 20
    assert not [text for text in texts if "cookie" in text.lower()]


def test_days_are_of_one_window_each():
    windows = [Window(first=NOW + timedelta(days=n), until=NOW + timedelta(days=n + 1)) for n in range(5)]

    assert [day for window in windows for day in days_of(window)] == list(
        days_of(Window(first=windows[0].first, until=windows[-1].until))
    )
    assert days_of(Window(first=NOW, until=NOW + timedelta(hours=3))) == range(0)
