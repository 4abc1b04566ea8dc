"""Whatever is altered in a published edition is found, and named."""

import csv
import gzip
import io
from dataclasses import replace
from pathlib import Path

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError
from publish.history import ProcessProblems
from publish.layout import locate, sources
from publish.manifest import checksums, point_to, published
from publish.verify import verify
from tests.support.publishing import PROBLEM, Entry, contents, ocid, publish, sample, tender

SOURCE = "kazakhstan"


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    made = FileStorage(tmp_path / "public")
    publish(sample(), made, tmp_path / "work")
    changed = sample().then(_100=Entry(year=2024, states=(tender("100"), tender("100", title="Столы"))))
    publish(changed, made, tmp_path / "work", 2)
    return made


def reachable(storage: FileStorage) -> list[str]:
    """The keys that the newest edition consists of."""
    pointer = json.decode(storage.read("v1/kazakhstan/latest.json"))
    manifest = json.decode(storage.read(f"v1/kazakhstan/{pointer['manifest']['path']}"))
    folder = f"v1/kazakhstan/editions/{manifest['editionId']}"
    own = ["v1/kazakhstan/latest.json", f"{folder}/manifest.json", f"{folder}/SHA256SUMS"]
    files = [f"v1/kazakhstan/{entry['path']}" for entry in published(manifest)]
    return [*own, *files, "v1/extensions/valueAddedTax/extension.json"]


