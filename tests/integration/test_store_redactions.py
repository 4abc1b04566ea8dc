"""What is taken out of the store is out of releases, records and problems, and the next edition is told."""

from dataclasses import replace

from sqlalchemy import Table, select, update

from ocds_pipeline.steps.moves import StoreHistory
from ocds_pipeline.store import Mark, Rewritten, Store
from ocds_pipeline.store.redactions import DONE
from ocds_pipeline.store.tables import PROBLEM, RECORD, RELEASE
from ocds_schema import json
from ocds_schema.outcome import Outcome
from ocds_schema.problems import Problem
from ocds_schema.redaction import MASK, Redaction
from publish.changelog import Change
from tests.support.stored import SOURCE, outcome, run
from transformers.compiled import Merger

MERGER = Merger(("lots",))
SECRET = "Иванова"
RULE = Redaction(kind="value", what=SECRET, ocid="o-1")
TOLD = {"by": "Ann"}


def mark(store: Store) -> Mark:
    return Mark(release=store.mark(SOURCE), removal=store.removal_mark(SOURCE))


def changes(store: Store, since: Mark) -> list[Change]:
    return list(StoreHistory(store, SOURCE, since=since, through=mark(store), merger=MERGER).changes())


def told(process: str, ocid: str, number: int = 1, *, text: str, problems: tuple[Problem, ...] = ()) -> Outcome:
    """A release with a title, and the record that it makes."""
    made = outcome(process, ocid, number, problems=problems)
    assert made.release
    assert made.record
    date = made.release.date.isoformat()
    content = {"ocid": ocid, "id": made.release.id, "date": date, "tag": ["tender"], "tender": {"title": text}}
    body = json.encode(MERGER.compile([content]))
    return replace(
        made,
        release=replace(made.release, body=json.encode(content)),
        record=replace(made.record, body=body, digest=json.digest(body), state_digest=json.digest(text.encode())),
    )


def begin(store: Store) -> str:
    """Two processes with the secret; give the digest of the first one's record."""
    problem = Problem(path="tender/title", rule="r", reason=f"{SECRET}?", value=SECRET)
    for number, process in enumerate(("buy:1", "buy:2"), 1):
        store.save_outcomes(run(1), [told(process, f"o-{number}", text=SECRET, problems=(problem,))])
    return json.digest(compiled(store, "o-1"))


def compiled(store: Store, ocid: str) -> bytes:
    ((_, releases),) = store.whole_history(SOURCE, ocid)
    return json.encode(MERGER.compile([json.decode(release.body) for _, release in releases]))


def take_out(store: Store, base: str) -> None:
    redaction = store.note_redaction(SOURCE, RULE, TOLD)
    ((record, releases),) = store.whole_history(SOURCE, "o-1")
    bodies = {seq: json.encode(RULE.redact(json.decode(release.body))) for seq, release in releases}
    body = json.encode(MERGER.compile([json.decode(each) for each in bodies.values()]))
    moved = replace(record, body=body, digest=json.digest(body))
    store.rewrite(run(2), redaction, [Rewritten(record=moved, releases=bodies, base=base)])
    store.mask_problems(SOURCE, RULE, record.process)


def bodies(store: Store, table: Table) -> dict[str, str]:
    with store._reading() as connection:
        rows = connection.execute(select(table.c.ocid, table.c.body)).all()
        read = store._read_bodies(connection, [row.body for row in rows])
    return {row.ocid: body.decode() for row, body in zip(rows, read, strict=True)}


def test_releases_and_records_of_the_process_are_without_it_and_others_stay(store: Store) -> None:
    take_out(store, begin(store))

    for table in (RELEASE, RECORD):
        found = bodies(store, table)
        assert SECRET not in found["o-1"]
        assert MASK in found["o-1"]
        assert SECRET in found["o-2"]


def test_problems_of_the_process_are_without_it(store: Store) -> None:
    take_out(store, begin(store))

    with store._reading() as connection:
        found = {row.process: (row.reason, row.value) for row in connection.execute(select(PROBLEM))}
    assert found == {"buy:1": (f"{MASK}?", MASK), "buy:2": (f"{SECRET}?", SECRET)}


def test_the_next_edition_is_told_from_where_the_last_one_left_it(store: Store) -> None:
    base = begin(store)
    since = mark(store)
    take_out(store, base)

    (change,) = changes(store, since)

    assert (change.ocid, change.op, change.cause, change.before) == ("o-1", "redact", "redaction", None)
    assert change.base == base
    assert change.after == bodies(store, RECORD)["o-1"].encode()


def test_taken_out_twice_before_an_edition_it_is_told_once(store: Store) -> None:
    base = begin(store)
    since = mark(store)
    take_out(store, base)
    take_out(store, json.digest(compiled(store, "o-1")))

    (change,) = changes(store, since)

    assert change.base == base


def test_a_change_after_it_is_a_step_of_its_own(store: Store) -> None:
    base = begin(store)
    since = mark(store)
    take_out(store, base)
    store.save_outcomes(run(3), [told("buy:1", "o-1", 2, text="another")])

    redact, change = changes(store, since)

    assert (redact.op, redact.base) == ("redact", base)
    assert (change.op, change.before) == ("change", redact.after)


def test_what_was_never_published_is_only_added(store: Store) -> None:
    base = begin(store)
    take_out(store, base)

    found = {change.ocid: change.op for change in changes(store, Mark())}

    assert found == {"o-1": "add", "o-2": "add"}


def test_what_is_gone_is_told_of_no_more_and_comes_back_when_the_portal_has_it_again(store: Store) -> None:
    base = begin(store)
    with store._writing() as connection:
        store.remove(connection, run(2), "o-1", op="delete", cause="source_gone", facts={})
        connection.execute(update(RECORD).where(RECORD.c.ocid == "o-1").values(gone=True))
    gone = mark(store)
    take_out(store, base)
    assert changes(store, gone) == []
    since = mark(store)

    assert store.settle_removals(run(3))["returned"] == 1

    (change,) = changes(store, since)
    assert (change.ocid, change.op, change.facts) == ("o-1", "add", {"returned": True})
    assert change.after is not None
    assert SECRET.encode() not in change.after


def test_a_rule_is_kept_once_and_ends(store: Store) -> None:
    first = store.note_redaction(SOURCE, RULE, TOLD)
    again = store.note_redaction(SOURCE, replace(RULE), {"by": "Bob"})
    store.settle_redaction(first, DONE, TOLD | {"objects": []})

    (held,) = store.redactions(SOURCE)
    assert (again.id, held.rule, held.state, held.facts) == (first.id, RULE, DONE, TOLD | {"objects": []})
    assert store.redactions("kyrgyzstan") == []
