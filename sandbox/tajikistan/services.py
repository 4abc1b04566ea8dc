"""The portal's pages on a clock that stands still until it is moved."""

from typing import Any, ClassVar

from sandbox.disguise import Disguise
from sandbox.exchange import Asked, Reply, page_reply
from sandbox.portal import Options, Services
from sandbox.tajikistan import announce, search
from sandbox.tajikistan.markup import frame
from sandbox.tajikistan.notices import Lot, Notice, Notices
from sandbox.tajikistan.view import View

FAULTS = ("expired_session", "empty_list")
"""A page that asks to log in, in place of the one asked for; a page of the list without its rows."""
_LOGIN = frame(
    "Вход",
    '<div class="alert alert-warning">Время сессии истекло. Войдите в систему.</div>'
    '<form method="post" action="/ru/user/login"><label for="login">Логин</label>'
    '<input type="text" name="login" id="login" value=""/><button type="submit">Войти</button></form>',
)
_NOT_FOUND = frame("Страница не найдена", "<h1>404</h1><p>Страница не найдена</p>")


class Tajikistan(Services):
    """Server-made pages over all notices, seen on one day."""

    faults: ClassVar[tuple[str, ...]] = FAULTS
    wants_token: ClassVar[bool] = False

    def __init__(self, options: Options) -> None:
        self._options = options
        self._disguise = Disguise(seed=options.disguise, omit=options.omit, strange=options.strange)
        notices = Notices(seed=options.seed, processes=options.processes, start=options.start)
        self.view = View(notices=notices, today=options.days)

    def advance(self, days: int) -> None:
        """Move the portal's clock on."""
        if days > 0:
            self.view = View(notices=self.view.notices, today=self.view.today + days)

    def state(self) -> dict[str, Any]:
        """Where the portal stands."""
        return {
            "processes": self._options.processes,
            "start": self._options.start.isoformat(),
            "day": self.view.today,
            "now": self.view.notices.calendar.text(self.view.today),
            "notices": self.view.count,
        }

    def secrets(self) -> set[str]:
        """What the pages show of persons, and nobody may publish: numbers, names, phones, e-mails, accounts."""
        return self.view.notices.bodies.secrets()

    def respond(self, asked: Asked) -> Reply:
        """The answer."""
        if asked.disorder == "expired_session":
            return self._reply(_LOGIN)
        page = self._page(asked)
        return self._reply(_NOT_FOUND, 404) if page is None else self._reply(page)

    def _reply(self, page: str, status: int = 200) -> Reply:
        return page_reply(self._disguise.dress(page), status)

    def _page(self, asked: Asked) -> str | None:
        path = asked.path.rstrip("/")
        if path == search.PATH and asked.method == "GET":
            return search.search(self.view, asked.query, self._disguise, asked.disorder)
        if path.startswith(announce.PATH) and asked.method == "GET":
            return self._announce(path.removeprefix(announce.PATH), asked)
        if path.startswith(announce.WINDOW) and asked.method == "POST":
            return self._window(path.removeprefix(announce.WINDOW), asked.form.get("id", ""))
        return None

    def _announce(self, number: str, asked: Asked) -> str | None:
        notice = self._find(number)
        if notice is None:
            return None
        tab, page = asked.query.get("tab", "general"), asked.query.get("page", "1")
        return announce.announce(self.view, notice, tab, page, self._disguise)

    def _window(self, number: str, wanted: str) -> str | None:
        notice = self._find(number)
        lot = _lot(notice, wanted) if notice is not None else None
        return announce.window(self.view, notice, lot, self._disguise) if notice is not None and lot else None

    def _find(self, number: str) -> Notice | None:
        return self.view.notices.find(int(number), self.view.today) if number.isdecimal() else None


def _lot(notice: Notice, wanted: str) -> Lot | None:
    return next((lot for lot in notice.lots if str(lot.id) == wanted), None)


def open_services(options: Options) -> Tajikistan:
    """The services, at midnight of the day the options say."""
    return Tajikistan(options)
