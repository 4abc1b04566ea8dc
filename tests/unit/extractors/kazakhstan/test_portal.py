from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from extractors.base import Window
from extractors.kazakhstan import PORTAL
from extractors.kazakhstan.portal import TABLES, wall_clock

ALMATY = ZoneInfo("Asia/Almaty")


def window(first, until):
    return Window(first=first, until=until)


@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [
        (datetime(2026, 11, 1, tzinfo=ALMATY), datetime(2026, 11, 8, tzinfo=ALMATY),
         ("2026-11-01 00:00:00", "2026-11-08 00:00:00")),
        (datetime(2026, 10, 31, 19, tzinfo=UTC), datetime(2026, 10, 31, 20, 0, 0, 5, tzinfo=UTC),
         ("2026-11-01 00:00:00", "2026-11-01 01:00:01")),
        (datetime(2023, 11, 1, tzinfo=UTC), datetime(2023, 11, 2, tzinfo=UTC),
         ("2023-11-01 06:00:00", "2023-11-02 06:00:00")),
        (datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=3))), datetime(2026, 11, 2, tzinfo=UTC),
         ("2026-11-01 02:00:00", "2026-11-02 05:00:00")),
    ],
)  # fmt: skip
def test_a_window_is_asked_for_on_the_portal_s_own_clock(first, until, expected):
    assert wall_clock(window(first, until)) == expected


def test_nothing_is_lost_where_the_clock_was_set_back():
    first = datetime(2024, 2, 29, 17, 30, tzinfo=UTC)
    change = window(first, first + timedelta(hours=3))
    earliest, latest = wall_clock(change)

    for minutes in range(180):
        shown = (first + timedelta(minutes=minutes)).astimezone(ALMATY).replace(tzinfo=None).isoformat(sep=" ")
        assert earliest <= shown <= latest


def test_listings_have_names_of_their_own():
    week = window(datetime(2026, 11, 1, tzinfo=ALMATY), datetime(2026, 11, 8, tzinfo=ALMATY))
    for names in ([each.name for each in PORTAL.listings(week)], [each.name for each in PORTAL.listings(None)]):
        assert len(names) == len(set(names))


def test_everything_begins_with_the_subjects_and_ends_with_what_only_graphql_gives():
    names = [each.name for each in PORTAL.listings(None)]

    assert names[:7] == ["Subjects", "plans/all", "trd-buy/all", "lots", "trd-app", "contract/all", "plans/deleted"]
    assert names[7:-3] == [f"refs/{table}" for table in TABLES]
    assert names[-3:] == ["TrdBuy", "Lots", "Contract"]
    assert len(TABLES) == 30


def test_a_window_asks_for_contracts_by_both_dates():
    week = window(datetime(2026, 11, 1, tzinfo=ALMATY), datetime(2026, 11, 8, tzinfo=ALMATY))

    assert [each.name.split("/")[0] for each in PORTAL.listings(week)] == [
        "TrdBuy lastUpdateDate 2026-11-01T00:00:00",
        "Lots lastUpdateDate 2026-11-01T00:00:00",
        "Contract lastUpdateDate 2026-11-01T00:00:00",
        "Contract indexDate 2026-11-01T00:00:00",
        "TrdApp dateApply 2026-11-01T00:00:00",
    ]


def test_a_full_harvest_does_not_ask_for_the_bids_of_each_announcement():
    (buys,) = [each for each in PORTAL.listings(None) if each.name == "TrdBuy"]

    assert buys.follow({"id": 7, "refBuyStatusId": 350}) == ()
