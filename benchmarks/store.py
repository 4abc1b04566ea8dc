"""How fast the store takes documents and releases, on SQLite and on PostgreSQL with fsync on.

    python -m benchmarks.store --documents 20000

The data are invented, the same for the same seed: portal documents and releases of about 6.5 kB of JSON each.
"""

import argparse
import gc
import json as standard_json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ocds_pipeline.store import Store
from ocds_pipeline.store.bulk import insert_rows
from ocds_pipeline.store.forms import OCDS
from ocds_pipeline.store.rows import RELEASE_COLUMNS, release_row
from ocds_pipeline.store.tables import RELEASE
from ocds_schema import json
from ocds_schema.outcome import Outcome
from ocds_schema.raw import Document, Links, Location
from ocds_schema.release import Record, Release
from ocds_schema.run import Cursor
from tests.support.postgres import server

SOURCE = "benchmark"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
WORDS = """
поставка услуги работы товар капитальный ремонт школа больница область район оборудование бумага уголь дизельное
топливо медицинский аппарат кабель насос строительство дорога мост проект экспертиза компьютер принтер картридж
мебель охрана питание продукты молоко одежда обувь лекарство вакцина перчатки обучение лицензия сервер надзор
"""

Seconds = tuple[float, float]
"""Wall seconds, and CPU seconds of this process with all its threads."""

Step = tuple[str, int, Seconds]


def main() -> None:
    """Measure both databases and print a line a step."""
    options = arguments()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        report = {"sqlite": measure(f"sqlite:///{folder}/store.sqlite3", options)}
    with server(safe=True) as postgres:
        report["postgresql"] = measure(postgres.url(postgres.create()), options)
    if options.json:
        print(standard_json.dumps(report, indent=2))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000, help="documents, and processes with a release")
    parser.add_argument("--page", type=int, default=500, help="documents a page")
    parser.add_argument("--batch", type=int, default=1000, help="outcomes a transaction")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the SQLite file is put; by default the temporary folder")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, too")
    return parser.parse_args()


def measure(url: str, options: argparse.Namespace) -> dict[str, float]:
    """Take every step on one database and give its rates, in things a second."""
    rates: dict[str, float] = {}
    with Store.open(url) as store:
        print(f"{url.partition(':')[0]}: {options.documents:,} documents and as many processes")
        for name, count, (seconds, cpu_seconds) in steps(store, options):
            rates[name] = count / seconds
            print(f"  {name:<52}{count:>8,}{seconds:>8.2f} s{cpu_seconds:>8.2f} CPU s{count / seconds:>11,.0f} /s")
    return rates


def steps(store: Store, options: argparse.Namespace) -> Iterator[Step]:
    """Yield each step's name, what it moved, and its seconds."""
    yield from document_steps(store, options)
    yield from release_steps(store, options)
    yield from reading_steps(store, options)


def document_steps(store: Store, options: argparse.Namespace) -> Iterator[Step]:
    """Save documents: new, the same again, and changed."""
    bodies = [json.encode(content(options.seed, number)) for number in range(options.documents)]
    changed = [body.replace(b'"status":"active"', b'"status":"cancelled"') for body in bodies]
    size = sum(map(len, bodies)) / len(bodies) / 1000

    def save(documents: Sequence[Document], size: int) -> Callable[[], object]:
        pages = [documents[start : start + size] for start in range(0, len(documents), size)]
        return lambda: [store.save_page(run, "all", Cursor(pages=number), page) for number, page in enumerate(pages)]

    run = store.begin_run(SOURCE, "benchmark", NOW)
    page = options.page
    yield f"new documents of {size:.1f} kB", len(bodies), timed(save(documents(bodies), page))
    yield "unchanged documents, digest to be found", len(bodies), timed(save(documents(bodies), page))
    known = documents(bodies)
    with_digests(known)
    yield "unchanged documents, digest known", len(bodies), timed(save(known, page))
    yield "unchanged documents, digest known, pages of 5,000", len(bodies), timed(save(known, 5000))
    yield "changed documents", len(bodies), timed(save(documents(changed), page))


def release_steps(store: Store, options: argparse.Namespace) -> Iterator[Step]:
    """Save outcomes: releases alone, with their records, further ones, and the same again."""
    first = [outcome(options.seed, number, 1) for number in range(options.documents)]
    second = [outcome(options.seed, number, 2) for number in range(options.documents)]
    bare = list(third(first))
    alone = [replace(each, process=f"alone:{each.process}", record=None) for each in third(second)]
    run = store.begin_run(SOURCE, "benchmark", NOW)

    def save(outcomes: Sequence[Outcome]) -> Callable[[], object]:
        batches = [outcomes[start : start + options.batch] for start in range(0, len(outcomes), options.batch)]
        return lambda: [store.save_outcomes(run, batch) for batch in batches]

    yield "new releases", len(first), timed(save(alone))
    yield "the same, only compressed and inserted", len(first), timed(lambda: insert_bare(store, bare, options.batch))
    yield "new releases, each with a new record as large", len(first), timed(save(first))
    yield "new releases, each with a changed record as large", len(second), timed(save(second))
    yield "outcomes that bring nothing new", len(second), timed(save(second))


def reading_steps(store: Store, options: argparse.Namespace) -> Iterator[Step]:
    """Read back bundles and histories."""
    processes = [f"buy:{number}" for number in range(options.documents)]
    batches = [processes[start : start + options.batch] for start in range(0, len(processes), options.batch)]
    yield "bundles", len(processes), timed(lambda: [store.bundles(SOURCE, batch) for batch in batches])
    yield "records with two releases", len(processes), timed(lambda: sum(1 for _ in store.history(SOURCE, 2026)))


