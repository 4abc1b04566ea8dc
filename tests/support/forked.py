"""The command line, run by forks of one process that has loaded everything, great-expectations too.

To start Python and to load that is most of what a run of a small portal takes. Each run is a process of its own all the
same; only the gates are judged in it, where a publication has them judged in one apart.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ocds_schema import json
from tests.support.command import ROOT, Installation


class Forks:
    """The process that forks; it takes one command after the other."""

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forked"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run(self, arguments, environment, folder):
        """Run a command to its end; give exit code, standard output and standard error."""
        with tempfile.TemporaryDirectory() as said:
            asked = {"arguments": arguments, "environment": environment, "folder": str(folder), "said": said}
            self._process.stdin.write(json.encode(asked) + b"\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            return code, Path(said, "out").read_text(), Path(said, "err").read_text()


@dataclass(frozen=True)
class Forked(Installation):
    """An installation whose commands are run by forks."""

    forks: Forks | None = None

    def run(self, *arguments, **_):
        self.home.mkdir(parents=True, exist_ok=True)
        return self.forks.run(arguments, self.environment, self.home)


def main():
    """Take commands from standard input, and give the exit code of each."""
    # All that commands need, before great-expectations has modules be missing that they do not.
    import ocds_pipeline.cli
    import ocds_pipeline.steps.publish as step
    from ocds_pipeline.gates.expectations import ask, load

    step.Keeper = partial(Here, ask=partial(ask, load()))
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(json.decode(line.encode()), ocds_pipeline.cli.main)
        answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        answers.flush()


def run(asked, command):
    """Run a command in this process, and end it."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(asked["said"], name), os.O_WRONLY | os.O_CREAT), number)
    code = 1
    try:
        command(asked["arguments"])
    except SystemExit as left:
        code = left.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Here:
    """Judges an edition by all gates, as the keeper does, but in the process that publishes."""

    def __init__(self, _source, overriding, *_, ask):
        self._override = overriding
        self._ask = ask

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def judge(self, built):
        from ocds_pipeline.gates.judge import judge
        from ocds_pipeline.gates.years import Years

        years = Years(built)
        verdict = judge(years.task(), self._ask, self._override)
        years.finish()
        return json.decode(json.encode(verdict))


if __name__ == "__main__":
    main()
