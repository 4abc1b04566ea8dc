"""A portal of web pages as small as can be, and its country: a list in a conversation, orders, the items of lots."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs

from extractors.archive import Archive
from extractors.base import GoneError, Listing, Page, Request, Revisit, SessionExpiredError, ShapeError
from extractors.client import Client
from extractors.harvest import harvest
from extractors.patience import Patience
from ocds_schema.raw import Links
from tests.support.web import Reply, WebServer

ROWS = 2
PORTAL = "board"


class Noticeboard:
    """Answers like a server-side framework: pages by number in a view, whose state is known to the session only.

    `orders` are by id, newest first: title, whether they are open, the items of each lot. A view is forgotten after
    `lasts` requests. `faults` see a request and the answer that is due, and may give another.
    """

    def __init__(self, orders, lasts=1000):
        self.orders = orders
        self.lasts = lasts
        self.faults = []
        self.asked_for = []
        self.sessions = {}
        self.views = {}

    def __call__(self, asked):
        reply = self._answer(asked)
        for fault in self.faults:
            reply = fault(asked, reply)
        return reply

    def opened(self, path):
        """How often a page was got whole."""
        return sum(method == "GET" and each == path for method, each in self.asked_for)

    def _answer(self, asked):
        self.asked_for.append((asked.method, asked.target))
        session = dict(re.findall(r"(\w+)=(\w+)", asked.headers.get("Cookie", ""))).get("sid", "")
        if asked.method == "POST":
            return self._piece(
                asked, session, {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            )
        order = asked.path.removeprefix("/order/")
        if asked.path != "/list" and order not in self.orders:
            return html("<p>no such page", 404)
        if session not in self.sessions:
            session = f"s{len(self.sessions)}"
            self.sessions[session] = True
        state = f"{session}v{len(self.views)}"
        self.views[state] = self.lasts
        reply = html(self._list_page(state) if asked.path == "/list" else self._order_page(order, state))
        reply.headers["Set-Cookie"] = f"sid={session}; Path=/"
        return reply

    def _list_page(self, state):
        return f"<input name=state value={state}>"

    def _order_page(self, key, state):
        order = self.orders[key]
        lots = "".join(f"<i>{number}</i>" for number in range(len(order["lots"])))
        words = "open" if order["open"] else "ended"
        return f"<input name=state value={state}><h1>{escape(order['title'])}</h1><em>{words}</em>{lots}"

    def _piece(self, asked, session, form):
        state = form["state"]
        left = self.views.get(state, 0)
        self.views[state] = left - 1
        if not left or not state.startswith(f"{session}v"):
            return Reply(b"<answer><error>view expired</error></answer>", headers={"Content-Type": "text/xml"})
        if asked.path == "/list":
            first = int(form["first"])
            rows = "".join(f"<row>{key}</row>" for key in list(self.orders)[first : first + ROWS])
            following = f"<next>{first + ROWS}</next>" if first + ROWS < len(self.orders) else ""
            return Reply(f"<answer>{rows}{following}<total>{len(self.orders)}</total></answer>".encode())
        key = asked.path.removeprefix("/order/")
        items = self.orders[key]["lots"][int(form["lot"])]
        return Reply(f"<answer><item>{escape(items)}</item></answer>".encode())


def html(body, status=200):
    return Reply(f"<html><body>{body}</body></html>".encode(), status, {"Content-Type": "text/html; charset=utf-8"})


def board(count, **more):
    """Give a noticeboard of orders, each with two lots."""
    orders = {
        str(number): {"title": f"Бумага {number}", "open": False, "lots": [f"{number}/a", f"{number}/b"]}
        for number in range(1000 + count, 1000, -1)
    }
    return Noticeboard(orders, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class InView(Listing):
    """What is asked for in a view of a page."""

    path: str

    def opening(self):
        return Request(path=self.path, accept="html", portal=PORTAL)

    def session(self, content):
        return state_of(content)

    def form(self, session, **fields):
        form = (("state", session or "none"), *fields.items())
        return Request(path=self.path, form=form, accept="xml", portal=PORTAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(InView):
    """The list: a position is the number of the first row."""

    def request(self, position, session=None):
        return self.form(session, first=position or "0")

    def page(self, content):
        check(content)
        following = "".join(re.findall("<next>(.*?)</next>", content))
        return Page(
            objects=[{"id": row} for row in re.findall("<row>(.*?)</row>", content)],
            more=bool(following),
            following=following,
            total=int(re.search("<total>(.*?)</total>", content)[1]),
        )

    def key(self, fields):
        return fields["id"]

    def follow(self, fields):
        return (order(fields["id"]),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Listing):
    """The page of an order."""

    key_of: str
    again: bool = False

    def request(self, position, session=None):  # noqa: ARG002
        return Request(path=f"/order/{self.key_of}", accept="html", portal=PORTAL)

    def page(self, content):
        title = re.search("<h1>(.*?)</h1>", content)
        if title is None and "Страница не найдена" in content:
            raise GoneError("Страница не найдена")
        if title is None:
            raise ShapeError("a title is due")
        fields = {"id": self.key_of, "title": title[1], "open": "<em>open" in content}
        fields["lots"] = re.findall("<i>(.*?)</i>", content)
        return Page(objects=[fields], session=state_of(content))

    def key(self, fields):
        return fields["id"]

    def follow(self, fields):
        return [
            Items(
                name=f"items {self.key_of}/{lot}", kind="items", way="html", size=1, falling=False,
                path=f"/order/{self.key_of}", lot=lot, unless_held=f"/order/{self.key_of}/{lot}" if self.again else "",
            )
            for lot in fields["lots"]
        ]  # fmt: skip

    def lacking(self, fields, kinds):
        return fields | {"lacks": kinds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Items(InView):
    """The items of a lot, which the order's page unfolds."""

    lot: str

    def request(self, position, session=None):  # noqa: ARG002
        return self.form(session, lot=self.lot)

    def page(self, content):
        check(content)
        return Page(objects=[{"path": self.path, "lot": self.lot, "items": re.findall("<item>(.*?)</item>", content)}])

    def key(self, fields):
        return f"{fields['path']}/{fields['lot']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Again(Revisit):
    def listing(self, key):
        return order(key)


