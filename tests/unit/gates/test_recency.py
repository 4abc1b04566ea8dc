"""The gate on how current data is: a portal gone silent is told, and a first edition may be of years gone by."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ocds_pipeline.gates.declared import usual_gates
from ocds_pipeline.gates.questions import Answer
from ocds_pipeline.gates.tabular import recency


@pytest.mark.parametrize(
    ("records_before", "is_met", "outcome"),
    [(0, False, "warn"), (5_000, False, "fail"), (5_000, True, "pass"), (0, True, "pass")],
)
def test_only_a_first_edition_may_be_of_years_gone_by(records_before, is_met, outcome):
    task = SimpleNamespace(as_of=datetime(2026, 11, 22, tzinfo=UTC), records_before=records_before)
    tables = SimpleNamespace(releases_by_day=lambda: {20190301: 800, 20190304: 900})
    gates = usual_gates()
    (question,) = recency(task, tables, gates["recency"].limits, gates["days"].limits)

    assert question.check(Answer(is_met=is_met, observed=20190304)).outcome == outcome
