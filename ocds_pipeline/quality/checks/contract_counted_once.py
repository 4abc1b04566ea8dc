"""No contract is told in two processes.

Looks at all contracts with a value, a date of signature and suppliers: no two processes have a contract with the same
title, value, currency, date and suppliers. In the former Kyrgyz publication contracts of the years before 2019 came
from two tables, and were counted twice by those who read both. Contracts that were cancelled do not count.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.counters import fingerprint
from ocds_pipeline.quality.index import Index, Money
from ocds_pipeline.quality.money import members
from ocds_pipeline.quality.repeats import Repeats


def start(_: Context) -> Repeats:
    """Begin with no keys."""
    return Repeats(_read, "is a process with a contract that an earlier process has too")


def _read(index: Index) -> Iterable[int]:
    awards = index.by_id("Award")
    # By the order of the contracts: what a check kept of a year is a file of the edition, the same every time.
    keys: dict[str, None] = {}
    for contract, value in zip(index.objects["Contract"], index.worths("Contract"), strict=True):
        signed = contract.get("dateSigned")
        if value is not None and signed and contract.get("status") != "cancelled":
            named = awards.get(str(contract.get("awardID")), ())
            winners = [str(one.get("id")) for award in named for one in members(award, "suppliers")]
            if winners:
                # Within one process the same contract may well be concluded twice, for two lots.
                keys[_key(str(contract.get("title")), value, str(signed), sorted(winners))] = None
    return map(fingerprint, keys)


def _key(title: str, value: Money, signed: str, winners: Sequence[str]) -> str:
    # Their lengths part the texts: any sign might stand within one.
    return "".join([f"{len(each)} {each}" for each in (title, _shortest(value[0]), value[1], signed, *winners)])


def _shortest(amount: Decimal | int) -> str:
    """Write an amount in the one way that equal ones share, with all its digits."""
    sign, digits, exponent = Decimal(amount).as_tuple()
    written = "".join(map(str, digits)).lstrip("0")
    shortest = written.rstrip("0")
    return f"{sign}{shortest}E{int(exponent) + len(written) - len(shortest)}" if shortest else "0"


CHECK = DatasetCheck(start=start, needs=("Contract/dateSigned", "Contract/value", "Award/suppliers"), caveat="amounts")
