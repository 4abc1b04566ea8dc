"""Descriptions for machines, made from manifests: a plain catalogue, DCAT-AP 3, schema.org and Croissant.

The IRIs of data sets and distributions never change; where a file is to be had, its hash and its size do.
DCAT-AP: https://semiceu.github.io/DCAT-AP/releases/3.0.0/ · Croissant: http://mlcommons.org/croissant/1.0
"""

from collections.abc import Iterable, Mapping, Sequence

from ocds_schema import json
from ocds_schema.json import Json
from publish.layout import CATALOG, LAYOUT, source_key
from publish.manifest import moment, published
from publish.policy import PAGE

DCAT = "catalog.jsonld"
SCHEMA_ORG, CROISSANT = "dataset.jsonld", "croissant.json"

_AUTHORITY = "http://publications.europa.eu/resource/authority"
_COUNTRIES = {"KZ": "KAZ", "KG": "KGZ", "TJ": "TJK", "UA": "UKR", "AZ": "AZE"}
_LANGUAGES = {"kk": "KAZ", "ky": "KIR", "tg": "TGK", "ru": "RUS", "en": "ENG", "uk": "UKR", "az": "AZE"}
_FILE_TYPES = {
    "csv": "CSV",
    "csv-excel": "CSV",
    "jsonl": "JSON",
    "package": "JSON",
    "xlsx": "XLSX",
    "parquet": "PARQUET",
    "parquet-by-supplier": "PARQUET",
}
_MEDIA = "http://www.iana.org/assignments/media-types/"
_STANDARD = "https://standard.open-contracting.org/1.1/en/"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_CONTEXT: Mapping[str, Json] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalog_files(base_url: str, manifests: Iterable[Json], retracted: Mapping[str, Json]) -> dict[str, bytes]:
    """Give the catalogues of everything that is published, by name, from each source's newest manifest.

    `retracted` says, by source, of the newest editions that were taken back, who did so, when and why.
    """
    newest = sorted(manifests, key=lambda manifest: str(manifest["dataset"]))
    plain = _plain(base_url, newest, retracted)
    return {CATALOG: json.encode_pretty(plain), DCAT: json.encode_pretty(_dcat(base_url, newest))}


def dataset_files(base_url: str, manifest: Json) -> dict[str, bytes]:
    """Give the descriptions of one source, by name, from its newest manifest."""
    return {
        SCHEMA_ORG: json.encode_pretty(_schema_org(base_url, manifest)),
        CROISSANT: json.encode_pretty(_croissant(base_url, manifest)),
    }


def data_files(manifest: Json) -> list[Json]:
    """Give the entries of the files that hold data: those of each year, and those of all years together."""
    return [entry for entry in published(manifest) if entry["role"] in {"data", "lookup"}]


def _years(manifest: Json) -> list[int]:
    return sorted({entry["partition"]["year"] for entry in data_files(manifest) if entry.get("partition")})


def distribution_name(entry: Json) -> str:
    """Name a data file by what it holds, the same in every edition."""
    year = (entry.get("partition") or {}).get("year")
    return "-".join(str(part) for part in (entry["table"], entry["format"], year) if part is not None)


def _address(base_url: str, manifest: Json, path: str = "") -> str:
    return f"{base_url}/{source_key(manifest['dataset'], path)}"


def _page(base_url: str, manifest: Json) -> str:
    """Give the address of the page for people: a folder has no page of its own on an object storage."""
    return _address(base_url, manifest, PAGE)


def _plain(base_url: str, manifests: Sequence[Json], retracted: Mapping[str, Json]) -> Json:
    return {
        "layoutVersion": manifests[0]["layoutVersion"] if manifests else "1.0",
        "datasets": [
            {
                "dataset": each["dataset"],
                "title": each["title"],
                "testData": each["testData"],
                "editionId": each["editionId"],
                "asOf": each["asOf"],
                "records": each["counts"]["records"],
                "releases": each["counts"]["releases"],
                "licence": each["licence"],
                "url": _page(base_url, each),
                "latest": _address(base_url, each, "latest.json"),
                "feeds": [_address(base_url, each, name) for name in ("feed.atom", "feed.json")],
                "status": [_address(base_url, each, name) for name in ("status.atom", "status.json")],
                **({"retraction": retracted[each["dataset"]]} if each["dataset"] in retracted else {}),
            }
            for each in manifests
        ],
    }


