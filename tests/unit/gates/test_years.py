"""Gates read the years that moved, and judge as they would if they read all of them."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ocds_pipeline.gates import years
from ocds_pipeline.gates.judge import _watched, judge
from ocds_pipeline.gates.keeper import Keeper
from ocds_pipeline.gates.override import Override
from ocds_pipeline.gates.questions import Answer
from ocds_pipeline.gates.years import Years
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError, QualityError
from ocds_schema.personal import parse_person_numbers
from publish import commit, lookups
from publish.cells import RowsDigest
from publish.edition import write_edition
from publish.figures import Keeping
from publish.findings import Findings
from publish.layout import source_key
from publish.manifest import published
from publish.reading import compare_database, read_sqlite
from publish.verify import verify
from publish.year_tables import ALL_TABLES
from tests.support.publishing import FIRST, Entry, changed, contents, order, sample, tender

NOBODY = Override()


def ask(database, questions):
    """Answers as great-expectations does, without the seconds that it takes to begin."""
    with closing(sqlite3.connect(database)) as connection:
        return [_answer(connection, each) for each in questions]


def _answer(connection, question):
    given, table = question.arguments, question.table
    columns = ", ".join(f'"{each}"' for each in given.get("column_list", [given.get("column")]))

    def one(query):
        return connection.execute(query.format(c=columns, t=f'"{table}"')).fetchone()[0] or 0

    if question.expect == "expect_table_row_count_to_equal":
        return Answer(is_met=False, observed=one("SELECT count(*) FROM {t}"))
    if question.expect == "expect_column_max_to_be_between":
        return Answer(is_met=False, observed=one("SELECT max({c}) FROM {t}"))
    if question.expect == "expect_column_proportion_of_non_null_values_to_be_between":
        return Answer(is_met=False, observed=one("SELECT avg({c} NOT NULL) FROM {t}"))
    rows = one("SELECT count(*) FROM {t}")
    if "unique" in question.expect:
        twice = one("SELECT sum(n) FROM (SELECT count(*) AS n FROM {t} GROUP BY {c} HAVING n > 1)")
        return Answer(is_met=not twice, unexpected=twice, elements=rows)
    values = [value for (value,) in connection.execute(f'SELECT {columns} FROM "{table}"') if value is not None]
    if "set" in question.expect:
        wrong = sum(value not in given["value_set"] for value in values)
    else:
        wrong = sum(not given["min_value"] <= value <= given["max_value"] for value in values)
    return Answer(is_met=not wrong, unexpected=wrong, elements=rows, missing=rows - len(values))


def quickly(built):
    """Judge in this process."""
    read = Years(built)
    verdict = judge(read.task(), ask, NOBODY)
    read.finish()
    return json.decode(json.encode(verdict))


def gated(made, storage, work, sequence=1, **more):
    asked = order(sequence, as_of=FIRST - timedelta(days=970 - sequence), **more)
    return write_edition(made, storage, asked, work=work, judge=quickly)


def whole(monkeypatch):
    """Have nothing taken over that was kept."""
    return monkeypatch.setattr(Keeping, "told", lambda *_: None)


def dated(number, year, signed, title="Парты"):
    state = tender(number, title=title)
    state["contracts"] = [{**state["contracts"][0], "id": f"c{number}", "dateSigned": signed, "title": title}]
    return Entry(year=year, states=(state,))


def days():
    """Contracts that are alike in two years, a date to come that comes, a record that goes, a new year."""
    made = sample()
    yield made
    yield (made := changed(made))
    yield (made := made.then())
    yield (
        made := made.then(
            _8=dated("8", 2023, "2024-03-29T10:00:00+05:00"), _7=dated("7", 2025, "2024-03-29T10:00:00+05:00")
        )
    )
    yield (made := made.then(_6=dated("6", 2023, "2024-04-09T10:00:00+05:00")))
    yield (made := made.then(_100=None))
    yield (made := made.then(_100=Entry(year=2024, states=(tender("100"),))))
    yield made.then()


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "public")


def test_every_verdict_is_the_one_on_an_edition_that_is_read_whole(storage, tmp_path, monkeypatch):
    other = FileStorage(tmp_path / "other")
    for number, made in enumerate(days(), 1):
        gated(made, storage, tmp_path / "work", number)
        with monkeypatch.context() as patched:
            whole(patched)
            gated(made, other, tmp_path / f"alone-{number}", number)
        assert contents(storage) == contents(other)
        assert verify(storage, "kazakhstan").findings == ()


class Watched(FileStorage):
    """A storage that notes what is read and what is put."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.opened: list[str] = []
        self.written: list[str] = []

    def open(self, key):
        self.opened.append(key)
        return super().open(key)

    def put_new(self, key, content, **more):
        self.written.append(key)
        return super().put_new(key, content, **more)


