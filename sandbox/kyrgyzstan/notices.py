"""The new portal's services: pages of notices, details, and bids.

The fields of notices are those that readers of the portal name, those of details are known from a client that was made
by program from the portal's description of itself. What products say of their codes and units, and all of a bid, is our
guess.
"""

from datetime import datetime
from typing import Any

from sandbox.dice import Dice
from sandbox.exchange import Asked, Reply, json_reply
from sandbox.kyrgyzstan import rates, texts
from sandbox.kyrgyzstan.case import Item, Lot
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import Key, winner_of

Record = dict[str, Any]
PREFIX = "/api/"
_STATUSES = {7: "CONTRACT_SIGNED", 16: "CONTRACT_SIGNED", 12: "SEND_TO_PUBLISH_FIRST_PACKAGE"} | {
    15: "FIRST_PACKAGE_PUBLISHED",
    3: "VERIFIED_PUBLISHED",
    4: "VERIFIED_PUBLISHED",
    9: "VERIFIED_PUBLISHED",
}
_METHODS = {4: "REQUEST_FOR_QUOTATIONS", 6: "SINGLE_SOURCE", 15: "SINGLE_SOURCE"}
_FORMS = ("DECLARATION", "BANKING", "CASH", "BONDS", "DEPOSIT", "BILL", "OTHER")
_DOCUMENTS = (
    ("Счет-фактура", "INVOICE"),
    ("Товарно-транспортная накладная", "MOTOR_WAYBILL"),
    ("Иные", "OTHER_DOCUMENTS"),
)
_MOST_ROWS = 2000


def respond(view: View, asked: Asked, *, first_counts_pages: bool) -> Reply:
    """The answer to a request for data."""
    path = asked.path.removeprefix(PREFIX)
    if path == "public_tender/published":
        return json_reply(_page(view, asked, first_counts_pages=first_counts_pages))
    if path.startswith("public_tender/get/"):
        key = view.world.find_notice(path.rpartition("/")[2], view.today)
        return _missing(view, asked) if key is None else json_reply(tender(view, key))
    if path == "public_submission/getSubmissionsbyTenderId":
        key = view.world.find_notice(asked.query.get("tenderId", ""), view.today)
        return json_reply([] if key is None else submissions(view, key))
    return _missing(view, asked)


def _missing(view: View, asked: Asked) -> Reply:
    now = view.world.utc(view.world.calendar.at(view.today, 0))
    said = {"timestamp": f"{now:%Y-%m-%dT%H:%M:%S.000+00:00}", "status": 404, "error": "Not Found"}
    return json_reply(said | {"message": "", "path": asked.path}, 404)


