"""What follows an announcement in a release: bids, awards, contracts, complaints."""

from datetime import datetime, timedelta

from sandbox.dice import Dice
from sandbox.kyrgyzstan.case import Case
from sandbox.kyrgyzstan.numbers import KGS, Numbers, Record, money, party_id, stamp
from sandbox.kyrgyzstan.world import Key, winner_of

COMPLAINER = 40
"""The bidder, so to speak, who complains without having bid."""
_COMPLAINTS = ("published", "active", "cancelled", "complete", "withdrawn")
_LOST = ("unsuccessful", "disqualified", "rejected")


def bids(numbers: Numbers, key: Key) -> list[Record]:
    """The bids, once they are opened and unless the announcement is cancelled."""
    view = numbers.view
    if not view.is_opened(key) or view.status(key) == 5:
        return []
    return [_bid(numbers, key, bidder) for bidder in view.case(key.case).bidders(key.slot)]


def _bid(numbers: Numbers, key: Key, bidder: int) -> Record:
    """A bid; of some winners the exporter says that they are disqualified, which cannot be."""
    view, case = numbers.view, numbers.view.case(key.case)
    deadline = view.deadline(key, view.world.announcement(key))
    is_odd = (key.case + bidder) % 7 == 0
    is_out = not case.won(key.slot, bidder) and _LOST[(key.case + bidder) % 3] == "disqualified"
    admitted = "disqualified" if is_odd or is_out else "valid"
    lots = case.lots_of(key.slot, bidder)
    return {
        "id": numbers.bid(key, bidder),
        "status": admitted if view.is_decided(key) else "pending",
        "date": stamp(deadline - timedelta(hours=20 + bidder)),
        "tenderers": [{"id": party_id(case.bidder(key.slot, bidder))}],
        "relatedLots": [{"id": numbers.lot(key, lot), "value": _offer(case, key.slot, bidder, lot)} for lot in lots],
        "priceProposal": [
            {
                "id": str(int(numbers.bid(key, bidder)) * 100 + lot * 10 + place),
                "relatedLot": numbers.lot(key, lot),
                "relatedItem": numbers.item(key, lot, place),
                "unit": {"value": money(case.unit_price(key.slot, bidder, lot, place))},
            }
            for lot in lots
            for place in range(len(case.lots[lot].items))
        ],
    }


def _offer(case: Case, turn: int, bidder: int, lot: int) -> Record:
    bid = case.bid(turn, bidder, lot)
    return {"initialAmount": bid, "amount": case.contracted(turn, bidder, lot), "currency": KGS}


def awards(numbers: Numbers, key: Key) -> list[Record]:
    """The awards, one for each bid on each lot, once bids are evaluated."""
    view = numbers.view
    if not view.is_decided(key):
        return []
    case, found = view.case(key.case), view.world.announcement(key)
    decided = stamp(view.world.calendar.at(view.world.day(key.case, found.decided or 0), 50_000))
    return [
        {
            "id": numbers.award(key, lot, bidder),
            "status": "active" if bidder == winner_of(found, lot) else _LOST[(key.case + lot + bidder) % 3],
            "relatedLots": [numbers.lot(key, lot)],
            "relatedBid": numbers.bid(key, bidder),
            "date": decided,
            "value": money(case.bid(key.slot, bidder, lot)),
        }
        for lot in range(len(case.lots))
        for bidder in range(found.bidders[lot])
    ]


def contracts(numbers: Numbers, key: Key) -> list[Record]:
    """The contracts, one with each winner."""
    view = numbers.view
    found, case = view.world.announcement(key), view.case(key.case)
    if found.signed is None or found.signed >= view.age(key):
        return []
    signed = view.world.calendar.at(view.world.day(key.case, found.signed), 36_000)
    won = {bidder: case.won(key.slot, bidder) for bidder in case.bidders(key.slot)}
    return [record for bidder, lots in won.items() if lots for record in _contract(numbers, key, bidder, lots, signed)]


def _contract(numbers: Numbers, key: Key, bidder: int, won: list[int], signed: datetime) -> list[Record]:
    """A contract; where it is old, from the table of former ones, or from both."""
    case, number = numbers.view.case(key.case), numbers.number(key) * 10 + bidder
    record = {
        "id": str(number),
        "contractNumber": f"{numbers.number(key)}-{bidder + 1}",
        "dateSigned": stamp(signed),
        "value": {
            "amount": sum(case.bid(key.slot, bidder, lot) for lot in won),
            "amountDiscounted": sum(case.contracted(key.slot, bidder, lot) for lot in won),
            "currency": KGS,
        },
        "awardIDs": [numbers.award(key, lot, bidder) for lot in won],
        "deliveriesSchedule": [
            {
                "deliveryStartDate": f"{signed:%Y-%m-%d}",
                "deliveryEndDate": f"{signed + timedelta(days=30):%Y-%m-%d}",
                "deliveryAddress": case.lots[won[0]].address,
                "deliveryConditions": case.lots[won[0]].incoterms,
            }
        ],
        "paymentsSchedule": [
            {
                "paymentDate": f"{signed + timedelta(days=31):%Y-%m-%d}",
                "paymentDueDate": f"{signed + timedelta(days=45):%Y-%m-%d}",
                "paymentType": "После приемки",
                "paymentCondition": "по акту",
            }
        ],
    }
    if signed.year > 2019:
        return [record]
    former = record | {"id": f"{number + 4}-{('former', 'centralized')[key.case % 9 == 0]}"}
    return [record, former] if key.case % 2 else [former]


def complaints(numbers: Numbers, key: Key) -> list[Record]:
    """The complaints; their times have no zone."""
    view = numbers.view
    dice = Dice(view.seed, "complaint", key.case, key.slot)
    if not dice.chance(80):
        return []
    sent = view.deadline(key, view.world.announcement(key)) + timedelta(hours=30)
    return [
        {
            "id": numbers.number(key) % 900_000,
            "status": dice.pick(_COMPLAINTS),
            "dateSubmitted": f"{sent:%Y-%m-%dT%H:%M:%S}",
            "type": "complaint",
            "complaintNumber": f"Ж-{numbers.number(key) % 10_000}",
            "title": "Жалоба на решение конкурсной комиссии",
            "description": "Заявка отклонена необоснованно",
            "author": {"id": party_id(view.case(key.case).bidder(key.slot, COMPLAINER))},
            "reviewDate": f"{sent + timedelta(days=2):%Y-%m-%dT%H:%M:%S}",
        }
    ]
