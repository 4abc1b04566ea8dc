"""What hangs below an object in GraphQL: lists and objects that are made only when asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.dice import Dice
from sandbox.kazakhstan import contracts, people, planning, rates, refs, settlement, tenders
from sandbox.kazakhstan.entries import VERSIONS
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key

Arguments = Mapping[str, Any]
Resolver = Callable[[View, Record, Arguments], Any]


def _ref(name: str, field: str) -> Resolver:
    def find(_: View, record: Record, __: Arguments) -> Record | None:
        return refs.row(name, record[field])

    return find


def _refs(name: str, field: str) -> Resolver:
    def find(_: View, record: Record, __: Arguments) -> list[Record]:
        return [row for row in (refs.row(name, key) for key in record[field]) if row]

    return find


def _party(field: str) -> Resolver:
    def find(view: View, record: Record, _: Arguments) -> Record | None:
        party = view.parties.by_pid(record[field]) if record[field] else None
        return people.subject(view, party) if party else None

    return find


def _nothing(_: View, __: Record, ___: Arguments) -> None:
    return None


def _no_items(_: View, __: Record, ___: Arguments) -> list[Record]:
    return []


# Announcements and lots


def _lots(view: View, record: Record, _: Arguments) -> list[Record]:
    return [tenders.lot(view, key) for key in view.lot_keys(record["_key"])]


def _pause(view: View, record: Record, _: Arguments) -> Record | None:
    found = tenders.suspension(view, record["_key"])
    if not found:
        return None
    return found[0] | {"lots": [{"id": int(number)} for number in found[0]["lots"]["id"]]}


def _lot_plans(view: View, record: Record, _: Arguments) -> list[Record]:
    """The plan points of a lot: of fresh lots most have none yet."""
    key: Key = record["_key"]
    fresh = view.age(key.case) - view.round(key).published <= rates.FRESH_LOT_DAYS
    if fresh and Dice(view.seed, "fresh", key.case, key.slot).chance(rates.FRESH_WITHOUT_PLANS):
        return []
    return [planning.plan(view, plan) for plan in view.lot_plans(key)]


def _lot_buy(view: View, record: Record, _: Arguments) -> Record:
    return tenders.buy(view, view.buy_key(record["_key"]))


# Plan points


def _plan_places(view: View, record: Record, _: Arguments) -> list[Record] | None:
    keys = planning.kato_keys(view, record["_key"])
    return [planning.kato(view, key) for key in keys] or None


def _plan_lines(view: View, record: Record, _: Arguments) -> list[Record]:
    key: Key = record["_key"]
    return [planning.spec(view, Key("spec", key.case, key.slot))]


def _enstru(view: View, record: Record, _: Arguments) -> Record:
    key: Key = record["_key"]
    item = view.case(key.case).wants[key.slot // VERSIONS].item
    names = ("name_ru", "name_kz", "desc_ru", "desc_kz")
    levels = {"parent_id": None, "level_": 4, "r": None, "g": None, "s": None}
    own = {"id": record["ref_enstru_id"], "code": record["ref_enstru_code"], "mkei": item["unit"], "edizm": None}
    return {name: item[name] for name in names} | levels | own


# Contracts


def _units(view: View, record: Record, arguments: Arguments) -> list[Record]:
    codes = (arguments.get("filter") or {}).get("refEnstruCode")
    found = contracts.unit_records(view, record["_key"])
    return [one for one in found if not codes or not set(codes).isdisjoint(one["ref_enstru_code"])]


def _unit_plan(view: View, record: Record, _: Arguments) -> Record:
    return planning.plan(view, record["_unit"].plan)


def _unit_lines(_: View, record: Record, __: Arguments) -> list[Record]:
    return [_line(record, one) for one in record["spec"]]


def _line(record: Record, one: Record) -> Record:
    """A budget line in the names GraphQL has for it, with sums as numbers."""
    return one | {
        "id": record["id"] * 2,
        "contract_id": record["contract_registry_id"],
        "unit_id": record["id"],
        "plan_sum": record["total_sum"],
        "plan_sun_with_vat": record["total_sum_wnds"],
        "total_sum": record["total_sum"],
        "total_sum_with_vat": record["total_sum_wnds"],
        "fact_sum": 0,
        "fact_sum_with_vat": 0,
        "system_id": record["system_id"],
        "index_date": record["index_date"],
    }


def _contract_lines(view: View, record: Record, _: Arguments) -> list[Record]:
    found = contracts.unit_records(view, record["_key"])
    return [_line(one, spec) for one in found for spec in one["spec"]]


def _acts(view: View, record: Record, _: Arguments) -> list[Record]:
    return [settlement.act(view, key) for key in view.parts("act", record["_key"])]


def _payments(view: View, record: Record, _: Arguments) -> list[Record] | None:
    """The payments of a contract; null where the treasury has no part in it."""
    if not record["is_gu"]:
        return None
    return [settlement.payment(view, key) for key in view.parts("pay", record["_key"])]


def _contract_buy(view: View, record: Record, _: Arguments) -> Record | None:
    key: Key = record["_key"]
    round_ = view.deal(key).round
    return None if round_ is None else tenders.buy(view, Key("buy", key.case, round_))


def _bills(field: str, party: str) -> Resolver:
    def find(_: View, record: Record, __: Arguments) -> Record:
        return {"id": record[field], "kbe": "17", "sys_subjects_id": record[party]}

    return find


def _contract_file(view: View, record: Record, _: Arguments) -> Record:
    address = f"https://ows.goszakup.gov.kz/download/contract/{record['id']:032x}"
    name = {"file_path": address, "original_name": f"contract_{record['id']}.pdf", "object_id": record["id"]}
    words = {"name_ru": "Договор", "name_kz": "Шарт", "index_date": view.made(record["_key"], late=900)}
    return {"id": record["id"] * 4, "system_id": record["system_id"]} | name | words


def _act_contract(root: bool) -> Resolver:
    def find(view: View, record: Record, _: Arguments) -> Record:
        key = view.contract_of(record["_key"])
        slot = view.deal(key).root if root else key.slot
        return contracts.contract(view, Key("contract", key.case, slot))

    return find


# Bids and participants


def _bid_lots(_: View, record: Record, __: Arguments) -> list[Record]:
    return [one | {"point_list": [int(point) for point in one["point_list"]]} for one in record["app_lots"]]


def _bid_lot(view: View, record: Record, _: Arguments) -> Record:
    return tenders.lot(view, record["_key"])


def _bid_plans(view: View, record: Record, _: Arguments) -> list[Record]:
    return [planning.plan(view, plan) for plan in view.lot_plans(record["_key"])]


def _addresses(view: View, record: Record, _: Arguments) -> list[Record]:
    found = people.addresses(view, record["_party"])
    return [one | {name: int(one[name]) for name in ("id", "pid", "address_type")} for one in found]


def _files(view: View, record: Record, _: Arguments) -> list[Record]:
    return tenders.files(view, record["_key"])


def _buy_part(maker: Callable[[View, Key], list[Record]]) -> Resolver:
    def find(view: View, record: Record, _: Arguments) -> list[Record] | None:
        return maker(view, record["_key"]) or None

    return find


RESOLVERS: Mapping[tuple[str, str], Resolver] = {
    ("TrdBuy", "Lots"): _lots,
    ("TrdBuy", "Organizer"): _party("org_pid"),
    ("TrdBuy", "Commission"): _nothing,
    ("TrdBuy", "Cancel"): _buy_part(tenders.cancellation),
    ("TrdBuy", "Pause"): _pause,
    ("TrdBuy", "Files"): _files,
    ("TrdBuy", "GeneralFiles"): _no_items,
    ("TrdBuy", "RefTradeMethods"): _ref("ref_trade_methods", "ref_trade_methods_id"),
    ("TrdBuy", "RefSubjectType"): _ref("ref_subject_type", "ref_subject_type_id"),
    ("TrdBuy", "RefBuyStatus"): _ref("ref_buy_status", "ref_buy_status_id"),
    ("TrdBuy", "RefTypeTrade"): _ref("ref_type_trade", "ref_type_trade_id"),
    ("Lots", "RefLotsStatus"): _ref("ref_lots_status", "ref_lot_status_id"),
    ("Lots", "Plans"): _lot_plans,
    ("Lots", "Customer"): _party("customer_id"),
    ("Lots", "TrdBuy"): _lot_buy,
    ("Lots", "RefTradeMethods"): _ref("ref_trade_methods", "ref_trade_methods_id"),
    ("Lots", "RefBuyTradeMethods"): _ref("ref_trade_methods", "ref_buy_trade_methods_id"),
    ("Lots", "Files"): _files,
    ("PlnPoint", "PlanActs"): lambda view, record, _: planning.plan_act(view, record["_key"]),
    ("PlnPoint", "PlansKato"): _plan_places,
    ("PlnPoint", "PlansSpec"): _plan_lines,
    ("PlnPoint", "Customer"): _party("sys_subjects_id"),
    ("PlnPoint", "Organizer"): _party("sys_organizator_id"),
    ("PlnPoint", "RefUnits"): _ref("ref_units", "ref_units_code"),
    ("PlnPoint", "RefSubjectType"): _ref("ref_subject_type", "ref_subject_type_id"),
    ("PlnPoint", "RefTradeMethods"): _ref("ref_trade_methods", "ref_trade_methods_id"),
    ("PlnPoint", "RefEnstru"): _enstru,
    ("PlnPoint", "RefMonths"): _ref("ref_months", "ref_months_id"),
    ("PlnPoint", "RefPlnPointStatus"): _ref("ref_pln_point_status", "ref_pln_point_status_id"),
    ("PlnPoint", "RefFinsource"): _ref("ref_finsource", "ref_finsource_id"),
    ("PlnPoint", "RefAbp"): _ref("ref_abp", "ref_abp_code"),
    ("PlnPoint", "RefPointType"): _ref("ref_point_type", "ref_point_type_id"),
    ("PlnPoint", "RefAmendmAgreemJustif"): _ref("ref_amendm_agreem_justif", "ref_amendm_agreem_justif_id"),
    ("PlnPoint", "RefJustification"): _ref("ref_justification", "ref_justification_id"),
    ("PlnPoint", "RefAmendmentAgreemType"): _ref("ref_amendment_agreem_type", "ref_amendment_agreem_type_id"),
    ("PlnPoint", "RefBudgetType"): _ref("ref_budget_type", "ref_budget_type_id"),
    ("PlnPointsKato", "RefKato"): _ref("ref_kato", "ref_kato_code"),
    ("PlnPointsKato", "RefCountries"): _ref("ref_countries", "ref_countries_code"),
    ("Contract", "ContractUnits"): _units,
    ("Contract", "ContractTreas"): _nothing,
    ("Contract", "ContractPayment"): _no_items,
    ("Contract", "ContractSpecSum"): _contract_lines,
    ("Contract", "SupplierBills"): _bills("supplier_bill_id", "supplier_id"),
    ("Contract", "CustomerBills"): _bills("customer_bill_id", "customer_id"),
    ("Contract", "Acts"): _acts,
    ("Contract", "TrdBuy"): _contract_buy,
    ("Contract", "Supplier"): _party("supplier_id"),
    ("Contract", "Customer"): _party("customer_id"),
    ("Contract", "File"): _contract_file,
    ("Contract", "RefSubjectType"): _ref("ref_subject_type", "ref_subject_type_id"),
    ("Contract", "RefAmendmAgreemJustif"): _refs("ref_amendm_agreem_justif", "ref_amendm_agreem_justif_id"),
    ("Contract", "RefContractStatus"): _ref("ref_contract_status", "ref_contract_status_id"),
    ("Contract", "RefContractAgrForm"): _ref("ref_contract_agr_form", "ref_contract_agr_form_id"),
    ("Contract", "RefContractYearType"): _ref("ref_contract_year_type", "ref_contract_year_type_id"),
    ("Contract", "RefFinsource"): _ref("ref_finsource", "ref_finsource_id"),
    ("Contract", "RefCurrency"): _ref("ref_currency", "ref_currency_code"),
    ("Contract", "RefContractCancel"): _ref("ref_contract_cancel", "ref_contract_cancel_id"),
    ("Contract", "RefContractType"): _ref("ref_contract_type", "ref_contract_type_id"),
    ("Contract", "FaktTradeMethods"): _ref("ref_trade_methods", "fakt_trade_methods_id"),
    ("Contract", "Agreement"): _no_items,
    ("Contract", "TreasuryPay"): _payments,
    ("ContractUnits", "Plans"): _unit_plan,
    ("ContractUnits", "Spec"): _unit_lines,
    ("ContractUnits", "RefAmendmAgreemJustif"): _refs("ref_amendm_agreem_justif", "ref_amendm_agreem_justif_id"),
    ("ContractAct", "Supplier"): _party("supplier_id"),
    ("ContractAct", "Customer"): _party("customer_id"),
    ("ContractAct", "Contract"): _act_contract(root=False),
    ("ContractAct", "ContractRoot"): _act_contract(root=True),
    ("ContractAct", "RefSubjectType"): _ref("ref_subject_type", "ref_subject_type_id"),
    ("ContractAct", "Place"): _no_items,
    ("TrdApp", "AppLots"): _bid_lots,
    ("TrdApp", "TrdBuy"): _lot_buy,
    ("TrdApp", "Supplier"): _party("supplier_id"),
    ("TrdAppLots", "Lot"): _bid_lot,
    ("TrdAppLots", "Plans"): _bid_plans,
    ("TrdAppLots", "Offers"): lambda _, record, __: record["offers"],
    ("TrdAppLots", "RefAppStatus"): _ref("ref_po_st", "status_id"),
    ("Subject", "Address"): _addresses,
    ("Subject", "Employees"): _nothing,
    ("Subject", "Admins"): _no_items,
    ("Subject", "RefCountries"): _ref("ref_countries", "country_code"),
    ("SubjectAddress", "RefKato"): _ref("ref_kato", "kato_code"),
    ("SubjectAddress", "RefCountries"): _ref("ref_countries", "country_code"),
}
"""By type and field; a field of an object type that is not here is null."""
