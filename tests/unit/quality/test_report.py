"""What is published: figures, coverage, caveats and trends, always the same bytes; and the page of the checks."""

import re
from datetime import UTC, datetime
from pathlib import Path

from ocds_pipeline.quality.caveats import LANGUAGES, texts
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.inspection import Inspection
from ocds_pipeline.quality.limits import read_limits, read_rates, rows
from ocds_pipeline.quality.pages import quality_page
from ocds_pipeline.quality.registry import registry
from ocds_pipeline.quality.report import quality_facts, quality_json
from ocds_pipeline.sources import person_numbers
from ocds_schema import json
from ocds_schema.codelists import codelist
from tests.unit.quality.cases import PAIRS, many

ROOT = Path(__file__).parents[3]
NAMED = {"dataset": "toyland", "editionId": "20261122T000000Z-000002", "asOf": "2026-11-22T00:00:00Z"}


def facts(earlier: list[object] | None = None) -> object:
    context = Context(
        country="KZ",
        currency="KZT",
        as_of=datetime(2026, 11, 22, tzinfo=UTC),
        ocid_prefix="ocds-a1b2c3",
        redact=person_numbers(["kazakhstan"]).redact,
    )
    inspection = Inspection(context)
    for release in [*many(20), *(pair.bad for pair in PAIRS.values())]:
        inspection.look(release)
    quality, _ = inspection.finish()
    return quality_facts(quality, NAMED, earlier or [])


def test_the_same_releases_give_the_same_bytes() -> None:
    assert quality_json(facts()) == quality_json(facts())


def test_every_check_has_figures_that_add_up() -> None:
    found = facts()

    assert sorted(found["checks"]) == sorted(registry())
    for name, one in found["checks"].items():
        judged = one["pass"] + one["fail"] + one["notApplicable"]
        assert judged == {"dataset": 1, "time": 0}.get(one["scope"], found["releases"]), name
        assert one["failures"] >= one["fail"], name
        assert sum(one.get("reasons", {}).values()) == one["notApplicable"], name


def test_trends_go_on_from_earlier_editions() -> None:
    first = json.decode(quality_json(facts()))
    first["editionId"] = "20261121T000000Z-000001"

    trends = facts([first])["trends"]

    assert trends["editions"] == [first["editionId"], NAMED["editionId"]]
    assert trends["passRate"]["ocid_prefix"][0] == trends["passRate"]["ocid_prefix"][1] < 1


def test_caveats_have_every_language_and_text_in_two() -> None:
    found = facts()["caveats"]

    assert {"amounts", "dates", "parties"} <= {caveat["key"] for caveat in found}
    for caveat in found:
        assert tuple(caveat["text"]) == LANGUAGES
        assert caveat["text"]["en"]
        assert caveat["text"]["ru"]
        assert caveat["checks"]


def test_every_caveat_has_a_text_in_english_and_russian_and_in_no_language_that_has_no_key() -> None:
    for text in texts().values():
        assert {"en", "ru"} <= set(text) <= set(LANGUAGES)
        assert all(text.values())


def test_every_check_has_a_caveat_and_every_caveat_a_check() -> None:
    assert {named.check.caveat for named in registry().values()} == set(texts())


def test_the_page_is_the_one_made_from_the_checks() -> None:
    assert (ROOT / "docs" / "quality.md").read_text() == quality_page()


def test_the_page_lists_the_checks_there_are() -> None:
    named = re.findall(r"^### (\w+)$", (ROOT / "docs" / "quality.md").read_text(), re.MULTILINE)

    assert sorted(named) == sorted(registry())


def test_tables_say_where_they_are_from() -> None:
    assert all(row["source"] and row["day"] for row in rows("rates"))
    assert all(row["reason"] for row in rows("limits"))
    assert set(read_limits("KZ")) - {"KZT"} == set(read_limits("KG")) - {"KGS"}
    assert round(read_rates().exchange(1, "USD", "KGS")) == 89


def test_every_document_type_has_its_sections() -> None:
    assert {row["code"] for row in rows("document_sections")} == set(codelist("documentType").codes)
