"""Announcements: the tender section, from the head, the general data and the row in the list."""

import re

from ocds_schema.model import Attachment, Organization, Period, Tender, Text
from transformers import values
from transformers.mapping import RecordMapping
from transformers.rules import Fields, Reading, Rule, derived, moment
from transformers.tajikistan import tables
from transformers.tajikistan.common import announcement_page, coded, in_words, party, somoni

_ROUND = re.compile(r"(?P<first>[0-9]{1,18})-(?P<round>[0-9]{1,3})\Z")


def _title(source: Fields, _reading: Reading) -> Text | None:
    main, tajik = values.clean_text(source.get("title")), values.clean_text(source.get("title_tg"))
    if main is None and tajik is None:
        return None
    return Text(main=main, translations=(("tg", tajik),) if tajik and tajik != main else ())


def bilingual_title() -> Rule:
    """The title, with its translation where the page has one."""
    return derived("title", "title_tg", using=_title, words="the text, by language")


def _who(name: str) -> Rule:
    def read(source: Fields, reading: Reading) -> Organization | None:
        return party(source.get(name), reading, tajik=source.get(f"{name}_tg"), address=source.get(f"{name}_address"))

    rule = derived(
        name,
        f"{name}_tg",
        f"{name}_address",
        using=read,
        words="who is named, by the number before the name; without one, or a sole trader, under a pseudonym",
    )
    rule.is_personal = True
    return rule


TENDER = RecordMapping(
    Tender,
    path="tender",
    id=derived(
        "number",
        "id",
        using=lambda source, _: values.identifier(source.get("number")) or values.identifier(source.get("id")),
        words="the number, or else the id of the page",
    ),
    title=bilingual_title(),
    status=coded("status", tables.STATUSES),
    status_details=in_words("status", tables.STATUSES),
    procuring_entity=_who("organizer"),
    value=somoni("amount"),
    method=coded("procurement_method", tables.METHODS),
    method_details=in_words("procurement_method", tables.METHODS),
    category=coded("subject_type", tables.SUBJECTS),
    tender_period=RecordMapping(Period, start=moment("start"), end=moment("end")),
)
BUYER = _who("purchasing_entity")
BUYER.bind("buyer")
NOTICE = RecordMapping(
    Attachment,
    path="tender/documents",
    needs=("published",),
    published=moment("published"),
)


def notice(source: Fields, number: str, reading: Reading) -> Attachment | None:
    """Give the announcement's own page as a document."""
    title = reading.quietly(lambda: _title(source, reading))
    found: Attachment | None = NOTICE.apply(
        source, reading, id="notice", type="tenderNotice", title=title, url=announcement_page(number)
    )
    return found


def round_before(number: str, source: Fields) -> str | None:
    """Give the first announcement of a purchase, where this one is a later round of it."""
    found = _ROUND.match(str(source.get("number") or ""))
    if found is None or int(found["round"]) < 2 or found["first"] == number:  # noqa: PLR2004
        return None
    return str(int(found["first"]))
