"""Going back to an earlier edition: a new number, the old files, and the way there for who took the later ones."""

import gzip
import shutil
from collections import Counter
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError
from publish import ocds_sync
from publish.between import differences
from publish.changelog import apply
from publish.edition import write_edition
from publish.manifest import published, read_pointer
from publish.redactions import publish_redactions
from publish.signing import Signing, SigningKey
from publish.verify import verify
from tests.support.crashes import Reader
from tests.support.publishing import (
    FIRST,
    Entry,
    contents,
    go_back,
    ocid,
    order,
    passing,
    publish,
    sample,
    survivors,
    tender,
)

SOURCE = "kazakhstan"
KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
LONG = "Поставка мебели для учебных классов, включая доставку. " * 20


class CountingStorage:
    """A storage that notes which objects are opened, and which are written."""

    def __init__(self, inner):
        self.inner = inner
        self.opened = Counter()
        self.put = []

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def open(self, key, *more):
        self.opened[key] += 1
        return self.inner.open(key, *more)

    def put_new(self, key, *given, **named):
        self.put.append(key)
        return self.inner.put_new(key, *given, **named)


def later(first):
    """The second edition: one record changed, one gone, one new, all of 2024 and later."""
    return first.then(
        **{
            "101-1": Entry(year=2024, states=(tender("101-1", amount=7, description=LONG),)),
            "100": None,
            "102-1": Entry(year=2025, states=(tender("102-1", description=LONG),)),
        }
    )


@pytest.fixture
def two(tmp_path):
    """A publication of two editions."""
    storage = FileStorage(tmp_path / "public")
    first = sample()
    second = later(first)
    editions = [publish(each, storage, tmp_path / "work", number) for number, each in enumerate((first, second), 1)]
    return SimpleNamespace(
        storage=storage,
        work=tmp_path / "work",
        copy=tmp_path / "copy",
        root=storage.root / "v1" / SOURCE,
        histories=[first, second],
        editions=editions,
        ids=[edition.id for edition in editions],
    )


def data(manifest):
    return {each["path"]: each for each in published(manifest) if each["role"] in {"data", "lookup", "state"}}


def lines(storage, edition, name):
    packed = storage.read(f"v1/{SOURCE}/editions/{edition.id}/{name}")
    return [json.decode(line) for line in gzip.decompress(packed).splitlines()]


def client(two, *more):
    return ocds_sync.main(["sync", str(two.root), str(two.copy), "--accept-stale", *more])


def state(two):
    with ocds_sync.Copy(str(two.copy)) as copy:
        return copy.get("stateDigest"), copy.get("editionId")


def test_it_is_what_the_earlier_edition_was_under_the_next_number(two):
    back = go_back(two.storage, two.work, 3, two.ids[0])
    first = two.editions[0].manifest

    assert back.manifest["sequence"] == 3
    assert back.manifest["state"] == first["state"]
    assert data(back.manifest) == data(first)
    assert back.manifest["counts"] == first["counts"]
    assert back.manifest["asOf"] == first["asOf"]
    assert back.manifest["rollback"] == {
        "to": two.ids[0],
        "by": "A. Editor",
        "reason": "a wrong figure",
        "date": (FIRST + timedelta(days=2)).isoformat(),
    }
    assert back.manifest["supersedes"] == [two.ids[1]]
    assert back.manifest["previous"]["editionId"] == two.ids[1]
    assert verify(two.storage, SOURCE).findings == ()


def test_no_data_file_is_sent_again(two):
    before = contents(two.storage)
    counting = CountingStorage(two.storage)
    back = go_back(counting, two.work, 3, two.ids[0])

    assert {key for key in contents(two.storage) if key not in before} == {
        f"v1/{SOURCE}/editions/{back.id}/{key.rpartition('/')[2]}" for key in counting.put if "/editions/" in key
    }
    assert not [key for key in counting.put if "/data/" in key]


def test_years_that_are_the_same_are_not_compared(two):
    counting = CountingStorage(two.storage)
    go_back(counting, two.work, 3, two.ids[0])
    compiled = [key for key in counting.opened if "/data/compiled/" in key]

    assert compiled
    assert not [key for key in compiled if "year=2023" in key]


