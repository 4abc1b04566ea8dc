"""For each check a pair of cases: one that passes, one that fails at a place.

Most begin from one whole release in which nothing is wrong, and change what the check is about.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Release = dict[str, Any]
GONE = object()


def whole() -> Release:
    """A release in which all there is agrees."""
    return {
        "ocid": "ocds-a1b2c3-1",
        "id": "ocds-a1b2c3-1-2026-06-01",
        "date": "2026-06-01T10:00:00+05:00",
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "ru",
        "buyer": {"id": "KZ-BIN-101140000017", "name": "Школа"},
        "parties": [
            _organization("101140000017", "Школа", "buyer", "payer"),
            _organization("110240000025", "Отдел", "procuringEntity"),
            _organization("120540000033", "Завод", "tenderer", "supplier", "payee"),
            _organization("130640000044", "Фирма", "tenderer"),
        ],
        "planning": {"budget": {"amount": money(1000)}, "milestones": [{"id": "1", "status": "scheduled"}]},
        "tender": _tender(),
        "bids": {
            "details": [
                _bid("b1", "120540000033", "Завод", 900, "valid"),
                _bid("b2", "130640000044", "Фирма", 950, "valid"),
            ]
        },
        "awards": [
            {
                "id": "a1",
                "status": "active",
                "date": "2026-02-01T12:00:00+05:00",
                "value": money(900),
                "suppliers": [{"id": "KZ-BIN-120540000033", "name": "Завод"}],
                "relatedLots": ["l1"],
                "relatedBid": "b1",
            }
        ],
        "contracts": [_contract()],
        "relatedProcesses": [
            {
                "id": "1",
                "relationship": ["planning"],
                "scheme": "ocid",
                "identifier": "ocds-a1b2c3-1",
                "title": "Парты",
            }
        ],
    }


def money(amount: int | Decimal, currency: str = "KZT") -> Release:
    """An amount of money."""
    return {"amount": amount, "currency": currency}


def _organization(number: str, name: str, *roles: str) -> Release:
    return {
        "id": f"KZ-BIN-{number}",
        "name": name,
        "identifier": {"scheme": "KZ-BIN", "id": number},
        "address": {"countryName": "Казахстан", "region": "Алматы"},
        "contactPoint": _contact(),
        "roles": list(roles),
    }


def _contact() -> Release:
    return {"email": "office@example.org", "telephone": "+7 (727) 123-45-67 вн. 12"}


def _tender() -> Release:
    return {
        "id": "1",
        "title": "Парты",
        "status": "complete",
        "procuringEntity": {"id": "KZ-BIN-110240000025", "name": "Отдел"},
        "value": money(1000),
        "procurementMethod": "open",
        "procurementMethodDetails": "Открытый конкурс",
        "mainProcurementCategory": "goods",
        "awardCriteria": "priceOnly",
        "submissionMethod": ["electronicSubmission"],
        "numberOfTenderers": 2,
        "tenderers": [
            {"id": "KZ-BIN-120540000033", "name": "Завод"},
            {"id": "KZ-BIN-130640000044", "name": "Фирма"},
        ],
        "tenderPeriod": {
            "startDate": "2026-01-10T09:00:00+05:00",
            "endDate": "2026-01-20T09:00:00+05:00",
            "durationInDays": 10,
        },
        "enquiryPeriod": {"startDate": "2026-01-10T09:00:00+05:00", "endDate": "2026-01-15T09:00:00+05:00"},
        "contractPeriod": {"startDate": "2026-03-01T00:00:00+05:00", "endDate": "2026-12-31T00:00:00+05:00"},
        "lots": [{"id": "l1", "status": "complete", "value": money(1000)}],
        "items": [_item()],
        "documents": [
            {
                "id": "1",
                "documentType": "tenderNotice",
                "description": "Объявление",
                "url": "https://example.org/notice",
                "format": "text/html",
                "language": "ru",
                "datePublished": "2026-01-10T09:00:00+05:00",
                "dateModified": "2026-01-11T09:00:00+05:00",
            }
        ],
        "amendments": [{"id": "1", "date": "2026-01-12T09:00:00+05:00"}],
        "milestones": [{"id": "1", "type": "delivery", "status": "met", "dateMet": "2026-05-01T00:00:00+05:00"}],
    }


def _item() -> Release:
    return {
        "id": "1",
        "classification": {"scheme": "CPV", "id": "39121100-7"},
        "quantity": 30,
        "unit": {"name": "штука", "value": money(33)},
        "relatedLot": "l1",
    }


def _bid(key: str, number: str, name: str, amount: int, status: str) -> Release:
    return {
        "id": key,
        "date": "2026-01-19T15:00:00+05:00",
        "status": status,
        "tenderers": [{"id": f"KZ-BIN-{number}", "name": name}],
        "value": money(amount),
        "relatedLots": ["l1"],
    }


def _contract() -> Release:
    paid = {"payer": {"id": "KZ-BIN-101140000017", "name": "Школа"}}
    return {
        "id": "c1",
        "awardID": "a1",
        "title": "Договор 1",
        "status": "active",
        "value": money(900),
        "dateSigned": "2026-02-20T10:00:00+05:00",
        "period": {"startDate": "2026-03-01T00:00:00+05:00", "endDate": "2026-12-31T00:00:00+05:00"},
        "items": [_item()],
        "documents": [{"id": "1", "documentType": "contractSigned", "url": "https://example.org/contract"}],
        "implementation": {
            "transactions": [
                {
                    "id": "1",
                    "date": "2026-04-01T10:00:00+05:00",
                    "value": money(450),
                    "payee": {"id": "KZ-BIN-120540000033", "name": "Завод"},
                    **paid,
                }
            ]
        },
    }


def changed(*changes: tuple[str, Any], start: Callable[[], Release] = whole) -> Release:
    """The whole release with other values at some places, given as `tender/lots/0/id`; `GONE` takes a member out."""
    release = start()
    for path, value in changes:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
        owner: Any = release
        for step in steps:
            owner = owner[step]
        if value is GONE:
            del owner[last]
        elif isinstance(owner, list) and last == len(owner):
            owner.append(value)
        else:
            owner[last] = value
    return release


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A release that passes, one that fails at a JSON pointer, and the country they are of."""

    good: Release
    bad: Release
    pointer: str
    country: str = "KZ"


