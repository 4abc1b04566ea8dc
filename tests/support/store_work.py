"""A piece of work on a store that always ends the same way, however often it is killed and begun again."""

import random
import time
from collections import Counter
from multiprocessing.synchronize import Event
from typing import Any

from sqlalchemy import Table, select

from ocds_pipeline.store import Store
from ocds_pipeline.store.tables import METADATA
from ocds_schema.errors import SourceBusyError
from ocds_schema.outcome import Outcome
from ocds_schema.problems import Problem
from ocds_schema.raw import Bundle, Document
from ocds_schema.run import Cursor, Run
from tests.support.stored import MORNING, SOURCE, document, record, release

LISTING = "lot/all"
PAGES = 80
BATCH = 60


def do_work(url: str, begun: Event | None = None) -> None:
    """Harvest some pages and save the outcomes of what they reach, going on from wherever the store stands."""
    with Store.open(url) as store, store.lock(SOURCE):
        if begun:
            begun.set()
        run = store.begin_run(SOURCE, "full", MORNING)
        if "harvest" not in store.steps(run):
            harvest(store, run)
        if "transform" not in store.steps(run):
            transform(store, run)


def harvest(store: Store, run: Run) -> None:
    cursor = store.cursor(run, LISTING) or Cursor()
    for number in range(cursor.pages, PAGES):
        documents = page(number)
        cursor = Cursor(pages=number + 1, seen=cursor.seen + len(documents))
        store.save_page(run, LISTING, cursor, documents)
    store.finish_step(run, "harvest", {"seen": cursor.seen})


def transform(store: Store, run: Run) -> None:
    while processes := store.pending(SOURCE, "", BATCH):
        store.save_outcomes(run, [outcome(bundle) for bundle in store.bundles(SOURCE, processes)])
    store.finish_step(run, "transform", {})


def page(number: int) -> list[Document]:
    """Make a page of which some documents are new versions of earlier ones."""
    chance = random.Random(number)
    documents = []
    for key in chance.sample(range(number * 15, number * 15 + 60), 40):
        text = f"бумага для офиса {chance.random()} " * chance.randint(1, 20)
        wants = (f"plan/{key % 50}",)
        documents.append(document("lot", str(key), f"buy:{key // 3}", text=text, family=f"lot/{key // 2}", wants=wants))
    return documents


def outcome(bundle: Bundle) -> Outcome:
    ocid = f"ocds-x-{bundle.process}"
    text = " ".join(each.digest for each in bundle.documents)
    if int(text[:2], 16) % 5 == 0:
        problem = Problem(path="tender", rule="odd", reason=text[:20], severity="fatal")
        return Outcome(
            process=bundle.process, ocid=ocid, release=None, record=None, problems=(problem,), quarantined=True
        )
    return Outcome(
        process=bundle.process,
        ocid=ocid,
        release=release(ocid, text=text),
        record=record(ocid, bundle.process, text=text),
    )


def contents(url: str) -> dict[str, Counter[tuple[Any, ...]]]:
    """Give the rows of every table: bodies as they were given, without the numbers the database gave out."""
    with Store.open(url) as store:
        return {table.name: rows(store, table) for table in METADATA.sorted_tables if table.name != "dictionary"}


def rows(store: Store, table: Table) -> Counter[tuple[Any, ...]]:
    columns = [column for column in table.columns if not column.identity]
    with store._reading() as connection:
        found = [list(row) for row in connection.execute(select(*columns))]
        for place, column in enumerate(columns):
            if column.name in ("body", "identities"):
                for row, body in zip(found, store._read_bodies(connection, [row[place] for row in found]), strict=True):
                    row[place] = body
    return Counter(map(tuple, found))


def eventually_free(store: Store) -> bool:
    """Say whether the source can be locked; the server may take a moment to see that a client is gone."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            with store.lock(SOURCE):
                return True
        except SourceBusyError:
            time.sleep(0.05)
    return False
