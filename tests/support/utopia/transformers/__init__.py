# ruff: noqa: ARG002 - what the interfaces hand over and Utopia does not need
"""Utopia: its notices as tenders."""

from collections.abc import Sequence

from ocds_schema.model import Process, Tender
from ocds_schema.raw import Bundle, Document
from transformers.codes import read_ignored, read_table
from transformers.corrections import read_corrections
from transformers.mapping import DocumentMapping, RecordMapping
from transformers.process import Composed, Entity, Folding, Mapped, overlaid
from transformers.rules import Reading, code, identifier, label, organization, text

STATUS = read_table("transformers.utopia", "status")
TENDER = RecordMapping(
    Tender,
    path="tender",
    id=identifier("id"),
    title=text("title"),
    status=code("status", STATUS),
    status_details=label("status", STATUS),
)
BUYER = organization(scheme="XU-REG", number="buyer", name=text("buyer_name"))
BUYER.bind("buyer")
NOTICE = DocumentMapping(
    kind="notice",
    records=(TENDER,),
    used={"buyer": "buyer", "buyer_name": "buyer/name", "published": "date"},
    ignored=read_ignored("transformers.utopia")["notice"],
)


class Utopia:
    """The mapping of Utopia."""

    documents = (NOTICE,)
    assembled = (("notice", BUYER),)
    composed = (Composed(path="tender/id", document="notice", fields=("id",), words="the notice's number"),)
    codelists = {STATUS.name: "tenderStatus"}  # noqa: RUF012
    tables = (STATUS,)
    corrections = read_corrections("transformers.utopia")
    change_fields = ("published",)

    def is_told_elsewhere(self, bundle: Bundle) -> bool:
        return False

    def entities(self, given: Sequence[Document]) -> list[Entity]:
        return overlaid(given, Folding({}), "published")

    def map(self, bundle: Bundle, entities: Sequence[Entity], reading: Reading, ocid_base: str) -> Mapped:
        (notice,) = entities
        reading.document = notice.name
        NOTICE.check(notice.fields, reading)
        buyer = reading.attempt(BUYER, notice.fields)
        process = Process(buyer=buyer, tender=TENDER.apply(notice.fields, reading))
        return Mapped(process_id=notice.key, process=process)


MAPPING = Utopia()
