"""The second step: documents → releases → records, for every process that waits to be mapped."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from ocds_pipeline.sources import load_portal
from ocds_pipeline.steps.desk import Desk
from ocds_schema.json import Json
from ocds_schema.outcome import Outcome
from ocds_schema.raw import Bundle, Document
from ocds_schema.release import Cause, Record
from ocds_schema.run import Run
from publish.manifest import SCHEMA_VERSION
from transformers.outcome import Context, inputs_digest, transform_bundle

BATCH = 250
MOST_NAMED = 20
"""So many quarantined processes are named in the report; the edition lists them all."""
ALONE = 4 * BATCH
"""Up to so many processes no workers are started: starting one takes a second."""

Work = Sequence[tuple[Bundle, Record | None, Sequence[Document] | None]]
"""What is mapped: each bundle with the record it has, and the documents that this was made from, where they changed."""


def transform_step(desk: Desk, run: Run, *, remap: bool) -> Json:
    """Map what waits and give counts: `processes`, and of these `releases`, `unchanged`, `elsewhere` and `quarantined`.

    `elsewhere` are those that other processes tell of, such as a plan point in use. `deleted` are records that the
    portal has no longer, `returned` those that it has again. `problems` are counted by rule; `heldBack` names the first
    quarantined processes, with the reasons.
    `remap` maps every process again, also those of which nothing has changed.
    """
    store, source = desk.store, desk.source
    if remap:
        store.links_again(source.name, load_portal(source.name).links)
        store.mark_all(source.name)
    store.take_stock()
    total = store.pending_count(source.name)
    counts: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    held_back: list[Json] = []
    last = _last_mapping(desk, run)
    context = Context(
        source=source,
        pseudonym_key=desk.settings.pseudonym_key,
        as_of=run.as_of,
        references=store.references(source.name),
        before=last.as_of if last else None,
        cause=_cause(desk),
        redactions=[each.rule for each in store.redactions(source.name)],
    )
    for outcomes in _outcomes(desk, context, total, last):
        saved = store.save_outcomes(run, outcomes)
        counts.update(_counts(outcomes), releases=saved["releases"])
        problems.update(problem.rule for outcome in outcomes for problem in outcome.problems)
        held_back += [_held_back(outcome) for outcome in outcomes if outcome.quarantined][: MOST_NAMED - len(held_back)]
        desk.progress.show(f"{source.name}: processes mapped", counts["processes"], total)
    store.forget_before(source.name)
    removals = store.settle_removals(run)
    named = {name: counts[name] for name in ("processes", "releases", "unchanged", "elsewhere", "quarantined")}
    return {**named, **removals, "problems": dict(sorted(problems.items())), "heldBack": held_back}


def _held_back(outcome: Outcome) -> Json:
    reasons = [f"{problem.rule}: {problem.reason}" for problem in outcome.problems if problem.severity == "fatal"]
    return {"process": outcome.process, "ocid": outcome.ocid, "reasons": reasons}


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return {
        "processes": len(outcomes),
        "unchanged": sum(_is_kept(outcome) and outcome.record is not None for outcome in outcomes),
        "elsewhere": sum(_is_kept(outcome) and outcome.record is None for outcome in outcomes),
        "quarantined": sum(outcome.quarantined for outcome in outcomes),
    }


def _is_kept(outcome: Outcome) -> bool:
    return not outcome.releases and not outcome.quarantined


def _last_mapping(desk: Desk, run: Run) -> Run | None:
    """Give the last run that mapped all that waited: what new code makes of its documents is dated by its moment."""
    for earlier, _ in desk.store.all_steps(desk.source.name, "transform", at_once=2):
        if earlier.id != run.id:
            return earlier
    return None


def _cause(desk: Desk) -> Cause:
    """Tell what a change is put down to that is not the portal's: a new version of our own schema, else the code."""
    edition = desk.store.last_edition(desk.source.name)
    is_new = edition is not None and edition.facts.get("schemaVersion", SCHEMA_VERSION) != SCHEMA_VERSION
    return "schema" if is_new else "pipeline"


def _batches(desk: Desk, last: Run | None) -> Iterator[Work]:
    store, source, after = desk.store, desk.source.name, ""
    while processes := store.pending(source, after, BATCH):
        records = store.records(source, processes)
        bundles = [(bundle, records.get(bundle.process)) for bundle in store.bundles(source, processes)]
        # Mapped twice is only what was mapped from other documents before.
        moved = [each.process for each, record in bundles if not record or record.inputs != inputs_digest(each)]
        before = store.documents_before(source, moved, last) if moved and last else {}
        yield [(bundle, record, before.get(bundle.process)) for bundle, record in bundles]
        after = processes[-1]


def _outcomes(desk: Desk, context: Context, total: int, last: Run | None) -> Iterator[list[Outcome]]:
    """Give the outcomes batch by batch, in the order of the batches, however many workers there are."""
    if desk.settings.workers == 1 or total <= ALONE:
        for batch in _batches(desk, last):
            yield _transform(batch, context)
        return
    with _pool(desk.settings.workers, context) as pool:
        ahead: deque[Future[list[Outcome]]] = deque()
        for batch in _batches(desk, last):
            ahead.append(pool.submit(_work, batch))
            if len(ahead) > desk.settings.workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


@contextmanager
def _pool(workers: int, context: Context) -> Iterator[ProcessPoolExecutor]:
    # A fresh interpreter for each worker: a fork would inherit database connections and Airflow's threads.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_settle, initargs=(context,)) as pool:
        yield pool


_WORKER: dict[str, Context] = {}
"""What a worker was given when it began: the reference tables are too large to go along with every batch."""


def _settle(context: Context) -> None:
    """Prepare a worker: it ends with its parent, and leaves what is imported out of the collector's rounds."""
    _WORKER["context"] = context
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()  # with many objects alive the collector costs a third of the time


def _end_with_parent() -> None:
    """Wait for the parent to die, and die too: a worker waits for work on a pipe that it holds open itself."""
    if parent := multiprocessing.parent_process():
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _work(batch: Work) -> list[Outcome]:
    return _transform(batch, _WORKER["context"])


def _transform(batch: Work, context: Context) -> list[Outcome]:
    return [transform_bundle(bundle, previous, context, before) for bundle, previous, before in batch]
