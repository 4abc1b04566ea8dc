"""The portal's real contract and plan pages, from the answer to a verified edition."""

import csv
import gzip
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.outcome import Outcome
from ocds_schema.release import Record, Release
from publish.changelog import Change
from publish.history import ProcessProblems
from publish.verify import verify
from tests.support.kazakh_bundles import CONTEXT, bundles, document
from tests.support.publishing import contents, publish
from transformers.outcome import transform_bundle

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "kz"
PERSON = re.compile(r"(?<![0-9])[0-9]{4}[0-3][0-9]{7}(?![0-9])")

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the portal's answers are not beside the repository")


class FirstHistory:
    """What a first transform gave, as a history."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = sorted(
            ((each.record, each.release) for each in outcomes if each.record and each.release),
            key=lambda pair: pair[0].ocid,
        )
        self._problems = sorted(outcomes, key=lambda outcome: outcome.process)

    def years(self) -> set[int]:
        return {record.year for record, _ in self._outcomes}

    def years_of(self, ocids: Collection[str]) -> Mapping[str, int]:
        return {record.ocid: record.year for record, _ in self._outcomes if record.ocid in ocids}

    def fingerprint(self) -> str:
        return json.digest(repr(self._outcomes).encode())

    def entries(self, year: int) -> Iterator[tuple[Record, Sequence[Release]]]:
        return ((record, [release]) for record, release in self._outcomes if record.year == year)

    def changes(self) -> Iterator[Change]:
        return (
            Change(ocid=record.ocid, year=record.year, before=None, after=record.body) for record, _ in self._outcomes
        )

    def problems(self) -> Iterator[ProcessProblems]:
        for each in self._problems:
            yield ProcessProblems(
                process=each.process, ocid=each.ocid, quarantined=each.quarantined, problems=each.problems
            )


def rows(page: str) -> Sequence[Json]:
    return json.decode((SAMPLES / page).read_bytes())["items"]


@pytest.fixture(scope="module")
def contract_rows() -> Sequence[Json]:
    return rows("v3_contract_all_page_2020-02.json")


@pytest.fixture(scope="module")
def storage(contract_rows: Sequence[Json], tmp_path_factory: pytest.TempPathFactory) -> FileStorage:
    plans = rows("v3_plans_all_page_2020-06.json")
    documents = [document("contract", row) for row in contract_rows] + [document("plan", row) for row in plans]
    outcomes = [transform_bundle(each, None, CONTEXT) for each in bundles(documents)]
    folder = tmp_path_factory.mktemp("real")
    made = FileStorage(folder / "public")
    publish(FirstHistory(outcomes), made, folder / "work")
    return made


def table(storage: FileStorage, name: str) -> list[dict[str, str]]:
    keys = list(storage.keys(f"v1/kazakhstan/data/{name}/csv/"))
    texts = [io.StringIO(storage.read(key).decode(), newline="") for key in keys]
    return [row for text in texts for row in csv.DictReader(text)]


def test_the_edition_is_sound(storage):
    assert verify(storage, "kazakhstan").findings == ()


def test_every_contract_is_a_row_and_the_values_add_up_to_the_last_digit(storage, contract_rows):
    found = table(storage, "contracts")

    expected = sum((Decimal(row["contract_sum_wnds"]) for row in contract_rows), Decimal())
    assert len(found) == len(contract_rows)
    assert sum((Decimal(row["value"]) for row in found), Decimal()) == expected
    manifest = json.decode(next(storage.read(key) for key in storage.keys("") if key.endswith("manifest.json")))
    (totals,) = manifest["counts"]["controlTotals"]
    assert (totals["currency"], Decimal(totals["value"])) == ("KZT", expected)


def test_rows_tell_buyer_supplier_and_title(storage):
    for row in table(storage, "contracts"):
        assert row["buyer_id"]
        assert row["supplier_id"]
    for row in table(storage, "processes"):
        assert row["kind"] in {"tender", "contract", "plan"}
        assert row["title"]
        assert row["buyer_id"]
        assert (row["suppliers_count"] != "0") is (row["contracts_count"] != "0")


def test_no_personal_number_is_in_any_object(storage, contract_rows):
    persons = {row["supplier_biin"] for row in contract_rows if PERSON.fullmatch(row["supplier_biin"])}
    assert persons

    for key, data in contents(storage).items():
        text = (gzip.decompress(data) if key.endswith(".gz") else data).decode()
        assert not persons & set(PERSON.findall(text + key)), key
