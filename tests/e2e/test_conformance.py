"""What the standard asks of a publisher, asked of the files of real editions, point by point as docs/conformance.md."""

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urldefrag

import ocdsmerge
import pytest

from ocds_pipeline.validate.repeated import repeated_names
from ocds_schema import json
from ocds_schema.codelists import codelist, codelists
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.json import Json
from ocds_schema.schema import release_schema
from ocds_schema.source import read_source
from ocds_schema.validation import ReleaseValidator
from tests.support.first_runs import first_run
from tests.support.stand_ins import ALL

OCID = re.compile(r"ocds-[a-z0-9]{6}-\S+")
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
PORTALS = Path(__file__).parents[2] / "docs" / "portals"
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
ROLES = {
    "buyer": lambda release: [
        release.get("buyer"),
        *(contract.get("buyer") for contract in release.get("contracts") or []),
    ],
    "payer": lambda release: [paid.get("payer") for paid in payments(release)],
    "payee": lambda release: [paid.get("payee") for paid in payments(release)],
    "procuringEntity": lambda release: [(release.get("tender") or {}).get("procuringEntity")],
    "tenderer": lambda release: [
        *((release.get("tender") or {}).get("tenderers") or []),
        *(who for bid in ((release.get("bids") or {}).get("details") or []) for who in bid.get("tenderers") or []),
    ],
    "supplier": lambda release: [who for award in release.get("awards") or [] for who in award.get("suppliers") or []],
}


@pytest.fixture(scope="module", params=ALL, ids=str)
def published(request, tmp_path_factory):
    """Two editions of a source, the portal's clock moved on between them."""
    stand_in = request.param
    begun = first_run(stand_in, tmp_path_factory)
    first = begun.report["publish"]["editionId"]
    with stand_in.running() as portal:
        portal.advance(6)
        installation = stand_in.installation(begun.installation.home, portal)
        second = installation.done("run", stand_in.source, "--until", "2026-11-07")[0]["steps"]["publish"]["editionId"]
    editions = [Edition(installation, stand_in.source, each) for each in (first, second)]
    return SimpleNamespace(source=read_source(stand_in.source), first=editions[0], second=editions[1])


class Edition:
    """An edition's manifest and files."""

    def __init__(self, installation, source, edition_id):
        self.root = installation.public / "v1" / source
        self.manifest = json.decode((self.root / "editions" / edition_id / "manifest.json").read_bytes())

    def texts(self, table, form) -> Iterator[bytes]:
        for entry in self.manifest["files"]:
            if (entry.get("table"), entry.get("format")) == (table, form):
                data = (self.root / entry["path"]).read_bytes()
                yield gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data

    def lines(self, table) -> list[Json]:
        return [json.decode(line) for text in self.texts(table, "jsonl") for line in text.splitlines()]

    def packages(self) -> list[Json]:
        return [json.decode(text) for text in self.texts("release_package", "package")]


def by_ocid(releases: list[Json]) -> dict[str, list[Json]]:
    found = defaultdict(list)
    for release in releases:
        found[release["ocid"]].append(release)
    return found


