"""The legacy portal: which path answers with what, within which session, and what becomes of posted forms."""

import re
from dataclasses import dataclass

from sandbox.exchange import Asked, Reply, cookie, page_reply, redirect, xml_reply
from sandbox.kyrgyzstan import deals, orders
from sandbox.kyrgyzstan.faces import COOKIE, Ids, Session, Sessions
from sandbox.kyrgyzstan.lists import LISTINGS, Listing, newest
from sandbox.kyrgyzstan.markup import VIEW_STATE, Sheet, expired, form, paginator, partial
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import Key

PREFIX = "/popp"
_VIEW = "/popp/view/order/view.xhtml"
_CONTEST = "/popp/view/contest.xhtml"
_CONTRACT = "/popp/view/order/contract.xhtml"
_ABOUT_ONE = frozenset({_VIEW, _CONTEST, _CONTRACT})
_SESSION_IN_PATH = re.compile(r";jsessionid=([\w.:-]+)", re.IGNORECASE)
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a request asks for, in terms that do not change from one run to the next."""

    path: str
    what: str
    key: Key | None = None
    first: int = 0
    rows: int = 0

    @property
    def essence(self) -> bytes:
        """The wish as a line; an empty one, where it is granted by showing the way to another page."""
        if self.what in {"contest", "contract"} or (self.what == "page" and self.key is not None):
            return b""
        return f"{self.path} {self.what} {self.key} {self.first} {self.rows}".encode()


class Popp:
    """The legacy portal on one day."""

    def __init__(self, view: View, sheets: dict[str, Sheet], disguised: int) -> None:
        self._view = view
        self._sheets = sheets
        self._ids = Ids.throw(disguised)
        self._sessions = Sessions()

    def essence(self, asked: Asked) -> bytes:
        """What a request asks for, whoever asks; nothing where the answer leads on to a conversation."""
        wish = self._wish(asked, self._session(asked))
        if wish.what in {"contest", "contract"} or (wish.what == "page" and wish.path in _ABOUT_ONE and wish.key):
            return b""
        return f"{asked.method} {self._language(asked)} ".encode() + wish.essence

    def respond(self, asked: Asked) -> Reply:
        """The answer."""
        session = self._session(asked)
        if asked.disorder == "expired_session" and session is not None:
            self._sessions.end(session.name)
            session = None
        if session is not None:
            session.asked += 1
        wish = self._wish(asked, session)
        if asked.method == "POST":
            return self._post(asked, wish, session)
        known = session is not None
        session = session or self._sessions.open()
        headers = () if known else (cookie(COOKIE, session.name, "/popp"),)
        return self._get(asked, wish, session, headers)

    def _session(self, asked: Asked) -> Session | None:
        found = _SESSION_IN_PATH.search(asked.path)
        return self._sessions.find(asked.cookies.get(COOKIE) or (found[1] if found else ""))

    @staticmethod
    def _language(asked: Asked) -> str:
        return "ru" if asked.cookies.get("zakupki_locale") == "ru" else "en"

    def _sheet(self, asked: Asked) -> Sheet:
        return self._sheets[self._language(asked)]

    # What is wished for

    def _wish(self, asked: Asked, session: Session | None) -> Wish:
        path = _SESSION_IN_PATH.sub("", asked.path)
        if asked.method == "POST":
            return self._wish_of_form(path, asked, session)
        if "cid" in asked.query:
            return Wish(path=path, what="again", key=session.talks.get(asked.query["cid"]) if session else None)
        number = asked.query.get("id", "")
        key = None
        if path == _VIEW and number.isdecimal() and len(number) < 16:
            key = self._view.world.find("order", int(number), self._view.today)
        return Wish(path=path, what="page", key=key)

    def _wish_of_form(self, path: str, asked: Asked, session: Session | None) -> Wish:
        fields = asked.form
        restored = session.restore(fields.get(VIEW_STATE, ""), path) if session else None
        key = restored[1] if restored else None
        table = self._table(path)
        if f"{table}_pagination" in fields:
            first, rows = _number(fields.get(f"{table}_first", "")), _number(fields.get(f"{table}_rows", ""))
            return Wish(path=path, what="rows", first=first, rows=rows)
        for lots in (self._ids.lots, self._ids.works):
            if f"{lots}_rowExpansion" in fields:
                row = _number(fields.get(f"{lots}_expandedRowIndex", ""))
                return Wish(path=path, what="items", key=key, first=row)
        if self._ids.contest in fields:
            return Wish(path=path, what="contest", key=key)
        link = re.compile(rf"{re.escape(table)}:(\d+):{self._ids.link}")
        for pressed in filter(None, map(link.fullmatch, fields)):
            return Wish(path=path, what="contract", first=int(pressed[1]))
        return Wish(path=path, what="form", key=key)

    def _table(self, path: str) -> str:
        listing = LISTINGS.get(path)
        found: str = getattr(self._ids, listing.table) if listing else ""
        return found

    # Pages

    def _get(self, asked: Asked, wish: Wish, session: Session, headers: tuple[tuple[str, str], ...]) -> Reply:
        sheet = self._sheet(asked)
        listing = LISTINGS.get(wish.path)
        if listing is not None:
            return self._page(sheet, listing.title, self._list(sheet, session, listing), headers)
        if wish.path not in _ABOUT_ONE:
            status = 200 if wish.path in {f"{PREFIX}/home.xhtml", PREFIX, f"{PREFIX}/"} else 404
            return self._page(sheet, "Портал", "<p>Страница не найдена</p>\n" if status == 404 else "", headers, status)
        if wish.key is None:
            said = "NonexistentConversationException" if wish.what == "again" else "Страница не найдена"
            return self._page(sheet, "Ошибка", f"<p>{said}</p>\n", headers)
        if wish.what == "page":
            number = session.begin(wish.key)
            # Without the cookie, the session goes into the address.
            place = "" if COOKIE in asked.cookies else f";jsessionid={session.name}"
            return redirect(f"{wish.path}{place}?cid={number}", headers=headers)
        return self._about(sheet, wish, asked.query["cid"], session, headers)

    def _about(
        self, sheet: Sheet, wish: Wish, talk: str, session: Session, headers: tuple[tuple[str, str], ...]
    ) -> Reply:
        """A page about one announcement or contract."""
        key = wish.key
        if key is None:
            raise AssertionError
        if wish.path == _CONTRACT:
            return self._page(sheet, "Договор", deals.content(self._view, sheet, key), headers)
        state = session.new_state(wish.path, key)
        if wish.path == _CONTEST:
            content = orders.protocol(self._view, sheet, key)
        else:
            content = orders.content(self._view, sheet, self._ids, key)
        action = f"{wish.path}?cid={talk}"
        search = form(f"{self._ids.view_form}2", action, state, '<input type="text" name="q" value="" />\n')
        return self._page(sheet, "Объявление", search + form(self._ids.view_form, action, state, content), headers)

    def _list(self, sheet: Sheet, session: Session, listing: Listing) -> str:
        form_id, table = getattr(self._ids, listing.form), getattr(self._ids, listing.table)
        rows = listing.rows(self._view, sheet, self._ids, 0, listing.size)
        total = listing.total(self._view)
        content = (
            f'<input type="text" name="{self._ids.search}" value="" />\n'
            f'<div id="{table}" class="ui-datatable ui-widget ui-datatable-reflow"><table role="grid" '
            f'class="display-table public-table">{sheet.head(listing.columns)}'
            f'<tbody id="{table}_data" class="ui-datatable-data ui-widget-content">\n{rows}</tbody></table>\n'
            f'<div id="{table}_paginator_bottom" class="ui-paginator"><select name="{table}_rppDD">'
            f'<option value="{listing.size}" selected="selected">{listing.size}</option></select></div>\n'
            f'<input type="hidden" id="{table}_selection" name="{table}_selection" value="" /></div>\n'
            + paginator(table, listing.size, total)
        )
        session.begun += 1
        return form(form_id, f"{listing.path}?cid={session.begun}", session.new_state(listing.path, None), content)

    def _page(
        self,
        sheet: Sheet,
        title: str,
        content: str,
        headers: tuple[tuple[str, str], ...] = (),
        status: int = 200,
    ) -> Reply:
        page = sheet.disguise.dress(sheet.page(title, content), self._ids.kept)
        return page_reply(page, status, headers=headers)

    # Forms

    def _post(self, asked: Asked, wish: Wish, session: Session | None) -> Reply:
        sheet = self._sheet(asked)
        ajax = asked.form.get("javax.faces.partial.ajax") == "true"
        restored = session.restore(asked.form.get(VIEW_STATE, ""), wish.path) if session else None
        if session is None or restored is None:
            said = f"ViewExpiredException: viewId:{wish.path} could not be restored."
            return xml_reply(expired(wish.path)) if ajax else self._page(sheet, "Ошибка", f"<p>{said}</p>\n")
        if ajax:
            return xml_reply(self._updates(asked, wish, sheet))
        return self._submitted(asked, wish, session)

    def _submitted(self, asked: Asked, wish: Wish, session: Session) -> Reply:
        """What becomes of a form that is posted as a whole."""
        if wish.what == "contest" and wish.key is not None and self._view.is_listed(wish.key):
            return redirect(f"{_CONTEST}?cid={session.begin(wish.key)}")
        listing = LISTINGS.get(wish.path)
        is_contract = wish.what == "contract" and listing is not None and listing.kind in {"single", "central"}
        if listing is not None and is_contract and wish.first < listing.total(self._view):
            key = newest(self._view, listing.kind, wish.first)
            return redirect(f"{_CONTRACT}?cid={session.begin(key)}")
        if listing is not None:
            return self._page(self._sheet(asked), listing.title, self._list(self._sheet(asked), session, listing))
        return redirect(f"{wish.path}?cid={session.begin(wish.key)}") if wish.key else redirect(f"{PREFIX}/home.xhtml")

    def _updates(self, asked: Asked, wish: Wish, sheet: Sheet) -> str:
        """The pieces of the page that a partial request renders anew."""
        source = asked.form.get("javax.faces.source", "")
        updates = {}
        listing = LISTINGS.get(wish.path)
        if wish.what == "rows" and listing is not None and source == self._table(wish.path) and self._posts(asked):
            count = min(wish.rows or listing.size, _MOST_ROWS)
            updates[source] = listing.rows(self._view, sheet, self._ids, wish.first, count)
        elif wish.what == "items" and wish.key is not None:
            case = self._view.case(wish.key.case)
            own = self._ids.lots if orders.is_goods(case) else self._ids.works
            if source == own and wish.first < len(case.lots):
                updates[source] = orders.items(self._view, sheet, wish.key, wish.first)
        dressed = {name: sheet.disguise.dress(text, self._ids.kept) for name, text in updates.items()}
        return partial(dressed | {f"j_id1:{VIEW_STATE}:0": asked.form[VIEW_STATE]})

    def _posts(self, asked: Asked) -> bool:
        """Whether the form that holds a list is the one that is posted."""
        listing = LISTINGS[_SESSION_IN_PATH.sub("", asked.path)]
        form_id: str = getattr(self._ids, listing.form)
        return asked.form.get(form_id) == form_id


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
