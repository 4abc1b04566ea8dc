"""What several Kazakh documents have in common: texts in two languages, money, units, attachments."""

import re
from decimal import Decimal

from ocds_schema.codelists import codelist
from ocds_schema.errors import MappingError
from ocds_schema.model import Attachment, Classification, Money, Organization, Text, Unit
from transformers import mapping, values
from transformers.codes import CodeTable
from transformers.kazakhstan import tables
from transformers.mapping import RecordMapping, objects, scalars
from transformers.rules import Fields, Reading, Rule, derived, number, organization, pick, text

SCHEME = "KZ-BIN"
PORTAL = "https://goszakup.gov.kz/ru"

_ENSTRU = re.compile(r"[0-9]{6}\.[0-9]{3}\.[0-9]{6}\Z")


def bilingual(name: str) -> Rule:
    """A Russian text and its Kazakh translation."""
    return text(f"{name}_ru", kk=f"{name}_kz")


def party(number: str, subject: str = "", name: Rule | None = None, address: str = "") -> Rule:
    """A party by its BIN or, under a pseudonym, by its IIN."""
    return organization(
        scheme=SCHEME, number=number, name=name, address=address, subject=subject, subject_scheme="kz-subject"
    )


def tenge(name: str) -> Rule:
    """An amount in the source's currency, of which it is not known whether it includes value added tax."""

    def read(source: Fields, reading: Reading) -> Money | None:
        found = values.amount(source.get(name))
        return None if found is None else Money(amount=found, currency=reading.currency)

    return derived(name, using=read, words="the amount in tenge")


class _Money(Rule):
    kind = "number"

    def __init__(self, gross: str, net: str) -> None:
        super().__init__(
            gross, net, "ref_currency_code", "with_nds", words="the amount with VAT, and without it", table=tables.TAX
        )
        self._gross = gross
        self._net = number(net)

    def bind(self, path: str) -> None:
        super().bind(path)
        self._net.bind(f"{path}/amountNet")

    def read(self, source: Fields, reading: Reading) -> Money | None:
        gross = values.amount(source.get(self._gross))
        net = reading.attempt(self._net, source)
        if gross is None and net is None:
            return None
        currency = values.clean_text(source.get("ref_currency_code")) or reading.currency
        if currency not in _CURRENCIES:
            raise MappingError(f"{values.quoted(currency)} is not a currency")
        if gross is None:
            return Money(amount=net, currency=currency, tax_included=False)
        if self.path and net is not None and net > gross:
            names, reason = (self._gross, *self._net.names), f"without VAT it is {net}, which is more"
            reading.report(self.path, "implausible", reason, names=names, value=str(gross))
        return Money(amount=gross, currency=currency, net=net, tax_included=_tax_included(source))


def money(gross: str, net: str) -> Rule:
    """An amount with value added tax and the same without it, in the currency of the contract."""
    return _Money(gross, net)


def _tax_included(source: Fields) -> bool | None:
    """Tell whether the amount includes VAT: whether the supplier pays it, where the portal says so."""
    row = tables.TAX.get(source.get("with_nds"))
    return row.code == "yes" if row else None


_CURRENCIES = codelist("currency").codes


def prefixed(prefix: str, name: str) -> Rule:
    """An id that is unique beside those of other entities: `<prefix>-<id>`."""

    def read(source: Fields, _reading: Reading) -> str | None:
        found = values.reference(source.get(name))
        return f"{prefix}-{found}" if found else None

    return derived(name, using=read, words=f"{prefix}-<id>")


def code_row_text(source: Fields, field: str, nested: str, table: CodeTable) -> Text | None:
    """Give the name of a code, or of a list of codes: what the portal nests, or else the table's."""
    named = [found for one in objects(source.get(nested)) if (found := _code_name(one))]
    if named:
        return values.merged(*named)
    raw = source.get(field)
    codes = scalars(raw) if isinstance(raw, list) else [raw]
    rows = [table.row(code) for code in codes if code not in (None, "")]
    return values.merged(*(Text(main=row.label) for row in rows if row.code))


def _code_name(nested: Fields) -> Text | None:
    main, kazakh = values.clean_text(nested.get("name_ru")), values.clean_text(nested.get("name_kz"))
    return Text(main=main, translations=(("kk", kazakh),) if kazakh else ()) if main else None


def category(source: Fields, _reading: Reading) -> str | None:
    """Give the procurement category, by the code or else by the name the portal nests."""
    for field in ("ref_subject_type_id", "ref_subject_types_id"):
        if source.get(field) not in (None, "", 0, "0"):
            return tables.SUBJECT_TYPE.row(source[field]).code
    name = values.clean_text(pick(source, "ref_subject_type/name_ru"))
    return next((row.code for row in tables.SUBJECT_TYPE if row.label == name), None) if name else None


