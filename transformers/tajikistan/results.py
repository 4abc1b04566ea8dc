"""Questions, protocols, files, and what was offered and won, as the tabs tell it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ocds_schema.model import Attachment, Award, Bid, Enquiry, Organization, Text
from transformers import values
from transformers.mapping import RecordMapping, objects
from transformers.process import Entity
from transformers.rules import Fields, Reading, derived, moment, pick, words
from transformers.tajikistan import tables
from transformers.tajikistan.common import coded, is_registered, page, party_of, somoni, told

_RESULTS = "протокол итогов"
_LAST_NUMBER = re.compile(r"([0-9]+)/?\Z")

ENQUIRY = RecordMapping(
    Enquiry,
    path="tender/enquiries",
    needs=("question",),
    asked=moment("asked"),
    question=words("question"),
    answered=moment("answered"),
    answer=words("answer"),
)


def _url(source: Fields, _reading: Reading) -> str | None:
    address = values.clean_text(pick(source, "file/url"))
    return page(address) if address else None


def _format(source: Fields, _reading: Reading) -> str | None:
    name = values.clean_text(pick(source, "file/title")) or ""
    row = tables.FILE_FORMATS.get(name.rpartition(".")[2].casefold())
    return row.code if row else None


def _protocol_type(source: Fields, _reading: Reading) -> str | None:
    name = tables.folded(values.clean_text(source.get("title")) or "")
    return next((row.code for row in tables.PROTOCOLS if name.startswith(tables.folded(row.label))), None)


def _text(name: str, source: Fields) -> Text | None:
    text = values.clean_text(pick(source, name))
    return Text(main=text) if text else None


_FILE_URL = derived("file", using=_url, words="the address of the file")
_FILE_FORMAT = derived("file", using=_format, words="by the end of the file's name", table=tables.FILE_FORMATS)
PROTOCOL = RecordMapping(
    Attachment,
    path="tender/documents",
    needs=("title",),
    type=derived("title", using=_protocol_type, words="by the first words of the name", table=tables.PROTOCOLS),
    title=derived("title", using=lambda source, _: _text("title", source), words="the text"),
    url=_FILE_URL,
    published=moment("made"),
    format=_FILE_FORMAT,
)
FILE = RecordMapping(
    Attachment,
    path="tender/documents",
    needs=("url",),
    title=derived("file", using=lambda source, _: _text("file/title", source), words="the name of the file"),
    url=derived("file", using=_url, words="the address of the file"),
    published=moment("made"),
    format=derived("file", using=_format, words="by the end of the file's name", table=tables.FILE_FORMATS),
)
BID = RecordMapping(
    Bid,
    path="bids/details",
    status=coded("result", tables.RESULTS),
    status_details=derived(
        "result", using=lambda source, _: values.clean_text(source.get("result")), words="the portal's own words"
    ),
    value=somoni("price"),
)


def _read_supplier(source: Fields, reading: Reading) -> Organization | None:
    number = values.clean_text(source.get("supplier_number")) or ""
    name = values.clean_text(source.get("supplier")) or ""
    if number and not is_registered(number):
        reading.report(SUPPLIER.path, "party_number", "not a number of taxpayers", names=("supplier_number",))
        number = ""
    return party_of(number, name, reading)


SUPPLIER = derived(
    "supplier",
    "supplier_number",
    using=_read_supplier,
    words="by the number of a company; anybody else under a pseudonym",
)
SUPPLIER.is_personal = True
SUPPLIER.bind("bids/details/tenderers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was offered, and who has won."""

    bids: tuple[Bid, ...] = ()
    awards: tuple[Award, ...] = ()


def enquiries(entities: Iterable[Entity], reading: Reading) -> tuple[Enquiry, ...]:
    """Give the questions with their answers; an id is the question's place among all."""
    found = list[Enquiry]()
    for entity in _of("clarifications", entities, reading):
        for place, question in enumerate(objects(entity.fields.get("questions")), 1):
            number = told(question.get("ordinal")) or str(place)
            enquiry: Enquiry | None = ENQUIRY.apply(question, reading, id=number)
            found += [enquiry] if enquiry else []
    return tuple(found)


