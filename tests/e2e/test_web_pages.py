"""Countries whose portals show pages: what they say is read, however they are dressed, and what is missing is told."""

from datetime import timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator

from ocds_schema import json
from sandbox.disguise import STRANGE_PAGE
from sandbox.portal import START
from tests.support.command import portals
from tests.support.first_runs import first_run
from tests.support.readable import readable
from tests.support.stand_ins import WEB, differing, documents
from transformers.difference import same_value


@pytest.fixture(scope="module", params=WEB, ids=str)
def country(request):
    return request.param


@pytest.fixture(scope="module")
def first(country, tmp_path_factory):
    """One installation after its first run, with what it wrote and said."""
    made = first_run(country, tmp_path_factory)
    return made.installation, made.report, made.said


def test_every_listing_is_reconciled_and_the_edition_verifies(first):
    installation, report, _ = first

    assert {listing["state"] for listing in report["harvest"]["listings"]} == {"done"}
    assert report["harvest"]["outstanding"] == []
    assert report["publish"]["records"] > 0
    assert installation.done("verify", str(installation.public))["findings"] == []


def test_what_is_quarantined_is_said(first):
    installation, report, _ = first
    issues = installation.issues(report["publish"]["editionId"])

    assert len({line["process"] for line in issues if line["quarantined"]}) == report["transform"]["quarantined"]


def test_other_classes_ids_and_columns_change_no_document_and_no_byte(country, first, tmp_path):
    with country.running(disguise=5) as portal:
        dressed = country.installation(tmp_path / "home", portal)
        dressed.done(*country.full())

    assert documents(dressed) == documents(first[0])
    assert differing(dressed.published(), first[0].published()) == []


def test_a_value_that_is_left_out_is_counted_and_the_run_goes_on(country, first, tmp_path):
    _, whole, _ = first
    with country.running(omit=country.omit) as portal:
        less = country.installation(tmp_path / "home", portal).done(*country.full())[0]["steps"]

    more = {rule: count - whole["transform"]["problems"].get(rule, 0) for rule, count in problems(less).items()}
    assert less["transform"]["processes"] == whole["transform"]["processes"]
    assert max(more.values()) >= 10, more


def problems(report):
    return report["harvest"]["problems"] | report["transform"]["problems"]


@pytest.mark.parametrize("place", [0, 1], ids=["list", "page"])
def test_a_wholly_different_page_stops_the_run_and_is_kept(country, place, tmp_path):
    with country.running(strange=country.strange[place]) as portal:
        installation = country.installation(tmp_path / "home", portal)
        code, _, err = installation.run(*country.full())

    assert code == 5, err
    assert "Traceback" not in err
    assert STRANGE_PAGE.encode() in list(kept_pages(installation, country.strange[place]))


@pytest.mark.slow
def test_pages_that_are_gone_are_counted_and_asked_for_again_in_the_next_window(country, first, tmp_path):
    _, whole, _ = first
    with country.running(gone=country.gone) as portal:
        installation = country.installation(tmp_path / "home", portal)
        less = installation.done(*country.full())[0]["steps"]

    assert less["transform"]["processes"] == whole["transform"]["processes"]
    assert less["transform"]["quarantined"] == whole["transform"]["quarantined"]
    assert less["transform"]["problems"]["page_not_held"] > whole["transform"]["problems"].get("page_not_held", 0)
    assert any(what.endswith("the portal has no such page") for what in less["harvest"]["problems"])

    with country.running() as portal:
        mended = country.installation(installation.home, portal)
        mended.done("run", country.source, "--until", (START + timedelta(days=7)).isoformat())
    assert documents(mended) == documents(first[0])


@pytest.mark.slow
def test_robots_txt_is_obeyed_unless_it_is_said_that_it_is_not_and_the_edition_says_so(country, first, tmp_path):
    forbidden = country.strange[1]
    setting = f"OCDS_{country.source.upper()}_ROBOTS"
    with country.running(robots=f"User-agent: *\nDisallow: {forbidden}\n") as portal:
        installation = country.installation(tmp_path / "home", portal)
        code, _, err = installation.run(*country.full())
        assert code == 4, err
        assert f"Disallow: {forbidden}" in err
        assert f"{setting}=ignore" in err
        assert forbidden not in err.replace(f"Disallow: {forbidden}", "").split("asks us not to ask for")[0]

        bold = country.installation(tmp_path / "home", portal, more={setting: "ignore"})
        steps = bold.done(*country.full())[0]["steps"]

    assert documents(bold) == documents(first[0])
    said = coverage(bold, steps["publish"]["editionId"])["lastHarvest"]["robots"]
    assert set(said.values()) == {"ignored"}
    before = coverage(first[0], first[1]["publish"]["editionId"])["lastHarvest"]["robots"]
    assert set(before.values()) == {"obeyed"}
    assert said.keys() == before.keys()


