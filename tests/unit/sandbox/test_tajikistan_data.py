"""What Tajikistan's stand-in tells: the same for a seed, in good order, and changing day by day."""

from collections import Counter
from decimal import Decimal
from typing import Any

from sandbox.portal import Options
from sandbox.tajikistan import open_services
from sandbox.tajikistan.services import Tajikistan
from tests.support.tajik_desk import TajikDesk

URLS = ("", "?tab=lots", "?tab=documents", "?tab=protocols")


def crawl(desk: TajikDesk) -> dict[str, str]:
    """Every page of every notice, and the list."""
    pages = {str(row["id"]): str(row) for row in desk.list()}
    return pages | {f"{id_}{tab}": desk.text(f"/ru/announce/index/{id_}{tab}") for id_ in pages for tab in URLS}


def services(**options: Any) -> Tajikistan:
    return open_services(Options(**options))


def test_a_seed_gives_the_same_pages_and_another_seed_others() -> None:
    first, again, other = (crawl(TajikDesk(processes=40, seed=seed)) for seed in (3, 3, 4))

    assert first == again
    assert first != other


def test_a_portal_moved_on_is_one_opened_later() -> None:
    moved = TajikDesk(processes=60, seed=3)
    moved.services.advance(4)

    assert crawl(moved) == crawl(TajikDesk(processes=60, seed=3, days=4))


def test_a_day_changes_some_notices_and_adds_some() -> None:
    desk = TajikDesk(processes=360, seed=3)
    before = crawl(desk)
    desk.services.advance(1)
    after = crawl(desk)

    added = {key for key in after if key.isdigit()} - before.keys()
    changed = {key.partition("?")[0] for key in before if after[key] != before[key]}
    assert len(added) == 2
    assert 5 < len(changed) < 100


def test_what_does_not_change_by_its_course_does_not_change() -> None:
    portal = services(processes=200, seed=3)
    before = portal.view
    portal.advance(1)
    for notice in before.newest_first():
        still = before.today - notice.first_day not in notice.course.changes
        assert not still or portal.view.status(notice) == before.status(notice)


def test_amounts_add_up() -> None:
    desk = TajikDesk(processes=80, seed=3)
    for notice in desk.services.view.newest_first():
        stated = desk.seen(f"/ru/announce/index/{notice.id}").pairs()["Сумма закупки"]
        rows = []
        for page in range(-(-len(notice.lots) // 10)):
            rows += desk.seen(f"/ru/announce/index/{notice.id}?tab=lots&page={page + 1}").rows("Сумма")
        assert Decimal(stated.replace(" ", "")) == sum(Decimal(row["Сумма"].replace(" ", "")) for row in rows)


def test_things_happen_in_their_order() -> None:
    view = services(processes=400, seed=3).view
    for notice in view.newest_first():
        assert view.published(notice) < view.opens(notice) < view.closes(notice)
        assert all(view.published(notice) < asked < (when or "9") for _, asked, _, when in view.questions(notice))
        assert all(view.published(notice) < made for _, made, _ in view.protocols(notice))


def test_a_repeated_purchase_follows_one_that_failed() -> None:
    view = services(processes=1000, seed=3).view
    repeated = [notice for notice in view.newest_first() if notice.previous is not None]

    assert len(repeated) > 20
    for notice in repeated:
        first = view.notices.notice(notice.previous)
        assert notice.number == f"{first.id}-2"
        assert notice.buyer == first.buyer
        assert not any(first.course.won)
        assert first.first_day + first.course.decided < notice.first_day


def test_deadlines_are_put_off_and_titles_changed() -> None:
    portal = services(processes=400, seed=3)
    before = portal.view
    portal.advance(1)
    after = portal.view
    put_off = [notice for notice in before.newest_first() if after.closes(notice) > before.closes(notice)]
    renamed = [notice for notice in before.newest_first() if after.title(notice) != before.title(notice)]

    assert put_off or renamed
    assert all(after.closes(notice) >= before.closes(notice) for notice in before.newest_first())


def test_people_are_known_to_the_stand_in() -> None:
    desk = TajikDesk(processes=60, seed=3)
    secrets = desk.services.secrets()
    shown = "".join(crawl(desk).values())

    assert sum(secret in shown for secret in secrets) > len(secrets) // 3
    assert all(len(secret) >= 9 for secret in secrets)


def test_sole_traders_bid_beside_firms() -> None:
    view = services(processes=200, seed=3).view
    kinds = Counter(bid.supplier.is_person for notice in view.newest_first() for bid in view.bids(notice))

    assert kinds[True] > 10 < kinds[False]


def test_a_hundred_thousand_notices_cost_nothing_to_open() -> None:
    desk = TajikDesk(processes=100_000, seed=1)

    assert len(desk.seen("/ru/searchanno?page=10000").rows("Статус")) == 10


def test_nothing_happens_to_a_notice_after_its_end() -> None:
    view = services(processes=800, seed=3).view
    ended = [notice for notice in view.newest_first() if notice.course.stages[-1][1] in {350, 430}]

    assert len(ended) > 400
    assert all(max(notice.course.changes) <= notice.course.stages[-1][0] for notice in ended)
