"""Releases as the ministry's OCDS service gave them in 2021, with the faults its code is known to have.

The faults: enquiries end with the tender; there is no buyer, no party's name and no award's supplier; ids are integers
here and texts there; rates are texts; codes are the exporter's own; lots of bids are objects; some dates have no zone;
contracts of old tenders come twice; a lot's sum may be 0.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.dice import Dice
from sandbox.kyrgyzstan import followed, texts
from sandbox.kyrgyzstan.case import Item
from sandbox.kyrgyzstan.numbers import PREFIX, Numbers, Record, money, party, party_id, stamp
from sandbox.kyrgyzstan.world import Key, winner_of

_CODES = dict.fromkeys((0, 1, 4, 5, 6, 7, 8, 9), "open") | {
    2: "limited",
    3: "selective",
    16: "selective",
    17: "limited",
}
_RATIONALES = ("additionalProcurement15", "annualProcurement", "twiceUnsuccessful", "urgentNeed", "naturalMonopoly")
_EXTRA = ("forceMajeure", "internalSecurityProvision", "nationalSecurityProvision", "annual3percent")


class Exporter:
    """Makes releases of what a view shows."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._view = numbers.view

    def release(self, key: Key) -> Record:
        """The release of an announcement."""
        view, case = self._view, self._view.case(key.case)
        found = view.world.announcement(key)
        day = max(day for day, _ in found.stages if day < view.age(key))
        changed = view.world.calendar.at(view.world.day(key.case, day), 40_000)
        bids, awards = followed.bids(self._numbers, key), followed.awards(self._numbers, key)
        contracts = followed.contracts(self._numbers, key)
        tags = ["tender", *(["award"] if awards else []), *(["contract"] if contracts else [])]
        record = {
            "ocid": self._numbers.ocid(key),
            "id": f"{PREFIX}-{tags[0]}-{changed:%Y-%m-%d}-{self._numbers.number(key)}",
            "date": stamp(changed + timedelta(hours=9)),
            "initiationType": "tender",
            "tag": tags,
            "parties": self._parties(key, bool(bids)),
            "planning": {
                "rationale": "Годовой план",
                "budget": {
                    "id": str(self._numbers.plan(key.case)),
                    "description": str(changed.year),
                    "value": {"amount": case.amount * 2},
                },
            },
            "tender": self._tender(key, changed),
        }
        optional = {"bids": {"details": bids} if bids else None, "awards": awards, "contracts": contracts}
        optional |= {"complaints": followed.complaints(self._numbers, key), "relatedProcesses": self._related(key)}
        return record | {name: value for name, value in optional.items() if value}

    def direct(self, key: Key) -> Record:
        """The release of a contract without a notice; its id is that of an announcement with the same number."""
        view, case = self._view, self._view.case(key.case)
        signed, number = view.signed(key), self._numbers.number(key)
        return {
            "ocid": self._numbers.ocid(key),
            "id": f"{PREFIX}-tender-{signed:%Y-%m-%d}-{number}",
            "date": stamp(signed + timedelta(days=1)),
            "initiationType": "tender",
            "tag": ["tender", "contract"],
            "parties": [party(case.buyer, ["buyer"]), party(case.seller(), ["supplier"])],
            "tender": {
                "id": number,
                "status": "complete",
                "statusDetails": "contractSigned",
                "datePublished": stamp(signed),
                "procurementMethod": "direct",
                "procurementMethodDetails": "singleSource",
                "procurementMethodRationale": _EXTRA[key.case % len(_EXTRA)],
                "mainProcurementCategory": texts.CATEGORIES[case.life.category][3],
                "value": money(case.amount),
                "lots": self._lots(key, "complete"),
                "items": self._items(key),
            },
            "contracts": [
                {
                    "id": str(number),
                    "contractNumber": f"№ {key.case % 400 + 1}",
                    "dateSigned": stamp(signed),
                    "value": money(case.amount) | {"amountDiscounted": case.amount},
                }
            ],
        }

    # Parts

    def _parties(self, key: Key, with_bidders: bool) -> list[Record]:
        """Who takes part: the roles of one party are strung together, repeats and all."""
        case, found = self._view.case(key.case), self._view.world.announcement(key)
        roles = [(case.buyer, role) for role in ("buyer", "procuringEntity")]
        for bidder in case.bidders(key.slot) if with_bidders else ():
            roles.append((case.bidder(key.slot, bidder), "tenderer"))
            if self._view.is_decided(key):
                wins = sum(winner_of(found, lot) == bidder for lot in case.lots_of(key.slot, bidder))
                roles += [(case.bidder(key.slot, bidder), "supplier")] * wins
        if followed.complaints(self._numbers, key):
            roles.append((case.bidder(key.slot, followed.COMPLAINER), "complainer"))
        if self._enquiries(key):
            roles.append((case.bidder(key.slot, 0), "enquirer"))
        strung: defaultdict[int, list[str]] = defaultdict(list)
        for each, role in roles:
            strung[each.index].append(role)
        return [party(self._view.parties.party(index), each) for index, each in strung.items()]

    def _tender(self, key: Key, changed: datetime) -> Record:
        view, case = self._view, self._view.case(key.case)
        found = view.world.announcement(key)
        status = texts.statuses()[view.status(key)]
        dice = Dice(view.seed, "export", key.case, key.slot)
        published, deadline = stamp(view.world.at(key)), stamp(view.deadline(key, found))
        method = case.life.method
        code = _CODES.get(method) or ("selective" if dice.chance(500) else None)
        record = {
            "id": self._numbers.number(key),
            "title": case.title_of(key.slot),
            "tenderNumber": self._numbers.tender_number(key),
            "status": status["status"],
            "statusDetails": status["name"],
            "datePublished": published,
            "date": stamp(changed),
            "procurementMethod": code,
            "procurementMethodDetails": texts.methods()[method]["name"],
            "procurementSubMethodDetails": "twopackage" if found.packages else "standard",
            "procurementMethodRationale": dice.pick(_RATIONALES) if method in {6, 15} else None,
            "value": money(case.amount),
            "tenderPeriod": {"startDate": published, "endDate": deadline},
            "enquiryPeriod": {"startDate": published, "endDate": deadline},
            "hasPrequalification": False,
            "hasExternalSystem": self._of_medicines(key),
            "guarantee": {"amount": dice.pick((1.0, 2.0)), "monetary": False},
            "mainProcurementCategory": texts.CATEGORIES[case.life.category][3],
            "conditionOfContract": _conditions(dice, self._numbers.number(key)),
            "qualificationRequirements": [
                {"id": str(self._numbers.number(key) + place), "type": name, "typeDetails": wanted}
                for place, (name, wanted) in enumerate(texts.QUALIFICATIONS[: dice.between(1, 4)], 1)
            ],
            "lots": self._lots(key, ""),
            "items": self._items(key),
            "documents": self._documents(key),
            "enquiries": self._enquiries(key),
        }
        return {name: value for name, value in record.items() if value not in (None, [])}

    def _of_medicines(self, key: Key) -> bool:
        return key.case % 19 == 3 and self._view.case(key.case).life.category == 0

    def _lots(self, key: Key, status: str) -> list[Record]:
        view, case = self._view, self._view.case(key.case)
        records = []
        for index, lot in enumerate(case.lots):
            lost = Dice(view.seed, "lot lost", key.case, index).chance(15)
            record = {
                "id": self._numbers.lot(key, index),
                "title": lot.title,
                "status": status or self._lot_status(key, index),
                "lotNumber": lot.number,
                "relatedPlanID": str(self._numbers.plan(key.case) + 1 + index),
                "deliveryAddress": lot.address,
                "deliveryDateDetails": lot.period,
                "deliveryTerms": lot.incoterms,
                "value": money(Decimal(0) if lost else lot.amount),
            }
            records.append(record)
        return records

    def _lot_status(self, key: Key, index: int) -> str:
        status = self._view.status(key)
        if status in {5, 14}:
            return {5: "cancelled", 14: "unsuccessful"}[status]
        if status != 7:
            return "active"
        won = winner_of(self._view.world.announcement(key), index) is not None
        return "complete" if won else "unsuccessful"

    def _items(self, key: Key) -> list[Record]:
        return [
            self._item(key, (index, place), item)
            for index, lot in enumerate(self._view.case(key.case).lots)
            for place, item in enumerate(lot.items)
        ]

    def _item(self, key: Key, place: tuple[int, int], item: Item) -> Record:
        classification = {"scheme": "OKGZ", "id": item.item["code"], "description": item.item["name_ru"]}
        if self._of_medicines(key):
            medicine = texts.medicines()[sum(place) % len(texts.medicines())]
            classification = {"scheme": "DLO", "id": medicine["code"], "description": medicine["name_ru"]}
        unit = {"id": item.item["unit_id"], "name": item.item["unit_ru"], "value": money(item.price)}
        return {
            "id": self._numbers.item(key, *place),
            "relatedLot": self._numbers.lot(key, place[0]),
            "classification": classification,
            "quantity": item.quantity,
            "unit": unit,
        }

    def _documents(self, key: Key) -> list[Record]:
        created = stamp(self._view.world.at(key))
        return [
            {
                "id": self._numbers.number(key) * 10 + 9,
                "title": "Конкурсная документация.pdf",
                "dateCreated": created,
                "dateModified": created,
                "relatedLots": [self._numbers.lot(key, 0)],
                "relatedItems": [int(self._numbers.item(key, 0, 0))],
            }
        ]

    def _enquiries(self, key: Key) -> list[Record]:
        dice = Dice(self._view.seed, "enquiry", key.case, key.slot)
        if not dice.chance(120):
            return []
        asked = self._view.world.at(key) + timedelta(days=1)
        record = {
            "id": str(self._numbers.number(key) * 10 + 8),
            "date": stamp(asked),
            "description": "Просим уточнить техническую спецификацию лота 1",
            "author": {"id": party_id(self._view.case(key.case).bidder(key.slot, 0))},
        }
        if dice.chance(600):
            record |= {"dateAnswered": stamp(asked + timedelta(days=1)), "answer": "Согласно приложению"}
        return [record]

    def _related(self, key: Key) -> list[Record]:
        if not self._view.world.announcement(key).repeats:
            return []
        earlier = Key("order", key.case, key.slot - 1)
        return [
            {
                "id": f"{self._numbers.ocid(key)}-{self._numbers.ocid(earlier)}",
                "relationship": ["unsuccessfulProcess"],
                "scheme": "ocid",
                "identifier": str(self._numbers.number(earlier)),
                "tenderNumber": self._numbers.tender_number(earlier),
            }
        ]


def _conditions(dice: Dice, number: int) -> Record:
    return {
        "id": str(number + 5),
        "lateDeliveryRate": "0.1",
        "latePaymentRate": dice.pick(("0.01", "0.1")),
        "lateGuaranteeRate": "0.1",
        "guaranteePercent": dice.pick(("3.0", "10.0")),
        "maxDeductibleAmountDelivery": "5.0",
        "maxDeductibleAmountPayment": "5.0",
        "hasGuarantee": True,
        "hasInsurance": False,
        "hasRelatedServices": dice.chance(300),
        "hasSpares": False,
        "hasTechnicalControl": dice.chance(200),
        "hasPrepayment": True,
        "hasAcceptancePayment": True,
        "prepaymentPercent": "30.0",
        "acceptancePaymentPercent": "70.0",
        "hasArbitralTribunal": False,
    }
