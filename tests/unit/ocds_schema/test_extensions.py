import re
from dataclasses import replace

import pytest

from ocds_schema import json
from ocds_schema.codelists import codelist
from ocds_schema.errors import ConfigurationError
from ocds_schema.extensions import EXTENSIONS, PublishedAs, addresses, extension, former_files, own_files
from ocds_schema.schema import extension_patch

BASE = "https://example.org/ocds/v1/kazakhstan/"
PUBLISHED = PublishedAs(base_url=BASE, publisher="A publisher", contact="data@example.org")


def test_the_names_that_sources_use_are_there():
    of_others = {
        "bids",
        "contractTerms",
        "contract_buyer",
        "enquiries",
        "location",
        "lots",
        "statusDetails",
        "submissionTerms",
    }
    assert set(EXTENSIONS) == of_others | {"valueAddedTax", "localTexts", "localCodes"}


def version(path: str) -> str:
    return path.split("/")[2]


def test_an_extension_of_ours_is_addressed_where_the_data_is_published():
    first, own = addresses(["lots", "valueAddedTax"], PUBLISHED)

    lots = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json"
    assert first == lots
    assert re.fullmatch(
        r"https://example\.org/ocds/v1/kazakhstan/extensions/valueAddedTax/[0-9a-f]{16}/extension\.json", own
    )
    assert own.removeprefix(BASE) in own_files(["valueAddedTax"], PUBLISHED)


def test_an_extension_of_ours_is_published_with_its_schema():
    files = own_files(["lots", "valueAddedTax"], PUBLISHED)

    names = [path.partition("/valueAddedTax/")[2][17:] for path in files]
    assert names == ["extension.json", "README.md", "release-schema.json"]
    described, schema = (json.decode(content) for path, content in files.items() if path.endswith(".json"))
    assert described["schemas"] == ["release-schema.json"]
    assert described["compatibility"] == ["1.1"]
    assert described["contactPoint"] == {"name": "A publisher", "email": "data@example.org"}
    page = files[described["documentationUrl"]["en"].removeprefix(BASE)].decode()
    assert page.startswith("# Value added tax\n")
    assert "(release-schema.json)" in page
    assert schema == extension_patch("valueAddedTax")
    assert schema["definitions"]["Value"]["properties"]["amountNet"]["type"] == ["number", "null"]


def test_codes_of_our_own_are_published_as_additions_to_the_codelists():
    files = own_files(["localCodes"], PUBLISHED)

    (folder,) = {path.partition("/codelists/")[0] for path in files if "/codelists/" in path}
    described = json.decode(files[f"{folder}/extension.json"])
    assert "schemas" not in described
    assert set(files) == {
        f"{folder}/extension.json",
        f"{folder}/README.md",
        *(f"{folder}/codelists/{name}" for name in described["codelists"]),
    }
    assert files[f"{folder}/codelists/+locationGazetteers.csv"].startswith(b"Code,Title\nKZ-KATO,")


@pytest.mark.parametrize(
    "others",
    [{"base_url": "https://example.org/other"}, {"publisher": "Another"}, {"contact": "other@example.org"}],
    ids=str,
)
def test_whatever_a_file_of_an_extension_says_tells_in_its_address(others):
    changed = replace(PUBLISHED, **others)

    (path, content), (now, other) = (
        next(iter(own_files(["valueAddedTax"], each).items())) for each in (PUBLISHED, changed)
    )
    assert content != other
    assert version(path) != version(now)


def test_a_code_that_is_added_gives_the_extension_another_address(monkeypatch):
    before = addresses(["localCodes", "valueAddedTax"], PUBLISHED)
    codes = {"locationGazetteers": {"KZ-KATO": "KATO", "XX": "another"}}
    monkeypatch.setattr("ocds_schema.extensions.local_codes", lambda: codes)

    after = addresses(["localCodes", "valueAddedTax"], PUBLISHED)
    assert after[0] != before[0]
    assert after[1] == before[1]


@pytest.mark.parametrize("name", [name for name, one in EXTENSIONS.items() if one.is_ours])
def test_what_describes_an_extension_has_the_form_that_ocp_gives_it(name):
    """By the members that its schema of `extension.json` wants: no list is empty, all files of a list are there."""
    files = own_files([name], PUBLISHED)
    (path,) = (path for path in files if path.endswith("/extension.json"))
    described = json.decode(files[path])

    assert {"name", "description", "documentationUrl", "contactPoint", "compatibility"} <= described.keys()
    for member, place in (("schemas", ""), ("codelists", "codelists/")):
        assert described.get(member) != []
        assert all(path.replace("extension.json", f"{place}{each}") in files for each in described.get(member, ()))
    assert "schemas" in described or "codelists" in described


def test_the_address_of_one_extension_once_stood_without_a_version():
    files = former_files(["lots", "valueAddedTax"], PUBLISHED)

    assert list(files) == ["extensions/valueAddedTax/extension.json", "extensions/valueAddedTax/release-schema.json"]
    assert json.decode(files["extensions/valueAddedTax/extension.json"])["documentationUrl"] == {
        "en": f"{BASE}extensions/valueAddedTax/"
    }


def test_codes_of_our_own_count_where_the_extension_is_used():
    assert "KZ-KATO" in codelist("locationGazetteers", ["localCodes"]).codes
    assert "KZ-KATO" not in codelist("locationGazetteers", ["lots"]).codes


def test_an_unknown_extension_is_named():
    with pytest.raises(ConfigurationError, match="nowhere"):
        extension("nowhere")
