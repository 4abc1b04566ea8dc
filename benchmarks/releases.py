"""Releases of invented processes, the same for the same seed, of the size and history that portals show.

Of the processes, six in ten have a tender, an award and a contract release; the rest stop earlier. A release repeats
all that is known, as the pipeline's do; it is about 5 kB of JSON.
"""

import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from ocds_schema import json

EXTENSIONS = ("bids", "location", "lots", "statusDetails", "valueAddedTax", "localTexts", "localCodes")

_WORDS = (
    *("поставка", "ремонт", "услуги", "закуп", "обучение", "мебель", "бумага", "насос", "кабель", "школа", "больница"),
    *("дорога", "охрана", "питание", "оборудование", "лицензия", "сервер", "проект", "надзор", "аренда", "топливо"),
)
_BLOCK = 5_000
_PLACES = ("Алматы", "Астана", "Шымкент", "Караганда", "Актобе", "Тараз", "Павлодар", "Семей")
_METHODS = ("open", "selective", "limited", "direct")


def releases(processes: int, seed: int = 1, first: int = 0) -> Iterator[dict[str, Any]]:
    """Give the releases of some processes, numbered from `first` on, those of one process in a row, oldest first."""
    chance = random.Random(seed)
    for number in range(first, first + processes):
        yield from _history(chance, number)


def write(path: Path, most: int, seed: int = 1) -> int:
    """Write `most` releases as JSON Lines, mixed as a portal's days mix them, in blocks; give the bytes written."""
    chance = random.Random(seed)
    stream = islice(releases(most, seed), most)
    with path.open("wb") as file:
        while block := [json.encode(release) + b"\n" for release in islice(stream, _BLOCK)]:
            chance.shuffle(block)
            file.writelines(block)
    return path.stat().st_size


def _history(chance: random.Random, number: int) -> Iterator[dict[str, Any]]:
    ocid = f"ocds-xxxxxx-kz-{number}"
    day = chance.randrange(1, 25)
    stages = chance.choice((1, 2, 3, 3, 3, 4, 4))
    state: dict[str, Any] = {"ocid": ocid, "initiationType": "tender", "language": "ru"}
    steps = (_tender, _award, _contract, _update)[:stages]
    for step, (add, tag) in enumerate(zip(steps, ("tender", "award", "contract", "contractUpdate"), strict=False)):
        add(chance, state)
        date = f"2026-{step + 1:02d}-{day:02d}T{chance.randrange(24):02d}:00:00+05:00"
        yield {**state, "id": f"{ocid}-{step}", "date": date, "tag": [tag]}


def _tender(chance: random.Random, state: dict[str, Any]) -> None:
    buyer = _party(chance, "buyer", "procuringEntity")
    lots = [_lot(chance, str(number)) for number in range(chance.choice((1, 1, 2, 3)))]
    state["parties"] = [buyer]
    state["buyer"] = _reference(buyer)
    state["tender"] = {
        "id": state["ocid"][-8:],
        "title": _text(chance, 8),
        "title_kk": _text(chance, 8),
        "description": _text(chance, 20),
        "status": "active",
        "statusDetails": "Опубликовано (прием заявок)",
        "procuringEntity": _reference(buyer),
        "value": _value(chance),
        "procurementMethod": chance.choice(_METHODS),
        "procurementMethodDetails": "Запрос ценовых предложений",
        "mainProcurementCategory": "goods",
        "tenderPeriod": {"startDate": "2026-01-10T09:00:00+05:00", "endDate": "2026-01-20T09:00:00+05:00"},
        "items": [_item(chance, lot["id"]) for lot in lots],
        "lots": lots,
        "documents": [_document(chance, number) for number in range(chance.randrange(1, 5))],
    }


def _award(chance: random.Random, state: dict[str, Any]) -> None:
    lots = state["tender"]["lots"]
    bidders = [_party(chance, "tenderer", "supplier") for _ in lots]
    state["parties"] = [*state["parties"], *bidders]
    state["tender"] = {**state["tender"], "status": "complete", "statusDetails": "Завершено"}
    pairs = list(zip(lots, bidders, strict=True))
    state["bids"] = {"details": [_bid(chance, lot, bidder) for lot, bidder in pairs]}
    state["awards"] = [
        {
            "id": f"a{lot['id']}",
            "status": "active",
            "date": "2026-02-01T12:00:00+05:00",
            "value": _value(chance),
            "suppliers": [_reference(bidder)],
            "relatedLots": [lot["id"]],
            "relatedBid": f"b{lot['id']}",
            "items": [_item(chance, lot["id"])],
        }
        for lot, bidder in pairs
    ]


