"""Editions taken back: everything that names one says so, later editions too, and the pointer stays small."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError, StorageConflictError
from publish import ocds_sync
from publish.derive import derive
from publish.layout import edition_id
from publish.lock import hold
from publish.manifest import POINTER_BYTES, point_to, read_manifest, read_pointer
from publish.retract import retract
from publish.retractions import MOST_NAMED, Retraction, read_retractions, told
from publish.signing import Signing, SigningKey
from publish.verify import verify
from tests.support.crashes import Reader
from tests.support.publishing import (
    FIRST,
    changed,
    contents,
    go_back,
    publish,
    sample,
    survivors,
)

SOURCE = "kazakhstan"
BASE = "https://example.org/ocds"
KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
NEXT = SigningKey(b"\x02" * 8, bytes(reversed(range(32))))
SAID = {"by": "A. Editor", "reason": "a wrong currency", "date": "2026-11-23T08:00:00Z"}


@pytest.fixture
def two(tmp_path):
    """A publication of two editions, signed."""
    storage, work = FileStorage(tmp_path / "public"), tmp_path / "work"
    histories = [sample(), changed(sample())]
    moment = datetime.now(UTC).replace(microsecond=0)
    editions = [
        publish(history, storage, work, number, as_of=moment + timedelta(seconds=number), signing=Signing(key=KEY))
        for number, history in enumerate(histories, 1)
    ]
    return SimpleNamespace(
        storage=storage,
        work=work,
        root=storage.root / "v1" / SOURCE,
        copy=tmp_path / "copy",
        history=histories[1],
        moment=moment,
        ids=[each.id for each in editions],
    )


def take_back(storage, edition, *, signing=Signing(key=KEY), **words):  # noqa: B008 - it never changes
    """Take an edition back as the command does."""
    with hold(storage, SOURCE, this_publisher()) as lock:
        wanted = Retraction(edition_id=edition, **{**SAID, **words})
        stands = retract(storage, SOURCE, read_pointer(storage, SOURCE), wanted, lock=lock, signing=signing)
        derive(storage, SOURCE, BASE, ())
    return stands


def read(two, name):
    return json.decode(two.storage.read(f"v1/{SOURCE}/{name}"))


def follow(two, *more):
    return ocds_sync.main(["sync", str(two.root), str(two.copy), "--key", KEY.public.text, *more])


def test_everything_that_names_it_says_so(two):
    stands, is_new = take_back(two.storage, two.ids[0])
    pointer, listed = read(two, "latest.json"), read(two, "editions.json")
    item = read(two, "feed.json")["items"][1]

    assert is_new
    assert stands.facts() == {"editionId": two.ids[0], **SAID}
    assert pointer["retracted"] == [two.ids[0]]
    assert read(two, pointer["retractions"]["path"]) == {"dataset": SOURCE, "retractions": [stands.facts()]}
    assert [each["status"] for each in listed["editions"]] == ["published", "retracted"]
    assert listed["editions"][1]["retraction"] == SAID
    assert item["title"].startswith("RETRACTED ")
    assert "by A. Editor: a wrong currency" in item["content_text"]
    assert item["date_modified"] == SAID["date"]
    assert [each["tags"] for each in read(two, "status.json")["items"]] == [[SOURCE, "retracted"]]
    assert b"<updated>2026-11-23T08:00:00Z</updated>" in two.storage.read(f"v1/{SOURCE}/status.atom")


def test_the_catalogue_says_it_of_a_newest_edition(two):
    take_back(two.storage, two.ids[0])
    assert "retraction" not in json.decode(two.storage.read("v1/catalog.json"))["datasets"][0]
    take_back(two.storage, two.ids[1])
    assert json.decode(two.storage.read("v1/catalog.json"))["datasets"][0]["retraction"] == SAID


def test_nothing_else_is_touched(two):
    before = contents(two.storage)
    take_back(two.storage, two.ids[0])
    moved = {key for key, content in contents(two.storage).items() if before.get(key) != content}

    assert not [key for key in moved if "/editions/" in key or "/data/" in key]


def test_verify_says_of_which_edition_it_is(two):
    take_back(two.storage, two.ids[0])
    newest, first = verify(two.storage, SOURCE), verify(two.storage, SOURCE, two.ids[0])

    assert newest.findings == first.findings == ()
    assert newest.retraction is None
    assert first.facts()["retraction"] == {"editionId": two.ids[0], **SAID}


def test_later_editions_carry_it_on(two):
    take_back(two.storage, two.ids[0])
    third = publish(two.history.then(), two.storage, two.work, 3, as_of=two.moment + timedelta(hours=1))
    take_back(two.storage, third.id, reason="another")
    publish(two.history.then(), two.storage, two.work, 4, as_of=two.moment + timedelta(hours=2))
    pointer = read_pointer(two.storage, SOURCE)

    assert pointer.body["retracted"] == [third.id, two.ids[0]]
    assert [each["reason"] for each in read_retractions(two.storage, SOURCE, pointer.body)] == [
        "a wrong currency",
        "another",
    ]
    assert [each["status"] for each in read(two, "editions.json")["editions"]] == [
        "published",
        "retracted",
        "published",
        "retracted",
    ]
    assert verify(two.storage, SOURCE).findings == ()


def test_what_was_said_first_stays(two):
    take_back(two.storage, two.ids[0])
    before = contents(two.storage)
    stands, is_new = take_back(two.storage, two.ids[0], by="B. Editor", reason="no reason")

    assert not is_new
    assert stands.by == "A. Editor"
    assert contents(two.storage) == before


def test_an_edition_that_was_never_published_is_refused(two):
    before = contents(two.storage)

    with pytest.raises(ConfigurationError, match="has published no edition 20261121T190000Z-000009"):
        take_back(two.storage, "20261121T190000Z-000009")
    assert contents(two.storage) == before


def test_who_was_overtaken_is_told(two):
    stale = read_pointer(two.storage, SOURCE)
    take_back(two.storage, two.ids[0])
    wanted = Retraction(edition_id=two.ids[1], **SAID)

    with hold(two.storage, SOURCE, this_publisher()) as lock, pytest.raises(StorageConflictError):
        retract(two.storage, SOURCE, stale, wanted, lock=lock, signing=Signing(key=KEY))
    assert read(two, "latest.json")["retracted"] == [two.ids[0]]


def test_a_retracted_edition_cannot_be_gone_back_to_even_where_it_was_before(two):
    third = publish(two.history.then(), two.storage, two.work, 3, as_of=FIRST + timedelta(days=2))
    back = go_back(two.storage, two.work, 4, two.ids[0])
    publish(two.history.since(sample()), two.storage, two.work, 5)
    twice = go_back(two.storage, two.work, 6, back.id)
    publish(two.history.since(sample()), two.storage, two.work, 7)
    take_back(two.storage, two.ids[0])

    for edition in (two.ids[0], back.id, twice.id):
        with pytest.raises(
            ConfigurationError, match=rf"{two.ids[0]} was retracted by A. Editor on .* \(a wrong currency\)"
        ):
            go_back(two.storage, two.work, 8, edition)
    assert third.id not in read(two, "latest.json")["retracted"]


def test_copies_do_not_take_it_and_go_on_once_something_newer_is_there(two, capsys):
    take_back(two.storage, two.ids[1])
    assert follow(two) == 1
    assert (
        "RETRACTED on 2026-11-23T08:00:00Z by A. Editor: a wrong currency; nothing was taken" in capsys.readouterr().out
    )
    assert follow(two, "--accept-retracted") == 0
    assert follow(two) == 1
    assert "the copy is of it" in capsys.readouterr().out
    keys = {"signing": Signing(key=KEY), "as_of": two.moment + timedelta(hours=1)}
    third = publish(two.history.then(), two.storage, two.work, 3, **keys)
    assert follow(two) == 0
    assert third.id in capsys.readouterr().out
    take_back(two.storage, third.id)
    publish(
        two.history.then(), two.storage, two.work, 4, signing=Signing(key=KEY), as_of=two.moment + timedelta(days=1)
    )
    take_back(two.storage, edition_id(two.moment + timedelta(days=1), 4))
    assert follow(two) == 1
    assert f"the copy stays at edition {third.id}" in capsys.readouterr().out


def test_the_client_says_it_of_an_edition_that_it_verifies(two, capsys):
    take_back(two.storage, two.ids[1])

    assert ocds_sync.main(["verify", str(two.root)]) == 0
    assert f"edition {two.ids[1]} was RETRACTED on" in capsys.readouterr().out


def test_a_list_that_was_altered_is_found(two, capsys):
    take_back(two.storage, two.ids[0])
    file = two.root / read(two, "latest.json")["retractions"]["path"]
    file.write_bytes(file.read_bytes().replace(b"wrong", b"right"))

    (finding,) = verify(two.storage, SOURCE).findings
    assert finding.file.endswith(file.name)
    assert follow(two) == 1
    assert "is not the list that latest.json names" in capsys.readouterr().out
    with pytest.raises(PublishError, match="put the original back"):
        take_back(two.storage, two.ids[1])


def test_a_list_that_is_gone_is_found(two):
    take_back(two.storage, two.ids[0])
    (two.root / read(two, "latest.json")["retractions"]["path"]).unlink()

    (finding,) = verify(two.storage, SOURCE).findings
    assert (finding.expected, finding.found) == ("an object", "none")


def test_a_pointer_without_its_retractions_is_found(two):
    take_back(two.storage, two.ids[0])
    pointer = read(two, "latest.json")
    file = two.root / "latest.json"
    file.write_bytes(json.encode_pretty({**pointer, "retracted": []}))

    assert {finding.file for finding in verify(two.storage, SOURCE).findings} == {f"v1/{SOURCE}/latest.json"}


def test_the_list_is_signed_and_signed_anew_by_the_next_key(two, capsys):
    take_back(two.storage, two.ids[0])
    signature = two.root / f"{read(two, 'latest.json')['retractions']['path']}.minisig"
    signature.unlink()
    assert follow(two) == 1
    assert "is not signed" in capsys.readouterr().out
    keys = {"signing": Signing(key=NEXT, before=KEY), "as_of": two.moment + timedelta(hours=1)}
    publish(two.history.then(), two.storage, two.work, 3, **keys)

    assert follow(two) == 0
    assert ocds_sync.main(["sync", str(two.root), f"{two.copy}-2", "--key", NEXT.public.text]) == 0


def test_a_forged_list_is_refused(two, capsys):
    take_back(two.storage, two.ids[0])
    pointer = read(two, "latest.json")
    forged = json.encode_pretty({"dataset": SOURCE, "retractions": [{"editionId": two.ids[1], **SAID}]})
    members = told(forged)
    (two.root / members["retractions"]["path"]).write_bytes(forged)
    (two.root / "latest.json").write_bytes(json.encode_pretty({**pointer, **members}))

    assert follow(two) == 1
    assert "latest.json: its signature is wrong" in capsys.readouterr().out


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_leaves_it_said_or_not_and_a_second_try_says_it(two, tmp_path, after):
    crashes = 0
    again = partial(take_back, edition=two.ids[1])
    for storage in survivors(two.storage, tmp_path, range(0, 200, 4), again, after=after):
        crashes += 1
        reader = Reader(storage)
        reader.look()
        assert reader.wrong == []
        assert read_pointer(storage, SOURCE).body["retracted"] in ([], [two.ids[1]])
        again(storage)
        assert read_pointer(storage, SOURCE).body["retracted"] == [two.ids[1]]
        assert json.decode(storage.read(f"v1/{SOURCE}/editions.json"))["editions"][0]["status"] == "retracted"

    assert crashes > 10


numbers = st.lists(st.integers(1, 999_999), min_size=1, max_size=400, unique=True)


@settings(max_examples=20)
@given(numbers)
def test_the_pointer_stays_small_however_many_were_taken_back(made, numbers):
    manifest, data = made
    entries = [
        {"editionId": f"20261121T190000Z-{number:06d}", **SAID, "reason": "Причина. " * 50} for number in numbers
    ]
    listed = json.encode_pretty({"dataset": SOURCE, "retractions": entries})
    members = told(listed)
    pointer = point_to({**manifest, "dataset": "d" * 60}, data, members)

    assert len(pointer) <= POINTER_BYTES
    assert members["retractions"]["count"] == len(numbers)
    assert [int(edition[-6:]) for edition in members["retracted"]] == sorted(numbers, reverse=True)[:MOST_NAMED]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A manifest of a second edition, and its bytes."""
    folder = tmp_path_factory.mktemp("made")
    storage = FileStorage(folder / "public")
    for number, history in enumerate((sample(), changed(sample())), 1):
        publish(replace(history), storage, folder / "work", number)
    pointer = read_pointer(storage, SOURCE)
    return read_manifest(storage, SOURCE, pointer), storage.read(f"v1/{SOURCE}/{pointer.body['manifest']['path']}")
