"""Small documents, releases and records for tests of the store."""

from datetime import UTC, date, datetime, timedelta

from extractors.base import Listing, Revisit
from ocds_schema import json
from ocds_schema.outcome import Outcome
from ocds_schema.problems import Problem
from ocds_schema.raw import Document, Links, Location, Way
from ocds_schema.release import Record, Release
from ocds_schema.run import Run

MORNING = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SOURCE = "kazakhstan"


class Again(Revisit):
    """Documents that a store is asked about, and nobody asks a portal for."""

    def listing(self, key: str) -> Listing:
        raise NotImplementedError(key)


def document(
    kind: str,
    key: str,
    process: str | None = None,
    *,
    text: str = "",
    family: str | None = None,
    wants: tuple[str, ...] = (),
    way: Way = "rest",
    is_open: bool = False,
    day: date | None = None,
) -> Document:
    return Document(
        kind=kind,
        way=way,
        key=key,
        body=json.encode({"id": key, "text": text, "process": process}),
        links=Links(process=process, family=family, wants=wants, open=is_open, day=day),
        url=f"https://portal.example/v3/{kind}?limit=500",
        retrieved_at=MORNING,
        location=Location(segment=f"{kind}-00001.warc.gz", offset=4096),
    )


def release(ocid: str, number: int = 1, text: str = "") -> Release:
    date = MORNING + timedelta(days=number)
    body = json.encode({"ocid": ocid, "id": f"{ocid}-{number}", "tag": ["tender"], "tender": {"title": text}})
    return Release(ocid=ocid, id=f"{ocid}-{number}", date=date, tag=("tender", "award"), body=body)


def record(ocid: str, process: str, number: int = 1, *, text: str = "", year: int = 2026) -> Record:
    body = json.encode({"ocid": ocid, "id": f"{ocid}-{number}", "tag": ["compiled"], "tender": {"title": text}})
    return Record(
        ocid=ocid,
        process=process,
        year=year,
        date=MORNING + timedelta(days=number),
        digest=json.digest(body),
        state_digest=json.digest(f"{number} {text}".encode()),
        body=body,
    )


def outcome(
    process: str, ocid: str, number: int = 1, *, problems: tuple[Problem, ...] = (), year: int = 2026
) -> Outcome:
    return Outcome(
        process=process,
        ocid=ocid,
        release=release(ocid, number),
        record=record(ocid, process, number, year=year),
        problems=problems,
    )


def run(number: int = 1) -> Run:
    return Run(id=f"20261122T020000Z-{number:06d}", source=SOURCE, as_of=MORNING)
