"""What is taken out is nowhere any more, stays out, and copies follow."""

import hashlib
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.redaction import MASK
from publish import ocds_sync
from publish.verify import verify
from sandbox.portal import START
from sandbox.server import running
from tests.support.command import TOKEN, Installation
from tests.support.readable import readable

SOURCE = "kazakhstan"
FOLDER = f"v1/{SOURCE}"
SAID = ("--by", "Ann", "--reason", "asked by the person", "--ground", "Law 94-V, article 8")


@pytest.fixture(scope="module")
def portal():
    with running(SOURCE, processes=20, seed=5, token=TOKEN) as portal:
        yield portal


@pytest.fixture(scope="module")
def made(portal, tmp_path_factory):
    """A deployment that has published two editions, and a copy of each."""
    home = tmp_path_factory.mktemp("redaction")
    installation = Installation(home=home / "home", portal=portal.base_url)
    for number in range(2):
        day = (START + timedelta(days=3 * number)).isoformat()
        if number:
            portal.advance(3)
        installation.done("run", SOURCE, "--until", day, *(() if number else ("--full",)))
        assert sync(installation, home / f"copy-{number}") == 0
    return home


@pytest.fixture
def installation(made, portal, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Installation(home=tmp_path / "home", portal=portal.base_url)


def sync(installation, copy):
    return ocds_sync.main(["sync", str(installation.public / FOLDER), str(copy), "--accept-stale"])


def texts(installation):
    return {key: readable(key, content) for key, content in installation.published().items()}


def holders(installation, *wanted):
    """The published objects that hold any of some texts, unpacked or as they are."""
    found = [key for key, text in texts(installation).items() if any(each in text for each in wanted)]
    raw = installation.published().items()
    return found + [key for key, content in raw if any(each.encode() in content for each in wanted)]


def manifest(installation):
    pointer = json.decode((installation.public / FOLDER / "latest.json").read_bytes())
    return json.decode((installation.public / FOLDER / pointer["manifest"]["path"]).read_bytes())


def redactions(installation):
    return json.decode((installation.public / FOLDER / "redactions.json").read_bytes())["redactions"]


def changed_in_all(installation):
    """A process that changed in the second edition."""
    editions = json.decode((installation.public / FOLDER / "editions.json").read_bytes())["editions"]
    lines = [line for each in editions[:1] for line in installation.changelog(each["editionId"])]
    return next(line["ocid"] for line in lines if line["op"] == "change")


def a_party(installation):
    ocid = changed_in_all(installation)
    parties = installation.compiled()[ocid]["parties"]
    return ocid, next(each for each in parties if "supplier" in each["roles"] and each["id"].startswith("KZ-BIN"))


def check_sound(installation):
    """The newest edition is whole, older ones are but for what is recorded, and every copy gets to the newest."""
    storage = FileStorage(installation.public)
    for each in (None, *json.decode((installation.public / FOLDER / "editions.json").read_bytes())["editions"]):
        assert verify(storage, SOURCE, each and each["editionId"]).findings == ()
    newest = manifest(installation)
    for number in range(2):
        copy = installation.home.parent / f"copy-{number}"
        assert sync(installation, copy) == 0
        with ocds_sync.Copy(str(copy)) as held:
            assert held.digest() == newest["state"]["stateDigest"]


def check_record(installation, *secrets):
    """Every object is told with its old hash and its new one, and what was taken out is not."""
    told = redactions(installation)[-1]
    assert told["by"] == "Ann"
    assert told["legalGround"] == "Law 94-V, article 8"
    assert datetime.fromisoformat(told["date"]) <= datetime.now(UTC)
    assert told["objects"]
    for each in told["objects"]:
        path = installation.public / FOLDER / each["path"]
        if each["new"] is None:
            assert not path.exists()
        else:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == each["new"]["sha256"] != each["sha256"]
    text = (installation.public / FOLDER / "redactions.json").read_text()
    assert not any(secret in text for secret in secrets)


def test_a_party_is_taken_out_of_every_edition_and_format_and_stays_out(installation, portal):
    ocid, party = a_party(installation)
    before = installation.published()
    counted = installation.done("redact", SOURCE, "--party", party["id"], *SAID)
    assert (counted["processes"] >= 1, counted["done"]) == (True, False)
    assert installation.published() == before
    secrets = (party["id"], party["identifier"]["id"], party["name"])
    assert len(set(holders(installation, *secrets))) > 30

    report = installation.done("redact", SOURCE, "--party", party["id"], *SAID, "--yes")

    assert holders(installation, *secrets) == []
    check_sound(installation)
    check_record(installation, *secrets)
    lines = {line["ocid"]: line for line in installation.changelog(report["editionId"])}
    assert (lines[ocid]["op"], lines[ocid]["cause"]) == ("redact", "redaction")
    assert "fields" not in lines[ocid]
    after = installation.done("transform", SOURCE, "--all")["steps"]["transform"]
    assert after["releases"] == 0
    assert holders(installation, *secrets) == []
    (installation.public / FOLDER / "redactions.json").unlink()
    assert installation.done("repair", SOURCE)["done"] == [f"{FOLDER}/redactions.json: made anew from the database"]
    check_record(installation, *secrets)
    aliased = [each for each in installation.compiled()[ocid]["parties"] if each["id"].startswith("redacted-")]
    assert [each["name"] for each in aliased] == [MASK]


@pytest.mark.slow
def test_a_value_is_taken_out_of_one_process(installation):
    ocid = changed_in_all(installation)
    title = installation.compiled()[ocid]["tender"]["title"]
    others = {key: each for key, each in installation.compiled().items() if key != ocid}

    installation.done("redact", SOURCE, "--ocid", ocid, "--value", title, *SAID, "--yes")

    assert installation.compiled()[ocid]["tender"]["title"] == MASK
    assert {key: each for key, each in installation.compiled().items() if key != ocid} == others
    check_sound(installation)
    check_record(installation, title)


@pytest.mark.slow
def test_what_stands_at_a_path_is_taken_out_of_every_release(installation):
    ocid = changed_in_all(installation)
    held = installation.compiled()[ocid]
    titles = {name: text for name, text in held["tender"].items() if name.partition("_")[0] == "title"}
    assert titles.keys() > {"title"}

    installation.done("redact", SOURCE, "--ocid", ocid, "--path", "tender/title", *SAID, "--yes")

    after = installation.compiled()[ocid]
    assert not after["tender"].keys() & titles.keys()
    assert {**after, "tender": after["tender"] | titles} == held
    check_sound(installation)
    check_record(installation)


@pytest.mark.slow
def test_an_interrupted_redaction_is_ended_by_the_same_command_without_anything_named(installation):
    """It is killed when the old objects are gone through: the edition without it is there, the old ones hold it."""
    _, party = a_party(installation)
    stray = installation.public / FOLDER / "redactions.json"
    stray.mkdir()

    assert installation.run("redact", SOURCE, "--party", party["id"], *SAID, "--yes")[0] != 0
    assert holders_of(installation, party["id"])
    stray.rmdir()
    report = installation.done("redact", SOURCE)

    assert len(report["redactions"]) == 1
    assert holders(installation, party["id"], party["name"]) == []
    check_sound(installation)


def holders_of(installation, text):
    return [path for path in installation.public.rglob("*.csv") if text in path.read_text(encoding="utf-8-sig")]
