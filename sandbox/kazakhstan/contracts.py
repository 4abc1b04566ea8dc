"""Contracts and their items in the portal's fields."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.dice import Dice
from sandbox.kazakhstan import rates
from sandbox.kazakhstan.case import number, rounded
from sandbox.kazakhstan.entries import VERSIONS, WIDTH
from sandbox.kazakhstan.texts import odd
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key

SYSTEM = 3
_LONG = Decimal("0.0000000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One item of a contract: what, how much of it, for how much with and without VAT."""

    lot: int
    point: int
    plan: Key
    quantity: Decimal
    price_with_vat: Decimal
    price: Decimal
    sum_with_vat: Decimal
    sum: Decimal


def units(view: View, key: Key) -> tuple[Unit, ...]:
    """The items of a contract."""
    return view.remember(_units, key)


def _units(view: View, key: Key) -> tuple[Unit, ...]:
    deal, case = view.deal(key), view.case(key.case)
    rate = case.rate(view.supplier(key), deal.round)
    digits = _LONG if Dice(view.seed, "digits", key.case).chance(rates.LONG_FRACTIONS) else Decimal("0.01")
    made = case.life.deals[deal.root].made if deal.round is None else 0
    found = []
    for lot in deal.lots:
        for point in case.lot_points(lot):
            plan = view.plan_key(key.case, point, deal.round, made)
            price = rounded(case.price(point, plan.slot % VERSIONS) * _left(view, key, lot) / 100)
            total = price * case.wants[point].count
            found.append(
                Unit(
                    lot=lot,
                    point=point,
                    plan=plan,
                    quantity=case.wants[point].count,
                    price_with_vat=price,
                    price=price if rate == 1 else (price / rate).quantize(digits),
                    sum_with_vat=total,
                    sum=total if rate == 1 else (total / rate).quantize(digits),
                )
            )
    return tuple(found)


def _left(view: View, key: Key, lot: int) -> int:
    """Per cent of the planned price that are left after the bid and the amendments."""
    deal, case = view.deal(key), view.case(key.case)
    left = 100
    if deal.round is not None:
        entry = case.life.rounds[deal.round]
        left -= case.discount(deal.round, lot, deal.bidder, entry.winners[entry.lots.index(lot)])
    if deal.number:
        left += Dice(view.seed, "amended", key.case, deal.root, deal.number).between(-8, 8)
    return left


def totals(view: View, key: Key) -> tuple[Decimal, Decimal]:
    """What a contract is worth, without and with VAT."""
    found = units(view, key)
    return sum((unit.sum for unit in found), Decimal()), sum((unit.sum_with_vat for unit in found), Decimal())


def accepted(view: View, key: Key) -> tuple[Decimal, Decimal]:
    """What has been accepted under a contract, without and with VAT."""
    done = sum(1 for _ in view.parts("act", key))
    net, gross = totals(view, key)
    count = max(1, len(view.deal(key).acts))
    if done == count:
        return net, gross
    return rounded(net * done / count), rounded(gross * done / count)


def contract(view: View, key: Key) -> Record:
    """A contract or an amendment of one."""
    deal = view.deal(key)
    changed, taken_in = view.stamps(key)
    net, gross = totals(view, key)
    done_net, done_gross = accepted(view, key)
    signed = deal.signed if view.over(key.case, deal.signed) else None
    executed = deal.executed if view.over(key.case, deal.executed) else None
    ended = deal.ended if view.over(key.case, deal.ended) else None
    made = view.world.made_at(key)
    return (
        {
            "_key": key,
            "id": view.id(key),
            "parent_id": 0 if deal.parent is None else view.id(Key("contract", key.case, deal.parent)),
            "root_id": view.id(Key("contract", key.case, deal.root)),
            "ref_contract_status_id": view.status(key.case, deal.stages),
            "deleted": 0,
            "crdate": view.made(key),
            "last_update_date": changed,
            "contract_sum": number(net),
            "contract_sum_wnds": number(gross),
            "sign_date": view.when(key, signed, early=1) if signed is not None else None,
            "ec_end_date": f"{view.world.calendar.at(*made).year}-12-31 00:00:00",
            "plan_exec_date": view.day(key.case, (deal.signed or deal.made) + 60, 15 * 3600),
            "fakt_exec_date": view.when(key, executed) if executed is not None else None,
            "fakt_sum": number(done_net),
            "fakt_sum_wnds": number(done_gross),
            "contract_end_date": view.when(key, ended) if ended is not None else None,
            "ref_contract_cancel_id": (6, 23, 24)[key.case % 3] if ended is not None else 0,
            "ref_contract_type_id": 2 if deal.number else 1,
            "index_date": taken_in,
        }
        | _terms(view, key)
        | _origin(view, key)
        | _seller(view, key)
        | _buyer(view, key)
    )


