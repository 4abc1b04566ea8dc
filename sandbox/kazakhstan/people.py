"""Participants and unfair suppliers in the portal's fields."""

from sandbox.calendar import HISTORY, OPENING, WORKING, indexed
from sandbox.dice import Dice
from sandbox.kazakhstan.parties import Party
from sandbox.kazakhstan.view import Record, View

SYSTEM = 3
PERIOD = 97
"""A participant's entry changes every so many days."""
FIRST_UNFAIR = 240_000


def changed_on(view: View, party: Party) -> tuple[int, int]:
    """Day and second of the latest change of a participant's entry."""
    day = view.today - 1 - (view.today - 1 + HISTORY + party.index) % PERIOD
    return day, OPENING + Dice(view.seed, "subject", party.index, day).below(WORKING - 600)


def subject(view: View, party: Party) -> Record:
    """A participant."""
    day, second = changed_on(view, party)
    text = view.world.calendar.text
    dice = Dice(view.seed, "detail", party.index)
    registered = f"{dice.between(2004, 2024)}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d} 10:00:00"
    supplier = int(not party.is_state and not party.is_quasi)
    marks = ("company", "assoc_with_disab", "world_company", "state_monopoly", "natural_monopoly")
    return {
        "_party": party,
        "pid": party.pid,
        "bin": "" if party.is_person else party.biin,
        "iin": party.biin if party.is_person else None,
        "inn": None,
        "unp": None,
        "parent_subject": None,
        "parent_name_kz": None,
        "parent_name_ru": None,
        "regdate": registered,
        "crdate": int(registered[:4]),
        "index_date": text(day, indexed(second, party.index % 5)),
        "number_reg": None,
        "series": None,
        "name_ru": party.name_ru,
        "name_kz": party.name_kz,
        "full_name_ru": party.name_ru,
        "full_name_kz": party.name_kz,
        "email": f"office{party.index}@example.kz",
        "phone": f"+7700{dice.below(10**7):07d}",
        "website": None,
        "last_update_date": text(day, second),
        "country_code": "398",
        "qvazi": int(party.is_quasi),
        "customer": 1 - supplier,
        "organizer": 1 - supplier,
        "mark_national_company": int(party.is_quasi),
        "ref_kopf_code": "ГУ" if party.is_state else None,
        "year": int(registered[:4]),
        "mark_resident": 1,
        "system_id": SYSTEM,
        "supplier": supplier,
        "type_supplier": party.type_supplier,
        "krp_code": dice.pick((1, 2, 3)),
        "oked_list": dice.pick((84111, 85310, 47190, 41202)),
        "kse_code": 1,
        "mark_small_employer": supplier,
        "mark_patronymic_producer": 0,
        "mark_patronymic_supplyer": 0,
        "is_single_org": 0,
        "kato_list": [party.place["code"]],
        "branches": None,
    } | {f"mark_{mark}": 0 for mark in marks[1:]}


def addresses(view: View, party: Party) -> list[Record]:
    """Where a participant is; the ids are text in live answers."""
    day, second = changed_on(view, party)
    text = view.world.calendar.text
    return [
        {
            "id": str(6_000 + party.index * 2),
            "pid": str(party.pid),
            "ref_source_code": 2,
            "address_type": "1",
            "address": party.address,
            "kato_code": party.place["code"],
            "phone": None,
            "country_code": "398",
            "date_create": "2018-01-03 06:01:16",
            "edit_date": text(day, second),
            "index_date": text(day, indexed(second, party.index % 5)),
        }
    ]


def unfair(view: View, party: Party) -> Record:
    """An entry of the register of unfair suppliers."""
    buyer = view.parties.buyer(party.index, 0)
    return {
        "_party": party,
        "id": str(FIRST_UNFAIR + party.index),
        "pid": str(party.pid),
        "customer_name_ru": buyer.name_ru,
        "customer_name_kz": buyer.name_kz,
        "customer_biin": buyer.biin,
        "supplier_name_ru": party.name_ru,
        "supplier_name_kz": party.name_kz,
        "supplier_biin": party.biin,
        "supplier_innunp": None,
        "supplier_head_name_kz": None,
        "supplier_head_name_ru": None,
        "supplier_head_biin": None,
        "court_decision": f"7119-{party.index % 100:02d}-00-2а/{party.index % 900}",
        "court_decision_date": "2025-03-05 00:00:00",
        "start_date": "2025-03-20 00:00:00",
        "end_date": "2027-03-20 00:00:00",
        "ref_reason_id": 1,
        "kato_list": [party.place["code"]],
        "founders": None,
        "index_date": "2025-03-20 05:01:18",
        "system_id": SYSTEM,
    }
