"""Announcements, lots and bids in the portal's fields."""

from decimal import Decimal
from hashlib import md5

from sandbox.dice import Dice
from sandbox.kazakhstan import rates, refs
from sandbox.kazakhstan.case import number, rounded
from sandbox.kazakhstan.entries import WIDTH
from sandbox.kazakhstan.texts import odd
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key

SYSTEM = 3


def buy(view: View, key: Key) -> Record:
    """An announcement."""
    case, entry = view.case(key.case), view.round(key)
    changed, taken_in = view.stamps(key)
    own = case.organiser is case.buyer
    total = sum((view.lot_amount(lot) for lot in view.lot_keys(key)), Decimal())
    one_source = entry.method in rates.ONE_SOURCE and entry.decided is not None
    seller = view.parties.supplier(key.case, key.slot, 0) if one_source else None
    decided = entry.decided if view.over(key.case, entry.decided) else None
    return {
        "_key": key,
        "id": view.id(key),
        "number_anno": view.number_anno(key),
        "name_ru": case.title_ru,
        "name_kz": case.title_kz,
        "total_sum": number(total),
        "count_lots": len(entry.lots),
        "ref_trade_methods_id": entry.method,
        "ref_subject_type_id": case.subject,
        "customer_bin": case.buyer.biin if own else None,
        "customer_pid": case.buyer.pid if own else 0,
        "customer_name_ru": case.buyer.name_ru if own else None,
        "customer_name_kz": case.buyer.name_kz if own else None,
        "org_bin": case.organiser.biin,
        "org_pid": case.organiser.pid,
        "org_name_ru": case.organiser.name_ru,
        "org_name_kz": case.organiser.name_kz,
        "ref_buy_status_id": view.status(key.case, entry.stages),
        "itogi_date_public": view.when(key, decided, early=2) if decided is not None else None,
        "ref_type_trade_id": 2 if entry.number > 1 else 1,
        "disable_person_id": 0,
        "id_supplier": seller.pid if seller else None,
        "biin_supplier": seller.biin if seller else None,
        "parent_id": 0 if entry.previous is None else view.id(Key("buy", key.case, entry.previous)),
        "singl_org_sign": 0,
        "is_light_industry": int(Dice(view.seed, "light", key.case).chance(10)),
        "is_construction_work": int(case.subject == 2),
        "ref_spec_purchase_type_id": None,
        "last_update_date": changed,
        "fin_year": [case.year],
        "kato": _places(view, key),
        "system_id": SYSTEM,
        "index_date": taken_in,
    } | _periods(view, key)


def _periods(view: View, key: Key) -> Record:
    entry = view.round(key)
    slow = entry.method not in rates.QUICK
    additions = [day for day, status in entry.stages if status == 230]
    published = view.when(key, entry.published)
    return {
        "publish_date": published,
        "start_date": view.day(key.case, entry.opened, 9 * 3600),
        "end_date": view.day(key.case, entry.closed, 18 * 3600 + key.case % 3600),
        "repeat_start_date": view.day(key.case, additions[0], 10 * 3600) if additions else None,
        "repeat_end_date": view.day(key.case, additions[0] + 2, 10 * 3600) if additions else None,
        "discus_start_date": published if slow else None,
        "discus_end_date": view.day(key.case, entry.published + 5, 18 * 3600) if slow else None,
    }


def _places(view: View, key: Key) -> list[str]:
    case = view.case(key.case)
    lots = view.round(key).lots
    return sorted(
        {place["code"] for lot in lots for point in case.lot_points(lot) for place in case.wants[point].places}
    )


