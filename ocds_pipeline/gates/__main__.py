"""The process of the gates: loads great-expectations, and gives a verdict on the task at a path."""

import pickle
import sys
from functools import partial
from pathlib import Path

from ocds_pipeline.gates.alone import stay_alone
from ocds_pipeline.gates.expectations import ask, load
from ocds_pipeline.gates.judge import judge
from ocds_schema import json


def main(given: str) -> None:
    """Judge what is asked for, once."""
    stay_alone()
    task, override, answer = pickle.loads(Path(given).read_bytes())  # noqa: S301 - written by our own parent
    Path(answer).write_bytes(json.encode(judge(task, partial(ask, load()), override)))


if __name__ == "__main__":
    main(sys.argv[1])
