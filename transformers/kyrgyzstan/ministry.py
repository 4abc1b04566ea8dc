"""The ministry's releases as processes: under the ministry's ocids, tied to ours and to the plans they come from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ocds_schema.json import Json
from ocds_schema.model import (
    Attachment,
    Enquiry,
    Milestone,
    Organization,
    Planning,
    Process,
    RelatedProcess,
    Tender,
    Text,
)
from transformers import values
from transformers.kyrgyzstan import parties, plans, releases, results, tables
from transformers.kyrgyzstan.common import order_page, unique
from transformers.kyrgyzstan.linking import related
from transformers.kyrgyzstan.mends import MINISTRY
from transformers.kyrgyzstan.nested import known_id, part, parts, tell, texts
from transformers.kyrgyzstan.results import Parties, refer
from transformers.kyrgyzstan.times import instant, moment, newest
from transformers.mapping import RecordMapping
from transformers.process import Entity, Mapped
from transformers.rules import Fields, Reading, derived, text

ENQUIRY = RecordMapping(
    Enquiry,
    path="tender/enquiries",
    asked=instant("date"),
    question=derived(
        "description", using=lambda source, _: values.clean_text(source.get("description")), words="the text"
    ),
    answered=instant("dateAnswered"),
    answer=derived("answer", using=lambda source, _: values.clean_text(source.get("answer")), words="the text"),
)


def _complaint_status(source: Fields, _reading: Reading) -> str | None:
    raw = source.get("status")
    return tables.COMPLAINT_STATUS.row(raw).code if raw else None


COMPLAINT = RecordMapping(
    Milestone,
    path="tender/milestones",
    title=derived(
        "complaintNumber",
        using=lambda source, _: (
            Text(main=f"Жалоба № {found}") if (found := values.clean_text(source.get("complaintNumber"))) else None
        ),
        words="Жалоба № and the number",
    ),
    description=text("type"),
    status=derived("status", using=_complaint_status, words="translated", table=tables.COMPLAINT_STATUS),
    met=instant("responseDate"),
)
SUBMITTED = RecordMapping(Milestone, path="tender/milestones", met=instant("dateSubmitted"))
RELATED = RecordMapping(
    RelatedProcess,
    path="relatedProcesses",
    title=derived(
        "tenderNumber",
        using=lambda source, _: (
            Text(main=f"№ {found}") if (found := values.clean_text(source.get("tenderNumber"))) else None
        ),
        words="№ and the number",
    ),
    relationship=derived(
        "relationship",
        using=lambda source, _: tuple(
            filter(None, (tables.RELATIONSHIP.row(one).code for one in texts(source.get("relationship"))))
        ),
        words="translated",
        table=tables.RELATIONSHIP,
    ),
)


def map_ministry(process: str, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
    """Map what the ministry published under one ocid: the newest of its releases, or else a plan."""
    ocid = process.partition(":")[2]
    own = [entity for entity in entities if entity.links.process == process]
    told = [entity for entity in own if entity.kind == "release"]
    planned = [entity for entity in own if entity.kind == "planning_release"]
    if not told and not planned:
        return Mapped(process_id=None, process=None)
    if told:
        if planned:
            reading.document = planned[0].name
            reading.report("ocid", "ocid_twice", "a plan has the ocid of a tender; it is left out", severity="lost")
        entity = _newest(told, reading)
        mapped = _process(ocid, entity.fields, related(process, entities, reading, ocid_base), reading)
    else:
        entity = _newest(planned, reading)
        mapped = plans.map_plan(entity.fields, reading)
    return Mapped(process_id=None, process=mapped, ocid=ocid, changed=newest([entity.fields.get("date")], reading))


def _newest(entities: Sequence[Entity], reading: Reading) -> Entity:
    """Give the newest of several exports of one process."""

    def date(entity: Entity) -> str:
        found = reading.quietly(lambda: moment(entity.fields.get("date"), reading))
        return found.isoformat() if isinstance(found, datetime) else ""

    entity = max(entities, key=date)
    reading.document = entity.name
    if len(entities) > 1:
        reading.report("date", "older_exports", "of several exports the newest is told", value=len(entities))
    return entity


def _process(ocid: str, release: Json, ours: Sequence[RelatedProcess], reading: Reading) -> Process:
    known = release_parties(release, reading)
    roles = _roles(release, known)
    planning = _planning(release, reading)
    bids = results.bids(release, known, reading)
    bidders = unique([who for bid in bids for who in bid.tenderers])
    complainers = [
        refer(one.get("author"), known, reading, "tender/milestones") for one in parts(release, "complaints")
    ]
    return Process(
        buyer=refer(release.get("buyer"), known, reading, "buyer"),
        customers=roles("buyer"),
        admitted=roles("allowedTenderer"),
        complainers=unique([*complainers, *roles("complainer")]),
        reviewers=roles("reviewBody"),
        planning=planning,
        tender=_tender(ocid, release, bidders, known, reading) if part(release, "tender") else None,
        bids=bids,
        awards=results.awards(release, known, reading),
        contracts=results.contracts(release, reading),
        related=(*_related(release, planning, reading), *ours),
    )


def release_parties(release: Json, reading: Reading) -> Parties:
    """Give the parties of a release, by the ids that it calls them by."""
    found: dict[str, Organization] = {}
    for one in parts(release, "parties"):
        key = known_id(one.get("id"))
        told = parties.of_release(one, reading)
        if key is None or told is None:
            reading.report("parties", "missing_id", "a party that cannot be told from others", severity="lost")
            continue
        found[key] = told
        strange = [role for role in texts(one.get("roles")) if tables.ROLE.get(role) is None]
        if strange:
            reason = "no role that we know"
            reading.report("parties/roles", "unknown_code", reason, severity="lost", names=("roles",), value=strange[0])
    return found


def _roles(release: Json, known: Parties) -> Any:
    """Give what finds the parties with a role."""

    def of(role: str) -> tuple[Organization, ...]:
        keys = (known_id(one.get("id")) for one in parts(release, "parties") if role in texts(one.get("roles")))
        return unique([known.get(key or "") for key in keys])

    return of


def _planning(release: Json, reading: Reading) -> Planning | None:
    found: Planning | None = releases.PLANNING.apply(part(release, "planning"), reading)
    return found


def _tender(ocid: str, release: Json, bidders: tuple[Organization, ...], known: Parties, reading: Reading) -> Tender:
    tender = part(release, "tender")
    key = known_id(tender.get("id")) or ocid.removeprefix(f"{MINISTRY}-")
    lots = releases.lots(tender, reading)
    given: dict[str, Any] = {
        "id": key,
        "procuring_entity": refer(tender.get("procuringEntity"), known, reading, "tender/procuringEntity"),
        "lots": lots,
        "items": releases.items(tender, reading),
        "documents": (*_notice(ocid, key, tender, reading), *releases.documents(tender, reading)),
        "milestones": (
            *releases.milestones(tender, lots, reading),
            *_complaints(parts(release, "complaints"), reading),
        ),
        "enquiries": tuple(_enquiries(tender, known, reading)),
        "tenderers": bidders,
        "tenderer_count": len(bidders) or None,
    }
    told: Tender = tell(releases.TENDER, tender, reading, **given)
    return told


def _notice(ocid: str, key: str, tender: Json, reading: Reading) -> list[Attachment]:
    """Give the public page of an announced tender."""
    if ocid != f"{MINISTRY}-{key}" or not key.isdecimal():
        return []
    published = reading.quietly(lambda: moment(tender.get("datePublished"), reading))
    return [
        Attachment(id=f"notice-{key}", type="tenderNotice", url=order_page(key), published=published, language="ru")
    ]


def _enquiries(tender: Json, known: Parties, reading: Reading) -> list[Enquiry]:
    found = []
    for one in parts(tender, "enquiries"):
        key = known_id(one.get("id"))
        if key is not None:
            author = refer(one.get("author"), known, reading, "tender/enquiries/author")
            found.append(tell(ENQUIRY, one, reading, id=key, author=author))
    return found


def _complaints(complaints: Sequence[Json], reading: Reading) -> list[Milestone]:
    """Give of each complaint when it was made, and when it was answered."""
    found = []
    for one in complaints:
        key = known_id(one.get("id"))
        if key is not None:
            found.append(COMPLAINT.apply(one, reading, id=f"complaint-{key}", type="complaint"))
            made = SUBMITTED.apply(one, reading, id=f"complaint-{key}-made", type="complaint", status="met")
            found.append(made)
    return [one for one in found if one is not None]


def _related(release: Json, planning: Planning | None, reading: Reading) -> list[RelatedProcess]:
    """Give the processes that the release names, and the plan that its budget is of."""
    found = []
    for one in parts(release, "relatedProcesses"):
        ocid = known_id(one.get("identifier"))
        told = RELATED.apply(one, reading, id=f"ministry-{ocid}", scheme="ocid", identifier=ocid) if ocid else None
        if told is not None and told.relationship:
            found.append(told)
    if planning is not None and planning.budget is not None and planning.budget.id:
        plan = f"{MINISTRY}-{planning.budget.id}"
        found.append(RelatedProcess(id=f"plan-{plan}", relationship=("planning",), scheme="ocid", identifier=plan))
    return list({one.id: one for one in found}.values())