def members(value: Json, name: str = "") -> Iterator[tuple[str, Json]]:
    """Every member of every object, by its name."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield key, member
            yield from members(member, key)
    elif isinstance(value, list):
        for one in value:
            yield from members(one, name)


def lists_by_id(value: Json) -> Iterator[list[Json]]:
    if isinstance(value, list) and value and all(isinstance(one, dict) and "id" in one for one in value):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from lists_by_id(one)


def by_id(listed: list[Json] | None) -> dict[str, Json]:
    return {member["id"]: member for member in listed or []}


def told(member: Json, *names: str) -> Json:
    return {name: member[name] for name in names if name in member}


def payments(release: Json) -> Iterator[Json]:
    for contract in release.get("contracts") or []:
        yield from (contract.get("implementation") or {}).get("transactions") or []


def amendments(release: Json) -> Iterator[Json]:
    """The amendments of a release, those left out of which nothing is left but the id."""
    for contract in release.get("contracts") or []:
        yield from (each for each in contract.get("amendments") or [] if set(each) != {"id"})


def test_without_a_registered_prefix_everything_is_marked_as_test_data(published):
    manifest = published.second.manifest

    assert manifest["testData"]
    assert "unregistered" in manifest["notice"]
    for page in ("policy.html", "policy.json"):
        assert "unregistered" in (published.second.root / page).read_text()


def test_ocids_have_a_prefix_and_stay(published):
    first = {record["ocid"] for record in published.first.lines("records")}
    second = {record["ocid"] for record in published.second.lines("records")}

    assert all(OCID.fullmatch(ocid) for ocid in second)
    assert first <= second


def test_release_ids_are_unique_in_a_process_and_hold_no_mark_of_a_link(published):
    for releases in by_ocid(published.second.lines("releases")).values():
        ids = [release["id"] for release in releases]
        assert len(ids) == len(set(ids))
        assert not any("#" in key for key in ids)


def test_members_of_lists_have_ids_of_their_own_that_do_not_change_their_meaning(published):
    for release in published.second.lines("releases"):
        for found in lists_by_id(release):
            ids = [member["id"] for member in found]
            assert len(ids) == len(set(ids)), release["id"]
    first = {record["ocid"]: record["compiledRelease"] for record in published.first.lines("records")}
    for record in published.second.lines("records"):
        for name in ("awards", "contracts"):
            before = by_id(first.get(record["ocid"], {}).get(name))
            now = by_id(record["compiledRelease"].get(name))
            assert before.keys() <= now.keys()
            for key, member in before.items():
                assert told(now[key], "awardID", "relatedBid") == told(member, "awardID", "relatedBid"), key


def test_contracts_name_an_award_of_their_process(published):
    for record in published.second.lines("records"):
        compiled = record["compiledRelease"]
        awards = by_id(compiled.get("awards"))
        assert {each["awardID"] for each in compiled.get("contracts") or [] if "awardID" in each} <= awards.keys()


def test_parties_are_named_by_scheme_and_have_the_roles_they_are_referred_to_in(published):
    schemes, seen = set(), set()
    for release in published.second.lines("releases"):
        parties = {party["id"]: party for party in release.get("parties") or []}
        for party in parties.values():
            identifier = party.get("identifier") or {}
            if identifier:
                assert party["id"] == f"{identifier['scheme']}-{identifier['id']}"
            schemes.add(party["id"].rpartition("-")[0])
        for role, referring in ROLES.items():
            for who in referring(release):
                if who and who.get("id"):
                    assert role in parties[who["id"]]["roles"], (release["id"], role)
                    seen.add(role)
    page = (PORTALS / f"{published.source.name}.md").read_text()
    assert [scheme for scheme in schemes if f"`{scheme}`" not in page] == []
    assert len(schemes) > 1
    assert {"buyer", "supplier"} <= seen


def test_every_release_has_what_is_required_and_nothing_that_no_extension_declares(published):
    validator = ReleaseValidator(published.source.extensions)
    for release in published.second.lines("releases"):
        assert validator.is_valid(release), validator.problems(release)


def test_dates_of_releases_have_an_offset_and_are_not_of_the_tender(published):
    releases = published.second.lines("releases")

    assert all(ZONED.fullmatch(release["date"]) for release in releases)
    for moment in {datetime.fromisoformat(release["date"]) for release in releases}:
        assert moment.utcoffset() == moment.astimezone(published.source.zone).utcoffset()
        assert moment <= datetime.fromisoformat(published.second.manifest["asOf"]) + timedelta(days=1)
    assert any(
        release["date"] != ((release.get("tender") or {}).get("tenderPeriod") or {}).get("startDate")
        for release in releases
    )


def test_tags_are_of_the_list_and_say_what_the_release_is_about(published):
    sections = {"planning": "planning", "tender": "tender", "award": "awards", "contract": "contracts"}
    for release in published.second.lines("releases"):
        assert release["tag"]
        assert "compiled" not in release["tag"]
        for tag in release["tag"]:
            assert tag in codelist("releaseTag").codes
            if tag in sections:
                assert release.get(sections[tag]), release["id"]
    assert all(record["compiledRelease"]["tag"] == ["compiled"] for record in published.second.lines("records"))


def test_an_amendment_tag_comes_with_an_amendment(published):
    releases = published.second.lines("releases")
    assert published.source.name != "kazakhstan" or [each for one in releases for each in amendments(one)]
    for release in published.second.lines("releases"):
        if "contractAmendment" in release["tag"]:
            assert any(contract.get("amendments") for contract in release["contracts"])
        for amendment in amendments(release):
            assert amendment["id"]
            assert ZONED.fullmatch(amendment["date"])
            assert amendment["rationale"]


def test_releases_are_never_changed_and_changes_are_new_releases(published):
    first = {(release["ocid"], release["id"]): release for release in published.first.lines("releases")}
    second = {(release["ocid"], release["id"]): release for release in published.second.lines("releases")}

    assert first.items() <= second.items()
    assert len(second) > len(first)


def test_nothing_is_null_in_a_first_release(published):
    for releases in by_ocid(published.second.lines("releases")).values():
        assert not any(value is None for _, value in members(releases[0])), releases[0]["id"]


def test_dates_of_one_process_differ_and_rise(published):
    for releases in by_ocid(published.second.lines("releases")).values():
        moments = [datetime.fromisoformat(release["date"]) for release in releases]
        assert moments == sorted(set(moments))


def test_compiled_releases_are_what_the_reference_merges(published):
    merger = ocdsmerge.Merger(release_schema(published.source.extensions))
    compiled = {record["ocid"]: record["compiledRelease"] for record in published.second.lines("records")}
    for ocid, releases in by_ocid(published.second.lines("releases")).items():
        expected = json.encode(merger.create_compiled_release(releases))
        assert json.encode(compiled[ocid]) == expected


def test_records_link_to_all_their_releases_oldest_first(published):
    releases = by_ocid(published.second.lines("releases"))
    packaged = {
        f"{published.source.publisher.base_url}/v1/{published.source.name}/{entry['path']}"
        for entry in published.second.manifest["files"]
        if entry.get("format") == "package"
    }
    for record in published.second.lines("records"):
        links = record["releases"]
        assert [urldefrag(link["url"]).fragment for link in links] == [one["id"] for one in releases[record["ocid"]]]
        assert {urldefrag(link["url"]).url for link in links} <= packaged
        assert all(set(link) == {"url", "date", "tag"} for link in links)


def test_every_link_of_a_record_leads_to_its_release_and_compiled_lists_every_ocid(published):
    base = f"{published.source.publisher.base_url}/v1/{published.source.name}"
    paths = [entry["path"] for entry in published.second.manifest["files"] if entry.get("format") == "package"]
    packaged = {
        f"{base}/{path}#{release['id']}": (release["ocid"], release["date"], release["tag"])
        for path, package in zip(paths, published.second.packages(), strict=True)
        for release in package["releases"]
    }
    records = published.second.lines("records")

    for record in records:
        for link in record["releases"]:
            assert packaged[link["url"]] == (record["ocid"], link["date"], link["tag"])
    assert sum(len(record["releases"]) for record in records) == len(packaged)
    compiled = [each["ocid"] for each in published.second.lines("compiled")]
    assert len(compiled) == len(set(compiled))
    assert set(compiled) == {record["ocid"] for record in records} == {ocid for ocid, _, _ in packaged.values()}


def test_packages_say_who_publishes_under_which_terms(published):
    publisher = published.source.publisher
    for package in published.second.packages():
        dates = [datetime.fromisoformat(release["date"]) for release in package["releases"]]
        assert package["version"] == "1.1"
        assert package["publisher"] == {"name": publisher.name, "uri": publisher.uri}
        assert package["license"] == publisher.licence
        assert package["publicationPolicy"] == publisher.policy
        assert datetime.fromisoformat(package["publishedDate"]) == max(dates)
        assert package["uri"].startswith(publisher.base_url)
    assert len(published.second.packages()) == len(list(published.second.texts("releases", "jsonl")))


def test_extensions_are_pinned_where_they_have_versions_and_ours_are_published(published):
    base = f"{published.source.publisher.base_url}/v1/"
    for package in published.second.packages():
        for name, url in zip(published.source.extensions, package["extensions"], strict=True):
            one = EXTENSIONS[name]
            if one.is_ours:
                assert re.fullmatch(rf"extensions/{name}/[0-9a-f]{{16}}/extension\.json", url.removeprefix(base))
                assert (published.second.root.parent / url.removeprefix(base)).is_file()
            else:
                assert url == one.url


def test_closed_codelists_are_kept_and_added_codes_are_in_the_policy(published):
    policy = json.decode((published.second.root / "policy.json").read_bytes())
    added = {(each["codelist"], each["code"]) for each in policy["addedCodes"]}
    validator = ReleaseValidator(published.source.extensions)
    unknown = Counter(
        problem.value
        for release in published.second.lines("releases")
        for problem in validator.problems(release)
        if problem.rule in {"codelist", "schema/enum"}
    )

    assert not unknown
    standard = ReleaseValidator([name for name in published.source.extensions if not EXTENSIONS[name].is_ours])
    ours = {
        problem.value
        for release in published.second.lines("releases")
        for problem in standard.problems(release)
        if problem.rule == "codelist"
    }
    assert ours <= {code for _, code in added}
    assert all(codelists()[name].is_open for name, _ in added)


def test_files_are_i_json_in_utf_8(published):
    tables = ("releases", "records", "compiled", "release_package", "processes", "contracts")
    looked_at = Counter()
    for table, form in product(tables, ("jsonl", "package", "csv")):
        for text in published.second.texts(table, form):
            looked_at[form] += 1
            assert not text.startswith(b"\xef\xbb\xbf")
            assert b"\x00" not in text
            assert b"\\u0000" not in text
            assert not SURROGATE.search(text)
            text.decode("utf-8")
            for line in text.splitlines() if form == "jsonl" else [text] if form == "package" else []:
                assert repeated_names(line, json.decode(line)) == []
    assert set(looked_at) == {"jsonl", "package", "csv"}


def test_a_process_stays_in_the_file_of_its_first_release(published):
    def years(edition: Edition) -> dict[str, int]:
        found = {}
        for entry in edition.manifest["files"]:
            if (entry.get("table"), entry.get("format")) == ("compiled", "jsonl"):
                lines = gzip.decompress((edition.root / entry["path"]).read_bytes()).splitlines()
                found |= {json.decode(line)["ocid"]: entry["partition"]["year"] for line in lines}
        return found

    assert years(published.first).items() <= years(published.second).items()


def test_related_processes_name_an_ocid(published):
    found = [
        related
        for release in published.second.lines("releases")
        for related in release.get("relatedProcesses") or []
        if related.get("scheme") == "ocid"
    ]
    assert found or published.source.name not in {"kazakhstan", "kyrgyzstan"}
    for related in found:
        assert OCID.fullmatch(related["identifier"])


def test_the_policy_is_where_packages_point_to(published):
    policy = published.source.publisher.policy.removeprefix(f"{published.source.publisher.base_url}/v1/")

    assert (published.second.root.parent / policy).is_file()
