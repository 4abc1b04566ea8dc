"""Gates on the tables: every question that is asked of them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ocds_pipeline.gates.questions import Answer, Question
from ocds_pipeline.gates.result import Check, limited, percent, share
from ocds_pipeline.gates.tables import RELEASES, Tables, codes, date_of, day_number
from ocds_pipeline.gates.task import Task, is_working_day
from publish.partition import TABLES

OWN = "expectations"
"""The gate whose questions a country asks."""
_NOT_NULL = "expect_column_proportion_of_non_null_values_to_be_between"
_UNIQUE = "expect_compound_columns_to_be_unique"
_BETWEEN = "expect_column_values_to_be_between"
_IN_SET = "expect_column_values_to_be_in_set"
_DECLARED = frozenset({"table", "expect", "because"})


def fill(task: Task, tables: Tables, limits: Mapping[str, Any]) -> Iterator[Question]:
    """Ask whether the key columns are as filled as before."""
    before = (task.figures or {}).get("tables", {})
    for table in TABLES:
        was, rows = before.get(table.name), tables.rows(table.name)
        for column in limits.get(table.name, ()):
            if was and was["rows"] and rows:
                rate = share(was["filled"].get(column, 0), was["rows"])
                lowest = max(Decimal(), rate - limits["drop"])
                yield Question(
                    gate="fill",
                    table=table.name,
                    what=f"{table.name}.{column}",
                    expect=_NOT_NULL,
                    arguments={"column": column, "min_value": float(lowest)},
                    expected=f"filled in at least {percent(lowest)} of the rows",
                    floor=limits["floor"],
                    previous=percent(rate),
                    count=_lost(rate, rows),
                )


def _lost(rate: Decimal, rows: int) -> Any:
    def lost(answer: Answer) -> int:
        return int((rate - Decimal(str(answer.observed or 0))) * rows)

    return lost


def counted(task: Task) -> Iterator[Question]:
    """Ask whether each table has the rows that the manifest says."""
    for table in TABLES:
        rows = sum(task.rows.get(table.name, {}).values())
        yield Question(
            gate="parity",
            table=table.name,
            what=f"{table.name}: rows",
            expect="expect_table_row_count_to_equal",
            arguments={"value": rows},
            expected=f"{rows:,}, as the manifest says",
        )


def columns(task: Task, tables: Tables, limits: Mapping[str, Any]) -> Iterator[Question]:
    """Ask whether any column that held something holds nothing."""
    before = (task.figures or {}).get("tables", {})
    for table in TABLES:
        was = before.get(table.name, {"filled": {}})
        for column in table.header:
            if was["filled"].get(column, 0) >= limits["floor"] and tables.rows(table.name):
                yield Question(
                    gate="columns",
                    table=table.name,
                    what=f"{table.name}.{column}",
                    expect=_NOT_NULL,
                    arguments={"column": column, "min_value": 0, "strict_min": True},
                    expected="some values",
                    previous=f"{was['filled'][column]:,} values",
                )


def duplicates(tables: Tables) -> Iterator[Question]:
    """Ask whether every key occurs once."""
    keys = {table.name: table.key for table in TABLES} | {RELEASES: ("ocid", "id")}
    for table, key in keys.items():
        if tables.rows(table):
            alone = len(key) == 1
            yield Question(
                gate="duplicates",
                table=table,
                what=f"{table}: {', '.join(key)}",
                expect="expect_column_values_to_be_unique" if alone else _UNIQUE,
                arguments={"column": key[0]} if alone else {"column_list": list(key)},
                expected="each once",
            )


def twins(task: Task, tables: Tables, limits: Mapping[str, Any]) -> Check:
    """Compare the contracts that are alike in all but their ids with the edition before."""
    valued, alike = tables.twins()
    before = (task.figures or {}).get("twins")
    was = share(before["alike"], before["valued"]) if before else Decimal(1)
    now = share(alike, valued)
    return Check(
        what="contracts alike in buyer, supplier, value, date and title",
        outcome=limited(
            is_sound=now <= was + limits["twins"],
            count=alike - (before["alike"] if before else 0),
            floor=limits["floor"],
        ),
        expected=f"at most {percent(was + limits['twins'])} of those with a value" if before else "any number",
        found=f"{alike:,} of {valued:,}, {percent(now)}",
        previous=f"{before['alike']:,} of {before['valued']:,}" if before else None,
    )


def dates(task: Task, tables: Tables, limits: Mapping[str, Any]) -> Iterator[Question]:
    """Ask whether dates lie where they can lie; what has happened cannot lie after the edition."""
    first = limits["first"] * 10_000
    late = task.as_of + timedelta(days=1)
    latest = {"past": day_number(late), "planned": day_number(late) + limits["ahead"] * 10_000}
    for when, last in latest.items():
        for place in limits[when]:
            table, _, column = place.partition("/")
            if tables.rows(table):
                yield Question(
                    gate="dates",
                    table=table,
                    what=f"{table}.{column}",
                    expect=_BETWEEN,
                    arguments={
                        "column": f"{column}_day",
                        "min_value": first,
                        "max_value": last,
                        "mostly": float(1 - limits["share"]),
                    },
                    expected=f"{limits['first']} to {last} in {percent(1 - limits['share'])} of the rows",
                    floor=limits["floor"],
                )


def coded(tables: Tables, limits: Mapping[str, Any]) -> Iterator[Question]:
    """Ask whether columns of closed codelists hold only their codes."""
    for place, name in limits["columns"].items():
        table, _, column = place.partition("/")
        if tables.rows(table):
            yield Question(
                gate="codes",
                table=table,
                what=f"{table}.{column}",
                expect=_IN_SET,
                arguments={"column": column, "value_set": codes(name)},
                expected=f"codes of {name}",
            )


def recency(task: Task, tables: Tables, limits: Mapping[str, Any], calendar: Mapping[str, Any]) -> Iterator[Question]:
    """Ask whether the newest release is of one of the last working days, by the calendar of the gate on days.

    A first edition may be all of years gone by.
    """
    by_day = tables.releases_by_day()
    if not by_day:
        return
    wanted = _working_days_ago(task, limits["days"], calendar)
    newest = date_of(max(by_day))
    lately = sum(by_day.get(day_number(newest - timedelta(days=back)), 0) for back in range(limits["look_back"]))
    silent = max(0, (task.as_of.date() - newest).days)
    yield Question(
        gate="recency",
        table=RELEASES,
        what="day of the newest release, in UTC",
        expect="expect_column_max_to_be_between",
        arguments={"column": "date_day", "min_value": day_number(wanted)},
        expected=f"{day_number(wanted)} or later",
        floor=limits["floor"],
        count=lambda _answer: lately * silent // limits["look_back"] if task.records_before else -1,
        is_day=True,
    )


def _working_days_ago(task: Task, days: int, calendar: Mapping[str, Any]) -> date:
    day, left = task.as_of.date(), days
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day, calendar)
    return day


def declared(task: Task, limits: Mapping[str, Any]) -> Iterator[Question]:
    """Ask what the country declares in its `source.toml`."""
    for expectation in task.source.expectations:
        arguments = {name: value for name, value in expectation.items() if name not in _DECLARED}
        said = ", ".join(f"{name} {value}" for name, value in arguments.items() if name != "column")
        column = f".{arguments['column']}" if "column" in arguments else ""
        yield Question(
            gate=OWN,
            table=expectation["table"],
            what=expectation["table"] + column,
            expect=expectation["expect"],
            arguments=arguments,
            expected=expectation.get("because", f"{expectation['expect'].replace('_', ' ')}: {said}"[:200]),
            floor=limits["floor"],
            count=lambda answer: answer.unexpected if answer.observed is None else limits["floor"],
        )
