"""What Kyrgyzstan really published, through the store and the mapping, where it is at hand."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from extractors.kyrgyzstan import IMPORTER
from ocds_pipeline.store import Store
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Document
from ocds_schema.run import Cursor
from ocds_schema.validation import ReleaseValidator
from tests.support import countries
from transformers.outcome import transform_bundle

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "kg"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real files of Kyrgyzstan are not beside the project")

CONTEXT = countries.context("kyrgyzstan")
VALIDATOR = ReleaseValidator(CONTEXT.source.extensions)
PACKAGE = "kg_release_package_ocds-h7i0z4-521141.json"
PLAN = "kg_planning_release_ocds-h7i0z4-141594285.json"


class Told:
    """What became of some documents: the records by ocid, and the problems of each process."""

    def __init__(self, store: Store, documents: Iterable[Document]) -> None:
        run = store.begin_run("kyrgyzstan", "test", countries.AS_OF)
        store.save_page(run, "files", Cursor(), list(documents))
        processes = store.pending("kyrgyzstan", "", 1000)
        self.outcomes = [transform_bundle(bundle, None, CONTEXT) for bundle in store.bundles("kyrgyzstan", processes)]
        store.save_outcomes(run, self.outcomes)
        self.compiled: dict[str, Json] = {
            record.ocid: json.decode(record.body)
            for year in store.years("kyrgyzstan")
            for record, _ in store.history("kyrgyzstan", year)
        }

    def repairs(self) -> set[str]:
        rules = Counter(problem.rule for outcome in self.outcomes for problem in outcome.problems)
        return {rule.removeprefix("repair/") for rule in rules if rule.startswith("repair/")}


def imported(*names: str) -> list[Document]:
    found = []
    for name in names:
        for kind, key, fields in IMPORTER.read((SAMPLES / name).read_bytes()).documents:
            found.append(countries.document("kyrgyzstan", kind, "file", key, fields))
    return found


def notices() -> list[Document]:
    """The notices that a reader of the new portal kept, under the portal's own names."""
    kept = json.decode((SAMPLES / "goszakupki_okmot_kg_tenders_db.subset.json").read_bytes())
    names = {"title": "name", "customer": "companyName", "published": "datePublished", "deadline": "dateContest"}
    found = []
    for one in kept.values():
        fields = {theirs: one[ours] for ours, theirs in names.items()}
        fields |= {"id": one["id"].removeprefix("goszakupki:"), "status": "VERIFIED_PUBLISHED"}
        found.append(countries.document("kyrgyzstan", "notice", "rest", fields["id"], fields))
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path}/store.sqlite3")


def test_the_release_package_becomes_a_valid_release_with_each_repair_named(empty: Store) -> None:
    told = Told(empty, imported(PACKAGE))

    assert not told.outcomes[0].quarantined
    assert told.outcomes[0].release is not None
    assert VALIDATOR.problems(json.decode(told.outcomes[0].release.body)) == []
    assert told.repairs() == {
        "older_names",
        "party_names",
        "buyer_from_roles",
        "procuring_entity_from_roles",
        "classification_scheme",
        "float_noise",
        "bid_lots",
    }


def test_what_the_release_package_says_is_told(empty: Store) -> None:
    compiled = Told(empty, imported(PACKAGE)).compiled["ocds-h7i0z4-521141"]

    assert compiled["buyer"]["id"] == "KG-INN-00207199610017"
    assert compiled["tender"]["value"] == {"amount": 403500, "currency": "KGS"}
    assert compiled["tender"]["enquiryPeriod"]["endDate"] == "2015-05-20T11:00:00+06:00"
    assert [lot["value"]["amount"] for lot in compiled["tender"]["lots"]] == [291100, 112400]
    assert sorted(bid["value"]["amount"] for bid in compiled["bids"]["details"]) == [82320, 88300, 219330, 261500]
    assert {item["classification"]["scheme"] for item in compiled["tender"]["items"]} == {"OKGZ"}
    assert "штраф за просрочку оплаты: 0.01" in compiled["tender"]["contractTerms"]["financialTerms"]


def test_the_number_of_the_natural_person_in_the_package_is_not_told(empty: Store) -> None:
    told = Told(empty, imported(PACKAGE))

    assert "20101199064546" not in str(told.outcomes) + json.encode(told.compiled).decode()
    persons = [one["id"] for one in told.compiled["ocds-h7i0z4-521141"]["parties"] if "identifier" not in one]
    assert len(persons) == 1
    assert persons[0].startswith("kg-person-")


def test_the_plan_becomes_a_valid_release_of_a_plan(empty: Store) -> None:
    told = Told(empty, imported(PLAN))
    outcome = told.outcomes[0]

    assert outcome.release is not None
    assert outcome.release.tag == ("planning",)
    assert VALIDATOR.problems(json.decode(outcome.release.body)) == []
    assert told.repairs() == {
        "whole_number_ids",
        "dates_without_zone",
        "party_names",
        "classification_scheme",
        "planning_ocid",
    }
    compiled = told.compiled["ocds-h7i0z4-141594285"]
    assert compiled["planning"]["budget"]["amount"] == {"amount": 65750, "currency": "KGS"}
    assert len(compiled["tender"]["items"]) == 4
    assert "4408041101004263" not in json.encode(compiled).decode()


def test_twenty_real_notices_become_twenty_processes(empty: Store) -> None:
    told = Told(empty, notices())

    assert len(told.compiled) == 20
    assert not any(outcome.quarantined for outcome in told.outcomes)
    # A reader of the list kept them: no notice's own page is held, and each says so.
    assert [[one.rule for one in outcome.problems] for outcome in told.outcomes] == [["page_not_held"]] * 20
    for compiled in told.compiled.values():
        assert compiled["ocid"].startswith("ocds-xxxxxx-kg-6a")
        assert compiled["tender"]["title"].strip() == compiled["tender"]["title"]
        assert compiled["buyer"]["name"].strip() == compiled["buyer"]["name"]
        assert compiled["tender"]["status"] == "active"


def test_a_real_purchase_that_was_announced_again_is_linked_to_the_first(empty: Store) -> None:
    compiled = Told(empty, notices()).compiled
    linked = {ocid: one["relatedProcesses"] for ocid, one in compiled.items() if "relatedProcesses" in one}

    first, again = "ocds-xxxxxx-kg-6ab0f756dec1754955c8d31d", "ocds-xxxxxx-kg-6abb752780adfc640885cd0c"
    assert {ocid: [one["identifier"] for one in ties] for ocid, ties in linked.items()} == {again: [first]}


def test_files_and_notices_live_in_one_store_under_two_prefixes(empty: Store) -> None:
    told = Told(empty, [*imported(PACKAGE, PLAN), *notices()])

    assert len(told.compiled) == 22
    assert empty.any_ocid("kyrgyzstan", apart_from=CONTEXT.source.republished).startswith("ocds-xxxxxx-kg-")  # type: ignore[union-attr]
