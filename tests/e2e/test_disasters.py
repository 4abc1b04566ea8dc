"""Disasters, each planted in a portal of a thousand purchases, are stopped or flagged; a clean day passes."""

import shutil
from datetime import UTC, date, datetime

import pytest

from ocds_pipeline.store import Store
from ocds_schema import json
from ocds_schema.outcome import Outcome
from tests.support.command import Installation
from tests.support.forked import Forked, Forks
from tests.support.market import EACH_DAY, Market
from tests.support.web import WebServer

MONDAY, WEDNESDAY = date(2026, 11, 2), date(2026, 11, 4)
PERSON = "850101300123"


def installed(home, url):
    return Installation(home=home, portal=url)


@pytest.fixture(scope="module")
def forks():
    with Forks() as started:
        yield started


@pytest.fixture(scope="module")
def before(tmp_path_factory, forks):
    """An installation that has published what the portal had on Monday morning."""
    home = tmp_path_factory.mktemp("before") / "home"
    with WebServer(Market(MONDAY)) as server:
        installation = Forked(home=home, portal=server.url, forks=forks)
        installation.done("run", "kazakhstan", "--full", "--until", f"{MONDAY}")
    return home


@pytest.fixture
def home(before, tmp_path):
    shutil.copytree(before, tmp_path / "home")
    return tmp_path / "home"


def run_on(home, portal, until=WEDNESDAY, forks=None):
    """Harvest a portal whole and publish; give the installation, the exit code and what was said."""
    with WebServer(portal) as server:
        installation = Forked(home=home, portal=server.url, forks=forks) if forks else installed(home, server.url)
        code, _, said = installation.run("run", "kazakhstan", "--full", "--until", f"{until}")
    return installation, code, said


def pointer(installation):
    return (installation.public / "v1/kazakhstan/latest.json").read_bytes()


def failures(installation):
    files = sorted(installation.public.glob("v1/kazakhstan/failed/*.json"))
    return [json.decode(file.read_bytes()) for file in files]


def verdict(installation):
    latest = json.decode(pointer(installation))["editionId"]
    return json.decode((installation.public / f"v1/kazakhstan/editions/{latest}/gates.json").read_bytes())


def outcomes(judged):
    return {gate["name"]: gate["outcome"] for gate in judged["gates"]}


def halve_amounts(portal):
    for row in portal.contracts:
        row["contract_sum"] = row["contract_sum_wnds"] = row["contract_sum_wnds"] // 2


def count_in_tiyn(portal):
    for row in portal.contracts:
        row["contract_sum"] = row["contract_sum_wnds"] = row["contract_sum_wnds"] * 100


def count_the_newest_in_tiyn(portal):
    for row in portal.contracts[: 2 * EACH_DAY]:
        row["contract_sum"] = row["contract_sum_wnds"] = row["contract_sum_wnds"] * 100


def swap_currency(portal):
    for row in portal.contracts:
        row["ref_currency_code"] = "USD"


def forget_suppliers(portal):
    for row in portal.contracts:
        row["supplier_biin"] = None


def double_contracts(portal):
    twins = [row | {"id": row["id"] + 100_000, "root_id": row["id"] + 100_000} for row in portal.contracts]
    portal.rows["contract"] = twins + portal.contracts


def invent_a_status(portal):
    for row in portal.contracts[:60]:
        row["ref_contract_status_id"] = 999


