"""Plan points, their places of delivery and budget lines in the portal's fields."""

from decimal import Decimal

from sandbox.dice import Dice
from sandbox.kazakhstan import rates, refs
from sandbox.kazakhstan.case import number
from sandbox.kazakhstan.entries import VERSIONS
from sandbox.kazakhstan.texts import supply_date
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key

SYSTEM = 3


def plan(view: View, key: Key) -> Record:
    """A version of a plan point."""
    case = view.case(key.case)
    point, version = divmod(key.slot, VERSIONS)
    want, life = case.wants[point], case.life.points[point]
    dice = Dice(view.seed, "plan", key.case, point)
    changed, taken_in = view.stamps(key)
    amount = case.amount(point, version)
    later = life.versions[version + 1 : version + 2]
    return (
        {
            "_key": key,
            "id": view.id(key),
            "rootrecord_id": view.id(Key("plan", key.case, point * VERSIONS)),
            "sys_subjects_id": case.buyer.pid,
            "sys_organizator_id": case.organiser.pid,
            "subject_biin": case.buyer.biin,
            "subject_name_ru": case.buyer.name_ru,
            "subject_name_kz": case.buyer.name_kz,
            "name_ru": want.item["name_ru"],
            "name_kz": want.item["name_kz"] if dice.chance(850) else want.item["name_ru"],
            "ref_trade_methods_id": case.life.method,
            "ref_units_code": want.item["unit"],
            "count": number(want.count),
            "price": number(case.price(point, version)),
            "amount": number(amount),
            "ref_months_id": case.month,
            "ref_pln_point_status_id": view.status(key.case, life.stages[version]),
            "pln_point_year": case.year,
            "ref_subject_type_id": int(want.item["subject"]),
            "ref_enstru_code": want.code,
            "ref_enstru_id": refs.items().index(want.item) + 30_001,
            "is_qvazi": int(case.buyer.is_quasi),
            "date_create": view.made(key),
            "timestamp": changed,
            "desc_ru": want.item["desc_ru"],
            "desc_kz": want.item["desc_kz"],
            "extra_desc_kz": want.extra_kz,
            "extra_desc_ru": want.extra_ru,
            "sum_1": number(amount),
            "sum_2": 0,
            "sum_3": 0,
            "supply_date_ru": supply_date(dice),
            "prepayment": 30 if dice.chance(40) else 0,
            "disable_person_id": 0,
            "transfer_sys_subjects_id": 0,
            "transfer_type": 0,
            "is_active": int(not (later and view.over(key.case, later[0]))),
            "is_deleted": int(view.over(key.case, life.deleted)),
            "system_id": SYSTEM,
            "index_date": taken_in,
            "idc": None,
            "code_gu": None,
        }
        | _finance(view, key, dice)
        | _act(view, key)
    )


def _finance(view: View, key: Key, dice: Dice) -> Record:
    case = view.case(key.case)
    point, version = divmod(key.slot, VERSIONS)
    state = case.buyer.is_state
    direct = case.life.method in rates.DIRECT
    edited = version and case.life.deals and case.life.points[point].versions[version] > case.life.deals[0].made
    return {
        "ref_finsource_id": 1 if state else 0,
        "ref_abp_code": dice.pick((112, 122, 124, 201, 253, 261, 356, 464)) if state else 0,
        "ref_point_type_id": dice.weigh(((1, 940), (3, 50), (2, 10))),
        "ref_justification_id": dice.weigh(((42, 80), (19, 8), (2, 6), (45, 3), (68, 2), (52, 1))) if direct else 0,
        "ref_amendment_agreem_type_id": 2 if edited else 0,
        "ref_amendm_agreem_justif_id": dice.pick((3, 4)) if edited else 0,
        "contract_prev_point_id": view.id(Key("plan", key.case, key.slot - 1)) if edited else 0,
        "ref_budget_type_id": dice.pick((1, 4, 5, 5, 6)) if state else 0,
    }


