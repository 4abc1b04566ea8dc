"""How long the data of an edition is kept, and what is left of one whose data was collected.

Manifest, checksums, changelog and the delta from the edition before are kept for ever, so that copies can be brought up
to date from any edition, and every figure can be traced. Data goes by the rule below. The days are counted back from
the newest edition, not from today: a publisher that falls silent, or a clock that is wrong, costs no data.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.layout import source_key
from publish.manifest import check_note
from publish.stamp import stamped
from publish.storage import Storage

NAME = "retention.json"
_PASSING_ROLES = frozenset({"data", "lookup", "state", "figures"})
_PASSING_NAMES = frozenset({"issues.jsonl.gz", "delta-d7.jsonl.gz", "delta-d30.jsonl.gz"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """For how many days the data of every edition, of the last of each week, and of retracted ones is kept.

    That of the last edition of each month is kept for ever.
    """

    every: int = 35
    weekly: int = 366
    retracted: int = 90

    def facts(self) -> Json:
        """Give the rule as it is published."""
        return {
            "everyEditionDays": self.every,
            "lastOfEachWeekDays": self.weekly,
            "lastOfEachMonth": "for ever",
            "retractedDays": self.retracted,
            "keptForEver": "manifest, checksums, signatures, changelog, delta from the edition before, gates, quality, "
            "coverage, mapping, policy",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What `retention.json` says: which editions people want kept, each with who and why, and which were collected.

    `collected` gives the moment by edition.
    """

    held: Mapping[str, Json]
    collected: Mapping[str, str]


def passes(entry: Json) -> bool:
    """Whether a file of a manifest's entry goes with the edition's data."""
    return entry["role"] in _PASSING_ROLES or entry["path"].rpartition("/")[2] in _PASSING_NAMES


def kept(editions: Sequence[str], retracted: Mapping[str, str], held: Collection[str], rule: Rule) -> dict[str, str]:
    """Give the editions whose data is kept, each with the reason.

    `editions` come the newest first. `retracted` says when editions were taken back.
    """
    if not editions:
        return {}
    newest = _moment(editions[0])
    sound = [each for each in editions if each not in retracted]
    found = {each: f"the last edition of {month}" for month, each in _last(sound, "%Y-%m").items()}
    for week, each in _last(sound, "%G-W%V").items():
        if newest - _moment(each) <= timedelta(days=rule.weekly):
            found.setdefault(each, f"the last edition of {week}")
    for each in sound:
        if newest - _moment(each) <= timedelta(days=rule.every):
            found.setdefault(each, f"not older than {rule.every} days")
    for each, moment in retracted.items():
        if newest - datetime.fromisoformat(moment) <= timedelta(days=rule.retracted):
            found[each] = f"retracted not longer than {rule.retracted} days ago"
    found |= dict.fromkeys(held, "somebody wants it kept")
    return found | {editions[0]: "the newest edition"}


def read_ledger(storage: Storage, source: str) -> Ledger:
    """Read `retention.json`; where there is none, nothing was kept or collected yet.

    Raises:
        PublishError: it cannot be read, or is another source's.
    """
    key = source_key(source, NAME)
    if storage.stat(key) is None:
        return Ledger(held={}, collected={})
    try:
        body = json.decode(storage.read(key))
        check_note(source, key, body)
        return Ledger(
            held={each["editionId"]: each for each in body["kept"]},
            collected={each["editionId"]: each["collected"] for each in body["collected"]},
        )
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"{key} cannot be read ({error!r}): put it back from a copy, or remove it and run `ocds-pipeline repair`"
        ) from error


def ledger_text(source: str, rule: Rule, ledger: Ledger) -> bytes:
    """Write `retention.json`."""
    collected = [{"editionId": edition, "collected": moment} for edition, moment in sorted(ledger.collected.items())]
    held = [each for _, each in sorted(ledger.held.items())]
    return stamped({"dataset": source, "rule": rule.facts(), "kept": held, "collected": collected})


def _last(editions: Sequence[str], form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in editions:
        # The newest come first.
        found.setdefault(_moment(each).strftime(form), each)
    return found


def _moment(edition: str) -> datetime:
    """Give the moment in an edition's id; what an edition speaks for may be older, where it goes back to another."""
    return datetime.strptime(edition[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
