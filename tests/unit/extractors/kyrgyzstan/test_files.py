from pathlib import Path

import pytest

from extractors.kyrgyzstan import IMPORTER
from extractors.kyrgyzstan.files import BARE, NO_RELEASE
from ocds_schema import json

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "kg"

NEW = {"ocid": "ocds-h7i0z4-1", "date": "2021-06-09T10:00:00+06:00", "tag": ["tender"], "tender": {"id": 1}}
OLD = {"ocid": "ocds-h7i0z4-521141", "date": "2015-05-25T11:00:01.155+06:00", "tag": ["tender"], "tender": {"id": "5"}}
PLAN = {"ocid": "ocds-h7i0z4-9", "date": "2019-12-04T16:58:06.9", "tag": ["planning"], "planning": {"plans": []}}


def keys(value):
    return [(kind, key) for kind, key, _ in IMPORTER.read(json.encode(value)).documents]


RELEASE_KEY = ("release", "ocds-h7i0z4-1/2021-06-09T10:00:00+06:00")
PLAN_KEY = ("planning_release", "ocds-h7i0z4-9/2019-12-04T16:58:06.9")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"uri": "x", "version": "1.1", "releases": [NEW], "links": {"next": "y"}}, [RELEASE_KEY]),
        (NEW, [RELEASE_KEY]),
        (PLAN, [PLAN_KEY]),
        ({"content": [PLAN, NEW], "totalElements": 2}, [PLAN_KEY, RELEASE_KEY]),
        ([{"releases": [NEW]}, [PLAN]], [RELEASE_KEY, PLAN_KEY]),
        (NEW | {"planning": {"budget": {"id": "9"}}}, [RELEASE_KEY]),
        (
            {"ocid": "ocds-h7i0z4-9", "date": "d", "planning": {"plans": [{"id": 1}]}},
            [("planning_release", "ocds-h7i0z4-9/d")],
        ),
        ({"releases": []}, []),
    ],
)
def test_every_shape_of_file_is_read(value, expected):
    assert keys(value) == expected


def test_a_release_is_kept_as_it_stands():
    body = OLD | {"unheardOf": [1, {"x": "0.1"}]}

    assert IMPORTER.read(json.encode({"releases": [body]})).documents[0][2] == body


def test_several_versions_of_an_ocid_are_all_kept():
    older = NEW | {"date": "2020-01-01T00:00:00+06:00"}

    assert len(set(keys([NEW, older, NEW]))) == 2


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"content": [{"id": "ocds-h7i0z4-9", "date": "2019-12-04"}]}, BARE),
        ({"rates": []}, NO_RELEASE),
        (5, NO_RELEASE),
    ],
)
def test_what_is_no_release_is_counted(value, reason):
    contents = IMPORTER.read(json.encode(value))

    assert contents.documents == []
    assert contents.left == {reason: 1}


def test_a_text_that_is_not_json_cannot_be_read():
    with pytest.raises(ValueError, match="JSON"):
        IMPORTER.read(b"<html>")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real releases are not at hand")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kg_release_package_ocds-h7i0z4-521141.json", ("release", "ocds-h7i0z4-521141/2015-05-25T11:00:01.155+06:00")),
        (
            "kg_planning_release_ocds-h7i0z4-141594285.json",
            ("planning_release", "ocds-h7i0z4-141594285/2019-12-04T16:58:06.90656"),
        ),
    ],
)
def test_the_real_releases_are_read(name, expected):
    (document,) = IMPORTER.read((SAMPLES / name).read_bytes()).documents

    assert document[:2] == expected
