"""No contract is told in two processes.

Looks at all contracts with a value, a date of signature and suppliers: no two processes have a contract with the same
title, value, currency, date and suppliers. In the former Kyrgyz publication contracts of the years before 2019 came
from two tables, and were counted twice by those who read both. Contracts that were cancelled do not count.
"""

from collections.abc import Iterable
from typing import Any

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import members
from ocds_pipeline.quality.repeats import Repeats


def start(_: Context) -> Repeats:
    """Begin with no keys."""
    return Repeats(_read, "is a process with a contract that an earlier process has too")


def _read(index: Index) -> Iterable[str]:
    # Within one process the same contract may well be concluded twice, for two lots.
    return {key for contract, _ in index.objects["Contract"] if (key := _key(contract, index))}


def _key(contract: dict[str, Any], index: Index) -> str:
    value, signed = contract.get("value"), contract.get("dateSigned")
    if not signed or type(value) is not dict or not value.get("amount") or contract.get("status") == "cancelled":
        return ""
    awards = index.by_id("Award").get(str(contract.get("awardID")), ())
    winners = sorted(str(one.get("id")) for award, _ in awards for one in members(award, "suppliers"))
    amount = f"{value['amount']} {value.get('currency')}"
    return "\n".join((str(contract.get("title")), amount, str(signed), *winners)) if winners else ""


CHECK = DatasetCheck(start=start, needs=("Contract/dateSigned", "Contract/value", "Award/suppliers"), caveat="amounts")
