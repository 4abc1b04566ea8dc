"""The mapping of goszakup.gov.kz: which process a bundle is, and what it is told with."""

from collections.abc import Mapping, Sequence

from ocds_schema.raw import Bundle, Document
from transformers.codes import CodeTable
from transformers.corrections import Corrections, read_corrections
from transformers.kazakhstan import plans, tables
from transformers.kazakhstan.documents import ALL, ASSEMBLED, BY_KIND, COMPOSED
from transformers.kazakhstan.purchases import Held, hold, map_purchase
from transformers.kazakhstan.subjects import named
from transformers.mapping import DocumentMapping
from transformers.process import Composed, Entity, Folding, Mapped, overlaid
from transformers.rules import Reading, Rule

_FOLDING = Folding({"plans_kato": "kato", "plans_spec": "spec", "sum1": "sum_1", "sum2": "sum_2", "sum3": "sum_3"})
"""Where GraphQL calls a field otherwise than REST, beyond camelCase."""
_TOGETHER = (("contract_sum_wnds", "contract_sum"),)
"""Sums with and without VAT: of two documents they would not belong to one another."""


class Kazakhstan:
    """The mapping of goszakup.gov.kz."""

    documents: Sequence[DocumentMapping] = ALL
    assembled: Sequence[tuple[str, Rule]] = ASSEMBLED
    composed: Sequence[Composed] = COMPOSED
    codelists: Mapping[str, str] = tables.CODELISTS
    tables: Sequence[CodeTable] = tables.ALL
    corrections: Corrections = read_corrections("transformers.kazakhstan")
    change_fields: Sequence[str] = (
        "index_date",
        "last_update_date",
        "timestamp",
        "crdate",
        "date_create",
        "create_date_act",
        "date_apply",
        "publish_date",
    )

    folding = _FOLDING

    def is_told_elsewhere(self, bundle: Bundle) -> bool:
        """Tell whether a purchase is told with this plan point, which has no releases of its own yet."""
        return bundle.process.startswith("plan:") and bundle.wanted and not bundle.published

    def entities(self, given: Sequence[Document]) -> list[Entity]:
        """Bring the ways of each entity together."""
        return overlaid(given, _FOLDING, "index_date", _TOGETHER)

    def map(self, bundle: Bundle, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
        """Map one process."""
        for entity in entities:
            _check(entity, reading)
        kind, _, key = bundle.process.partition(":")
        if kind == "plan":
            return _map_plan(key, entities, reading)
        held = hold(bundle.process, named(entities, reading), reading)
        reading.document = bundle.process.replace(":", "/")
        if kind == "contract":
            return _map_contract(key, held, reading, ocid_base)
        number = held.number if kind == "buy" else None
        if kind == "buy" and number is None and held.families:
            reading.report("ocid", "announcement_not_held", "it is named after its contract: nothing gives its number")
            return _map_contract(next(iter(held.families)), held, reading, ocid_base)
        if number is None and not held.is_empty:
            reading.report("ocid", "no_announcement", "no document names its announcement", severity="fatal")
        return Mapped(process_id=number, process=map_purchase(number, held, reading, ocid_base))


def _check(entity: Entity, reading: Reading) -> None:
    reading.document = entity.name
    if entity.disputed:
        reason = "two ways of one date say different things"
        reading.report("", "disagreement", reason, names=entity.disputed)
    kind = BY_KIND.get(entity.kind)
    if kind is None:
        reading.report("", "unknown_document", f"no rule reads {entity.kind}")
    else:
        kind.check(entity.fields, reading)


def _map_contract(root: str, held: Held, reading: Reading, ocid_base: str) -> Mapped:
    return Mapped(process_id=f"contract-{root}", process=map_purchase(root, held, reading, ocid_base))


def _map_plan(root: str, entities: Sequence[Entity], reading: Reading) -> Mapped:
    points = {entity.key: entity.fields for entity in entities if entity.kind == "plan"}
    gone = {entity.key for entity in entities if entity.kind == "plan_deleted"}
    process = plans.map_plan(points, gone, root, reading)
    if process is None:
        reading.report("planning", "plan_not_held", "only its deletion is known")
    return Mapped(process_id=f"plan-{root}", process=process)


MAPPING = Kazakhstan()
