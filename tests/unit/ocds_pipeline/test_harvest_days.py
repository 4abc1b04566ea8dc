"""Which documents have their turn in a harvest: those of the days since the last one."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from extractors.base import Window
from extractors.harvest import days_of
from ocds_pipeline.request import Request
from ocds_pipeline.steps.harvest import _days

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WINDOW = Window(first=NOON - timedelta(days=4), until=NOON)


def desk(left_off):
    store = SimpleNamespace(last_step=lambda *_: left_off and (None, {"next": left_off.isoformat()}))
    return SimpleNamespace(store=store, source=SimpleNamespace(name="utopia"))


def request(first=None):
    return Request(source="utopia", first=first, until=None, full=False)


@pytest.mark.parametrize(
    ("left_off", "first", "days"),
    [
        (None, None, 4),
        (NOON - timedelta(days=1), None, 1),
        (NOON - timedelta(days=1), NOON - timedelta(days=4), 4),
        (NOON - timedelta(hours=3), None, 0),
        (NOON - timedelta(days=9), None, 4),
    ],
)
def test_a_window_s_overlap_is_nobody_s_turn(left_off, first, days):
    found = _days(desk(left_off), WINDOW, request(first))

    assert len(found) == days
    assert found.stop == days_of(WINDOW).stop