def pair(pointer: str, *changes: tuple[str, Any], good: Release | None = None, country: str = "KZ") -> Pair:
    """The whole release, and the whole release changed."""
    return Pair(good=good or whole(), bad=changed(*changes), pointer=pointer, country=country)


def gone(path: str, good: Release | None = None, pointer: str = "") -> Pair:
    """The whole release, and the whole release without a member."""
    return pair(pointer or f"/{path}", (path, GONE), good=good)


_SECOND_AWARD = {"id": "a2", "status": "active", "relatedLots": ["l1"], "relatedBid": "b2"}
_ROLES = {
    "buyer": ("/buyer", 0, 0),
    "procuring_entity": ("/tender/procuringEntity", 1, 0),
    "tenderer": ("/tender/tenderers/1", 3, 0),
    "supplier": ("/awards/0/suppliers/0", 2, 1),
    "payer": ("/contracts/0/implementation/transactions/0/payer", 0, 1),
    "payee": ("/contracts/0/implementation/transactions/0/payee", 2, 2),
}


def _of_roles() -> dict[str, Pair]:
    pairs = {}
    for name, (reference, party, role) in _ROLES.items():
        path = reference[1:]
        pairs[f"{name}_in_parties"] = pair(f"{reference}/id", (f"{path}/id", "KZ-BIN-999999000001"))
        pairs[f"{name}_has_role"] = pair(f"{reference}/id", (f"parties/{party}/roles/{role}", "funder"))
        pairs[f"{name}_name_agrees"] = pair(f"{reference}/name", (f"{path}/name", "Другое название"))
        roles = whole()["parties"][0]["roles"] if party == 0 else ["funder"]
        unused = {"id": "X-1", "name": "Никто", "roles": [*roles, _code(name)]}
        pairs[f"{name}_role_used"] = pair("/parties/4/roles", ("parties/4", unused))
    return pairs


