"""The server's side of a conversation: made-up ids, sessions, the states of their pages, their conversations."""

import random
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.kyrgyzstan.world import Key

COOKIE = "JSESSIONID"
_LIFE = 500
"""So many requests a session lasts; the portal's own lasts so many minutes."""
_VIEWS = 64
_SESSIONS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Ids of components: those without a name of their own get another number with each start and each new day."""

    list_form: str
    list_table: str
    view_form: str
    lots: str
    works: str
    contest: str
    form: str = "form"
    table: str = "table"
    form_table: str = "form:table"
    link: str
    search: str

    @classmethod
    def throw(cls, seed: int) -> "Ids":
        """New ids; with a seed for a disguise none of them is what it usually is."""
        chance = random.SystemRandom()
        first, second, third, link = (chance.randrange(low, low + 40) for low in (60, 110, 160, 210))
        if not seed:
            outer, view = f"j_idt{first}", f"j_idt{second}"
            return cls(
                list_form=outer,
                list_table=f"{outer}:j_idt{first + 1}:table",
                view_form=view,
                lots=f"j_idt{third}:lotsTable",
                works=f"j_idt{third}:lotsTable2",
                contest=f"j_idt{third}:contest",
                link=f"j_idt{link}",
                search=f"j_idt{first - 30}",
            )
        word = [f"c{seed}{letter}{chance.randrange(100, 999)}" for letter in "abcdefghijk"]
        return cls(
            list_form=word[0],
            list_table=f"{word[0]}:{word[1]}:{word[2]}",
            view_form=word[3],
            lots=f"{word[4]}:{word[5]}",
            works=f"{word[4]}:{word[6]}",
            contest=f"{word[4]}:{word[7]}",
            form=word[8],
            table=word[9],
            form_table=f"{word[8]}:{word[9]}",
            link=word[10],
            search=f"s{word[10]}",
        )

    @property
    def kept(self) -> frozenset[str]:
        """The ids that clients send back."""
        tables = {self.list_table, self.lots, self.works, self.table, self.form_table}
        return frozenset(tables | {self.list_form, self.view_form, self.form, f"{self.view_form}2"})


@dataclass(slots=True, kw_only=True)
class Session:
    """What the server remembers of a client: the states of its latest pages, and what its conversations are about."""

    name: str
    views: "OrderedDict[str, tuple[str, Key | None]]" = field(default_factory=OrderedDict)
    talks: "OrderedDict[str, Key]" = field(default_factory=OrderedDict)
    asked: int = 0
    begun: int = 0

    def new_state(self, path: str, key: Key | None) -> str:
        """The state of a new page."""
        chance = random.SystemRandom()
        state = f"{chance.randrange(-(2**63), 2**63)}:{chance.randrange(-(2**63), 2**63)}"
        self.views[state] = path, key
        if len(self.views) > _VIEWS:
            self.views.popitem(last=False)
        return state

    def restore(self, state: str, path: str) -> "tuple[str, Key | None] | None":
        """The page of that state, if it is still remembered and was of that path."""
        found = self.views.get(state)
        if found is None or found[0] != path:
            return None
        self.views.move_to_end(state)
        return found

    def begin(self, key: Key) -> str:
        """The number of a new conversation."""
        self.begun += 1
        number = str(self.begun)
        self.talks[number] = key
        if len(self.talks) > _VIEWS:
            self.talks.popitem(last=False)
        return number


class Sessions:
    """All sessions: each ends after so many requests, and all of them when the portal's day changes."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Session] = OrderedDict()

    def find(self, name: str) -> Session | None:
        """The session of that name, if it has not ended."""
        found = self._open.get(name)
        if found is not None and found.asked >= _LIFE:
            del self._open[name]
            return None
        return found

    def open(self) -> Session:
        """A new session."""
        found = Session(name=f"{random.SystemRandom().getrandbits(192):048x}.msc01-popp01:main-popp")
        self._open[found.name] = found
        if len(self._open) > _SESSIONS:
            self._open.popitem(last=False)
        return found

    def end(self, name: str) -> None:
        """Forget a session."""
        self._open.pop(name, None)
