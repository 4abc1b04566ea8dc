"""Long work is shown where somebody looks, and said now and then elsewhere."""

import io
import logging
import sys

import pytest

from ocds_pipeline.progress import BarMeter, LineMeter, SilentMeter, meter


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_bars(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with meter() as progress:
        progress.show("lots read", 1500, 2000)
        progress.show("lots read", 2000, 2000)

    assert isinstance(progress, BarMeter)
    assert "lots read" in terminal.getvalue()
    assert "2,000 of 2,000" in terminal.getvalue()


def test_a_pipe_gets_lines_now_and_then(caplog):
    now = iter([0.0, 1.0, 20.0, 21.0, 40.0])
    progress = LineMeter(clock=lambda: next(now))
    with caplog.at_level(logging.INFO):
        for done in (1, 2000, 3000, 4000):
            progress.show("lots read", done, None if done == 4000 else 5000)

    assert caplog.messages == ["lots read: 2,000 of 5,000", "lots read: 4,000 of an unknown number"]


@pytest.mark.parametrize(("quiet", "kind"), [(True, SilentMeter), (False, LineMeter)])
def test_the_meter_suits_the_place(monkeypatch, quiet, kind):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with meter(quiet=quiet) as progress:
        progress.show("lots read", 1, 2)

    assert isinstance(progress, kind)
