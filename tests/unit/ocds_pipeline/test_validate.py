"""Files of OCDS, ours and others', are read and judged."""

import gzip
from xml.etree import ElementTree as ET

import pytest

from ocds_pipeline.validate import validate_files, write_findings
from ocds_schema import json
from ocds_schema.errors import ConfigurationError

GOOD = {
    "ocid": "ocds-213czf-1",
    "id": "1",
    "date": "2026-01-01T00:00:00Z",
    "tag": ["tender"],
    "initiationType": "tender",
}
BAD = GOOD | {"tag": ["sold"], "tender": {"id": "1", "value": {"amount": "12,5"}}}
PACKAGE = {"uri": "https://example.org/p", "version": "1.1", "publishedDate": GOOD["date"], "publisher": {"name": "P"}}
RECORD = {"ocid": "x", "releases": [GOOD], "compiledRelease": BAD}


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def lines(*releases):
    return b"".join(json.encode(release) + b"\n" for release in releases)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("releases.jsonl", lines(GOOD, BAD)),
        ("releases.jsonl.gz", lines(GOOD, BAD)),
        ("package.json", json.encode_pretty(PACKAGE | {"releases": [GOOD, BAD]})),
        ("line.json", json.encode(PACKAGE | {"releases": [GOOD, BAD]})),
        (
            "records.json",
            json.encode(PACKAGE | {"records": [RECORD]}),
        ),
        ("records.jsonl", lines(RECORD)),
        ("array.json", json.encode_pretty([GOOD, BAD])),
        ("bom.json", b"\xef\xbb\xbf" + json.encode_pretty([GOOD, BAD])),
    ],
)
def test_every_form_is_read(tmp_path, name, content):
    findings = validate_files([written(tmp_path, name, content)])

    assert findings.releases == 2
    assert {path for _, path in findings.groups} >= {"tag", "tender/value/amount"}


def test_a_package_of_ocds_1_0_is_upgraded(tmp_path):
    old = {name: value for name, value in PACKAGE.items() if name != "version"}
    release = GOOD | {"buyer": {"name": "A", "identifier": {"scheme": "X", "id": "1"}}}
    findings = validate_files([written(tmp_path, "old.json", json.encode(old | {"releases": [release]}))])

    assert not findings.failed


@pytest.mark.parametrize("content", [b"not json", b'"a text"', b'{"a": 1}', b"[1]"])
def test_what_is_not_ocds_is_refused(tmp_path, content):
    with pytest.raises(ConfigurationError, match=r"file\.json"):
        validate_files([written(tmp_path, "file.json", content)])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="nowhere"):
        validate_files([tmp_path / "nowhere.json"])


def test_errors_are_grouped_counted_and_shown_thrice(tmp_path):
    findings = validate_files([written(tmp_path, "bad.jsonl", lines(*[BAD] * 5))])
    report = json.decode(write_findings(findings, "json"))

    assert report["failed"]
    assert {(group["count"], len(group["examples"])) for group in report["findings"]} == {(5, 3)}
    assert "5 × " in write_findings(findings, "text")


def test_a_build_server_can_read_the_findings(tmp_path):
    bad = ET.fromstring(write_findings(validate_files([written(tmp_path, "b.jsonl", lines(BAD))]), "junit"))
    good = ET.fromstring(write_findings(validate_files([written(tmp_path, "g.jsonl", lines(GOOD))]), "junit"))

    assert int(bad.get("failures")) == len(bad.findall("testcase/failure")) > 0
    assert good.get("failures") == "0"


def test_an_unknown_form_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="--format"):
        write_findings(validate_files([written(tmp_path, "g.jsonl", lines(GOOD))]), "xml")
