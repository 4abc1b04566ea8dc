"""What is gone or altered is put back where its very bytes can be had, and named where they cannot."""

import os
import shutil

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from publish.around import Around
from publish.gates import record_failure
from publish.layout import sequence_of
from publish.manifest import published, read_manifest, read_pointer
from publish.retention import Ledger, Rule, ledger_text
from publish.stamp import is_untouched
from publish.verify import verify
from tests.support.publications import failure
from tests.support.publishing import Entry, contents, mended, publish, sample, tender

SOURCE = "kazakhstan"
FOLDER = f"v1/{SOURCE}"
DERIVED = [
    f"{FOLDER}/editions.json",
    f"{FOLDER}/feed.atom",
    f"{FOLDER}/feed.json",
    f"{FOLDER}/croissant.json",
    f"{FOLDER}/dataset.jsonld",
    f"{FOLDER}/policy.html",
    f"{FOLDER}/policy.json",
    "v1/catalog.json",
    "v1/catalog.jsonld",
    "v1/feed.atom",
    "v1/ocds_sync.py",
]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Three editions in all formats, published under the lock."""
    folder = tmp_path_factory.mktemp("original")
    storage, history = FileStorage(folder / "public"), sample()
    for number in (1, 2, 3):
        publish(history, storage, folder / "work", number, left_out={})
        history = history.then(_100=Entry(year=2024, states=(tender("100", amount=number),)))
    return storage


@pytest.fixture
def storage(original, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return FileStorage(shutil.copytree(original.root, tmp_path / "public"))


def alter(storage, key):
    """Change one byte of an object, and leave all else of it as it was."""
    path = storage.root / key
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def remove(storage, key):
    storage.delete(key)


def newest(storage):
    return read_manifest(storage, SOURCE, read_pointer(storage, SOURCE))


def test_nothing_is_done_where_nothing_is_wrong(storage, original, tmp_path):
    report = mended(storage, tmp_path / "work")

    assert (report.done, report.mended, report.damaged, report.broken, report.derived) == ([], [], [], [], 0)
    assert contents(storage) == contents(original)


@pytest.mark.parametrize("harm", [alter, remove])
@pytest.mark.parametrize("key", DERIVED)
def test_derived_files_are_made_anew_from_pointer_and_manifests(storage, original, tmp_path, key, harm):
    harm(storage, key)

    report = mended(storage, tmp_path / "work")

    assert report.derived
    assert contents(storage) == contents(original)


def test_all_derived_files_at_once(storage, original, tmp_path):
    for key in DERIVED:
        remove(storage, key)

    assert mended(storage, tmp_path / "work").derived >= len(DERIVED) - 1
    assert contents(storage) == contents(original)


@pytest.mark.parametrize("harm", [alter, remove])
def test_a_pointer_is_put_back_from_the_manifests(storage, original, tmp_path, harm):
    harm(storage, f"{FOLDER}/latest.json")

    report = mended(storage, tmp_path / "work")

    assert len(report.done) == 1
    assert contents(storage) == contents(original)


def test_a_pointer_is_put_back_where_every_list_of_editions_is_gone_too(storage, original, tmp_path):
    for key in (f"{FOLDER}/latest.json", f"{FOLDER}/editions.json", "_lock/kazakhstan.json"):
        remove(storage, key)

    mended(storage, tmp_path / "work")

    assert contents(storage) == contents(original)


def test_a_pointer_that_somebody_turned_back_is_put_forward(storage, original, tmp_path):
    listed = json.decode(storage.read(f"{FOLDER}/editions.json"))["editions"][1]
    body = json.decode(storage.read(f"{FOLDER}/latest.json"))
    turned = body | {"editionId": listed["editionId"], "manifest": listed["manifest"], "sequence": 2}
    (storage.root / FOLDER / "latest.json").write_bytes(json.encode_pretty(turned))

    mended(storage, tmp_path / "work")

    assert contents(storage) == contents(original)


def test_no_pointer_goes_to_an_edition_whose_files_are_not_all_there(storage, tmp_path):
    """A publication was killed half way, and the pointer is gone: the newest that was published is the one before."""
    third = newest(storage)
    second = third["previous"]["editionId"]
    for key in (f"{FOLDER}/latest.json", f"{FOLDER}/editions.json", "_lock/kazakhstan.json"):
        remove(storage, key)
    own = {f"{FOLDER}/{entry['path']}" for entry in published(third)} - {
        f"{FOLDER}/{entry['path']}" for entry in published(read(storage, second))
    }
    remove(storage, min(key for key in own if "/data/" in key))

    report = mended(storage, tmp_path / "work")

    assert report.edition_id == second
    assert verify(storage, SOURCE).findings == ()


def read(storage, edition):
    return json.decode(storage.read(f"{FOLDER}/editions/{edition}/manifest.json"))


def test_a_pointer_never_goes_back_past_an_edition_that_is_known_to_have_been_published(storage, tmp_path):
    third = newest(storage)["editionId"]
    remove(storage, f"{FOLDER}/latest.json")
    remove(storage, f"{FOLDER}/editions/{third}/manifest.json")

    report = mended(storage, tmp_path / "work")

    assert [each.key for each in report.damaged] == [f"{FOLDER}/editions/{third}/manifest.json"]
    assert report.broken
    assert storage.stat(f"{FOLDER}/latest.json") is None


@pytest.mark.parametrize("harm", [alter, remove])
def test_checksums_are_made_anew_from_the_manifest(storage, original, tmp_path, harm):
    harm(storage, f"{FOLDER}/editions/{newest(storage)['editionId']}/SHA256SUMS")

    report = mended(storage, tmp_path / "work")

    assert [each.whence for each in report.mended] == ["its manifest"]
    assert contents(storage) == contents(original)


def kinds(manifest):
    """One file of each kind: by table, format and name."""
    found = {}
    for entry in published(manifest):
        name = entry["path"].rpartition("/")[2] if entry["path"].startswith("editions/") else entry["table"]
        found[name, entry["format"]] = entry
    return list(found.values())


@pytest.mark.parametrize("harm", [alter, remove])
def test_every_kind_of_file_is_named_and_put_back_from_a_copy(storage, original, tmp_path, harm):
    harmed = [f"{FOLDER}/{entry['path']}" for entry in kinds(newest(storage))]
    harmed += ["v1/extensions/valueAddedTax/extension.json"]
    assert len(harmed) > 50
    for key in harmed:
        harm(storage, key)

    without = mended(storage, tmp_path / "work")
    assert {each.key for each in without.damaged} == set(harmed)
    assert {each.what for each in without.damaged} == {"altered" if harm is alter else "missing"}

    report = mended(storage, tmp_path / "work", original)
    assert {each.key for each in report.mended} == set(harmed)
    assert (report.damaged, report.broken) == ([], [])
    assert contents(storage) == contents(original)


@pytest.mark.parametrize("sequence", [1, 2, 3])
@pytest.mark.parametrize("harm", [alter, remove])
def test_a_manifest_is_put_back_from_a_copy(storage, original, tmp_path, harm, sequence):
    listed = json.decode(storage.read(f"{FOLDER}/editions.json"))["editions"]
    edition = next(each["editionId"] for each in listed if sequence_of(each["editionId"]) == sequence)
    key = f"{FOLDER}/editions/{edition}/manifest.json"
    harm(storage, key)

    without = mended(storage, tmp_path / "work")
    assert [each.key for each in without.damaged] == [key]

    mended(storage, tmp_path / "work", original)
    assert contents(storage) == contents(original)


def test_what_a_copy_has_otherwise_is_not_taken(storage, original, tmp_path):
    copy = FileStorage(shutil.copytree(original.root, tmp_path / "copy"))
    key = next(f"{FOLDER}/{entry['path']}" for entry in published(newest(storage)) if entry["format"] == "xlsx")
    remove(storage, key)
    alter(copy, key)

    report = mended(storage, tmp_path / "work", copy)

    assert [each.key for each in report.damaged] == [key]
    assert storage.stat(key) is None


def test_a_damaged_note_of_what_was_collected_is_made_anew(storage, tmp_path):
    edition = json.decode(storage.read(f"{FOLDER}/editions.json"))["editions"][-1]["editionId"]
    kept = {edition: {"editionId": edition, "by": "Ann", "reason": "cited"}}
    ledger = ledger_text(SOURCE, Rule(), Ledger(held=kept, collected={edition: "2026-12-01T00:00:00Z"}))
    storage.put_new(f"{FOLDER}/retention.json", ledger, content_type="")
    mended(storage, tmp_path / "work")
    (storage.root / FOLDER / "retention.json").write_bytes(b"{")

    report = mended(storage, tmp_path / "work")

    assert storage.read(f"{FOLDER}/retention.json") == ledger
    assert len(report.done) == 1
    assert report.broken == []


def without_digest(data):
    return json.encode_pretty({name: value for name, value in json.decode(data).items() if name != "digest"})


def test_a_note_from_before_there_were_digests_is_no_damage_and_given_one(storage, tmp_path):
    edition = json.decode(storage.read(f"{FOLDER}/editions.json"))["editions"][-1]["editionId"]
    kept = {edition: {"editionId": edition, "by": "Ann", "reason": "cited"}}
    ledger = ledger_text(SOURCE, Rule(), Ledger(held=kept, collected={}))
    storage.put_new(f"{FOLDER}/retention.json", without_digest(ledger), content_type="")
    path = storage.root / record_failure(storage, SOURCE, failure("20261201T000000Z-000009"))
    path.write_bytes(without_digest(path.read_bytes()))
    mended(storage, tmp_path / "work")

    assert storage.read(f"{FOLDER}/retention.json") == ledger
    assert mended(storage, tmp_path / "work").damaged == []
    assert verify(storage, SOURCE, around=Around(SOURCE, ())).findings == ()
    # Whoever turns a byte of the digest's name or kind does not make such a note of a later one.
    for spoilt in (ledger.replace(b'"digest"', b'"digesu"'), ledger.replace(b'"sha256:', b'"sha257:')):
        assert is_untouched(without_digest(ledger))
        assert not is_untouched(spoilt)


def test_a_damaged_note_stays_where_nothing_tells_what_it_said(storage, tmp_path):
    edition = json.decode(storage.read(f"{FOLDER}/editions.json"))["editions"][-1]["editionId"]
    kept = {edition: {"editionId": edition, "by": "Ann", "reason": "cited"}}
    ledger = ledger_text(SOURCE, Rule(), Ledger(held=kept, collected={})).replace(b"Ann", b"Ana")
    storage.put_new(f"{FOLDER}/retention.json", ledger, content_type="")
    remove(storage, f"{FOLDER}/editions.json")

    report = mended(storage, tmp_path / "work")

    assert storage.read(f"{FOLDER}/retention.json") == ledger
    assert any("retention.json" in each for each in report.broken)


def test_a_file_that_editions_share_is_held_to_what_the_newest_says(storage, original, tmp_path):
    key = "v1/extensions/valueAddedTax/extension.json"
    (storage.root / key).unlink()
    made = sample().then()
    publish(made, storage, tmp_path / "work", 4, extensions={"valueAddedTax/extension.json": b'{"other": 1}'})
    whole = contents(storage)

    report = mended(storage, tmp_path / "repair", copy=original)

    assert report.damaged == []
    assert contents(storage) == whole
