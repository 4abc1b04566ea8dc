"""What the Kyrgyz stand-in shows hangs together."""

import re
import tracemalloc
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from sandbox.kyrgyzstan import texts
from sandbox.kyrgyzstan.script import scripts
from sandbox.kyrgyzstan.world import KINDS, World
from tests.support.kyrgyz_desk import Desk, amount, lots_of, pairs_of, rows_of

Crawl = dict[str, Any]
BISHKEK = timezone(timedelta(hours=6))


def crawl(desk: Desk) -> Crawl:
    """Everything that is shown, without what differs from one session to the next."""
    found: Crawl = {kind: desk.walk(kind) for kind in ("order", "winner", "single", "central", "entity", "supplier")}
    found["page"] = {row["rk"]: pairs_of(desk.order(row["rk"])) for row in found["order"]}
    found["notice"] = desk.notices()
    found["tender"] = {one["id"]: desk.get(f"/api/public_tender/get/{one['id']}") for one in found["notice"]}
    found["bids"] = {
        one["id"]: desk.get(f"/api/public_submission/getSubmissionsbyTenderId?tenderId={one['id']}")
        for one in found["notice"]
    }
    return found


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(processes=300, seed=5)


@pytest.fixture(scope="module")
def shown(desk: Desk) -> Crawl:
    return crawl(desk)


def test_lots_add_up_to_the_announcement(desk: Desk, shown: Crawl) -> None:
    for row in shown["order"][::3]:
        lots = lots_of(desk.order(row["rk"]))
        assert sum(amount(lot["Сумма"]) for lot in lots) == amount(row["Планируемая сумма"])
        assert shown["page"][row["rk"]]["Планируемая сумма"] == row["Планируемая сумма"]


def test_products_add_up_to_the_tender(shown: Crawl) -> None:
    for one in shown["notice"]:
        tender = shown["tender"][one["id"]]
        products = [product for lot in tender["lots"] for product in lot["products"]]
        total = sum(Decimal(str(product["price"])) * Decimal(str(product["count"])) for product in products)
        assert abs(total - one["amount"]) <= Decimal("0.01") * len(products)
        assert tender["total"] == one["amount"]


def test_contracts_are_with_winners_at_no_more_than_they_bid(desk: Desk, shown: Crawl) -> None:
    orders = {row["№"]: row for row in shown["order"]}
    for row in shown["winner"][::4]:
        page = desk.order(orders[row["Номер объявления"]]["rk"])
        bidders = {one["Наименование участника"] for one in rows_of(desk.press(page, "Протокол вскрытия"))}
        offered, agreed = (
            sum(map(amount, row[name].split("\n"))) for name in ("Цена предложенная участником", "Цена контракта")
        )
        assert row["Наименования победителя"] in bidders
        assert Decimal("0.96") * offered < agreed <= offered
        assert pairs_of(page)["Статус"] == "Договоры подписаны"


def test_the_cheapest_bid_wins(shown: Crawl) -> None:
    signed = [one for one in shown["notice"] if one["status"] == "CONTRACT_SIGNED"]
    wins = 0
    for one in signed:
        prices: dict[int, list[Decimal]] = {}
        for bid in shown["bids"][one["id"]]:
            for lot in bid["lots"]:
                prices.setdefault(lot["number"], []).append(Decimal(str(lot["price"])))
        assert prices
        winners = [bid for bid in shown["bids"][one["id"]] if bid["status"] == "WINNER"]
        wins += any(Decimal(str(lot["price"])) == min(prices[lot["number"]]) for bid in winners for lot in bid["lots"])

    assert wins == len(signed)


def test_lists_begin_with_the_newest(shown: Crawl) -> None:
    published = [re.sub(r"(..)\.(..)\.(....) ", r"\3-\2-\1 ", row["Дата опубликования"]) for row in shown["order"]]
    notices = [one["datePublished"] for one in shown["notice"]]

    assert published == sorted(published, reverse=True)
    assert notices == sorted(notices, reverse=True)
    assert [int(row["rk"]) for row in shown["order"]] == sorted(
        (int(row["rk"]) for row in shown["order"]), reverse=True
    )


def test_an_object_id_begins_with_the_time_of_publication(shown: Crawl) -> None:
    for one in shown["notice"]:
        made = datetime.fromtimestamp(int(one["id"][:8], 16), BISHKEK)
        assert f"{made:%Y-%m-%d %H:%M}" == one["datePublished"]


def test_bids_are_hidden_until_they_are_opened(shown: Crawl) -> None:
    early = [one["id"] for one in shown["notice"] if one["status"] == "VERIFIED_PUBLISHED"]

    assert early
    assert all(shown["bids"][number] == [] for number in early)
    assert any(shown["bids"].values())


