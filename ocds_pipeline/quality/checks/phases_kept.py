"""What a process has reached is not taken back.

Looks at a process in the previous edition and in this one: there are not fewer plans, tenders, lots, bids, awards and
contracts than before. Not applicable where the process is gone.
"""

from ocds_pipeline.quality.check import TimeCheck
from ocds_pipeline.quality.money import members
from ocds_pipeline.quality.result import PASS, Failure, Result, not_applicable
from ocds_schema.json import Json

_GONE = not_applicable("the process is gone")


def judge(before: Json, after: Json | None) -> Result:
    """Judge the sections of a process by those it had."""
    if after is None:
        return _GONE
    if before == after:
        return PASS
    now = _counts(after)
    failures = [
        Failure((section,), f"is fewer than the {count} of the previous edition", now[section])
        for section, count in _counts(before).items()
        if now[section] < count
    ]
    return Result("fail", failures=failures) if failures else PASS


def _counts(release: Json) -> dict[str, int]:
    return {
        "planning": int(bool(release.get("planning"))),
        "tender": int(bool(release.get("tender"))),
        "lots": len(members(release.get("tender"), "lots")),
        "bids": len(members(release.get("bids"), "details")),
        "awards": len(members(release, "awards")),
        "contracts": len(members(release, "contracts")),
    }


CHECK = TimeCheck(judge=judge, caveat="history")
