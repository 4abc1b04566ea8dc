"""The validator finds what the plain reading of the schema finds, at the same places."""

import copy
import json as plain_json
from itertools import islice

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.releases import EXTENSIONS, releases
from ocds_schema import json
from ocds_schema.schema import release_schema, strict_release_schema
from ocds_schema.validation import ReleaseValidator
from tests.support import standard

FORMATS = jsonschema.FormatChecker(("date-time", "uri"))
VALIDATOR = ReleaseValidator(EXTENSIONS)
OFFICIAL = jsonschema.Draft4Validator(release_schema(EXTENSIONS), format_checker=FORMATS)
STRICT = jsonschema.Draft4Validator(strict_release_schema(EXTENSIONS), format_checker=FORMATS)
MODELS = [json.encode(release) for release in islice(releases(40, seed=3), 60)]

TEXTS = (
    "",
    "x",
    "KZT",
    "active",
    "2026-01-01",
    "2026-02-30T00:00:00Z",
    "2026-01-01T00:00:00Z",
    "example.org",
    "http://a b",
)
PLAIN = (None, True, 0, 1, 1.5, -3, 10**20, *TEXTS)
NESTED = ([], [1, 1], ["x", "x"], [None], {}, {"id": "1"}, [{}], [{"id": None}])
JUNK = st.sampled_from([*PLAIN, *NESTED]).map(copy.deepcopy)
NAMES = st.sampled_from(
    [
        "id",
        "title",
        "title_kk",
        "title_",
        "description_ru",
        "foo",
        "amount",
        "value",
        "status",
        "date",
        "items",
        "name_kk",
    ]
)


def places(value, place=()):
    yield place
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield from places(member, (*place, step))


@st.composite
def broken(draw):
    """A release with a few members replaced, taken away or added."""
    release = json.decode(draw(st.sampled_from(MODELS)))
    for _ in range(draw(st.integers(0, 4))):
        spots = [place for place in places(release) if place]
        if not spots:
            break
        *way, step = spots[draw(st.integers(0, len(spots) - 1))]
        parent = release
        for one in way:
            parent = parent[one]
        break_at(parent, step, draw)
    return release


def break_at(parent, step, draw):
    kind = draw(st.sampled_from(["replace", "remove", "add", "double"]))
    if kind == "replace":
        parent[step] = draw(JUNK)
    elif kind == "remove":
        del parent[step]
    elif kind == "double" and isinstance(parent[step], list):
        parent[step] = [*parent[step], *copy.deepcopy(parent[step])]
    elif isinstance(parent, dict):
        parent[draw(NAMES)] = draw(JUNK)


def expected(release):
    errors = [*OFFICIAL.iter_errors(release), *STRICT.iter_errors(release)]
    return {(tuple(error.absolute_path), error.validator) for error in errors}


def actual(validator, release):
    return {
        (one.place[:-1], "additionalProperties") if one.rule == "additional_field" else (one.place, one.rule[7:])
        for one in validator.findings(release)
        if one.rule.startswith("schema/") or one.rule == "additional_field"
    }


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(broken())
def test_errors_and_their_places_are_those_of_the_schema(release):
    errors = expected(release)

    assert actual(VALIDATOR, release) == errors
    assert VALIDATOR.is_valid(release) is not bool(errors)


def sample_releases():
    folder = standard.SAMPLES / "ua" / "ocds"
    for path in sorted(folder.glob("*.json")):
        held = plain_json.loads(path.read_text(encoding="utf-8"))
        records = held.get("records", [])
        for release in held.get("releases", []) + [
            record["compiledRelease"] for record in records if "compiledRelease" in record
        ]:
            yield pytest.param(release, id=f"{path.stem[:24]}-{release.get('id', '')[:12]}")


@pytest.mark.parametrize(
    "release",
    [*islice(sample_releases(), 30)] or [pytest.param(None, marks=pytest.mark.skip(reason="no samples at hand"))],
)
def test_real_releases_are_judged_as_the_schema_judges_them(release):
    assert actual(VALIDATOR, release) == expected(release)
