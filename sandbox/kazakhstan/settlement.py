"""Acts of acceptance and payments in the portal's fields."""

from decimal import Decimal

from sandbox.kazakhstan.case import number, rounded
from sandbox.kazakhstan.contracts import SYSTEM, contract_number_sys, totals
from sandbox.kazakhstan.entries import VERSIONS
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key


def act(view: View, key: Key) -> Record:
    """An act of acceptance."""
    contract_key, index = view.contract_of(key), key.slot % VERSIONS
    deal = view.deal(contract_key)
    before, after = (_share(view, contract_key, index), _share(view, contract_key, index + 1))
    case = view.case(key.case)
    return {
        "_key": key,
        "id": view.id(key),
        "akt_date": view.made(key),
        "number_act": f"{contract_number_sys(view, contract_key).split('/', 1)[1]}/{index + 1}",
        "approve_date": view.made(key, late=3),
        "revoke_date": None,
        "create_date_act": view.made(key),
        "contract_root_id": view.id(Key("contract", key.case, deal.root)),
        "contract_id": view.id(contract_key),
        "status_id": 15,
        "is_deleted": 0,
        "day_overdue": None,
        "sum_avans": None,
        "sum_beginning": None,
        "sum_fine": None,
        "sum_previously": number(before) if index else None,
        "sum_transfer": number(after - before),
        "create_date_gen_info": view.made(key),
        "status_name_ru": "утвержден",
        "status_name_kz": "бекітілді",
        "supplier_id": view.supplier(contract_key).pid,
        "customer_id": case.buyer.pid,
        "is_gu": int(case.buyer.is_state),
        "type_act": 1,
        "ref_subject_type_id": case.subject,
        "parent_id": 0,
        "all_done": int(index + 1 == len(deal.acts)),
        "system_id": SYSTEM,
        "index_date": view.stamps(key)[1],
    }


def _share(view: View, key: Key, acts: int) -> Decimal:
    """What so many acts of a contract have accepted, with VAT."""
    gross, count = totals(view, key)[1], len(view.deal(key).acts)
    return gross if acts == count else rounded(gross * acts / count)


def payment(view: View, key: Key) -> Record:
    """A payment through the treasury. Quantity and unit price are swapped, as at the portal."""
    contract_key, index = view.contract_of(key), key.slot % VERSIONS
    paid = _share(view, contract_key, index + 1) - _share(view, contract_key, index)
    party, case = view.supplier(contract_key), view.case(key.case)
    day = f"{view.made(key)[:10]} 00:00:00"
    deal = view.deal(contract_key)
    own = view.id(key)
    return {
        "_key": key,
        "id": own,
        "nom_za": f"EGZ-{key.case % 1_000_000:06d}/{deal.number:02d}-{index + 1:03d}",
        "contract_id": view.id(contract_key),
        "dt_reg": view.when(contract_key, deal.signed or deal.made),
        "nom_uved": str(5_625_751 + key.case),
        "supplier": party.name_ru,
        "rnn_supplier": None,
        "bik_supplier": party.bank[0],
        "iik_supplier": party.account,
        "code_supplier": str(700_000 + party.index),
        "nom_dog": str(view.id(contract_key)),
        "dt_dog": view.day(key.case, deal.signed or deal.made),
        "item_description": case.wants[0].item["name_ru"],
        "unit_price": number(paid),
        "quantity": 1,
        "nom_dop": None,
        "dt_dop": None,
        "type_bujet": "01",
        "budget_name_ru": "Республиканский бюджет",
        "budget_name_kz": "Республикалық бюджет",
        "kato": "620101",
        "func": "217001100",
        "espk": "000149",
        "gu": "2170001",
        "fin_source": "1",
        "po_header_id": 5_556_418 + key.case,
        "last_update_date": day,
        "vendor_id": 1_902_064 + party.index,
        "pdi_update_date": day,
        "prepay_sum": 0,
        "str_prepay_sum": "",
        "check_id": own - 2_415_857,
        "invoice_id": own,
        "pay_description": "оплата по договору",
        "invnum": str(index + 1),
        "pay_amount": number(paid),
        "check_number": str(own - 2_723_485),
        "pay_date": day,
        "code_combination_id": 7_927_086,
        "ppn": 282_835_271 + key.case,
        "accounting_date": None,
        "system_id": SYSTEM,
        "index_date": view.stamps(key)[1],
    }