def test_a_flipped_byte_in_any_file_is_found(storage):
    keys = reachable(storage)
    assert len(keys) > 40

    for key in keys:
        path = storage.root / key
        data = path.read_bytes()
        most = {0, 1, len(data) // 3, len(data) // 2, len(data) - 9, len(data) - 1} & {*range(len(data))}
        for place in sorted(most) if "/editions/" in key else [len(data) // 2]:
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            assert not verify(storage, SOURCE).is_sound, f"byte {place} of {key}"
        path.write_bytes(data)

    assert verify(storage, SOURCE).is_sound


@pytest.mark.parametrize("alter", [lambda data: data[:-1], lambda data: data + b"\n", lambda _: b""])
def test_a_file_cut_short_or_grown_is_found(storage, alter):
    for key in reachable(storage):
        path = storage.root / key
        data = path.read_bytes()
        path.write_bytes(alter(data))
        assert not verify(storage, SOURCE).is_sound, key
        path.write_bytes(data)


def test_a_missing_file_is_found_and_named(storage):
    for key in reachable(storage):
        path = storage.root / key
        data = path.read_bytes()
        path.unlink()
        (first, *_) = verify(storage, SOURCE).findings
        assert first.file == key
        assert first.found in {"none", "no such object"}
        path.write_bytes(data)


def test_an_earlier_edition_can_be_named(storage):
    (first, second) = sorted({key.split("/")[3] for key in storage.keys("v1/kazakhstan/editions/")})

    assert verify(storage, SOURCE, first).findings == ()
    assert verify(storage, SOURCE).edition_id == second
    assert "none" in str(verify(storage, SOURCE, "20200101T000000Z-000009").findings[0])
    assert not verify(storage, "nowhere").is_sound


def test_a_report_is_plain_json(storage):
    (storage.root / "v1/extensions/valueAddedTax/extension.json").write_bytes(b"[]")

    report = verify(storage, SOURCE)

    assert json.decode(json.encode(report.facts()))["sound"] is False
    assert str(report.findings[0]).startswith("v1/extensions/valueAddedTax/extension.json: expected sha256 ")


class Forger:
    """Somebody who alters a file and makes every hash fit again."""

    def __init__(self, storage: FileStorage) -> None:
        self.storage = storage
        self.root = storage.root / "v1/kazakhstan"
        self.pointer = json.decode((self.root / "latest.json").read_bytes())
        self.path = self.root / self.pointer["manifest"]["path"]
        self.manifest = json.decode(self.path.read_bytes())

    def entry(self, table, year=2024, forms=("csv", "jsonl", "package")):
        (found,) = (
            each
            for each in published(self.manifest)
            if each.get("table") == table and each["format"] in forms and each["partition"]["year"] == year
        )
        return found

    def alter(self, entry, old, new, count=1):
        path = self.root / entry["path"]
        data = path.read_bytes()
        is_packed = entry["format"] == "jsonl"
        content = gzip.decompress(data) if is_packed else data
        assert old in content
        content = content.replace(old, new, count)
        data = gzip.compress(content, mtime=0) if is_packed else content
        path.write_bytes(data)
        sha256 = json.digest(data)
        entry |= {"bytes": len(data), "sha256": sha256}
        if is_packed:
            entry["contentDigest"] = json.digest(content)

    def seal(self):
        data = json.encode_pretty(self.manifest)
        self.path.write_bytes(data)
        hashes = {each["path"]: each["sha256"] for each in published(self.manifest)}
        hashes[self.pointer["manifest"]["path"]] = json.digest(data)
        (self.path.parent / "SHA256SUMS").write_bytes(checksums(hashes))
        (self.root / "latest.json").write_bytes(point_to(self.manifest, data))
        return {finding.file.split("/")[-1].split("-")[0]: finding for finding in verify(self.storage, SOURCE).findings}


@pytest.fixture
def forger(storage):
    return Forger(storage)


def test_a_forger_who_changes_nothing_is_not_found(forger):
    assert forger.seal() == {}


def test_a_compiled_release_other_than_the_records_is_found(forger):
    forger.alter(forger.entry("compiled"), "Столы".encode(), "Столб".encode())

    found = forger.seal()

    assert {"records", "manifest.json", "changelog.jsonl.gz"} <= set(found)
    assert "stateDigest" in found["manifest.json"].expected


def test_a_record_other_than_the_compiled_release_is_found(forger):
    forger.alter(forger.entry("records"), "Столы".encode(), "Столб".encode())

    assert set(forger.seal()) == {"records"}


def test_a_link_to_another_release_is_found(forger):
    forger.alter(forger.entry("records"), b'-0"}', b'-9"}')

    assert set(forger.seal()) == {"records"}


def test_a_release_left_out_is_found(forger):
    entry = forger.entry("releases")
    content = gzip.decompress((forger.root / entry["path"]).read_bytes())
    forger.alter(entry, content.splitlines(keepends=True)[-1], b"")
    entry["rows"] -= 1
    forger.manifest["counts"]["rows"]["releases"] -= 1
    forger.manifest["counts"]["releases"] -= 1

    assert "releases" in forger.seal()


@pytest.mark.parametrize("name", ["kept", "listed"])
def test_a_count_of_the_coverage_altered_is_found(forger, name):
    (entry,) = (each for each in published(forger.manifest) if each["path"].endswith("coverage.json"))
    forger.alter(entry, f'"{name}": 1'.encode(), f'"{name}": 2'.encode())

    found = forger.seal()

    assert set(found) == {"coverage.json"}


def test_a_row_of_another_process_is_found(forger):
    forger.alter(forger.entry("processes"), b'kz-100",', b'kz-999",')

    assert set(forger.seal()) == {"processes"}


def test_an_amount_altered_in_the_table_is_found(forger):
    forger.alter(forger.entry("contracts"), b',"0.10",', b',"0.20",')

    assert set(forger.seal()) == {"contracts"}


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("contracts", "Управление финансов", "Чужое управление"),
        ("contracts", '"KZ-BIN-1"', '"KZ-BIN-2"'),
        ("contracts", '"active"', '"pending"'),
        ("processes", '"Столы"', '"Стулья"'),
        ("processes", "2024-03-11T10:15:00+05:00", "2024-03-12T10:15:00+05:00"),
    ],
)
def test_a_cell_altered_in_a_table_is_found_and_named(forger, table, old, new):
    forger.alter(forger.entry(table), old.encode(), new.encode())

    (finding,) = (found := forger.seal()).values()

    assert set(found) == {table}
    assert "a row of ocds-xxxxxx-kz-10" in finding.expected
    assert finding.found.strip("'").startswith(new.strip('"'))


