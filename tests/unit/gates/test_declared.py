"""Gates are declared once: the page, the code and the countries name the same ones."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ocds_pipeline.gates.declared import LANGUAGES, gates_of, usual_gates
from ocds_pipeline.gates.override import NAME_LENGTH, REASON_LENGTH, override
from ocds_pipeline.gates.pages import gates_page
from ocds_pipeline.gates.result import Check, Findings, gate_facts
from ocds_pipeline.sources import source_names
from ocds_schema.errors import ConfigurationError
from ocds_schema.source import read_source
from publish.gates import FIRM, broken_text

PAGE = Path(__file__).parents[3] / "docs" / "gates.md"
KAZAKHSTAN = read_source("kazakhstan")


def test_the_page_is_the_one_made_from_the_code():
    assert PAGE.read_text() == gates_page()


def test_the_page_and_the_code_name_the_same_gates():
    assert re.findall(r"^\| \[(\w+)\]", PAGE.read_text(), re.MULTILINE) == list(usual_gates())


@pytest.mark.parametrize("gate", usual_gates().values(), ids=lambda gate: gate.name)
def test_a_gate_says_what_and_why_in_both_languages(gate):
    for texts in (gate.title, gate.rule, gate.why):
        assert sorted(texts) == sorted(LANGUAGES)
        assert all(texts.values())
        assert texts["en"] != texts["ru"]
        assert "{" not in "".join(texts.values())


@pytest.mark.parametrize("source", source_names())
def test_every_country_declares_what_there_is(source):
    assert list(gates_of(read_source(source))) == list(usual_gates())


def test_a_country_may_have_its_own_thresholds():
    source = replace(KAZAKHSTAN, gates={"crawl": {"lost": 0.1}})

    assert gates_of(source)["crawl"].limits == {"lost": Decimal("0.1"), "floor": 20}
    assert "10.0%" in gates_of(source)["crawl"].rule["en"]
    assert usual_gates()["crawl"].limits["lost"] == Decimal("0.02")


@pytest.mark.parametrize(
    ("gates", "named"),
    [
        ({"weather": {"floor": 1}}, "weather"),
        ({"crawl": {"rain": 1}}, "gates.crawl.rain"),
        ({"crawl": {"lost": "much"}}, "gates.crawl.lost"),
        ({"crawl": {"lost": -1}}, "gates.crawl.lost"),
        ({"crawl": {"floor": 1.5}}, "gates.crawl.floor"),
    ],
)
def test_a_wrong_threshold_is_said(gates, named):
    with pytest.raises(ConfigurationError, match=named):
        gates_of(replace(KAZAKHSTAN, gates=gates))


def test_an_expectation_names_its_table():
    with pytest.raises(ConfigurationError, match="table"):
        gates_of(replace(KAZAKHSTAN, expectations=({"expect": "expect_column_to_exist"},)))


@pytest.mark.parametrize(
    ("gates", "by", "reason"),
    [(["crawl"], "", "x"), (["crawl"], "x", " "), (["weather"], "x", "x"), ([], "x", ""), ([], "", "x")],
)
def test_an_override_needs_a_gate_a_name_and_a_reason(gates, by, reason):
    with pytest.raises(ConfigurationError, match="--override"):
        override(gates, by, reason)


@pytest.mark.parametrize("gate", FIRM)
def test_some_gates_nobody_may_override(gate):
    with pytest.raises(ConfigurationError, match=FIRM[gate]) as refused:
        override(["crawl", gate], "A. Person", "It is so.")
    failed = Findings(checks=[Check(what="w", outcome="fail", expected="e", found="f")])
    facts = gate_facts(usual_gates()[gate], failed, frozenset({gate}))

    assert refused.value.exit_code == 2
    assert facts["outcome"] == "fail"
    assert FIRM[gate] in broken_text({"dataset": "d", "editionId": "1", "gates": [facts]})
    assert "--override" not in broken_text({"dataset": "d", "editionId": "1", "gates": [facts]})


def test_what_a_person_says_is_published_without_numbers_of_persons_and_cut():
    said = override(["crawl"], "A. Person 850101300123 " * 20, "x" * 490 + " 850101300123\n\x1b[2J")

    assert "8501013" not in said.by + said.reason
    assert "\x1b" not in said.reason
    assert (len(said.by), len(said.reason)) == (NAME_LENGTH, REASON_LENGTH)


def test_an_override_is_for_the_gates_it_names():
    assert override(["crawl", "days"], " A. Person ", "It is so.").facts(
        [{"name": "crawl", "outcome": "overridden"}, {"name": "days", "outcome": "pass"}]
    ) == [{"gate": "crawl", "by": "A. Person", "reason": "It is so."}]
