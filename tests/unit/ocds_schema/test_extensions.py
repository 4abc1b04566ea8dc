import pytest

from ocds_schema import json
from ocds_schema.codelists import codelist
from ocds_schema.errors import ConfigurationError
from ocds_schema.extensions import EXTENSIONS, addresses, extension, own_files
from ocds_schema.schema import extension_patch

BASE = "https://example.org/ocds/v1/kazakhstan/"


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


def test_an_extension_of_ours_is_addressed_where_the_data_is_published():
    assert addresses(["lots", "valueAddedTax"], BASE) == [
        "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
        "https://example.org/ocds/v1/kazakhstan/extensions/valueAddedTax/extension.json",
    ]


def test_an_extension_of_ours_is_published_with_its_schema():
    files = own_files(["lots", "valueAddedTax"], BASE, contact="data@example.org", publisher="A publisher")

    assert list(files) == ["extensions/valueAddedTax/extension.json", "extensions/valueAddedTax/release-schema.json"]
    described, schema = map(json.decode, files.values())
    assert described["schemas"] == ["release-schema.json"]
    assert described["compatibility"] == ["1.1"]
    assert described["contactPoint"] == {"name": "A publisher", "email": "data@example.org"}
    assert schema == extension_patch("valueAddedTax")
    assert schema["definitions"]["Value"]["properties"]["amountNet"]["type"] == ["number", "null"]


def test_codes_of_our_own_are_published_as_additions_to_the_codelists():
    files = own_files(["localCodes"], BASE, contact="data@example.org", publisher="A publisher")

    described = json.decode(files["extensions/localCodes/extension.json"])
    assert described["schemas"] == []
    assert set(files) == {
        "extensions/localCodes/extension.json",
        *(f"extensions/localCodes/codelists/{name}" for name in described["codelists"]),
    }
    assert files["extensions/localCodes/codelists/+locationGazetteers.csv"].startswith(b"Code,Title\nKZ-KATO,")


def test_codes_of_our_own_count_where_the_extension_is_used():
    assert "KZ-KATO" in codelist("locationGazetteers", ["localCodes"]).codes
    assert "KZ-KATO" not in codelist("locationGazetteers", ["lots"]).codes


def test_an_unknown_extension_is_named():
    with pytest.raises(ConfigurationError, match="nowhere"):
        extension("nowhere")
