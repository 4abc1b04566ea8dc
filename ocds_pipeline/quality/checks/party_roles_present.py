"""Every party has a role.

A party without a role takes part in nothing. Programs that prepare data for indicators fill roles from the
references; here it is told where they are missing.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.presence import present
from ocds_pipeline.quality.result import Result


def judge(index: Index, _: Context) -> Result:
    """Judge whether every party has roles."""
    return present(index.objects["Organization"], "roles", "is missing: in what the party takes part is not told")


CHECK = ReleaseCheck(judge=judge, alike="shapes", caveat="parties")
