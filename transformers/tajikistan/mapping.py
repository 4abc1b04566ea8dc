"""The mapping of eprocurement.gov.tj: all that is shown of one announcement, as one process."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ocds_schema.model import Organization, Process, RelatedProcess, Tender
from ocds_schema.raw import Bundle, Document
from transformers.codes import CodeTable
from transformers.corrections import Corrections, read_corrections
from transformers.mapping import DocumentMapping, objects, scalars
from transformers.process import Composed, Entity, Folding, Mapped, overlaid
from transformers.rules import Fields, Reading, Rule
from transformers.tajikistan import announcements, results, tables
from transformers.tajikistan.common import told
from transformers.tajikistan.documents import ALL, ASSEMBLED, BY_KIND, COMPOSED
from transformers.tajikistan.lots import Lots, map_lots

_FOLDING = Folding({})
_ANNOUNCED_AGAIN = "повторн"
_TAJIK_OF = (("title", "title_tg"), ("organizer", "organizer_tg"), ("purchasing_entity", "purchasing_entity_tg"))


class Tajikistan:
    """The mapping of eprocurement.gov.tj."""

    documents: Sequence[DocumentMapping] = ALL
    assembled: Sequence[tuple[str, Rule]] = ASSEMBLED
    composed: Sequence[Composed] = COMPOSED
    codelists: Mapping[str, str] = tables.CODELISTS
    tables: Sequence[CodeTable] = tables.ALL
    corrections: Corrections = read_corrections("transformers.tajikistan")
    change_fields: Sequence[str] = ("published", "asked", "answered", "made")

    def is_told_elsewhere(self, bundle: Bundle) -> bool:  # noqa: ARG002
        """Tell that each announcement is told by itself."""
        return False

    def entities(self, given: Sequence[Document]) -> list[Entity]:
        """Give each document as an entity: there is one way only."""
        return overlaid(given, _FOLDING, "published")

    def map(self, bundle: Bundle, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
        """Map one announcement."""
        number = bundle.process.partition(":")[2]
        for entity in entities:
            _check(entity, reading)
        source = _source(entities)
        reading.document = bundle.process.replace(":", "/")
        if source is None:
            reading.report("tender", "announcement_not_held", "only parts of it are held", severity="fatal")
            return Mapped(process_id=number, process=None)
        if "announcement" not in {entity.kind for entity in entities}:
            reading.report("", "page_not_held", "the list shows it, and its own page is not held")
        return Mapped(process_id=number, process=_process(number, source, entities, reading, ocid_base))


def _check(entity: Entity, reading: Reading) -> None:
    reading.document = entity.name
    kind = BY_KIND.get(entity.kind)
    if kind is None:
        reading.report("", "unknown_document", f"no rule reads {entity.kind}")
        return
    kind.check(entity.fields, reading)
    # The Tajik list is an extra: what it lacks, the Russian one is held to.
    _tell_labels(entity.fields, reading, tells_missing=entity.kind != "notice_tg")
    for name in kind.children:
        for member in objects(entity.fields.get(name)):
            _tell_labels(member, reading)


def _tell_labels(fields: Fields, reading: Reading, *, tells_missing: bool = True) -> None:
    for each in objects(fields.get("unread")):
        reading.report("", "unknown_label", "a label that is not known", severity="lost", value=each.get("label", ""))
    for name in scalars(fields.get("missing")) if tells_missing else ():
        reading.report("", "missing_label", "a label that is due is not there", names=(str(name),), value=name)


def _source(entities: Sequence[Entity]) -> Fields | None:
    """Give what is known of an announcement as such: its page, and where that says nothing, its row in the list."""
    held = {entity.kind: entity.fields for entity in entities}
    page, row, tajik = (held.get(kind) for kind in ("announcement", "notice", "notice_tg"))
    if page is None and row is None:
        return None
    merged = {**(row or {}), **{name: value for name, value in (page or {}).items() if value not in ("", None)}}
    for name, translated in _TAJIK_OF:
        # A row that says otherwise was read at another time: its translation is of another text.
        if row is not None and not _says_same(row.get(name), merged.get(name)):
            merged.pop(translated, None)
        if tajik is not None and tajik.get(name):
            merged[translated] = tajik[name]
    return merged


def _says_same(row: object, page: object) -> bool:
    """Tell whether the page says what the row does; of who is named, it has the number too."""
    return isinstance(row, str) and isinstance(page, str) and page.endswith(row)


def _process(number: str, source: Fields, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Process:
    document = reading.document
    buyer = reading.attempt(announcements.BUYER, source)
    tender: Tender = announcements.TENDER.apply(source, reading, id=number) or Tender(id=number)
    notice = announcements.notice(source, number, reading)
    related = _related(number, source, reading, ocid_base)
    lots = map_lots(entities, reading)
    decided = results.outcome(entities, lots.spoken, reading)
    attachments = results.attachments(entities, reading)
    enquiries = results.enquiries(entities, reading)
    reading.document = document
    _compare(source, lots, reading)
    buyers = _buyers(buyer, tender.procuring_entity, lots)
    return Process(
        buyer=buyers[0] if len(buyers) == 1 else None,
        customers=buyers if len(buyers) > 1 else (),
        tender=replace(
            tender,
            lots=lots.lots,
            items=lots.items,
            milestones=lots.deliveries,
            enquiries=enquiries,
            documents=(*((notice,) if notice else ()), *attachments),
        ),
        bids=decided.bids,
        awards=decided.awards,
        related=related,
    )


def _buyers(main: Organization | None, organizer: Organization | None, lots: Lots) -> tuple[Organization, ...]:
    """Give who buys; lots name buyers without their numbers, which the announcement has."""
    known = {tables.folded(one.name.main): one for one in (organizer, main) if one and one.name and one.name.main}
    found = {main.id: main} if main else {}
    for buyer in lots.buyers:
        name = tables.folded(buyer.name.main) if buyer.name and buyer.name.main else ""
        same = known.get(name, buyer)
        found.setdefault(same.id, same)
    return tuple(found.values())


def _related(number: str, source: Fields, reading: Reading, ocid_base: str) -> tuple[RelatedProcess, ...]:
    first = announcements.round_before(number, source)
    if first is not None:
        ocid = f"{ocid_base}{first}"
        relation = RelatedProcess(
            id=f"round-{first}", relationship=("unsuccessfulProcess",), scheme="ocid", identifier=ocid
        )
        return (relation,)
    if str(source.get("purchase_type") or "").casefold().startswith(_ANNOUNCED_AGAIN):
        reason = "announced again, and the number does not tell which announcement it repeats"
        reading.report("relatedProcesses", "unknown_round", reason, names=("purchase_type", "number"))
    return ()


def _compare(source: Fields, lots: Lots, reading: Reading) -> None:
    said = told(source.get("number_of_lots"))
    if said is not None and said != str(len(lots.lots)):
        reason = f"the announcement tells of {said} lots, {len(lots.lots)} are held"
        reading.report("tender/lots", "lots_differ", reason, names=("number_of_lots",))


MAPPING = Tajikistan()
