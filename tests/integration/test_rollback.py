"""Going back with a database behind it: the next publication tells everything that is held, and copies follow."""

import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from ocds_pipeline.progress import SilentMeter
from ocds_pipeline.request import Request
from ocds_pipeline.settings import Settings
from ocds_pipeline.steps import collecting, do_all, publish, redacting, rolling_back
from ocds_pipeline.steps.redacting import Wanted, do_redact
from ocds_pipeline.steps.repairing import do_repair
from ocds_pipeline.steps.retracting import do_retract, retract_text
from ocds_pipeline.steps.rolling_back import do_rollback, rollback_text
from ocds_pipeline.storage import FileStorage
from ocds_pipeline.store import Store
from ocds_pipeline.verify import verify_place, verify_text
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError
from publish import ocds_sync
from publish.layout import pointer_key
from tests.support.command import Installation
from tests.support.goszakup import Goszakup, contract_row
from tests.support.publishing import contents, passing
from tests.support.web import WebServer

SOURCE = "kazakhstan"
WORDS = {"by": "A. Editor", "reason": "a currency was taken for another"}
START = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=5)


def contract(number, amount, day):
    return contract_row(number, amount, signed=moment(0), changed=moment(day))


def moment(day):
    return f"{START + timedelta(days=day):%Y-%m-%d} 10:00:00"


class Waved:
    """Gates that let everything pass."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def judge(self, built):
        return passing(built)


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A portal with three contracts, and everything that is needed to publish them, without gates."""
    monkeypatch.setattr(publish, "Keeper", Waved)
    portal = Goszakup(rows={"contract": [contract(number, 1000 + number, 0) for number in (3, 2, 1)]})
    with WebServer(portal) as server:
        home = tmp_path / "home"
        settings = Settings.from_env(Installation(home=home, portal=server.url).environment)
        yield SimpleNamespace(
            portal=portal,
            settings=settings,
            root=home / "public/v1" / SOURCE,
            storage=FileStorage(home / "public"),
            copy=tmp_path / "copy",
        )


def day(office, number, **amounts):
    """Change contracts, and publish the day."""
    rows = office.portal.rows["contract"]
    changed = {int(name.lstrip("_")): amount for name, amount in amounts.items()}
    held = {row["id"]: row for row in rows}
    held |= {each: contract(each, amount, number) for each, amount in changed.items()}
    office.portal.rows["contract"] = [held[each] for each in sorted(held, reverse=True)]
    request = Request.parse(SOURCE, first=None, until=f"{START + timedelta(days=number + 1):%Y-%m-%d}", full=True)
    names = ("harvest", "transform", "publish")
    report = do_all(request, names, settings=office.settings, progress=SilentMeter())
    return report["steps"]["publish"]


def back(office, to, **words):
    return do_rollback(SOURCE, to, **{**WORDS, **words}, settings=office.settings, progress=SilentMeter())


def follow(office):
    """Bring the copy up, and give its contracts' values."""
    assert ocds_sync.main(["sync", str(office.root), str(office.copy), "--accept-stale"]) == 0
    with ocds_sync.Copy(str(office.copy)) as copy:
        records = [json.decode(body) for body in copy.records()]
    return {record["contracts"][0]["id"]: record["contracts"][0]["value"]["amount"] for record in records}


def replayed(office):
    """Go from the first edition to the newest by the delta of each, and give how many there were."""
    publisher = ocds_sync.Publisher(str(office.root), accept_stale=True)
    editions = [publisher.newest()]
    while previous := editions[0].body["previous"]:
        path = f"editions/{previous['editionId']}/manifest.json"
        editions.insert(0, publisher.edition(path, previous["manifestSha256"]))
    with ocds_sync.Copy(f"{office.copy}-replayed") as copy:
        copy.take_whole(editions[0], publisher.place)
        for edition in editions[1:]:
            copy.apply(edition.body["deltas"][0], edition, publisher.place)
        assert copy.digest() == editions[-1].state
    return len(editions) - 1


def sound(office):
    return verify_place(str(office.root))["findings"] == []


