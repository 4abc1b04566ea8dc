"""What the legacy portal shows of its outcomes: opening protocols, winners, and contracts without announcement."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ocds_schema.errors import MappingError
from ocds_schema.model import (
    Award,
    Bid,
    Contract,
    Item,
    Milestone,
    Money,
    Organization,
    Text,
)
from transformers import values
from transformers.kyrgyzstan import money, pages, parties
from transformers.kyrgyzstan.nested import known_id, parts, said, tell
from transformers.kyrgyzstan.times import instant
from transformers.kyrgyzstan.words import normal
from transformers.mapping import RecordMapping
from transformers.process import Entity
from transformers.rules import Fields, Reading, derived

OFFER = RecordMapping(Bid, path="bids/details", value=money.written("price"))
CONTRACT = RecordMapping(
    Contract,
    path="contracts",
    title=derived(
        "contract_number",
        using=lambda source, _: _title(source.get("contract_number")),
        words="Договор № and the number",
    ),
    signed=instant("signed"),
)
PRICE = money.written("amount")
PRICE.bind("contracts/value")


def _title(raw: Any) -> Text | None:
    found = values.clean_text(raw)
    return Text(main=f"Договор № {found}") if found else None


def _schedule_words(source: Fields, _reading: Reading) -> Text | None:
    names = ("payment_type", "payment_condition", "delivery_condition", "delivery_address")
    told = "; ".join(filter(None, (values.clean_text(source.get(name)) for name in names)))
    return Text(main=told) if told else None


STEP = RecordMapping(
    Milestone,
    path="contracts/milestones",
    due=instant("end"),
    description=derived(
        "payment_type",
        "payment_condition",
        "delivery_condition",
        "delivery_address",
        using=_schedule_words,
        words="terms and place",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Who has bid, and who has won."""

    bids: tuple[Bid, ...] = ()
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()


def bidder(source: Fields, name: str, reading: Reading, path: str) -> Organization | None:
    """Give a bidder by the number that the page shows, or else by name."""
    told = said(source, name, reading, path)
    number = source.get("inn") or source.get("supplier_inn")
    if number and told:
        return parties.registered(parties.SCHEME, number, Text(main=told), reading, path=path)
    return parties.supplier_named(told, reading)


def bids(protocol: Entity | None, reading: Reading) -> tuple[Bid, ...]:
    """Give one bid for each bidder and lot; a price that is hidden is none."""
    if protocol is None:
        return ()
    reading.document = protocol.name
    found: dict[str, Bid] = {}
    for one in parts(protocol.fields, "participants"):
        who = bidder(one, "name", reading, "bids/details/tenderers")
        if who is None:
            reading.report("bids/details", "nameless", "a bidder without a name is left out", severity="lost")
            continue
        for offer in parts(one, "lots") or [{}]:
            lot = known_id(offer.get("lot_number"))
            key = f"{who.id}-{lot}" if lot else who.id
            given = {"id": key, "tenderers": (who,), "lots": (lot,) if lot else ()}
            found.setdefault(key, tell(OFFER, _priced(offer, one), reading, **given))
    return tuple(found.values())


def _priced(offer: Fields, participant: Fields) -> Fields:
    """Give an offer whose price names its currency, where the page has it beside the price."""
    price, currency = offer.get("price"), offer.get("currency") or participant.get("currency")
    if isinstance(price, str) and isinstance(currency, str) and not money.is_masked(price.strip()):
        return {"price": f"{price} {currency}"}
    return {"price": price}


