"""Extensions of our own as editions publish them, when the publisher's settings change between editions."""

from dataclasses import replace

import pytest

from ocds_pipeline.steps.publish import extension_addresses, extension_files, former_extension_files
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.source import Source
from publish.files import media_type_of
from publish.formats import read_lines
from publish.manifest import read_manifest, read_pointer
from publish.verify import verify
from tests.support.publishing import KAZAKHSTAN, changed, contents, mended, publish, sample

SOURCE = replace(KAZAKHSTAN, extensions=("lots", "valueAddedTax", "localCodes"))


def other_settings(**members: str) -> Source:
    contact = members.pop("contact", SOURCE.portal.contact)
    portal = replace(SOURCE.portal, contact=contact)
    return replace(SOURCE, portal=portal, publisher=replace(SOURCE.publisher, **members))


def settled(source: Source) -> dict:
    return {
        "source": source,
        "extensions": extension_files(source),
        "extension_urls": extension_addresses(source),
    }


def of_earlier_versions(source: Source) -> dict:
    own = f"{source.publisher.base_url}/v1/extensions"
    urls = [
        f"{own}/{name}/extension.json" if name in {"valueAddedTax", "localCodes"} else url
        for name, url in zip(source.extensions, extension_addresses(source), strict=True)
    ]
    return {"source": source, "extensions": former_extension_files(source), "extension_urls": urls}


def addresses_of_packages(storage: FileStorage) -> set[str]:
    keys = list(storage.keys("v1/kazakhstan/data/release_package/"))
    heads = [next(iter(read_lines(lambda key=key: storage.open(key)))) for key in keys]
    return {url for head in heads for url in json.decode(head.removesuffix(b",") + b"]}")["extensions"]}


def resolved(storage: FileStorage, source: Source, url: str) -> dict:
    return json.decode(storage.read(url.removeprefix(f"{source.publisher.base_url}/")))


CHANGES = {"contact": "mailto:other@example.org", "name": "Ministry of Finance", "base_url": "https://data.example.kz"}


@pytest.mark.parametrize("changes", [CHANGES, {"contact": "mailto:other@example.org"}], ids="-".join)
@pytest.mark.parametrize("begun", [settled, of_earlier_versions])
def test_a_publisher_may_change_contact_name_and_address(tmp_path, begun, changes):
    storage, work, now = FileStorage(tmp_path / "public"), tmp_path / "work", other_settings(**changes)

    publish(sample(), storage, work, **begun(SOURCE))
    first = contents(storage)
    publish(changed(sample()), storage, work, 2, **settled(now))

    for source, wanted in ((SOURCE, begun(SOURCE)), (now, settled(now))):
        for url in wanted["extension_urls"][1:]:
            described = resolved(storage, source, url)
            assert described["contactPoint"]["email"] == source.portal.contact.removeprefix("mailto:")
            assert described["contactPoint"]["name"] == source.publisher.name
    assert addresses_of_packages(storage) == {*begun(SOURCE)["extension_urls"], *extension_addresses(now)}
    extensions = {key: data for key, data in first.items() if key.startswith("v1/extensions/")}
    assert extensions.items() <= contents(storage).items()
    assert not verify(storage, "kazakhstan").findings
    assert not verify(storage, "kazakhstan", read_pointer(storage, "kazakhstan").body["previous"]["editionId"]).findings


def test_editions_of_one_publisher_share_the_files_of_its_extensions(tmp_path):
    storage, work = FileStorage(tmp_path / "public"), tmp_path / "work"
    publish(sample(), storage, work, **settled(SOURCE))
    first = set(storage.keys("v1/extensions/"))
    publish(changed(sample()), storage, work, 2, **settled(SOURCE))

    assert set(storage.keys("v1/extensions/")) == first
    assert len({key.split("/")[3] for key in first if "/valueAddedTax/" in key}) == 1


def test_the_same_orders_give_the_same_bytes(tmp_path):
    made = []
    for name in ("a", "b"):
        storage = FileStorage(tmp_path / name)
        publish(sample(), storage, tmp_path / f"{name}-work", **of_earlier_versions(SOURCE))
        now = settled(other_settings(**CHANGES))
        publish(changed(sample()), storage, tmp_path / f"{name}-work", 2, **now)
        made.append(contents(storage))

    assert made[0] == made[1]


def test_a_lost_file_of_an_extension_comes_back_from_a_copy_wherever_it_was(tmp_path):
    storage, copy, work = FileStorage(tmp_path / "public"), FileStorage(tmp_path / "copy"), tmp_path / "work"
    for each in (storage, copy):
        publish(sample(), each, work, **of_earlier_versions(SOURCE))
        publish(changed(sample()), each, work, 2, **settled(other_settings(name="Ministry of Finance")))
    lost = [*storage.keys("v1/extensions/")]
    for key in lost:
        storage.delete(key)

    report = mended(storage, work, copy)

    assert {each.key for each in report.mended} == set(lost)
    assert contents(storage) == contents(copy)


def test_files_are_served_as_what_they_are():
    paths = sorted(extension_files(SOURCE))

    assert {path.rpartition(".")[2]: media_type_of(path) for path in paths} == {
        "json": "application/json",
        "csv": "text/csv; charset=utf-8",
        "md": "text/plain; charset=utf-8",
    }


def test_the_manifest_names_every_file_that_its_packages_lead_to(tmp_path):
    storage = FileStorage(tmp_path / "public")
    publish(sample(), storage, tmp_path / "work", **settled(SOURCE))
    manifest = read_manifest(storage, "kazakhstan", read_pointer(storage, "kazakhstan"))

    named = {each["path"].removeprefix("../") for each in manifest["ocds"]["extensionFiles"]}
    assert {f"v1/{path}" for path in named} == set(storage.keys("v1/extensions/"))
    own = f"{SOURCE.publisher.base_url}/v1/"
    assert {url.removeprefix(own) for url in manifest["ocds"]["extensions"][1:]} <= named