def _act(view: View, key: Key) -> Record:
    """The edition of the yearly plan that brought the version."""
    case = view.case(key.case)
    act = 2_400_000 + (view.world.place(key) // 4)
    return {
        "createdin_act_id": act,
        "active_act_id": act,
        "plan_act_id": act,
        "plan_act_number": f"{act % 300 + 1}{('', '-нқ', 'ө')[act % 3]}",
        "ref_plan_status_id": 3,
        "plan_fin_year": case.year,
        "plan_preliminary": 0,
        "date_approved": view.made(key, late=210),
    }


def plan_act(view: View, key: Key) -> Record:
    """The edition of the yearly plan, as an object of its own."""
    record = _act(view, key)
    names = ("plan_act_number", "ref_plan_status_id", "plan_fin_year", "plan_preliminary", "date_approved")
    tail = {"is_active": 1, "is_deleted": 0, "system_id": SYSTEM, "index_date": view.made(key, late=1200)}
    return {"_key": key, "id": record["plan_act_id"]} | {name: record[name] for name in names} | tail


def deleted(view: View, key: Key) -> Record:
    """A plan point that was taken off."""
    plan_key = Key("plan", key.case, key.slot)
    return {
        "_key": key,
        "id": view.id(key),
        "rootrecord_id": view.id(Key("plan", key.case, key.slot // VERSIONS * VERSIONS)),
        "is_deleted": 1,
        "index_date": view.when(plan_key, view.world.script(key.case).points[key.slot // VERSIONS].deleted or 0),
    }


def kato_keys(view: View, plan_key: Key) -> list[Key]:
    """The places of delivery of a plan point."""
    count = len(view.case(plan_key.case).wants[plan_key.slot // VERSIONS].places)
    return [Key("kato", plan_key.case, plan_key.slot * VERSIONS + place) for place in range(count)]


def kato(view: View, key: Key) -> Record:
    """A place of delivery, and how much goes there; the quantities of a point's places add up."""
    slot, index = divmod(key.slot, VERSIONS)
    want = view.case(key.case).wants[slot // VERSIONS]
    place, count = want.places[index], len(want.places)
    share = want.count // count
    street = Dice(view.seed, "street", key.case, key.slot).between(1, 99)
    return {
        "_key": key,
        "id": view.id(key),
        "pln_points_id": view.id(Key("plan", key.case, slot)),
        "ref_kato_code": place["code"],
        "ref_countries_code": "398",
        "kato_full_name_ru": place["full_name_ru"],
        "kato_full_name_kz": place["full_name_kz"],
        "full_delivery_place_name_ru": f"{place['full_name_ru']} ул. Абая, {street}",
        "full_delivery_place_name_kz": f"{place['full_name_kz']} Абай көш., {street}",
        "count": number(want.count - share * (count - 1) if index == 0 else share),
        "is_active": 1,
        "is_deleted": 0,
        "system_id": SYSTEM,
        "index_date": view.stamps(key)[1],
    }


def spec(view: View, key: Key) -> Record:
    """The budget line of a plan point."""
    case = view.case(key.case)
    point, version = divmod(key.slot, VERSIONS)
    dice = Dice(view.seed, "spec", key.case, point)
    line = refs.row("ref_ekrb", dice.pick((878, 887, 889, 894, 931))) or {}
    program = refs.row("ref_fkrb_program", dice.pick((739256, 744748, 2111435))) or {}
    part = refs.row("ref_fkrb_subprogram", 742763) or {}
    office = refs.row("ref_abp", dice.pick((112, 122, 124, 464))) or {}
    return {
        "_key": key,
        "id": view.id(key),
        "pln_points_id": view.id(Key("plan", key.case, key.slot)),
        "ref_ekrb_id": line["id"],
        "spec_kat": int(line["code"]),
        "ekrb_code": line["code"],
        "ekrb_name_ru": line["name_ru"],
        "ekrb_name_kz": line["name_kz"],
        "count": number(case.wants[point].count),
        "price": number(case.price(point, version)),
        "amount": number(Decimal(case.amount(point, version))),
        "ref_fkrb_subprogram_id": part["id"],
        "fkrb_subprogram_code": part["ppr"],
        "fkrb_subprogram_name_ru": part["name_ru"],
        "fkrb_subprogram_name_kz": part["name_kz"],
        "ref_fkrb_id": part["id"],
        "abp_code": office["code"],
        "abp_name_ru": office["name_ru"],
        "abp_name_kz": office["name_kz"],
        "ref_fkrb_program_id": program["id"],
        "fkrb_program_code": program["prg"],
        "fkrb_program_name_ru": program["name_ru"],
        "fkrb_program_name_kz": program["name_kz"],
        "is_active": 1,
        "is_deleted": 0,
        "system_id": SYSTEM,
        "index_date": view.stamps(key)[1],
    }