def coverage(installation, edition):
    path = installation.public / "v1" / installation.source / "editions" / edition / "coverage.json"
    return json.decode(path.read_bytes())


def test_while_one_portal_is_down_the_others_are_read_and_nothing_is_published(first, country, tmp_path):
    further = portals(country.source)
    if not further:
        pytest.skip("the source has one portal")
    nowhere = {f"OCDS_{country.source.upper()}_{name.upper()}_BASE_URL": "http://127.0.0.1:9" for name in further}
    with country.running() as portal:
        installation = country.installation(tmp_path / "home", portal, more=nowhere)
        code, _, err = installation.run(*country.full())
        assert code == 3, err
        assert "not read: " in err
        assert documents(installation)
        assert not installation.public.exists()
        steps = country.installation(installation.home, portal).done(*country.full())[0]["steps"]

    assert steps["harvest"]["resumed"]
    assert documents(installation) == documents(first[0])
    assert differing(installation.published(), first[0].published()) == []


def kept_pages(installation, path):
    """Give the answers of the archive to requests whose address holds a path."""
    for segment in sorted((installation.home / "archive").rglob("*.warc*")):
        with segment.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response" and path in record.rec_headers.get_header("WARC-Target-URI"):
                    yield record.content_stream().read()


def test_an_unchanged_portal_gives_no_release_and_no_new_file(country, first):
    installation, *_ = first
    before = installation.data()
    with country.running() as portal:
        again = country.installation(installation.home, portal)
        report = again.done(*country.full())[0]["steps"]

    assert report["harvest"]["documents"]["new"] == report["harvest"]["documents"]["changed"] == 0
    assert report["transform"]["releases"] == 0
    assert again.changelog(report["publish"]["editionId"]) == []
    assert again.data() == before


@pytest.mark.slow
def test_a_day_later_exactly_the_changes_are_published(country, tmp_path):
    today, tomorrow = (START + timedelta(days=days) for days in (country.eve, country.eve + 1))
    with country.running(days=country.eve) as portal:
        country.installation(tmp_path / "home", portal).done(*country.full(today.isoformat()))
    with country.running(days=country.eve + 1) as portal:
        moved = country.installation(tmp_path / "home", portal)
        before = contents(moved)
        report = moved.done("run", country.source, "--until", tomorrow.isoformat())[0]["steps"]
        whole = country.installation(tmp_path / "whole", portal)
        whole.done(*country.full(tomorrow.isoformat()))

    after = contents(whole)
    added = dict.fromkeys(after.keys() - before.keys(), "add")
    changed = dict.fromkeys((ocid for ocid in before if not same_value(after[ocid], before[ocid])), "change")
    lines = moved.changelog(report["publish"]["editionId"])
    assert added
    assert changed
    assert {line["ocid"]: line["op"] for line in lines} == added | changed
    assert len(lines) == report["transform"]["releases"]
    assert [ocid for ocid, content in contents(moved).items() if not same_value(content, after[ocid])] == []


def contents(installation):
    """Give what the newest edition says of every process, apart from when it was said."""
    said_when = ("date", "id", "tag")
    return {
        ocid: {name: value for name, value in compiled.items() if name not in said_when}
        for ocid, compiled in installation.compiled().items()
    }


def test_nothing_personal_is_published_or_logged_or_in_a_name(country, first):
    installation, _, said = first
    secrets = country.secrets()
    assert len(secrets) > 50
    told = {key: key + "\n" + readable(key, content) for key, content in installation.published().items()}
    told["log"] = said
    told["names"] = "\n".join(str(path.relative_to(installation.home)) for path in installation.home.rglob("*"))

    assert {key: found for key, text in told.items() if (found := [one for one in secrets if one in text])} == {}


def test_the_stand_in_shows_what_must_not_be_published(country, first):
    installation, *_ = first
    archived = b"\n".join(kept_pages(installation, "/")).decode("utf-8", "replace")

    assert sum(secret in archived for secret in country.secrets()) > 30
