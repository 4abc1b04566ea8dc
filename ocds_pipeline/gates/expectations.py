"""Asks great-expectations. The only module that loads it, and loaded only in the process of the gates.

What great-expectations would load to draw pictures, to fit distributions and to reach clouds takes half of its time and
memory, and nothing here needs it: these libraries are passed over. It has no network: see `ocds_pipeline.gates.alone`.
"""

import gc
import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from ocds_pipeline.gates.questions import Answer, Question

_PASSED_OVER = ("altair", "scipy", "scipy.stats")
_NOT_THERE = ("boto3", "botocore", "pyspark", "google.cloud", "azure.storage.blob")
_SHORT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_PLACE = "place"
_UNANSWERED = Answer(is_met=False, failure="no answer")


class _PassedOver(ModuleType):
    """Stands for a library that is not loaded; its names can be imported, and lead nowhere."""

    def __getattr__(self, name: str) -> "_PassedOver":
        if name.startswith("__"):
            raise AttributeError(name)
        return _PassedOver(f"{self.__name__}.{name}")


def load() -> Any:
    """Load great-expectations without what is not needed of it, silent and without any report to its makers."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in _PASSED_OVER:
        sys.modules.setdefault(name, _PassedOver(name))
    for name in _NOT_THERE:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # to Python: no such module
    # Nothing that is loaded becomes garbage: to look for some took an eighth of the time.
    gc.disable()
    library = import_module("great_expectations")
    gc.freeze()
    gc.enable()
    return library


def ask(library: Any, database: Path, questions: list[Question]) -> list[Answer]:
    """Ask every question of the tables in a database, table by table."""
    context = library.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sqlite("edition", connection_string=f"sqlite:///{database}")
    by_table: dict[str, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        by_table[question.table].append(place)
    answers: dict[int, Answer] = {}
    for table, places in by_table.items():
        try:
            asset = source.add_table_asset(table, table_name=table)
            batch = asset.add_batch_definition_whole_table("whole").get_batch()
        except Exception as error:  # noqa: BLE001 - whatever it is, the question was not answered
            answers.update((place, Answer(is_met=False, failure=_said(error))) for place in places)
            continue
        answers |= _ask(library, batch, {place: questions[place] for place in places})
    return [answers[place] for place in range(len(questions))]


def _ask(library: Any, batch: Any, questions: Mapping[int, Question]) -> dict[int, Answer]:
    """Ask all questions of a table at once, which takes half as long as one after the other."""
    answers, forms = {}, []
    for place, question in questions.items():
        name = "".join(part.capitalize() for part in question.expect.split("_"))
        form = getattr(library.expectations, name, None)
        if form is None:
            answers[place] = Answer(is_met=False, failure=f"great-expectations has no {question.expect}")
            continue
        try:
            forms.append(form(**question.arguments, meta={_PLACE: place}))
        except Exception as error:  # noqa: BLE001 - whatever it is, the question was not answered
            answers[place] = Answer(is_met=False, failure=_said(error))
    try:
        found = batch.validate(library.ExpectationSuite(name="gates", expectations=forms), result_format=_SHORT)
        answers |= {each.expectation_config.meta[_PLACE]: _answer(each) for each in found.results}
    except Exception as error:  # noqa: BLE001 - whatever it is, no question of the table was answered
        answers |= {form.meta[_PLACE]: Answer(is_met=False, failure=_said(error)) for form in forms}
    return {place: answers.get(place, _UNANSWERED) for place in questions}


def _answer(found: Any) -> Answer:
    told = found.exception_info or {}
    failures = [told] if "raised_exception" in told else list(told.values())
    failure = next((str(each.get("exception_message")) for each in failures if each.get("raised_exception")), "")
    result = found.result or {}
    is_asked = "element_count" in result or "observed_value" in result
    if not found.success and not is_asked and not failure:
        failure = "no answer"
    return Answer(
        is_met=bool(found.success),
        unexpected=int(result.get("unexpected_count") or 0),
        elements=int(result.get("element_count") or 0),
        missing=int(result.get("missing_count") or 0),
        observed=result.get("observed_value"),
        failure=failure.partition("\n")[0][:200],
    )


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
