"""Files of OCDS, ours and others', are read and judged."""

import gzip
import io
import os
import sys
import zipfile
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree as ET

import pytest
import zstandard
from typer.testing import CliRunner

from ocds_pipeline.cli import app
from ocds_pipeline.validate import validate_files, write_report
from ocds_pipeline.validate.declared import read_declared
from ocds_pipeline.validate.report import MOST_GROUPS, OTHERS, WORDS, Report
from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from ocds_schema.extensions import EXTENSIONS, PublishedAs, addresses, former_files
from ocds_schema.json import Json

GOOD = {
    "ocid": "ocds-213czf-1",
    "id": "1",
    "date": "2026-01-01T00:00:00Z",
    "tag": ["tender"],
    "initiationType": "tender",
}
BAD = GOOD | {"id": "2", "tag": ["sold"], "tender": {"id": "1", "value": {"amount": "12,5"}}}
PACKAGE = {"uri": "https://example.org/p", "version": "1.1", "publishedDate": GOOD["date"], "publisher": {"name": "P"}}
RECORD = {"ocid": "ocds-213czf-1", "releases": [GOOD], "compiledRelease": BAD}


def written(tmp_path, name: str, content: bytes) -> str:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def lines(*releases: Json) -> bytes:
    return b"".join(json.encode(release) + b"\n" for release in releases)


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr("a.jsonl", content)
    return packed.getvalue()


def found(report) -> set[tuple[str, str]]:
    return {(group.rule, group.path) for group in report.groups.values()}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("releases.jsonl", lines(GOOD, BAD)),
        ("releases.jsonl.gz", gzip.compress(lines(GOOD, BAD), mtime=0)),
        ("releases.jsonl.zst", zstandard.compress(lines(GOOD, BAD))),
        ("releases.zip", zipped(lines(GOOD, BAD))),
        ("blank.jsonl", b"\n" + lines(GOOD) + b"  \n" + lines(BAD).rstrip()),
        ("package.json", json.encode_pretty(PACKAGE | {"releases": [GOOD, BAD]})),
        ("line.json", json.encode(PACKAGE | {"releases": [GOOD, BAD]})),
        ("records.json", json.encode(PACKAGE | {"records": [RECORD]})),
        ("records.jsonl", lines(RECORD)),
        ("packages.jsonl", lines(PACKAGE | {"releases": [GOOD]}, PACKAGE | {"releases": [BAD]})),
        ("array.json", json.encode_pretty([GOOD, BAD])),
        ("bom.json", b"\xef\xbb\xbf" + json.encode_pretty([GOOD, BAD])),
    ],
)
def test_every_form_is_read(tmp_path, name, content):
    report = validate_files([written(tmp_path, name, content)])

    assert report.releases == 2
    assert {path.removeprefix("compiledRelease/") for _, path in found(report)} >= {"tag", "tender/value/amount"}


def test_a_folder_is_read_with_all_that_is_in_it(tmp_path):
    written(tmp_path, "a/one.json", lines(GOOD))
    written(tmp_path, "b/c/two.jsonl.gz", gzip.compress(lines(BAD)))
    written(tmp_path, "b/readme.txt", b"not for us")

    report = validate_files([str(tmp_path)])

    assert (report.files, report.releases) == (2, 2)


def test_standard_input_is_read(monkeypatch):
    result = CliRunner().invoke(app, ["validate", "-", "--json"], input=gzip.compress(lines(GOOD, BAD)))

    assert result.exit_code == 1
    assert json.decode(result.stdout.encode())["releases"] == 2


UNVERSIONED = {name: value for name, value in PACKAGE.items() if name != "version"}
OLD = GOOD | {"buyer": {"name": "A", "identifier": {"scheme": "X", "id": "1"}}}


@pytest.mark.parametrize("said", [{}, {"version": "1.0"}])
@pytest.mark.parametrize("listed", [{"releases": [OLD]}, {"records": [RECORD | {"compiledRelease": OLD}]}])
def test_a_package_of_ocds_1_0_is_upgraded_and_valid(tmp_path, said, listed):
    report = validate_files([written(tmp_path, "old.json", json.encode(UNVERSIONED | said | listed))])

    assert not report.failed
    assert ("upgraded", "") in found(report)
    assert not any(path.startswith("buyer") for _, path in found(report))


@pytest.mark.parametrize("new", [{"extensions": []}, {"releases": [GOOD, GOOD | {"id": "3", "parties": []}]}])
def test_a_package_without_a_version_that_is_not_of_ocds_1_0_lacks_it(tmp_path, new):
    package = UNVERSIONED | {"releases": [GOOD]} | new
    report = validate_files([written(tmp_path, "new.json", json.encode(package))])

    assert ("schema/required", "version") in found(report)
    assert "upgraded" not in {rule for rule, _ in found(report)}


