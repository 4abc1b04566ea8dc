"""Files of the ministry's OCDS service, as people keep them: release packages of three shapes, and plans."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sandbox.dice import Dice
from sandbox.encoding import encode
from sandbox.kyrgyzstan.numbers import PREFIX, Numbers, Record, money, party, party_id, stamp
from sandbox.kyrgyzstan.parties import Parties
from sandbox.kyrgyzstan.releases import Exporter
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import World
from sandbox.portal import Options

_SITE = "http://ocds.zakupki.gov.kg/api/tendering"
_EXTENSIONS = tuple(
    f"https://raw.githubusercontent.com/open-contracting-extensions/ocds_{name}/extension.json"
    for name in ("lots_extension/v1.1.4", "enquiry_extension/master", "bid_extension/master")
)
_PERIODS = (
    ("2015", date(2016, 1, 1), 521_000),
    ("2020", date(2020, 3, 1), 5_200_000),
    ("2021", date(2019, 9, 1), 3_100_000),
    ("2021", date(2022, 12, 1), 10_700_000),
)
_NOISE = (("lateDeliveryRate", 0.10000000149011612), ("latePaymentRate", 0.009999999776482582))
_SIZE = 50


def write(folder: Path, *, seed: int = 1, processes: int = 60, portal: Options | None = None) -> list[Path]:
    """Write files into a folder, of as many processes for each period, and say which files there are.

    The periods are those of the shapes of 2015, 2020 and 2021, the last with old and with new tenders; some releases of
    2020 come again, later, in the shape of 2021. With a `portal`, its announcements come too, as if the service had
    gone on: they are what its legacy pages show.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for turn, (shape, start, base) in enumerate(_PERIODS):
        numbers = Numbers(_view(Options(seed=seed * 10 + turn, processes=processes, start=start)), base)
        found = [release for release in releases(numbers) if shape == "2021" or "planning" in release]
        written += _packages(folder, f"{shape}-{start.year}", map(_SHAPES[shape], found))
        if shape == "2020":
            written += _packages(folder, "2021-again", map(_later, found[::5]))
        written += _plans(folder, numbers, max(2, processes // 12))
    if portal is not None:
        written += _packages(folder, "2021-portal", releases(Numbers(_view(portal), None)))
    return written


def releases(numbers: Numbers) -> Iterator[Record]:
    """The releases of what a view shows, oldest first, in the shape of 2021."""
    view, exporter = numbers.view, Exporter(numbers)
    for key in reversed(view.newest("order", 0, view.total("order"))):
        yield exporter.release(key)
    for key in reversed(view.newest("single", 0, view.total("single"))):
        yield exporter.direct(key)


def _view(options: Options) -> View:
    world = World(seed=options.seed, processes=options.processes, start=options.start)
    return View(world, Parties(options.seed, options.processes), options.days)


def _later(release: Record) -> Record:
    """A release that was exported anew a year later: nothing but its date differs."""
    return release | {"date": f"{int(release['date'][:4]) + 1}-03-02{release['date'][10:]}"}


# Shapes


def _second_shape(release: Record) -> Record:
    """The shape of March 2020: other names, ids as texts, rates as numbers with noise, enquiries that end in time."""
    tender = dict(release["tender"])
    when = str(release["date"]).translate(str.maketrans(":.+", "---"))
    renamed = {"number": tender.pop("tenderNumber"), "currentStage": tender.pop("statusDetails")}
    tender |= renamed | {"id": str(tender["id"]), "submissionMethod": ["electronicSubmission"]}
    tender["lots"] = [_renamed(lot, lotNumber="number") for lot in tender["lots"]]
    tender["items"] = [item | {"classification": _cpv(item["classification"])} for item in tender["items"]]
    tender["documents"] = [_old_document(document) for document in tender["documents"]]
    tender["conditionOfContract"] = tender["conditionOfContract"] | dict(_NOISE) | {"guaranteePercent": 3.0}
    if period := _enquiries_in_time(tender.pop("enquiryPeriod")):
        tender["enquiryPeriod"] = period
    for name in ("title", "hasPrequalification", "hasExternalSystem", "procurementSubMethodDetails"):
        tender.pop(name, None)
    budget = release["planning"]["budget"]
    source = f"< https://api.zakupki.gov.kg./api/planning/{budget['id']}>"
    changed = release | {
        "id": f"{release['ocid']}/{when}",
        "tag": _old_tags(release),
        "planning": {
            "rationale": f"Годовой план {budget['description']}",
            "budget": {
                "id": budget["id"],
                "description": budget["description"],
                "amount": budget["value"]["amount"],
                "source": source,
            },
        },
        "parties": [*map(_old_party, release["parties"]), _review_body()],
        "tender": tender,
    }
    if "bids" in release:
        details = [_renamed(bid, priceProposal="priceProposals") for bid in release["bids"]["details"]]
        changed["bids"] = {"details": details}
    for name in ("awards", "contracts", "complaints", "relatedProcesses"):
        changed.pop(name, None)
    return changed


def _first_shape(release: Record) -> Record:
    """The shape of the first years: an announcement and its buyer, and no prices."""
    changed = _second_shape(release)
    parties = [_named(party) for party in changed["parties"] if "buyer" in party["roles"]]
    changed |= {"id": f"{release['ocid']}-{release['tender']['id'] % 7919}", "tag": ["tender"], "parties": parties}
    for name in ("bids", "planning"):
        changed.pop(name, None)
    changed["tender"].pop("enquiries", None)
    return changed


def _named(party: Record) -> Record:
    """With the names of the first years: an English one that is transliterated, a Russian and a Kyrgyz one."""
    identifier = dict(party["identifier"])
    identifier["legalName"] = f"Organization {identifier['id']}"
    return party | {"identifier": identifier | {"legalName_kg": identifier["legalName_ru"]}}


def _old_party(party: Record) -> Record:
    identifier = _renamed(party["identifier"], legalName="legalName_ru")
    identifier.pop("legalName_kg")
    contact = {"name": "Токтомушева А.", "phone": "0312000000", "email": "contact@example.kg", "role": "бухгалтер"}
    contacts = {"additionalContactPoints": [contact]} if "buyer" in party["roles"] else {}
    roles = list(dict.fromkeys(role for role in party["roles"] if role != "supplier"))
    return party | {"identifier": identifier, "roles": roles} | contacts


def _review_body() -> Record:
    number = "01707201410029"
    return {"id": f"KG-INN-{number}", "identifier": {"id": number, "scheme": "KG-INN"}, "roles": ["reviewBody"]}


def _old_document(document: Record) -> Record:
    changed = {"id": str(document["id"]), "relatedItem": str(document["relatedItems"][0])}
    return changed | {"datePublished": document["dateCreated"]}


def _old_tags(release: Record) -> list[str]:
    return ["bidsFullOpening", "tenderUpdate", "tender"] if "bids" in release else ["tender"]


def _cpv(classification: Record) -> Record:
    return {"id": classification["id"], "scheme": "CPV"}


def _enquiries_in_time(period: Record) -> Record | None:
    """Enquiries end five days before the tender; where it is shorter, there is no time for any."""
    end = date.fromisoformat(period["endDate"][:10]) - timedelta(days=5)
    if f"{end}" <= period["startDate"][:10]:
        return None
    return {"startDate": period["startDate"], "endDate": f"{end}{period['endDate'][10:]}"}


def _renamed(record: Record, **names: str) -> Record:
    return {names.get(name, name): value for name, value in record.items()}


_SHAPES: Mapping[str, Callable[[Record], Record]] = {
    "2015": _first_shape,
    "2020": _second_shape,
    "2021": lambda release: release,
}


# Files


def _packages(folder: Path, name: str, found: Iterable[Record]) -> list[Path]:
    rows = list(found)
    pages = [rows[first : first + _SIZE] for first in range(0, len(rows), _SIZE)]
    return [
        _write(folder / f"tendering-{name}-{page:04d}.json", _package(page, part)) for page, part in enumerate(pages)
    ]


def _package(page: int, found: list[Record]) -> Record:
    address = f"{_SITE}?since=2000-01-01T00:00:00.00000%2B00:00&offset={{}}&size={_SIZE}"
    links = {"next": address.format(page + 1)} | ({"prev": address.format(page - 1)} if page else {})
    return {
        "uri": address.format(page),
        "version": "1.1",
        "extensions": list(_EXTENSIONS),
        "publishedDate": max(release["date"] for release in found),
        "publisher": {"name": "Ministry of Finance, Public Procurement Department"},
        "releases": found,
        "links": links,
    }


def _plans(folder: Path, numbers: Numbers, count: int) -> list[Path]:
    """Plans of buyers, one file each, and the list the service gave of them: ids and dates only."""
    view = numbers.view
    cases = {view.case(case).buyer.index: case for case in range(count)}
    plans = [_plan(numbers, case) for case in cases.values()]
    year = view.world.calendar.start.year
    files = [_write(folder / f"planning-{year}-{plan['planning']['id']}.json", plan) for plan in plans]
    listed = {"content": [{"id": plan["id"], "date": plan["date"]} for plan in plans], "totalElements": len(plans)}
    return [*files, _write(folder / f"planning-{year}-list.json", listed | {"number": 0, "size": 50})]


def _plan(numbers: Numbers, case: int) -> Record:
    view = numbers.view
    found, number = view.case(case), numbers.plan(case)
    dice = Dice(view.seed, "plan", case)
    made = view.world.calendar.at(-300, 60_000)
    contact = {"name": "Омурова Б.", "email": "plan@example.kg", "role": "Заведующий"}
    lines = [
        {
            "id": number + 1 + index,
            "accountNumber": f"44080411010{dice.between(10000, 99999)}",
            "accountName": found.buyer.name,
            "budgetLineID": str(2211 + index % 5),
            "budgetLineName": "Приобретение прочих товаров и услуг",
            "value": {"amount": lot.amount, "reservedAmount": 0.0, "savedAmount": 0.0, "currency": "KGS"},
            "items": [
                {
                    "id": str(number * 10 + index * 100 + place),
                    "classification": {
                        "scheme": "okgz",
                        "id": item.item["code"],
                        "description": item.item["name_ru"],
                    },
                    "quantity": item.quantity,
                    "unit": {"id": item.item["unit_id"], "name": item.item["unit_ru"], "value": money(item.price)},
                }
                for place, item in enumerate(lot.items)
            ],
        }
        for index, lot in enumerate(found.lots)
    ]
    return {
        "ocid": f"{PREFIX}-{number}",
        "id": str(number),
        "date": stamp(made + timedelta(days=200)).removesuffix("+06:00") + "06",
        "tag": ["planning"],
        "parties": [party(found.buyer, ["buyer"]) | {"additionalContactPoints": [contact]}],
        "planning": {
            "id": number,
            "budgetYear": made.year,
            "dateCreated": f"{made:%Y-%m-%d %H:%M:%S}.498",
            "status": str(dice.below(6)),
            "type": str(dice.below(3)),
            "value": money(found.amount),
            "buyer": {"id": party_id(found.buyer), "name": found.buyer.name},
            "plans": lines,
        },
    }


def _write(path: Path, value: Any) -> Path:
    path.write_bytes(encode(value))
    return path