def _code(name: str) -> str:
    return "procuringEntity" if name == "procuring_entity" else name


PAIRS: dict[str, Pair] = {
    **_of_roles(),
    # fields
    "ocid_prefix": pair("/ocid", ("ocid", "ocds-zzzzzz-1")),
    "date_time": pair("/awards/0/date", ("awards/0/date", "2026-02-30T12:00:00+05:00")),
    "date_has_zone": pair("/awards/0/date", ("awards/0/date", "2026-02-01T12:00:00")),
    "date_in_past": pair("/awards/0/date", ("awards/0/date", "2062-02-01T12:00:00+05:00")),
    "email": pair("/parties/0/contactPoint/email", ("parties/0/contactPoint/email", "office at example.org")),
    "telephone": pair("/parties/0/contactPoint/telephone", ("parties/0/contactPoint/telephone", "нет")),
    "identifier_scheme": pair("/parties/0/identifier/scheme", ("parties/0/identifier/scheme", "KZ-INN")),
    "document_description_length": pair(
        "/tender/documents/0/description", ("tender/documents/0/description", "я" * 251)
    ),
    "document_format": pair("/tender/documents/0/format", ("tender/documents/0/format", "pdf")),
    "document_url": pair("/tender/documents/0/url", ("tender/documents/0/url", "/files/1.pdf")),
    "document_type": pair("/tender/documents/0/documentType", ("tender/documents/0/documentType", "contractSigned")),
    "language_code": pair("/language", ("language", "русский")),
    "id_is_text": pair("/contracts/0/awardID", ("contracts/0/awardID", 1)),
    "party_id_placeholder": pair("/parties/3/id", ("parties/3/id", "KZ-BIN-000000000000")),
    "amount_fits_tables": pair("/awards/0/value/amount", ("awards/0/value/amount", Decimal("0.1000000000000000055"))),
    "amount_is_number": pair("/awards/0/value/amount", ("awards/0/value/amount", "900")),
    "amount_not_negative": pair("/awards/0/value/amount", ("awards/0/value/amount", -900)),
    "amount_not_zero": pair("/tender/lots/0/value/amount", ("tender/lots/0/value/amount", 0)),
    "amount_placeholder": pair("/awards/0/value/amount", ("awards/0/value/amount", 999999999)),
    "amount_precision": pair("/awards/0/value/amount", ("awards/0/value/amount", Decimal("0.10000000149011612"))),
    "count_is_number": pair("/tender/items/0/quantity", ("tender/items/0/quantity", "30")),
    "count_not_negative": pair("/tender/items/0/quantity", ("tender/items/0/quantity", -1)),
    "code_known": pair("/awards/0/status", ("awards/0/status", "rejected")),
    # references
    "contract_in_awards": pair("/contracts/0/awardID", ("contracts/0/awardID", "a9")),
    "related_lot_known": pair("/bids/details/0/relatedLots/0", ("bids/details/0/relatedLots/0", {"id": "l1"})),
    "related_bid_known": pair("/awards/0/relatedBid", ("awards/0/relatedBid", "b9")),
    "ids_unique": pair("/parties/4/id", ("parties/4", {"id": "KZ-BIN-101140000017"})),
    "reference_id_is_id": pair("/tender/procuringEntity/id", ("tender/procuringEntity/id", "Отдел")),
    "party_id_has_scheme": pair("/parties/0/id", ("parties/0/id", "101140000017")),
    # consistency
    "number_of_tenderers": pair("/tender/numberOfTenderers", ("tender/numberOfTenderers", 5)),
    "tender_value_in_budget": pair("/tender/value/amount", ("planning/budget/amount/amount", 400)),
    "contracts_value_in_award": pair("/awards/0/value/amount", ("contracts/0/value/amount", 2000)),
    "payments_in_contract": pair(
        "/contracts/0/value/amount", ("contracts/0/implementation/transactions/0/value/amount", 901)
    ),
    "lots_value_in_tender": pair("/tender/value/amount", ("tender/lots/0/value/amount", 500)),
    "award_value_in_lots": pair("/awards/0/value/amount", ("awards/0/value/amount", 1600)),
    "currencies_agree": pair("/awards/0/value/currency", ("awards/0/value/currency", "USD")),
    "period_duration": pair("/tender/tenderPeriod/durationInDays", ("tender/tenderPeriod/durationInDays", 30)),
    "suppliers_in_list": pair("/awards/0/suppliers", ("awards/0/suppliers", {"id": "KZ-BIN-120540000033"})),
    "tenderers_in_list": pair("/bids/details/0/tenderers", ("bids/details/0/tenderers", {"id": "1"})),
    "method_details_single": pair(
        "/tender/procurementMethodDetails", ("tender/procurementMethodDetails", "Открытый конкурс - услуги")
    ),
    "auctions_are_bids": pair(
        "/auctions", ("auctions", [{"id": "1"}]), ("bids", GONE), good=changed(("auctions", [{"id": "1"}]))
    ),
    # coherence
    "period_order": pair("/contracts/0/period/endDate", ("contracts/0/period/endDate", "2026-02-28T00:00:00+05:00")),
    "direct_method_tenderers": pair(
        "/tender/numberOfTenderers",
        ("tender/procurementMethod", "direct"),
        good=changed(("tender/procurementMethod", "direct"), ("tender/numberOfTenderers", 1)),
    ),
    "tender_status": pair(
        "/tender/status",
        ("tender/status", "cancelled"),
        good=changed(("tender/status", "cancelled"), ("awards", GONE), ("contracts", GONE)),
    ),
    "award_status": pair(
        "/awards/0/status",
        ("awards/0/status", "cancelled"),
        good=changed(("awards/0/status", "cancelled"), ("contracts", GONE)),
    ),
    "contract_status": pair(
        "/contracts/0/status",
        ("contracts/0/status", "cancelled"),
        good=changed(("contracts/0/status", "cancelled"), ("contracts/0/implementation", GONE)),
    ),
    "milestone_status": pair(
        "/planning/milestones/0/dateMet", ("planning/milestones/0/dateMet", "2026-01-01T00:00:00+05:00")
    ),
    "lot_status": pair(
        "/tender/lots/0/status",
        ("tender/lots/0/status", "cancelled"),
        good=changed(("tender/lots/0/status", "cancelled"), ("awards", GONE)),
    ),
    "bid_status": pair("/bids/details/0/status", ("bids/details/0/status", "disqualified")),
    "bid_in_time": pair("/bids/details/1/date", ("bids/details/1/date", "2026-01-22T15:00:00+05:00")),
    "active_contract_award": pair("/awards/0/status", ("awards/0/status", "pending")),
    "amount_plausible": pair("/awards/0/value/amount", ("awards/0/value/amount", 6 * 10**12)),
    "tender_before_contract_period": pair(
        "/tender/contractPeriod/startDate", ("tender/contractPeriod/startDate", "2026-01-11T00:00:00+05:00")
    ),
    "tender_before_award": pair("/awards/0/date", ("awards/0/date", "2026-01-19T12:00:00+05:00")),
    "tender_before_signature": pair("/contracts/0/dateSigned", ("contracts/0/dateSigned", "2026-01-19T12:00:00+05:00")),
    "award_before_signature": pair("/contracts/0/dateSigned", ("contracts/0/dateSigned", "2026-01-31T12:00:00+05:00")),
    "signature_before_payment": pair(
        "/contracts/0/implementation/transactions/0/date",
        ("contracts/0/implementation/transactions/0/date", "2026-02-19T10:00:00+05:00"),
    ),
    "release_date_last": pair("/contracts/0/dateSigned", ("contracts/0/dateSigned", "2026-06-02T00:00:00+05:00")),
    "milestone_dates": pair(
        "/tender/milestones/0/dateMet", ("tender/milestones/0/dateMet", "2026-06-02T00:00:00+05:00")
    ),
    "document_dates": pair(
        "/tender/documents/0/dateModified", ("tender/documents/0/dateModified", "2026-01-09T00:00:00+05:00")
    ),
    "amendment_dates": pair("/tender/amendments/0/date", ("tender/amendments/0/date", "2026-01-09T00:00:00+05:00")),
    "one_award_for_lot": pair("/awards/1/relatedLots/0", ("awards/1", _SECOND_AWARD)),
    "active_tender_lots": pair(
        "/tender/status",
        ("tender/status", "active"),
        ("tender/lots/0/status", "cancelled"),
        good=changed(("tender/status", "active"), ("tender/lots/0/status", "active")),
    ),
    "complete_tender_awards": gone("awards"),
    "lot_has_bid": pair("/tender/lots/0/id", ("bids", GONE)),
    "contract_has_bid": pair("/bids/details", ("bids", GONE)),
    # known faults of Kyrgyzstan
    "enquiry_period_is_own": pair(
        "/tender/enquiryPeriod/endDate",
        ("tender/enquiryPeriod/endDate", "2026-01-20T09:00:00+05:00"),
        country="KG",
    ),
    # presence
    "buyer_present": gone("buyer"),
    "buyer_region_present": gone("parties/0/address/region"),
    "release_language_present": gone("language"),
    "procuring_entity_present": gone("tender/procuringEntity"),
    "tender_start_present": gone("tender/tenderPeriod/startDate"),
    "tender_items_present": gone("tender/items"),
    "tender_lots_present": gone("tender/lots"),
    "party_name_present": gone("parties/2/name"),
    "party_roles_present": gone("parties/2/roles"),
    "party_country_present": gone("parties/2/address/countryName"),
    "award_suppliers_present": gone("awards/0/suppliers"),
    "award_status_present": gone("awards/0/status"),
    "contract_status_present": gone("contracts/0/status"),
    "contract_items_present": gone("contracts/0/items"),
    "contract_award_present": gone("contracts/0/awardID"),
    "bid_status_present": gone("bids/details/0/status"),
    "bid_tenderer_present": gone("bids/details/0/tenderers"),
    "bid_price_present": gone("bids/details/0/value"),
    "document_url_present": gone("contracts/0/documents/0/url"),
    "item_scheme_present": gone("tender/items/0/classification/scheme"),
    "item_lot_present": gone("tender/items/0/relatedLot"),
    "currency_present": gone("awards/0/value/currency"),
}
"""By check of a field or a compiled release."""