def test_the_same_purchase_is_on_both_portals_and_unsuccessful_ones_come_again(shown: Crawl) -> None:
    def named(rows: list[dict[str, Any]], title: str, buyer: str) -> set[tuple[str, str]]:
        return {(" ".join(row[title].split()), row[buyer].strip()) for row in rows}

    orders = named(shown["order"], "Наименование закупки", "Наименование организации")
    notices = named(shown["notice"], "name", "companyName")
    again = [title for title, _ in orders | notices if re.search(r"\((повторно|кайталап)\)$", title, re.IGNORECASE)]

    assert orders & notices
    assert again
    assert any(one["companyName"].startswith("\t") for one in shown["notice"])


def test_numbers_of_persons_are_of_nobody_alive_and_told_as_secrets(desk: Desk, shown: Crawl) -> None:
    secrets = desk.services.secrets()
    numbers = [row["ИНН организации"] for row in shown["supplier"]]
    persons = [number for number in numbers if len(number) == 14 and number[0] in "12"]

    assert len(persons) > 5
    for number in persons:
        assert date(int(number[5:9]), int(number[3:5]), int(number[1:3])).year < 1900
    assert set(persons) <= secrets
    assert all(number[0] == "0" for number in (row["ИНН организации"] for row in shown["entity"]))
    for tender in shown["tender"].values():
        assert {member["pin"] for member in tender["commissioners"]} <= secrets


def test_every_status_and_method_occurs() -> None:
    lives = list(scripts(5))
    stages = {
        where: {
            status for life in lives for one in life.announcements if one.where == where for _, status in one.stages
        }
        for where in ("order", "notice")
    }

    assert stages["order"] == stages["notice"] == set(texts.statuses())
    assert {life.method for life in lives if life.announcements} == set(texts.methods())


def test_a_small_portal_has_all_kinds_and_every_method() -> None:
    desk = Desk(processes=60)

    assert all(desk.services.state()["shown"].values())
    assert len({row["Метод закупок"] for row in desk.walk("order")}) > 14
    assert len({one["status"] for one in desk.notices()}) > 4


def test_a_million_cases_need_no_more_memory_than_a_thousand() -> None:
    peaks = []
    for processes in (1_000, 1_000_000):
        desk = Desk(processes=processes, seed=5)
        tracemalloc.start()
        total = desk.get("/api/public_tender/published?first=0&rows=1")["totalElements"]
        desk.get(f"/api/public_tender/published?first={total // 2}&rows=50")
        html = desk.page("/popp/view/order/list.xhtml")
        desk.turn("order", html, total // 3, 50)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 16 * 2**20


@pytest.mark.parametrize("kind", KINDS)
def test_places_of_a_big_portal_and_what_stands_there_are_each_others_inverse(kind: str) -> None:
    world = World(seed=3, processes=1_000_000, start=date(2026, 11, 1))
    total = world.total(kind, 0)
    for first in (0, 1, total // 3, total - 1):
        (key,) = world.newest(kind, 0, first, 1)
        assert world.place(key) == total - 1 - first
        if kind in {"order", "single", "central"}:
            assert world.find(kind, world.id(key), 0) == key
    if kind == "notice":
        assert world.find_notice(world.object_id(key), 0) == key


def test_days_taken_one_by_one_or_at_once_lead_to_the_same_portal() -> None:
    slow = Desk(processes=60, seed=8)
    for _ in range(5):
        slow.services.advance(1)

    assert crawl(slow) == crawl(Desk(processes=60, seed=8, days=5))


def test_days_bring_new_and_changed_objects_and_leave_what_has_ended() -> None:
    desk = Desk(processes=200, seed=8)
    before = crawl(desk)
    desk.services.advance(6)
    after = crawl(desk)
    changed = Counter()
    for number, page in before["page"].items():
        if page != after["page"][number]:
            assert page["Статус"] not in {"Отменён", "Не состоялся", "Договоры подписаны"}
            changed[after["page"][number]["Статус"]] += 1
    ended = {"CONTRACT_SIGNED", "CANCELLED", "CANCELED", "REJECTED", "REJECTED_BY_SUBMISSION"}
    for number, tender in before["tender"].items():
        if tender["status"] in ended:
            assert (tender, before["bids"][number]) == (after["tender"][number], after["bids"][number])

    assert len(changed) > 3
    for kind in ("order", "notice", "winner"):
        assert len(after[kind]) > len(before[kind])
    assert len(after["order"]) - len(before["order"]) < len(before["order"]) / 5