def attachments(entities: Sequence[Entity], reading: Reading) -> tuple[Attachment, ...]:
    """Give the protocols, and the files of the documents."""
    found = list[Attachment]()
    for entity in _of("protocols", entities, reading):
        for place, protocol in enumerate(objects(entity.fields.get("protocols")), 1):
            made: Attachment | None = PROTOCOL.apply(
                protocol, reading, id=f"protocol-{_file_number(protocol) or place}"
            )
            found += [made] if made else []
    for entity in _of("files", entities, reading):
        for place, file in enumerate(objects(entity.fields.get("files")), 1):
            number = _file_number(file) or f"{entity.key.partition('/')[2]}-{place}"
            known: Attachment | None = FILE.apply(file, reading, id=f"file-{number}")
            found += [known] if known else []
    return tuple(found)


def outcome(entities: Sequence[Entity], spoken: Mapping[str, str], reading: Reading) -> Outcome:
    """Give bids and awards, from the table beside the protocols that has them."""
    bids, awards = dict[str, Bid](), list[Award]()
    for entity in _of("protocols", entities, reading):
        decided = _decided(objects(entity.fields.get("protocols")), reading)
        for result in objects(entity.fields.get("results")):
            bid = _bid(result, spoken, bids, reading)
            if bid is None:
                continue
            bids[bid.id] = bid
            if tables.named(tables.WINNING_RESULTS, told(result.get("result"))) is not None:
                awards.append(_award(bid, decided))
    return Outcome(bids=tuple(bids.values()), awards=tuple(awards))


def _bid(result: Fields, spoken: Mapping[str, str], bids: Mapping[str, Bid], reading: Reading) -> Bid | None:
    supplier = reading.attempt(SUPPLIER, result)
    if supplier is None:
        reading.report("bids/details", "nameless_bid", "a bid without a bidder is left out", severity="lost")
        return None
    lots = _lots(result, spoken, reading)
    own = "-".join((*lots, supplier.id))
    # One who bids twice for a lot has two bids, in the order of the table.
    key = next(key for key in (own, *(f"{own}-{place}" for place in range(2, len(bids) + 3))) if key not in bids)
    found: Bid = BID.apply(result, reading, id=key, tenderers=(supplier,), lots=lots) or Bid(id=key)
    return found


def _award(bid: Bid, decided: datetime | None) -> Award:
    return Award(
        id=bid.id, status="active", date=decided, value=bid.value, suppliers=bid.tenderers, lots=bid.lots, bid=bid.id
    )


def _lots(result: Fields, spoken: Mapping[str, str], reading: Reading) -> tuple[str, ...]:
    name = told(result.get("lot_number"))
    lot = spoken.get(tables.folded(name)) if name else None
    if lot is None:
        reading.report(
            "bids/details/relatedLots", "unknown_lot", "no lot is called so", names=("lot_number",), value=name or ""
        )
        return ()
    return (lot,)


def _decided(protocols: Iterable[Fields], reading: Reading) -> datetime | None:
    """Give when the protocol of the results was made."""
    made = [each.get("made") for each in protocols if tables.folded(str(each.get("title") or "")).startswith(_RESULTS)]
    return reading.quietly(lambda: values.moment(made[-1], reading.zone, reading.as_of)) if made else None


def _file_number(source: Fields) -> str | None:
    address = told(pick(source, "file/url"))
    found = _LAST_NUMBER.search(address) if address else None
    return found.group(1) if found else None


def _of(kind: str, entities: Iterable[Entity], reading: Reading) -> Iterable[Entity]:
    for entity in entities:
        if entity.kind == kind:
            reading.document = entity.name
            yield entity