def test_what_is_published_after_going_back_is_everything_that_is_held(office):
    first = day(office, 0)
    assert follow(office) == {"1": 1001, "2": 1002, "3": 1003}
    second = day(office, 1, _2=777, _4=1004)
    assert follow(office) == {"1": 1001, "2": 777, "3": 1003, "4": 1004}
    day(office, 2, _2=778)
    assert follow(office) == {"1": 1001, "2": 778, "3": 1003, "4": 1004}

    report = back(office, first["editionId"])
    assert follow(office) == {"1": 1001, "2": 1002, "3": 1003}
    assert report["changes"] == {"add": 0, "change": 1, "delete": 1}
    assert len(report["supersedes"]) == 2
    assert sound(office)
    told = rollback_text(report).splitlines()
    assert told[0].endswith(f"is what edition {first['editionId']} was")
    assert "3 records" in told[1]
    assert "0 came back, 1 are what they were, 1 are gone again" in told[1]
    assert any("a currency was taken for another" in line for line in told)

    after = day(office, 3, _3=999)
    assert follow(office) == {"1": 1001, "2": 778, "3": 999, "4": 1004}
    assert {name: after["changes"][name] for name in ("add", "change", "delete")} == {
        "add": 1,
        "change": 2,
        "delete": 0,
    }
    assert after["changes"]["byCause"] == {"source": 3}
    assert sound(office)

    again = back(office, second["editionId"])
    assert follow(office) == {"1": 1001, "2": 777, "3": 1003, "4": 1004}
    twice = back(office, report["editionId"])
    assert follow(office) == {"1": 1001, "2": 1002, "3": 1003}
    assert (again["changes"]["change"], twice["changes"]["delete"]) == (2, 1)
    last = day(office, 4)
    assert follow(office) == {"1": 1001, "2": 778, "3": 999, "4": 1004}
    assert last["changes"]["add"] == 1
    assert sound(office)
    assert replayed(office) == 7


def die(office, monkeypatch, to, *, swapped):
    """Go back in a process that dies before the pointer was swapped, or right after."""
    roll_back = rolling_back.roll_back

    def dying(*given, **named):
        if swapped:
            roll_back(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rolling_back, "roll_back", dying)
        with pytest.raises(KeyboardInterrupt):
            back(office, to)


@pytest.mark.parametrize("swapped", [False, True])
def test_one_that_died_goes_on_and_ends_the_same(office, monkeypatch, swapped):
    first = day(office, 0)
    second = day(office, 1, _2=777)
    die(office, monkeypatch, first["editionId"], swapped=swapped)
    report = back(office, first["editionId"])

    assert report["editionId"].endswith("-000003")
    assert report["supersedes"] == [second["editionId"]]
    with Store.open(office.settings.database_url) as store:
        last = store.last_edition(SOURCE)
    assert last
    assert last.id == report["editionId"]
    assert day(office, 2)["changes"]["change"] == 1
    assert sound(office)


def test_one_that_died_after_the_swap_does_not_mislead_the_next_publication(office, monkeypatch):
    first = day(office, 0)
    day(office, 1, _2=777)
    die(office, monkeypatch, first["editionId"], swapped=True)

    assert day(office, 2)["changes"]["change"] == 1
    assert follow(office)["2"] == 777
    assert sound(office)


def test_who_takes_the_newest_back_is_told_what_to_do(office):
    first = day(office, 0)
    second = day(office, 1, _2=777)
    # Taking back waits for no harvest.
    with Store.open(office.settings.database_url) as store, store.lock(SOURCE):
        report = do_retract(SOURCE, second["editionId"], **WORDS, settings=office.settings)
    told = retract_text(report)
    verified = verify_text(verify_place(str(office.root)))

    assert report["isNewest"]
    assert f"ocds-pipeline rollback kazakhstan {first['editionId']} --by NAME --reason TEXT" in told
    assert "ocds-pipeline publish kazakhstan" in told
    assert verified.startswith(f"RETRACTED  kazakhstan: edition {second['editionId']}")
    assert "by A. Editor: a currency was taken for another" in verified
    back(office, first["editionId"])
    again = do_retract(SOURCE, second["editionId"], by="B", reason="c", settings=office.settings)
    assert (again["isNew"], again["isNewest"], again["by"]) == (False, False, "A. Editor")
    assert "was retracted before" in retract_text(again)
    assert "RETRACTED" not in verify_text(verify_place(str(office.root)))
    assert "RETRACTED" in verify_text(verify_place(f"{office.root}/editions/{second['editionId']}"))
    with pytest.raises(ConfigurationError, match=r"was retracted by A\. Editor"):
        back(office, second["editionId"])


def test_what_cannot_be_gone_back_to_is_refused(office):
    first = day(office, 0)
    day(office, 1, _2=777)
    with sqlite3.connect(office.settings.home / "store.sqlite3") as database:
        database.execute("DELETE FROM edition WHERE id = ?", (first["editionId"],))

    with pytest.raises(ConfigurationError, match="was not made by this database"):
        back(office, first["editionId"])
    for words in ({"by": " "}, {"reason": ""}):
        with pytest.raises(ConfigurationError, match="--by NAME and --reason TEXT"):
            back(office, first["editionId"], **words)
        with pytest.raises(ConfigurationError, match="--by NAME and --reason TEXT"):
            do_retract(SOURCE, first["editionId"], **{**WORDS, **words}, settings=office.settings)


