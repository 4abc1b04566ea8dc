"""The portal on one day: what of a notice is seen, in the portal's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandbox.tajikistan import refs
from sandbox.tajikistan.notices import Bid, Notice, Notices, Question

_NINE, _TEN, _WEEK = 9 * 3600, 10 * 3600, 7
_OPEN = {210: 210, 220: 220}
_ENDED, _CANCELLED = 350, 430


def grouped(value: Decimal, space: str = " ") -> str:
    """An amount with two decimals, its thousands apart."""
    return f"{value:,.2f}".replace(",", space)


def counted(value: Decimal) -> str:
    """A quantity, without zeros that say nothing."""
    return f"{value.normalize():f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is seen on a day: all that happened before it."""

    notices: Notices
    today: int

    @property
    def count(self) -> int:
        """How many notices are shown."""
        return self.notices.count(self.today)

    def newest_first(self) -> Iterator[Notice]:
        """The notices shown, by id from the highest."""
        return map(self.notices.notice, range(self.count - 1, -1, -1))

    def _past(self, notice: Notice, day: int) -> bool:
        return notice.first_day + day < self.today

    def _time(self, notice: Notice, day: int, second: int) -> str:
        return self.notices.calendar.text(notice.first_day + day, second)

    def title(self, notice: Notice) -> tuple[str, str | None]:
        """What it is called, in Russian and, mostly, in Tajik."""
        renamed = notice.course.renamed
        return notice.titles(renamed=renamed is not None and self._past(notice, renamed))

    def status(self, notice: Notice) -> int:
        """The status that holds."""
        return [status for day, status in notice.course.stages if day == 0 or self._past(notice, day)][-1]

    def published(self, notice: Notice) -> str:
        """When it was published."""
        return self._time(notice, 0, notice.second("published"))

    def opens(self, notice: Notice) -> str:
        """When applications are first taken."""
        return self._time(notice, notice.course.opened + 1, _NINE)

    def closes(self, notice: Notice) -> str:
        """When applications are last taken; the day may be put off."""
        extended = notice.course.extended
        late = _WEEK if extended is not None and self._past(notice, extended) else 0
        return self._time(notice, notice.course.closed + late, _TEN)

    def amount(self, notice: Notice) -> str:
        """What is set aside for all lots."""
        return self.money(notice, sum((lot.amount for lot in notice.lots), Decimal()))

    def money(self, notice: Notice, value: Decimal) -> str:
        """An amount as the notice's pages write it."""
        return grouped(value, "\u00a0" if notice.has_hard_spaces else " ")

    def lot_status(self, notice: Notice, place: int) -> str:
        """The status of a lot: that of the notice until it ends."""
        status = self.status(notice)
        if status == _ENDED:
            return refs.name("lot_statuses", 360 if notice.course.won[place] else 370)
        return refs.name("lot_statuses", _CANCELLED if status == _CANCELLED else _OPEN.get(status, 250))

    def questions(self, notice: Notice) -> list[tuple[Question, str, str, str]]:
        """What was asked: the question, when, the answer, and when; an answer may be still to come."""
        found = []
        for place, question in enumerate(notice.questions):
            if self._past(notice, question.asked):
                second = notice.second(f"question {place}")
                answered = self._past(notice, question.answered)
                when = self._time(notice, question.answered, second) if answered else ""
                asked = self._time(notice, question.asked, second)
                found.append((question, asked, question.answer if answered else "", when))
        return found

    def protocols(self, notice: Notice) -> list[tuple[str, str, int]]:
        """The protocols there are: name, when made, number of the file."""
        return [
            (name, self._time(notice, day, notice.second(name)), notice.file(place))
            for place, (day, name) in enumerate(notice.course.protocols)
            if self._past(notice, day)
        ]

    def bids(self, notice: Notice) -> tuple[Bid, ...]:
        """The offers, once the protocol of the results is there and the purchase has ended."""
        return notice.bids if self.status(notice) == _ENDED else ()
