"""Golden cases: raw documents of one process, and exactly what becomes of them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache

import pytest

from ocds_pipeline.sources import source_names
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.validation import ReleaseValidator
from tests.golden.cases import CASES, Case, read_bundle
from transformers.compiled import Merger
from transformers.difference import same_state
from transformers.mapping import DocumentMapping, objects
from transformers.outcome import transform_bundle
from transformers.report import mapping_rows
from transformers.state import build_state

FEWEST = 12

validator = cache(ReleaseValidator)
merger = cache(Merger)


@pytest.fixture(params=CASES, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


@pytest.mark.parametrize("country", source_names())
def test_a_country_has_a_dozen_cases_and_each_says_why_it_is_here(country: str) -> None:
    own = [folder for folder in CASES if folder.parent.name == country]

    assert len(own) >= FEWEST
    for folder in own:
        facts = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        assert facts["why"]
        assert facts["origin"].startswith("synthetic, after ")


def test_a_case_gives_what_is_expected(case: Case, request: pytest.FixtureRequest) -> None:
    given = {
        "process.json": case.process,
        "release.json": case.release,
        "problems.json": [asdict(problem) for problem in case.outcome.problems],
    }
    for name, content in given.items():
        path = case.folder / name
        if request.config.getoption("--update-golden"):
            path.write_bytes(json.encode_pretty(content))
        assert path.read_bytes() == json.encode_pretty(content), name


def test_a_release_is_valid_by_itself(case: Case) -> None:
    if case.release is not None:
        assert [
            one for one in validator(case.context.source.extensions).problems(case.release) if one.severity == "fatal"
        ] == []


def test_a_process_without_release_says_why(case: Case) -> None:
    if case.release is None:
        assert case.outcome.quarantined == any(one.severity == "fatal" for one in case.outcome.problems)
        assert case.outcome.quarantined or "wanted" in case.facts


def test_mapping_twice_gives_the_same_bytes(case: Case) -> None:
    assert transform_bundle(read_bundle(case.folder), None, case.context) == case.outcome


def test_numbers_survive_reading_and_writing(case: Case) -> None:
    if case.outcome.release is not None:
        body = case.outcome.release.body
        assert json.encode(json.decode(body)) == body


def test_compiling_a_release_twice_changes_nothing(case: Case) -> None:
    if case.release is not None:
        compiled = merger(case.context.source.extensions).compile
        assert compiled([case.release]) == compiled([case.release, case.release])


def test_the_compiled_release_is_the_state(case: Case) -> None:
    if case.outcome.record is not None:
        state = build_state(
            case.mapped.process, case.context.source.language, case.context.source.person_numbers
        ).content
        assert same_state(json.decode(case.outcome.record.body), state)


def test_each_party_that_is_referred_to_is_there_once(case: Case) -> None:
    if case.release is None:
        return
    ids = [party["id"] for party in case.release.get("parties", [])]
    assert len(ids) == len(set(ids))
    assert set(references(case.release)) <= set(ids)


def references(release: Json) -> Iterator[str]:
    tender = release.get("tender", {})
    bids = release.get("bids", {}).get("details", [])
    payments = [
        one
        for contract in release.get("contracts", [])
        for one in contract.get("implementation", {}).get("transactions", [])
    ]
    for one in (
        release.get("buyer"),
        tender.get("procuringEntity"),
        *tender.get("tenderers", []),
        *(contract.get("buyer") for contract in release.get("contracts", [])),
        *(who for award in release.get("awards", []) for who in award.get("suppliers", [])),
        *(who for bid in bids for who in bid.get("tenderers", [])),
        *(payment.get(side) for payment in payments for side in ("payer", "payee")),
    ):
        if one is not None:
            yield one["id"]


def test_nothing_personal_is_left(case: Case) -> None:
    outcome = case.outcome
    told = str(outcome) + (outcome.release.body.decode() if outcome.release else "")
    told += outcome.record.body.decode() if outcome.record else ""
    told += json.encode([asdict(problem) for problem in outcome.problems]).decode()
    assert [text for text in sorted(case.withheld()) if text in told] == []


def test_every_source_field_is_read_ignored_or_reported(case: Case) -> None:
    mapping = {one.kind: one for one in case.mapping.documents}
    reported = {name for one in case.outcome.problems if one.rule == "unknown_field" for name in one.fields}
    for one in case.entities:
        assert unread(one.fields, mapping[one.kind]) <= reported


def unread(fields: Json, mapping: DocumentMapping) -> set[str]:
    found = set(fields) - mapping.known
    for name, child in mapping.children.items():
        for nested in objects(fields.get(name)):
            found |= unread(nested, child)
    return found


def test_the_mapping_page_tells_of_every_path(case: Case) -> None:
    told = {row.path for row in mapping_rows(case.country)}
    suffixes = re.compile(rf"_({'|'.join(case.context.source.languages)})\b")
    for path in leaves(case.release or {}):
        parts = suffixes.sub("", path).split("/")
        assert any("/".join(parts[:length]) in told for length in range(1, len(parts) + 1)), path


def leaves(value: Json, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}/{name}" if path else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for member in value:
            yield from leaves(member, path)
    else:
        yield path