def _origin(view: View, key: Key) -> Record:
    """The announcement; direct contracts have none, and say so by 0 or, seldom, by null."""
    deal, case = view.deal(key), view.case(key.case)
    if deal.round is None:
        nothing = Dice(view.seed, "origin", key.case).chance(rates.NULL_BUY)
        names = ("trd_buy_number_anno", "trd_buy_name_ru", "trd_buy_name_kz", "trd_buy_itogi_date_public")
        record: Record = {"trd_buy_id": None if nothing else 0} | dict.fromkeys((*names, "sign_reason_doc_date"))
        return record | {"sign_reason_doc_name": "пп. 42 п. 3 ст. 39" if key.case % 2 else None}
    buy = Key("buy", key.case, deal.round)
    decided = view.when(buy, case.life.rounds[deal.round].decided or 0, early=2)
    return {
        "trd_buy_id": view.id(buy),
        "trd_buy_number_anno": view.number_anno(buy),
        "trd_buy_name_ru": case.title_ru,
        "trd_buy_name_kz": case.title_kz,
        "sign_reason_doc_name": "Итоговый протокол о проведении государственных закупок",
        "sign_reason_doc_date": decided,
        "trd_buy_itogi_date_public": decided,
    }


def _terms(view: View, key: Key) -> Record:
    deal, case = view.deal(key), view.case(key.case)
    dice = Dice(view.seed, "terms", key.case, deal.root)
    number_sys = contract_number_sys(view, key)
    words = dice.chance(960)
    local = dice.weigh(((0, 930), (100, 55), (Decimal("47.77"), 15)))
    return {
        "ref_amendm_agreem_justif_id": [dice.pick((3, 4, 19))] if deal.number else [0],
        "contract_number": number_sys if dice.chance(800) else str(key.case % 400 + 1),
        "contract_number_sys": number_sys,
        "payments_terms_ru": "по факту" if dice.chance(45) else None,
        "payments_terms_kz": "іс жүзінде" if dice.chance(45) else None,
        "ref_subject_type_id": case.subject,
        "ref_subject_types_id": 0,
        "is_gu": int(case.buyer.is_state),
        "fin_year": case.year,
        "ref_contract_agr_form_id": dice.weigh(((1, 920), (2, 70), (3, 10))),
        "ref_contract_year_type_id": 1,
        "ref_finsource_id": 1 if case.buyer.is_state else 0,
        "ref_currency_code": "KZT",
        "exchange_rate": 1,
        "description_kz": case.title_kz if words else None,
        "description_ru": odd(dice, case.wants[0].item["desc_ru"], view.supplier(key).biin) if words else None,
        "fakt_trade_methods_id": case.life.method if deal.round is None else case.life.rounds[deal.round].method,
        "ec_customer_approve": 1,
        "ec_supplier_approve": int(deal.signed is not None),
        "contract_ms": local,
        "treasure_req_num": None,
        "treasure_req_date": None,
        "treasure_not_num": None,
        "treasure_not_date": None,
        "report_status": None,
        "report_created_at": None,
        "report_sign_at": None,
        "enforcement": dice.pick((1, 2, 2)),
        "with_nds": int(view.supplier(key).pays_vat),
        "system_id": SYSTEM,
    }


def contract_number_sys(view: View, key: Key) -> str:
    """Buyer's BIN, running number, number of the amendment."""
    deal, case = view.deal(key), view.case(key.case)
    serial = key.case * 8 + deal.root
    year = case.year % 100
    short = f"A{_base36(serial)}" if Dice(view.seed, "serial", key.case).chance(60) else f"{year}{serial:04d}"
    return f"{case.buyer.biin}/{short}/{deal.number:02d}"