@pytest.mark.parametrize("version", ["1.2", "2.0", "1.1.5"])
def test_a_version_that_is_not_known_is_told(tmp_path, version):
    package = PACKAGE | {"version": version, "releases": [OLD]}
    report = validate_files([written(tmp_path, "new.json", json.encode(package))])

    assert version in report.groups["version", "version"].examples[0]
    assert "upgraded" not in {rule for rule, _ in found(report)}


def test_a_release_by_itself_is_old_where_it_says_who_a_party_is(tmp_path):
    buyer = GOOD | {"buyer": {"name": "A", "identifier": {"scheme": "X", "id": "1"}}}

    assert ("upgraded", "") in found(validate_files([written(tmp_path, "old.jsonl", lines(buyer))]))


def test_a_party_that_ocds_1_0_describes_in_two_ways_is_told_without_showing_it(tmp_path, caplog, capfd):
    person = {"name": "Иванов Иван", "identifier": {"scheme": "X", "id": "850101300123"}}
    suppliers = [person | {"details": {"telephone": telephone}} for telephone in ("87001234567", "87007654321")]
    awards = [{"id": str(place), "suppliers": [one]} for place, one in enumerate(suppliers)]
    old = PACKAGE | {"version": "1.0", "releases": [GOOD | {"tag": ["award"], "awards": awards}]}
    report = validate_files([written(tmp_path, "old.json", json.encode(old))])

    assert report.groups["party_differs", "parties"].count == 1
    assert "as supplier a party is described otherwise" in report.groups["party_differs", "parties"].examples[0]
    assert not report.failed
    assert caplog.text == "".join(capfd.readouterr()) == ""


def test_parties_that_ocds_1_0_describes_in_one_way_are_not_told(tmp_path):
    old = PACKAGE | {"version": "1.0", "releases": [OLD | {"tender": {"id": "1", "procuringEntity": OLD["buyer"]}}]}

    assert "party_differs" not in {
        rule for rule, _ in found(validate_files([written(tmp_path, "a", json.encode(old))]))
    }


def test_what_is_too_odd_to_be_upgraded_is_judged_as_it_is(tmp_path):
    release = GOOD | {"buyer": [1], "tender": "x", "awards": {"a": 1}}
    odd = PACKAGE | {"version": "1.0", "releases": [release]}

    assert validate_files([written(tmp_path, "odd.json", json.encode(odd))]).failed


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"not json", "json"),
        (b"", "json"),
        (b'{"ocid": "a"', "json"),
        (b"[" * 5000, "json"),
        (b'"a text"', "not_ocds"),
        (b'{"a": 1}', "not_ocds"),
        (b"[1]", "not_ocds"),
        (lines(GOOD) + b"{]\n" + lines(GOOD | {"id": "3"}), "json"),
    ],
)
def test_what_is_not_ocds_is_told_and_the_rest_is_read(tmp_path, content, rule):
    report = validate_files([written(tmp_path, "file.json", content), written(tmp_path, "good.json", lines(GOOD))])

    assert report.failed
    assert {group.rule for group in report.of("error")} == {rule}
    assert report.releases == 1 + content.count(b"ocds-213czf-1")


def test_a_damaged_file_is_told_and_the_rest_is_read(tmp_path):
    cut = gzip.compress(lines(*[GOOD] * 50))[:-20]
    report = validate_files([written(tmp_path, "cut.jsonl.gz", cut), written(tmp_path, "good.json", lines(GOOD))])

    assert ("json", "") in found(report)
    assert report.releases >= 1


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="nowhere"):
        validate_files([str(tmp_path / "nowhere.json")])


def test_errors_are_grouped_counted_and_shown_thrice(tmp_path):
    report = validate_files(
        [written(tmp_path, "bad.jsonl", lines(*(BAD | {"id": str(number)} for number in range(5))))]
    )
    machine = json.decode(write_report(report, "json").encode())

    assert machine["failed"]
    assert not machine["valid"]
    assert {(group["count"], len(group["examples"])) for group in machine["findings"]} == {(5, 3)}
    text = write_report(report, "text")
    assert "5 × value of the wrong type: tender/value/amount" in text
    assert "and 2 more" in text


def test_warnings_fail_only_where_that_is_asked_for(tmp_path):
    place = written(tmp_path, "odd.jsonl", lines(GOOD | {"odd": 1, "language": " "}))

    assert not validate_files([place]).failed
    assert validate_files([place], strict=True).failed
    assert found(validate_files([place])) == {("additional_field", "odd"), ("empty_field", "language")}


