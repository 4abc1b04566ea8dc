"""The two tables made for people: a row for each process, and one for each contract."""

import re
from collections.abc import Sequence
from itertools import chain

from msgspec import Raw

from publish.rows import BETWEEN, Contract, Process, joined
from publish.shapes import NOTHING, Id, Text
from publish.shapes import Contract as ContractShape
from publish.tables import Table, columns

_EMPTY = (Raw(b'""'), Raw(b"null"))
_NO_CONTRACT = ContractShape()
_KIND = re.compile(r"ocds-[^-]+-[^-]+-(contract|plan)-")
_NOTICES = frozenset({"tenderNotice", "awardNotice", "contractNotice", "procurementPlan"})


def kind(process: Process) -> str:
    """Say what a process began with: `tender`, or a `contract` or a `plan` without one; its ocid tells."""
    ocid = process.ocid
    if "-contract-" in ocid or "-plan-" in ocid:  # most are neither, and this is quicker
        match = _KIND.match(ocid)
        return match[1] if match else "tender"
    return "tender"


def ids(found: Sequence[Id]) -> str | None:
    """Join ids."""
    return (str(found[0]) if len(found) == 1 else BETWEEN.join(map(str, found))) or None


def _title(process: Process) -> Text:
    release = process.release
    if _says(release.tender.title):
        return release.tender.title
    first, planning = release.contracts[0] if release.contracts else _NO_CONTRACT, release.planning
    texts = (first.title, first.description, planning.budget.description, planning.rationale)
    return next(filter(_says, texts), NOTHING)


def _says(text: Text) -> bool:
    return bool(text) and text not in _EMPTY


def _tenderers(process: Process) -> int | None:
    tender = process.release.tender
    return tender.number_of_tenderers if tender.number_of_tenderers is not None else len(tender.tenderers) or None


def _bids(process: Process) -> int | None:
    details = process.release.bids.details
    return None if details is None else len(details)


def _url(process: Process) -> Text:
    release = process.release
    contracted = (contract.documents for contract in release.contracts)
    for documents in chain((release.tender.documents,), contracted, (release.planning.documents,)):
        for each in documents:
            if each.document_type in _NOTICES and _says(each.url):
                return each.url
    return NOTHING


def _held_back(process: Process) -> str | None:
    return "yes" if process.is_held_back else None


def _buyer_names(process: Process) -> str | None:
    return joined(process.buyers, "name")


def _supplier_ids(contract: Contract) -> str | None:
    return joined(contract.suppliers, "id")


def _supplier_names(contract: Contract) -> str | None:
    return joined(contract.suppliers, "name")


PROCESSES = Table(
    name="processes",
    description="One row for each contracting process: what is bought, by whom, how, and what came of it. A process "
    "that nothing is left of, since its contract moved to another one, has none.",
    key=("ocid",),
    rows=lambda process: () if process.is_empty else (process,),
    parent=None,
    columns=columns(
        "processes",
        {
            "ocid": "release.ocid",
            "kind": kind,
            "title": _title,
            "title_kk": "release.tender.title_kk",
            "status": "release.tender.status",
            "status_details": "release.tender.status_details",
            "buyer_id": "buyer_ids",
            "buyer_name": _buyer_names,
            "procuring_entity_id": "release.tender.procuring_entity.id",
            "procuring_entity_name": "release.tender.procuring_entity.name",
            "method": "release.tender.procurement_method",
            "method_details": "release.tender.procurement_method_details",
            "category": "release.tender.main_procurement_category",
            "tender_start": "release.tender.tender_period.start_date",
            "tender_end": "release.tender.tender_period.end_date",
            "value": "release.tender.value.amount",
            "currency": "release.tender.value.currency",
            "lots_count": lambda process: len(process.release.tender.lots),
            "tenderers_count": _tenderers,
            "bids_count": _bids,
            "suppliers_count": lambda process: len(process.suppliers),
            "suppliers": lambda process: joined(process.suppliers, "name"),
            "contracts_count": lambda process: len(process.concluded),
            "cancelled_contracts_count": lambda process: len(process.contracts) - len(process.concluded),
            "contracts_value": "contracted.amount",
            "contracts_currency": "contracted.currency",
            "first_release": "first_release",
            "last_release": "release.date",
            "held_back": _held_back,
            "url": _url,
        },
    ),
)

CONTRACTS = Table(
    name="contracts",
    description="One row for each contract, with its buyer, its supplier and what has been paid.",
    key=("ocid", "contract_id"),
    rows=lambda process: process.contracts,
    supplier="supplier_id",
    columns=columns(
        "contracts",
        {
            "ocid": "release.ocid",
            "contract_id": "body.id",
            "award_id": "body.award_id",
            "title": "body.title",
            "description": "body.description",
            "status": "body.status",
            "status_details": "body.status_details",
            "buyer_id": "buyer.id",
            "buyer_name": "buyer.name",
            "supplier_id": _supplier_ids,
            "supplier_name": _supplier_names,
            "method": "release.tender.procurement_method",
            "category": "release.tender.main_procurement_category",
            "value": "body.value.amount",
            "value_net": "body.value.amount_net",
            "currency": "body.value.currency",
            "date_signed": "body.date_signed",
            "period_start": "body.period.start_date",
            "period_end": "body.period.end_date",
            "amendments_count": lambda contract: len(contract.body.amendments),
            "payments_count": lambda contract: len(contract.payments),
            "paid_amount": "paid.amount",
            "paid_currency": "paid.currency",
            "items_count": lambda contract: len(contract.body.items),
            "lots": lambda contract: ids(contract.lots),
        },
    ),
)
