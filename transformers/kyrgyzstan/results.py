"""What the ministry's releases say of bids, awards and contracts."""

from collections.abc import Mapping, Sequence
from typing import Any

from ocds_schema.json import Json
from ocds_schema.model import Award, Bid, Contract, Milestone, Money, Organization, Text
from transformers import values
from transformers.kyrgyzstan import money, tables
from transformers.kyrgyzstan.common import numbered
from transformers.kyrgyzstan.nested import known_id, part, parts, tell, texts
from transformers.kyrgyzstan.times import instant
from transformers.mapping import RecordMapping
from transformers.rules import Fields, Reading, code, derived, pick, text, words

Parties = Mapping[str, Organization]
"""The parties of a release by the ids that it calls them by."""


def _lots(source: Fields, _reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts(source.get("relatedLots"))))


def _signed_value(source: Fields, reading: Reading) -> Money | None:
    """Give the amount after the auction, or else the sum of the bid."""
    told = part(source, "value")
    final = told.get("amountDiscounted")
    return money.of_object({**told, "amount": told.get("amount") if final is None else final}, reading)


BID = RecordMapping(
    Bid,
    path="bids/details",
    date=instant("date"),
    status=code("status", tables.BID_STATUS),
    status_details=words("statusDetails"),
    value=money.value("value"),
    lots=derived("relatedLots", using=_lots, words="the lot"),
)
AWARD = RecordMapping(
    Award,
    path="awards",
    status=code("status", tables.AWARD_STATUS),
    status_details=words("statusDetails"),
    date=instant("date"),
    value=money.value("value"),
    lots=derived("relatedLots", using=_lots, words="the lots"),
    bid=derived("relatedBid", using=lambda source, _: known_id(source.get("relatedBid")), words="the bid for that lot"),
)
CONTRACT = RecordMapping(
    Contract,
    path="contracts",
    title=numbered("contractNumber", "Договор №"),
    signed=instant("dateSigned"),
    value=derived(
        "value", using=_signed_value, words="amountDiscounted, what is left after the auction, or else amount"
    ),
)


def _either(*names: str) -> Any:
    """A time that stands in one place or in another."""
    rules = [instant(name) for name in names]

    def read(source: Fields, reading: Reading) -> Any:
        return next((rule.read(source, reading) for rule in rules if pick(source, rule.names[0])), None)

    return derived(*names, using=read, words="the time")


def _terms(*names: str) -> Any:
    def read(source: Fields, _reading: Reading) -> Text | None:
        told = "; ".join(filter(None, (values.clean_text(source.get(name)) for name in names)))
        return Text(main=told) if told else None

    return derived(*names, using=read, words="the texts")


DELIVERY = RecordMapping(
    Milestone,
    path="contracts/milestones",
    due=_either("deliveryEndDate", "deliveryPeriod/endDate"),
    description=_terms("deliveryConditions", "deliveryAddress"),
)
PAYMENT = RecordMapping(
    Milestone,
    path="contracts/milestones",
    due=_either("paymentDueDate"),
    code=words("paymentType"),
    description=text("paymentCondition"),
)


def refer(raw: Any, parties: Parties, reading: Reading, path: str) -> Organization | None:
    """Give the party that a reference means; one that is not among the parties is reported."""
    key = known_id(part({"who": raw}, "who").get("id"))
    if key is None:
        return None
    if key not in parties:
        reading.report(path, "reference", "not among the parties", severity="lost", names=("id",))
    return parties.get(key)


def _all(raw: Any, parties: Parties, reading: Reading, path: str) -> tuple[Organization, ...]:
    found = (refer(one, parties, reading, path) for one in parts({"who": raw}, "who"))
    return tuple({one.id: one for one in found if one is not None}.values())


def bids(release: Json, parties: Parties, reading: Reading) -> tuple[Bid, ...]:
    """Give the bids, one for each lot."""
    found = []
    for one in parts(release, "bids", "details"):
        key = known_id(one.get("id"))
        if key is not None:
            who = _all(one.get("tenderers"), parties, reading, "bids/details/tenderers")
            found.append(tell(BID, one, reading, id=key, tenderers=who))
    return tuple(found)


def awards(release: Json, parties: Parties, reading: Reading) -> tuple[Award, ...]:
    """Give the awards; two of one lot that both stand are reported."""
    found = []
    for one in parts(release, "awards"):
        key = known_id(one.get("id"))
        if key is not None:
            who = _all(one.get("suppliers"), parties, reading, "awards/suppliers")
            found.append(tell(AWARD, one, reading, id=key, suppliers=who))
    _several(found, reading)
    return tuple(found)


def _several(found: Sequence[Award], reading: Reading) -> None:
    active = [(lot, one.bid) for one in found if one.status == "active" for lot in one.lots]
    for lot in sorted({lot for lot, _ in active}):
        if len({bid for other, bid in active if other == lot}) > 1:
            reading.report("awards/status", "several_awards", "two awards of one lot are active", value=lot)


def contracts(release: Json, reading: Reading) -> tuple[Contract, ...]:
    """Give the contracts; further awards of one are reported: OCDS has a place for one only."""
    found = []
    for one in parts(release, "contracts"):
        key, award = known_id(one.get("id")), known_id(one.get("awardID"))
        if key is None or award is None:
            reading.report("contracts/id", "missing_id", "a contract without an id is left out", severity="lost")
            continue
        given = {"id": key, "award": award, "milestones": tuple(_schedule(one, reading))}
        found.append(tell(CONTRACT, one, reading, **given))
        others = [other for other in texts(one.get("awardIDs")) if other != award]
        if others:
            reason = f"the contract is of further awards: {len(others)}"
            reading.report("contracts/awardID", "several_awards", reason, severity="lost", names=("awardIDs",))
    return tuple(found)


def _schedule(contract: Json, reading: Reading) -> list[Milestone]:
    told = []
    for name, kind, mapping in (("deliveriesSchedule", "delivery", DELIVERY), ("paymentsSchedule", "payment", PAYMENT)):
        for place, one in enumerate(parts(contract, name), 1):
            told.append(mapping.apply(one, reading, id=f"{kind}-{place}", type=kind))
    return [one for one in told if one is not None]
