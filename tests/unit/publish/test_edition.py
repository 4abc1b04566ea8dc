"""An edition: the same state gives the same bytes, and a crash leaves one edition or the other."""

import gzip
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_pipeline.validate import validate_files
from ocds_schema import json
from ocds_schema.errors import PublishError, StorageConflictError
from ocds_schema.json import Json
from publish.changelog import apply
from publish.edition import build_edition, commit_edition, silent, write_edition
from publish.manifest import published, read_pointer
from publish.verify import verify
from tests.support.publishing import (
    DERIVED,
    FIRST,
    LEAN,
    Entry,
    MemoryHistory,
    contents,
    history,
    ocid,
    order,
    publish,
    sample,
    survivors,
    tender,
)


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "public")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def lines(storage: FileStorage, edition: str, name: str) -> list[Json]:
    data = storage.read(f"v1/kazakhstan/editions/{edition}/{name}")
    return [json.decode(line) for line in gzip.decompress(data).splitlines()]


def data_objects(storage: FileStorage) -> dict[str, bytes]:
    return {key: data for key, data in contents(storage).items() if "/data/" in key}


def changed(made: MemoryHistory) -> MemoryHistory:
    return made.then(
        _100=Entry(year=2024, states=(tender("100"), tender("100", title="Столы", amount=Decimal("7.10"))))
    )


def test_an_edition_is_sound(storage, work):
    edition = publish(sample(), storage, work)

    report = verify(storage, "kazakhstan")

    assert report.findings == ()
    assert (report.edition_id, report.records) == (edition.id, 5)


def test_the_same_history_gives_the_same_objects(tmp_path, work):
    one, other = FileStorage(tmp_path / "one"), FileStorage(tmp_path / "other")

    publish(sample(), one, work)
    publish(sample(), other, work)

    assert contents(one) == contents(other)


def test_an_unchanged_second_edition_has_the_same_data_files_and_an_empty_changelog(storage, work):
    first = publish(sample(), storage, work)
    before = data_objects(storage)

    second = publish(sample().then(), storage, work, 2)

    assert data_objects(storage) == before
    assert lines(storage, second.id, "changelog.jsonl.gz") == []
    assert len(lines(storage, second.id, "delta.jsonl.gz")) == 1
    assert second.manifest["changes"]["unchanged"] == 5
    assert second.manifest["state"]["stateDigest"] == first.manifest["state"]["stateDigest"]
    assert second.manifest["previous"]["editionId"] == first.id
    assert verify(storage, "kazakhstan").is_sound


def test_one_changed_record_is_one_line_of_the_changelog(storage, work):
    publish(sample(), storage, work)
    before = data_objects(storage)

    second = publish(changed(sample()), storage, work, 2)

    (line,) = lines(storage, second.id, "changelog.jsonl.gz")
    assert (line["op"], line["ocid"], line["cause"], line["partition"]) == ("change", ocid(100), "source", "2024")
    assert [each["path"] for each in line["fields"]] == [
        "/contracts[id=c1]/value/amount",
        "/tender/title",
        "/tender/value/amount",
    ]
    assert second.manifest["changes"]["topFields"][0] == {"path": "/contracts/value/amount", "count": 1}
    new = data_objects(storage).keys() - before.keys()
    assert {key.split("/")[-2] for key in new} == {"year=2024"}
    assert verify(storage, "kazakhstan").findings == ()


def test_the_changelog_leads_from_the_edition_before_to_this_one(storage, work):
    made = sample()
    publish(made, storage, work)

    second = publish(changed(made), storage, work, 2)

    (line,) = lines(storage, second.id, "changelog.jsonl.gz")
    before = made.now[ocid(100)].record().body
    after = json.encode(apply(json.decode(before), line["fields"]))
    assert line["base"] == f"sha256:{json.digest(before)}"
    assert line["next"] == f"sha256:{json.digest(after)}"


def test_a_first_edition_adds_every_record(storage, work):
    edition = publish(sample(), storage, work)

    added = lines(storage, edition.id, "changelog.jsonl.gz")

    assert [line["op"] for line in added] == ["add"] * 5
    assert edition.manifest["previous"] is None
    assert edition.manifest["deltas"][0]["fromStateDigest"] is None


def test_records_come_and_go(storage, work):
    publish(sample(), storage, work)
    new = Entry(year=2025, states=(tender("200-1"),))

    second = publish(gone_and_come(new), storage, work, 2)

    found = [(line["op"], line["ocid"], line["cause"]) for line in lines(storage, second.id, "changelog.jsonl.gz")]
    assert found == [("add", ocid("200-1"), "source"), ("delete", ocid("99-1"), "source_gone")]
    assert second.manifest["counts"]["records"] == 5
    assert verify(storage, "kazakhstan").findings == ()