def test_the_changelog_takes_everything_back(two):
    back = go_back(two.storage, two.work, 3, two.ids[0])
    told = {line["ocid"]: line for line in lines(two.storage, back, "changelog.jsonl.gz")}
    there = {line["ocid"]: line for line in lines(two.storage, two.editions[1], "changelog.jsonl.gz")}
    _, *delta = lines(two.storage, back, "delta.jsonl.gz")
    records = {line["ocid"]: line.get("record") for line in delta}
    was = two.histories[1].now[ocid("101-1")].states[-1]

    assert {key: line["op"] for key, line in told.items()} == {
        ocid("100"): "add",
        ocid("101-1"): "change",
        ocid("102-1"): "delete",
    }
    for key, line in told.items():
        assert (line.get("base"), line.get("next")) == (there[key].get("next"), there[key].get("base"))
        assert line["cause"] == "rollback"
    assert apply(was, told[ocid("101-1")]["fields"], records[ocid("101-1")]) == records[ocid("101-1")]
    assert back.manifest["changes"]["byCause"] == {"rollback": 3}
    counts = back.manifest["deltas"][0]
    assert (counts["adds"], counts["changes"], counts["deletes"]) == (1, 1, 1)
    assert counts["toStateDigest"] == two.editions[0].manifest["state"]["stateDigest"]


def test_copies_follow_there_and_on_to_the_next_edition_by_deltas(two, tmp_path, capsys):
    storage = FileStorage(tmp_path / "again" / "public")
    two.root, editions = storage.root / "v1" / SOURCE, []
    third = later(two.histories[0]).then(**{"101-1": Entry(year=2024, states=(tender("101-1", amount=9),))})
    steps = [
        lambda: publish(two.histories[0], storage, two.work, 1),
        lambda: publish(two.histories[1], storage, two.work, 2),
        lambda: go_back(storage, two.work, 3, editions[0].id),
        # What the store holds now, against what was gone back to.
        lambda: publish(third.since(two.histories[0]), storage, two.work, 4),
        lambda: publish(third.then(), storage, two.work, 5),
        lambda: go_back(storage, two.work, 6, editions[2].id),
    ]
    for number, step in enumerate(steps):
        editions.append(step())
        assert client(two) == 0
        assert ("deltas applied: 1," if number else "whole") in capsys.readouterr().out
        assert state(two) == (editions[-1].manifest["state"]["stateDigest"], editions[-1].id)
        assert verify(storage, SOURCE).findings == ()
    assert editions[5].manifest["state"] == editions[2].manifest["state"] == editions[0].manifest["state"]
    assert editions[3].manifest["deltas"][0]["changes"] == 1


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("20261122T190000Z-000002", "is the newest edition"),
        ("20261121T190000Z-000009", "has published no edition"),
        ("yesterday", "has published no edition yesterday"),
    ],
)
def test_what_is_no_earlier_edition_is_refused(two, to, told):
    before = contents(two.storage)

    with pytest.raises(ConfigurationError, match=told):
        go_back(two.storage, two.work, 3, to)
    assert contents(two.storage) == before


def test_an_edition_that_is_gone_back_to_already_is_refused(two):
    go_back(two.storage, two.work, 3, two.ids[0])

    with pytest.raises(ConfigurationError, match="has the very files"):
        go_back(two.storage, two.work, 4, two.ids[0])


def test_an_edition_of_which_a_file_is_gone_is_refused(two):
    path = next(iter(data(two.editions[0].manifest).keys() - data(two.editions[1].manifest).keys()))
    (two.root / path).unlink()

    with pytest.raises(PublishError, match=r"is not whole any more: 1 of its .* such as data/"):
        go_back(two.storage, two.work, 3, two.ids[0])
    assert read_pointer(two.storage, SOURCE).edition_id == two.ids[1]


def test_an_edition_from_which_personal_data_was_taken_out_is_refused(two):
    path, entry = next(iter(data(two.editions[0].manifest).items()))
    moved = {"path": path, "bytes": entry["bytes"], "sha256": entry["sha256"], "new": None}
    publish_redactions(two.storage, SOURCE, [{"objects": [moved]}], None)

    with pytest.raises(PublishError, match=f"personal data was taken out of edition {two.ids[0]} since"):
        go_back(two.storage, two.work, 3, two.ids[0])


@pytest.mark.parametrize("table", ["compiled", "state", "contracts", "issues"])
def test_a_file_that_was_altered_stops_it(two, table):
    first, second = (data(edition.manifest) for edition in two.editions)
    path = next((path for path in first if path not in second and first[path]["table"] == table), None)
    file = two.root / (path or f"editions/{two.ids[0]}/issues.jsonl.gz")
    content = bytearray(file.read_bytes())
    content[-9] ^= 1
    file.write_bytes(content)

    with pytest.raises(PublishError):
        go_back(two.storage, two.work, 3, two.ids[0])
    assert read_pointer(two.storage, SOURCE).edition_id == two.ids[1]


def test_nothing_published_is_nothing_to_go_back_to(tmp_path):
    with pytest.raises(ConfigurationError, match="nothing to go back to"):
        go_back(FileStorage(tmp_path / "public"), tmp_path / "work", 1, "20261121T190000Z-000001")