def lot(view: View, key: Key) -> Record:
    """A lot."""
    case, entry = view.case(key.case), view.round(key)
    round_, lot_number = divmod(key.slot, WIDTH)
    points = case.lot_points(lot_number)
    first = case.wants[points[0]]
    changed, taken_in = view.stamps(key)
    united = len(points) > 1
    planned = case.life.method
    return {
        "_key": key,
        "id": view.id(key),
        "lot_number": _lot_number(view, key),
        "ref_lot_status_id": view.status(key.case, entry.lot_stages[entry.lots.index(lot_number)]),
        "last_update_date": changed,
        "union_lots": int(united),
        "count": number(sum((case.wants[point].count for point in points), Decimal())),
        "amount": number(view.lot_amount(key)),
        "name_ru": case.title_ru if united else first.item["name_ru"],
        "name_kz": case.title_kz if united else first.item["name_kz"],
        "description_ru": case.title_ru if united else first.item["desc_ru"],
        "description_kz": case.title_kz if united else first.item["desc_kz"],
        "customer_id": case.buyer.pid,
        "customer_bin": case.buyer.biin,
        "customer_name_ru": case.buyer.name_ru,
        "customer_name_kz": case.buyer.name_kz,
        "trd_buy_number_anno": view.number_anno(Key("buy", key.case, round_)),
        "trd_buy_id": view.id(Key("buy", key.case, round_)),
        "dumping": int(Dice(view.seed, "dumping", key.case, lot_number).chance(15)),
        "dumping_lot_price": 0,
        "psd_sign": 4 if case.subject == 2 else 0,
        "consulting_services": 0,
        "point_list": [view.id(plan) for plan in view.lot_plans(key)],
        "enstru_list": [0],
        "pln_point_kato_list": sorted({place["code"] for point in points for place in case.wants[point].places}),
        "singl_org_sign": 0,
        "is_light_industry": int(Dice(view.seed, "light", key.case).chance(10)),
        "is_construction_work": int(case.subject == 2),
        "disable_person_id": 0,
        "ref_trade_methods_id": planned,
        "ref_buy_trade_methods_id": entry.method,
        "is_deleted": 0,
        "system_id": SYSTEM,
        "index_date": taken_in,
    }


def _lot_number(view: View, key: Key) -> str:
    """Plan root and method symbol; united lots carry the id of the lot they first were."""
    case, entry = view.case(key.case), view.round(key)
    round_, lot_number = divmod(key.slot, WIDTH)
    symbol = (refs.row("ref_trade_methods", entry.method) or {})["symbol_code"]
    points = case.lot_points(lot_number)
    if len(points) == 1:
        return f"{view.id(Key('plan', key.case, points[0] * 8))}-{symbol}{round_ + 1}"
    first = next(index for index, other in enumerate(case.life.rounds) if lot_number in other.lots)
    return f"{view.id(Key('lot', key.case, first * WIDTH + lot_number))}-ОЛ-{symbol}{round_ + 1}"


def app(view: View, key: Key) -> Record:
    """A bid: a supplier's application, lot by lot."""
    entry = view.round(key)
    round_, bidder = divmod(key.slot, WIDTH)
    supplier = view.parties.supplier(key.case, round_, bidder)
    buy_key = Key("buy", key.case, round_)
    protocol = view.id(buy_key) - 9_000_000
    fraction = Dice(view.seed, "applied", key.case, key.slot).below(1000)
    return {
        "_key": key,
        "id": view.id(key),
        "buy_id": view.id(buy_key),
        "supplier_id": supplier.pid,
        "cr_fio": supplier.head,
        "mod_fio": supplier.head,
        "supplier_bin_iin": supplier.biin,
        "prot_id": protocol,
        "prot_number": str(protocol),
        "date_apply": f"{view.made(key)}.{fraction:03d}000",
        "app_lots": [_app_lot(view, key, index) for index, bids in enumerate(entry.bidders) if bidder < bids],
        "system_id": SYSTEM,
        "index_date": view.stamps(key)[1],
    }


def _app_lot(view: View, key: Key, index: int) -> Record:
    case, entry = view.case(key.case), view.round(key)
    round_, bidder = divmod(key.slot, WIDTH)
    lot_number, winner = entry.lots[index], entry.winners[index]
    left = 100 - case.discount(round_, lot_number, bidder, winner)
    lot_key = Key("lot", key.case, round_ * WIDTH + lot_number)
    points, plans = case.lot_points(lot_number), view.lot_plans(lot_key)
    own = 17_000_000 + view.world.place(key) * WIDTH + index
    offers: list[Record] = []
    for point, plan in zip(points, plans, strict=True):
        price = rounded(case.price(point, plan.slot % 8) * left / 100)
        offers.append(
            {
                "id": own * 8 + len(offers),
                "point_id": view.id(plan),
                "lot_id": view.id(lot_key),
                "app_lot_id": own,
                "price": number(price),
                "amount": number(price * case.wants[point].count),
            }
        )
    amount = sum((Decimal(offer["amount"]) for offer in offers), Decimal())
    return {
        "_key": lot_key,
        "id": own,
        "app_id": view.id(key),
        "lot_id": view.id(lot_key),
        "point_list": [str(view.id(plan)) for plan in plans],
        "status_id": _bid_status(view, key, index),
        "price": offers[0]["price"] if len(offers) == 1 else number(amount),
        "amount": number(amount),
        "discount_value": 0,
        "discount_price": 0,
        "system_id": SYSTEM,
        "index_date": view.stamps(key)[1],
        "offers": offers,
    }


