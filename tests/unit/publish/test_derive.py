"""Lists, feeds and catalogues are made from manifests alone, and say what the manifests say."""

from xml.etree import ElementTree as ET

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError, StorageConflictError
from ocds_schema.source import read_source
from publish import edition
from publish.around import Around
from publish.derive import derive, put_current
from publish.editions import list_editions
from publish.feeds import status_files
from publish.gates import record_failure
from publish.verify import verify
from tests.support.publishing import DERIVED, Entry, contents, publish, sample, tender

BASE = "https://example.org/ocds"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def storage(tmp_path):
    """Three editions: all new, one changed and one gone, nothing changed."""
    storage = FileStorage(tmp_path / "public")
    first = sample()
    second = first.then(**{"101-1": Entry(year=2024, states=(tender("101-1", amount=7),)), "100": None})
    for number, history in enumerate((first, second, second.then()), 1):
        publish(history, storage, tmp_path / "work", number)
    return storage


def read(storage, name):
    return json.decode(storage.read(f"v1/kazakhstan/{name}"))


def test_the_list_has_every_edition_newest_first(storage):
    listed = read(storage, "editions.json")

    assert [entry["sequence"] for entry in listed["editions"]] == [3, 2, 1]
    assert listed["newest"] == listed["editions"][0]["editionId"]
    assert [entry["changes"]["add"] for entry in listed["editions"]] == [0, 0, 5]
    assert [entry["changes"]["delete"] for entry in listed["editions"]] == [0, 1, 0]


def test_what_is_derived_comes_back_the_same_after_it_was_lost(storage):
    before = contents(storage)
    for key in list(before):
        if key.rpartition("/")[2] in {*DERIVED, "catalog.json", "catalog.jsonld"}:
            (storage.root / key).unlink()

    assert derive(storage, "kazakhstan", BASE, ()) > 0
    assert contents(storage) == before
    assert derive(storage, "kazakhstan", BASE, ()) == 0


def test_a_list_that_cannot_be_read_is_made_again(storage):
    before = contents(storage)
    for content in (
        b"not json",
        b"{}",
        b'{"editions":[{}]}',
        b'{"editions":[{"editionId":"x","manifest":{"sha256":"y"}}]}',
    ):
        stat = storage.stat("v1/kazakhstan/editions.json")
        storage.replace("v1/kazakhstan/editions.json", content, expected=stat.version, content_type="application/json")
        derive(storage, "kazakhstan", BASE, ())
        assert contents(storage) == before


def test_an_altered_manifest_of_an_earlier_edition_is_told(storage):
    (storage.root / "v1/kazakhstan/editions.json").unlink()
    first = next((storage.root / "v1/kazakhstan/editions").glob("*-000001/manifest.json"))
    first.write_bytes(first.read_bytes() + b" ")

    with pytest.raises(PublishError, match="was altered"):
        list_editions(storage, "kazakhstan")


def test_only_the_newest_manifest_is_read_where_the_list_goes_on(storage):
    for number in (1, 2):
        next((storage.root / "v1/kazakhstan/editions").glob(f"*-00000{number}/manifest.json")).unlink()

    assert len(list_editions(storage, "kazakhstan")["editions"]) == 3


def test_feeds_say_what_changed_and_lead_there(storage):
    feed = read(storage, "feed.json")
    atom = ET.fromstring(storage.read("v1/kazakhstan/feed.atom"))
    entries = atom.findall("a:entry", ATOM)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == [entry.find("a:title", ATOM).text for entry in entries]
    assert feed["items"][0]["title"] == "kazakhstan: nothing changed"
    assert feed["items"][1]["title"] == "kazakhstan: 1 changed, 1 deleted"
    assert "test data" in feed["items"][0]["content_text"].lower()
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"]) == 3
    for item in feed["items"]:
        for file in (item["url"], *(each["url"] for each in item["attachments"])):
            assert storage.stat(file.removeprefix(f"{BASE}/")) is not None
    for name in ("id", "title", "updated", "author/a:name"):
        assert atom.find(f"a:{name}", ATOM).text
    for entry in entries:
        assert all(entry.find(f"a:{name}", ATOM) is not None for name in ("id", "title", "updated", "link", "content"))


def stopped(edition, gate="persons"):
    """What gates say of an edition that they stop."""
    check = {"what": "numbers of persons", "expected": "none", "found": "1", "previous": None, "outcome": "fail"}
    gates = [{"name": gate, "outcome": "fail", "rule": {"en": "No number of a person."}, "checks": [check]}]
    return {"dataset": "kazakhstan", "editionId": edition, "asOf": "2026-11-25T02:00:00Z", "gates": gates}


