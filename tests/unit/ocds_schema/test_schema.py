import pytest

from ocds_schema.codelists import codelist, codelists
from ocds_schema.errors import ConfigurationError
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.schema import (
    describe,
    extension_patch,
    record_package_schema,
    release_package_schema,
    release_schema,
    strict_release_schema,
)
from ocds_schema.standard import fields, languages, objects
from tests.support import standard
from tests.support.standard import needs_standard, places, read, structure

SCHEMAS = {
    "release": release_schema,
    "release-package": release_package_schema,
    "record-package": record_package_schema,
}
FOLDERS = {"bids": "bid", "enquiries": "enquiry", "lots": "lots", "location": "location"}


@needs_standard
@pytest.mark.parametrize("name", SCHEMAS)
def test_our_statement_of_the_standard_differs_in_nothing_but_words(name):
    theirs = read(standard.STANDARD / f"{name}-schema.json")

    assert places(structure(SCHEMAS[name]())) == places(structure(theirs))


@needs_standard
@pytest.mark.parametrize("name", FOLDERS)
def test_our_statement_of_an_extension_differs_in_nothing_but_words(name):
    theirs = read(standard.EXTENSIONS / FOLDERS[name] / "v1.1.5" / "release-schema.json")

    assert places(structure(extension_patch(name))) == places(structure(theirs))


@needs_standard
@pytest.mark.parametrize("name", SCHEMAS)
def test_no_words_are_the_standards_own(name):
    def words(schema, found):
        if isinstance(schema, dict):
            text = schema.get("description")
            if isinstance(text, str):
                found.add(text)
            for value in schema.values():
                words(value, found)
        elif isinstance(schema, list):
            for value in schema:
                words(value, found)
        return found

    theirs = words(read(standard.STANDARD / f"{name}-schema.json"), set())
    ours = words(SCHEMAS[name](), set())

    long = {text for text in ours if len(text.split()) > 4}
    assert long.isdisjoint(theirs)
    assert not [text for text in long if any(text.rstrip(".") in their for their in theirs)]


@needs_standard
def test_every_codelist_has_the_standards_codes():
    files = {path.stem: path for path in (standard.STANDARD / "codelists").glob("*.csv")}
    for folder in FOLDERS.values():
        files |= {path.stem: path for path in (standard.EXTENSIONS / folder / "v1.1.5" / "codelists").glob("*.csv")}

    added = {name.removeprefix("+"): standard.codes_of(path) for name, path in files.items() if name.startswith("+")}
    whole = {name: path for name, path in files.items() if not name.startswith("+")}

    assert {name: sorted(one.codes) for name, one in codelists().items()} == {
        name: sorted(standard.codes_of(path)) for name, path in whole.items()
    }
    assert all(set(codes) <= set(codelist(name).codes) for name, codes in added.items())


@needs_standard
def test_extensions_of_others_are_pinned_as_in_the_registry():
    registry = (standard.EXTENSIONS / "extension_versions.csv").read_text(encoding="utf-8")

    for one in EXTENSIONS.values():
        if not one.is_ours:
            assert one.url.removesuffix("extension.json") in registry


def test_every_code_has_a_title_and_every_field_a_meaning():
    assert all(title for one in codelists().values() for title in one.codes.values())
    assert all(field.meaning for field in fields())
    assert all(meaning for _, meaning in objects().values())


def test_every_language_variant_is_of_a_field_that_exists():
    known = {(field.object, field.name) for field in fields()}

    assert {(owner, field) for _, owner, field in languages()} <= known


def test_an_unknown_extension_or_codelist_is_named():
    with pytest.raises(ConfigurationError, match="lotz"):
        release_schema(["lotz"])
    with pytest.raises(ConfigurationError, match="tenderStatuz"):
        codelist("tenderStatuz")


def test_the_callers_copy_of_a_schema_is_the_callers():
    release_schema(["lots"])["definitions"].clear()

    assert "Lot" in release_schema(["lots"])["definitions"]


@pytest.mark.parametrize(
    ("path", "extensions", "meaning"),
    [
        ("ocid", (), "The number that one contracting process keeps for life, across all publishers"),
        ("tender/lots/value/amount", ("lots",), "How much"),
        ("tender/lots/value/amount", (), ""),
        ("tender/items/unit/name", (), "The unit's name"),
        ("tender/title_kk", (), "What the tender is called, in the language kk"),
        ("tender/title_!", (), ""),
        ("tender/id_kk", (), ""),
        ("awards/value/amountNet", ("valueAddedTax",), "The amount without value added tax"),
        ("parties/details/size", (), ""),
        ("nothing", (), ""),
    ],
)
def test_a_path_is_described_in_plain_words(path, extensions, meaning):
    assert describe(path, extensions) == meaning


def test_the_strict_schema_closes_every_object_that_has_members():
    def open_objects(schema, path):
        if not isinstance(schema, dict):
            return
        has_members = isinstance(schema.get("properties"), dict) and "type" in schema
        if has_members and schema.get("additionalProperties") is not False:
            yield path
        for key, value in schema.items():
            yield from open_objects(value, f"{path}/{key}")

    assert list(open_objects(strict_release_schema(tuple(EXTENSIONS)), "")) == []
