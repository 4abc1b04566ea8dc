"""Files of the ministry's OCDS service: shapes, and the faults that its code is known to have."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.kyrgyzstan.packages import write
from sandbox.portal import Options
from tests.support.kyrgyz_desk import Desk

Releases = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ministry")
    write(place, processes=120, portal=Options(processes=40))
    return place


@pytest.fixture(scope="module")
def releases(folder: Path) -> Releases:
    found: Releases = {}
    for file in sorted(folder.glob("tendering-*.json")):
        package = json.loads(file.read_bytes(), parse_float=Decimal)
        assert package["publishedDate"] == max(release["date"] for release in package["releases"])
        found.setdefault(file.stem.rsplit("-", 1)[0], []).extend(package["releases"])
    return found


def test_there_are_files_of_every_shape(releases: Releases, folder: Path) -> None:
    names = ["2015-2016", "2020-2020", "2021-2019", "2021-2022", "2021-again", "2021-portal"]

    assert sorted(releases) == [f"tendering-{name}" for name in names]
    assert list(folder.glob("planning-*-list.json"))


def test_the_shapes_name_things_differently(releases: Releases) -> None:
    first, second, third = (releases[f"tendering-{name}"][0] for name in ("2015-2016", "2020-2020", "2021-2022"))

    assert {"number", "currentStage"} <= set(first["tender"]) & set(second["tender"])
    assert {"tenderNumber", "statusDetails"} <= set(third["tender"])
    assert [type(one["tender"]["id"]) for one in (first, second, third)] == [str, str, int]
    schemes = [{item["classification"]["scheme"] for item in one["tender"]["items"]} for one in (first, third)]
    assert schemes == [{"CPV"}, {"OKGZ"}]
    assert "bids" not in first
    assert isinstance(second["planning"]["budget"]["amount"], Decimal)
    assert second["tender"]["conditionOfContract"]["lateDeliveryRate"] == Decimal("0.10000000149011612")
    assert third["tender"]["conditionOfContract"]["lateDeliveryRate"] == "0.1"


def test_enquiries_end_with_the_tender_in_the_last_shape(releases: Releases) -> None:
    for release in releases["tendering-2021-2022"]:
        if "tenderPeriod" in release["tender"]:
            assert release["tender"]["enquiryPeriod"] == release["tender"]["tenderPeriod"]
    earlier = [release["tender"] for release in releases["tendering-2020-2020"] if "enquiryPeriod" in release["tender"]]
    assert 0 < len(earlier) < len(releases["tendering-2020-2020"])
    assert all(one["enquiryPeriod"]["endDate"] < one["tenderPeriod"]["endDate"] for one in earlier)


def test_what_oneself_must_look_for_is_there_to_be_found(releases: Releases) -> None:
    for release in releases["tendering-2021-2022"]:
        parties = {party["id"]: party for party in release["parties"]}
        assert "buyer" not in release
        assert not any("name" in party for party in parties.values())
        assert {one["author"]["id"] for one in release["tender"].get("enquiries", [])} <= set(parties)
        bids = {bid["id"]: bid for bid in release.get("bids", {}).get("details", [])}
        awards = {award["id"]: award for award in release.get("awards", [])}
        for award in awards.values():
            assert "suppliers" not in award
            assert bids[award["relatedBid"]]["tenderers"][0]["id"] in parties
        for contract in release.get("contracts", []):
            assert set(contract.get("awardIDs", [])) <= set(awards)


def test_contracts_add_up_to_their_awards(releases: Releases) -> None:
    checked = 0
    for release in releases["tendering-2021-2022"]:
        awards = {award["id"]: award["value"]["amount"] for award in release.get("awards", [])}
        for contract in release.get("contracts", []):
            if "awardIDs" in contract:
                assert contract["value"]["amount"] == sum(awards[number] for number in contract["awardIDs"])
                assert contract["value"]["amountDiscounted"] <= contract["value"]["amount"]
                checked += 1

    assert checked


def test_contracts_of_old_tenders_come_from_two_tables(releases: Releases) -> None:
    ids = [contract["id"] for release in releases["tendering-2021-2019"] for contract in release.get("contracts", [])]
    numbers = [
        [contract["contractNumber"] for contract in release.get("contracts", [])]
        for release in releases["tendering-2021-2019"]
    ]

    assert {number.partition("-")[2] for number in ids} == {"", "former", "centralized"}
    assert any(len(set(each)) < len(each) for each in numbers)


def test_codes_are_the_exporters_own(releases: Releases) -> None:
    last = [release for name, found in releases.items() if "2021" in name for release in found]
    statuses = {award["status"] for release in last for award in release.get("awards", [])}
    roles = {role for release in last for party in release["parties"] for role in party["roles"]}
    schemes = {item["classification"]["scheme"] for release in last for item in release["tender"].get("items", [])}

    assert {"rejected", "disqualified", "active"} <= statuses
    assert {"complainer", "enquirer", "supplier"} <= roles
    assert schemes == {"OKGZ", "DLO"}
    assert any(len(set(party["roles"])) < len(party["roles"]) for release in last for party in release["parties"])
    assert any(lot["value"]["amount"] == 0 for release in last for lot in release["tender"]["lots"])
    assert any("-contract-based-" in release["ocid"] for release in last)
    assert any("relatedProcesses" in release for release in last)
    assert any("procurementMethod" not in release["tender"] for release in last)


def test_a_plan_is_a_release_by_itself_with_an_ocid_like_a_tenders(folder: Path) -> None:
    plans = [json.loads(file.read_bytes()) for file in folder.glob("planning-*[0-9].json")]

    assert plans
    for plan in plans:
        assert plan["tag"] == ["planning"]
        assert plan["ocid"] == f"ocds-h7i0z4-{plan['planning']['id']}"
        assert plan["planning"]["value"]["amount"] == pytest.approx(
            sum(line["value"]["amount"] for line in plan["planning"]["plans"])
        )
    assert len({plan["ocid"] for plan in plans}) == len(plans)


def test_the_portals_own_announcements_keep_their_numbers(releases: Releases) -> None:
    shown = {row["rk"] for row in Desk(processes=40).walk("order")}
    ocids = {release["ocid"] for release in releases["tendering-2021-portal"]}

    assert {f"ocds-h7i0z4-{number}" for number in shown} <= ocids


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, seed=4, processes=20) for name in ("a", "b"))

    assert [file.name for file in first] == [file.name for file in second]
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]