def _contract(chance: random.Random, state: dict[str, Any]) -> None:
    state["contracts"] = [
        {
            "id": f"c{award['id']}",
            "awardID": award["id"],
            "title": _text(chance, 6),
            "status": "active",
            "statusDetails": "Действует",
            "period": {"startDate": "2026-03-01T00:00:00+05:00", "endDate": "2026-12-31T00:00:00+05:00"},
            "value": _value(chance),
            "dateSigned": "2026-02-20T10:00:00+05:00",
            "items": award["items"],
            "documents": [_document(chance, 1)],
        }
        for award in state["awards"]
    ]


def _update(chance: random.Random, state: dict[str, Any]) -> None:
    state["contracts"] = [{**contract, "implementation": _payments(chance)} for contract in state["contracts"]]


def _payments(chance: random.Random) -> dict[str, Any]:
    return {
        "transactions": [
            {"id": str(number), "date": "2026-04-01T10:00:00+05:00", "value": _value(chance)}
            for number in range(chance.randrange(1, 4))
        ]
    }


def _party(chance: random.Random, *roles: str) -> dict[str, Any]:
    # The fifth digit is that of organizations: no number may look like a person's.
    number = f"{chance.randrange(1_000, 10_000)}{chance.choice('456')}{chance.randrange(10**7):07}"
    return {
        "id": f"KZ-BIN-{number}",
        "name": f"ТОО {_text(chance, 2)}",
        "name_kk": f"ЖШС {_text(chance, 2)}",
        "identifier": {"scheme": "KZ-BIN", "id": number, "legalName": _text(chance, 4)},
        "address": {"streetAddress": _text(chance, 3), "locality": chance.choice(_PLACES), "countryName": "Казахстан"},
        "contactPoint": {"email": f"office{number[:4]}@example.org", "telephone": "+77270000000"},
        "roles": list(roles),
    }


def _reference(party: dict[str, Any]) -> dict[str, Any]:
    return {"id": party["id"], "name": party["name"]}


def _lot(chance: random.Random, number: str) -> dict[str, Any]:
    return {
        "id": number,
        "title": _text(chance, 5),
        "title_kk": _text(chance, 5),
        "status": "active",
        "statusDetails": "Опубликован",
        "value": _value(chance),
    }


def _item(chance: random.Random, lot: str) -> dict[str, Any]:
    return {
        "id": f"i{lot}",
        "description": _text(chance, 6),
        "classification": {
            "scheme": "KZ-ENSTRU",
            "id": f"{chance.randrange(10**6)}.100",
            "description": _text(chance, 4),
        },
        "quantity": Decimal(chance.randrange(1, 10**6)) / 1000,
        "unit": {"name": "штука", "value": _value(chance)},
        "relatedLot": lot,
        "deliveryLocation": {"gazetteer": {"scheme": "KZ-KATO", "identifiers": ["750000000"]}},
        "deliveryAddress": {"region": chance.choice(_PLACES), "streetAddress": _text(chance, 3)},
    }


def _bid(chance: random.Random, lot: dict[str, Any], bidder: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"b{lot['id']}",
        "date": "2026-01-19T15:00:00+05:00",
        "status": "valid",
        "tenderers": [_reference(bidder)],
        "value": _value(chance),
        "relatedLots": [lot["id"]],
    }


def _document(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "documentType": "biddingDocuments",
        "title": f"{_text(chance, 3)}.pdf",
        "url": f"https://example.org/files/{chance.randrange(10**9)}",
        "datePublished": "2026-01-10T09:00:00+05:00",
    }


def _value(chance: random.Random) -> dict[str, Any]:
    amount = Decimal(chance.randrange(10**4, 10**11)) / 100
    return {"amount": amount, "amountNet": round(amount / Decimal("1.12"), 2), "currency": "KZT"}


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))