def test_of_a_year_that_stays_only_state_and_figures_are_opened_and_nothing_is_written(storage, tmp_path, monkeypatch):
    # One in fifty files is read whole whatever happened, to see that it is still what it was.
    monkeypatch.setattr(commit, "_is_drawn", lambda _: False)
    gated(sample(), storage, tmp_path / "work")
    watched = Watched(storage.root)
    edition = gated(changed(sample()), watched, tmp_path / "work", 2)

    mine = {source_key("kazakhstan", each["path"]): each for each in published(edition.manifest)}

    def of_2023(keys):
        return {
            (each["role"], each["table"])
            for key in keys
            if (each := mine.get(key, {})).get("partition") == {"year": 2023}
        }

    assert of_2023(watched.opened) == {("state", "state"), ("figures", "gates")}
    assert of_2023(watched.written) == set()


def read_years(monkeypatch):
    found = []
    task = Years.task
    monkeypatch.setattr(
        Years, "task", lambda self: found.append(sorted(self._made_from.keys() - self._kept)) or task(self)
    )
    return found


@pytest.mark.parametrize(
    "other",
    [
        lambda patched: patched.setattr(years, "_code", lambda: "other code"),
        lambda patched: patched.setattr("publish.carried._code", lambda: ["other code"]),
    ],
    ids=["of the gates", "of the files"],
)
def test_other_code_reads_every_year_again(other, storage, tmp_path, monkeypatch):
    gated(sample(), storage, tmp_path / "work")
    found = read_years(monkeypatch)
    gated(sample().then(), storage, tmp_path / "work", 2)
    other(monkeypatch)
    gated(sample().then(), storage, tmp_path / "work", 3)

    assert found == [[], [2023, 2024]]


def test_a_threshold_that_is_another_reads_every_year_again(storage, tmp_path, monkeypatch):
    source = order().source
    gated(sample(), storage, tmp_path / "work")
    found = read_years(monkeypatch)
    gated(sample().then(), storage, tmp_path / "work", 2, source=replace(source, gates={"dates": {"past": []}}))

    assert found == [[2023, 2024]]


STRICTER = parse_person_numbers("kz", [{"layout": "YYMMDD[0-6]#####"}, {"layout": "77########"}])


def test_stricter_rules_on_persons_find_what_stands_in_years_that_nothing_moved_in(storage, tmp_path):
    source = order().source
    made = replace(sample().then(_9=Entry(year=2023, states=(tender("9", title="Школа, 7712345678"),))), before={})
    gated(made, storage, tmp_path / "work")
    before = contents(storage)
    gated(changed(made), FileStorage(shutil.copytree(storage.root, tmp_path / "copy")), tmp_path / "other", 2)

    with pytest.raises(QualityError, match="persons") as caught:
        gated(changed(made), storage, tmp_path / "work", 2, source=replace(source, person_numbers=STRICTER))

    assert "year=2023" in str(caught.value)
    assert "7712345678" not in str(caught.value)
    assert storage.read("v1/kazakhstan/latest.json") == before["v1/kazakhstan/latest.json"]


def test_stricter_rules_on_persons_read_every_year_once_more_and_the_verdict_is_the_same(
    storage, tmp_path, monkeypatch
):
    source = replace(order().source, person_numbers=STRICTER)
    copy = FileStorage(tmp_path / "copy")
    gated(sample(), storage, tmp_path / "work")
    gated(sample(), copy, tmp_path / "other", source=source)
    found = read_years(monkeypatch)
    made = sample().then()
    second = gated(made, storage, tmp_path / "work", 2, source=source)
    other = gated(made, copy, tmp_path / "other", 2, source=source)
    gated(made.then(), storage, tmp_path / "work", 3, source=source)

    assert found == [[2023, 2024], [], []]
    gates = [
        at.read(source_key("kazakhstan", f"editions/{each.id}/gates.json"))
        for at, each in ((storage, second), (copy, other))
    ]
    assert gates[0] == gates[1]


def test_a_year_whose_figures_are_lost_is_read_again(storage, tmp_path, monkeypatch):
    first = gated(sample(), storage, tmp_path / "work")
    lost = next(each for each in published(first.manifest) if each["role"] == "figures")
    (storage.root / source_key("kazakhstan", lost["path"])).unlink()
    found = read_years(monkeypatch)
    gated(sample().then(), storage, tmp_path / "work", 2)

    assert found == [[2023]]
    assert verify(storage, "kazakhstan").findings == ()


