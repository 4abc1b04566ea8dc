"""How the portals' objects hang together: tenders, orders, contracts without an announcement, and old releases."""

import hashlib
import re
from collections.abc import Callable, Mapping

from extractors.kyrgyzstan.labels import labels
from extractors.kyrgyzstan.values import LACKING, day_of, numbered_day, order_id, purchase, text_of
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way

_OCID = re.compile(r"ocds-h7i0z4-(contract-based-)?(\d+)")
# Words of states that no tender of the new portal leaves again.
_ENDED = re.compile(r"CANCEL|REJECT|SIGNED|COMPLETE|FINISH|CLOSED|ARCHIVE|UNSUCCESS|FAIL", re.IGNORECASE)
_ENDINGS = frozenset({"cancelled", "contract_signed", "unsuccessful"})


def links(kind: str, way: Way, fields: Json) -> Links:  # noqa: ARG001
    """Say which process an object belongs to, what may be the same purchase, and whether it may still change."""
    rule = _RULES.get(kind)
    return rule(fields) if rule is not None and isinstance(fields, dict) else Links(process=None)


def release_key(fields: Json) -> str:
    """Give the key of a release of the ministry: ocid and date, so that every version of an ocid is kept."""
    ocid = text_of(fields.get("ocid"))
    version = text_of(fields.get("date")) or text_of(fields.get("id"))
    if ocid and version:
        return f"{ocid}/{version}"
    return f"{ocid}/{_digest(fields)}" if ocid else _digest(fields)


def winner_key(fields: Json) -> str | None:
    """Give the key of a winners' row: announcement, contract and lots; many contracts have no number."""
    number, signed = text_of(fields.get("announcement_number")), text_of(fields.get("contract_number"))
    lots = fields.get("lot_numbers")
    places = " ".join(map(text_of, lots)) if isinstance(lots, list) else ""
    return f"{number}/{signed}/{places}" if number and (signed or places) else None


def _notice(fields: Json) -> Links:
    return Links(
        process=_process("tender", fields.get("id")),
        family=_purchase(fields.get("companyName"), fields.get("name")),
        day=day_of(fields.get("datePublished")),
    )


def _tender(fields: Json) -> Links:
    status = text_of(fields.get("status"))
    is_open = not _ENDED.search(status)
    return Links(process=_process("tender", fields.get("id")), open=is_open, day=day_of(fields.get("datePublished")))


def _submissions(fields: Json) -> Links:
    return Links(process=_process("tender", fields.get("tenderId")))


def _order_row(fields: Json) -> Links:
    return Links(
        process=_process("order", fields.get("id")),
        family=_purchase(fields.get("organization"), fields.get("title")),
        day=day_of(fields.get("published")),
    )


def _order(fields: Json) -> Links:
    key, missing = text_of(fields.get("id")), fields.get("missing")
    is_lacking = isinstance(missing, list) and any(text_of(name).startswith(LACKING) for name in missing)
    return Links(
        process=_process("order", key),
        family=f"order/{key}" if key else None,
        open=is_lacking or labels().name("status", text_of(fields.get("status"))) not in _ENDINGS,
        day=numbered_day(fields.get("number")),
    )


def _order_part(fields: Json) -> Links:
    return Links(process=_process("order", fields.get("order_id")))


def _winners(fields: Json) -> Links:
    order = order_id(fields.get("announcement_number"))
    return Links(process=_process("order", order) or _process("winners", winner_key(fields)))


def _single_source(fields: Json) -> Links:
    key = text_of(fields.get("id")) or text_of(fields.get("contract_number"))
    return Links(process=_process("single", key), family=f"contract-based/{key}" if key.isdecimal() else None)


def _single_source_contract(fields: Json) -> Links:
    return Links(process=_process("single", fields.get("id")))


def _centralized(fields: Json) -> Links:
    return Links(process=_process("centralized", text_of(fields.get("id")) or fields.get("contract_number")))


def _release(fields: Json) -> Links:
    ocid = text_of(fields.get("ocid"))
    found = _OCID.fullmatch(ocid)
    family = f"{'contract-based' if found[1] else 'order'}/{found[2]}" if found else None
    return Links(process=_process("ministry", ocid) or f"release:{release_key(fields)}", family=family)


def _planning_release(fields: Json) -> Links:
    return Links(process=_process("ministry", fields.get("ocid")) or f"release:{release_key(fields)}")


def _process(kind: str, key: Json) -> str | None:
    text = text_of(key)
    return f"{kind}:{text}" if text else None


def _purchase(buyer: Json, title: Json) -> str | None:
    mark = purchase(buyer, title)
    return f"purchase/{mark}" if mark else None


def _digest(fields: Json) -> str:
    return hashlib.sha256(json.encode(fields)).hexdigest()[:20]


_RULES: Mapping[str, Callable[[Json], Links]] = {
    "notice": _notice,
    "tender": _tender,
    "submissions": _submissions,
    "order_row": _order_row,
    "order": _order,
    "order_items": _order_part,
    "protocol": _order_part,
    "winners": _winners,
    "single_source": _single_source,
    "single_source_contract": _single_source_contract,
    "centralized": _centralized,
    "centralized_contract": _centralized,
    "release": _release,
    "planning_release": _planning_release,
}
