"""Old objects that hold what is taken out are rewritten or withdrawn, and that is told."""

import gzip
import os
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError, StorageConflictError
from ocds_schema.redaction import MASK, Redaction
from publish import ocds_sync
from publish.changelog import Change
from publish.manifest import point_to, published, read_manifest, read_pointer
from publish.redact import Scrubber, Search, carry_out
from publish.redactions import Redacted, publish_redactions, read_redactions
from publish.signing import SigningKey
from publish.verify import verify
from tests.support.publishing import FIRST, Entry, MemoryHistory, contents, ocid, publish, sample, tender
from tests.support.readable import readable

SOURCE = "kazakhstan"
SECRET = "Столы для Ивановой"
RULE = Redaction(kind="value", what=SECRET)
LOCK = SimpleNamespace(check=lambda: None)


class Without(MemoryHistory):
    """A history in which something was taken out of one record, as a store tells it."""

    def changes(self):
        for change in super().changes():
            if change.ocid == ocid("100"):
                base = json.digest(change.before)
                yield Change(
                    ocid=change.ocid, year=change.year, before=None, after=change.after, cause="redaction", base=base
                )
            else:
                yield change


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """Three editions: the second brought it, the third is without it. Only 2024 ever had it."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    made = FileStorage(tmp_path / "public")
    first = sample()
    second = first.then(_100=Entry(year=2024, states=(tender("100", title=SECRET),)))
    third = second.then(_100=Entry(year=2024, states=(tender("100", title=MASK),)))
    third = Without(now=third.now, before=third.before, troubles=third.troubles)
    for number, history in enumerate((first, second, third), 1):
        publish(history, made, tmp_path / "work", number, left_out={})
    return made


def manifests(storage):
    found = [read_manifest(storage, SOURCE, read_pointer(storage, SOURCE))]
    while found[-1]["previous"]:
        path = f"v1/{SOURCE}/editions/{found[-1]['previous']['editionId']}/manifest.json"
        found.append(json.decode(storage.read(path)))
    return found


def holders(storage):
    return [key for key, content in contents(storage).items() if SECRET in readable(key, content)]


def search(storage, folder):
    return Search(storage, SOURCE, RULE, folder).plan()


def take_out(storage, folder, lock=LOCK):
    plan = search(storage, folder)
    objects = [each.facts() for each in plan.objects]
    publish_redactions(storage, SOURCE, [{"id": 1, "objects": objects}], None)
    carry_out(storage, SOURCE, plan, lock)
    return plan


def test_what_held_it_is_gone_from_every_object(storage, tmp_path):
    before = holders(storage)
    assert len(before) > 10

    plan = take_out(storage, tmp_path / "out")

    assert holders(storage) == []
    assert {f"v1/{SOURCE}/{each.path}" for each in plan.objects} >= set(before)


def test_years_that_never_held_it_stay(storage, tmp_path):
    before = {key for key in contents(storage) if "year=2023" in key}

    plan = take_out(storage, tmp_path / "out")

    assert before <= contents(storage).keys()
    assert not [each.path for each in plan.objects if "year=2023" in each.path]


def test_the_first_edition_which_never_held_it_is_whole(storage, tmp_path):
    take_out(storage, tmp_path / "out")

    first = manifests(storage)[-1]
    report = verify(storage, SOURCE, first["editionId"])
    assert (report.findings, report.files_redacted) == ((), 0)


def test_verify_takes_what_is_recorded_and_nothing_else(storage, tmp_path):
    take_out(storage, tmp_path / "out")
    newest, second, _ = manifests(storage)

    assert verify(storage, SOURCE).findings == ()
    report = verify(storage, SOURCE, second["editionId"])
    assert report.findings == ()
    assert report.files_redacted > 10

    changelog = f"v1/{SOURCE}/editions/{second['editionId']}/changelog.jsonl.gz"
    path = storage.root / changelog
    path.write_bytes(gzip.compress(b"{}\n"))
    assert [each.file for each in verify(storage, SOURCE, second["editionId"]).findings] == [changelog]
    assert newest["editionId"] != second["editionId"]


def test_what_was_withdrawn_and_is_there_again_is_a_finding(storage, tmp_path):
    plan = search(storage, tmp_path / "out")
    gone = next(each for each in plan.withdrawn if each.path.endswith(".csv"))
    held = storage.read(f"v1/{SOURCE}/{gone.path}")
    take_out(storage, tmp_path / "out")
    storage.put_new(f"v1/{SOURCE}/{gone.path}", held, content_type="text/csv")

    (finding,) = verify(storage, SOURCE, manifests(storage)[1]["editionId"]).findings

    assert finding.file.endswith(gone.path)
    assert "withdrawn" in finding.expected


def test_without_the_record_the_same_files_are_findings(storage, tmp_path):
    plan = take_out(storage, tmp_path / "out")
    storage.delete(f"v1/{SOURCE}/redactions.json")

    found = {each.file for each in verify(storage, SOURCE, manifests(storage)[1]["editionId"]).findings}

    assert found == {f"v1/{SOURCE}/{each.path}" for each in plan.objects}


def test_changelog_and_delta_keep_all_their_lines(storage, tmp_path):
    second = manifests(storage)[1]["editionId"]
    names = ("changelog", "delta")
    paths = [f"v1/{SOURCE}/editions/{second}/{name}.jsonl.gz" for name in names]
    before = [lines(storage, path) for path in paths]

    take_out(storage, tmp_path / "out")

    changelog, delta = (lines(storage, path) for path in paths)
    assert [len(each) for each in before] == [len(changelog), len(delta)]
    (line,) = [each for each in changelog if each["ocid"] == ocid("100")]
    assert "fields" not in line
    assert line["redacted"] is True
    assert [each["record"]["tender"]["title"] for each in delta if each.get("ocid") == ocid("100")] == [MASK]


def lines(storage, key):
    return [json.decode(line) for line in gzip.decompress(storage.read(key)).splitlines()]


def test_an_interrupted_one_is_ended_by_doing_it_again(storage, tmp_path):
    left = iter(range(5))

    def die():
        if next(left, None) is None:
            raise StorageConflictError("lost")

    with pytest.raises(StorageConflictError):
        take_out(storage, tmp_path / "out", SimpleNamespace(check=die))
    assert holders(storage)
    done = read_redactions(storage, SOURCE)[0]["objects"]

    plan = search(storage, tmp_path / "out")
    told = {(each["path"], each["sha256"]) for each in done}
    assert told >= {(each.path, each.sha256) for each in plan.objects}
    carry_out(storage, SOURCE, plan, LOCK)

    assert holders(storage) == []
    assert verify(storage, SOURCE, manifests(storage)[1]["editionId"]).findings == ()


def test_nothing_is_done_while_the_newest_edition_holds_it(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)
    made = FileStorage(tmp_path / "public")
    history = sample().then(_100=Entry(year=2024, states=(tender("100", title=SECRET),)))
    publish(MemoryHistory(now=history.now), made, tmp_path / "work")

    with pytest.raises(PublishError, match="still holds"):
        search(made, tmp_path / "out")


def test_files_that_no_edition_names_are_removed(storage, tmp_path):
    stray = [
        f"v1/{SOURCE}/data/compiled/jsonl/year=2024/compiled-2024-0123456789abcdef.jsonl.gz",
        f"v1/{SOURCE}/editions/20261201T000000Z-000009/delta.jsonl.gz",
    ]
    for key in stray:
        storage.put_new(key, gzip.compress(json.encode({"title": SECRET})), content_type="")

    take_out(storage, tmp_path / "out")

    assert not [key for key in stray if storage.stat(key)]


def test_the_record_of_a_stopped_edition_is_rewritten(storage, tmp_path):
    key = f"v1/{SOURCE}/failed/20261201T000000Z-000009.json"
    storage.put_new(key, json.encode({"gates": [f"found {SECRET}"]}), content_type="")

    take_out(storage, tmp_path / "out")

    assert json.decode(storage.read(key)) == {"gates": [f"found {MASK}"]}


def test_the_record_is_signed_where_there_is_a_key(storage):
    key = SigningKey(b"\x01" * 8, bytes(range(32)))

    publish_redactions(storage, SOURCE, [], key)

    assert storage.read(f"v1/{SOURCE}/redactions.json.minisig").startswith(b"untrusted comment:")


def test_an_object_altered_twice_is_followed_to_what_it_is_now():
    first = {"objects": [{"path": "a", "sha256": "1", "new": {"sha256": "2"}}]}
    second = {"objects": [{"path": "a", "sha256": "2", "new": {"sha256": "3"}}]}
    last = {"objects": [{"path": "a", "sha256": "3", "new": None}]}

    assert Redacted([first, second]).now("a", "1") == "3"
    assert Redacted([first, second, last]).now("a", "1") is None
    assert Redacted([first]).now("b", "1") == "1"
    assert Redacted([first]).now("a", "9") == "9"


def test_a_record_of_redactions_that_cannot_be_read_says_what_to_do(storage):
    storage.put_new(f"v1/{SOURCE}/redactions.json", b"{", content_type="")

    with pytest.raises(PublishError, match="put it back"):
        read_redactions(storage, SOURCE)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"ocid": "1", "tender": {"title": "abcd"}}, {"ocid": "1", "tender": {}}),
        ({"ocid": "2", "tender": {"title": "abcd"}}, None),
        ({"ocid": "1", "op": "upsert", "record": {"tender": {"title": "abcd"}}}, {"record": {"tender": {}}}),
        ({"ocid": "1", "seq": 1, "fields": [{"path": "/tender/title", "new": "abcd"}]}, {"redacted": True}),
        ({"ocid": "1", "severity": "note", "path": "tender/title", "value": "abcd"}, {"value": ""}),
        ({"ocid": "1", "severity": "note", "path": "awards/value", "value": "7"}, None),
    ],
)
def test_what_stands_at_a_path_is_taken_out_of_each_kind_of_line(line, expected):
    found = Scrubber(Redaction(kind="path", what="tender/title", ocid="1")).line(json.encode(line))

    rest = {name: value for name, value in line.items() if name != "fields"} if "seq" in line else line
    assert json.decode(found) == (line if expected is None else {**rest, **expected})


@pytest.mark.parametrize("spell", [quote, quote_plus, lambda word: quote(word, safe="")])
def test_what_stands_in_an_address_is_found_in_lines(spell):
    rule = Redaction(kind="value", what="Столы/для «Ивановой»")
    line = json.encode({"ocid": ocid(1), "tender": {"documents": [{"url": f"https://x.kz/?q={spell(rule.what)}"}]}})

    assert Scrubber(rule).line(line) == line.replace(spell(rule.what).encode(), MASK.encode())


def test_html_is_masked_as_it_is_written_there():
    scrubber = Scrubber(Redaction(kind="value", what="<A & B>"))

    assert scrubber.text(b"<p>&lt;A &amp; B&gt;</p>", "html") == f"<p>{MASK}</p>".encode()


def test_files_of_the_newest_edition_stay(storage, tmp_path):
    newest = manifests(storage)[0]
    take_out(storage, tmp_path / "out")

    assert all(storage.stat(f"v1/{SOURCE}/{entry['path']}") for entry in published(newest))


def test_a_copy_from_before_is_led_past_altered_deltas_by_a_roll_up(tmp_path, monkeypatch):
    """The delta that brought it and the one that took it out are folded, after the first of them was rewritten."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(ocds_sync, "_whole", lambda _: 10**9)
    storage, copy = FileStorage(tmp_path / "public"), str(tmp_path / "copy")
    place = str(storage.root / "v1" / SOURCE)
    first = sample()
    second = first.then(_100=Entry(year=2024, states=(tender("100", title=SECRET),)))
    third = second.then(_100=Entry(year=2024, states=(tender("100", title=MASK),)))
    fourth = third.then(**{"101-1": Entry(year=2024, states=(tender("101-1", amount=9),))})
    histories = (first, second, Without(now=third.now, before=third.before, troubles=third.troubles), fourth)
    for number, (history, day) in enumerate(zip(histories, (0, 6, 8, 9), strict=True), 1):
        publish(history, storage, tmp_path / "work", number, as_of=FIRST + timedelta(days=day))
        if number == 1:
            assert ocds_sync.main(["sync", place, copy, "--accept-stale"]) == 0
        if number == 3:
            take_out(storage, tmp_path / "out")
    newest = manifests(storage)[0]
    assert [delta["kind"] for delta in newest["deltas"]] == ["d1", "d7"]

    publisher = ocds_sync.Publisher(place, accept_stale=True)
    with ocds_sync.Copy(copy) as held:
        said = ocds_sync.sync(publisher, held)
        assert held.digest() == newest["state"]["stateDigest"]

    assert said == f"edition {newest['editionId']}, deltas applied: 1, 5 records"


def test_a_copy_between_reads_everything_where_its_delta_was_altered(storage, tmp_path, monkeypatch):
    monkeypatch.setattr(ocds_sync, "_whole", lambda _: 10**9)
    place, copy = str(storage.root / "v1" / SOURCE), str(tmp_path / "copy")
    newest, _, first = manifests(storage)
    pointer = storage.read(f"v1/{SOURCE}/latest.json")
    data = storage.read(f"v1/{SOURCE}/editions/{first['editionId']}/manifest.json")
    (storage.root / "v1" / SOURCE / "latest.json").write_bytes(point_to(first, data))
    assert ocds_sync.main(["sync", place, copy, "--accept-stale"]) == 0
    (storage.root / "v1" / SOURCE / "latest.json").write_bytes(pointer)
    take_out(storage, tmp_path / "out")

    publisher = ocds_sync.Publisher(place, accept_stale=True)
    with ocds_sync.Copy(copy) as held:
        assert ocds_sync.sync(publisher, held) == f"edition {newest['editionId']} whole, 5 records"
