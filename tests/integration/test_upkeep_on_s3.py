"""The commands that look after what is published, on S3 servers: what they leave there, headers too, is what it was."""

import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from ocds_schema import json
from publish import ocds_sync
from publish.manifest import unsealed
from publish.signing import SigningKey
from sandbox.portal import START
from sandbox.server import running
from tests.support import buckets
from tests.support.command import TOKEN, Installation
from tests.support.proxy import Fault, proxy
from tests.support.radosgw import Bucketeer
from tests.support.readable import readable

SOURCE = "kazakhstan"
PREFIX = "some/prefix"
FOLDER = f"{PREFIX}/v1/{SOURCE}"
SAID = ("--by", "Ann", "--reason", "a wrong figure")
KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
MANY = 1_003
"""More objects than a server lists at once."""


@dataclass(frozen=True)
class Office:
    """A deployment that publishes to a bucket."""

    server: Bucketeer
    bucket: str
    home: Path
    portal: str

    def installation(self, server: Bucketeer | None = None) -> Installation:
        more = {"OCDS_PUBLIC_URL": f"s3://{self.bucket}/{PREFIX}", "OCDS_SIGNING_KEY": KEY.text}
        more |= buckets.settings(server or self.server)
        return Installation(home=self.home, portal=self.portal, more=more)

    def done(self, *arguments):
        return self.installation().done(*arguments)

    def verified(self):
        return self.done("verify", f"s3://{self.bucket}/{PREFIX}")["findings"]

    def keys(self, part=f"{PREFIX}/v1/"):
        with buckets.client(self.server) as client:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=part)
            return [item["Key"] for page in pages for item in page.get("Contents", ())]

    def read(self, key):
        with buckets.client(self.server) as client:
            return client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def write(self, key, content, **headers):
        with buckets.client(self.server) as client:
            client.put_object(Bucket=self.bucket, Key=key, Body=content, **headers)

    def remove(self, key):
        with buckets.client(self.server) as client:
            client.delete_object(Bucket=self.bucket, Key=key)

    def published(self):
        """Every published object by key: its content, and what a reader is told with it."""
        return dict(self._each(self._whole, self.keys()))

    def newest(self):
        pointer = json.decode(self.read(f"{FOLDER}/latest.json"))
        return json.decode(self.read(f"{FOLDER}/{pointer['manifest']['path']}"))

    def copied(self, folder):
        """What is published, as files."""
        for key, (content, *_) in self.published().items():
            path = folder / key.removeprefix(f"{PREFIX}/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder / "v1" / SOURCE

    def twin(self, home):
        """The same once more, to do something to."""
        return Office(
            self.server, buckets.twin(self.server, self.bucket), shutil.copytree(self.home, home), self.portal
        )

    def _each(self, act, keys):
        with buckets.client(self.server) as client, ThreadPoolExecutor(4) as hands:
            return list(hands.map(lambda key: act(client, key), keys))

    def _whole(self, client, key):
        answer = client.get_object(Bucket=self.bucket, Key=key)
        told = answer["ContentType"], answer.get("CacheControl"), answer["Metadata"]
        return key, (answer["Body"].read(), *told)


def published_on(server, portal, home):
    """Have two editions published on a server."""
    office = Office(server, buckets.create(server), home, portal.base_url)
    office.done("run", SOURCE, "--full", "--until", START.isoformat())
    portal.advance(3)
    office.done("run", SOURCE, "--until", (START + timedelta(days=3)).isoformat())
    return office


@pytest.fixture(scope="module", params=["ceph", pytest.param("moto", marks=pytest.mark.slow)])
def made(request, tmp_path_factory):
    server = request.getfixturevalue(request.param)
    with running(SOURCE, processes=12, seed=5, token=TOKEN) as portal:
        yield published_on(server, portal, tmp_path_factory.mktemp("made") / "home")


@pytest.fixture
def office(made, tmp_path):
    return made.twin(tmp_path / "home")


def harm(office, chosen=lambda _: True):
    """Take away one file of each kind, or cut it short and say that it is something else; give their keys."""
    found = {}
    for entry in office.newest()["files"]:
        if "omitted" not in entry:
            name = entry["path"].rpartition("/")[2] if entry["path"].startswith("editions/") else entry["table"]
            found[name, entry["format"]] = f"{FOLDER}/{entry['path']}"
    del found["gates.json", "json"]
    keys = sorted(filter(chosen, found.values()))
    for number, key in enumerate(keys):
        office.remove(key) if number % 2 else office.write(key, office.read(key)[:-1], ContentType="text/plain")
    return keys


def test_a_damaged_edition_is_made_again_with_types_and_headers(office):
    before = office.published()
    harmed = harm(office)
    derived = [f"{FOLDER}/{name}" for name in ("editions.json", "feed.atom", "policy.html")]
    derived += [f"{PREFIX}/v1/{name}" for name in ("catalog.jsonld", "ocds_sync.py")]
    for key in derived:
        office.write(key, b"{}", ContentType="text/plain")
    assert len(harmed) > 50

    code, out, _ = office.installation().run("verify", f"s3://{office.bucket}/{PREFIX}/v1/{SOURCE}", "--json")
    named = {f"{PREFIX}/{each['file']}" for each in json.decode(out)["findings"]}
    report = office.done("repair", SOURCE)

    assert (code, {*harmed, *derived} - named) == (1, set())
    assert {f"{PREFIX}/{each['file']}" for each in report["putBack"]} == set(harmed)
    assert office.published() == before


@pytest.mark.parametrize("number", [20, pytest.param(MANY, marks=pytest.mark.slow)])
def test_what_nothing_needs_is_planned_and_deleted_however_much_it_is(office, number):
    before = office.published()
    strays = [f"{FOLDER}/data/items/csv/year=2025/items-2025-{each:016x}.csv" for each in range(number)]
    office._each(lambda client, key: client.put_object(Bucket=office.bucket, Key=key, Body=b"1"), strays)

    planned = office.done("gc", SOURCE)
    plan = json.decode(office.read(f"{PREFIX}/{planned['plan']}"))
    aged = [{**each, "since": "2020-01-01T00:00:00+00:00"} for each in plan["objects"]]
    office.write(f"{PREFIX}/{planned['plan']}", json.encode(plan | {"objects": aged}))
    deleted = office.done("gc", SOURCE, "--delete")

    assert (planned["due"]["objects"], planned["waiting"]["objects"]) == (0, number)
    assert (deleted["due"]["objects"], deleted["deleted"]) == (number, True)
    assert office.published().keys() - before.keys() == {f"{FOLDER}/retention.json"}
    assert office.verified() == []


def test_what_went_back_and_was_taken_back_is_whole_and_copies_follow(office, tmp_path):
    first = json.decode(office.read(f"{FOLDER}/editions.json"))["editions"][1]["editionId"]
    wrong = office.newest()["editionId"]
    client = ["sync", str(office.copied(tmp_path / "before")), str(tmp_path / "copy"), "--key", KEY.public.text]
    assert ocds_sync.main([*client, "--accept-stale"]) == 0

    report = office.done("rollback", SOURCE, first, *SAID)
    office.done("retract", SOURCE, wrong, *SAID)

    assert (report["rollback"]["to"], report["newFiles"] < report["files"]) == (first, True)
    pointer = office.read(f"{FOLDER}/latest.json")
    assert json.decode(pointer)["retracted"] == [wrong]
    KEY.public.check(*unsealed(pointer))
    assert office.verified() == []
    client[1] = str(office.copied(tmp_path / "after"))
    assert ocds_sync.main(client) == 0


@pytest.mark.slow
def test_a_party_is_taken_out_of_every_edition(office):
    (path,) = (
        each["path"]
        for each in office.newest()["files"]
        if (each.get("table"), each.get("format"), each.get("partition")) == ("parties", "csv", {"year": 2026})
    )
    lines = office.read(f"{FOLDER}/{path}").decode().splitlines()
    party = next(cell.strip('"') for line in lines for cell in line.split(",") if cell.startswith('"KZ-BIN'))
    before = office.published()

    office.done("redact", SOURCE, "--party", party, *SAID, "--ground", "Law 94-V, article 8", "--yes")

    after = office.published()
    assert any(party in readable(key, content) for key, (content, *_) in before.items())
    assert [key for key, (content, *_) in after.items() if party in readable(key, content)] == []
    assert {key for key, (_, *told) in after.items() if key in before and told[:2] != list(before[key][1:3])} == set()
    assert office.verified() == []
    office.remove(f"{FOLDER}/redactions.json")
    assert office.done("repair", SOURCE)["done"] != []
    assert office.published() == after


FAULTS = (
    Fault(status=503, code="SlowDown"),
    Fault(status=0),
    Fault(status=500, after=True),
    Fault(status=0, after=True),
)


@pytest.mark.slow
def test_faults_that_pass_change_nothing_of_a_repair(office):
    before = office.published()
    harmed = harm(office, lambda key: "/csv/" in key)
    count, faults = itertools.count(1), itertools.cycle(FAULTS)
    with proxy(office.server) as (between, server):
        between.fault = lambda _: next(faults) if next(count) % 60 == 0 else None
        report = office.installation(server).done("repair", SOURCE)

    assert len(report["putBack"]) == len(harmed) > 5
    assert office.published() == before


@pytest.mark.slow
def test_a_store_that_breaks_down_in_the_middle_is_told_and_the_next_try_ends_it(office):
    before = office.published()
    harm(office, lambda key: "/csv/" in key)
    with proxy(office.server) as (between, server):
        between.fault = lambda request: (
            Fault(status=403, code="AccessDenied") if request.method == "PUT" and len(between.puts()) > 3 else None
        )
        code, _, said = office.installation(server).run("repair", SOURCE)

    assert code == 3
    assert "these credentials may not do this" in said
    assert office.done("repair", SOURCE)["sound"]
    assert office.published() == before


@pytest.mark.slow
def test_a_store_without_conditions_is_looked_after_by_one_writer_alone(office):
    before = office.published()
    harmed = harm(office, lambda key: "/editions/" in key)
    with proxy(office.server) as (between, server):
        between.lie = lambda request: {
            name: value for name, value in request.headers.items() if name not in {"if-match", "if-none-match"}
        }
        alone = office.installation(server)
        report = alone.done("repair", SOURCE)
        planned = alone.done("gc", SOURCE)

    assert len(report["putBack"]) == len(harmed) > 5
    assert planned["waiting"]["objects"] == 0
    assert office.published() == before
