"""How the portal's objects hang together: announcements, plan points and contracts, from an object's own ids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from extractors.kazakhstan.values import first, members, whole
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class _Party:
    """Where an object says who a party is: its subject's id, its name, and the nested subject."""

    ids: tuple[str, str]
    names: tuple[str, ...]
    nested: str = ""


_NAMES = ("nameRu", "nameKz", "name_ru", "name_kz")
_SUPPLIER = _Party(ids=("supplier_id", "supplierId"), names=("supplier_name_ru", "supplier_name_kz"), nested="Supplier")
_CUSTOMER = _Party(ids=("customer_id", "customerId"), names=("customer_name_ru", "customer_name_kz"), nested="Customer")
_BUYER = _Party(
    ids=("customer_pid", "customerPid"),
    names=("customer_name_ru", "customer_name_kz", "customerNameRu", "customerNameKz"),
)
_ORGANIZER = _Party(ids=("org_pid", "orgPid"), names=("org_name_ru", "org_name_kz", "orgNameRu", "orgNameKz"))


def links(kind: str, way: Way, fields: Json) -> Links:  # noqa: ARG001
    """Say which process an object belongs to, which family it has, and which plan points and subjects it wants."""
    rule = _RULES.get(kind)
    return rule(fields) if rule is not None and isinstance(fields, dict) else Links(process=None)


def _announcement(fields: Json) -> Links:
    return Links(process=_process("buy", whole(fields.get("id"))), wants=_nameless(fields, _BUYER, _ORGANIZER))


def _lot(fields: Json) -> Links:
    points = members(first(fields, "point_list", "pointList"))
    return Links(process=_under_announcement(fields, "trd_buy_id", "trdBuyId", "lot"), wants=_plans(points))


def _bid(fields: Json) -> Links:
    return Links(process=_under_announcement(fields, "buy_id", "buyId", "trd_app"), wants=_nameless(fields, _SUPPLIER))


def _contract(fields: Json) -> Links:
    announcement = whole(first(fields, "trd_buy_id", "trdBuyId"))
    # root_id may be 0 where the contract is its own root.
    root = whole(first(fields, "root_id", "rootId")) or whole(fields.get("id"))
    units = [unit for unit in members(first(fields, "ContractUnits", "units")) if isinstance(unit, dict)]
    return Links(
        process=_process("buy", announcement) or _process("contract", root),
        family=f"contract/{root}" if root else None,
        wants=_plans([first(unit, "pln_point_id", "plnPointId") for unit in units])
        + _nameless(fields, _SUPPLIER, _CUSTOMER),
    )


def _plan(fields: Json) -> Links:
    root = whole(first(fields, "rootrecord_id", "rootrecordId")) or whole(fields.get("id"))
    return Links(process=_process("plan", root))


def _under_announcement(fields: Json, snake: str, camel: str, kind: str) -> str | None:
    announcement = whole(first(fields, snake, camel))
    return _process("buy", announcement) or _process(kind, whole(fields.get("id")))


def _process(kind: str, key: str | None) -> str | None:
    return f"{kind}:{key}" if key else None


def _plans(points: list[Json]) -> tuple[str, ...]:
    keys = (whole(point) for point in points)
    return tuple(dict.fromkeys(f"plan/{key}" for key in keys if key))


def _nameless(fields: Json, *parties: _Party) -> tuple[str, ...]:
    """Give the subjects that the object knows by number only."""
    keys = (whole(first(fields, *party.ids)) for party in parties if not _is_named(fields, party))
    return tuple(dict.fromkeys(f"subject/{key}" for key in keys if key))


def _is_named(fields: Json, party: _Party) -> bool:
    nested = fields.get(party.nested)
    return any(fields.get(name) for name in party.names) or (
        isinstance(nested, dict) and any(nested.get(name) for name in _NAMES)
    )


_RULES: Mapping[str, Callable[[Json], Links]] = {
    "trd_buy": _announcement,
    "lot": _lot,
    "trd_app": _bid,
    "contract": _contract,
    "plan": _plan,
    "plan_deleted": _plan,
}