def gone_and_come(new: Entry) -> MemoryHistory:
    made = sample()
    now = {**made.now, ocid("200-1"): new}
    del now[ocid("99-1")]
    return MemoryHistory(now=now, before=made.now)


@pytest.mark.parametrize("left_out", [LEAN, {}], ids=["lean", "every format"])
def test_an_edition_of_nothing_is_an_edition(storage, work, left_out):
    edition = publish(history(), storage, work, left_out=left_out)

    assert edition.manifest["counts"]["records"] == 0
    assert verify(storage, "kazakhstan").findings == ()


def test_control_totals_keep_every_digit(storage, work):
    edition = publish(sample(), storage, work)

    (totals,) = edition.manifest["counts"]["controlTotals"]
    assert (totals["currency"], totals["contracts"], totals["value"]) == ("KZT", 5, "123456789014745683.01")


def test_sha256sum_accepts_the_checksums(storage, work):
    edition = publish(sample(), storage, work)

    outcome = subprocess.run(
        ["sha256sum", "--check", "--strict", f"editions/{edition.id}/SHA256SUMS"],
        cwd=storage.root / "v1/kazakhstan",
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 0, outcome.stdout
    assert len(outcome.stdout.splitlines()) == len(published(edition.manifest)) + 1


def test_latest_is_small_and_names_the_manifest(storage, work):
    edition = publish(sample(), storage, work)

    data = storage.read("v1/kazakhstan/latest.json")
    pointer = json.decode(data)
    manifest = storage.read(f"v1/kazakhstan/{pointer['manifest']['path']}")

    assert len(data) <= 2048
    assert pointer["manifest"] == {
        "path": f"editions/{edition.id}/manifest.json",
        "sha256": json.digest(manifest),
        "bytes": len(manifest),
    }
    assert json.decode(manifest)["notice"] == "test data: unregistered OCID prefix"


def test_every_file_is_in_the_manifest_and_what_is_left_out_says_why(storage, work):
    edition = publish(sample(), storage, work)

    there = {entry["path"] for entry in edition.manifest["files"] if "omitted" not in entry}
    reasons = {
        entry.get("name", entry.get("format")): entry["omitted"]
        for entry in edition.manifest["files"]
        if "omitted" in entry
    }

    held = {key.removeprefix("v1/kazakhstan/") for key in storage.keys("v1/kazakhstan/")}
    own = {
        "latest.json",
        "policy.html",
        "policy.json",
        *DERIVED,
        f"editions/{edition.id}/manifest.json",
        f"editions/{edition.id}/SHA256SUMS",
    }
    assert there == held - own
    missing = {*LEAN, "records-index.parquet", "quality.json", "gates.json"}
    assert set(reasons) == missing
    assert all(each["reason"] for each in reasons.values())


def test_problems_are_published(storage, work):
    edition = publish(sample(), storage, work)

    (issue,) = lines(storage, edition.id, "issues.jsonl.gz")

    assert (issue["process"], issue["quarantined"], issue["rule"]) == ("buy:5", True, "money")
    assert edition.manifest["counts"]["quarantined"] == 1


def test_a_record_links_to_its_releases(storage, work):
    publish(sample(), storage, work)
    (key,) = storage.keys("v1/kazakhstan/data/records/jsonl/year=2023/")

    records = [json.decode(line) for line in gzip.decompress(storage.read(key)).splitlines()]

    urls = [release["url"] for release in records[1]["releases"]]
    path, _, release_id = urls[1].removeprefix("https://example.org/ocds/").partition("#")
    bodies = json.decode(gzip.decompress(storage.read(path)))["releases"]
    assert release_id in {body["id"] for body in bodies}
    assert len(urls) == 2


def test_publishing_an_edition_again_writes_nothing(storage, work):
    publish(sample(), storage, work)
    before = contents(storage)

    again = publish(sample(), storage, work)

    assert (again.new_files, again.new_bytes) == (0, 0)
    assert contents(storage) == before


def test_an_edition_must_follow_the_newest(storage, work):
    publish(sample(), storage, work)

    with pytest.raises(
        PublishError, match=r"edition 3 of kazakhstan follows edition 2, but latest.json points to edition 1"
    ):
        publish(sample(), storage, work, 3)


def test_a_second_edition_needs_the_first_where_it_is_published(storage, work):
    with pytest.raises(PublishError, match="points to no edition"):
        publish(sample(), storage, work, 2)


def test_amounts_that_cannot_be_added_up_are_told_with_their_ocid(storage, work):
    wrong = tender("2", amount=Decimal("1E+9000"))
    made = history(Entry(year=2024, states=(tender("1"),)), Entry(year=2024, states=(wrong,)))

    with pytest.raises(PublishError, match=r"ocds-xxxxxx-kz-2: .*4000 digits"):
        publish(made, storage, work)


def test_an_edition_is_named_after_its_moment(storage, work):
    named = order(1)
    wrong = order(1, as_of=FIRST + timedelta(hours=1))

    with pytest.raises(PublishError, match="and so is called 20261121T200000Z-000001"):
        write_edition(sample(), storage, replace(named, facts=wrong.facts), work=work)


def test_another_edition_under_the_same_name_is_refused(storage, work):
    publish(sample(), storage, work)
    (storage.root / "v1/kazakhstan/latest.json").unlink()

    with pytest.raises(PublishError, match=r"mapping.csv reads back with sha256"):
        publish(sample(), storage, work, mapping=b"other\n")

    assert storage.stat("v1/kazakhstan/latest.json") is None


def test_a_blob_altered_since_the_last_edition_stops_the_next(storage, work):
    publish(sample(), storage, work)
    (key,) = storage.keys("v1/kazakhstan/data/compiled/jsonl/year=2023/")
    (storage.root / key).write_bytes(b"other")

    with pytest.raises(PublishError, match="was altered"):
        publish(sample().then(), storage, work, 2)


def test_a_blob_lost_since_the_last_edition_is_put_again(storage, work):
    publish(sample(), storage, work)
    (key,) = storage.keys("v1/kazakhstan/data/compiled/jsonl/year=2023/")
    (storage.root / key).unlink()

    publish(sample().then(), storage, work, 2)

    assert verify(storage, "kazakhstan").findings == ()


def test_an_altered_manifest_stops_the_next_edition(storage, work):
    edition = publish(sample(), storage, work)
    path = storage.root / f"v1/kazakhstan/editions/{edition.id}/manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"records": 5', b'"records": 6'))

    with pytest.raises(PublishError, match="the pointer says sha256"):
        publish(sample().then(), storage, work, 2)


def test_a_history_that_forgets_changes_is_refused(storage, work):
    forgetful = MemoryHistory(now=sample().now, before=sample().now)

    with pytest.raises(PublishError, match="0 records before and \\+0 by the changes do not make the 5"):
        publish(forgetful, storage, work)


def test_records_out_of_order_are_refused(storage, work):
    class Backwards(MemoryHistory):
        def entries(self, year):
            return reversed(list(super().entries(year)))

    with pytest.raises(PublishError, match="records must come by ocid"):
        publish(Backwards(now=sample().now), storage, work)


def test_of_two_publishers_one_wins_and_the_other_is_told(storage, tmp_path):
    drafts = []
    for hour in range(2):
        folder = tmp_path / f"{hour}"
        folder.mkdir()
        wanted = order(1, as_of=FIRST + timedelta(hours=hour))
        drafts.append(build_edition(sample(), wanted, previous=None, before=None, folder=folder, progress=silent))

    won = commit_edition(drafts[0], storage)
    with pytest.raises(StorageConflictError, match=r"latest.json: expected no object there yet"):
        commit_edition(drafts[1], storage)

    assert verify(storage, "kazakhstan").edition_id == won.id
    assert verify(storage, "kazakhstan").is_sound


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_leaves_one_edition_whole_and_a_second_try_ends_alike(tmp_path, work, after):
    base = FileStorage(tmp_path / "base")
    first = publish(sample(), base, work)
    undisturbed = FileStorage(shutil.copytree(base.root, tmp_path / "undisturbed"))
    second = publish(changed(sample()), undisturbed, work, 2)
    expected = contents(undisturbed)

    crashes = 0
    again = partial(publish, changed(sample()), work=work, sequence=2)
    for storage in survivors(base, tmp_path, range(0, 1000, 5), again, after=after):  # each one in a slow proof
        crashes += 1
        pointer = read_pointer(storage, "kazakhstan")
        assert pointer
        assert pointer.edition_id in {first.id, second.id}
        assert verify(storage, "kazakhstan").findings == ()
        again(storage)
        assert contents(storage) == expected

    assert crashes > 20


def test_a_release_package_is_valid_and_dated_by_its_newest_release(storage, work):
    edition = publish(sample(), storage, work)
    entries = [entry for entry in edition.manifest["files"] if entry.get("format") == "package"]
    for entry in entries:
        package = json.decode(gzip.decompress(storage.read(f"v1/kazakhstan/{entry['path']}")))
        dates = [release["date"] for release in package["releases"]]

        assert len(dates) == entry["rows"] > 0
        assert package["publishedDate"] in dates
        assert max(map(datetime.fromisoformat, dates)) == datetime.fromisoformat(package["publishedDate"])
        assert not validate_files([str(storage.root / "v1/kazakhstan" / entry["path"])]).failed
    assert entries
