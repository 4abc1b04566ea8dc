"""What becomes of a contract: it is carried out or ended, and paid."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from ocds_schema.model import Milestone, Organization, Text, Transaction
from transformers import values
from transformers.kazakhstan import tables
from transformers.kazakhstan.common import bilingual, code_row_text, prefixed, tenge
from transformers.kazakhstan.nested import tell_each
from transformers.mapping import RecordMapping
from transformers.process import Entity
from transformers.rules import Fields, Reading, code, derived, moment, reference


def _execution_status(source: Fields, reading: Reading) -> str | None:
    planned, done = (reading.quietly(partial(rule.read, source, reading)) for rule in (_PLANNED, _DONE))
    if done is not None:
        return "met"
    row = tables.CONTRACT_STATUS.get(source.get("ref_contract_status_id"))
    is_open = row is not None and row.code in ("pending", "active")
    return "scheduled" if is_open and planned is not None else None


_PLANNED, _DONE = moment("plan_exec_date"), moment("fakt_exec_date")

EXECUTION = RecordMapping(
    Milestone,
    path="contracts/milestones",
    due=moment("plan_exec_date"),
    met=moment("fakt_exec_date"),
    status=derived(
        "plan_exec_date",
        "fakt_exec_date",
        "ref_contract_status_id",
        using=_execution_status,
        words="met where it was carried out, scheduled while the contract can still be",
        table=tables.CONTRACT_STATUS,
    ),
)
TERMINATION = RecordMapping(
    Milestone,
    path="contracts/milestones",
    met=moment("contract_end_date"),
    description=derived(
        "ref_contract_cancel_id",
        "ref_contract_cancel/name_ru",
        using=lambda source, _: code_row_text(
            source, "ref_contract_cancel_id", "ref_contract_cancel", tables.CONTRACT_CANCEL
        ),
        words="the ground",
        table=tables.CONTRACT_CANCEL,
    ),
)


def _act_date(source: Fields, reading: Reading) -> datetime | None:
    raw = source.get("approve_date") or source.get("akt_date")
    return values.moment(raw, reading.zone, reading.as_of)


def _act_title(source: Fields, _reading: Reading) -> Text | None:
    found = values.clean_text(source.get("number_act"))
    return Text(main=f"Акт № {found}", translations=(("kk", f"№ {found} акт"),)) if found else None


ACT = RecordMapping(
    Milestone,
    path="contracts/implementation/milestones",
    needs=("id",),
    id=prefixed("act", "id"),
    title=derived("number_act", using=_act_title, words="Акт № and the number"),
    met=derived(
        "approve_date",
        "akt_date",
        using=_act_date,
        words="when it was approved, or its own date",
    ),
    status=code("status_id", tables.ACT_STATUS),
    description=bilingual("status_name"),
)
PAYMENT = RecordMapping(
    Transaction,
    path="contracts/implementation/transactions",
    needs=("id",),
    id=reference("id"),
    date=moment("pay_date"),
    value=tenge("pay_amount"),
)


def milestones(now: Entity, reading: Reading) -> tuple[Milestone, ...]:
    """Give how a contract is carried out, and how it ended early."""
    execution = EXECUTION.apply(
        now.fields, reading, id="execution", type="delivery", title=Text(main="Исполнение договора")
    )
    ended = TERMINATION.apply(now.fields, reading, id="termination", title=Text(main="Расторжение договора"))
    if ended is not None and ended.met is not None:
        ended = replace(ended, status="met")
    return tuple(one for one in (execution, ended) if one is not None)


def payments(
    members: Sequence[Entity], payer: Organization | None, payee: Organization | None, reading: Reading
) -> tuple[Transaction, ...]:
    """Give the payments of all versions of a contract."""
    found: dict[str, Transaction] = {}
    for entity in members:
        reading.document = entity.name
        for payment in tell_each(PAYMENT, entity.fields, "treasury_pay", reading, payer=payer, payee=payee):
            found[payment.id] = payment
    return tuple(found.values())


def deliveries(members: Sequence[Entity], reading: Reading) -> tuple[Milestone, ...]:
    """Give the acts of acceptance of all versions of a contract."""
    found: dict[str, Milestone] = {}
    for entity in members:
        reading.document = entity.name
        for act in tell_each(ACT, entity.fields, "acts", reading, gone="is_deleted", type="delivery"):
            found[act.id] = act
    return tuple(found.values())