@pytest.mark.parametrize("table", ["processes", "contracts"])
@pytest.mark.parametrize("times", [0, 2])
def test_a_row_left_out_or_doubled_is_found(forger, table, times):
    entry = forger.entry(table)
    second = (forger.root / entry["path"]).read_bytes().splitlines(keepends=True)[2]
    forger.alter(entry, second, second * times)
    entry["rows"] += times - 1
    forger.manifest["counts"]["rows"][table] += times - 1

    assert set(forger.seal()) == {table}
    told = {finding.expected: finding.found for finding in verify(forger.storage, SOURCE).findings}
    assert told["rows of ocds-xxxxxx-kz-101-1: 1"] == str(times)


@pytest.mark.parametrize("place", [2, -1])
def test_a_row_of_a_process_that_there_is_not_is_found(forger, place):
    entry = forger.entry("contracts")
    row = (forger.root / entry["path"]).read_bytes().splitlines(keepends=True)[place]
    stray = row.replace(b'kz-101-1",', b'kz-1000",').replace(b'contract-7",', b'contract-8",')
    forger.alter(entry, row, b"".join(sorted([row, stray])))
    entry["rows"] += 1
    forger.manifest["counts"]["rows"]["contracts"] += 1

    assert set(forger.seal()) == {"contracts"}


def test_columns_that_were_exchanged_are_found(forger):
    entry = forger.entry("contracts")
    forger.alter(entry, b",value,value_net,", b",value_net,value,")
    place = entry["columns"].index("value")
    entry["columns"][place : place + 2] = ["value_net", "value"]

    assert set(forger.seal()) == {"contracts"}


def test_problems_other_than_the_manifest_counts_are_found(forger):
    forger.manifest["counts"]["quarantined"] = 7
    assert set(forger.seal()) == {"issues.jsonl.gz"}

    forger.manifest["counts"]["quarantined"] = 1
    forger.manifest["counts"]["problems"]["bySeverity"] = {"lost": 0}
    assert set(forger.seal()) == {"issues.jsonl.gz"}


def test_a_list_of_problems_missing_from_the_manifest_is_found(forger):
    issues = next(each for each in published(forger.manifest) if each["path"].endswith("issues.jsonl.gz"))
    forger.manifest["files"].remove(issues)

    assert set(forger.seal()) == {"issues.jsonl.gz"}


def test_a_manifest_of_the_edition_before_that_was_altered_is_found(forger):
    key = f"editions/{forger.manifest['previous']['editionId']}/manifest.json"
    path = forger.root / key
    path.write_bytes(path.read_bytes().replace(b"mailto:", b"mailtu:"))

    (finding,) = verify(forger.storage, SOURCE).findings
    assert finding.file.endswith(key)
    assert forger.manifest["previous"]["manifestSha256"] in finding.expected

    path.unlink()
    assert verify(forger.storage, SOURCE).is_sound


def test_an_edition_with_a_process_held_back_and_one_that_is_empty_is_sound(tmp_path):
    gone = {name: value for name, value in tender("102").items() if name in {"ocid", "id", "date", "tag"}}
    made = sample().then(_102=Entry(year=2024, states=(tender("102"), {**gone, "contracts": [{"id": "c1"}]})))
    held = ProcessProblems(process="buy:9", ocid=ocid("101-1"), quarantined=True, problems=(PROBLEM, PROBLEM))
    public = FileStorage(tmp_path / "public")

    edition = publish(replace(made, before={}, troubles=(held,)), public, tmp_path / "work")

    assert verify(public, SOURCE).findings == ()
    counts = edition.manifest["counts"]
    assert (counts["records"], counts["rows"]["compiled"], counts["rows"]["processes"]) == (6, 6, 5)
    assert (counts["quarantined"], counts["problems"]["bySeverity"]) == (1, {"lost": 2})
    (rows,) = (public.read(key) for key in public.keys("v1/kazakhstan/data/processes/csv/year=2024"))
    found = {row["ocid"]: row["held_back"] for row in csv.DictReader(io.StringIO(rows.decode()))}
    assert found == {ocid("100"): "", ocid("101-1"): "yes", ocid("contract-7"): ""}


