"""All checks and the coverage of every field, against lib-cove-ocds: `python -m benchmarks.quality`.

What is judged are compiled releases whose parts agree, but for one in ten. lib-cove-ocds validates the same ones as a
release package; it checks other things, so the ratio only tells the order of size.
"""

import argparse
import gc
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.cove import COVE, write_package, write_standard
from benchmarks.measure import Cost, command, here, median_cpu, ratio, take_turns
from benchmarks.releases import releases
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.inspection import Inspection
from ocds_pipeline.quality.registry import registry
from ocds_pipeline.sources import person_numbers
from ocds_schema import json

PEER = "lib-cove-ocds"
OURS = "ours, parsed releases"
LINES = "ours, from lines to lines"
REDACT = person_numbers(["kazakhstan"]).redact
_BUYERS = 30_011
"""So many buyers there are, as in a large country."""
_BLOCK = 64
"""So many releases are made at a time."""
_PACKAGE = 1_000
"""Releases in the package that lib-cove-ocds is given: more would only cost it memory."""


def main() -> None:
    """Print what each costs for a compiled release, the ratio, and how memory grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--flat", type=int, default=0, help="only look at so many, and print memory on the way")
    arguments = parser.parse_args()
    if arguments.flat:
        _flat(arguments.flat)
        return
    bodies = [json.encode(release) for release in islice(compiled(arguments.processes), arguments.processes)]
    with tempfile.TemporaryDirectory() as folder:
        costs = take_turns(_runs(bodies, Path(folder)), arguments.rounds)
    size = sum(map(len, bodies)) / len(bodies)
    print(f"{len(bodies)} compiled releases of {size:,.0f} bytes, {len(registry())} checks, {arguments.rounds} rounds")
    for name, runs in costs.items():
        print(f"{name:28} {len(bodies) / median_cpu(runs):10,.0f} releases per CPU second")
    for ours in (OURS, LINES):
        print(f"{ours}: {ratio(costs, ours, PEER):.1f} x {PEER}")


def compiled(processes: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Give compiled releases whose parts agree; in one of ten the value of the tender does not."""
    last: dict[str, Any] = {}
    number = 0
    for release in releases(processes + 1, seed):
        if last and release["ocid"] != last["ocid"]:
            yield _agreeing(last, number)
            number += 1
        last = release


def _agreeing(release: dict[str, Any], number: int) -> dict[str, Any]:
    made: dict[str, Any] = json.decode(json.encode({**release, "tag": ["compiled"]}))
    tender = made["tender"]
    _name_buyer(made, f"100140{number % _BUYERS:06d}")
    for party in made["parties"]:
        party["address"]["region"] = party["address"]["locality"]
    for document in tender["documents"]:
        document["datePublished"] = "2026-01-05T09:00:00+05:00"
    made["date"] = f"2026-05-{number % 28 + 1:02d}T09:00:00+05:00"
    lots = {lot["id"]: lot["value"]["amount"] for lot in tender["lots"]}
    tender["value"]["amount"] = sum(lots.values()) * (2 if number % 10 == 0 else 1)
    offers = {lot: round(amount * Decimal("0.9"), 2) for lot, amount in lots.items()}
    for bid in made.get("bids", {}).get("details", ()):
        bid["value"]["amount"] = offers[bid["relatedLots"][0]]
    won = {award["id"]: offers[award["relatedLots"][0]] for award in made.get("awards", ())}
    for award in made.get("awards", ()):
        award["value"]["amount"] = won[award["id"]]
    for contract in made.get("contracts", ()):
        _agree_contract(contract, won[contract["awardID"]])
    return made


def _name_buyer(made: dict[str, Any], number: str) -> None:
    buyer, key = made["parties"][0], f"KZ-BIN-{number}"
    buyer["identifier"]["id"] = number
    buyer["id"] = made["buyer"]["id"] = made["tender"]["procuringEntity"]["id"] = key


def _agree_contract(contract: dict[str, Any], amount: Decimal) -> None:
    contract["value"]["amount"] = amount
    for document in contract["documents"]:
        document |= {"documentType": "contractSigned", "datePublished": "2026-02-25T09:00:00+05:00"}
    for payment in contract.get("implementation", {}).get("transactions", ()):
        payment["value"]["amount"] = round(amount / 4, 2)


def _context() -> Context:
    return Context(country="KZ", currency="KZT", as_of=datetime(2026, 11, 22, tzinfo=UTC), redact=REDACT)


def _runs(bodies: Sequence[bytes], folder: Path) -> dict[str, Any]:
    parsed = [json.decode(body) for body in bodies]
    some = parsed[:_PACKAGE]
    package, standard = folder / "package.json", folder / "standard.zip"
    write_package(package, some)
    write_standard(standard)

    def look() -> None:
        inspection = Inspection(_context())
        for _ in inspection.look_through(parsed):
            pass
        inspection.finish()

    def look_at_lines() -> None:
        inspection = Inspection(_context())
        for issues in inspection.look_through(map(json.decode, bodies)):
            for issue in issues:
                issue.line()
        inspection.finish()

    def cove() -> Cost:
        arguments = [str(COVE), "--standard-zip", str(standard), str(package)]
        cost = command(arguments, package, folder / "report.json")
        times = len(parsed) / len(some)
        return Cost(cpu=cost.cpu * times, wall=cost.wall * times, memory=cost.memory)

    return {PEER: cove, OURS: lambda: here(look), LINES: lambda: here(look_at_lines)}


def _flat(number: int) -> None:
    """Look at many releases, as they are made, and print the memory in use and the rate at each tenth."""
    inspection, made, spent = Inspection(_context()), compiled(number), 0.0
    gc.freeze()
    for tenth in range(1, 11):
        some = islice(made, number // 10)
        while block := list(islice(some, _BLOCK)):
            begun = time.process_time()
            for _ in inspection.look_through(block):
                pass
            spent += time.process_time() - begun
        done = tenth * number // 10
        print(f"{done:10,} releases: {_mebibytes():6.0f} MiB, {done / spent:,.0f} a second")
    quality, _ = inspection.finish()
    print(f"{quality.releases:10,} releases: {_mebibytes():6.0f} MiB in the end")


def _mebibytes() -> float:
    """Give the most memory that was in use so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
