"""The whole pipeline on answers that the portal of Kazakhstan really gave, where they are at hand."""

import csv
import gzip
import re
from decimal import Decimal

import pytest
from jsonschema.validators import Draft4Validator

from ocds_schema import json
from tests.support.command import Installation
from tests.support.readable import readable
from tests.support.real_answers import LISTS, PAGES, SAMPLES, answer
from tests.support.web import WebServer

OFFICIAL = SAMPLES.parents[1] / "ocds" / "1.1.5" / "release-schema.json"
PERSON = re.compile(rb"(?<![\w.])\d{4}[0-3]\d{7}(?!\w)")

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the portal's real answers are not at hand")


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    home = tmp_path_factory.mktemp("real")
    with WebServer(answer) as server:
        installation = Installation(home=home, portal=server.url)
        # Only a page of each list is at hand, and the gate that asks for the others is right: somebody says so.
        report = installation.done("harvest", "kazakhstan", "--full", "--until", "2026-11-20")
        installation.done("transform", "kazakhstan")
        code, _, said = installation.run("publish", "kazakhstan")
        assert (code, "\ncrawl: " in said) == (1, True), said
        known = ("--override", "crawl", "--by", "Test", "--reason", "only one page of each list is at hand")
        installation.done("publish", "kazakhstan", *known)
    return installation, report


def lines(installation, table):
    for file in sorted(installation.public.glob(f"v1/kazakhstan/data/{table}/jsonl/year=*/*.jsonl.gz")):
        with gzip.open(file) as stream:
            yield from map(json.decode, stream)


def contracts(installation):
    return [contract for release in lines(installation, "compiled") for contract in release.get("contracts", [])]


def real(name):
    return json.decode((SAMPLES / name).read_bytes())


def test_every_contract_of_the_page_is_published_once(edition):
    installation, _ = edition
    page = real("v3_contract_all_page_2020-02.json")["items"]
    published = [contract["id"] for contract in contracts(installation)]

    assert {str(contract["root_id"]) for contract in page} <= set(published)
    assert len(published) == len(set(published))


def test_contract_values_add_up_to_the_last_digit(edition):
    installation, _ = edition
    page = real("v3_contract_all_page_2020-02.json")["items"]
    roots = {str(contract["root_id"]) for contract in page}
    values = [contract["value"]["amount"] for contract in contracts(installation) if contract["id"] in roots]

    assert sum(values) == sum(contract["contract_sum_wnds"] for contract in page) == Decimal("146512103.93")


def test_the_table_of_contracts_says_the_same(edition):
    installation, _ = edition
    page = real("v3_contract_all_page_2020-02.json")["items"]
    roots = {str(contract["root_id"]) for contract in page}
    tables = sorted(installation.public.glob("v1/kazakhstan/data/contracts/csv/year=*/*.csv"))
    rows = [
        row for table in tables for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines(keepends=True))
    ]

    amounts = [Decimal(row["value"]) for row in rows if row["contract_id"] in roots]
    assert sum(amounts) == sum(contract["contract_sum_wnds"] for contract in page)


def test_amendments_are_grouped_with_their_contract(edition):
    installation, _ = edition
    amendments = {
        (contract["root_id"], contract["id"])
        for contract in real("v3_contract_all_page_2020-02.json")["items"]
        if contract["ref_contract_type_id"] == 2
    }
    published = {
        (int(contract["id"]), int(amendment["id"]))
        for contract in contracts(installation)
        for amendment in contract.get("amendments", [])
    }

    assert amendments
    assert amendments <= published


@pytest.mark.parametrize("table", ["releases", "compiled"])
def test_an_independent_validator_finds_every_release_valid(edition, table):
    installation, _ = edition
    validator = Draft4Validator(json.decode(OFFICIAL.read_bytes()), format_checker=Draft4Validator.FORMAT_CHECKER)
    errors = [error.message for release in lines(installation, table) for error in validator.iter_errors(release)]

    assert errors == []


def persons():
    """The personal numbers in all the real answers."""
    numbers = set()
    for name in (*PAGES.values(), *LISTS.values()):
        numbers |= set(PERSON.findall((SAMPLES / name).read_bytes()))
    return numbers


def test_no_personal_number_is_left_in_any_published_file(edition):
    installation, _ = edition
    known = persons()
    assert known
    found = {}
    for key, content in installation.published().items():
        text = f"{key} {readable(key, content)}".encode()
        if numbers := PERSON.findall(text) or [number for number in known if number in text]:
            found[key] = numbers[:3]

    assert found == {}


def test_no_personal_number_is_in_the_name_of_any_file(edition):
    installation, _ = edition

    assert [path for path in installation.home.rglob("*") if PERSON.search(path.name.encode())] == []


def test_the_edition_verifies(edition):
    installation, _ = edition

    assert installation.done("verify", str(installation.public))["findings"] == []


def test_our_own_validator_agrees(edition):
    installation, _ = edition
    files = sorted(map(str, installation.public.glob("v1/kazakhstan/data/releases/jsonl/year=*/*.jsonl.gz")))

    assert installation.done("validate", *files)["failed"] is False


def test_a_total_that_does_not_match_is_said_and_published(edition):
    installation, report = edition
    listing = next(each for each in report["steps"]["harvest"]["listings"] if each["listing"] == "contract/all")

    assert listing["state"] == "disputed"
    assert (listing["total"], listing["kept"]) == (7237966, 120)
    manifest = json.decode(next(installation.public.glob("v1/kazakhstan/editions/*/manifest.json")).read_bytes())
    said = next(each for each in manifest["coverage"] if each["listing"] == "contract/all")
    assert said["state"] == "disputed"
