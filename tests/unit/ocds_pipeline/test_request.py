"""A request is the same text each time it is asked, and its times are the portal's."""

from datetime import UTC, datetime

import pytest

from ocds_pipeline.request import Request
from ocds_schema.errors import ConfigurationError


def parse(first=None, until=None, full=False, limit=None):
    return Request.parse("kazakhstan", first=first, until=until, full=full, limit=limit)


def test_a_date_is_midnight_at_the_portal():
    assert parse(first="2024-02-29").first == datetime(2024, 2, 28, 18, tzinfo=UTC)
    assert parse(first="2024-03-02").first == datetime(2024, 3, 1, 19, tzinfo=UTC)


def test_a_time_without_an_offset_is_the_portal_s():
    assert parse(until="2026-11-22T09:30:00").until == datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
    assert parse(until="2026-11-22T09:30:00+00:00").until == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_the_same_moment_gives_the_same_text():
    assert parse(until="2026-11-22").text() == parse(until="2026-11-21T19:00:00Z").text()


def test_different_requests_give_different_texts():
    requests = [parse(), parse(full=True), parse(first="2026-01-01"), parse(until="2026-01-01"), parse(limit=3)]

    assert len({request.text() for request in requests}) == len(requests)
    assert parse().text("harvest") != parse().text()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"first": "yesterday"}, "--from"),
        ({"until": "2026-02-30"}, "--until"),
        ({"first": "2026-01-02", "until": "2026-01-01"}, "--from"),
        ({"first": "2026-01-02", "full": True}, "--full"),
        ({"limit": 0}, "--limit"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(wrong, named):
    with pytest.raises(ConfigurationError, match=named):
        parse(**wrong)
