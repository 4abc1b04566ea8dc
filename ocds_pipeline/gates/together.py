"""Answers about all years, from what was counted in them, and from what great-expectations says of those it was asked.

What was counted in a year that is not read again stands for it. Of a year that is read, which was judged before by the
same code and thresholds, counts say as much as great-expectations would, as long as nothing is wrong: where they find
rows that are not as expected, it has the word. What is one figure of all years is always reckoned from counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from ocds_pipeline.gates.questions import Answer, Question
from ocds_pipeline.gates.tables import Counted, Tables
from ocds_pipeline.gates.tabular import OWN

T = TypeVar("T")

UNASKED = Answer(is_met=True)
"""The answer about no rows."""


def together(question: Question, answer: Answer, tables: Tables) -> Answer:
    """Give the answer about all years; a country's own expectations were asked of all of them."""
    if answer.failure or question.gate == OWN:
        return answer
    return _WAYS[question.expect](question, answer, tables, tables.others(question.table))


def settled(question: Question, tables: Tables) -> Answer | None:
    """Give the answer about all years by what was counted in them; nothing, where rows are not as expected."""
    if question.gate == OWN or (question.expect in _KEYS and _comes_twice(question, tables)):
        return None
    answer = _WAYS[question.expect](question, UNASKED, tables, tables.every)
    return answer if answer.is_met or question.expect in _RECKONED else None


def _comes_twice(question: Question, tables: Tables) -> bool:
    given = question.arguments
    return tables.is_asked(question.table) and tables.has_twice(
        question.table, given.get("column_list") or [given["column"]]
    )


def _row_count(question: Question, answer: Answer, tables: Tables, _: Sequence[Counted]) -> Answer:
    rows = tables.rows(question.table)
    return replace(answer, observed=rows, is_met=rows == question.arguments["value"])


def _filled(question: Question, answer: Answer, tables: Tables, _: Sequence[Counted]) -> Answer:
    lowest = question.arguments["min_value"]
    found = tables.filled(question.table)[question.arguments["column"]] / tables.rows(question.table)
    is_met = found > lowest if question.arguments.get("strict_min") else found >= lowest
    return replace(answer, observed=found, is_met=is_met)


def _unique(question: Question, answer: Answer, tables: Tables, _: Sequence[Counted]) -> Answer:
    # Every key begins with an ocid, which is of one year only: the state is looked at for that. And a year that has a
    # key twice is not kept.
    return replace(answer, elements=tables.rows(question.table), is_met=not answer.unexpected)


def _between(question: Question, answer: Answer, tables: Tables, others: Sequence[Counted]) -> Answer:
    lowest, highest = question.arguments["min_value"], question.arguments["max_value"]
    name = f"{question.table}/{question.arguments['column'].removesuffix('_day')}"
    counted = [each.days[name] for each in others]
    return _mapped(question, answer, tables, counted, lambda day: lowest <= day <= highest)


def _in_set(question: Question, answer: Answer, tables: Tables, others: Sequence[Counted]) -> Answer:
    known = set(question.arguments["value_set"])
    name = f"{question.table}/{question.arguments['column']}"
    counted = [each.codes[name] for each in others]
    return _mapped(question, answer, tables, counted, lambda code: code in known)


def _mapped(
    question: Question, answer: Answer, tables: Tables, counted: list[Mapping[T, int]], is_so: Callable[[T], bool]
) -> Answer:
    """Add values that were counted to those that were asked about."""
    there = answer.elements - answer.missing + sum(sum(each.values()) for each in counted)
    unexpected = answer.unexpected + sum(count for each in counted for value, count in each.items() if not is_so(value))
    rows = tables.rows(question.table)
    # As great-expectations reckons it.
    is_met = not there or (float(there) - float(unexpected)) / float(there) >= question.arguments.get("mostly", 1)
    return replace(answer, unexpected=unexpected, elements=rows, missing=rows - there, is_met=is_met)


def _newest(question: Question, answer: Answer, tables: Tables, _: Sequence[Counted]) -> Answer:
    newest = max(tables.releases_by_day())
    return replace(answer, observed=newest, is_met=newest >= question.arguments["min_value"])


_KEYS = frozenset({"expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"})
_RECKONED = frozenset(
    {
        "expect_table_row_count_to_equal",
        "expect_column_proportion_of_non_null_values_to_be_between",
        "expect_column_max_to_be_between",
    }
)
_WAYS: Mapping[str, Callable[[Question, Answer, Tables, Sequence[Counted]], Answer]] = {
    "expect_table_row_count_to_equal": _row_count,
    "expect_column_proportion_of_non_null_values_to_be_between": _filled,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _unique,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_max_to_be_between": _newest,
}
