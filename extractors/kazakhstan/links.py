"""How the portal's objects hang together: announcements, plan points and contracts, from an object's own ids."""

from collections.abc import Callable, Mapping

from extractors.kazakhstan.values import first, members, whole
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way


def links(kind: str, way: Way, fields: Json) -> Links:  # noqa: ARG001
    """Say which process an object belongs to, which family it has, and which plan points it wants."""
    rule = _RULES.get(kind)
    return rule(fields) if rule is not None and isinstance(fields, dict) else Links(process=None)


def _announcement(fields: Json) -> Links:
    return Links(process=_process("buy", whole(fields.get("id"))))


def _lot(fields: Json) -> Links:
    points = members(first(fields, "point_list", "pointList"))
    return Links(process=_under_announcement(fields, "trd_buy_id", "trdBuyId", "lot"), wants=_plans(points))


def _bid(fields: Json) -> Links:
    return Links(process=_under_announcement(fields, "buy_id", "buyId", "trd_app"))


def _contract(fields: Json) -> Links:
    announcement = whole(first(fields, "trd_buy_id", "trdBuyId"))
    # root_id may be 0 where the contract is its own root.
    root = whole(first(fields, "root_id", "rootId")) or whole(fields.get("id"))
    units = [unit for unit in members(first(fields, "ContractUnits", "units")) if isinstance(unit, dict)]
    return Links(
        process=_process("buy", announcement) or _process("contract", root),
        family=f"contract/{root}" if root else None,
        wants=_plans([first(unit, "pln_point_id", "plnPointId") for unit in units]),
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


_RULES: Mapping[str, Callable[[Json], Links]] = {
    "trd_buy": _announcement,
    "lot": _lot,
    "trd_app": _bid,
    "contract": _contract,
    "plan": _plan,
    "plan_deleted": _plan,
}
