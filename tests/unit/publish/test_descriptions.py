"""Descriptions for machines are what the libraries and specifications of their formats want them to be.

Of each there is a counter-proof: what a validator must find is broken on purpose.
"""

import csv
import logging
import re
from datetime import datetime
from pathlib import Path

import mlcroissant
import pytest
from frictionless import Package
from pyshacl import validate
from rdflib import Graph, Namespace
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from ocds_schema import json
from publish.detail_tables import TABLES
from publish.formats import undefuse

# The libraries warn of themselves.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl")
HOME = "v1/kazakhstan"
SHAPES = Path(__file__).parents[2] / "support" / "dcat_ap_3.ttl"
SH, SPDX, VCARD = (
    Namespace(each)
    for each in ("http://www.w3.org/ns/shacl#", "http://spdx.org/rdf/terms#", "http://www.w3.org/2006/vcard/ns#")
)
SCHEMA = Namespace("https://schema.org/")


@pytest.fixture(scope="module")
def catalog(public):
    return Graph().parse(data=public.read("v1/catalog.jsonld"), format="json-ld")


@pytest.fixture(scope="module")
def shapes():
    return Graph().parse(SHAPES)


@pytest.fixture(scope="module")
def croissant(public):
    return json.decode(public.read(f"{HOME}/croissant.json"))


@pytest.fixture(scope="module")
def graph(public):
    described = json.decode(public.read(f"{HOME}/dataset.jsonld"))
    assert described["@context"] == "https://schema.org/"
    # The context of schema.org, as far as it is used, so that nothing is fetched.
    return Graph().parse(data=json.encode(described | {"@context": {"@vocab": str(SCHEMA)}}), format="json-ld")


@pytest.fixture(scope="module")
def dataset(graph):
    (found,) = graph.subjects(RDF.type, SCHEMA.Dataset)
    return found


@pytest.fixture(scope="module")
def package(public):
    (key,) = (key for key in public.keys(f"{HOME}/editions/") if key.endswith("/datapackage.json"))
    return json.decode(public.read(key))


def faults(graph, shapes):
    """The paths of properties that a graph breaks the shapes by."""
    _, report, _ = validate(graph, shacl_graph=shapes, meta_shacl=False)
    return {str(path) for path in report.objects(None, SH.resultPath)}


class TestDcat:
    """`catalog.jsonld` is DCAT-AP 3."""

    def test_it_has_what_the_specification_wants(self, catalog, shapes):
        assert faults(catalog, shapes) == set()

    def test_the_shapes_are_shacl(self, shapes):
        conforms, _, text = validate(Graph(), shacl_graph=shapes, meta_shacl=True)

        assert conforms, text

    def test_every_shape_has_something_to_look_at(self, catalog, shapes):
        targets = set(shapes.objects(None, SH.targetClass))

        assert len(targets) == 7
        assert [target for target in targets if not any(catalog.subjects(RDF.type, target))] == []

    @pytest.mark.parametrize(
        "missing",
        [
            DCTERMS.title,
            DCTERMS.publisher,
            DCTERMS.license,
            DCTERMS.spatial,
            DCAT.accessURL,
            DCAT.theme,
            DCAT.byteSize,
            FOAF.name,
            SPDX.checksumValue,
            VCARD.fn,
        ],
        ids=lambda path: re.split("[/#]", path)[-1],
    )
    def test_a_property_that_is_missing_is_found(self, catalog, shapes, missing):
        broken = Graph() + catalog
        broken.remove((None, missing, None))

        assert faults(broken, shapes) == {str(missing)}

    def test_something_of_the_wrong_kind_is_found(self, catalog, shapes):
        broken = Graph() + catalog
        broken.remove((None, RDF.type, DCTERMS.LicenseDocument))
        broken.add(
            (next(catalog.subjects(RDF.type, DCAT.Dataset)), DCTERMS.publisher, next(catalog.subjects(FOAF.name)))
        )

        assert faults(broken, shapes) == {str(DCTERMS.license)}

    def test_every_file_of_data_is_a_distribution_with_its_hash_and_size(self, public, catalog):
        for distribution in catalog.subjects(RDF.type, DCAT.Distribution):
            address = str(catalog.value(distribution, DCAT.downloadURL)).partition("/ocds/")[2]
            content = public.read(address)
            checksum = catalog.value(distribution, SPDX.checksum)
            assert str(catalog.value(distribution, DCAT.byteSize)) == str(len(content))
            assert catalog.value(checksum, SPDX.checksumValue).toPython().hex() == json.digest(content)

    def test_what_all_years_are_in_together_is_one_too(self, catalog):
        names = {
            str(title)
            for each in catalog.subjects(RDF.type, DCAT.Distribution)
            for title in catalog.objects(each, DCTERMS.title)
        }

        assert {"database-sqlite", "entities-parquet", "contracts-csv-2024"} <= names


LINK = re.compile(rb'"(https://example[.]org/ocds/[^"#]*)"')


@pytest.mark.parametrize(
    "key",
    [
        *(
            f"{HOME}/{name}"
            for name in ("dataset.jsonld", "croissant.json", "feed.atom", "feed.json", "status.atom", "status.json")
        ),
        *(
            f"v1/{name}"
            for name in ("catalog.json", "catalog.jsonld", "feed.atom", "feed.json", "status.atom", "status.json")
        ),
    ],
)
def test_what_is_linked_to_is_there(public, key):
    """A folder on an object storage is nothing to look at. Names of things, after a #, are not looked up."""
    addresses = {link.decode().partition("/ocds/")[2] for link in LINK.findall(public.read(key))}

    assert addresses
    assert {address for address in addresses if public.stat(address) is None} == set()