def test_a_process_held_back_without_a_reason_is_not_published(tmp_path):
    held = ProcessProblems(process="buy:9", ocid=None, quarantined=True, problems=())

    with pytest.raises(PublishError, match="buy:9"):
        publish(replace(sample(), troubles=(held,)), FileStorage(tmp_path / "public"), tmp_path / "work")


def test_counts_that_do_not_fit_are_found(forger):
    forger.manifest["counts"]["records"] += 1
    forger.manifest["counts"]["controlTotals"][0]["value"] += "1"

    found = forger.seal()

    assert set(found) == {"manifest.json"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda year: year.update(held="0" * 64),
        lambda year: year["digests"][0].update(rows=77),
        lambda year: year["digests"][3].update(total="f" * 64),
        lambda year: year["controlTotals"][0].update(value="1"),
        lambda year: year.update(year=1999),
    ],
)
def test_what_is_kept_of_a_year_for_later_editions_is_held_against_its_files(forger, spoil):
    spoil(forger.manifest["partitions"][1])

    found = forger.seal()

    assert set(found) == {"manifest.json"}
    assert "2024 among partitions" in found["manifest.json"].expected


def test_a_changelog_that_tells_another_story_is_found(forger):
    (entry,) = (each for each in published(forger.manifest) if each["path"].endswith("changelog.jsonl.gz"))
    forger.alter(entry, b'"op":"change"', b'"op":"delete"')

    assert {"changelog.jsonl.gz", "delta.jsonl.gz"} <= set(forger.seal())


def test_a_delta_with_another_record_is_found(forger):
    (entry,) = (each for each in published(forger.manifest) if each["path"].endswith("delta.jsonl.gz"))
    forger.alter(entry, "Столы".encode(), "Столб".encode())
    forger.manifest["deltas"][0] |= {"bytes": entry["bytes"], "sha256": entry["sha256"]}

    assert set(forger.seal()) == {"delta.jsonl.gz"}


def test_content_that_is_no_json_is_found(forger):
    forger.alter(forger.entry("compiled"), b'{"awards"', b'{"awards')

    assert "compiled" in forger.seal()


def test_a_row_with_a_cell_too_many_is_found(forger):
    forger.alter(forger.entry("processes"), b',"tender",', b',"tender",,')

    assert "processes" in forger.seal()


def test_a_table_missing_from_the_manifest_is_found(forger):
    forger.manifest["files"].remove(forger.entry("contracts", 2023))

    assert "manifest.json" in forger.seal()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("s3://bucket/p/v1/kazakhstan/latest.json", ("s3://bucket/p", "kazakhstan", None)),
        ("s3://bucket/v1/kazakhstan/", ("s3://bucket", "kazakhstan", None)),
        ("file:///data/v1", ("file:///data", None, None)),
        ("/data/public", ("/data/public", None, None)),
        ("/v1/x/v1/kazakhstan", ("/v1/x", "kazakhstan", None)),
        (
            "/data/v1/kazakhstan/editions/20261121T190000Z-000001/manifest.json",
            ("/data", "kazakhstan", "20261121T190000Z-000001"),
        ),
    ],
)
def test_a_target_names_root_source_and_edition(target, expected):
    place = locate(target)

    assert (place.root, place.source, place.edition_id) == expected


def test_the_folder_one_stands_in_can_be_verified(storage, monkeypatch):
    monkeypatch.chdir(storage.root / "v1/kazakhstan")

    place = locate(".")

    assert verify(FileStorage(Path(place.root)), place.source or "").is_sound
    assert list(sources(storage)) == ["kazakhstan"]


def test_verifying_writes_nothing(storage):
    before = contents(storage)

    verify(storage, SOURCE)

    assert contents(storage) == before