def third(outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    """Give the outcomes releases of another ocid."""
    for each in outcomes:
        if each.release:
            yield replace(each, release=replace(each.release, ocid=f"{each.release.ocid}-alone"))


def insert_bare(store: Store, outcomes: Sequence[Outcome], batch: int) -> None:
    """Write releases without looking anything up: what the store's own care is measured against."""
    for start in range(0, len(outcomes), batch):
        releases = [each.release for each in outcomes[start : start + batch] if each.release]
        with store._writing() as connection:  # noqa: SLF001
            frames = store._write_bodies(connection, SOURCE, OCDS, [each.body for each in releases])  # noqa: SLF001
            rows = [release_row(each, "bare", "", frame) for each, frame in zip(releases, frames, strict=True)]
            insert_rows(connection, RELEASE, RELEASE_COLUMNS, rows)


def timed(work: Callable[[], object]) -> Seconds:
    """Give the seconds some work takes."""
    with without_collector():
        began, cpu_began = time.perf_counter(), time.process_time()
        work()
        return time.perf_counter() - began, time.process_time() - cpu_began


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave the garbage of making the data out of the measure."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def documents(bodies: Sequence[bytes]) -> list[Document]:
    """Make documents, each of a process of its own."""
    return [
        Document(
            kind="trd_buy",
            way="graphql",
            key=str(number),
            body=body,
            links=Links(process=f"buy:{number}"),
            url="https://portal.example/v3/graphql",
            retrieved_at=NOW,
            location=Location(segment="20261122T020000Z-000001/trd_buy-00001.warc.gz", offset=number * 1000),
        )
        for number, body in enumerate(bodies)
    ]


def with_digests(known: Sequence[Document]) -> None:
    """Find the documents' digests, which they then remember."""
    for document in known:
        document.digest  # noqa: B018


def outcome(seed: int, number: int, version: int) -> Outcome:
    """Make the outcome of a process: a release, and a record of the same content."""
    ocid = f"ocds-xxxxxx-kz-{number}-1"
    release_id = f"{ocid}-20261122T020000Z-{seed:04x}{number:06x}{version:02x}"
    state = content(seed, number)
    state["tender"]["status"] = f"version {version}"
    date = NOW + timedelta(days=version)
    body = json.encode({**state, "ocid": ocid, "id": release_id, "tag": ["tender"], "date": date.isoformat()})
    compiled = json.encode({**state, "ocid": ocid, "id": f"{release_id}-c", "tag": ["compiled"]})
    digest = json.digest(compiled)
    return Outcome(
        process=f"buy:{number}",
        ocid=ocid,
        release=Release(ocid=ocid, id=release_id, date=date, tag=("tender",), body=body),
        record=Record(
            ocid=ocid,
            process=f"buy:{number}",
            year=2026,
            date=date,
            digest=digest,
            state_digest=digest,
            body=compiled,
        ),
    )


def content(seed: int, number: int) -> dict[str, Any]:
    """Invent a process: three parties, one to four lots, items, documents and awards."""
    chance = random.Random(f"{seed}/{number}")
    lots = range(chance.randint(2, 6))
    return {
        "parties": [party(chance) for _ in range(4)],
        "tender": {
            "id": str(number),
            "title": words(chance, 7),
            "title_kk": words(chance, 7),
            "status": "active",
            "value": money(chance),
            "tenderPeriod": {"startDate": moment(chance), "endDate": moment(chance)},
            "lots": [lot(chance) for _ in lots],
            "items": [item(chance) for _ in lots],
            "documents": [attachment(chance) for _ in range(4)],
        },
        "awards": [
            {"id": digits(chance, 8), "date": moment(chance), "status": "active", "value": money(chance)} for _ in lots
        ],
    }


def party(chance: random.Random) -> dict[str, Any]:
    """Invent an organisation."""
    address = {"streetAddress": words(chance, 5), "region": words(chance, 1), "countryName": "Казахстан"}
    contact = {"telephone": digits(chance, 10)}
    name = words(chance, 6)
    return {"id": f"KZ-BIN-{digits(chance, 12)}", "name": name, "address": address, "contactPoint": contact}


def lot(chance: random.Random) -> dict[str, Any]:
    """Invent a lot."""
    text = {"title": words(chance, 5), "description": words(chance, 12)}
    return {"id": digits(chance, 8), **text, "status": "active", "value": money(chance)}


def item(chance: random.Random) -> dict[str, Any]:
    """Invent an item."""
    code = f"{digits(chance, 6)}.{digits(chance, 3)}.{digits(chance, 6)}"
    return {
        "id": digits(chance, 8),
        "description": words(chance, 10),
        "quantity": chance.randint(1, 999),
        "classification": {"scheme": "ENSTRU", "id": code},
        "unit": {"name": "штука", "value": money(chance)},
        "relatedLot": digits(chance, 8),
    }


def attachment(chance: random.Random) -> dict[str, Any]:
    """Invent an attached file."""
    url = f"https://portal.example/files/download/{digits(chance, 8)}/{chance.getrandbits(64):016x}"
    return {"id": digits(chance, 8), "title": words(chance, 3), "url": url, "datePublished": moment(chance)}


def words(chance: random.Random, count: int) -> str:
    """Invent a text."""
    return " ".join(chance.choices(WORDS.split(), k=count))


def digits(chance: random.Random, count: int) -> str:
    """Invent a number of so many digits."""
    return str(chance.randint(10 ** (count - 1), 10**count - 1))


def money(chance: random.Random) -> dict[str, Any]:
    """Invent an amount."""
    return {"amount": chance.randint(100, 10**9), "currency": "KZT"}


def moment(chance: random.Random) -> str:
    """Invent a time."""
    return (NOW - timedelta(seconds=chance.randint(0, 10**8))).isoformat()


if __name__ == "__main__":
    main()
