"""A contract that is not in force has no payments.

Looks at contracts whose status is pending or cancelled: there are no transactions. Not applicable where no contract
has such a status.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.money import members
from ocds_pipeline.quality.result import Failure, Result, judged, not_applicable

_NONE = not_applicable("no contract is pending or cancelled")


def judge(index: Index, _: Context) -> Result:
    """Judge the statuses of contracts by their payments."""
    void = [one for one in index.objects["Contract"] if one.get("status") in ("pending", "cancelled")]
    if not void:
        return _NONE
    return judged(
        [
            Failure((contract, "status"), "is the status of a contract that was paid for", contract["status"])
            for contract in void
            if members(contract.get("implementation"), "transactions")
        ]
    )


CHECK = ReleaseCheck(judge=judge, needs=("Contract/status",), alike="codes, idle", caveat="statuses")
