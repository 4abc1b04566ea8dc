"""A pointer is followed only as far as the database remembers of what it published."""

from types import SimpleNamespace

import pytest

from ocds_pipeline.gates.override import Override
from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.steps import following, publish, rolling_back
from ocds_pipeline.steps.following import check_followed, check_known, signed_by
from ocds_pipeline.storage import FileStorage
from ocds_pipeline.store import Store
from ocds_schema import json
from ocds_schema.errors import PublishError
from publish.layout import pointer_key, source_key
from publish.lock import hold
from publish.manifest import point_to, read_pointer, sealed
from publish.sealed import check_own
from publish.signing import Signing
from tests.support.publications import KEY, SOURCE
from tests.support.publishing import FIRST, KAZAKHSTAN, sample
from tests.support.publishing import publish as publish_one


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Two signed editions, made by a database that remembers them; and the pointer of the first."""
    monkeypatch.setattr(following, "signing", lambda settings: settings.signing)
    storage, made = FileStorage(tmp_path / "public"), sample()
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        settings = SimpleNamespace(signing=Signing(key=KEY))
        desk = SimpleNamespace(source=KAZAKHSTAN, store=store, settings=settings)
        pointers = []
        for number in (1, 2):
            edition = publish_one(made, storage, tmp_path / "work", number, signing=settings.signing)
            made = made.then()
            run = store.begin_run(SOURCE, f"{number}", FIRST)
            store.prepare_edition(run, number, edition.id, number, signed_by(desk))
            store.commit_edition(run)
            store.finish_run(run)
            pointers.append(storage.read(pointer_key(SOURCE)))
        yield SimpleNamespace(desk=desk, storage=storage, first=pointers[0], settings=settings)


def followed(office):
    check_followed(office.desk, office.storage, read_pointer(office.storage, SOURCE))


def unsigned(storage):
    """Take every trace of the key off pointer and manifest, as somebody may who can write there."""
    pointer = read_pointer(storage, SOURCE)
    path = storage.root / source_key(SOURCE, pointer.body["manifest"]["path"])
    manifest = {name: value for name, value in json.decode(path.read_bytes()).items() if name != "signedBy"}
    path.write_bytes(json.encode_pretty(manifest))
    (storage.root / pointer_key(SOURCE)).write_bytes(point_to(manifest, path.read_bytes()))


def test_what_was_published_last_is_followed(office):
    followed(office)
    office.settings.signing = None
    followed(office)


def test_a_pointer_that_lost_all_traces_of_the_key_is_not_followed(office):
    unsigned(office.storage)
    check_own(office.storage, SOURCE, None, office.settings.signing)

    with pytest.raises(PublishError, match="is not signed"):
        followed(office)


def test_a_pointer_that_was_turned_back_is_not_followed(office):
    (office.storage.root / pointer_key(SOURCE)).write_bytes(office.first)

    with pytest.raises(PublishError, match="was published since"):
        followed(office)


def turn_back(office, *, keep):
    """Put the first pointer back, and leave of the edition after it only what is named."""
    later = read_pointer(office.storage, SOURCE).edition_id
    (office.storage.root / pointer_key(SOURCE)).write_bytes(office.first)
    listed = source_key(SOURCE, "editions.json")
    for key in [*office.storage.keys(source_key(SOURCE, f"editions/{later}/")), listed]:
        if not key.endswith(keep):
            office.storage.delete(key)


@pytest.mark.parametrize("left", ["SHA256SUMS", "manifest.json.minisig", "changelog.jsonl.gz", "editions.json"])
def test_a_pointer_that_was_turned_back_is_not_followed_while_anything_is_left(office, left):
    turn_back(office, keep=left)

    with pytest.raises(PublishError, match=r"was published since: run .*--from COPY.* remove v1/kazakhstan/edition"):
        followed(office)


def test_a_storage_that_was_put_back_whole_is_followed_and_that_is_said(office, caplog):
    turn_back(office, keep=())

    followed(office)
    assert "nothing is left of that" in caplog.text


def test_nothing_is_deleted_before_something_is_published_to_a_storage_that_was_put_back(office):
    check_known(office.desk, read_pointer(office.storage, SOURCE))
    turn_back(office, keep=())

    with pytest.raises(PublishError, match="publish first"):
        check_known(office.desk, read_pointer(office.storage, SOURCE))


def test_the_pointer_of_another_source_is_not_followed(office):
    path = office.storage.root / pointer_key(SOURCE)
    body = json.decode(office.first) | {"dataset": "kyrgyzstan"}
    del body["signature"]
    text = json.encode_pretty(body)
    path.write_bytes(sealed(text, KEY.sign(text, "kyrgyzstan latest.json")))

    with pytest.raises(PublishError, match="is that of 'kyrgyzstan'"):
        followed(office)
    with pytest.raises(PublishError, match="is that of 'kyrgyzstan'"):
        check_own(office.storage, SOURCE, KEY.public.name, office.settings.signing)


def test_whoever_publishes_or_goes_back_asks_first(office):
    (office.storage.root / pointer_key(SOURCE)).write_bytes(office.first)
    run = office.desk.store.begin_run(SOURCE, "again", FIRST)

    with hold(office.storage, SOURCE, this_publisher()) as lock:
        with pytest.raises(PublishError, match="was published since"):
            publish._publish(office.desk, run, Override(), office.storage, lock)
        with pytest.raises(PublishError, match="was published since"):
            rolling_back._roll_back(office.desk, run, office.storage, lock, {"to": "", "by": "", "reason": ""})


def test_a_repair_is_told_what_the_database_remembers(office):
    known = following.remembered(office.desk)
    (first, last) = (read_pointer(office.storage, SOURCE).body["previous"]["editionId"], known.last)

    assert last == read_pointer(office.storage, SOURCE).edition_id
    assert (known.signed_by(first), known.signed_by(last), known.signed_by("x")) == (KEY.public.name,) * 2 + (None,)