CATEGORY_FIELDS = ("ref_subject_type_id", "ref_subject_types_id", "ref_subject_type/name_ru")


def classification(raw_code: object, name: Text | None) -> tuple[Classification | None, tuple[Classification, ...]]:
    """Give the classification by ENSTRU and, as its first six digits, by KPVED."""
    code = values.clean_text(raw_code)
    if code is None:
        return None, ()
    main = Classification(scheme="KZ-ENSTRU", id=code, description=name)
    if not _ENSTRU.match(code):
        return main, ()
    return main, (Classification(scheme="KZ-KPVED", id=f"{code[:2]}.{code[2:4]}.{code[4:6]}"),)


def unit(raw_code: object, name: str | None, value: Money | None) -> Unit | None:
    """Give a unit by its code in UNECE Rec. 20 where our table knows it, else by its MKEI code."""
    code = values.clean_text(raw_code)
    row = tables.UNITS.get(code.zfill(3)) if code else None
    label = name or (row.label if row else None)
    if row is not None and row.code:
        return Unit(scheme="UNCEFACT", id=row.code, name=Text(main=label), value=value)
    if code is None and label is None and value is None:
        return None
    return Unit(scheme="KZ-MKEI" if code else None, id=code, name=Text(main=label) if label else None, value=value)


def total(amounts: list[Money | None]) -> Money | None:
    """Add up amounts; nothing, where there are none, one is not known, or their currencies differ."""
    known = [one for one in amounts if one is not None and one.amount is not None]
    if not known or len(known) != len(amounts) or len({one.currency for one in known}) > 1:
        return None
    if len(known) == 1:
        return known[0]
    nets = [one.net for one in known if one.net is not None]
    included = {one.tax_included for one in known}
    return Money(
        amount=sum((one.amount for one in known if one.amount is not None), Decimal()),
        currency=known[0].currency,
        net=sum(nets, Decimal()) if len(nets) == len(known) else None,
        tax_included=included.pop() if len(included) == 1 else None,
    )


def announcement_page(source_id: object) -> str:
    """Give the public page of an announcement."""
    return f"{PORTAL}/announce/index/{source_id}"


def contract_page(source_id: object) -> str:
    """Give the public page of a contract."""
    return f"{PORTAL}/egzcontract/cpublic/show/{source_id}"


def _attachment_id(source: Fields, reading: Reading) -> str | None:
    """Give the id, or else a name made of the link, which may hold the number of a person."""
    known = values.reference(source.get("id"))
    if known:
        return known
    path = values.clean_text(source.get("file_path")) or values.clean_text(source.get("original_name"))
    return reading.persons.pseudonym(path, reading.key, "file") if path else None


def _document_type(source: Fields, _reading: Reading) -> str | None:
    name = values.clean_text(source.get("name_ru")) or ""
    return next((row.code for row in tables.DOCUMENT_TYPE if name.startswith(row.source_code)), None)


def _file_format(source: Fields, _reading: Reading) -> str | None:
    name = values.clean_text(source.get("original_name")) or ""
    row = tables.FILE_FORMAT.get(name.rpartition(".")[2].lower())
    return row.code if row else None


def attachments(path: str) -> RecordMapping:
    """A file of the portal; `url` is given by the caller: the file's own link needs a token."""
    return RecordMapping(
        Attachment,
        path=path,
        needs=("id",),
        id=derived("id", "file_path", "original_name", using=_attachment_id, words="the id, or a digest of the link"),
        type=derived(
            "name_ru", using=_document_type, words="by the first words of the name", table=tables.DOCUMENT_TYPE
        ),
        title=bilingual("name"),
        description=text("original_name"),
        format=derived(
            "original_name", using=_file_format, words="by the end of the file's name", table=tables.FILE_FORMAT
        ),
    )


def unique_parties(parties: list[Organization | None]) -> tuple[Organization, ...]:
    """Give each party once, in the order met; nothing where there is no party."""
    return tuple({one.id: one for one in reversed(parties) if one is not None}.values())[::-1]


def is_set(flag: object) -> bool:
    """Tell whether a flag is set; one whose value we do not know is not, which `DocumentMapping.check` reports."""
    return mapping.flag(flag) is True


def known_id(raw: object) -> str | None:
    """Give the id of another entity; nothing where there is none or it cannot be read."""
    try:
        return values.reference(raw)
    except MappingError:
        return None


def whole(raw: object) -> int:
    """Give an id as a number to order by; what is none comes first."""
    found = "0" if raw in (0, "0") else known_id(raw)
    return int(found) if found and found.isascii() and found.isdigit() else -1
