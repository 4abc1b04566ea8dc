"""What was found in a year that nothing moved in is taken over, and is what would be found by looking once more."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ocds_pipeline.quality.published import EditionInspector
from ocds_pipeline.storage import FileStorage
from ocds_schema.errors import PublishError
from publish import commit, quality
from publish.edition import write_edition
from publish.figures import Keeping
from publish.layout import source_key
from publish.manifest import published
from publish.verify import verify
from tests.support.publishing import FIRST, Entry, MemoryHistory, changed, contents, order, sample, tender

SOON = "2026-11-27T12:00:00+05:00"


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "public")


def publish(made, storage, work, sequence):
    asked = order(sequence)
    inspector = EditionInspector(asked.source, asked.edition_id, asked.facts["asOf"])
    return write_edition(made, storage, asked, work=work, inspector=inspector)


def twin(number: str, year: int, title: str) -> Entry:
    """A tender whose id another process has too, in another year."""
    state = tender(number, title=title)
    state["tender"]["id"] = "the same"
    return Entry(year=year, states=(state,))


def signed_soon() -> Entry:
    """A contract that is signed some days after the first editions."""
    state = tender("8", amount=Decimal(8))
    state["contracts"] = [{"id": "8", "awardID": "8", "status": "active", "dateSigned": SOON}]
    return Entry(year=2023, states=(state,))


def days() -> Iterator[MemoryHistory]:
    """Changes in one year, in both and in none; ids of one year in another, a date that is still to come."""
    made = sample()
    yield made
    yield (made := changed(made))
    yield (made := made.then())
    yield (made := made.then(_8=signed_soon(), _7=twin("7", 2025, "Парты")))
    yield (made := made.then(_6=twin("6", 2023, "Столы")))
    yield (made := made.then(_100=None))
    yield (made := made.then(_7=twin("7", 2025, "Стулья")))
    yield (made := made.then(_100=Entry(year=2024, states=(tender("100"),))))
    yield made.then()


class Watched(FileStorage):
    """A storage that notes what is read and what is put."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.opened: list[str] = []

    def open(self, key):
        self.opened.append(key)
        return super().open(key)


def looked_at(monkeypatch) -> list[int]:
    years: list[int] = []
    begin = EditionInspector.begin
    monkeypatch.setattr(EditionInspector, "begin", lambda self, year: years.append(year) or begin(self, year))
    return years


def test_every_edition_is_the_one_that_is_looked_at_whole(storage, tmp_path, monkeypatch):
    whole = FileStorage(tmp_path / "whole")
    for number, made in enumerate(days(), 1):
        publish(made, storage, tmp_path / "work", number)
        with monkeypatch.context() as patched:
            patched.setattr(Keeping, "told", lambda *_: None)
            publish(made, whole, tmp_path / f"alone-{number}", number)
        assert contents(storage) == contents(whole)
        assert verify(storage, "kazakhstan").findings == ()


def test_only_years_that_something_moved_in_are_looked_at(storage, tmp_path, monkeypatch):
    years, asked = looked_at(monkeypatch), []
    for number, made in enumerate(days(), 1):
        publish(made, storage, tmp_path / "work", number)
        asked.append(tuple(years))
        years.clear()

    # In the sixth edition the date that was to come in 2023 has come.
    assert asked == [(2023, 2024), (2024,), (), (2023, 2025), (2023,), (2023, 2024), (2025,), (2024,), ()]


def test_ids_of_several_years_are_found_though_only_one_is_looked_at(storage, tmp_path):
    for number, made in enumerate(days(), 1):
        edition = publish(made, storage, tmp_path / "work", number)
        again = edition.manifest["counts"]["findings"]["byRule"].get("tender_id_unique", 0)
        assert again == (number >= 5), number


def test_of_a_year_that_stays_only_state_and_figures_are_opened(storage, tmp_path, monkeypatch):
    # One in fifty files is read whole whatever happened, to see that it is still what it was.
    monkeypatch.setattr(commit, "_is_drawn", lambda _: False)
    publish(sample(), storage, tmp_path / "work", 1)
    watched = Watched(storage.root)
    edition = publish(changed(sample()), watched, tmp_path / "work", 2)

    mine = {source_key("kazakhstan", each["path"]): each for each in published(edition.manifest)}
    opened = [mine[key] for key in watched.opened if mine.get(key, {}).get("partition") == {"year": 2023}]
    assert {(each["role"], each["table"]) for each in opened} == {("state", "state"), ("figures", "quality")}


def figures_of(edition, storage, year=2023):
    entry = next(
        each
        for each in published(edition.manifest)
        if (each["role"], each.get("partition")) == ("figures", {"year": year})
    )
    return storage.root / source_key("kazakhstan", entry["path"])


def altered(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [Path.unlink, altered], ids=["lost", "altered"])
def test_a_year_whose_figures_are_no_more_is_looked_at_again(harm, storage, tmp_path, monkeypatch):
    first = publish(sample(), storage, tmp_path / "work", 1)
    whole = FileStorage(tmp_path / "whole")
    shutil.copytree(storage.root, whole.root)
    harm(figures_of(first, storage))
    years = looked_at(monkeypatch)

    if harm is altered:
        with pytest.raises(PublishError, match="was altered"):
            publish(sample().then(), storage, tmp_path / "work", 2)
        figures_of(first, storage).unlink()
    publish(sample().then(), storage, tmp_path / "work", 2)
    assert set(years) == {2023}
    publish(sample().then(), whole, tmp_path / "alone", 2)
    assert contents(storage) == contents(whole)


@pytest.mark.parametrize(
    "other",
    [
        lambda patched: patched.setattr(quality, "_code", lambda _: "other code"),
        lambda patched: patched.setattr("publish.issues.MOST", 9_999),
        lambda patched: patched.setattr(EditionInspector, "recipe", ["another currency"]),
    ],
    ids=["code", "bound", "country"],
)
def test_another_rule_looks_at_every_year_again(other, storage, tmp_path, monkeypatch):
    publish(sample(), storage, tmp_path / "work", 1)
    years = looked_at(monkeypatch)
    other(monkeypatch)
    publish(sample().then(), storage, tmp_path / "work", 2)

    assert years == [2023, 2024]


def test_a_clock_that_went_back_looks_again(storage, tmp_path, monkeypatch):
    publish(sample(), storage, tmp_path / "work", 1)
    years = looked_at(monkeypatch)
    asked = order(2, as_of=FIRST - timedelta(days=9))
    inspector = EditionInspector(asked.source, asked.edition_id, asked.facts["asOf"])
    write_edition(sample().then(), storage, asked, work=tmp_path / "work", inspector=inspector)

    assert years == [2023, 2024]
