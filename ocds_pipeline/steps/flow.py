"""Runs steps in order, each once: a step that a run has finished is not done again."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from ocds_pipeline.gates.override import Override
from ocds_pipeline.progress import LineMeter, Meter
from ocds_pipeline.request import Request
from ocds_pipeline.settings import Settings
from ocds_pipeline.steps.desk import Desk, open_desk
from ocds_schema.json import Json
from ocds_schema.run import Run

log = logging.getLogger(__name__)

ALL = ("harvest", "transform", "publish")


def do_all(
    request: Request,
    names: Sequence[str],
    *,
    settings: Settings,
    progress: Meter,
    remap: bool = False,
    overriding: Override | None = None,
) -> Json:
    """Do some steps of a run and give its report: `source`, `run`, `asOf` and, by name, the report of each step.

    An unfinished run of the same request is gone on with. `remap` maps every process again; `overriding` is a person's
    word on gates that may be broken.

    Raises:
        PipelineError: a step failed; what it had finished is kept.
    """
    with open_desk(request.source, settings, progress) as desk:
        run = _begin(desk, request, names)
        steps = {name: _do(desk, run, request, name, remap=remap, overriding=overriding) for name in names}
        desk.store.finish_run(run)
    return _report(run, steps)


def do(request: Request, name: str, *, settings: Settings | None = None, progress: Meter | None = None) -> Json:
    """Do one step of a whole run, as a scheduler does: the run ends with its last step.

    Raises:
        PipelineError: the step failed; what it had finished is kept.
    """
    with open_desk(request.source, settings or Settings.from_env(), progress or LineMeter()) as desk:
        run = _begin(desk, request, ALL)
        report = _do(desk, run, request, name)
        if name == ALL[-1]:
            desk.store.finish_run(run)
    return _report(run, {name: report})


def _begin(desk: Desk, request: Request, names: Sequence[str]) -> Run:
    text = request.text(names[0] if len(names) == 1 else "")
    run = desk.store.begin_run(desk.source.name, text, _as_of(desk, request, names))
    log.info("run %s of %s: %s", run.id, run.source, text)
    return run


def _as_of(desk: Desk, request: Request, names: Sequence[str]) -> datetime:
    """Tell the moment a run speaks for: without a harvest for that of the last one, else of the last import."""
    if "harvest" not in names:
        for step in ("harvest", "import"):
            last = desk.store.last_step(desk.source.name, step)
            if last is not None:
                return last[0].as_of
    return request.until or datetime.now(UTC).replace(microsecond=0)


def _do(
    desk: Desk, run: Run, request: Request, name: str, *, remap: bool = False, overriding: Override | None = None
) -> Json:
    if (done := desk.store.steps(run).get(name)) is not None:
        log.info("%s was finished before", name)
        return done
    report = _start(desk, run, request, name, remap=remap, overriding=overriding or Override())
    desk.store.finish_step(run, name, report)
    return report


def _start(desk: Desk, run: Run, request: Request, name: str, *, remap: bool, overriding: Override) -> Json:
    # Each step loads what it needs, and no other step's: all of it takes a second, in every worker too.
    if name == "harvest":
        from ocds_pipeline.steps.harvest import harvest_step

        return harvest_step(desk, run, request)
    if name == "transform":
        from ocds_pipeline.steps.transform import transform_step

        return transform_step(desk, run, remap=remap)
    from ocds_pipeline.steps.publish import publish_step

    return publish_step(desk, run, overriding)


def _report(run: Run, steps: Json) -> Json:
    return {"source": run.source, "run": run.id, "asOf": run.as_of.isoformat(), "steps": steps}