def _base36(value: int) -> str:
    digits = ""
    while value or len(digits) < 5:
        value, digit = divmod(value, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
    return digits


def contract_case(number_sys: str) -> int | None:
    """The case a system number belongs to."""
    short = number_sys.split("/")[1] if number_sys.count("/") == 2 else ""
    try:
        return (int(short[1:], 36) if short.startswith("A") else int(short[2:])) // 8
    except ValueError:
        return None


def _seller(view: View, key: Key) -> Record:
    party = view.supplier(key)
    bik, bank_ru, bank_kz = party.bank if view.deal(key).signed else (None, None, None)
    return {
        "supplier_id": party.pid,
        "supplier_biin": party.biin,
        "supplier_bik": bik,
        "supplier_iik": party.account if bik else None,
        "supplier_fio": party.head,
        "supplier_bank_name_kz": bank_kz,
        "supplier_bank_name_ru": bank_ru,
        "supplier_legal_address": party.address,
        "supplier_bill_id": party.pid * 2 + 1,
        "supplier_phone": None,
    }


def _buyer(view: View, key: Key) -> Record:
    party = view.case(key.case).buyer
    bik, bank_ru, bank_kz = party.bank if key.case % 25 else (None, None, None)
    return {
        "customer_id": party.pid,
        "customer_bin": party.biin,
        "customer_bik": bik,
        "customer_iik": party.account if bik else None,
        "customer_fio": party.head,
        "customer_bank_name_kz": bank_kz,
        "customer_bank_name_ru": bank_ru,
        "customer_legal_address": party.address,
        "customer_bill_id": party.pid * 2,
        "customer_phone": None,
    }


def unit(view: View, key: Key, index: int, one: Unit) -> Record:
    """An item of a contract."""
    deal = view.deal(key)
    share = accepted(view, key)[0] / (totals(view, key)[0] or 1)
    first = Key("contract", key.case, deal.root)
    executed = view.over(key.case, deal.executed)
    return {
        "_key": key,
        "_unit": one,
        "id": _unit_id(view, key, index),
        "lot_id": 0 if deal.round is None else view.id(Key("lot", key.case, deal.round * WIDTH + one.lot)),
        "pln_point_id": view.id(one.plan),
        "item_price": number(one.price),
        "item_price_wnds": number(one.price_with_vat),
        "quantity": number(one.quantity),
        "total_sum": number(one.sum),
        "total_sum_wnds": number(one.sum_with_vat),
        "contract_sum": number(one.sum),
        "contract_sum_wnds": number(one.sum_with_vat),
        "fact_sum": number(one.sum if share == 1 else rounded(one.sum * share)),
        "fact_sum_wnds": number(one.sum_with_vat if share == 1 else rounded(one.sum_with_vat * share)),
        "ks_proc": 0,
        "ks_sum": 0,
        "deleted": 0,
        "trd_buy_id": 0 if deal.round is None else view.id(Key("buy", key.case, deal.round)),
        "contract_registry_id": view.id(key),
        "crdate": view.made(key),
        "exec_fakt_date": view.when(key, deal.executed) if executed and deal.executed is not None else None,
        "exec_plan_date": view.day(key.case, (deal.signed or deal.made) + 60, 15 * 3600),
        "executed": int(executed),
        "parent_id": 0 if deal.parent is None else _unit_id(view, Key("contract", key.case, deal.parent), index),
        "root_id": _unit_id(view, first, index),
        "ref_contract_status_id": view.status(key.case, deal.stages),
        "cr_deleted": 0,
        "ref_amendm_agreem_justif_id": [0],
        "ref_enstru_code": [view.case(key.case).wants[one.point].code],
        "system_id": SYSTEM,
        "index_date": view.stamps(key)[1],
        "spec": [_unit_spec(view, key, one)],
    }


def unit_records(view: View, key: Key) -> list[Record]:
    """The items of a contract."""
    return [unit(view, key, index, one) for index, one in enumerate(units(view, key))]


def _unit_id(view: View, key: Key, index: int) -> int:
    return 61_000_000 + view.world.place(key) * WIDTH + index


def _unit_spec(view: View, key: Key, one: Unit) -> Record:
    """The budget line of an item: its sums are written as text."""
    return {
        "ref_ekrb_id": 887,
        "spec_kat": 149,
        "point_spec_id": view.id(Key("spec", key.case, one.plan.slot)),
        "total_sum": str(number(one.sum)),
        "total_sum_wnds": str(number(one.sum_with_vat)),
        "ref_fkrb_subprogram_id": 742763,
        "ref_fkrb_id": 742763,
        "ref_fkrb_program_id": 739256,
        "fin_year": view.case(key.case).year,
        "plan_sum": str(number(one.sum)),
        "plan_sum_wnds": str(number(one.sum_with_vat)),
        "fact_sum": "0",
        "fact_sum_wnds": "0",
    }