def shrink_the_register(portal):
    portal.rows["contract"] = portal.contracts[: len(portal.contracts) // 2]


def sign_in_2062(portal):
    for row in portal.contracts[:100]:
        row["sign_date"] = row["sign_date"].replace("2026", "2062", 1)


def plan_until_2052(portal):
    for row in portal.announcements[:100]:
        row["end_date"] = row["end_date"].replace("2026", "2052", 1)


def collapse_a_page(portal):
    def empty(asked, reply):
        if asked.path == "/v3/contract/all" and "search_after" in asked.target:
            return reply | {"items": [], "next_page": ""}
        return reply

    portal.faults.append(empty)


DISASTERS = {
    "a halved amount field": (halve_amounts, {"totals", "changes"}),
    "amounts a hundredfold": (count_in_tiyn, {"totals", "amounts", "changes"}),
    "amounts a hundredfold, of two days only": (count_the_newest_in_tiyn, {"amounts"}),
    "a currency swap": (swap_currency, {"totals", "currencies", "changes"}),
    "all suppliers null": (forget_suppliers, {"fill", "changes"}),
    "doubled contracts": (double_contracts, {"duplicates", "changes"}),
    "a new status code": (invent_a_status, {"codes"}),
    "a shrunken register": (shrink_the_register, {"register"}),
    "dates in 2062": (sign_in_2062, {"problems"}),
    "dates that can be but will not": (plan_until_2052, {"dates"}),
    "a collapsed page": (collapse_a_page, {"crawl"}),
}


QUICK = ("a halved amount field", "all suppliers null", "a new status code", "a shrunken register", "a collapsed page")
"""Those that `make test` plants; each of the others is much like one of them, and is planted by the slow proofs."""


@pytest.mark.parametrize(
    ("plant", "gates"),
    [
        pytest.param(*planted, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, planted in DISASTERS.items()
    ],
)
def test_a_disaster_is_stopped_by_a_named_gate(home, forks, plant, gates):
    portal = Market(WEDNESDAY)
    plant(portal)
    stood = pointer(installed(home, ""))
    installation, code, said = run_on(home, portal, forks=forks)

    (failure,) = failures(installation)
    assert code == 1, said
    assert gates <= set(failure["broken"]), failure["broken"]
    assert all(f"\n{gate}: " in said for gate in gates)
    assert pointer(installation) == stood


def test_a_lost_day_is_stopped_by_a_named_gate(home, forks):
    installation, code, said = run_on(home, Market(WEDNESDAY, without=[MONDAY]), forks=forks)

    (failure,) = failures(installation)
    assert code == 1
    assert failure["broken"] == ["days"]
    assert "trd_buy of 2026-11-02: expected at least 10% of the usual 24, found 0" in said


def test_a_personal_number_in_a_title_is_taken_out_and_flagged(home, forks):
    portal = Market(WEDNESDAY)
    portal.announcements[0]["name_ru"] = f"Услуги, ИИН {PERSON}"
    installation, code, said = run_on(home, portal, forks=forks)

    latest = json.decode(pointer(installation))["editionId"]
    flagged = [issue["path"] for issue in installation.issues(latest) if issue["rule"] == "personal_number"]
    assert code == 0, said
    assert flagged == ["tender/title"]
    assert not [key for key, content in installation.published().items() if PERSON.encode() in content]


def test_a_personal_number_that_the_store_holds_is_stopped_by_a_named_gate(home, forks):
    installation = Forked(home=home, portal="http://127.0.0.1:9", forks=forks)
    put_into_a_title(home, PERSON)
    code, out, said = installation.run("publish", "kazakhstan")

    (failure,) = failures(installation)
    assert code == 1
    assert failure["broken"] == ["persons"]
    assert PERSON not in said + out + json.encode(failure).decode()


def put_into_a_title(home, number):
    """Leave a release in the store as an older program may have made it."""
    with Store.open(f"sqlite:///{home}/store.sqlite3") as store:
        year = store.years("kazakhstan")[0]
        record, releases = next(iter(store.history("kazakhstan", year)))
        run = store.begin_run("kazakhstan", "an older program", datetime(2026, 11, 2, tzinfo=UTC))
        body = json.decode(releases[-1].body)
        body["tender"]["title"] = f"Услуги, ИИН {number}"
        body["tag"] = ["tenderUpdate"]
        body["id"], body["date"] = f"{body['id'][:-1]}x", "2026-10-31T10:00:00+05:00"
        date_now = datetime.fromisoformat(body["date"])
        release = type(releases[-1])(
            ocid=record.ocid, id=body["id"], date=date_now, tag=("tenderUpdate",), body=json.encode(body)
        )
        compiled = json.decode(record.body) | {"date": body["date"]}
        compiled["tender"]["title"] = body["tender"]["title"]
        encoded = json.encode(compiled)
        now = type(record)(
            ocid=record.ocid,
            process=record.process,
            year=record.year,
            date=date_now,
            digest=json.digest(encoded),
            state_digest=record.state_digest,
            body=encoded,
            inputs=record.inputs,
        )
        outcome = Outcome(process=record.process, ocid=record.ocid, release=release, record=now)
        store.save_outcomes(run, [outcome])
        store.finish_run(run)


def test_a_clean_day_passes(home):
    installation, code, said = run_on(home, Market(WEDNESDAY))

    judged = verdict(installation)
    assert code == 0, said
    assert judged["editionId"].endswith("-000002")
    assert judged["outcome"] == "pass", outcomes(judged)
    assert failures(installation) == []
    assert installation.done("verify", str(installation.public))["findings"] == []


@pytest.mark.slow
def test_the_same_run_is_stopped_again_and_a_mended_portal_passes(home):
    portal = Market(WEDNESDAY)
    swap_currency(portal)
    installation, *first = run_on(home, portal)
    held = installation.published()
    _, *second = run_on(home, portal)
    assert first[0] == second[0] == 1
    assert installation.published() == held
    assert installation.done("sources")["kazakhstan"]["stoppedEdition"].endswith("-000002")

    installation, code, said = run_on(home, Market(date(2026, 11, 5)), until=date(2026, 11, 5))
    state = installation.done("sources")["kazakhstan"]
    assert code == 0, said
    assert state["lastEdition"].endswith("-000002")
    assert state["stoppedEdition"] is None
    assert len(failures(installation)) == 1
    assert installation.done("verify", str(installation.public))["findings"] == []


@pytest.mark.slow
def test_a_person_may_override_by_name_and_reason(home):
    portal = Market(WEDNESDAY)
    swap_currency(portal)
    installation, code, _ = run_on(home, portal)
    (failure,) = failures(installation)
    gates = [word for gate in failure["broken"] for word in ("--override", gate)]
    refused = [
        installation.run("publish", "kazakhstan", *gates, *said)[0]
        for said in ((), ("--by", "A. Person"), ("--reason", "It is so."), ("--by", " ", "--reason", "It is so."))
    ]
    unknown = installation.run("publish", "kazakhstan", "--override", "weather", "--by", "A", "--reason", "B")
    partly = installation.run("publish", "kazakhstan", *gates[:2], "--by", "A. Person", "--reason", "It is so.")
    report = installation.done("publish", "kazakhstan", *gates, "--by", "A. Person", "--reason", "It is so.")

    signed = [{"gate": gate, "by": "A. Person", "reason": "It is so."} for gate in failure["broken"]]
    published = report["steps"]["publish"]
    page = installation.public / f"v1/kazakhstan/editions/{published['editionId']}/gates.html"
    assert (code, refused, unknown[0], partly[0]) == (1, [2] * 4, 2, 1)
    assert "weather" in unknown[2]
    assert published["gates"]["overridden"] == verdict(installation)["overrides"] == signed
    assert "A. Person" in page.read_text()
    assert installation.done("verify", str(installation.public))["findings"] == []
