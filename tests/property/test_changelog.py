"""Whatever two records hold, the fields of a changelog lead from one to the other."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocds_schema import json
from ocds_schema.json import Json
from publish.changelog import Change, apply, fields, line

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

KEYS = st.sampled_from(["id", "value", "items", "a/b", "~", "~1", "[id=1]", "x]", "", "Ж"]) | st.text(max_size=3)
IDS = st.sampled_from(["1", 1, "2", "a/b", "x]", "[id=1]", "~2", ""]) | st.text(max_size=2) | st.integers(0, 3)
NUMBERS = st.sampled_from([Decimal("1.0"), Decimal("1.00"), Decimal("1E+3"), 1000, 1, 0, Decimal("0.10")])
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=3)


def members(values: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """An array of objects that have ids, most often each its own."""
    member = st.builds(lambda each, rest: {**rest, "id": each}, IDS, st.dictionaries(KEYS, values, max_size=2))
    return st.lists(member, max_size=4) | st.lists(member, max_size=4, unique_by=lambda each: str(each["id"]))


VALUES = st.recursive(
    LEAVES,
    lambda inner: st.dictionaries(KEYS, inner, max_size=3) | st.lists(inner, max_size=3) | members(inner),
    max_leaves=12,
)
RECORDS = st.dictionaries(KEYS, VALUES, max_size=4)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Json, Json]:
    """Two records, the second most often made of the first."""
    before = draw(RECORDS)
    if draw(st.booleans()):
        return before, draw(RECORDS)
    return before, draw(altered(before))


@st.composite
def altered(draw: st.DrawFn, value: Json) -> Json:
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    if isinstance(value, dict):
        return {
            key: draw(altered(each)) if key != "id" else each for key, each in value.items() if draw(st.integers(0, 5))
        }
    if isinstance(value, list):
        kept = [draw(altered(each)) for each in value if draw(st.integers(0, 5))]
        return draw(st.permutations(kept)) if draw(st.integers(0, 3)) == 0 else kept
    return value


@PATIENT
@given(pairs())
def test_applying_the_fields_to_the_record_gives_the_next(pair):
    before, after = (json.decode(json.encode(each)) if isinstance(each, dict) else {} for each in pair)
    held = json.encode(before)

    found = fields(before, after)

    written = json.decode(json.encode(found))
    assert json.encode(apply(before, written)) == json.encode(after)
    assert json.encode(before) == held


@PATIENT
@given(pairs())
def test_every_leaf_that_changed_is_in_the_fields_once(pair):
    before, after = (json.decode(json.encode(each)) if isinstance(each, dict) else {} for each in pair)

    found = fields(before, after)

    paths = [(each["path"], each["op"] == "order") for each in found]
    assert max(Counter(paths).values(), default=1) == 1
    for path, is_order in paths:
        assert not any(other != path and is_under(other, path) for other, _ in paths if not is_order)
    assert bool(found) == (json.encode(before) != json.encode(after))


def is_under(path: str, parent: str) -> bool:
    return path.startswith((f"{parent}/", f"{parent}[id="))


@PATIENT
@given(RECORDS)
def test_an_unchanged_record_has_no_fields(record):
    assert fields(record, json.decode(json.encode(record))) == []


@PATIENT
@given(pairs())
def test_fields_are_not_applied_to_another_record(pair):
    before, after = (json.decode(json.encode(each)) if isinstance(each, dict) else {} for each in pair)
    found = [each for each in fields(before, after) if each["op"] != "order"]
    if not found or json.encode(after) == json.encode(before):
        return

    with pytest.raises(ValueError, match="previous record"):
        apply(after, found)


@PATIENT
@given(pairs(), st.sampled_from(["x" * 600, ["y" * 300] * 3, {"long": "z" * 700}, {"sha256": "0", "bytes": 1}]))
def test_values_too_long_for_a_line_are_taken_from_the_next_record(pair, long):
    before, after = (json.decode(json.encode(each)) if isinstance(each, dict) else {} for each in pair)
    before, after = {**before, "was": long}, {**after, "is": [{"id": "a", "value": long}]}
    change = Change(ocid="x", year=2026, before=json.encode(before), after=json.encode(after))

    entry = json.decode(json.encode(line(change, 1, "source")))

    assert all(len(json.encode(each.get(side))) <= 512 for each in entry["fields"] for side in ("old", "new"))
    assert json.encode(apply(before, entry["fields"], after)) == json.encode(after)
    if len(json.encode(after["is"])) > 512:
        with pytest.raises(ValueError, match="next record"):
            apply(before, entry["fields"], {**after, "is": []})
