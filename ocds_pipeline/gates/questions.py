"""What is asked of the tables, in the terms of great-expectations, and what an answer means to a gate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from ocds_pipeline.gates.result import Check, limited, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What great-expectations found: whether it is met, how many rows of how many are not so, or why it gave no answer.

    `missing` rows hold nothing that could be so or not. `observed` is the figure of an expectation that looks at a
    column or table as a whole.
    """

    is_met: bool
    unexpected: int = 0
    elements: int = 0
    missing: int = 0
    observed: Any = None
    failure: str = ""


def _unexpected(answer: Answer) -> int:
    return answer.unexpected


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One expectation of a table, by the name that great-expectations gives it, such as `expect_column_to_exist`.

    `floor` is how many cases stop an edition, `count` how many there are in an answer. `is_day` says that the figure
    is a day.
    """

    gate: str
    table: str
    what: str
    expect: str
    arguments: Mapping[str, Any]
    expected: str
    floor: int = 1
    previous: str | None = None
    count: Callable[[Answer], int] = _unexpected
    is_day: bool = False

    def check(self, answer: Answer) -> Check:
        """Say what an answer means; what could not be asked stops the edition."""
        return Check(
            what=self.what,
            outcome="fail" if answer.failure else self._outcome(answer),
            expected=self.expected,
            found=str(answer.observed) if self.is_day and not answer.failure else _found(answer),
            previous=self.previous,
            expectation=self.expect,
        )

    def _outcome(self, answer: Answer) -> Any:
        return limited(is_sound=answer.is_met, count=self.count(answer), floor=self.floor)


class Asker(Protocol):
    """Whoever can ask: takes questions, and gives an answer to each."""

    def __call__(self, questions: list[Question]) -> list[Answer]:
        """Answer every question, in their order."""


def _found(answer: Answer) -> str:
    if answer.failure:
        return f"it could not be asked: {answer.failure}"
    if answer.observed is not None:
        return _figure(answer.observed)
    return f"{answer.unexpected:,} of {answer.elements:,} rows are not so"


def _figure(observed: Any) -> str:
    if isinstance(observed, float):
        return percent(Decimal(str(observed))) if 0 <= observed <= 1 else f"{observed:,.2f}"
    return f"{observed:,}" if isinstance(observed, int) else str(observed)[:200]
