"""Releases: a state with its identity, its date and the tags of what is new in it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ocds_schema import json
from ocds_schema.deletions import is_bare
from ocds_schema.ids import release_id
from ocds_schema.json import Json
from ocds_schema.personal import PersonNumbers
from ocds_schema.release import Release
from transformers.difference import same_value, with_deletions

_ONE_SECOND = timedelta(seconds=1)
_MOST_HOURS = 4
_AT_PLANNING = frozenset({"planning", "planned"})
_TENDER_OVER = frozenset({"cancelled", "unsuccessful", "withdrawn"})
_CONTRACT_OVER = frozenset({"cancelled", "terminated"})
_SECTIONS = ("planning", "tender", "award", "contract", "implementation")
_LISTED = frozenset({"award", "contract"})
_TAG_ORDER = (
    "planning",
    "planningUpdate",
    "tender",
    "tenderAmendment",
    "tenderUpdate",
    "tenderCancellation",
    "award",
    "awardUpdate",
    "awardCancellation",
    "contract",
    "contractUpdate",
    "contractAmendment",
    "implementation",
    "implementationUpdate",
    "contractTermination",
)


def build_release(
    ocid: str,
    state: Json,
    before: Json | None,
    date: datetime,
    *,
    extensions: tuple[str, ...],
    persons: PersonNumbers,
) -> tuple[Release, Json]:
    """Give the release that says a state, and its JSON.

    `before` is the compiled release so far: what it holds and the state does not is deleted by null.
    """
    tags = first_tags(state) if before is None else later_tags(state, before)
    content = dict(state) if before is None else with_deletions(state, before, extensions)
    content |= {"ocid": ocid, "tag": tags, "initiationType": "tender"}
    identity = release_id(ocid, date, json.digest(json.encode(content)), persons)
    content |= {"id": identity, "date": date.isoformat(timespec="seconds")}
    return Release(ocid=ocid, id=identity, date=date, tag=tuple(tags), body=json.encode(content)), content


def release_date(changed: datetime | None, previous: datetime | None, as_of: datetime, zone: ZoneInfo) -> datetime:
    """Give a release's date: when the portal changed the data, and always later than the previous release.

    Later also as text, because releases are merged in the order of their dates as texts, and a zone may be set back.
    """
    candidates = [one.astimezone(zone).replace(microsecond=0) for one in (changed, as_of) if one is not None]
    if previous is None:
        return candidates[0]
    bumped = previous.astimezone(UTC) + _ONE_SECOND
    for _ in range(_MOST_HOURS):
        candidates.append(bumped.astimezone(zone))
        bumped += timedelta(hours=1)
    return next(one for one in candidates if _is_later(one, previous.astimezone(zone)))


def _is_later(one: datetime, other: datetime) -> bool:
    # Two moments of one zone would be compared by the wall clock, which is set back at times.
    return one.astimezone(UTC) > other.astimezone(UTC) and one.isoformat() > other.isoformat()


def first_tags(state: Json) -> list[str]:
    """Give the tags of a process's first release: the sections that are present."""
    present = {name for name in _SECTIONS if state.get(f"{name}s" if name in _LISTED else name)}
    if any(contract.get("implementation") for contract in state.get("contracts", [])):
        present.add("implementation")
    if "planning" in present and state.get("tender", {}).get("status") in _AT_PLANNING:
        present.discard("tender")
    return [name for name in _SECTIONS if name in present] or ["tender"]


def later_tags(state: Json, before: Json) -> list[str]:
    """Give the tags of a later release: what is new, has changed or has ended since the compiled release."""
    tags = {tag for judge in _JUDGES for tag in judge(state, before)}
    if not tags:
        furthest = [name for name in _SECTIONS if _section(state, name)]
        tags = {f"{furthest[-1] if furthest else 'tender'}Update"}
    return [tag for tag in _TAG_ORDER if tag in tags]


def _section(state: Json, name: str) -> Json:
    """Give what stands in a section; nothing, where there are only bare rests."""
    if name == "implementation":
        return [
            {"id": one["id"], **one["implementation"]}
            for one in _members(state, "contracts")
            if not is_bare(one.get("implementation", {}))
        ]
    if name in _LISTED:
        return _members(state, f"{name}s")
    found = state.get(name)
    return {} if is_bare(found) else found


def _members(state: Json, name: str) -> list[Json]:
    return [member for member in state.get(name, []) if not is_bare(member)]


def _judge_planning(state: Json, before: Json) -> list[str]:
    new, old = _section(state, "planning"), _section(before, "planning")
    if not old:
        return ["planning"] if new else []
    return [] if same_value(old, new) else ["planningUpdate"]


def _judge_tender(state: Json, before: Json) -> list[str]:
    new, old = _section(state, "tender"), _section(before, "tender")
    bids_alike = same_value(before.get("bids", {}), state.get("bids", {}))
    if same_value(old, new) and bids_alike:
        return []
    if new and (not old or _begins(new, old)):
        return ["tender"]
    if new.get("status") in _TENDER_OVER and old.get("status") != new.get("status"):
        return ["tenderCancellation"]
    return ["tenderAmendment" if _grew(new, old) else "tenderUpdate"]


def _begins(new: Json, old: Json) -> bool:
    return old.get("status") in _AT_PLANNING and new.get("status") not in _AT_PLANNING | _TENDER_OVER


def _grew(new: Json, old: Json) -> bool:
    return len(new.get("amendments", [])) > len(old.get("amendments", []))


def _judge_awards(state: Json, before: Json) -> list[str]:
    return _judge_members(
        "award", state, before, lambda new, old: _ended(new, old, frozenset({"cancelled"}), "awardCancellation")
    )


def _judge_contracts(state: Json, before: Json) -> list[str]:
    def told(new: Json, old: Json) -> str | None:
        ended = _ended(new, old, _CONTRACT_OVER, "contractTermination")
        return ended or ("contractAmendment" if _grew(new, old) else None)

    def without(one: Json) -> Json:
        return {name: member for name, member in one.items() if name != "implementation"}

    def pared(whole: Json) -> Json:
        return {"contracts": [without(one) for one in whole.get("contracts", [])]}

    return _judge_members("contract", pared(state), pared(before), told)


def _ended(new: Json, old: Json, over: frozenset[str], tag: str) -> str | None:
    return tag if new.get("status") in over and new.get("status") != old.get("status") else None


def _judge_members(name: str, state: Json, before: Json, special: Callable[[Json, Json], str | None]) -> list[str]:
    new = {member["id"]: member for member in _section(state, name)}
    old = {member["id"]: member for member in _section(before, name)}
    tags = {name} if new.keys() - old.keys() else set()
    if old.keys() - new.keys():
        tags.add(f"{name}Update")
    for key in new.keys() & old.keys():
        if not same_value(old[key], new[key]):
            tags.add(special(new[key], old[key]) or f"{name}Update")
    return list(tags)


def _judge_implementation(state: Json, before: Json) -> list[str]:
    new = {one["id"]: one for one in _section(state, "implementation")}
    old = {one["id"]: one for one in _section(before, "implementation")}
    if not old:
        return ["implementation"] if new else []
    return [] if same_value(old, new) else ["implementationUpdate"]


_JUDGES = (_judge_planning, _judge_tender, _judge_awards, _judge_contracts, _judge_implementation)