def _dcat(base_url: str, manifests: Sequence[Json]) -> Json:
    home = f"{base_url}/{LAYOUT}/"
    publisher = manifests[0]["publisher"] if manifests else {"name": "", "uri": home}
    return {
        "@context": _CONTEXT,
        "@id": f"{home}#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _text("Public procurement in the Open Contracting Data Standard"),
        "dct:description": _text("Bulk editions of procurement records, with changelogs, deltas and checksums."),
        "dct:publisher": _agent(publisher),
        "dct:language": [{"@id": f"{_AUTHORITY}/language/ENG"}],
        "foaf:homepage": {"@id": f"{home}{CATALOG}"},
        "dcat:themeTaxonomy": [{"@id": f"{_AUTHORITY}/data-theme"}],
        "dcat:dataset": [_dataset(base_url, each) for each in manifests],
        **_covered(manifests),
        "@included": [{"@id": name, "@type": kind} for name, kind in sorted(_kinds(manifests).items())],
    }


def _covered(manifests: Sequence[Json]) -> Json:
    """Give what a catalogue has from its data sets: places, licence, and when something changed."""
    places = sorted({place for each in manifests if (place := _COUNTRIES.get(each.get("country", "")))})
    found: dict[str, Json] = {}
    if places:
        found["dct:spatial"] = [{"@id": f"{_AUTHORITY}/country/{place}"} for place in places]
    if manifests:
        found["dct:license"] = {"@id": manifests[0]["licence"]["url"]}
        found["dct:modified"] = _moment(max(map(moment, manifests)))
    return found


def _kinds(manifests: Sequence[Json]) -> dict[str, str]:
    """Say of what kind the things are that others name: the shapes ask for it, and need no other file then."""
    found = {f"{_AUTHORITY}/language/ENG": "dct:LinguisticSystem", f"{_AUTHORITY}/data-theme": "skos:ConceptScheme"}
    for theme in ("data-theme/GOVE", "planned-availability/STABLE"):
        found[f"{_AUTHORITY}/{theme}"] = "skos:Concept"
    found |= {
        f"{_AUTHORITY}/frequency/DAILY": "dct:Frequency",
        f"{_AUTHORITY}/access-right/PUBLIC": "dct:RightsStatement",
        _STANDARD: "dct:Standard",
        _SHA256: "spdx:ChecksumAlgorithm",
        f"{_MEDIA}application/gzip": "dct:MediaType",
    }
    for manifest in manifests:
        found |= {f"{_AUTHORITY}/language/{_LANGUAGES[one]}": "dct:LinguisticSystem" for one in _languages(manifest)}
        found[manifest["licence"]["url"]] = "dct:LicenseDocument"
        if country := _COUNTRIES.get(manifest.get("country", "")):
            found[f"{_AUTHORITY}/country/{country}"] = "dct:Location"
        for entry in data_files(manifest):
            found[_MEDIA + entry["mediaType"].split(";")[0]] = "dct:MediaType"
            if form := _FILE_TYPES.get(entry["format"]):
                found[f"{_AUTHORITY}/file-type/{form}"] = "dct:MediaTypeOrExtent"
    return found