class TestCroissant:
    """`croissant.json` is Croissant 1.0, and its records are the rows of the tables."""

    def test_the_library_finds_nothing_wrong(self, croissant, caplog):
        with caplog.at_level(logging.WARNING):
            issues = mlcroissant.Dataset(jsonld=croissant).metadata.ctx.issues

        assert issues.errors == set()
        assert issues.warnings == set()
        assert [record.getMessage() for record in caplog.records] == []

    @pytest.mark.parametrize("missing", ["license", "datePublished"])
    def test_the_library_finds_what_is_missing(self, croissant, missing):
        broken = {name: value for name, value in croissant.items() if name != missing}
        issues = mlcroissant.Dataset(jsonld=broken).metadata.ctx.issues

        assert any(missing in str(each) for each in issues.warnings)

    @pytest.mark.parametrize(
        "table", [table for table in TABLES if table.name in {"items", "contracts"}], ids=lambda table: table.name
    )
    def test_the_library_reads_every_row(self, croissant, files, table):
        name = f"{table.name}-csv-2024"
        (path,) = files(table.name, "csv")
        dataset = mlcroissant.Dataset(jsonld=croissant, mapping={name: str(path)})
        found = [
            {key.rpartition("/")[2]: _text(value) for key, value in record.items()}
            for record in dataset.records(f"{name}-rows")
        ]
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))

        assert [list(each) for each in found] == [list(table.header)] * len(rows)
        assert [each["ocid"] for each in found] == [each["ocid"] for each in rows]
        # To the library, the text `null` is nothing.
        texts = [{undefuse(each["description"]) for each in made} - {"", "null"} for made in (found, rows)]
        assert texts[0] == texts[1]


def _text(value):
    return value.decode() if isinstance(value, bytes) else "" if value is None else str(value)


class TestSchemaOrg:
    """`dataset.jsonld` has what Google Dataset Search demands and what it recommends."""

    def test_it_has_a_name_and_a_description_long_enough_to_be_shown(self, graph, dataset):
        assert str(graph.value(dataset, SCHEMA.name))
        assert 50 <= len(graph.value(dataset, SCHEMA.description)) <= 5_000

    @pytest.mark.parametrize(
        "recommended",
        [
            "creator",
            "distribution",
            "identifier",
            "includedInDataCatalog",
            "isAccessibleForFree",
            "keywords",
            "license",
            "spatialCoverage",
            "temporalCoverage",
            "url",
            "version",
        ],
    )
    def test_it_has_what_is_recommended(self, graph, dataset, recommended):
        assert graph.value(dataset, SCHEMA[recommended], any=True) is not None

    def test_its_times_are_iso_8601(self, graph, dataset):
        begin, end = str(graph.value(dataset, SCHEMA.temporalCoverage)).split("/")

        assert (begin, end) == ("2023-01-01", "2024-12-31")
        assert datetime.fromisoformat(str(graph.value(dataset, SCHEMA.dateModified))).tzinfo

    def test_every_download_leads_to_a_file(self, public, graph, dataset):
        downloads = list(graph.objects(dataset, SCHEMA.distribution))

        assert len(downloads) > 50
        for download in downloads:
            address = str(graph.value(download, SCHEMA.contentUrl)).partition("/ocds/")[2]
            assert json.digest(public.read(address)) == str(graph.value(download, SCHEMA.sha256))
            assert str(graph.value(download, SCHEMA.encodingFormat))


class TestDataPackage:
    """`datapackage.json` is a Frictionless data package, and the CSV files are what it says of them."""

    def test_the_library_finds_nothing_wrong_with_it_or_its_files(self, public, package, tmp_path):
        report = _local(public, package, tmp_path).validate()

        assert report.valid, report.flatten(["type", "note", "title"])[:5]
        assert len(report.tasks) == len([each for each in package["resources"] if each["format"] == "csv"]) > 15

    def test_the_library_finds_a_row_that_is_wrong(self, public, package, tmp_path):
        made = _local(public, package, tmp_path)
        path = tmp_path / "contracts-2024-csv.csv"
        path.write_bytes(path.read_bytes().replace(b"1200000.50", b"1 200 000"))

        assert {"type-error", "hash-count"} & {kind for (kind,) in made.validate().flatten(["type"])}

    def test_addresses_lead_to_the_files_and_names_are_unique(self, public, package):
        for resource in package["resources"]:
            assert public.stat(resource["path"].partition("/ocds/")[2]) is not None
        names = [resource["name"] for resource in package["resources"]]
        assert "contracts-2024-parquet" in names
        assert len(set(names)) == len(names)

    def test_every_column_says_where_it_comes_from_and_how_often_it_is_filled(self, package):
        (resource,) = (each for each in package["resources"] if each["name"] == "contracts-2024-csv")
        fields = {field["name"]: field for field in resource["schema"]["fields"]}

        assert fields["value"]["fillRate"] == 1
        assert fields["date_signed"]["fillRate"] == 0
        assert fields["value"]["ocdsPath"] == "contracts/value/amount"
        assert fields["value"]["title_ru"] == "Сумма"
        assert resource["schema"]["primaryKey"] == ["ocid", "contract_id"]


def _local(public, package, folder):
    """The package with its CSV files beside it, as somebody who downloaded them has it."""
    local = {**package, "resources": []}
    for resource in package["resources"]:
        if resource["format"] == "csv":
            (folder / f"{resource['name']}.csv").write_bytes(public.read(resource["path"].partition("/ocds/")[2]))
            local["resources"].append({**resource, "path": f"{resource['name']}.csv"})
    (folder / "datapackage.json").write_bytes(json.encode(local))
    return Package(str(folder / "datapackage.json"))
