"""An edition after few changes takes over what did not move, and is the one that would have been built whole."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ocds_pipeline.storage import FileStorage
from publish import carried
from publish.history import ProcessProblems
from publish.layout import source_key
from publish.manifest import published
from publish.verify import verify
from tests.support.publishing import PROBLEM, Entry, MemoryHistory, changed, contents, ocid, publish, sample, tender


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "public")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


class Asked(MemoryHistory):
    """A history that says which years were asked for."""

    def __init__(self, made: MemoryHistory) -> None:
        super().__init__(now=made.now, before=made.before, troubles=made.troubles)
        self.asked: list[int] = []

    def entries(self, year):
        self.asked.append(year)
        return super().entries(year)


def held_back(made: MemoryHistory, number: str) -> MemoryHistory:
    """The history with a process of which something newer is held back."""
    trouble = ProcessProblems(process="buy:7", ocid=ocid(number), quarantined=True, problems=(PROBLEM,))
    return replace(made.then(), troubles=(*made.troubles, trouble))


def days() -> Iterator[MemoryHistory]:
    """A change, nothing, a new year, one that is gone, one that is back, one held back, one let go."""
    made = sample()
    yield made
    yield (made := changed(made))
    yield (made := made.then())
    yield (made := made.then(_7=Entry(year=2025, states=(tender("7", amount=Decimal("7.70")),))))
    yield (made := made.then(_100=None))
    yield (made := made.then(_100=Entry(year=2024, states=(tender("100"),))))
    yield held_back(made, "101-1")
    yield made.then()


def test_every_edition_is_the_one_that_is_built_from_nothing(storage, work, tmp_path, monkeypatch):
    whole = FileStorage(tmp_path / "whole")
    for number, made in enumerate(days(), 1):
        publish(made, storage, work, number)
        with monkeypatch.context() as patched:
            patched.setattr(carried.Carrier, "year", lambda *_: None)
            publish(made, whole, tmp_path / f"alone-{number}", number)
        assert contents(storage) == contents(whole)
        assert verify(storage, "kazakhstan").findings == ()


def test_only_years_that_something_moved_in_are_read(storage, work):
    asked = []
    for number, made in enumerate(days(), 1):
        counted = Asked(made)
        publish(counted, storage, work, number)
        asked.append(counted.asked)

    assert asked == [[2023, 2024], [2024], [], [2025], [2024], [2024], [2024], [2024]]


def test_a_year_is_built_again_where_a_file_of_it_is_gone(storage, work):
    first = publish(sample(), storage, work)
    lost = next(each for each in published(first.manifest) if each.get("partition") == {"year": 2023})
    (storage.root / source_key("kazakhstan", lost["path"])).unlink()
    counted = Asked(sample().then())

    publish(counted, storage, work, 2)

    assert counted.asked == [2023]
    assert verify(storage, "kazakhstan").findings == ()


def test_other_code_builds_every_year_again(storage, work, monkeypatch):
    publish(sample(), storage, work)
    monkeypatch.setattr(carried, "_code", lambda: ["other code"])
    counted = Asked(sample().then())

    publish(counted, storage, work, 2)

    assert counted.asked == [2023, 2024]
