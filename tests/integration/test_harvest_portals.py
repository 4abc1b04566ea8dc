"""The harvest of a source with two portals: one that is down, and what robots.txt asks of us."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator

from extractors.archive import Archive
from extractors.base import Listing, Page, Request
from extractors.client import Client
from extractors.harvest import harvest
from extractors.patience import Patience
from extractors.robots import DisallowedError
from ocds_schema.errors import PortalUnavailableError
from ocds_schema.raw import Links
from ocds_schema.run import Run
from tests.support.harvest_store import FolderStorage, MemoryStore
from tests.support.web import Reply, WebServer

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
RUN = Run(id="20261120T100000Z-000001", source="utopia", as_of=NOW)
SETTING = "OCDS_UTOPIA_ROBOTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Listing):
    """A list of one page, on one of the portals."""

    portal: str

    def request(self, position, session=None):  # noqa: ARG002
        return Request(path=f"/{self.kind}", portal=self.portal)

    def page(self, content):
        return Page(objects=content, total=len(content))

    def key(self, fields):
        return fields["id"]


class Country:
    def probes(self):
        return (Request(path="/"), Request(path="/", portal="old"))

    def listings(self, window):  # noqa: ARG002
        for kind, portal in (("a", ""), ("b", "old"), ("c", ""), ("d", "old")):
            yield Listed(name=f"list of {kind}", kind=kind, way="rest", size=9, falling=False, portal=portal)

    def wanted(self):
        return ()

    def revisits(self):
        return ()

    def links(self, kind, way, fields):  # noqa: ARG002
        return Links(process=None)


class Portals:
    """Two portals, each of which may be made to fail; `asked` are the paths of both."""

    def __init__(self):
        self.down = set()
        self.asked = []
        self.robots = {}

    def reply(self, name):
        def give(asked):
            self.asked.append((name, asked.target))
            if asked.path == "/robots.txt":
                return self.robots.get(name, Reply(b"", 404))
            if (name, asked.path) in self.down or name in self.down:
                return Reply(b"{}", 503)
            return [{"id": "1"}, {"id": "2"}]

        return give


@dataclass
class Place:
    folder: object
    store: MemoryStore
    waits: list

    def run(self, portals, *, robots="", same_host=False, **settings):
        """Harvest; `robots` names the setting that lets robots.txt be ignored."""
        with ExitStack() as stack:
            main = stack.enter_context(WebServer(portals.reply("main")))
            old = main if same_host else stack.enter_context(WebServer(portals.reply("old")))
            clients = {name: stack.enter_context(self.client(web, robots)) for name, web in (("", main), ("old", old))}
            archive = Archive(
                RUN, spool=self.folder / "spool", storage=FolderStorage(self.folder), store=self.store, software="test"
            )
            return harvest(
                Country(), run=RUN, window=None, clients=clients, archive=archive, store=self.store, **settings
            )

    def client(self, web, robots):
        return Client(
            web.url,
            user_agent="ocds-pipeline/1 (+mailto:data@example.org)",
            clock=lambda: NOW,
            rate=1.0,
            timeout=5,
            patience=Patience(attempts=2, first=0.001, jitter=None),
            robots=robots,
            sleep=self.waits.append,
            monotonic=lambda: 0.0,
        )

    def kinds(self):
        return sorted({kind for kind, _, _ in self.store.bodies()})

    def archived(self):
        found = []
        for segment in sorted(self.folder.rglob("*.warc.gz")):
            with segment.open("rb") as stream:
                found += [record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(stream)]
        return found


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path, MemoryStore(), [])


def test_what_another_portal_has_is_read_while_one_is_down_and_the_rest_when_it_is_back(place):
    portals = Portals()
    portals.down.add("old")

    with pytest.raises(PortalUnavailableError) as caught:
        place.run(portals)

    said = str(caught.value)
    assert said.startswith("not read: probe, list of b, list of d: GET http://")
    assert said.count("answered 503") == 1
    assert (caught.value.exit_code, place.kinds()) == (3, ["a", "c"])
    # The portal is given up after the first request that failed as often as patience lets it.
    assert [path for name, path in portals.asked if name == "old"] == ["/", "/"]

    portals.down.clear()
    portals.asked.clear()
    report = place.run(portals)

    assert place.kinds() == ["a", "b", "c", "d"]
    assert [path for _, path in portals.asked] == ["/", "/", "/b", "/d"]
    assert report.resumed
    assert [listing.state for listing in report.listings] == ["done"] * 4


def test_a_portal_that_fails_in_the_middle_is_given_up_from_there(place):
    portals = Portals()
    portals.down.add(("main", "/a"))

    with pytest.raises(PortalUnavailableError, match=r"^not read: list of a, list of c:"):
        place.run(portals)

    assert place.kinds() == ["b", "d"]
    assert ("main", "/c") not in portals.asked


def test_where_all_portals_are_down_nothing_is_left_to_read(place):
    portals = Portals()
    portals.down |= {"main", "old"}

    with pytest.raises(PortalUnavailableError, match=r"^not read: probe, list of a, list of b, list of c, list of d:"):
        place.run(portals)

    assert len(portals.asked) == 4


def test_robots_txt_is_read_once_a_host_and_archived(place):
    portals = Portals()
    portals.robots["main"] = Reply(b"User-agent: *\nDisallow: /private\n")

    place.run(portals, robots=SETTING)

    asked = [(name, path) for name, path in portals.asked if path == "/robots.txt"]
    assert asked == [("main", "/robots.txt"), ("old", "/robots.txt")]
    assert portals.asked[0] == ("main", "/robots.txt")
    assert sum(str(address).endswith("/robots.txt") for address in place.archived()) == 4
    assert place.kinds() == ["a", "b", "c", "d"]


def test_portals_on_one_host_share_its_rules(place):
    portals = Portals()

    place.run(portals, robots=SETTING, same_host=True)

    assert [path for _, path in portals.asked].count("/robots.txt") == 1


def test_a_forbidden_path_is_not_asked_for_and_named_with_the_rule_and_the_setting(place):
    portals = Portals()
    portals.robots["old"] = Reply(b"User-agent: *\nDisallow: /b\n")

    words = r"robots\.txt of 127\.0\.0\.1 asks us not to ask for /b \(Disallow: /b\)\..* set OCDS_UTOPIA_ROBOTS=ignore"
    with pytest.raises(DisallowedError, match=words) as caught:
        place.run(portals, robots=SETTING)

    assert caught.value.exit_code == 4
    assert ("old", "/b") not in portals.asked
    place.run(portals)
    assert place.kinds() == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"", 404),
        Reply(b"no", 403),
        Reply(b"no", 401),
        Reply(b""),
        Reply(b"<html>welcome</html>"),
        Reply(b"User-agent: *\nDisallow: /", 302, {"Location": "http://elsewhere.invalid/robots.txt"}),
        Reply(b"\xff\xfe\x00Disallow: /"),
    ],
    ids=["404", "403", "401", "empty", "a page", "elsewhere", "no text"],
)
def test_where_there_is_no_robots_txt_nothing_is_forbidden(place, reply):
    portals = Portals()
    portals.robots |= {"main": reply, "old": reply}

    place.run(portals, robots=SETTING)

    assert place.kinds() == ["a", "b", "c", "d"]


def test_a_robots_txt_that_cannot_be_had_is_an_outage(place):
    portals = Portals()
    portals.robots["old"] = Reply(b"", 500)

    with pytest.raises(PortalUnavailableError, match=r"^not read: probe, list of b, list of d: .*answered 500"):
        place.run(portals, robots=SETTING)

    assert place.kinds() == ["a", "c"]


def test_the_delay_that_a_portal_wants_lowers_the_rate(place):
    portals = Portals()
    portals.robots["main"] = Reply(b"User-agent: ocds-pipeline\nCrawl-delay: 7\n")
    portals.robots["old"] = Reply(b"User-agent: *\nCrawl-delay: 0.1\n")

    place.run(portals, robots=SETTING)

    gaps = {round(after - before, 3) for before, after in zip([0, *place.waits], place.waits, strict=False)}
    assert 7 in gaps