class AgainWithout(Revisit):
    """Orders asked for again without the items that are held."""

    def listing(self, key):
        return order(key, again=True)


class Country:
    """The noticeboard's country; `lists` without its list has revisits alone."""

    def __init__(self, lists=None, sweep=10, again=Again):
        self.lists = (rows(),) if lists is None else lists
        self.sweep = sweep
        self.again = again

    def probes(self):
        return (Request(path="/list", accept="html", portal=PORTAL),)

    def listings(self, window):  # noqa: ARG002
        return self.lists

    def wanted(self):
        return ()

    def revisits(self):
        return (self.again(name="orders again", kind="order", way="html", sweep=self.sweep, rows="row"),)

    def links(self, kind, way, fields):  # noqa: ARG002
        return Links(process=None, open=bool(kind == "order" and (fields["open"] or fields.get("lacks"))))


def rows():
    return Rows(name="list", kind="row", way="html", size=ROWS, falling=False, path="/list")


def order(key, **more):
    return Order(name=f"order {key}", kind="order", way="html", size=1, falling=False, key_of=key, **more)


def state_of(content):
    state = re.search("name=state value=(\\w+)", content)
    if state is None:
        raise ShapeError("a state is due")
    return state[1]


def check(content):
    if "<gone" in content:
        raise GoneError("gone")
    if "<error>" in content:
        raise SessionExpiredError("view expired")
    if "<answer>" not in content:
        raise ShapeError("an answer is due")


def run_board(portal, place, window=None, *, country=None, attempts=3, **settings):
    """Serve the noticeboard and harvest it into a place's store and storage, without waiting."""
    run = settings.pop("run", place.run)
    patience = Patience(attempts=attempts, first=0.001, longest_asked=0.001, jitter=None)
    with WebServer(portal) as server:
        client = Client(
            server.url,
            user_agent="OCDS-Pipeline/test",
            clock=lambda: place.now,
            rate=1_000_000,
            timeout=5,
            patience=patience,
        )
        archive = Archive(
            run, spool=place.spool, storage=place.storage, store=place.store, software="OCDS Pipeline test"
        )
        with client:
            return harvest(
                country or Country(), run=run, window=window, clients={PORTAL: client}, archive=archive,
                store=place.store, **settings,
            )  # fmt: skip