def winners(rows: Sequence[Entity], lots: Sequence[str], told: Sequence[Bid], reading: Reading) -> Outcome:
    """Give an award and, where it has a number, a contract for each row of the winners' list."""
    awards, contracts = [], []
    for entity in rows:
        reading.document = entity.name
        who = _winner(entity.fields, told, reading)
        told_lots = tuple(dict.fromkeys(_texts(entity.fields, "lot_numbers")))
        won = tuple(one for one in told_lots if not lots or one in lots)
        if won != told_lots:
            reason = "the order has no such lot"
            reading.report("awards/relatedLots", "reference", reason, severity="lost", names=("lot_numbers",))
        number = known_id(entity.fields.get("contract_number"))
        key = sha256("/".join((number or "", *_texts(entity.fields, "lot_numbers"))).encode()).hexdigest()[:12]
        value = _sum(entity.fields, reading)
        mine = [bid.id for bid in told if who and who in bid.tenderers and set(bid.lots) & set(won)]
        awards.append(
            Award(
                id=f"award-{key}",
                status="active",
                suppliers=(who,) if who else (),
                lots=won,
                value=value,
                bid=mine[0] if len(mine) == 1 else None,
            )
        )
        if number or entity.fields.get("signed"):
            given = {"id": f"contract-{key}", "award": f"award-{key}", "value": value}
            contracts.append(tell(CONTRACT, entity.fields, reading, **given))
    return Outcome(awards=_once(awards), contracts=_once(contracts))


def _once(found: Sequence[Any]) -> tuple[Any, ...]:
    return tuple({one.id: one for one in found}.values())


def _winner(source: Fields, told: Sequence[Bid], reading: Reading) -> Organization | None:
    """Give the winner: the bidder of that name where there is just one, or else whoever is known by the name."""
    name = said(source, "winner", reading, "awards/suppliers/name")
    if name is None:
        return None
    same = {
        who.id: who for bid in told for who in bid.tenderers if who.name and normal(who.name.main or "") == normal(name)
    }
    return next(iter(same.values())) if len(same) == 1 else parties.supplier_named(name, reading)


def _texts(source: Fields, name: str) -> list[str]:
    raw = source.get(name)
    return [one.strip() for one in raw if isinstance(one, str) and one.strip()] if isinstance(raw, list) else []


def _sum(source: Fields, reading: Reading) -> Money | None:
    """Give the sum of what a contract is worth lot by lot, where each lot has a price in one currency."""
    found: list[Money] = []
    for one in _texts(source, "contract_prices"):
        try:
            price = money.of_text(one, reading)
        except MappingError as error:
            reading.report("awards/value", "number", str(error), severity="lost", names=("contract_prices",), value=one)
            return None
        if price is None or price.amount is None:
            return None
        found.append(price)
    if not found or len({price.currency for price in found}) > 1:
        return None
    lots = _texts(source, "lot_numbers")
    if len(found) not in (1, len(lots)):
        reading.report("awards/value", "disagreement", "not one price for each lot", severity="lost")
        return None
    total = sum((price.amount for price in found if price.amount), Decimal(0))
    return Money(amount=total, currency=found[0].currency)


def contract(key: str, row: Entity | None, page: Entity | None, reading: Reading) -> Outcome:
    """Give a contract without announcement, with the award that it implies."""
    held = [entity for entity in (page, row) if entity is not None]
    who = None
    for entity in held:
        reading.document = entity.name
        who = who or bidder(entity.fields, "supplier", reading, "awards/suppliers")
    reading.document = held[0].name
    source = held[0].fields
    value = next((found for one in held if (found := reading.attempt(PRICE, one.fields))), None)
    given: dict[str, Any] = {
        "id": key,
        "award": f"award-{key}",
        "value": value,
        "items": items(source, reading),
        "milestones": tuple(_steps(source, reading)),
    }
    signed = tell(CONTRACT, source, reading, **given)
    award = Award(id=f"award-{key}", suppliers=(who,) if who else (), value=value)
    return Outcome(awards=(award,), contracts=(signed,))


def items(source: Fields, reading: Reading) -> tuple[Item, ...]:
    """Give what a contract is about."""
    return tuple(
        tell(pages.CONTRACT_ITEM, one, reading, id=str(place)) for place, one in enumerate(parts(source, "items"), 1)
    )


def _steps(source: Fields, reading: Reading) -> list[Milestone]:
    found = []
    for name, kind in (("schedule", "delivery"), ("payments", "payment")):
        for place, one in enumerate(parts(source, name), 1):
            found.append(STEP.apply(one, reading, id=f"{kind}-{place}", type=kind))
    return [one for one in found if one is not None]