def _page(view: View, asked: Asked, *, first_counts_pages: bool) -> Record:
    size = min(max(1, _number(asked.query.get("rows", ""), 10)), _MOST_ROWS)
    first = max(0, _number(asked.query.get("first", ""), 0))
    number = first if first_counts_pages else first // size
    total = view.total("notice")
    content = [notice(view, key) for key in view.newest("notice", number * size, size)]
    pages = -(-total // size)
    unsorted = {"empty": True, "unsorted": True, "sorted": False}
    return {
        "content": None if asked.disorder == "null_list" else content,
        "pageable": {"pageNumber": number, "pageSize": size, "sort": unsorted, "offset": number * size},
        "totalPages": pages,
        "totalElements": total,
        "size": size,
        "number": number,
        "sort": unsorted,
        "numberOfElements": len(content),
        "first": number == 0,
        "last": number >= pages - 1,
        "empty": not content,
    }


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def _status(view: View, key: Key) -> str:
    status = view.status(key)
    if status == 5:
        return ("CANCELLED", "CANCELED")[key.case % 2]
    if status == 14:
        bids = any(view.world.announcement(key).bidders)
        return "REJECTED" if bids else "REJECTED_BY_SUBMISSION"
    return _STATUSES.get(status, "PROTOCOL_OPENED")


def notice(view: View, key: Key) -> Record:
    """An element of the list."""
    case, found = view.case(key.case), view.world.announcement(key)
    tab = "\t " if Dice(view.seed, "tab", key.case).chance(rates.LEADING_TAB) else ""
    return {
        "id": view.world.object_id(key),
        "number": f"{view.world.at(key):%y%m%d}{view.world.place(key):06d}",
        "companyName": f"{tab}{case.buyer.name}",
        "name": case.title_of(key.slot),
        "method": _METHODS.get(case.life.method, "ONE_STAGE"),
        "amount": case.amount,
        "datePublished": _time(view.world.at(key)),
        "dateContest": _time(view.deadline(key, found)),
        "status": _status(view, key),
    }


def tender(view: View, key: Key) -> Record:
    """A tender with everything the portal tells of it."""
    case = view.case(key.case)
    dice = Dice(view.seed, "tender", key.case)
    listed = notice(view, key)
    amount = listed.pop("amount")
    return (
        listed
        | {"view": texts.CATEGORIES[case.life.category][2], "total": amount, "companyId": 4000 + case.buyer.index}
        | {"creatorId": 9000 + case.buyer.index, "creatorFullName": _creator(view, key)}
        | _security(dice)
        | _meeting(dice, case.buyer.place["short_ru"])
        | _payment(dice)
        | _terms(dice)
        | {"lots": [_lot(view, key, index, lot) for index, lot in enumerate(case.lots)]}
        | {"qualifiers": _qualifiers(dice), "criterias": [], "criteriaFile": None}
        | {"commissioners": [_commissioner(view, key, number) for number in range(3)]}
        | {"preQualification": False, "masterContract": False, "projectFile": _file(dice, "Проект договора.pdf")}
        | {"documents": [{"title": title, "data": data} for title, data in _DOCUMENTS]}
    )


def _security(dice: Dice) -> Record:
    wanted = dice.chance(700)
    percent = dice.chance(800)
    return {
        "bidWarranty": wanted,
        "warrantyProvisionForm": dice.pick(_FORMS) if wanted else None,
        "allowMonetaryValue": ("PERCENT" if percent else "MONETARY_VALUE") if wanted else None,
        "bidSecurityAmount": (dice.between(1, 2) if percent else dice.between(5, 90) * 1000) if wanted else None,
        "validnessPeriodOfBid": dice.pick((30, 45, 60)),
        "validnessPeriodOfGOTZ": dice.pick((60, 75, 90)) if wanted else None,
        "allowOther\u0421urrency": dice.chance(30),
        "instructionForPreparingBid": _file(dice, "Инструкция участникам.docx"),
        "guaranteeProvision": dice.pick((0, 3, 5, 10)),
    }


def _meeting(dice: Dice, place: str) -> Record:
    held = dice.chance(80)
    return {
        "allowMeeting": held,
        "meetingDateTime": "2026-10-30 10:00" if held else None,
        "meetingAddress": f"{place}, актовый зал" if held else None,
        "allowBenefits": dice.chance(300),
        "benefits": dice.pick((None, 20)),
    }


def _payment(dice: Dice) -> Record:
    advance = dice.pick((0, 0, 20, 30))
    return {
        "paymentAdvanceBool": advance > 0,
        "paymentAdvance": advance or None,
        "paymentAfterShipmentBool": False,
        "paymentAfterShipment": None,
        "paymentAfterAcceptanceBool": True,
        "paymentAfterAcceptance": 100 - advance,
        "paymentOtherCondition": None,
        "paymentMaturity": dice.pick(("в течение 10 банковских дней", "10", "до 25.12.2026")),
    }


def _terms(dice: Dice) -> Record:
    related, spares, insured = dice.chance(100), dice.chance(60), dice.chance(40)
    return {
        "relatedServiceBool": related,
        "relatedService": "Установка и наладка" if related else None,
        "forfeitDayRateDelivery": dice.pick((0.1, 0.05)),
        "forfeitMaxDeductibleAmountDelivery": 5,
        "forfeitDayRatePayment": 0.1,
        "forfeitMaxDeductibleAmountPayment": 5,
        "allowTechnicalControl": False,
        "controlTitle": None,
        "controlPlaceOfAttendance": None,
        "allowSpares": spares,
        "spares": "Комплект запасных частей" if spares else None,
        "allowGuarantee": dice.chance(250),
        "guaranteePeriod": dice.pick((None, "12 месяцев")),
        "guaranteeDiscoveredDefectPeriod": None,
        "guaranteeforfeitDayRate": None,
        "guaranteeMaxDeductibleAmount": None,
        "disputeResolutionCourtType": dice.chance(900),
        "disputeResolutionRegulation": dice.pick(("REGULAR", "RAPID")),
        "disputeResolutionJudgesNumber": dice.pick((1, 3)),
        "disputeResolutionLanguage": dice.pick(("kyrgyz", "russian")),
        "packaging": None,
        "allowInsurance": insured,
        "insurance": "Страхование груза" if insured else None,
    }


def _qualifiers(dice: Dice) -> list[Record]:
    chosen = texts.QUALIFICATIONS[: dice.between(2, len(texts.QUALIFICATIONS))]
    return [
        {"id": number, "title": title, "required": True, "template": text}
        for number, (title, text) in enumerate(chosen, 1)
    ]


def _commissioner(view: View, key: Key, number: int) -> Record:
    """A member of the commission: an invented person, with an invented number."""
    dice = Dice(view.seed, "commission", key.case, number)
    born = f"{dice.between(1, 28):02d}{dice.between(1, 12):02d}{dice.between(1801, 1899)}"
    role = ("Председатель", "CHAIRMAN") if number == 0 else ("Член комиссии", "MEMBERS")
    return {
        "id": key.case * 4 + number,
        "number": number + 1,
        "pin": f"{dice.between(1, 2)}{born}{key.case % 10**5:05d}",
        "fullName": f"{dice.pick(('Осмонова', 'Турдубаев', 'Калыкова'))} {dice.pick(('Алмаз', 'Назгуль', 'Эрмек'))}",
        "organization": view.case(key.case).buyer.name,
        "position": dice.pick(("бухгалтер", "заместитель директора", "специалист по закупкам")),
        "email": f"member{key.case}.{number}@example.kg",
        "role": {"title": role[0], "data": role[1]},
    }


def persons(view: View, key: Key) -> set[str]:
    """Who a tender names, and their numbers and e-mail addresses."""
    said = [_commissioner(view, key, number) for number in range(3)]
    found = {str(member[name]) for member in said for name in ("pin", "fullName", "email")}
    return found | {_creator(view, key)}


def _creator(view: View, key: Key) -> str:
    return f"Усубалиев Т. {view.case(key.case).buyer.index}"


def _file(dice: Dice, name: str) -> Record | None:
    return {"file": f"{dice.below(16**24):024x}", "fileName": name} if dice.chance(500) else None


def _part(view: View, key: Key, *place: int) -> str:
    """The id of a part of a tender."""
    return f"{view.world.object_id(key)[:8]}{Dice(view.seed, 'part', key.case, key.slot, *place).below(16**16):016x}"


def _lot(view: View, key: Key, index: int, lot: Lot) -> Record:
    dice = Dice(view.seed, "lot terms", key.case, index)
    return {
        "id": _part(view, key, index),
        "number": index + 1,
        "name": lot.title,
        "deliveryDetail": lot.address,
        "deliveryPeriod": lot.period,
        "noresidentConditionDelivery": None,
        "deliveryCondition": dice.pick(("До склада заказчика", None)),
        "incoterm": {"title": lot.incoterms, "data": lot.incoterms} if dice.chance(600) else None,
        "documents": [],
        "products": [_product(view, key, (index, place), item) for place, item in enumerate(lot.items)],
        "file": _file(dice, "Техническая спецификация.pdf"),
    }


def _product(view: View, key: Key, place: tuple[int, int], item: Item) -> Record:
    return {
        "id": _part(view, key, *place),
        "okgz": {"code": item.item["code"], "name": item.item["name_ru"]},
        "unit": {"name": item.item["unit_ru"]},
        "count": item.quantity,
        "price": item.price,
        "specifications": item.specification,
        "file": None,
    }


def submissions(view: View, key: Key) -> list[Record]:
    """The bids: none before they are opened."""
    if not view.is_opened(key):
        return []
    case = view.case(key.case)
    return [_submission(view, key, bidder) for bidder in case.bidders(key.slot)]


def _submission(view: View, key: Key, bidder: int) -> Record:
    case, found = view.case(key.case), view.world.announcement(key)
    party = case.bidder(key.slot, bidder)
    lots = case.lots_of(key.slot, bidder)
    prices = [case.bid(key.slot, bidder, lot) for lot in lots]
    won = view.is_decided(key) and any(winner_of(found, lot) == bidder for lot in lots)
    return {
        "id": _part(view, key, 1000, bidder),
        "tenderId": view.world.object_id(key),
        "companyName": party.name,
        "companyInn": party.inn,
        "dateSubmitted": _time(view.deadline(key, found).replace(hour=0, minute=bidder)),
        "status": "WINNER" if won else "SUBMITTED",
        "lots": [
            {"lotId": _part(view, key, lot), "number": lot + 1, "price": price}
            for lot, price in zip(lots, prices, strict=True)
        ],
        "total": sum(prices),
    }