def test_editions_that_were_stopped_are_listed_apart_and_left_out_of_feeds(storage):
    fed = storage.read("v1/kazakhstan/feed.atom")
    for gate in ("persons", "records", "records"):
        record_failure(storage, "kazakhstan", stopped("20261125T020000Z-000004", gate))
    record_failure(storage, "kazakhstan", stopped("20261124T020000Z-000004"))
    storage.put_new("v1/kazakhstan/failed/strange.json", b"[]", content_type="application/json")
    derive(storage, "kazakhstan", BASE, ())
    listed, status = read(storage, "editions.json"), read(storage, "status.json")

    assert [entry["sequence"] for entry in listed["editions"]] == [3, 2, 1]
    names = [entry["path"].removeprefix("failed/") for entry in listed["failed"]]
    assert names == [
        "strange.json",
        "20261125T020000Z-000004-2.json",
        "20261125T020000Z-000004.json",
        "20261124T020000Z-000004.json",
    ]
    assert listed["failed"][1]["broken"] == [
        {"gate": "records", "rule": "No number of a person.", "checks": ["numbers of persons: expected none, found 1"]}
    ]
    for entry in listed["failed"][1:]:
        assert json.digest(storage.read(f"v1/kazakhstan/{entry['path']}")) == entry["sha256"]
    assert storage.read("v1/kazakhstan/feed.atom") == fed
    assert [item["tags"] for item in status["items"]] == [["kazakhstan", "failed"]] * 4
    assert "records: numbers of persons: expected none, found 1" in status["items"][0]["content_text"]
    assert len({item["id"] for item in status["items"]}) == 4
    assert storage.read("v1/status.json").count(b"was stopped by") == 4


def test_a_first_edition_that_was_stopped_is_listed_too(tmp_path):
    storage = FileStorage(tmp_path / "public")
    record_failure(storage, "kazakhstan", stopped("20261125T020000Z-000001"))
    derive(storage, "kazakhstan", BASE, ())

    assert read(storage, "editions.json")["newest"] is None
    assert [entry["editionId"] for entry in read(storage, "editions.json")["failed"]] == ["20261125T020000Z-000001"]
    assert derive(storage, "kazakhstan", BASE, ()) == 0


def test_the_catalogue_names_each_data_set_and_its_newest_edition(storage):
    (dataset,) = json.decode(storage.read("v1/catalog.json"))["datasets"]

    assert dataset["editionId"] == read(storage, "latest.json")["editionId"]
    assert dataset["records"] == 4
    assert storage.stat(dataset["latest"].removeprefix(f"{BASE}/")) is not None


def test_sources_share_a_catalogue_and_a_feed(storage, tmp_path):
    publish(sample(), storage, tmp_path / "work", source=read_source("kyrgyzstan"))
    derive(storage, "kazakhstan", BASE, ("kazakhstan", "kyrgyzstan", "tajikistan"))

    assert len(json.decode(storage.read("v1/catalog.json"))["datasets"]) == 2
    assert len(json.decode(storage.read("v1/feed.json"))["items"]) == 4


def test_addresses_of_distributions_never_change(storage):
    def named(catalog):
        (dataset,) = catalog["dcat:dataset"]
        return {each["@id"]: each["dcat:downloadURL"]["@id"] for each in dataset["dcat:distribution"]}

    newest = named(json.decode(storage.read("v1/catalog.jsonld")))
    assert f"{BASE}/v1/kazakhstan/#contracts-csv-2024" in newest
    assert all(storage.stat(url.removeprefix(f"{BASE}/")) for url in newest.values())
    assert len(set(newest.values())) == len(newest)


def test_who_derives_beside_another_tries_again(storage):
    class Busy:
        """A storage whose shared files are written by somebody else just before."""

        def __init__(self, inner):
            self._inner = inner
            self.left = 3

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def replace(self, key, data, **named):
            if key.count("/") == 1 and self.left:
                self.left -= 1
                raise StorageConflictError("somebody else wrote it")
            return self._inner.replace(key, data, **named)

    (storage.root / "v1/catalog.json").unlink()
    busy = Busy(storage)

    assert derive(busy, "kazakhstan", BASE, ()) == 1
    assert busy.left == 0


def test_what_is_there_already_is_not_written_again(tmp_path):
    storage = FileStorage(tmp_path)

    assert put_current(storage, "v1/a.json", b"{}")
    assert not put_current(storage, "v1/a.json", b"{}")
    assert put_current(storage, "v1/a.json", b"[]")


def test_what_people_write_never_spoils_a_feed():
    edition = "20261121T190000Z-000001"
    said = {"date": "2026-11-22T00:00:00Z", "by": "A", "reason": "a\x0bb\x00 ]]> <&> \ufffe"}
    listed = {"editions": [{"editionId": edition, "manifest": {"path": edition}, "retraction": said}], "failed": []}

    atom = ET.fromstring(status_files("t", BASE, "v1", {"kazakhstan": listed})["status.atom"])

    assert atom.find("a:entry/a:content", ATOM).text == "By A: a\ufffdb\ufffd ]]> <&> \ufffd"


def test_what_is_derived_has_the_address_of_the_newest_edition_until_there_is_one_of_another(storage, tmp_path):
    """An address that was changed in the settings is that of the next edition; verify knows no other."""
    before = contents(storage)

    assert derive(storage, "kazakhstan", "https://other.example.org", ()) == 0
    assert contents(storage) == before


def test_an_edition_that_names_no_address_is_no_trouble_to_verify(tmp_path, monkeypatch):
    """Earlier versions of this program named none."""
    storage = FileStorage(tmp_path / "public")
    monkeypatch.setattr(
        edition, "access", lambda able, _: {"compareAndSwap": able.compare_and_swap, "rangeRequests": able.ranges}
    )
    publish(sample(), storage, tmp_path / "work")

    report = verify(storage, "kazakhstan", around=Around("kazakhstan", ()))

    assert report.findings == ()
    assert report.files_unnamed == 0