def _dataset(base_url: str, manifest: Json) -> Json:
    name = _address(base_url, manifest)
    years = _years(manifest)
    described: dict[str, Json] = {
        "@id": f"{name}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": _text(manifest["title"]),
        "dct:description": _text(_description(manifest)),
        "dct:identifier": manifest["dataset"],
        "dct:publisher": _agent(manifest["publisher"]),
        "dcat:contactPoint": {"@type": ["vcard:Kind", "vcard:Organization"], "vcard:fn": manifest["publisher"]["name"]}
        | {"vcard:hasEmail": {"@id": manifest["contact"]}},
        "dct:accrualPeriodicity": {"@id": f"{_AUTHORITY}/frequency/DAILY"},
        "dct:language": [{"@id": f"{_AUTHORITY}/language/{_LANGUAGES[one]}"} for one in _languages(manifest)],
        "dct:modified": _moment(moment(manifest)),
        "dct:conformsTo": [{"@id": _STANDARD}],
        "dct:accessRights": {"@id": f"{_AUTHORITY}/access-right/PUBLIC"},
        "dcat:theme": [{"@id": f"{_AUTHORITY}/data-theme/GOVE"}],
        "dcat:keyword": [_text("public procurement"), _text("OCDS"), _text("open contracting")],
        "dcat:landingPage": {"@id": _page(base_url, manifest)},
        "dcat:version": manifest["editionId"],
        "adms:versionNotes": _text(_changed(manifest)),
        "dct:source": [{"@id": one["url"]} for one in manifest["sources"]],
        "dcat:distribution": [_distribution(base_url, manifest, entry) for entry in data_files(manifest)],
    }
    if country := _COUNTRIES.get(manifest.get("country", "")):
        described["dct:spatial"] = [{"@id": f"{_AUTHORITY}/country/{country}"}]
    if years:
        ends = {"dcat:startDate": f"{years[0]}-01-01", "dcat:endDate": f"{years[-1]}-12-31"}
        typed = {member: {"@type": "xsd:date", "@value": day} for member, day in ends.items()}
        described["dct:temporal"] = {"@type": "dct:PeriodOfTime", **typed}
    return described


def _distribution(base_url: str, manifest: Json, entry: Json) -> Json:
    name = _address(base_url, manifest)
    described: dict[str, Json] = {
        "@id": f"{name}#{distribution_name(entry)}",
        "@type": "dcat:Distribution",
        "dct:title": _text(distribution_name(entry)),
        "dct:description": _text(_content(entry)),
        "dcat:accessURL": {"@id": _address(base_url, manifest, entry["path"])},
        "dcat:downloadURL": {"@id": _address(base_url, manifest, entry["path"])},
        "dcat:mediaType": {"@id": _MEDIA + entry["mediaType"].split(";")[0]},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(entry["bytes"])},
        "dct:license": {"@id": manifest["licence"]["url"]},
        "dct:modified": _moment(moment(manifest)),
        "dcatap:availability": {"@id": f"{_AUTHORITY}/planned-availability/STABLE"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": _SHA256},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": entry["sha256"]},
        },
    }
    if form := _FILE_TYPES.get(entry["format"]):
        described["dct:format"] = {"@id": f"{_AUTHORITY}/file-type/{form}"}
    if entry.get("compression") == "gzip":
        described["dcat:compressFormat"] = {"@id": f"{_MEDIA}application/gzip"}
    return described


def _schema_org(base_url: str, manifest: Json) -> Json:
    publisher = manifest["publisher"]
    return {
        "@context": "https://schema.org/",
        "@id": f"{_address(base_url, manifest)}#dataset",
        "@type": "Dataset",
        "name": manifest["title"],
        "description": _description(manifest),
        "url": _page(base_url, manifest),
        "version": manifest["editionId"],
        "dateModified": moment(manifest),
        "isAccessibleForFree": True,
        "license": manifest["licence"]["url"],
        "inLanguage": list(manifest["languages"]),
        "keywords": ["public procurement", "OCDS", "open contracting"],
        "creator": {"@type": "Organization", "name": publisher["name"], "url": publisher["uri"]},
        "publisher": {"@type": "Organization", "name": publisher["name"], "url": publisher["uri"]},
        "identifier": f"{_address(base_url, manifest)}#dataset",
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Editions", "url": f"{base_url}/{LAYOUT}/{CATALOG}"},
        "isBasedOn": [one["url"] for one in manifest["sources"]],
        **_extent(manifest),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": distribution_name(entry),
                "contentUrl": _address(base_url, manifest, entry["path"]),
                "encodingFormat": entry["mediaType"].split(";")[0],
                "contentSize": f"{entry['bytes']} B",
                "sha256": entry["sha256"],
            }
            for entry in data_files(manifest)
        ],
    }


