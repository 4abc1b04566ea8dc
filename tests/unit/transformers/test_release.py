from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.kazakh_bundles import CONTEXT
from transformers.release import build_release, first_tags, later_tags, release_date

ZONE = CONTEXT.source.zone
OF_SOURCE = {"extensions": CONTEXT.source.extensions, "persons": CONTEXT.source.person_numbers}
DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENDER = {"id": "1", "status": "active", "title": "а"}
CONTRACT = {"id": "1", "awardID": "a", "status": "active"}
CARRIED_OUT = CONTRACT | {"implementation": {"milestones": [{"id": "1"}]}}
EMPTIED: dict[str, Any] = {"planning": {}, "tender": {}, "awards": [], "contracts": []}


@pytest.mark.parametrize(
    ("state", "tags"),
    [
        ({"tender": TENDER}, ["tender"]),
        ({"planning": {"rationale": "а"}, "tender": {"id": "1", "status": "planned"}}, ["planning"]),
        ({"planning": {"rationale": "а"}, "tender": TENDER}, ["planning", "tender"]),
        ({"tender": {"id": "1", "status": "planned"}}, ["tender"]),
        (
            {
                "tender": TENDER,
                "awards": [{"id": "a"}],
                "contracts": [CONTRACT | {"implementation": {"milestones": [{"id": "1"}]}}],
            },
            ["tender", "award", "contract", "implementation"],
        ),
        ({"parties": [{"id": "1"}]}, ["tender"]),
    ],
)
def test_at_first_sight_the_tags_are_the_sections(state: Any, tags: list[str]) -> None:
    assert first_tags(state) == tags


BEFORE: dict[str, Any] = {
    "tag": ["compiled"],
    "planning": {"rationale": "а"},
    "tender": TENDER,
    "awards": [{"id": "a", "status": "active", "date": "d"}],
    "contracts": [CONTRACT],
}


@pytest.mark.parametrize(
    ("changed", "tags"),
    [
        ({"planning": {"rationale": "б"}}, ["planningUpdate"]),
        ({"tender": TENDER | {"title": "б"}}, ["tenderUpdate"]),
        ({"tender": TENDER | {"status": "cancelled"}}, ["tenderCancellation"]),
        ({"tender": TENDER | {"amendments": [{"id": "1"}]}}, ["tenderAmendment"]),
        ({"tender": TENDER | {"status": "complete"}}, ["tenderUpdate"]),
        ({"bids": {"details": [{"id": "1", "status": "valid"}]}}, ["tenderUpdate"]),
        ({"awards": [{"id": "a", "status": "active", "date": "e"}]}, ["awardUpdate"]),
        ({"awards": [{"id": "a", "status": "cancelled", "date": "d"}]}, ["awardCancellation"]),
        ({"awards": [*BEFORE["awards"], {"id": "b", "status": "active"}]}, ["award"]),
        ({"contracts": [CONTRACT | {"title": "т"}]}, ["contractUpdate"]),
        ({"contracts": [CONTRACT | {"status": "terminated"}]}, ["contractTermination"]),
        ({"contracts": [CONTRACT | {"amendments": [{"id": "2", "date": "d"}]}]}, ["contractAmendment"]),
        ({"contracts": [CONTRACT, CONTRACT | {"id": "2"}]}, ["contract"]),
        (
            {"contracts": [CONTRACT | {"implementation": {"transactions": [{"id": "1", "date": "d"}]}}]},
            ["implementation"],
        ),
        ({"parties": [{"id": "1", "name": "а"}]}, ["contractUpdate"]),
        ({"contracts": []}, ["contractUpdate"]),
        (
            {"planning": {}, "tender": {}, "awards": [], "contracts": []},
            ["planningUpdate", "tenderUpdate", "awardUpdate", "contractUpdate"],
        ),
    ],
)
def test_later_the_tags_are_what_changed(changed: Any, tags: list[str]) -> None:
    state = {name: member for name, member in (BEFORE | changed).items() if name != "tag" and member}

    assert later_tags(state, BEFORE) == tags


def test_a_planned_purchase_that_begins_is_a_tender() -> None:
    before = {"planning": {"rationale": "а"}, "tender": {"id": "1", "status": "planned"}}

    assert later_tags({"planning": {"rationale": "а"}, "tender": TENDER}, before) == ["tender"]


def test_payments_that_go_on_update_the_implementation() -> None:
    def with_payments(count: int) -> Any:
        payments = [{"id": str(number), "date": "d"} for number in range(count)]
        return {"contracts": [CONTRACT | {"implementation": {"transactions": payments}}]}

    assert later_tags(with_payments(2), with_payments(1)) == ["implementationUpdate"]


@pytest.mark.parametrize(
    ("changed", "previous", "expected"),
    [
        (DAY, None, DAY),
        (None, None, DAY + timedelta(days=9)),
        (DAY, DAY - timedelta(days=1), DAY),
        (DAY, DAY, DAY + timedelta(days=9)),
        (DAY, DAY + timedelta(days=20), DAY + timedelta(days=20, seconds=1)),
    ],
    ids=["first", "no change told", "later", "not later", "as_of is not later either"],
)
def test_a_release_has_the_time_of_the_change_but_is_later_than_the_last(
    changed: datetime | None, previous: datetime | None, expected: datetime
) -> None:
    assert release_date(changed, previous, DAY + timedelta(days=9), ZONE) == expected


def test_where_the_clock_is_set_back_a_release_is_later_also_as_a_text() -> None:
    previous = datetime(2024, 2, 29, 17, 59, 30, tzinfo=UTC)
    changed = datetime(2024, 2, 29, 18, 10, tzinfo=UTC)

    date = release_date(changed, previous, changed, ZONE)

    assert previous.astimezone(ZONE).isoformat() == "2024-02-29T23:59:30+06:00"
    assert date.isoformat() == "2024-02-29T23:59:31+06:00"


def test_a_release_is_named_by_its_content() -> None:
    one, content = build_release("o-kz-1", {"tender": TENDER}, None, DAY, **OF_SOURCE)
    same, _ = build_release("o-kz-1", {"tender": dict(TENDER)}, None, DAY, **OF_SOURCE)
    other, _ = build_release("o-kz-1", {"tender": TENDER | {"title": "б"}}, None, DAY, **OF_SOURCE)

    assert one == same
    assert one.id != other.id
    assert one.id.startswith("o-kz-1-20260301T120000Z-")
    assert content["initiationType"] == "tender"
