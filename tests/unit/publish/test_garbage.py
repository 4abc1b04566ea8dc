"""What nothing needs is planned, waited for, and only then deleted."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError, StorageConflictError
from publish import garbage, ocds_sync
from publish.editions import list_editions
from publish.layout import plan_key
from publish.manifest import point_to, read_pointer
from publish.plan import read_plan, spare
from publish.retention import Rule
from publish.verify import verify
from tests.support.publishing import FIRST, Entry, FaultyStorage, KilledError, publish, sample, tender

SOURCE = "kazakhstan"
RULE = Rule(every=3, weekly=0, retracted=3)
LOCK = SimpleNamespace(check=lambda: None)


@pytest.fixture(scope="module")
def twelve_days(tmp_path_factory):
    """Twelve days, of which only 2024 moves; the rule keeps the last four editions, and the last of the month."""
    folder = tmp_path_factory.mktemp("days")
    history = sample()
    for day in range(1, 13):
        publish(history, FileStorage(folder / "public"), folder / "work", day)
        history = history.then(_100=Entry(year=2024, states=(tender("100", amount=day),)))
    return folder / "public"


@pytest.fixture
def storage(twelve_days, tmp_path):
    return FileStorage(shutil.copytree(twelve_days, tmp_path / "public"))


def search(storage, days, grace=7):
    now = FIRST + timedelta(days=days)
    return garbage.search(storage, SOURCE, garbage.mark(storage, SOURCE, RULE), now=now, grace=grace)


def plan(storage, days):
    found = search(storage, days)
    garbage.note(storage, SOURCE, found, FIRST + timedelta(days=days))
    return found


def collect(storage, days, lock=LOCK):
    now = FIRST + timedelta(days=days)
    found = plan(storage, days)
    gone = garbage.announce(storage, SOURCE, found, RULE, now)
    garbage.delete(storage, SOURCE, found, now=now, lock=lock)
    return gone


def keys(storage):
    return set(storage.keys("v1/"))


def oldest(storage):
    return list_editions(storage, SOURCE)["editions"][-1]["editionId"]


def test_nothing_is_due_before_its_days_of_grace_are_over(storage):
    assert not plan(storage, 20).due
    assert not search(storage, 26).due
    assert search(storage, 27).due


def test_a_plan_says_what_and_why_and_since_when(storage):
    plan(storage, 20)
    plan(storage, 22)

    body = json.decode(storage.read(plan_key(SOURCE)))
    assert body["bytes"] == sum(each["bytes"] for each in body["objects"])
    assert {each["since"] for each in body["objects"]} == {(FIRST + timedelta(days=20)).isoformat()}
    assert all("which is not kept any more" in each["why"] for each in body["objects"])


def test_a_collected_edition_keeps_manifest_changelog_and_delta_and_verify_says_so_plainly(storage):
    edition = oldest(storage)
    plan(storage, 20)

    gone = collect(storage, 27)

    assert edition in gone
    left = {key.rpartition("/")[2] for key in keys(storage) if edition in key}
    assert {"manifest.json", "SHA256SUMS", "changelog.jsonl.gz", "delta.jsonl.gz", "policy.json"} <= left
    assert "issues.jsonl.gz" not in left
    report = verify(storage, SOURCE, edition)
    assert report.findings == ()
    assert report.data_collected == "2026-12-18T19:00:00+00:00"
    assert report.files_collected > 5


def test_a_file_missing_of_an_edition_that_is_kept_is_still_a_finding(storage):
    plan(storage, 20)
    collect(storage, 27)
    newest = read_pointer(storage, SOURCE).edition_id
    storage.delete(next(key for key in keys(storage) if key.endswith("issues.jsonl.gz") and newest in key))

    assert [each.found for each in verify(storage, SOURCE).findings] == ["no such object"]


def test_a_changelog_missing_of_a_collected_edition_is_a_finding(storage):
    edition = oldest(storage)
    plan(storage, 20)
    collect(storage, 27)
    storage.delete(f"v1/{SOURCE}/editions/{edition}/changelog.jsonl.gz")

    assert [each.found for each in verify(storage, SOURCE, edition).findings] == ["no such object"]


def test_files_that_a_kept_edition_shares_stay(storage):
    before = {key for key in keys(storage) if "year=2023" in key}
    plan(storage, 20)
    collect(storage, 27)

    assert before == {key for key in keys(storage) if "year=2023" in key}
    assert verify(storage, SOURCE).findings == ()


def test_the_list_of_editions_says_whose_data_was_collected(storage):
    plan(storage, 20)
    gone = collect(storage, 27)

    listed = list_editions(storage, SOURCE)["editions"]
    assert {each["editionId"] for each in listed if "dataCollected" in each} == set(gone)
    assert len(listed) == 12


def test_a_copy_of_a_collected_edition_is_brought_up_to_date_by_deltas(storage, tmp_path, monkeypatch):
    """Deltas of seven days are gone with the data; those of one day stay."""
    place, copy = str(storage.root / "v1" / SOURCE), str(tmp_path / "copy")
    newest = storage.read(f"v1/{SOURCE}/latest.json")
    editions = list_editions(storage, SOURCE)["editions"]
    oldest = storage.read(f"v1/{SOURCE}/{editions[-1]['manifest']['path']}")
    (storage.root / f"v1/{SOURCE}/latest.json").write_bytes(point_to(json.decode(oldest), oldest))
    assert ocds_sync.main(["sync", place, copy, "--accept-stale"]) == 0
    (storage.root / f"v1/{SOURCE}/latest.json").write_bytes(newest)
    plan(storage, 20)
    collect(storage, 27)

    # So few records are sooner read whole.
    monkeypatch.setattr(ocds_sync, "_whole", lambda _: 10**9)
    publisher = ocds_sync.Publisher(place, accept_stale=True)
    with ocds_sync.Copy(copy) as held:
        steps = ocds_sync.way(publisher, publisher.newest(), held, daily=True)
        assert ocds_sync.sync(publisher, held).startswith(f"edition {editions[0]['editionId']}, deltas applied: ")
    assert len(steps) > 1


def test_what_a_publication_wants_is_taken_off_the_plan_and_waits_anew(storage, tmp_path):
    """One that is killed before the pointer moves has named nothing yet; its files wait the whole time again."""
    plan(storage, 20)
    wanted = next(each.path for each in read_plan(storage, SOURCE) if each.path.startswith("data/compiled/"))

    assert spare(storage, SOURCE, {wanted, "data/other"}) == 1

    assert wanted not in {each.path for each in read_plan(storage, SOURCE)}
    assert wanted not in {each.path for each in search(storage, 27).due}


def test_what_a_publication_is_about_to_name_is_not_deleted_under_it(storage, tmp_path):
    """It found its files there, left by a killed one and planned since, and stands still before the swap."""
    history = sample().then(_100=Entry(year=2024, states=(tender("100", amount=99),)))
    more = {"as_of": FIRST + timedelta(days=12)}
    with pytest.raises(KilledError):
        publish(history, DiesAtTheSwap(storage), tmp_path / "abandoned", 13, **more)
    planned = {each.path for each in plan(storage, 20).waiting if "not kept any more" not in each.why}
    assert planned
    with pytest.raises(KilledError):
        publish(history, DiesAtTheSwap(storage), tmp_path / "abandoned", 13, **more)

    collect(storage, 28)

    assert planned <= {key.removeprefix(f"v1/{SOURCE}/") for key in keys(storage)}
    publish(history, storage, tmp_path / "abandoned", 13, **more)
    assert verify(storage, SOURCE).findings == ()


class DiesAtTheSwap(FaultyStorage):
    """A storage whose pointer is never replaced."""

    def __init__(self, inner):
        super().__init__(inner, 10**9)

    def replace(self, key, *given, **named):
        if key.endswith("latest.json"):
            raise KilledError
        return self.inner.replace(key, *given, **named)


def test_files_of_an_edition_that_was_never_published_go(storage, tmp_path):
    history = sample().then(_100=Entry(year=2024, states=(tender("100", amount=99),)))
    before = keys(storage)
    with pytest.raises(KilledError):
        publish(history, DiesAtTheSwap(storage), tmp_path / "abandoned", 13, as_of=FIRST + timedelta(days=12))
    left = {key for key in keys(storage) - before if "/data/" in key or "/editions/" in key}
    assert left

    plan(storage, 20)
    collect(storage, 27)

    assert not left & keys(storage)


def test_what_no_publication_ever_wrote_is_left_alone_and_named(storage):
    storage.put_new(f"v1/{SOURCE}/data/README", b"?", content_type="text/plain")

    plan(storage, 20)
    collect(storage, 27)

    assert storage.read(f"v1/{SOURCE}/data/README") == b"?"
    assert search(storage, 28).foreign == ["data/README"]


@pytest.mark.parametrize("name", ["latest.json", "manifest"])
def test_nothing_is_told_useless_where_a_manifest_or_the_pointer_is_gone(storage, name):
    gone = f"editions/{oldest(storage)}/manifest.json" if name == "manifest" else name
    storage.delete(f"v1/{SOURCE}/{gone}")

    with pytest.raises(PublishError, match=r"repair it first|is gone"):
        garbage.mark(storage, SOURCE, RULE)


def test_a_collection_that_lost_its_lock_deletes_nothing_more(storage):
    plan(storage, 20)
    before = keys(storage)

    def lost():
        raise StorageConflictError("lost")

    with pytest.raises(StorageConflictError):
        collect(storage, 27, lock=SimpleNamespace(check=lost))
    assert keys(storage) - before == {f"v1/{SOURCE}/retention.json"}
    assert before <= keys(storage)


def test_the_share_of_what_is_due_is_told(storage):
    plan(storage, 20)
    found = search(storage, 27)

    sizes = {key: storage.stat(key).bytes for key in keys(storage) if "/data/" in key or "/editions/" in key}
    assert 0 < found.share < 100
    assert found.whole <= sum(sizes.values())
    assert sum(each.bytes for each in found.due) == sum(sizes[f"v1/{SOURCE}/{each.path}"] for each in found.due)


def test_what_was_withdrawn_counts_for_no_byte(storage):
    """A redaction takes files away that manifests go on naming: the share is of what is there."""
    before = search(storage, 1).whole
    withdrawn = next(key for key in sorted(keys(storage)) if "/data/compiled/" in key)
    size = storage.stat(withdrawn).bytes
    storage.delete(withdrawn)

    assert search(storage, 1).whole == before - size