@pytest.mark.parametrize("empty", [None, "", " ", [], {}])
def test_a_field_that_holds_nothing_is_a_warning(tmp_path, empty):
    report = validate_files([written(tmp_path, "e.json", lines(GOOD | {"tender": {"id": "1", "title": empty}}))])

    assert ("empty_field", "tender/title") in found(report)


def test_a_deprecated_field_is_a_warning_that_says_what_to_use(tmp_path):
    release = GOOD | {"tender": {"id": "1", "amendment": {"date": GOOD["date"]}}}
    report = validate_files([written(tmp_path, "d.json", lines(release))])

    assert ("deprecated", "tender/amendment") in found(report)
    assert "Instead" in write_report(report, "text")


def test_only_declared_extensions_apply_and_unknown_ones_are_told(tmp_path):
    release = GOOD | {"tender": {"id": "1", "lots": [{"id": "1"}]}}
    lots = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.4/extension.json"
    other = "https://example.org/ocds_other_extension/extension.json"
    without = written(tmp_path, "a.json", json.encode(PACKAGE | {"releases": [release]}))
    with_lots = written(tmp_path, "b.json", json.encode(PACKAGE | {"extensions": [lots, other], "releases": [release]}))

    assert ("additional_field", "tender/lots") in found(validate_files([without]))
    assert found(validate_files([without], extensions=["lots"])) == set()
    assert found(validate_files([with_lots])) == {("extension", lots), ("extension", other)}


def test_an_extension_that_is_not_known_cannot_be_asked_for(tmp_path):
    with pytest.raises(ConfigurationError, match="--extension: there is no extension 'nothing'"):
        validate_files([written(tmp_path, "g.json", lines(GOOD))], extensions=["nothing"])


def test_every_extension_is_known_by_its_address():
    published = PublishedAs(base_url="https://example.org/data", publisher="P", contact="data@example.org")
    former = [f"https://example.org/data/{path}" for path in former_files(EXTENSIONS, published)]

    for known in (
        addresses(EXTENSIONS, published),
        [each for each in former if each.endswith("/extension.json")]
        + [one.url for one in EXTENSIONS.values() if not one.is_ours],
    ):
        assert read_declared(known).known == tuple(sorted(EXTENSIONS))
        assert read_declared(known).unknown == ()


def test_what_a_package_must_say_is_asked_for(tmp_path):
    report = validate_files([written(tmp_path, "p.json", json.encode({"version": "1.1", "releases": []}))])

    assert found(report) >= {
        ("schema/required", "uri"),
        ("schema/required", "publisher"),
        ("schema/required", "publishedDate"),
        ("schema/minItems", "releases"),
    }


def test_twins_in_a_package_are_errors(tmp_path):
    releases = written(tmp_path, "r.json", json.encode(PACKAGE | {"releases": [GOOD, GOOD]}))
    records = written(tmp_path, "c.json", json.encode(PACKAGE | {"records": [RECORD, RECORD]}))

    assert ("duplicate_release", "") in found(validate_files([releases]))
    assert ("duplicate_ocid", "") in found(validate_files([records]))
    assert ("duplicate_release", "") not in found(validate_files([releases.replace("r.json", "c.json")]))


def test_twins_in_a_file_of_lines_are_errors_but_not_in_two_files(tmp_path):
    twins = written(tmp_path, "r.jsonl", lines(GOOD, BAD, GOOD))
    others = [written(tmp_path, name, lines(GOOD, RECORD)) for name in ("a.jsonl", "b.jsonl")]

    assert "line 3" in validate_files([twins]).groups["duplicate_release", ""].examples[0]
    assert not {"duplicate_release", "duplicate_ocid"} & {rule for rule, _ in found(validate_files(others))}
    assert ("duplicate_ocid", "") in found(validate_files([written(tmp_path, "c.jsonl", lines(RECORD, RECORD))]))


def test_where_ids_are_too_many_it_is_said_that_twins_may_be_missed(tmp_path, monkeypatch):
    monkeypatch.setattr("ocds_pipeline.validate.judge.MOST_SEEN", 1)
    twins = written(tmp_path, "r.jsonl", lines(GOOD, BAD, BAD, GOOD))
    report = validate_files([twins])

    assert report.groups["not_compared", ""].count == 2
    assert report.groups["duplicate_release", ""].count == 1


