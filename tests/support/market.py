"""A portal with so many purchases a working day that a gate can tell a disaster from a day's work."""

from datetime import date, timedelta

from tests.support.goszakup import Goszakup

FIRST_DAY = date(2026, 9, 21)
EACH_DAY = 24
CONTRACT_AT = 500_000


def working_days(until):
    """Give the working days from the first one on, up to a day that does not count."""
    days = (FIRST_DAY + timedelta(days=number) for number in range((until - FIRST_DAY).days))
    return [day for day in days if day.isoweekday() < 6]


def announcement(number, day):
    moment = f"{day} 10:00:{number % 60:02d}"
    return {
        "id": number,
        "number_anno": f"{number}-1",
        "name_ru": f"Поставка бумаги, партия {number}",
        "name_kz": f"Қағаз жеткізу, {number}-партия",
        "total_sum": 900_000 + 1_000 * number,
        "count_lots": 1,
        "ref_trade_methods_id": 3,
        "ref_subject_type_id": 1,
        "customer_bin": "101140000017",
        "customer_name_ru": "Средняя школа № 7",
        "org_bin": "110240000025",
        "org_name_ru": "Отдел государственных закупок",
        "ref_buy_status_id": 350,
        "publish_date": moment,
        "start_date": moment,
        "end_date": f"{day} 18:00:00",
        "parent_id": 0,
        "system_id": 3,
        "index_date": moment,
    }


def contract(number, day):
    moment = f"{day} 12:00:{number % 60:02d}"
    return {
        "id": CONTRACT_AT + number,
        "root_id": CONTRACT_AT + number,
        "parent_id": 0,
        "trd_buy_id": number,
        "trd_buy_number_anno": f"{number}-1",
        "contract_number_sys": f"101140000017/26{number:04d}/00",
        "ref_contract_status_id": 190,
        "ref_contract_type_id": 1,
        "contract_sum": 800_000 + 1_000 * number,
        "contract_sum_wnds": 800_000 + 1_000 * number,
        "ref_currency_code": "KZT",
        "fakt_trade_methods_id": 3,
        "ref_subject_type_id": 1,
        "customer_bin": "101140000017",
        "supplier_biin": f"1903400{number % 90_000:05d}",
        "sign_date": moment,
        "crdate": moment,
        "last_update_date": moment,
        "index_date": moment,
        "system_id": 3,
    }


class Market(Goszakup):
    """The portal as it stands on the morning of a day; what is planted may change its rows before they are served."""

    def __init__(self, until, *, without=()):
        days = [day for day in working_days(until) if day not in without]
        numbered = [(place * EACH_DAY + each, day) for place, day in enumerate(days) for each in range(1, EACH_DAY + 1)]
        super().__init__(
            rows={
                "trd_buy": [announcement(*one) for one in reversed(numbered)],
                "contract": [contract(*one) for one in reversed(numbered)],
            }
        )

    @property
    def contracts(self):
        return self.rows["contract"]

    @property
    def announcements(self):
        return self.rows["trd_buy"]