def test_a_year_that_tells_something_twice_is_not_kept(storage, tmp_path, monkeypatch):
    made = sample().then(_9=twice())
    gated(sample(), storage, tmp_path / "work")
    with pytest.raises(QualityError, match="duplicates"):
        gated(made, storage, tmp_path / "work", 2)

    override = Override(gates=frozenset({"duplicates"}), by="me", reason="so it is")
    found = read_years(monkeypatch)

    def overriding(built):
        read = Years(built)
        verdict = judge(read.task(), ask, override)
        read.finish()
        return json.decode(json.encode(verdict))

    for number, now in ((2, made), (3, made.then())):
        asked = order(number, as_of=FIRST - timedelta(days=902 - number))
        edition = write_edition(now, storage, asked, work=tmp_path / "work", judge=overriding)
        assert edition.manifest["gates"]["outcome"] == "overridden"
    assert found == [[2023], [2023]]


def test_an_ocid_in_two_years_is_told():
    twice: list[str] = []
    assert list(_watched(iter([b"a\t1", b"b\t1", b"b\t2", b"c\t1"]), twice)) == [b"a\t1", b"b\t1", b"b\t2", b"c\t1"]
    assert twice == ["b"]


@pytest.fixture
def passed_over(monkeypatch):
    """How many rows of processes in the database were not compared again, edition by edition."""
    found = []
    compare = lookups.compare_database

    def compared(*given, after, **more):
        found.append(after.get("processes", 0))
        compare(*given, after=after, **more)

    monkeypatch.setattr(lookups, "compare_database", compared)
    return found


def test_rows_of_the_database_are_compared_once(storage, tmp_path, passed_over):
    made = sample()
    for number in range(1, 4):
        edition = gated(made, storage, tmp_path / "work", number, left_out={})
        made = changed(made) if number == 1 else made.then(_8=dated("8", 2024, "2024-03-01T10:00:00+05:00"))

    assert passed_over == [0, 2, 2]
    assert verify(storage, "kazakhstan", edition.id).findings == ()


def test_rows_of_an_edition_that_was_stopped_are_compared_again(storage, tmp_path, passed_over):
    def stopping(built):
        read = Years(built)
        verdict = judge(read.task(), ask, NOBODY)
        return {
            **json.decode(json.encode(verdict)),
            "gates": [{**verdict["gates"][0], "outcome": "fail", "checks": []}],
        }

    gated(sample(), storage, tmp_path / "work", 1, left_out={})
    for kept in (tmp_path / "work").glob("kept-*/*.compared"):
        kept.unlink()
    asked = order(2, as_of=FIRST - timedelta(days=960), left_out={})
    with pytest.raises(QualityError):
        write_edition(changed(sample()), storage, asked, work=tmp_path / "work", judge=stopping)
    gated(changed(sample()), storage, tmp_path / "work", 2, left_out={})

    assert passed_over == [0, 0, 0]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("SELECT 1", []),
        ("UPDATE processes SET title = 'x' WHERE rowid = 4", ["processes with the digest"]),
        ("DELETE FROM processes WHERE rowid = 2", ["rows of processes before"]),
        ("DELETE FROM processes WHERE rowid = 5", ["rows of processes: 3", "processes with the digest"]),
    ],
)
def test_of_a_database_the_new_rows_are_compared_and_the_others_counted(spoil, told, storage, tmp_path):
    edition = gated(sample(), storage, tmp_path / "work", 1, left_out={})
    entry = next(each for each in published(edition.manifest) if each["format"] == "sqlite")
    path = storage.root / source_key("kazakhstan", entry["path"])
    after = {"processes": 2}
    new = {table.name: RowsDigest() for table in ALL_TABLES}
    for table in ALL_TABLES:
        for batch in read_sqlite(table, path, after.get(table.name, 0)):
            new[table.name].add(table.columns, batch)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(spoil)

    findings = Findings()
    compare_database(lambda: path.open("rb"), new, key="db", findings=findings, after=after)
    found = [each.expected for each in findings.all()]
    assert len(found) == len(told)
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True))


@pytest.fixture
def asked(monkeypatch):
    """The years that were read whenever great-expectations was asked; it is answered for here."""
    found = []

    def answered(keeper, task):
        found.append([year for year in task.years if year not in task.kept])
        return json.decode(json.encode(judge(task, ask, keeper._override)))

    monkeypatch.setattr(Keeper, "_by_asking", answered)
    return found


