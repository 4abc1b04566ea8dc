"""From the portal to an edition, by the command line, against a stand-in."""

import pytest

from sandbox.server import running
from tests.support.command import TOKEN, Installation
from tests.support.first_runs import first_run
from tests.support.stand_ins import KAZAKHSTAN

UNTIL = "2026-11-01"


@pytest.fixture(scope="module")
def first(portal, tmp_path_factory):
    """One installation after its first run."""
    made = first_run(KAZAKHSTAN, tmp_path_factory)
    return KAZAKHSTAN.installation(made.installation.home, portal), made.report


def test_every_listing_is_reconciled(first):
    _, report = first

    assert {listing["state"] for listing in report["harvest"]["listings"]} == {"done"}


def test_nothing_is_quarantined_without_a_reason(first):
    installation, report = first
    issues = installation.issues(report["publish"]["editionId"])
    quarantined = {line["process"] for line in issues if line["quarantined"]}

    assert len(quarantined) == report["transform"]["quarantined"]


def test_the_edition_verifies(first):
    installation, _ = first

    assert installation.done("verify", str(installation.public))["findings"] == []


def test_a_second_installation_gives_the_same_bytes(first, installation):
    installation.done("run", "kazakhstan", "--full", "--until", UNTIL)

    assert installation.published() == first[0].published()


def test_single_steps_give_the_same_data(first, installation):
    installation.done("harvest", "kazakhstan", "--full", "--until", UNTIL)
    installation.done("transform", "kazakhstan")
    installation.done("publish", "kazakhstan")

    assert installation.data() == first[0].data()


def test_a_run_over_an_unchanged_portal_writes_nothing_new(first):
    installation, _ = first
    before = installation.data()
    report = installation.done("run", "kazakhstan", "--full", "--until", UNTIL)[0]["steps"]

    assert report["harvest"]["documents"]["new"] == report["harvest"]["documents"]["changed"] == 0
    assert report["transform"]["releases"] == 0
    assert installation.data() == before
    assert installation.changelog(report["publish"]["editionId"]) == []


def test_mapping_everything_again_writes_no_release(first):
    installation, _ = first
    report = installation.done("transform", "kazakhstan", "--all")["steps"]["transform"]

    assert report["processes"] > 0
    assert report["releases"] == 0


def test_a_window_brings_what_changed(tmp_path, tmp_path_factory):
    begun = first_run(KAZAKHSTAN, tmp_path_factory).installation
    with running("kazakhstan", processes=60, seed=7, token=TOKEN, days=3) as later:
        moved = Installation(home=begun.home, portal=later.base_url)
        report = moved.done("run", "kazakhstan", "--until", "2026-11-04")[0]["steps"]
        whole = Installation(home=tmp_path / "whole", portal=later.base_url)
        whole.done("run", "kazakhstan", "--full", "--until", "2026-11-04")

    lines = moved.changelog(report["publish"]["editionId"])
    assert {listing["state"] for listing in report["harvest"]["listings"]} == {"done"}
    assert len(lines) == report["transform"]["releases"] > 0
    assert moved.done("verify", str(moved.public))["findings"] == []


@pytest.mark.parametrize(("status", "code"), [(404, 4), (401, 4), (403, 4)])
def test_a_wrong_token_is_said_once(tmp_path, status, code):
    with running("kazakhstan", processes=5, token="f" * 32, unauthorized=status) as strict:
        installation = Installation(home=tmp_path / "home", portal=strict.base_url)
        found, _, err = installation.run("run", "kazakhstan", "--full")
        asked = strict.portal.statistics()["requests"]

    assert found == code
    assert "Выпуск токена" in err
    assert err.count("refused us") == 1
    assert TOKEN not in err
    assert asked == 1


def test_a_portal_that_is_not_there_is_said(tmp_path):
    installation = Installation(home=tmp_path / "home", portal="http://127.0.0.1:9")
    code, _, err = installation.run("run", "kazakhstan", "--full")

    assert code == 3
    assert "127.0.0.1:9" in err


def test_a_missing_token_is_said(tmp_path):
    installation = Installation(home=tmp_path / "home", portal="http://127.0.0.1:9", token="")
    code, _, err = installation.run("run", "kazakhstan", "--full")

    assert code == 2
    assert "OCDS_KAZAKHSTAN_TOKEN" in err


@pytest.mark.parametrize(
    "wrong",
    [("run",), ("run", "atlantis"), ("run", "kazakhstan", "--from", "soon"), ("verify", "/nowhere"), ("fly",)],
)
def test_wrong_use_is_said(tmp_path, wrong):
    installation = Installation(home=tmp_path / "home", portal="http://127.0.0.1:9")
    code, _, err = installation.run(*wrong)

    assert code == 2
    assert err
    assert "Traceback" not in err
