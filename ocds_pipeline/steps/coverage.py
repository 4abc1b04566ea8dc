"""How complete the data is, read from the store for an edition: lists against processes, totals against what came."""

from collections.abc import Iterator

from extractors.base import Listed
from ocds_pipeline.sources import load_portal
from ocds_pipeline.steps.desk import Desk
from ocds_pipeline.store.listed import HeldObject
from ocds_schema.json import Json
from ocds_schema.run import Run
from publish.completeness import Fate, ListedObject, count_listed

_LISTING = ("listing", "kind", "way", "kept", "total", "state")
_OFTEN = 10_000


def completeness(desk: Desk) -> Json:
    """Give what becomes `coverage.json`: `lists`, `lastFull`, `lastHarvest` and `lastImport`.

    All of it depends on what was read, and not on how often that was interrupted.
    """
    lists = load_portal(desk.source.name).listed()
    return {
        "lists": [count_listed(one.kind, one.way, _objects(desk, one)) for one in lists],
        "lastFull": _harvested(_last_full(desk)),
        "lastHarvest": _harvested(desk.store.last_step(desk.source.name, "harvest")),
        "lastImport": _imported(desk.store.last_step(desk.source.name, "import")),
    }


def _objects(desk: Desk, listed: Listed) -> Iterator[ListedObject]:
    for done, held in enumerate(desk.store.listed(desk.source.name, listed.kind, listed.way), 1):
        days = (listed.day(body) for body in held.bodies)
        numbers = (listed.number(body) if listed.number else None for body in held.bodies)
        yield ListedObject(
            fate=_fate(held),
            day=next((day for day in days if day is not None), None),
            number=next((number for number in numbers if number is not None), None),
            is_outdated=held.has_record and held.is_quarantined,
        )
        if done % _OFTEN == 0:
            desk.progress.show(f"{desk.source.name}: {listed.kind} counted", done, None)


def _fate(held: HeldObject) -> Fate:
    if held.has_record:
        return "kept"
    if held.is_quarantined:
        return "quarantined"
    return "waiting" if held.is_pending else "elsewhere"


def _last_full(desk: Desk) -> tuple[Run, Json] | None:
    for run, report in desk.store.all_steps(desk.source.name, "harvest"):
        if report["window"] is None and not report["limited"]:
            return run, report
    return None


def _harvested(found: tuple[Run, Json] | None) -> Json:
    if found is None:
        return None
    run, report = found
    window = report["window"]
    return {
        "asOf": run.as_of.isoformat(),
        "window": window and {"from": window["first"], "to": window["until"]},
        "robots": report.get("robots", {}),
        "listings": [{name: listing[name] for name in _LISTING} for listing in report["listings"]],
    }


def _imported(found: tuple[Run, Json] | None) -> Json:
    if found is None:
        return None
    run, report = found
    faulty = [{name: file[name] for name in ("file", "fault")} for file in report["faulty"]]
    return {
        "asOf": run.as_of.isoformat(),
        "files": report["files"],
        "objects": report["objects"],
        "left": report["left"],
        "faulty": faulty,
    }
