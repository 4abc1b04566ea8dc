"""The process of the gates: loads great-expectations, waits for a task on standard input, gives a verdict."""

import pickle
import sys
from functools import partial
from pathlib import Path

from ocds_pipeline.gates.alone import stay_alone
from ocds_pipeline.gates.expectations import ask, load
from ocds_pipeline.gates.judge import judge
from ocds_schema import json


def main() -> None:
    """Judge what is asked for, once; leave without a word where nothing is."""
    stay_alone()
    library = load()
    given = sys.stdin.buffer.readline().decode().strip()
    if given:
        task, override, answer = pickle.loads(Path(given).read_bytes())  # noqa: S301 - written by our own parent
        Path(answer).write_bytes(json.encode(judge(task, partial(ask, library), override)))


if __name__ == "__main__":
    main()
