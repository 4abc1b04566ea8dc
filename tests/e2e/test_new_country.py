"""Two folders beside the others are a country: with no other edit it is harvested, imported, mapped and published."""

import gzip
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from warcio.archiveiterator import ArchiveIterator

from ocds_schema import json
from tests.support.command import ROOT, Installation
from tests.support.readable import readable
from tests.support.web import Reply, WebServer

FOLDERS = ROOT / "tests" / "support" / "utopia"
PACKAGES = ("ocds_schema", "extractors", "transformers", "publish", "ocds_pipeline")
PERSON = "7010190123"
FIRM = "1234567890"


@dataclass(frozen=True)
class Copied(Installation):
    """A deployment of a copy of the project, with Utopia in it."""

    code: Path = Path()

    @property
    def environment(self):
        return super().environment | {"PYTHONPATH": str(self.code)}


def notice(number, **more):
    fields = {
        "id": number,
        "title": f"Paper for {PERSON}" if number == 2 else f"Paper {number}",
        "status": "open",
        "buyer": PERSON if number == 2 else FIRM,
        "buyer_name": "A buyer",
        "clerk": "Somebody",
        "published": f"2026-03-0{number} 09:00:00",
    }
    return fields | more


class Portal:
    def __init__(self, notices):
        self.notices = notices

    def __call__(self, asked):
        if asked.path == "/robots.txt":
            return Reply(status=404)
        page = int(asked.target.rpartition("=")[2])
        rows = self.notices[2 * page - 2 : 2 * page]
        more = page + 1 if len(self.notices) > 2 * page else None
        return Reply({"notices": rows, "total": len(self.notices), "next": more})


@pytest.fixture(scope="module")
def utopia(tmp_path_factory):
    folder = tmp_path_factory.mktemp("utopia")
    code = folder / "code"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, code / package, ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("extractors", "transformers"):
        shutil.copytree(FOLDERS / package, code / package / "utopia", ignore=shutil.ignore_patterns("__pycache__"))
    portal = Portal([notice(number) for number in (1, 2, 4)])
    with WebServer(portal) as server:
        yield Copied(home=folder / "home", portal=server.url, source="utopia", code=code), portal


def test_no_file_of_the_project_was_edited(utopia):
    installation, _ = utopia
    for package in PACKAGES:
        compared = subprocess.run(
            ["diff", "-rq", "-x", "__pycache__", ROOT / package, installation.code / package],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert set(compared.stdout.splitlines()) <= {f"Only in {installation.code / package}: utopia"}


def test_the_country_is_found_by_its_presence(utopia):
    installation, _ = utopia

    assert installation.done("sources")["utopia"]["title"] == "Public procurement of Utopia"


def test_it_is_harvested_imported_mapped_published_and_verified(utopia):
    installation, portal = utopia
    held = installation.home / f"held by {PERSON}.jsonl.gz"
    held.write_bytes(gzip.compress(b"\n".join(json.encode(one) for one in (notice(5, status="odd"), {}))))

    harvested = installation.done("harvest", "utopia", "--full", "--until", "2026-03-10")["steps"]["harvest"]
    imported = installation.done("import", "utopia", str(held))["steps"]["import"]
    mapped = installation.done("transform", "utopia")["steps"]["transform"]
    published = installation.done("publish", "utopia")["steps"]["publish"]

    assert (harvested["documents"]["new"], harvested["disputed"]) == (3, [])
    assert (imported["documents"]["new"], imported["left"], imported["faulty"]) == (1, {"no notice": 1}, [])
    assert (mapped["releases"], mapped["problems"]) == (4, {"personal_number": 1, "unknown_code": 1})
    assert published["records"] == 4
    assert installation.done("verify", str(installation.public))["findings"] == []

    portal.notices[0] = notice(1, status="ended")
    report = installation.done("run", "utopia", "--until", "2026-03-11")[0]["steps"]
    (change,) = installation.changelog(report["publish"]["editionId"])
    assert (change["op"], change["ocid"]) == ("change", "ocds-xxxxxx-xu-1")
    assert installation.done("verify", str(installation.public))["findings"] == []


def test_its_persons_are_known_by_its_own_rule(utopia):
    installation, _ = utopia
    compiled = installation.compiled()

    assert compiled["ocds-xxxxxx-xu-2"]["buyer"]["id"].startswith("xu-person-")
    assert compiled["ocds-xxxxxx-xu-4"]["buyer"]["id"] == f"XU-REG-{FIRM}"
    assert [key for key, content in installation.published().items() if PERSON in readable(key, content)] == []


def test_a_file_is_archived_under_a_name_that_tells_of_nobody(utopia):
    installation, _ = utopia
    (segment,) = (installation.home / "archive").rglob("files-00001.warc.gz")
    with segment.open("rb") as file:
        (record,) = (one.rec_headers for one in ArchiveIterator(file) if one.rec_type == "resource")

    address = unquote(record.get_header("WARC-Target-URI"))
    assert address == "file:///held by [personal number withheld].jsonl.gz"
    assert str(installation.home) not in str(record)


def test_its_coverage_is_counted(utopia):
    installation, _ = utopia
    path = max(installation.public.glob("v1/utopia/editions/*/coverage.json"))
    coverage = json.decode(path.read_bytes())

    (listed,) = coverage["lists"]
    assert (listed["listed"], listed["kept"], len(listed["days"])) == (4, 4, 4)
    assert listed["numbers"]["largestGaps"] == [{"count": 1, "first": 3, "last": 3}]
    assert coverage["lastImport"]["left"] == {"no notice": 1}
    assert [listing["total"] for listing in coverage["lastFull"]["listings"]] == [3]


def test_its_mapping_can_be_read(utopia):
    installation, _ = utopia
    code, page, _ = installation.run("mapping", "utopia")

    assert code == 0
    assert "# Mapping: Public procurement of Utopia" in page
    assert "Ended" in page


def test_a_source_without_files_says_so(utopia):
    installation, _ = utopia
    code, _, said = installation.run("import", "kazakhstan", str(installation.code))

    assert code == 2
    assert "kazakhstan reads no files" in said


@pytest.mark.parametrize(("place", "expected"), [("nowhere", 2), ("code", 0), ("bad.json", 1)])
def test_an_import_says_by_its_exit_code_how_it_went(utopia, place, expected):
    installation, _ = utopia
    (installation.home / "bad.json").write_bytes(b"{")
    folder = installation.home / "code"
    folder.mkdir(exist_ok=True)
    (folder / "one.json").write_bytes(json.encode(notice(5, status="odd")))
    (folder / "README").write_text("not read")
    code, _, _ = installation.run("import", "utopia", str(installation.home / place))

    assert code == expected
