"""A process that was published is still there.

Looks at every process of the previous edition: this one has it too. Data that vanish without a word take the trust in
the rest with them.
"""

from ocds_pipeline.quality.check import TimeCheck
from ocds_pipeline.quality.result import PASS, Failure, Result
from ocds_schema.json import Json


def judge(before: Json, after: Json | None) -> Result:
    """Judge whether a process is still there."""
    if after is not None:
        return PASS
    return Result("fail", failures=[Failure(("ocid",), "was published before and is gone", before.get("ocid"))])


CHECK = TimeCheck(judge=judge, caveat="history")
