"""Other publishers' files get the same verdicts as from a plain reading of the official schema, error for error."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ocds_pipeline.validate import validate_files
from ocds_pipeline.validate.declared import read_declared
from ocds_schema.extensions import EXTENSIONS
from tests.support.standard import EXTENSIONS as EXTENSION_FILES
from tests.support.standard import SAMPLES, STANDARD, needs_standard, read

FOREIGN = sorted((SAMPLES / "kg").glob("goszakupki*.json"))
FILES = sorted({*(SAMPLES / "ua" / "ocds").glob("*.json"), *(SAMPLES / "kg").glob("*.json")} - {*FOREIGN})
FOLDERS = {"bids": "bid", "enquiries": "enquiry", "lots": "lots", "location": "location"}
FORMATS = jsonschema.FormatChecker(("date-time", "uri"))
REPORTED = ("schema/",)


def official(extensions: tuple[str, ...]) -> jsonschema.Draft4Validator:
    schema = read(STANDARD / "release-schema.json")
    for name in extensions:
        if name in FOLDERS:
            for patch in (EXTENSION_FILES / FOLDERS[name]).rglob("release-schema.json"):
                merge(schema, read(patch))
    return jsonschema.Draft4Validator(schema, format_checker=FORMATS)


def merge(schema: Any, patch: Any) -> None:
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(schema.get(key), dict):
            merge(schema[key], value)
        else:
            schema[key] = value


def releases(content: Any) -> Iterator[tuple[str, Any]]:
    if "releases" in content and "ocid" not in content:
        yield from (("", release) for release in content["releases"])
    elif "records" in content:
        for record in content["records"]:
            yield from (("releases/", release) for release in record["releases"] if "ocid" in release)
            yield from (("compiledRelease/", release) for release in [record.get("compiledRelease")] if release)
    else:
        yield "", content


def expected(content: Any) -> Counter[tuple[str, str]]:
    declared = content.get("extensions")
    names = read_declared(declared).known if "uri" in content else tuple(sorted(EXTENSIONS))
    validator = official(names)
    found: Counter[tuple[str, str]] = Counter()
    for under, release in releases(content):
        for error in validator.iter_errors(release):
            steps = [step for step in error.absolute_path if isinstance(step, str)]
            if error.validator == "required":
                steps.append(error.message.split("'")[1])
            found[f"schema/{error.validator}", under + "/".join(steps)] += 1
    return found


@needs_standard
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_verdicts_are_those_of_the_official_schema(file: Path) -> None:
    report = validate_files([str(file)])
    content = read(file)
    inside = {
        (group.rule, group.path): group.count
        for group in report.groups.values()
        if group.rule.startswith(REPORTED) and group.path.split("/")[0] not in content.keys() - {"tag", "date"}
    }
    bare = {
        (group.rule, group.path): group.count for group in report.groups.values() if group.rule.startswith(REPORTED)
    }

    assert (inside if "uri" in content else bare) == dict(expected(content))
    assert report.releases == len(list(releases(content)))


@needs_standard
@pytest.mark.parametrize("file", FOREIGN, ids=lambda file: file.name)
def test_a_file_that_is_not_ocds_is_told(file: Path) -> None:
    report = validate_files([str(file)])

    assert [(group.rule, group.count) for group in report.groups.values()] == [("not_ocds", 1)]
    assert report.releases == 0


@needs_standard
def test_there_are_files_with_errors_and_without() -> None:
    counts = [sum(expected(read(file)).values()) for file in FILES]

    assert len(FILES) >= 8
    assert min(counts) == 0
    assert max(counts) > 0
