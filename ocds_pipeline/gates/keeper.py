"""Keeps the gates: starts their process, hands it what was built, and takes its verdict."""

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from ocds_pipeline.gates.declared import gates_of, usual_gates
from ocds_pipeline.gates.judge import Override
from ocds_pipeline.gates.years import Years
from ocds_pipeline.sources import person_numbers
from ocds_pipeline.visible import visible
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError
from ocds_schema.json import Json
from ocds_schema.source import Source
from publish.gates import FIRM, Built

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
NAME_LENGTH, REASON_LENGTH = 100, 500
"""So many characters of the name and of the reason of an override are published."""
_END = 800
"""So many characters of what the process said in the end are told."""


def override(gates: Sequence[str], by: str, reason: str) -> Override:
    """Make an override of what a person said.

    Raises:
        ConfigurationError: there is no such gate, nobody may override it, or the name or the reason is missing.
    """
    if not gates:
        if by or reason:
            raise ConfigurationError("--by and --reason go with --override GATE")
        return Override()
    if unknown := sorted(set(gates) - usual_gates().keys()):
        known = ", ".join(usual_gates())
        raise ConfigurationError(f"--override: there is no gate {', '.join(unknown)}; there are {known}")
    if firm := next((name for name in FIRM if name in gates), None):
        raise ConfigurationError(f"--override: {firm} cannot be overridden: {FIRM[firm]}")
    by, reason = _published(by, NAME_LENGTH), _published(reason, REASON_LENGTH)
    if not by or not reason:
        raise ConfigurationError(
            "--override needs --by NAME and --reason TEXT: both are published with the edition, for all to see"
        )
    return Override(gates=frozenset(gates), by=by, reason=reason)


def _published(text: str, length: int) -> str:
    """Give what a person said as it may be published: in one line, without numbers of persons, not too long."""
    said = visible(" ".join(person_numbers().redact(text).split()))
    return said if len(said) <= length else f"{said[: length - 1]}…"


class Keeper:
    """The process of the gates, from its start, before anything is built, to its verdict.

    It loads what it needs while the edition is being built. It inherits no settings and no secrets.
    """

    def __init__(self, source: Source, overriding: Override, environment: Mapping[str, str], folder: Path) -> None:
        """Start the process; `folder` is for what is handed over.

        Raises:
            ConfigurationError: the source's thresholds are wrong.
        """
        gates_of(source)
        self._override = overriding
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="gates-")
        self._place = Path(self._folder.name)
        self._said: IO[bytes] = (self._place / "said").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ocds_pipeline.gates"],
            env=_environment(environment, self._place),
            stdin=subprocess.PIPE,
            stdout=self._said,
            stderr=subprocess.STDOUT,
        )

    def __enter__(self) -> Self:
        """Give the keeper itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process, wherever it is, and leave nothing of it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._said.close()
        self._folder.cleanup()

    def judge(self, built: Built) -> Json:
        """Give the verdict on what was built.

        Raises:
            PublishError: the gates could not be asked; nothing may be published.
        """
        question, answer = self._place / "task", self._place / "verdict"
        years = Years(built)
        question.write_bytes(pickle.dumps((years.task(), self._override, str(answer))))
        try:
            self._process.communicate(f"{question}\n".encode())
        except BrokenPipeError:
            self._process.wait()
        if self._process.returncode or not answer.exists():
            raise PublishError(
                f"the gates of {built.source.name} ended with {self._process.returncode} and no verdict, so nothing "
                f"was published: {self._last_words()}"
            )
        years.finish()
        return json.decode(answer.read_bytes())

    def _last_words(self) -> str:
        self._said.seek(0)
        return self._said.read().decode(errors="replace").strip()[-_END:]


def _environment(given: Mapping[str, str], home: Path) -> dict[str, str]:
    kept = {name: given[name] for name in _KEPT if name in given}
    # Its own home, so that no configuration of great-expectations that a person may have is read or written.
    return kept | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "HOME": str(home),
        "GX_ANALYTICS_ENABLED": "false",
    }
