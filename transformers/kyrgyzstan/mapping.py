"""The mapping of Kyrgyzstan: which process a bundle is, and what it is told with."""

from collections.abc import Mapping, Sequence

from ocds_schema.raw import Bundle, Document
from transformers.codes import CodeTable
from transformers.corrections import Corrections, read_corrections
from transformers.kyrgyzstan import tables
from transformers.kyrgyzstan.composed import ASSEMBLED, COMPOSED
from transformers.kyrgyzstan.documents import ALL, BY_KIND
from transformers.kyrgyzstan.ministry import map_ministry
from transformers.kyrgyzstan.notices import map_tender
from transformers.kyrgyzstan.orders import map_contract, map_order
from transformers.kyrgyzstan.repairs import REPAIRS
from transformers.mapping import DocumentMapping, objects
from transformers.process import Composed, Entity, Mapped
from transformers.rules import Reading, Rule

_MAPS = {
    "tender": map_tender,
    "order": map_order,
    "single": map_contract,
    "centralized": map_contract,
    "ministry": map_ministry,
}
_PAGES = (("notice", "tender"), ("order_row", "order"))
_LABELS = ("unread", "missing", "missing_in_lots")


class Kyrgyzstan:
    """The mapping of the two portals and of the ministry's files."""

    documents: Sequence[DocumentMapping] = ALL
    assembled: Sequence[tuple[str, Rule]] = ASSEMBLED
    composed: Sequence[Composed] = COMPOSED
    codelists: Mapping[str, str] = tables.CODELISTS
    tables: Sequence[CodeTable] = tables.ALL
    corrections: Corrections = read_corrections("transformers.kyrgyzstan", REPAIRS)
    change_fields: Sequence[str] = ()

    def is_told_elsewhere(self, bundle: Bundle) -> bool:  # noqa: ARG002
        """Tell that every process has releases of its own: what is one purchase is linked, never merged."""
        return False

    def entities(self, given: Sequence[Document]) -> list[Entity]:
        """Give each document as it came: no two ways tell of one entity."""
        return [
            Entity(
                kind=document.kind,
                key=document.key,
                links=document.links,
                fields=document.fields if isinstance(document.fields, dict) else {},
            )
            for document in given
        ]

    def map(self, bundle: Bundle, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
        """Map one process."""
        for entity in entities:
            if entity.links.process == bundle.process:
                _check(entity, reading)
        _check_pages(bundle.process, entities, reading)
        mapped = _MAPS.get(bundle.process.partition(":")[0])
        if mapped is not None:
            return mapped(bundle.process, entities, reading, ocid_base)
        if entities:
            reading.document = entities[0].name
            reading.report("ocid", "no_process", "nothing says which purchase it is of", severity="fatal")
        return Mapped(process_id=None, process=None)


def _check_pages(process: str, entities: Sequence[Entity], reading: Reading) -> None:
    """Report where a list shows what its own page is not held of."""
    own = {entity.kind: entity for entity in entities if entity.links.process == process}
    for row, page in _PAGES:
        if row in own and page not in own:
            reading.document = own[row].name
            reading.report("", "page_not_held", "the list shows it, and its own page is not held")


def _check(entity: Entity, reading: Reading) -> None:
    reading.document = entity.name
    kind = BY_KIND.get(entity.kind)
    if kind is None:
        reading.report("", "unknown_document", f"no rule reads {entity.kind}")
        return
    kind.check(entity.fields, reading)
    for one in objects(entity.fields.get("unread")):
        reading.report("", "unread_label", "the page says more than we can read", names=(str(one.get("label", "")),))
    for name in _LABELS[1:]:
        for missing in entity.fields.get(name) or ():
            reading.report("", "missing_label", "the page lacks what every such page has", names=(str(missing),))


MAPPING = Kyrgyzstan()