def _extent(manifest: Json) -> Json:
    """Say which country and which years a data set is of."""
    found: dict[str, Json] = {}
    if country := manifest.get("country"):
        found["spatialCoverage"] = {"@type": "Country", "identifier": country}
    if years := _years(manifest):
        found["temporalCoverage"] = f"{years[0]}-01-01/{years[-1]}-12-31"
    return found


def _croissant(base_url: str, manifest: Json) -> Json:
    """Describe the CSV files, of which each table is a record set."""
    files = [entry for entry in data_files(manifest) if entry["format"] == "csv"]
    tables = {table["name"]: table for table in manifest["tables"]}
    described = _schema_org(base_url, manifest)
    for name in ("@id", "isBasedOn", "isAccessibleForFree", "identifier", "includedInDataCatalog"):
        described.pop(name)
    return described | {
        "@context": _CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": f"{manifest['sequence']}.0.0",
        "citeAs": f"{manifest['publisher']['name']}: {manifest['title']}, edition {manifest['editionId']}",
        "datePublished": moment(manifest),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": distribution_name(entry),
                "name": distribution_name(entry),
                "contentUrl": _address(base_url, manifest, entry["path"]),
                "contentSize": f"{entry['bytes']} B",
                "encodingFormat": "text/csv",
                "sha256": entry["sha256"],
            }
            for entry in files
        ],
        "recordSet": [_record_set(entry, tables[entry["table"]]) for entry in files if entry["table"] in tables],
    }


def _record_set(entry: Json, table: Json) -> Json:
    name = distribution_name(entry)
    columns = {column["name"]: column for column in table.get("fields", ())}
    return {
        "@type": "cr:RecordSet",
        "@id": f"{name}-rows",
        "name": f"{name}-rows",
        "description": str(table.get("description", table["name"])),
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}-rows/{column}",
                "name": f"{name}-rows/{column}",
                "description": str(columns.get(column, {}).get("description") or column),
                "dataType": "sc:Text",
                "source": {"fileObject": {"@id": name}, "extract": {"column": column}},
            }
            for column in entry["columns"]
        ],
    }


_CROISSANT_CONTEXT: Mapping[str, Json] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def _content(entry: Json) -> str:
    """Say in a sentence what a file holds."""
    year = (entry.get("partition") or {}).get("year")
    told = f"The {entry['table'].replace('_', ' ')} {f'of {year}' if year else 'of all years'} as {entry['format']}"
    return f"{told}, {entry['rows']:,} rows." if entry.get("rows") is not None else f"{told}."


def _languages(manifest: Json) -> list[str]:
    return [language for language in manifest["languages"] if language in _LANGUAGES]


def _description(manifest: Json) -> str:
    counts = manifest["counts"]
    told = f"{counts['records']:,} contracting processes and {counts['releases']:,} releases from {_portals(manifest)}."
    return f"{told} {manifest['notice'].capitalize()}." if manifest.get("notice") else told


def _portals(manifest: Json) -> str:
    return ", ".join(one["name"] for one in manifest["sources"])


def _changed(manifest: Json) -> str:
    changes = manifest["changes"]
    return f"{changes['add']:,} added, {changes['change']:,} changed, {changes['delete']:,} deleted"


def _agent(publisher: Json) -> Json:
    return {
        "@id": publisher["uri"],
        "@type": ["foaf:Agent", "foaf:Organization"],
        "foaf:name": _text(publisher["name"]),
    }


def _text(text: str) -> Json:
    return {"@language": "en", "@value": text}


def _moment(text: str) -> Json:
    return {"@type": "xsd:dateTime", "@value": text}
