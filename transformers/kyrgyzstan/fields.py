"""How it is said what becomes of each field of a kind of documents."""

from collections.abc import Mapping

from transformers.codes import read_ignored
from transformers.kyrgyzstan import tables
from transformers.mapping import DocumentMapping, RecordMapping

IGNORED = read_ignored("transformers.kyrgyzstan")


def kind_of(
    name: str,
    *records: RecordMapping,
    used: Mapping[str, str] | None = None,
    children: Mapping[str, DocumentMapping] | None = None,
    ignored: str = "",
) -> DocumentMapping:
    """Give what becomes of a kind's fields; `ignored` names the lines of ignored.csv where another kind has them."""
    return DocumentMapping(
        kind=name,
        records=records,
        used=used or {},
        children=children or {},
        ignored=IGNORED.get(ignored or name, {}),
    )


def each(words: str, *names: str) -> dict[str, str]:
    """Say the same of several fields."""
    return dict.fromkeys(names, words)


UNREAD = {
    "unread": "each label that is not known is reported",
    "missing": "each label that should be there is reported",
}
ITEM_ID = each("tender/items/id", "id")


def told_terms(note: str) -> dict[str, str]:
    """Say of the terms of bids and contracts, by their note in the code table, where they are told."""
    return {row.source_code: f"tender/contractTerms/{row.code}" for row in tables.CONTRACT_TERMS if note in row.note}
