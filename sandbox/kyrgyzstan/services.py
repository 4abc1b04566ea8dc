"""Both portals together, on a clock that stands still until it is moved."""

from typing import Any, ClassVar

from sandbox.disguise import Disguise
from sandbox.exchange import Asked, Reply, page_reply
from sandbox.kyrgyzstan import notices, popp
from sandbox.kyrgyzstan.markup import Sheet
from sandbox.kyrgyzstan.parties import Parties
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import KINDS, World
from sandbox.portal import Options, Services

FAULTS = ("expired_session", "null_list")
"""Faults of the portals' own making: the session is over, or there is `null` where a list belongs."""
PAGES = "first_counts_pages"
"""The variant in which the new portal's `first` counts pages, not rows."""
_SHELL = '<!DOCTYPE html><html lang="ru"><head><title>ЭГЗ</title></head><body><div id="root"></div></body></html>'


class Kyrgyzstan(Services):
    """The new portal's data services and the legacy portal's pages, over one world, seen on one day."""

    faults: ClassVar[tuple[str, ...]] = FAULTS
    wants_token: ClassVar[bool] = False

    def __init__(self, options: Options) -> None:
        self._world = World(seed=options.seed, processes=options.processes, start=options.start)
        self._parties = Parties(options.seed, options.processes)
        self._options = options
        disguise = Disguise(seed=options.disguise, omit=options.omit, strange=options.strange)
        self._sheets = {language: Sheet(language=language, disguise=disguise) for language in ("ru", "en")}
        self._look(options.days)

    def _look(self, today: int) -> None:
        self.view = View(self._world, self._parties, today)
        self._popp = popp.Popp(self.view, self._sheets, self._options.disguise)

    def advance(self, days: int) -> None:
        """Move the portals' clock on; every session ends."""
        if days > 0:
            self._look(self.view.today + days)

    def state(self) -> dict[str, Any]:
        """Where the portals stand."""
        today = self.view.today
        return {
            "processes": self._options.processes,
            "start": self._options.start.isoformat(),
            "day": today,
            "now": self._world.calendar.text(today),
            "shown": {kind: self.view.total(kind) for kind in KINDS},
        }

    def secrets(self) -> set[str]:
        """What the portals show of natural persons and nobody may publish: numbers, names, e-mail addresses."""
        parties = (self._parties.party(index) for index in range(self._parties.buyers + self._parties.suppliers))
        found = {party.inn for party in parties if party.is_person}
        for key in self.view.newest("notice", 0, self.view.total("notice")):
            found |= notices.persons(self.view, key)
        for kind in KINDS:
            shown = self.view.newest(kind, 0, self.view.total(kind))
            found |= {stray for key in shown if (stray := self.view.case(key.case).stray)}
        return found

    def essence(self, asked: Asked) -> bytes:
        """What a request asks for, whoever asks and whenever."""
        if asked.path.startswith(popp.PREFIX):
            return self._popp.essence(asked)
        return super().essence(asked)

    def respond(self, asked: Asked) -> Reply:
        """The answer."""
        if asked.path.startswith(popp.PREFIX):
            return self._popp.respond(asked)
        if asked.path.startswith(notices.PREFIX):
            return notices.respond(self.view, asked, first_counts_pages=PAGES in self._options.variants)
        return page_reply(_SHELL)


def open_services(options: Options) -> Kyrgyzstan:
    """The services, at midnight of the day the options say."""
    return Kyrgyzstan(options)