@pytest.mark.parametrize("broken", [b"not json", b'{"ocid": "a"', b"{]", b"\xff"])
def test_of_json_lines_whose_first_is_broken_the_others_are_judged(tmp_path, broken):
    report = validate_files([written(tmp_path, "a.jsonl", b"\n" + broken + b"\n" + lines(GOOD, BAD))])

    assert "line 2 is not JSON" in report.groups["json", ""].examples[0]
    assert report.groups["json", ""].count == 1
    assert report.releases == 2


def test_a_broken_text_of_many_lines_is_one_error(tmp_path):
    broken = json.encode_pretty(PACKAGE | {"releases": [GOOD, BAD]}).rstrip()[:-1]

    assert validate_files([written(tmp_path, "a.json", broken)]).groups["json", ""].count == 1


def test_linked_and_versioned_releases_are_judged(tmp_path):
    record = {
        "ocid": "ocds-213czf-1",
        "releases": [{"url": "https://example.org/p#1", "tag": ["sold"]}],
        "versionedRelease": {"ocid": "ocds-213czf-1", "tender": {"title": "not a history"}},
    }
    report = validate_files([written(tmp_path, "v.json", json.encode(PACKAGE | {"records": [record]}))])

    assert found(report) == {
        ("schema/enum", "releases/tag"),
        ("schema/required", "releases/date"),
        ("schema/required", "versionedRelease/initiationType"),
        ("schema/required", "versionedRelease/tender/id"),
        ("schema/type", "versionedRelease/tender/title"),
    }


def test_a_build_server_can_read_the_report(tmp_path):
    bad = ET.fromstring(write_report(validate_files([written(tmp_path, "b.jsonl", lines(BAD))]), "junit"))
    good = ET.fromstring(write_report(validate_files([written(tmp_path, "g.jsonl", lines(GOOD))]), "junit"))

    assert int(bad.get("failures")) == len(bad.findall("testcase/failure")) > 0
    assert good.get("failures") == "0"


def test_an_unknown_form_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="--format"):
        write_report(validate_files([written(tmp_path, "g.jsonl", lines(GOOD))]), "xml")


def test_no_personal_number_is_shown(tmp_path):
    release = GOOD | {"ocid": "ocds-213czf-850101300123", "tag": "850101300123"}
    text = write_report(validate_files([written(tmp_path, "p.jsonl", lines(release))]), "json")

    assert "850101300123" not in text


def test_every_rule_has_words_of_its_own():
    assert len(set(WORDS.values())) == len(WORDS)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_large_package_is_not_held_in_memory(tmp_path):
    place = tmp_path / "large.json"
    release = json.encode(GOOD | {"tender": {"id": "1", "description": "x" * 20_000}})
    with place.open("wb") as file:
        file.write(json.encode(PACKAGE).removesuffix(b"}") + b',"releases":[' + release)
        for _ in range(5_000):
            file.write(b"," + release)
        file.write(b"]}")
    before = anonymous_memory()

    report = validate_files([str(place)])

    assert report.releases == 5_001
    assert place.stat().st_size > 100_000_000
    assert anonymous_memory() - before < 60_000_000


def anonymous_memory() -> int:
    """Bytes of this process's own memory; pages of mapped files are the system's to take back."""
    with Path(f"/proc/{os.getpid()}/status").open() as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("RssAnon"))


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (b'"publisher": {"name": "\xff"}', "/publisher"),
        (b'"version": 1E+99999999999999999999', "/version"),
        (b'"version": ' + b"9" * 5000, "/version"),
        (b'"publ\xff": 1', ""),
    ],
)
def test_a_package_that_cannot_be_read_as_a_whole_is_told(tmp_path, wrong, place):
    package = b'{"uri": "https://example.org/p", ' + wrong + b', "releases": [' + json.encode(GOOD) + b"]}"
    report = validate_files([written(tmp_path, "a.json", package)])

    assert report.releases == int(bool(place))
    assert place in report.groups["json", ""].examples[0]


@pytest.mark.parametrize("deep", [b"[" * 600 + b"]" * 600, b'{"a":' * 600 + b"1" + b"}" * 600])
def test_what_is_nested_too_deeply_to_be_judged_is_told_and_the_rest_is_read(tmp_path, deep):
    text = json.encode(GOOD)[:-1] + b', "x": ' + deep + b"}\n"
    report = validate_files([written(tmp_path, "deep.jsonl", text + lines(GOOD))])

    assert ("json", "") in found(report)
    assert report.releases == 2


@pytest.mark.parametrize("nothing", [b"[]", b"[[], []]"])
def test_a_file_without_a_release_is_not_valid(tmp_path, nothing):
    assert ("not_ocds", "") in found(validate_files([written(tmp_path, "a.json", nothing)]))


