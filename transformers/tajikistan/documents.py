"""What becomes of each field of each kind of Tajik document."""

from transformers.codes import read_ignored
from transformers.mapping import DocumentMapping
from transformers.process import Composed
from transformers.tajikistan import announcements, lots, results

IGNORED = read_ignored("transformers.tajikistan")
_COUNTED = {
    "unread": "labels that are not known: each is a problem",
    "missing": "labels that are due: each is a problem",
}

_ROW_FIELDS = ("title", "procurement_method", "subject_type", "start", "end", "status", "number", "amount")
NOTICE = DocumentMapping(
    kind="notice",
    used={
        **_COUNTED,
        **dict.fromkeys(_ROW_FIELDS, "where the announcement's own page does not say it"),
        "id": "ocid",
        "organizer": "tender/procuringEntity, where the announcement's own page does not say it",
        "organizer_tg": "tender/procuringEntity, its name in Tajik",
        "purchasing_entity": "buyer, where the announcement's own page does not say it",
        "purchasing_entity_tg": "buyer, its name in Tajik",
        "title_tg": "tender/title_tg, where the Russian title is that of the announcement",
        "number_of_lots": "compared with the lots that are held",
    },
)
NOTICE_TG = DocumentMapping(
    kind="notice_tg",
    used={
        "unread": "labels that are not known: each is a problem",
        "id": "ocid",
        "title": "tender/title_tg",
        "organizer": "tender/procuringEntity, its name in Tajik",
        "purchasing_entity": "buyer, its name in Tajik",
    },
    ignored=IGNORED["notice_tg"],
)
ANNOUNCEMENT = DocumentMapping(
    kind="announcement",
    records=(announcements.TENDER, announcements.NOTICE),
    used={
        **_COUNTED,
        "id": "ocid",
        "number_of_lots": "compared with the lots that are held",
        "purchasing_entity": "buyer",
        "purchasing_entity_tg": "buyer, its name in Tajik",
        "purchasing_entity_address": "buyer, its address",
        "purchase_type": "where a repeated purchase does not tell by its number which one it repeats, a problem",
    },
    ignored=IGNORED["announcement"],
)
LOT = DocumentMapping(
    kind="lot",
    records=(lots.LOT, lots.ITEM),
    used={
        **_COUNTED,
        "lot_id": "tender/lots/id",
        "ordinal": "tender/lots/id, where a lot has no other number",
        "plan_point": "finds the lot that a result is for",
        "purchasing_entity": "parties, as a buyer",
        "purchasing_entity_tg": "parties, as a buyer",
    },
    ignored=IGNORED["lot"],
)
LOT_WINDOW = DocumentMapping(
    kind="lot_window",
    records=(lots.LOT, lots.ITEM),
    used={
        **_COUNTED,
        "lot_id": "tender/lots/id",
        "plan_point": "finds the lot that a result is for",
        "purchasing_entity": "parties, as a buyer",
        "delivery_term": "tender/milestones",
    },
    ignored=IGNORED["lot_window"],
)
_QUESTION = DocumentMapping(
    kind="clarifications/questions",
    records=(results.ENQUIRY,),
    used={**_COUNTED, "ordinal": "tender/enquiries/id"},
    ignored=IGNORED["clarifications/questions"],
)
CLARIFICATIONS = DocumentMapping(
    kind="clarifications", used={**_COUNTED, "id": "ocid"}, children={"questions": _QUESTION}
)
_PROTOCOL = DocumentMapping(
    kind="protocols/protocols",
    records=(results.PROTOCOL,),
    used=_COUNTED,
    ignored=IGNORED["protocols/protocols"],
)
_RESULT = DocumentMapping(
    kind="protocols/results",
    records=(results.BID,),
    used={
        **_COUNTED,
        "lot_number": "bids/details/relatedLots",
        "supplier": "bids/details/tenderers",
        "supplier_number": "bids/details/tenderers",
    },
)
PROTOCOLS = DocumentMapping(
    kind="protocols",
    used={**_COUNTED, "id": "ocid"},
    children={"protocols": _PROTOCOL, "results": _RESULT},
)
_DOCUMENT = DocumentMapping(kind="documents/documents", used=_COUNTED, ignored=IGNORED["documents/documents"])
DOCUMENTS = DocumentMapping(kind="documents", used={**_COUNTED, "id": "ocid"}, children={"documents": _DOCUMENT})
_FILE = DocumentMapping(kind="files/files", records=(results.FILE,), used=_COUNTED, ignored=IGNORED["files/files"])
FILES = DocumentMapping(
    kind="files",
    used={**_COUNTED, "announcement_id": "ocid", "files_id": "tender/documents/id"},
    children={"files": _FILE},
)

ALL = (NOTICE, NOTICE_TG, ANNOUNCEMENT, LOT, LOT_WINDOW, CLARIFICATIONS, PROTOCOLS, DOCUMENTS, FILES)
BY_KIND = {one.kind: one for one in ALL}
ASSEMBLED = (
    ("announcement, notice", announcements.BUYER),
    ("lot, lot_window", lots.BUYER),
    ("protocols/results", results.SUPPLIER),
)
COMPOSED = (
    Composed(
        path="tender/documents/documentType",
        document="announcement",
        fields=("published",),
        words="tenderNotice for the announcement's own page",
    ),
    Composed(
        path="tender/documents/id",
        document="announcement, protocols, files",
        fields=("id", "file"),
        words="notice, or protocol or file and the number at the end of its address",
    ),
    Composed(
        path="tender/documents/url",
        document="announcement",
        fields=("id",),
        words="the announcement's own page",
    ),
    Composed(
        path="tender/lots/id",
        document="lot",
        fields=("lot_id", "lot_number", "plan_point", "ordinal"),
        words="the id that the lot's button has; without one, the number that people tell it by",
    ),
    Composed(
        path="tender/items/id",
        document="lot",
        fields=("lot_id", "lot_number", "plan_point", "ordinal"),
        words="that of the lot, which has one item",
    ),
    Composed(
        path="tender/items/relatedLot",
        document="lot",
        fields=("lot_id",),
        words="the lot",
    ),
    Composed(
        path="bids/details/id",
        document="protocols/results",
        fields=("lot_number", "supplier_number", "supplier"),
        words="lot and bidder",
    ),
    Composed(
        path="bids/details/relatedLots",
        document="protocols/results",
        fields=("lot_number",),
        words="the lot that people call so",
    ),
    Composed(
        path="tender/enquiries/id",
        document="clarifications/questions",
        fields=("ordinal",),
        words="the number of the question, or else its place",
    ),
    Composed(
        path="tender/milestones",
        document="lot_window",
        fields=("delivery_term",),
        words="a delivery milestone for each lot that has a term",
    ),
    Composed(
        path="awards",
        document="protocols/results",
        fields=("result", "supplier", "price", "lot_number"),
        words="one for each bid that has won, dated by the protocol of the results",
    ),
    Composed(
        path="relatedProcesses",
        document="announcement",
        fields=("number",),
        words="the first announcement of the purchase, where the number says that this is a later round",
    ),
)
