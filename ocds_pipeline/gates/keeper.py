"""Keeps the gates: has what was built judged, by a process of its own where great-expectations is to be asked."""

import os
import pickle
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from ocds_pipeline.gates.declared import gates_of
from ocds_pipeline.gates.judge import Unsettled, judge
from ocds_pipeline.gates.override import Override
from ocds_pipeline.gates.questions import Answer, Question
from ocds_pipeline.gates.task import Task
from ocds_pipeline.gates.years import Years
from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.source import Source
from publish.gates import Built

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
_END = 800
"""So many characters of what the process said in the end are told."""


class Keeper:
    """Gates, ready to judge.

    Their process is started where great-expectations is to be asked, and only there: to load it takes seconds. It
    inherits no settings and no secrets.
    """

    def __init__(self, source: Source, overriding: Override, environment: Mapping[str, str], folder: Path) -> None:
        """Make ready; `folder` is for what is handed over.

        Raises:
            ConfigurationError: the source's thresholds are wrong.
        """
        gates_of(source)
        self._override = overriding
        self._environment = environment
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="gates-")
        self._place = Path(self._folder.name)

    def __enter__(self) -> Self:
        """Give the keeper itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave nothing of what was handed over."""
        self._folder.cleanup()

    def judge(self, built: Built) -> Json:
        """Give the verdict on what was built.

        Raises:
            PublishError: the gates could not be asked; nothing may be published.
        """
        years = Years(built)
        task = years.task()
        verdict = self._by_counts(task) or self._by_asking(task)
        years.finish()
        return verdict

    def _by_counts(self, task: Task) -> Json | None:
        """Give the verdict, where nothing is to be asked of great-expectations."""
        if not task.is_familiar or task.source.expectations:
            return None
        try:
            return json.decode(json.encode(judge(task, _unsettled, self._override)))
        except Unsettled:
            return None
        except (ValueError, OSError, sqlite3.Error) as error:
            raise PublishError(
                f"the gates of {task.source.name} gave no verdict, so nothing was published: {error}"
            ) from error

    def _by_asking(self, task: Task) -> Json:
        """Give the verdict of a process of its own, which loads great-expectations."""
        question, answer, said = (self._place / name for name in ("task", "verdict", "said"))
        question.write_bytes(pickle.dumps((task, self._override, str(answer))))
        with said.open("wb") as output:
            done = subprocess.run(  # noqa: S603 - ourselves
                [sys.executable, "-m", "ocds_pipeline.gates", str(question)],
                env=_environment(self._environment, self._place),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode or not answer.exists():
            last = said.read_text(errors="replace").strip()[-_END:]
            raise PublishError(
                f"the gates of {task.source.name} ended with {done.returncode} and no verdict, so nothing was "
                f"published: {last}"
            )
        return json.decode(answer.read_bytes())


def _unsettled(_: Path, questions: Sequence[Question]) -> list[Answer]:
    raise Unsettled(", ".join(each.what for each in questions))


def _environment(given: Mapping[str, str], home: Path) -> dict[str, str]:
    kept = {name: given[name] for name in _KEPT if name in given}
    # Its own home, so that no configuration of great-expectations that a person may have is read or written.
    return kept | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "HOME": str(home),
        "GX_ANALYTICS_ENABLED": "false",
    }