def test_what_a_terminal_would_obey_is_spelled_out(tmp_path):
    hostile = "\x1b[2J\nValid: no errors\u202e\x00"
    release = GOOD | {"ocid": GOOD["ocid"] + hostile, hostile: 1, "tag": [hostile]}
    package = PACKAGE | {"extensions": [f"https://example.org/{hostile}"], "releases": [release]}
    report = validate_files([written(tmp_path, "a.json", json.encode(package))], strict=True)

    for form in ("text", "junit"):
        said = write_report(report, form)
        assert all(line.isprintable() for line in said.split("\n"))
        assert "\nValid" not in said
    assert ET.fromstring(write_report(report, "junit")).get("failures") != "0"
    assert all(path.isprintable() for _, path in found(report))


def test_unknown_fields_of_packages_and_records_are_told(tmp_path):
    publisher = {"name": "P", "phone": "1"}
    records = PACKAGE | {"publisher": publisher, "pages": 1, "records": [RECORD | {"seen": True}]}
    report = validate_files([written(tmp_path, "a.json", json.encode(records))])

    assert {("additional_field", path) for path in ("pages", "publisher/phone", "seen")} <= found(report)


def test_an_extension_that_only_ends_like_one_of_ours_is_not_known():
    assert read_declared(["https://example.org/my-lots/extension.json"]).unknown
    assert read_declared(["https://example.org/our.bids/v1.1.5/extension.json"]).unknown
    assert read_declared(["https://example.org/extensions/valueAddedTax/v2/extension.json"]).unknown
    assert read_declared(["https://example.org/valueAddedTax/extension.json"]).unknown


def test_what_is_half_upgraded_is_judged_as_it_was(tmp_path):
    release = GOOD | {"buyer": {"name": "A", "identifier": {"id": "1"}}, "awards": [{"id": "1", "suppliers": {"a": 1}}]}
    report = validate_files(
        [written(tmp_path, "a.json", json.encode(PACKAGE | {"version": "1.0", "releases": [release]}))]
    )

    assert ("reference", "buyer/id") not in found(report)


def test_a_form_that_there_is_not_is_refused_before_anything_is_read(tmp_path):
    result = CliRunner().invoke(app, ["validate", str(tmp_path / "not there.json"), "--format", "xml"])

    assert "xml" in str(result.exception)


def test_a_pipe_with_a_name_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(lines(GOOD, BAD),))
    writer.start()
    report = validate_files([str(pipe)])
    writer.join()

    assert report.releases == 2
    assert report.failed


def test_groups_do_not_grow_with_names_that_never_come_twice():
    report = Report()
    for number in range(MOST_GROUPS + 5):
        report.add("additional_field", str(number), "here")

    assert len(report.groups) == MOST_GROUPS + 1
    assert report.groups["additional_field", OTHERS].count == 5


def twice(*releases: bytes) -> bytes:
    """A package that has its list of releases more than once."""
    lists = b",".join(b'"releases" : [' + release + b"]" for release in releases)
    return json.encode(PACKAGE).removesuffix(b"}") + b"," + lists + b"}"


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (twice(json.encode(BAD), json.encode(GOOD)), "releases"),
        (json.encode(PACKAGE | {"releases": [GOOD]}).replace(b'"uri"', b'"ur\\u0069":1,"uri"', 1), "uri"),
        (
            json.encode(PACKAGE | {"releases": [GOOD]}).replace(b'{"name"', b'{"name" :"Q: \\":", "name"'),
            "publisher/name",
        ),
        (twice(json.encode(GOOD).replace(b'"tag"', b'"tag"\n:"\\" :", "tag"')), "tag"),
        (lines(GOOD).replace(b'"id"', b'"id":"x","id"'), "id"),
        (lines(RECORD).replace(b'"amount"', b'"amount":1,"amount"'), "compiledRelease/tender/value/amount"),
    ],
)
def test_a_name_that_comes_twice_is_an_error_that_says_where(tmp_path, content, path):
    report = validate_files([written(tmp_path, "a.json", content)])

    assert report.failed
    assert [group.path for group in report.groups.values() if group.rule == "duplicate_key"] == [path]


@pytest.mark.parametrize("text", ["a: b", 'a": "b', ":", ' " : ', "\\", '\\":'])
def test_a_text_like_a_name_is_none(tmp_path, text):
    release = GOOD | {"language": text, "tender": {"id": text, text: text}}
    package = json.encode_pretty(PACKAGE | {text: [text], "releases": [release]})

    assert "duplicate_key" not in {rule for rule, _ in found(validate_files([written(tmp_path, "a.json", package)]))}
