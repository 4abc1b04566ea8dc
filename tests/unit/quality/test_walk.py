"""Looking through releases: the code that is written for shapes finds what going through them name by name finds."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_pipeline.quality import walk
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.walk import Walker
from tests.unit.quality.test_inspection import CASES, mutants


def found(index: Index) -> dict[str, Any]:
    """What stands in an index, with the place of every object."""
    return {
        "objects": {kind: [index.place((one,)) for one in some] for kind, some in index.objects.items()},
        "references": {role: [index.place((one,)) for one in some] for role, some in index.references.items()},
        "fields": {group: [*values] for group, values in index.fields.items()},
        "shapes": [(shape.path, sorted(shape.paths)) for shape in index.shapes],
        "lists": [len(each) for each in index.lists],
        "empties": sorted(index.empties),
    }


@pytest.fixture(params=[1, 2, 9])
def often(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_OFTEN", request.param)
    monkeypatch.setattr(walk, "_ROOT_OFTEN", request.param)


def slowly(releases: list[Any]) -> list[dict[str, Any]]:
    """What is found where no code is ever written: by a walker of its own for each release."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "_MOST_WRITTEN", 0)
        return [found(Walker().walk(release)) for release in releases]


@pytest.fixture(scope="module")
def slow() -> list[dict[str, Any]]:
    return slowly(CASES)


@pytest.mark.usefixtures("often")
def test_code_written_for_shapes_finds_the_same(slow: list[dict[str, Any]]) -> None:
    walker = Walker()
    places = [*range(len(CASES)), *reversed(range(len(CASES)))]

    assert [found(walker.walk(CASES[place])) for place in places] == [slow[place] for place in places]


@settings(max_examples=25, deadline=None)
@given(st.lists(mutants(), min_size=2, max_size=6))
def test_code_written_for_shapes_finds_the_same_in_the_oddest_releases(releases: list[Any]) -> None:
    releases = [*releases, *reversed(releases)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "_OFTEN", 1)
        patch.setattr(walk, "_ROOT_OFTEN", 2)
        walker = Walker()

        assert [found(walker.walk(release)) for release in releases] == slowly(releases)


def test_objects_deep_within_one_another_exhaust_no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_OFTEN", 2)
    monkeypatch.setattr(walk, "_MOST_WRITTEN", 40)

    def deep() -> Any:
        value: Any = {"id": "1", "date": "2026-11-02"}
        for _ in range(600):
            value = {"id": "1", f"more{'/' * 49}": value}
        return value

    walker = Walker()
    counts = {len(walker.walk(deep()).objects[""]) for _ in range(3)}

    assert counts == {600}


def test_members_in_another_order_are_the_same_shape_to_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_OFTEN", 1)
    monkeypatch.setattr(walk, "_ROOT_OFTEN", 2)
    there, back = ({"id": "1", "title": "x"}, {"title": "x", "id": "1"})
    walker = Walker()
    for _ in range(4):
        index = walker.walk({"ocid": "o", "tender": there})
    index = walker.walk({"ocid": "o", "tender": back})

    assert [set(shape.paths.values()) for shape in index.shapes] == [{"ocid", "tender"}, {"tender/id", "tender/title"}]
