"""What becomes of a notice, and on which day after it was published. A day's events are seen from the next day on."""

from dataclasses import dataclass, field

from sandbox.dice import Dice
from sandbox.tajikistan import refs

Stage = tuple[int, int]
"""Days after publication, and the status from then on."""

AUCTION, NEGOTIATIONS = "10", "7"
DIRECT = frozenset({"8", "9"})
ODD_STATUSES = tuple(int(row["code"]) for row in refs.rows("statuses"))
_ENDS = frozenset({350, 430})
_REPEATED, _REPEATING = 3, 23
"""Of every 24 notices one fails and one repeats an earlier one that did."""
_WAIT = 45
_LOTS = ((1, 560), (2, 180), (3, 120), (5, 90), (14, 40), (33, 10))


@dataclass(slots=True, kw_only=True)
class Course:
    """The life of a notice."""

    method: str
    lots: int
    opened: int
    closed: int
    extended: int | None
    opening: int
    decided: int
    stages: list[Stage] = field(default_factory=list)
    protocols: list[tuple[int, str]] = field(default_factory=list)
    questions: list[tuple[int, int]] = field(default_factory=list)
    won: list[bool] = field(default_factory=list)
    renamed: int | None = None

    @property
    def changes(self) -> set[int]:
        """The days on which something changes."""
        days = {day for day, _ in self.stages} | {day for day, _ in self.protocols}
        days |= {day for question in self.questions for day in question}
        return days | {day for day in (self.extended, self.renamed) if day is not None}


def earlier(number: int, processes: int, history: int) -> int | None:
    """The notice that this one repeats, if it repeats one: some 50 days older, and without a winner."""
    if number % 24 != _REPEATING:
        return None
    back = _REPEATING - _REPEATED + 24 * -(-_WAIT * processes // (history * 24))
    return number - back if number >= back else None


def course(seed: int, number: int) -> Course:
    """The life of the notice of that number."""
    dice = Dice(seed, "course", number)
    method = _method(dice, number)
    opened = dice.between(0, 2)
    closed = opened + (dice.between(2, 4) if method in DIRECT else dice.between(6, 20))
    extended = closed - 1 if method not in DIRECT and dice.chance(140) else None
    ends = closed + (7 if extended is not None else 0)
    life = Course(
        method=method,
        lots=dice.weigh(_LOTS),
        opened=opened,
        closed=closed,
        extended=extended,
        opening=ends + 1,
        decided=ends + (dice.between(2, 3) if method in DIRECT else dice.between(9, 16)),
    )
    _stages(life, dice, ends)
    _questions(life, dice)
    life.renamed = opened + 1 if dice.chance(60) else None
    life.won = [number % 24 != _REPEATED and not dice.chance(180) for _ in range(life.lots)]
    _end(life, dice, number)
    life.protocols = [(day, name) for day, name in _protocols(life) if day <= life.stages[-1][0]]
    _rest(life)
    return life


def _method(dice: Dice, number: int) -> str:
    methods = refs.rows("methods")
    if number % 4 == 0:
        return methods[number // 4 % len(methods)]["code"]
    return dice.weigh([(row["code"], int(row["weight"])) for row in methods])


def _stages(life: Course, dice: Dice, ends: int) -> None:
    life.stages = [(0, 210), (life.opened + 1, 220), (ends + 1, 250)]
    if life.method == AUCTION:
        life.stages += [(ends + 3, 280), (ends + 4, 290)]
    elif life.method == NEGOTIATIONS:
        life.stages.append((ends + 3, 285))
    elif life.method not in DIRECT and dice.chance(350):
        life.stages += [(ends + 3, 310), (ends + 4, 230), (ends + 5, 260)]
    if life.method not in DIRECT:
        life.stages += [(ends + 6, 320), (life.decided - 1, 330)]
    life.stages.append((life.decided, 350))


def _questions(life: Course, dice: Dice) -> None:
    if life.method in DIRECT:
        return
    for _ in range(dice.weigh(((0, 600), (1, 250), (2, 100), (5, 50)))):
        asked = dice.between(life.opened + 1, life.closed - 2) if life.closed - 2 > life.opened else life.opened + 1
        life.questions.append((asked, asked + dice.between(1, 3)))


def _end(life: Course, dice: Dice, number: int) -> None:
    """Cancel some, leave some in a status that few ever keep, so that every one is met."""
    if number % 4 == 1:
        _halt(life, life.decided, ODD_STATUSES[number // 4 % len(ODD_STATUSES)])
    elif number % 24 != _REPEATED and dice.chance(50):
        _halt(life, dice.between(life.opened + 1, life.decided - 1), 430)
    elif dice.chance(25):
        _halt(life, life.closed, 220)


def _halt(life: Course, day: int, status: int) -> None:
    life.stages = [stage for stage in life.stages if stage[0] < day] + [(day, status)]


def _rest(life: Course) -> None:
    """Let nothing happen to a notice after its end: what was to come by then does not."""
    last, status = life.stages[-1]
    if status not in _ENDS:
        return
    life.extended = life.extended if life.extended is not None and life.extended <= last else None
    life.renamed = life.renamed if life.renamed is not None and life.renamed <= last else None
    life.questions = [(asked, min(answered, last)) for asked, answered in life.questions if asked < last]


def _protocols(life: Course) -> list[tuple[int, str]]:
    if life.method in DIRECT:
        return [(life.decided, "Протокол итогов")]
    middle = [(life.decided - 2, "Протокол допуска")] if life.lots > 1 else []
    return [(life.opening, "Протокол вскрытия"), *middle, (life.decided, "Протокол итогов")]