def test_nobody_goes_by_a_pointer_that_was_turned_back_until_it_is_repaired(office):
    first = day(office, 0)
    pointer = office.storage.read(pointer_key(SOURCE))
    second = day(office, 1, _2=777)
    now = office.storage.read(pointer_key(SOURCE))
    (office.root / "latest.json").write_bytes(pointer)
    published = contents(office.storage)
    supplier = Wanted(kind="party", what="KZ-BIN-190340004743", ocid=None, by="Ann", reason="asked", ground="Law 94-V")
    silent = {"settings": office.settings, "progress": SilentMeter()}
    acts = (
        lambda: do_retract(SOURCE, first["editionId"], **WORDS, settings=office.settings),
        lambda: collecting.collect(SOURCE, office.settings, delete=True),
        lambda: collecting.keep(SOURCE, first["editionId"], office.settings, **WORDS),
        lambda: do_redact(SOURCE, supplier, **silent),
    )

    for act in acts:
        with pytest.raises(
            PublishError, match=f"{second['editionId']} was published since: run `ocds-pipeline repair`"
        ):
            act()

    assert contents(office.storage) == published
    with Store.open(office.settings.database_url) as store:
        assert store.redactions(SOURCE) == []
    assert do_repair(SOURCE, **silent)["sound"]
    assert office.storage.read(pointer_key(SOURCE)) == now
    for act in acts:
        act()
    assert sound(office)


def test_a_storage_that_was_put_back_from_a_backup_is_gone_on_with(office, tmp_path):
    first = day(office, 0)
    backup = shutil.copytree(office.storage.root, tmp_path / "backup")
    day(office, 1, _2=777)
    shutil.rmtree(office.storage.root)
    shutil.copytree(backup, office.storage.root)

    with pytest.raises(PublishError, match=r"nothing is left of that.*publish first"):
        collecting.collect(SOURCE, office.settings, delete=True)
    repaired = do_repair(SOURCE, settings=office.settings, progress=SilentMeter())
    assert (repaired["sound"], repaired["editionId"]) == (True, first["editionId"])
    again = day(office, 2, _3=5)

    assert (again["editionId"][-6:], again["changes"]["change"]) == ("000002", 2)
    assert follow(office) == {"1": 1001, "2": 777, "3": 5}
    assert collecting.collect(SOURCE, office.settings, delete=True)["deleted"]
    with Store.open(office.settings.database_url) as store:
        assert store.last_edition(SOURCE).id == again["editionId"]
    assert day(office, 3, _1=9)["editionId"].endswith("-000003")
    assert sound(office)


def test_nothing_is_deleted_by_a_database_that_did_not_publish_it(office, caplog):
    first = day(office, 0)
    other = office.settings.home / "other.sqlite3"
    settings = replace(office.settings, database_url=f"sqlite:///{other}")
    supplier = Wanted(kind="party", what="KZ-BIN-190340004743", ocid=None, by="Ann", reason="asked", ground="Law 94-V")
    value = replace(supplier, kind="value")
    published = contents(office.storage)

    with pytest.raises(ConfigurationError, match=r"OCDS_DATABASE_URL names did not make edition .*backup"):
        collecting.collect(SOURCE, settings, delete=True)
    with pytest.raises(ConfigurationError, match="OCDS_DATABASE_URL names did not make edition"):
        do_redact(SOURCE, value, settings=settings, progress=SilentMeter())
    with Store.open(settings.database_url) as store:
        assert store.redactions(SOURCE) == []
    assert contents(office.storage) == published
    assert not collecting.collect(SOURCE, settings)["deleted"]
    assert do_retract(SOURCE, first["editionId"], **WORDS, settings=settings)["isNew"]
    assert "did not make edition" in caplog.text


def test_a_redaction_that_was_begun_is_not_ended_by_a_pointer_that_was_turned_back(office, monkeypatch):
    day(office, 0)
    pointer = office.storage.read(pointer_key(SOURCE))
    supplier = Wanted(kind="party", what="KZ-BIN-190340004743", ocid=None, by="Ann", reason="asked", ground="Law 94-V")
    silent = {"settings": office.settings, "progress": SilentMeter()}

    with monkeypatch.context() as patched:
        patched.setattr(redacting, "_withdraw", interrupted)
        with pytest.raises(KeyboardInterrupt):
            do_redact(SOURCE, supplier, **silent)
    now = office.storage.read(pointer_key(SOURCE))
    (office.root / "latest.json").write_bytes(pointer)
    with pytest.raises(PublishError, match="was published since"):
        do_redact(SOURCE, None, **silent)
    (office.root / "latest.json").write_bytes(now)

    assert len(do_redact(SOURCE, None, **silent)["redactions"]) == 1
    assert sound(office)


def interrupted(*_):
    raise KeyboardInterrupt
