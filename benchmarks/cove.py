"""What lib-cove-ocds is given: a package of releases, and the standard as a file, since it is offline."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.releases import EXTENSIONS
from ocds_schema import json
from ocds_schema.codelists import codelists
from ocds_schema.schema import DRAFT, record_package_schema, release_package_schema, release_schema

COVE = Path(".venv-bench/bin/libcoveocds")
_VERSIONED = "https://standard.open-contracting.org/schema/1__1__5/versioned-release-validation-schema.json"


def write_package(path: Path, some: Sequence[Any]) -> None:
    """Write releases as a package."""
    package = {
        "uri": "https://example.org/package.json",
        "version": "1.1",
        "publisher": {"name": "Example"},
        "publishedDate": "2026-11-22T00:00:00Z",
        "extensions": [],
        "releases": list(some),
    }
    path.write_bytes(json.encode(package))


def write_standard(path: Path) -> None:
    """Write the standard as lib-cove-ocds reads it, the extensions in use already in the schema: it is offline."""
    schemas = {
        "release-schema": release_schema(EXTENSIONS),
        "release-package-schema": release_package_schema(),
        "record-package-schema": record_package_schema(),
        # Loaded in any case, and used for records only.
        "versioned-release-validation-schema": {"$schema": DRAFT, "id": _VERSIONED},
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("standard-1__1__5/", "")
        for name, schema in schemas.items():
            archive.writestr(f"standard-1__1__5/schema/{name}.json", json.encode(schema))
        for name, listed in codelists().items():
            text = io.StringIO()
            csv.writer(text).writerows([("Code", "Title"), *listed.codes.items()])
            archive.writestr(f"standard-1__1__5/schema/codelists/{name}.csv", text.getvalue())