def compiled(**years):
    """A manifest of compiled releases by year, and a past that holds them."""
    files, entries = {}, []
    for year, bodies in years.items():
        path = json.digest(repr((year, bodies)).encode())
        files[path] = [json.encode(body) for body in bodies]
        content = json.digest(b"".join(line + b"\n" for line in files[path]))
        named = {"role": "data", "table": "compiled", "format": "jsonl", "path": path, "contentDigest": content}
        entries.append({**named, "partition": {"year": int(year.lstrip("_"))}})
    return files, {"files": entries}


def test_a_record_that_went_to_another_year_is_one_change(tmp_path):
    here, before = compiled(_2023=[{"ocid": "b", "n": 1}], _2024=[{"ocid": "a"}, {"ocid": "c"}])
    there, after = compiled(_2023=[{"ocid": "d"}], _2024=[{"ocid": "a"}, {"ocid": "b", "n": 2}, {"ocid": "c"}])
    past = SimpleNamespace(lines=(here | there).__getitem__)

    assert [(each.op, each.ocid, each.year) for each in differences(past, before, after, tmp_path)] == [
        ("change", "b", 2024),
        ("add", "d", 2023),
    ]
    assert list(tmp_path.iterdir()) == []


def test_what_gates_said_of_the_files_is_said_again_under_the_new_number(tmp_path):
    storage, work = FileStorage(tmp_path / "public"), tmp_path / "work"
    first = sample()
    ids = [
        write_edition(each, storage, order(number), work=work, judge=passing).id
        for number, each in enumerate((first, later(first)), 1)
    ]
    back = go_back(storage, work, 3, ids[0])
    twice = go_back(storage, work, 4, ids[1])
    verdict = json.decode(storage.read(f"v1/{SOURCE}/editions/{back.id}/gates.json"))

    assert (verdict["editionId"], verdict["judgedAs"]) == (back.id, ids[0])
    assert ids[0].encode() in storage.read(f"v1/{SOURCE}/editions/{back.id}/gates.html")
    assert json.decode(storage.read(f"v1/{SOURCE}/editions/{twice.id}/gates.json"))["judgedAs"] == ids[1]
    assert verify(storage, SOURCE, back.id).findings == verify(storage, SOURCE).findings == ()


def test_it_is_signed_and_its_description_has_the_new_number(two):
    publish(two.histories[1].then(), two.storage, two.work, 3, signing=Signing(key=KEY))
    back = go_back(two.storage, two.work, 4, two.ids[0], signing=Signing(key=KEY))
    package = json.decode(two.storage.read(f"v1/{SOURCE}/editions/{back.id}/datapackage.json"))

    assert back.manifest["signedBy"] == KEY.public.name
    assert package["version"] == back.id
    assert client(two, "--key", KEY.public.text) == 0
    assert go_back(two.storage, two.work, 5, two.ids[1]).manifest.keys() & {"signedBy"} == set()


def test_feeds_and_lists_say_that_an_edition_goes_back(two):
    back = go_back(two.storage, two.work, 3, two.ids[0])
    entry = json.decode(two.storage.read(f"v1/{SOURCE}/editions.json"))["editions"][0]
    item = json.decode(two.storage.read(f"v1/{SOURCE}/feed.json"))["items"][0]
    status = json.decode(two.storage.read(f"v1/{SOURCE}/status.json"))["items"]
    pointer = read_pointer(two.storage, SOURCE).body

    assert entry["rollback"]["to"] == two.ids[0]
    assert entry["supersedes"] == [two.ids[1]]
    assert f"back to edition {two.ids[0]}" in item["title"]
    assert "By A. Editor: a wrong figure" in item["content_text"]
    assert item["date_published"] == back.manifest["rollback"]["date"]
    assert [each["tags"] for each in status] == [[SOURCE, "rollback"]]
    assert pointer["expires"].startswith("2026-11-30")


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_leaves_one_edition_whole_and_a_second_try_ends_alike(two, tmp_path, after):
    undisturbed = FileStorage(shutil.copytree(two.storage.root, tmp_path / "undisturbed"))
    go_back(undisturbed, two.work, 3, two.ids[0])
    expected = contents(undisturbed)

    crashes = 0
    again = partial(go_back, work=two.work, sequence=3, to=two.ids[0])
    for storage in survivors(two.storage, tmp_path, range(1, 1000, 7), again, after=after):
        crashes += 1
        reader = Reader(storage)
        reader.look()
        assert reader.wrong == []
        assert reader.editions <= {two.ids[1], "20261123T190000Z-000003"}
        again(storage)
        assert contents(storage) == expected

    assert crashes > 20
