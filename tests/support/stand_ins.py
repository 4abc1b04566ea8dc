"""Every source's stand-in, what can be done to it, and deployments pointed at it."""

from dataclasses import dataclass
from importlib import import_module

import sqlalchemy

from sandbox.faults import TRANSPORT
from sandbox.portal import Options
from sandbox.server import running
from tests.support.command import TOKEN, Installation

UNTIL = "2026-11-01"


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """A source: how many processes a small stand-in has, a label to leave out, and paths of pages to put others at.

    Some pages that the list leads to, but not all, have `gone` in their addresses.
    `eve` is how far its clock is to be moved so that the day after brings a new process, and changes of others.
    """

    source: str
    processes: int
    eve: int = 0
    omit: str = ""
    strange: tuple = ()
    gone: str = ""

    def __str__(self):
        return self.source

    @property
    def faults(self):
        """All faults that its services can be hit by."""
        return (*TRANSPORT, *import_module(f"sandbox.{self.source}").FAULTS)

    def running(self, **settings):
        """Serve it, small and always the same, unless the settings say otherwise."""
        return running(self.source, **{"processes": self.processes, "seed": 7, "token": TOKEN, **settings})

    def installation(self, home, portal, **more):
        """Give a deployment in a folder that is pointed at a portal."""
        return Installation(home=home, portal=portal.base_url, source=self.source, **more)

    def full(self, until=UNTIL):
        """Give the command that harvests and publishes everything."""
        return "run", self.source, "--full", "--until", until

    def secrets(self, **settings):
        """Give what its pages show of persons, and nobody may publish."""
        options = Options(**{"processes": self.processes, "seed": 7, **settings})
        return import_module(f"sandbox.{self.source}").open_services(options).secrets()


KAZAKHSTAN = StandIn(source="kazakhstan", processes=60)
KYRGYZSTAN = StandIn(
    source="kyrgyzstan",
    processes=40,
    eve=4,
    omit="Планируемая сумма",
    strange=("/popp/view/order/list", "/popp/view/order/view"),
    gone="view.xhtml?id=571004",
)
TAJIKISTAN = StandIn(
    source="tajikistan",
    processes=30,
    eve=5,
    omit="Юр. адрес организатора",
    strange=("/ru/searchanno", "/ru/announce/index/"),
    gone="/announce/index/41803",
)
ALL = (KAZAKHSTAN, KYRGYZSTAN, TAJIKISTAN)
WEB = (KYRGYZSTAN, TAJIKISTAN)


def documents(installation):
    """Give the digest of every document held, by kind, way and key."""
    engine = sqlalchemy.create_engine(installation.database_url or f"sqlite:///{installation.home}/store.sqlite3")
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text('SELECT kind, way, "key", digest FROM document')).all()
    engine.dispose()
    return {(kind, way, key): bytes(digest) for kind, way, key, digest in rows}


def differing(one, other):
    """Give the keys of the published objects that are not the same in both."""
    return sorted(key for key in {*one, *other} if one.get(key) != other.get(key))