def kept_gated(made, storage, work, sequence=1, *, overriding=NOBODY, **more):
    """Publish as a publication does: whether great-expectations is asked is up to the keeper."""
    source = order(sequence, **more).source
    with Keeper(source, overriding, os.environ, work) as keeper:
        asked = order(sequence, as_of=FIRST - timedelta(days=970 - sequence), **more)
        return write_edition(made, storage, asked, work=work, judge=keeper.judge)


def test_great_expectations_is_asked_of_years_that_are_new_and_where_something_is_wrong(storage, tmp_path, asked):
    for number, made in enumerate(days(), 1):
        kept_gated(made, storage, tmp_path / "work", number)
        assert verify(storage, "kazakhstan").findings == ()

    # The fourth edition has the first process of 2025; from the fifth on a date is still to come, and in the last one
    # nothing is read.
    assert asked == [[2023, 2024], [2023, 2025], [2023], [2024], [2024]]


def test_counts_give_the_verdict_that_great_expectations_gives(storage, tmp_path, monkeypatch):
    def gated_for_good(into, folder):
        return kept_gated(changed(sample()), into, folder, 2)

    gated(sample(), storage, tmp_path / "work")
    other = FileStorage(tmp_path / "other")
    gated(sample(), other, tmp_path / "alone")
    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "run", None)
        gated_for_good(storage, tmp_path / "work")
    whole(monkeypatch)
    gated_for_good(other, tmp_path / "alone")

    assert contents(storage) == contents(other)


OWN = {"table": "contracts", "expect": "expect_column_values_to_be_in_set", "column": "status", "value_set": ["active"]}


@pytest.mark.parametrize(
    ("other", "more"),
    [
        (lambda patched: patched.setattr(years, "_code", lambda: "other code"), {}),
        (lambda patched: patched.setattr(years.metadata, "version", lambda name: f"9.9 of {name}"), {}),
        (lambda _: None, {"gates": {"fill": {"drop": Decimal("0.03")}}}),
        (lambda _: None, {"gates": {"recency": {"days": 4}}}),
        (lambda _: None, {"expectations": (OWN,)}),
        (lambda _: None, {"currency": "USD"}),
    ],
    ids=["code", "library", "threshold of counts", "threshold of days", "expectation", "currency"],
)
def test_what_is_judged_by_another_rule_is_asked_anew(other, more, storage, tmp_path, monkeypatch, asked):
    kept_gated(sample(), storage, tmp_path / "work")
    kept_gated(changed(sample()), storage, tmp_path / "work", 2)
    assert len(asked) == 1
    other(monkeypatch)
    kept_gated(changed(sample()).then(), storage, tmp_path / "work", 3, source=replace(order().source, **more))

    assert asked == [[2023, 2024], [2023, 2024]]


def twice():
    state = tender("9", title="Парты")
    state["contracts"] = [state["contracts"][0], state["contracts"][0]]
    return Entry(year=2023, states=(state,))


def of_no_code():
    state = tender("9", title="Парты")
    state["contracts"] = [{**state["contracts"][0], "status": "no such status"}]
    return Entry(year=2023, states=(state,))


@pytest.mark.parametrize(
    ("spoilt", "broken"),
    [
        (twice, "duplicates"),
        (lambda: dated("9", 2023, "2062-03-29T10:00:00+05:00"), "dates"),
        (of_no_code, "codes"),
    ],
)
def test_what_counts_do_not_find_met_is_asked_of_great_expectations(spoilt, broken, storage, tmp_path, asked):
    source = replace(order().source, gates={broken: {"floor": 1}} if broken != "duplicates" else {})
    kept_gated(sample(), storage, tmp_path / "work", source=source)
    with pytest.raises(QualityError, match=f"{broken}: "):
        kept_gated(sample().then(_9=spoilt()), storage, tmp_path / "work", 2, source=source)

    assert asked == [[2023, 2024], [2023]]


def test_a_file_that_cannot_be_read_gives_no_verdict(storage, tmp_path, asked, monkeypatch):
    def broken(*_):
        raise ValueError("cut short")

    kept_gated(sample(), storage, tmp_path / "work")
    stood = contents(storage)
    monkeypatch.setattr("ocds_pipeline.gates.judge.read", broken)
    with pytest.raises(PublishError, match=r"no verdict, so nothing was published: cut short"):
        kept_gated(changed(sample()), storage, tmp_path / "work", 2)
    assert contents(storage) == stood