def many(number: int, *changes: Callable[[int], tuple[str, Any]]) -> list[Release]:
    """Many whole releases of as many processes, each changed by its number."""
    made = []
    for at in range(number):
        own = [("ocid", f"ocds-a1b2c3-{at}"), ("id", f"ocds-a1b2c3-{at}-1"), ("tender/id", str(at))]
        own += [("contracts/0/title", f"Договор {at}"), ("relatedProcesses/0/identifier", f"ocds-a1b2c3-{at}")]
        own += [("date", f"2026-06-{at % 28 + 1:02d}T10:00:00+05:00")]
        made.append(changed(*own, *(change(at) for change in changes)))
    return made


def _every(step: int, path: str, one: Any, other: Any) -> Callable[[int], tuple[str, Any]]:
    return lambda at: (path, deepcopy(one if at % step == 0 else other))


def _all(path: str, value: Any) -> Callable[[int], tuple[str, Any]]:
    return lambda _: (path, value)


def _spread(path: str, one: str, other: str) -> tuple[Sequence[Release], Sequence[Release]]:
    return many(120, _every(3, path, one, other)), many(120, _every(1, path, one, other))


def _values(section: str) -> dict[str, tuple[Sequence[Release], Sequence[Release]]]:
    path = "tender/value" if section == "tender" else f"{section}s/0/value"
    own = many(120, lambda at: (path, money(1000 + at)))
    return {
        f"{section}_value_spread": (own, many(120, lambda at: (path, money(10**9 if at == 0 else 1000 + at)))),
        f"{section}_value_repetition": (own, many(120, _every(5, path, money(1000), money(1)))),
    }