def _bid_status(view: View, key: Key, index: int) -> int:
    entry, bidder = view.round(key), key.slot % WIDTH
    if not entry.won[index]:
        return 370
    if bidder == entry.winners[index]:
        return 360
    return 365 if bidder == (entry.winners[index] + 1) % entry.bidders[index] else 350


def cancellation(view: View, key: Key) -> list[Record]:
    """The decision that cancelled an announcement, if one did."""
    entry = view.round(key)
    if entry.cancelled is None or not view.over(key.case, entry.cancelled):
        return []
    return [
        {
            "id": 40_000 + view.world.place(key),
            "number_decision": str(key.case % 90 + 1),
            "date_decision": view.when(key, entry.cancelled, early=3600),
            "name_authority": "Департамент внутреннего государственного аудита",
            "date_create": view.when(key, entry.cancelled, early=60),
            "trd_buy_id": view.id(key),
            "act_type_name_ru": "Решение",
            "act_type_name_kz": "Шешім",
            "type_actions_name_ru": "Отмена закупки по решению уполномоченных органов",
            "type_actions_name_kz": "Отмена закупки по решению уполномоченных органов",
            "type_actions_code": "canceledTrade",
            "system_id": SYSTEM,
            "index_date": view.stamps(key)[1],
        }
    ]


def suspension(view: View, key: Key) -> list[Record]:
    """The decision that suspended an announcement, if one did."""
    entry = view.round(key)
    if entry.paused is None or not view.over(key.case, entry.paused):
        return []
    over = view.status(key.case, entry.stages) != 420
    return [
        {
            "id": 510_000 + view.world.place(key),
            "status": 3 if over else 1,
            "date_create": view.when(key, entry.paused, early=600),
            "date_pause": view.when(key, entry.paused),
            "decide_number": f"{key.case % 400}-ПК" if over else None,
            "decide_date": view.day(key.case, entry.paused + 2) if over else None,
            "decide_doc_kz": odd(Dice(view.seed, "decision", key.case), "шағым қанағаттандырусыз қалдырылды")
            if over
            else None,
            "decide_doc_ru": "жалоба оставлена без удовлетворения" if over else None,
            "status_name_ru": "Решение вынесено" if over else "На рассмотрении",
            "status_name_kz": "Шешім шығарылды" if over else "Қаралуда",
            "solution_name_ru": "Решение по госаудиту" if over else None,
            "solution_name_kz": "Мемаудит бойынша шешім" if over else None,
            "lots": {"id": [str(view.id(lot)) for lot in view.lot_keys(key)]},
            "system_id": SYSTEM,
            "index_date": view.stamps(key)[1],
        }
    ]


def files(view: View, key: Key) -> list[Record]:
    """The files of an announcement or a lot: addresses only, they cannot be fetched here."""
    owner = view.id(key)
    part, names = ("trd_buy", _BUY_FILES) if key.kind == "buy" else ("trd_buy_lots_list", _LOT_FILES)
    records = []
    for index, (name_ru, name_kz, original) in enumerate(names):
        digest = md5(f"{view.seed}/{part}/{owner}/{index}".encode(), usedforsecurity=False).hexdigest()
        records.append(
            {
                "id": owner * 4 + index if part == "trd_buy" else owner * 2 + index,
                "file_path": f"https://ows.goszakup.gov.kz/download/{part}/{digest}",
                "original_name": original.format(owner),
                "object_id": [owner] if part == "trd_buy" else owner,
                "name_ru": name_ru,
                "name_kz": name_kz,
                "index_date": view.made(key, late=900),
                "system_id": SYSTEM,
            }
        )
    return records


_BUY_FILES = (
    ("Проект договора об электронных закупках", "Электрондық сатып алу туралы шарт жобасы", "contract_project_{}.pdf"),
    ("Протокол итогов", "Қорытынды хаттамасы", "protocol_{}.pdf"),
)
_LOT_FILES = (("Техническая спецификация", "Техникалық ерекшелік", "techspec_{}.pdf"),)
