"""An answer about the years that were read, made one about all years by what was counted in the others before."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from ocds_pipeline.gates.questions import Answer, Question
from ocds_pipeline.gates.tables import Tables
from ocds_pipeline.gates.tabular import OWN

T = TypeVar("T")

UNASKED = Answer(is_met=True)
"""The answer about no rows."""


def together(question: Question, answer: Answer, tables: Tables) -> Answer:
    """Give the answer about all years; a country's own expectations were asked of all of them."""
    if answer.failure or question.gate == OWN:
        return answer
    return _WAYS[question.expect](question, answer, tables)


def _row_count(question: Question, answer: Answer, tables: Tables) -> Answer:
    rows = tables.rows(question.table)
    return replace(answer, observed=rows, is_met=rows == question.arguments["value"])


def _filled(question: Question, answer: Answer, tables: Tables) -> Answer:
    lowest = question.arguments["min_value"]
    found = tables.filled(question.table)[question.arguments["column"]] / tables.rows(question.table)
    is_met = found > lowest if question.arguments.get("strict_min") else found >= lowest
    return replace(answer, observed=found, is_met=is_met)


def _unique(question: Question, answer: Answer, tables: Tables) -> Answer:
    # Every key begins with an ocid, which is of one year only: the state is looked at for that. And a year that has a
    # key twice is not kept.
    return replace(answer, elements=tables.rows(question.table), is_met=not answer.unexpected)


def _between(question: Question, answer: Answer, tables: Tables) -> Answer:
    lowest, highest = question.arguments["min_value"], question.arguments["max_value"]
    name = f"{question.table}/{question.arguments['column'].removesuffix('_day')}"
    counted = [each.days[name] for each in tables.others(question.table)]
    return _mapped(question, answer, tables, counted, lambda day: lowest <= day <= highest)


def _in_set(question: Question, answer: Answer, tables: Tables) -> Answer:
    known = set(question.arguments["value_set"])
    name = f"{question.table}/{question.arguments['column']}"
    counted = [each.codes[name] for each in tables.others(question.table)]
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


def _newest(question: Question, answer: Answer, tables: Tables) -> Answer:
    newest = max(tables.releases_by_day())
    return replace(answer, observed=newest, is_met=newest >= question.arguments["min_value"])


_WAYS: Mapping[str, Callable[[Question, Answer, Tables], Answer]] = {
    "expect_table_row_count_to_equal": _row_count,
    "expect_column_proportion_of_non_null_values_to_be_between": _filled,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _unique,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_max_to_be_between": _newest,
}
