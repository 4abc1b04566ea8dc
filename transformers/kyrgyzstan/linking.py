"""Purchases that are told more than once: announced again, shown by both portals, or published by the ministry too.

They are linked by `relatedProcesses` and never merged. Notices that may be of one purchase come into one another's
bundles, because they have the same buyer and title, however these are written, without the mark of a repeat. Of those:

- announced again: the later title has the mark, it came at most 180 days after the earlier, and the amounts are not
  different ones; the nearest earlier one is its `unsuccessfulProcess` where it is known to have failed, else `prior`;
- shown by both portals: one is on each, they were published within seven days of one another, their deadlines are on
  one day, and the amounts are not different ones; each is the other's `samePurchase`.

The ministry's release of an order, or of a contract without announcement, is the `samePurchase` of the order or
contract with the same number, and the other way round.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ocds_schema.model import RelatedProcess
from transformers import values
from transformers.kyrgyzstan import money
from transformers.kyrgyzstan.nested import words_of
from transformers.kyrgyzstan.times import moment
from transformers.kyrgyzstan.words import is_marked, normal, without_mark
from transformers.process import Entity
from transformers.rules import Reading

_FARTHEST = timedelta(days=180)
_BESIDE = timedelta(days=7)
_FAILED = frozenset({"CANCELLED", "CANCELED"})
_SAFE = re.compile(r"[\w.-]{1,60}\Z")
_BEFORE = {"tender": "", "order": "", "single": "single-source-", "centralized": "centralized-"}
_NOTICES = frozenset({"notice", "order_row"})
_OURS = frozenset({"order", "single_source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    """A notice as it compares with others."""

    kind: str
    process: str
    buyer: str
    title: str
    is_marked: bool
    amount: Decimal | None
    published: datetime | None
    deadline: datetime | None
    has_failed: bool


def process_id(process: str) -> str | None:
    """Give the last part of the ocid of a process; nothing, where nothing says what it is."""
    kind, _, key = process.partition(":")
    before = _BEFORE.get(kind)
    if before is None or not key:
        return None
    return before + (key if _SAFE.match(key) else sha256(key.encode()).hexdigest()[:20])


def related(process: str, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> tuple[RelatedProcess, ...]:
    """Give the other processes that are the same purchase, or an earlier attempt at it."""
    own = [entity for entity in entities if entity.links.process == process]
    others = [entity for entity in entities if entity.links.process not in (None, process)]
    found = [*_published_elsewhere(others, ocid_base)]
    for notice in _notices(own, reading):
        found += _linked(notice, _notices(others, reading), ocid_base)
    return tuple({one.id: one for one in found}.values())


def _published_elsewhere(others: Iterable[Entity], ocid_base: str) -> list[RelatedProcess]:
    """Give the ministry's release of an order, and the order of a release."""
    found = []
    for entity in others:
        ours = process_id(entity.links.process or "") if entity.kind in _OURS else None
        theirs = entity.fields.get("ocid") if entity.kind == "release" else None
        if ours:
            found.append(_relation("same", "samePurchase", f"{ocid_base}{ours}"))
        elif isinstance(theirs, str):
            found.append(_relation("same", "samePurchase", theirs))
    return found


def _linked(notice: _Notice, others: Sequence[_Notice], ocid_base: str) -> list[RelatedProcess]:
    alike = [one for one in others if _alike(notice, one)]
    found = [
        _relation("same", "samePurchase", f"{ocid_base}{process_id(one.process)}")
        for one in alike
        if _is_shown_by_both(notice, one)
    ]
    earlier = [one for one in alike if _is_repeated(one, notice)]
    if earlier:
        nearest = max(earlier, key=lambda one: (one.published, one.process))
        relationship = "unsuccessfulProcess" if nearest.has_failed else "prior"
        found.append(_relation("earlier", relationship, f"{ocid_base}{process_id(nearest.process)}"))
    return found


def _alike(one: _Notice, other: _Notice) -> bool:
    same = one.buyer == other.buyer and one.title == other.title
    return same and (one.amount is None or other.amount is None or one.amount == other.amount)


def _is_shown_by_both(one: _Notice, other: _Notice) -> bool:
    if one.kind == other.kind or one.is_marked != other.is_marked or None in (one.deadline, other.deadline):
        return False
    is_near = one.published and other.published and abs(one.published - other.published) <= _BESIDE
    return bool(is_near) and _day(one.deadline) == _day(other.deadline)


def _is_repeated(earlier: _Notice, later: _Notice) -> bool:
    if not later.is_marked or earlier.published is None or later.published is None:
        return False
    if _is_shown_by_both(earlier, later):
        return False
    return timedelta(0) < later.published - earlier.published <= _FARTHEST


def _day(time: datetime | None) -> object:
    return time.date() if time else None


def _notices(entities: Iterable[Entity], reading: Reading) -> list[_Notice]:
    return [_notice(entity, reading) for entity in entities if entity.kind in _NOTICES]


def _notice(entity: Entity, reading: Reading) -> _Notice:
    source = entity.fields
    is_new = entity.kind == "notice"
    buyer, title = (source.get(name) for name in (("companyName", "name") if is_new else ("organization", "title")))
    amount = source.get("amount" if is_new else "planned_amount")
    published, deadline = (
        _moment(source.get(name), reading)
        for name in (("datePublished", "dateContest") if is_new else ("published", "deadline"))
    )
    return _Notice(
        kind=entity.kind,
        process=entity.links.process or "",
        buyer=normal(buyer) if isinstance(buyer, str) else "",
        title=normal(without_mark(title)) if isinstance(title, str) else "",
        is_marked=isinstance(title, str) and is_marked(title),
        amount=_amount(amount, reading),
        published=published,
        deadline=deadline,
        has_failed=is_new and words_of(source.get("status")) in _FAILED,
    )


def _moment(raw: Any, reading: Reading) -> datetime | None:
    return reading.quietly(lambda: moment(raw, reading))


def _amount(raw: Any, reading: Reading) -> Decimal | None:
    if isinstance(raw, str):
        found = reading.quietly(lambda: money.of_text(raw, reading))
        return found.amount if found else None
    return reading.quietly(lambda: values.amount(raw)) or None


def _relation(kind: str, relationship: str, ocid: str) -> RelatedProcess:
    return RelatedProcess(id=f"{kind}-{ocid}", relationship=(relationship,), scheme="ocid", identifier=ocid)
