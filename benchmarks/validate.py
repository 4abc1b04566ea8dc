"""Validating parsed releases, against jsonschema and bare jsonschema-rs: `python -m benchmarks.validate`."""

import argparse
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import jsonschema
import jsonschema_rs

from benchmarks.measure import Cost, here, median_cpu, ratio, take_turns
from benchmarks.releases import EXTENSIONS, releases
from ocds_schema.schema import release_schema
from ocds_schema.validation import ReleaseValidator

SLOW = "jsonschema iter_errors"
BARE = "jsonschema-rs is_valid"
_SHARE = 50
"""jsonschema is given one release in so many: it would take minutes for all."""


def main() -> None:
    """Print what validating costs with each tool, and the ratios within the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    made = list(islice(releases(arguments.releases), arguments.releases))
    costs = take_turns(_runs(made), arguments.rounds)
    print(f"{len(made)} parsed releases, {arguments.rounds} rounds in turns; {SLOW}: one in {_SHARE}")
    for name, runs in costs.items():
        print(f"{name:28} {len(made) / median_cpu(runs):10,.0f} releases per CPU second")
    for ours in ("ours is_valid", "ours problems"):
        print(f"{ours}: {ratio(costs, ours, SLOW):.0f} x {SLOW}, {ratio(costs, ours, BARE):.2f} x {BARE}")


def _runs(made: Sequence[Any]) -> dict[str, Callable[[], Cost]]:
    schema = release_schema(EXTENSIONS)
    slow = jsonschema.Draft4Validator(schema)
    bare = jsonschema_rs.Draft4Validator(schema, validate_formats=True)
    core = jsonschema_rs.Draft4Validator(release_schema(), validate_formats=True)
    ours = ReleaseValidator(EXTENSIONS)
    few = made[::_SHARE]

    def run(judge: Callable[[Any], object], some: Sequence[Any] = made) -> Callable[[], Cost]:
        return lambda: here(lambda: [judge(release) for release in some])

    def in_full(release: Any) -> object:
        return list(slow.iter_errors(release))

    def scaled() -> Cost:
        cost = run(in_full, few)()
        times = len(made) / len(few)
        return Cost(cpu=cost.cpu * times, wall=cost.wall * times, memory=0)

    return {
        SLOW: scaled,
        BARE: run(bare.is_valid),
        "  the same, no extensions": run(core.is_valid),
        "ours is_valid": run(ours.is_valid),
        "ours problems": run(ours.problems),
    }


if __name__ == "__main__":
    main()
