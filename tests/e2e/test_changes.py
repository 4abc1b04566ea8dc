"""One change at the portal is one release, and one line of the changelog; nothing else moves."""

import pytest
import sqlalchemy

from tests.support.command import Installation
from tests.support.goszakup import Goszakup, contract_row
from tests.support.web import WebServer

DAY = "2026-11-0{} 10:00:00"
REGISTERED = {"OCDS_KAZAKHSTAN_OCID_PREFIX": "ocds-abc123"}


def contract(number, amount, day):
    return contract_row(number, amount, signed=DAY.format(1), changed=DAY.format(day))


def test_a_changed_contract_gives_one_release_and_one_line(tmp_path):
    portal = Goszakup(rows={"contract": [contract(number, 1000 + number, 1) for number in (3, 2, 1)]})
    with WebServer(portal) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url)
        installation.done("run", "kazakhstan", "--full", "--until", "2026-11-02")
        portal.rows["contract"][1] = contract(2, 777, 2)
        report = installation.done("run", "kazakhstan", "--full", "--until", "2026-11-03")[0]["steps"]

    (line,) = installation.changelog(report["publish"]["editionId"])
    amounts = [field for field in line["fields"] if field["path"] == "/contracts[id=2]/value/amount"]
    assert report["transform"]["releases"] == 1
    assert (line["op"], line["ocid"], line["cause"]) == ("change", "ocds-xxxxxx-kz-contract-2", "source")
    assert [(field["op"], field["old"], field["new"]) for field in amounts] == [("replace", 1002, 777)]


def test_a_contract_of_an_announcement_that_is_not_held_is_published(tmp_path):
    row = contract(5, 500, 1) | {"trd_buy_id": 99, "trd_buy_number_anno": "99-1"}
    with WebServer(Goszakup(rows={"contract": [row]})) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url)
        report = installation.done("run", "kazakhstan", "--full", "--until", "2026-11-02")[0]["steps"]

    (line,) = installation.changelog(report["publish"]["editionId"])
    assert line["ocid"] == "ocds-xxxxxx-kz-99-1"


def test_two_runs_of_one_source_do_not_meet(tmp_path):
    held = []

    def slow(asked, reply):
        if asked.path == "/v3/contract/all" and not held:
            held.append(
                Installation(home=tmp_path / "home", portal="http://127.0.0.1:9").run("transform", "kazakhstan")
            )
        return reply

    portal = Goszakup(rows={"contract": [contract(1, 1000, 1)]})
    portal.faults.append(slow)
    patient = {"OCDS_KAZAKHSTAN_TIMEOUT": "120"}
    with WebServer(portal) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url, more=patient)
        code, _, err = installation.run("run", "kazakhstan", "--full", "--until", "2026-11-02")

    (second,) = held
    assert code == 0, err
    assert second[0] == 3
    assert "kazakhstan" in second[2]


def test_another_prefix_is_refused_where_processes_have_one(tmp_path):
    with WebServer(Goszakup(rows={"contract": [contract(1, 1000, 1)]})) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url)
        installation.done("harvest", "kazakhstan", "--full", "--until", "2026-11-02")
        installation.done("transform", "kazakhstan")
        renamed = Installation(
            home=installation.home, portal=server.url, more={"OCDS_KAZAKHSTAN_OCID_PREFIX": "ocds-abc123"}
        )
        code, _, err = renamed.run("run", "kazakhstan", "--full", "--until", "2026-11-02")

    assert code == 2
    assert "OCDS_KAZAKHSTAN_OCID_PREFIX" in err


def test_a_registered_prefix_makes_real_data(tmp_path):
    with WebServer(Goszakup(rows={"contract": [contract(1, 1000, 1)]})) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url, more=REGISTERED)
        report = installation.done("run", "kazakhstan", "--full", "--until", "2026-11-02")[0]["steps"]

    (line,) = installation.changelog(report["publish"]["editionId"])
    assert line["ocid"] == "ocds-abc123-kz-contract-1"
    assert report["publish"]["testData"] is False


def test_a_change_of_the_mapping_is_not_told_as_one_of_the_source(tmp_path):
    with WebServer(Goszakup(rows={"contract": [contract(1, 1000, 1)]})) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url)
        installation.done("run", "kazakhstan", "--full", "--until", "2026-11-02")
    # A state that was mapped otherwise stands for new code.
    engine = sqlalchemy.create_engine(f"sqlite:///{installation.home}/store.sqlite3")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE record SET state_digest = zeroblob(32)"))
    engine.dispose()
    installation.done("transform", "kazakhstan", "--all")
    report = installation.done("publish", "kazakhstan")["steps"]["publish"]

    (line,) = installation.changelog(report["editionId"])
    assert line["cause"] == "pipeline"


def window(installation, *arguments):
    report = installation.done("harvest", "kazakhstan", *arguments)["steps"]["harvest"]
    return report["window"] and (report["window"]["first"][:10], report["window"]["until"][:10]), report["next"][:10]


@pytest.mark.slow
def test_windows_leave_no_gap(tmp_path):
    with WebServer(Goszakup(rows={"contract": [contract(1, 1000, 1)]})) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url)
        assert window(installation, "--full", "--until", "2026-11-10T00:00Z") == (None, "2026-11-10")
        gap = window(installation, "--from", "2026-11-15T00:00Z", "--until", "2026-11-17T00:00Z")
        after = window(installation, "--until", "2026-11-18T00:00Z")
        old = window(installation, "--from", "2026-11-01T00:00Z", "--until", "2026-11-02T00:00Z")
        few = window(installation, "--full", "--limit", "1")

    assert gap == (("2026-11-15", "2026-11-17"), "2026-11-10")
    assert after == (("2026-11-07", "2026-11-18"), "2026-11-18")
    assert old == (("2026-11-01", "2026-11-02"), "2026-11-18")
    assert few == (None, "2026-11-18")


def test_a_window_that_would_end_before_it_begins_is_refused(tmp_path):
    with WebServer(Goszakup(rows={"contract": [contract(1, 1000, 1)]})) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url)
        installation.done("harvest", "kazakhstan", "--full", "--until", "2026-11-10")
        code, _, err = installation.run("harvest", "kazakhstan", "--until", "2026-11-01")

    assert code == 2
    assert "--from" in err


@pytest.mark.slow
def test_a_full_harvest_that_was_not_reconciled_is_said_until_another_is(tmp_path):
    portal = Goszakup(rows={"contract": [contract(1, 1000, 1)]})

    def more(asked, reply):
        return reply | {"total": 7} if asked.path == "/v3/contract/all" else reply

    portal.faults.append(more)
    with WebServer(portal) as server:
        installation = Installation(home=tmp_path / "home", portal=server.url)
        installation.done("run", "kazakhstan", "--full", "--until", "2026-11-02")
        code, out, err = installation.run("run", "kazakhstan", "--until", "2026-11-03")
        portal.faults.clear()
        mended = installation.done("run", "kazakhstan", "--full", "--until", "2026-11-04")[0]["steps"]["harvest"]

    assert code == 0, err
    assert "OUTSTANDING     contract/all" in out
    assert mended["outstanding"] == []
