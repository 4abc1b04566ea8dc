"""No contract is told in two processes.

Looks at all contracts with a value, a date of signature and suppliers: no two processes have a contract with the same
title, value, currency, date and suppliers. In the former Kyrgyz publication contracts of the years before 2019 came
from two tables, and were counted twice by those who read both. Contracts that were cancelled do not count.
"""

from collections.abc import Hashable, Iterable

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import members
from ocds_pipeline.quality.repeats import Repeats


def start(_: Context) -> Repeats:
    """Begin with no keys."""
    return Repeats(_read, "is a process with a contract that an earlier process has too")


def _read(index: Index) -> Iterable[Hashable]:
    awards = index.by_id("Award")
    # By the order of the contracts: what a check kept of a year is a file of the edition, the same every time.
    keys: dict[Hashable, None] = {}
    for contract, value in zip(index.objects["Contract"], index.worths("Contract"), strict=True):
        signed = contract.get("dateSigned")
        if value is not None and signed and contract.get("status") != "cancelled":
            winners = []
            for award in awards.get(str(contract.get("awardID")), ()):
                winners += [str(one.get("id")) for one in members(award, "suppliers")]
            if winners:
                # Within one process the same contract may well be concluded twice, for two lots.
                keys[str(contract.get("title")), value, str(signed), *sorted(winners)] = None
    return keys


CHECK = DatasetCheck(start=start, needs=("Contract/dateSigned", "Contract/value", "Award/suppliers"), caveat="amounts")
