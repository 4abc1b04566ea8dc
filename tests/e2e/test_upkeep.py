"""The commands that look after what is published, on editions that the pipeline made."""

import shutil

import pytest

from ocds_schema import json
from sandbox.server import running
from tests.support.command import TOKEN, Installation

SOURCE = "kazakhstan"
FOLDER = f"v1/{SOURCE}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A deployment that has published two editions."""
    installation = Installation(home=tmp_path_factory.mktemp("upkeep") / "home", portal="")
    with running(SOURCE, processes=40, seed=3, token=TOKEN) as portal:
        installation = Installation(home=installation.home, portal=portal.base_url)
        installation.done("run", SOURCE, "--full", "--until", "2026-11-20")
        portal.advance(3)
        installation.done("run", SOURCE, "--until", "2026-11-23")
    return installation


@pytest.fixture
def installation(made, tmp_path):
    shutil.copytree(made.home, tmp_path / "home")
    return Installation(home=tmp_path / "home", portal=made.portal)


def newest(installation):
    pointer = json.decode((installation.public / FOLDER / "latest.json").read_bytes())
    return json.decode((installation.public / FOLDER / pointer["manifest"]["path"]).read_bytes())


def kinds(manifest):
    """One file of each kind: by table, format and name."""
    found = {}
    for entry in manifest["files"]:
        if "omitted" not in entry:
            name = entry["path"].rpartition("/")[2] if entry["path"].startswith("editions/") else entry["table"]
            found[name, entry["format"]] = f"{FOLDER}/{entry['path']}"
    return found


def test_a_damaged_edition_is_made_again_from_the_database(installation):
    before = installation.published()
    manifest = newest(installation)
    harmed = kinds(manifest)
    del harmed["gates.json", "json"]
    for number, key in enumerate(sorted(harmed.values())):
        path = installation.public / key
        path.unlink() if number % 2 else path.write_bytes(path.read_bytes()[:-1])

    report = installation.done("repair", SOURCE)

    assert {each["file"] for each in report["putBack"]} == set(harmed.values())
    assert len(harmed) > 50
    assert installation.published() == before


@pytest.mark.slow
def test_a_manifest_and_a_verdict_that_are_gone_are_made_again_too(installation):
    before = installation.published()
    edition = newest(installation)["editionId"]
    for name in ("manifest.json", "gates.json", "SHA256SUMS"):
        (installation.public / FOLDER / "editions" / edition / name).unlink()
    (installation.public / FOLDER / "latest.json").unlink()

    report = installation.done("repair", SOURCE)

    assert report["sound"]
    assert installation.published() == before


def test_what_cannot_be_made_again_is_named_and_the_command_leaves_with_1(installation):
    """The release history is gone, and so is a file."""
    path = installation.public / next(key for (_, form), key in kinds(newest(installation)).items() if form == "xlsx")
    path.unlink()
    (installation.home / "store.sqlite3").unlink()

    code, out, _ = installation.run("repair", SOURCE)

    assert code == 1
    assert f"STILL MISSING: {path.relative_to(installation.public)}" in out


def test_a_collection_is_only_planned_unless_it_is_told_to_delete(installation):
    before = installation.published()

    report = installation.done("gc", SOURCE)

    assert (report["deleted"], report["editions"], report["due"]["objects"]) == (False, 2, 0)
    assert installation.published() == before
    assert (installation.home / "public" / report["plan"]).exists()
    assert installation.done("gc", SOURCE, "--delete")["deleted"]
    assert installation.done("verify", str(installation.public))["findings"] == []


def test_an_edition_is_kept_by_name_and_reason(installation):
    edition = newest(installation)["previous"]["editionId"]

    assert installation.run("gc", SOURCE, "--keep", edition)[0] == 2
    assert installation.run("gc", SOURCE, "--keep", "20200101T000000Z-000009", "--by", "A", "--reason", "B")[0] == 2
    installation.done("gc", SOURCE, "--keep", edition, "--by", "Ann", "--reason", "cited in a report")

    told = json.decode((installation.public / FOLDER / "retention.json").read_bytes())
    assert told["kept"] == [{"by": "Ann", "editionId": edition, "reason": "cited in a report"}]