DATASETS: dict[str, tuple[Sequence[Release], Sequence[Release]]] = {
    **_values("tender"),
    **_values("award"),
    **_values("contract"),
    "tender_status_spread": _spread("tender/status", "active", "complete"),
    "award_status_spread": _spread("awards/0/status", "active", "pending"),
    "contract_status_spread": (
        many(120, _every(2, "contracts/0/status", "active", "terminated")),
        many(120, _every(1, "contracts/0/status", "active", "")),
    ),
    "milestone_status_spread": (many(120), many(120, _every(1, "tender/milestones/0/status", "scheduled", ""))),
    "lot_status_spread": _spread("tender/lots/0/status", "active", "complete"),
    "bid_status_spread": (
        many(120, _every(2, "bids/details/0/status", "disqualified", "valid")),
        many(120, _every(1, "bids/details/0/status", "valid", "")),
    ),
    "procurement_method_spread": _spread("tender/procurementMethod", "open", "limited"),
    "procurement_category_spread": _spread("tender/mainProcurementCategory", "goods", "works"),
    "buyer_repetition": (
        many(1000, lambda at: ("buyer/id", f"B-{at % 20}")),
        many(1000, lambda at: ("buyer/id", f"B-{at % 20 if at % 4 == 0 else 0}")),
    ),
    "buyer_returns": (
        many(1000, lambda at: ("buyer/id", f"B-{at % 20}")),
        many(1000, lambda at: ("buyer/id", f"B-{at}")),
    ),
    "tender_id_unique": (many(3), many(3, _all("tender/id", "7"))),
    "ocid_unique": (many(3), many(3, _all("ocid", "ocds-a1b2c3-7"))),
    "release_id_unique": (many(3), many(3, _all("id", "7"))),
    "contract_counted_once": (many(3), many(3, _all("contracts/0/title", "Договор 7"))),
    "release_date_spread": (many(120), many(120, _all("date", "2026-06-01T10:00:00+05:00"))),
    "related_process_known": (many(3), many(3, _all("relatedProcesses/0/identifier", "ocds-a1b2c3-none"))),
    "related_process_title": (many(3), many(3, _all("relatedProcesses/0/title", "Стулья"))),
    "document_url_answers": (
        many(3),
        many(3, lambda at: ("tender/documents/0/url", f"https://example.org/gone/{at}")),
    ),
}
"""By check of a data set: releases that pass, and releases that fail."""

SHOWN = (
    "award_criteria_spread",
    "currency_spread",
    "document_type_spread",
    "milestone_type_spread",
    "related_process_spread",
    "submission_method_spread",
)
"""Checks of which only the figures are shown: they cannot fail."""

TIMES: dict[str, tuple[tuple[Release, Release | None], tuple[Release, Release | None], str]] = {
    "ocid_kept": ((whole(), whole()), (whole(), None), "/ocid"),
    "tender_title_kept": (
        (whole(), changed(("tender/title", "ПАРТЫ."))),
        (whole(), changed(("tender/title", "Стулья"))),
        "/tender/title",
    ),
    "phases_kept": ((whole(), whole()), (whole(), changed(("contracts", GONE))), "/contracts"),
}
"""By check of time: before and after that pass, before and after that fail, and where."""


def _coverage(filled: int) -> Release:
    return {"coverage": {"fields": {"awards/suppliers": {"of": 200, "set": 200, "filled": filled}}}}


FIGURES = {"coverage_kept": ((_coverage(190), _coverage(185)), (_coverage(190), _coverage(20)))}
"""By check of figures: before and now that pass, before and now that fail."""
