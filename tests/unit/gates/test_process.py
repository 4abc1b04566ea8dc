"""The process of the gates is alone: without network, settings or secrets, and nothing else loads what it loads."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocds_pipeline.gates import keeper
from ocds_pipeline.gates.keeper import Keeper
from ocds_pipeline.gates.override import Override
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError, QualityError
from publish.edition import write_edition
from publish.verify import verify
from tests.support.publishing import KAZAKHSTAN, Entry, contents, order, sample, tender

ROOT = Path(__file__).parents[3]
HEAVY = ("great_expectations", "pandas")
NOBODY = Override()
NEWEST = datetime(2024, 3, 12, tzinfo=UTC)
"""The day of the newest release of the history that is published here."""

WALK = """
import importlib, pkgutil, sys
for name in ("ocds_schema", "extractors", "transformers", "publish", "ocds_pipeline"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if not module.name.endswith("__main__") and "migrations" not in module.name:
            importlib.import_module(module.name)
print([name for name in %r if name in sys.modules])
"""

REACH = """
import socket, sys
from ocds_pipeline.gates.alone import stay_alone
stay_alone()
for reach in (lambda: socket.create_connection(("127.0.0.1", %d), 1), lambda: socket.getaddrinfo("localhost", 80)):
    try:
        reach()
    except ConnectionRefusedError as error:
        print("refused" if "gates have no network" in str(error) else error)
"""

ASK = """
import sys
from pathlib import Path
from ocds_pipeline.gates.alone import stay_alone
from ocds_pipeline.gates.expectations import ask, load
from ocds_pipeline.gates.questions import Question
stay_alone()
names = sys.argv[2:]
def question(expect, **arguments):
    return Question(gate="g", table="t", what="w", expect=expect, arguments=arguments, expected="e")
asked = [
    question("expect_column_values_to_be_unique", column="key"),
    question("expect_column_values_to_be_in_set", column="code", value_set=["a"]),
    question("expect_column_values_to_be_between", column="day", min_value=20200101, max_value=20301231, mostly=0.5),
    question("expect_column_max_to_be_between", column="day", min_value=20200101),
    question("expect_column_values_to_be_unique", column="nowhere"),
    question("expect_rain", column="key"),
    question("expect_column_values_to_be_between", column="day", never="heard of"),
    question("expect_table_row_count_to_equal", value=4),
]
nowhere = Question(
    gate="g", table="none", what="w", expect="expect_table_row_count_to_equal", arguments={"value": 1}, expected="e"
)
for answer in ask(load(), Path(sys.argv[1]), [*asked, nowhere]):
    print(answer.is_met, answer.unexpected, answer.elements, bool(answer.failure))
"""


def python(code, *arguments, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_nothing_else_loads_what_the_gates_load():
    assert python(WALK % (HEAVY,)) == ["[]"]


def test_no_network_can_be_reached():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert python(REACH % listener.getsockname()[1]) == ["refused", "refused"]


def test_expectations_are_asked_without_a_network(tmp_path):
    connection = sqlite3.connect(tmp_path / "t.sqlite3")
    connection.execute("CREATE TABLE t (key TEXT, code TEXT, day INTEGER)")
    rows = [("1", "a", 20240101), ("2", "b", 20620101), ("2", "a", None), ("3", None, 20250101)]
    connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()

    assert python(ASK, str(tmp_path / "t.sqlite3")) == [
        "False 2 4 False",
        "False 1 4 False",
        "True 1 4 False",
        "True 0 0 False",
        "False 0 0 True",
        "False 0 0 True",
        "False 0 0 True",
        "True 0 0 False",
        "False 0 0 True",
    ]


def gated(made, storage, work, sequence=1, *, overriding=NOBODY, **more):
    asked = order(sequence, as_of=NEWEST + timedelta(days=sequence), **more)
    with Keeper(asked.source, overriding, os.environ, work) as keeper:
        return write_edition(made, storage, asked, work=work, judge=keeper.judge)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A folder with an edition that was held against the gates, and the edition."""
    folder = tmp_path_factory.mktemp("judged")
    return folder, gated(sample(), FileStorage(folder / "public"), folder / "work")


@pytest.fixture
def storage(judged, tmp_path):
    """A copy of that edition."""
    shutil.copytree(judged[0] / "public", tmp_path / "public")
    return FileStorage(tmp_path / "public")


def test_the_verdict_is_published_with_the_edition(judged, storage, tmp_path):
    folder, edition = judged
    other = FileStorage(tmp_path / "other")
    gated(sample(), other, tmp_path / "elsewhere")

    verdict = json.decode(storage.read(f"v1/kazakhstan/editions/{edition.id}/gates.json"))
    assert contents(storage) == contents(other)
    assert edition.manifest["gates"]["outcome"] == verdict["outcome"]
    assert verify(storage, "kazakhstan").findings == ()
    assert list((folder / "work").iterdir()) == []


def test_an_altered_verdict_does_not_verify(judged, storage):
    _, edition = judged
    page = storage.root / f"v1/kazakhstan/editions/{edition.id}/gates.html"
    page.write_bytes(page.read_bytes().replace(b"passed", b"failed", 1))

    assert [finding.file for finding in verify(storage, "kazakhstan").findings] == [
        f"v1/kazakhstan/editions/{edition.id}/gates.html"
    ]


def leaking(number):
    return sample().then(_100=Entry(year=2024, states=(tender("100"), tender("100", title=f"ИИН {number}"))))


def test_a_stopped_edition_leaves_its_verdict_and_nothing_else(storage, tmp_path):
    stood = contents(storage)

    for _ in range(2):
        with pytest.raises(
            QualityError, match=r"persons: .*\n.*expected no number of a person, found 1 in .*100 /tender/title"
        ):
            gated(leaking("850101300123"), storage, tmp_path / "work", 2)

    left = {key: data for key, data in contents(storage).items() if key not in stood}
    (failure,) = map(json.decode, left.values())
    (key,) = left
    moved = {each for each, data in contents(storage).items() if each in stood and stood[each] != data}
    assert {each.rpartition("/")[2] for each in moved} == {"editions.json", "status.atom", "status.json"}
    assert key == f"v1/kazakhstan/failed/{failure['editionId']}.json"
    assert failure["editionId"].endswith("-000002")
    assert (failure["status"], failure["broken"]) == ("failed", ["persons"])
    assert b"850101300123" not in b"".join(contents(storage).values())


def test_another_failure_of_the_same_edition_is_kept_beside_the_first(tmp_path):
    storage = FileStorage(tmp_path / "public")
    for title in ("850101300123", "850101300123 и 850101300131"):
        with pytest.raises(QualityError):
            gated(replace(leaking(title), before={}), storage, tmp_path / "work")

    (first, second) = (key.rpartition("/")[2] for key in sorted(storage.keys("v1/kazakhstan/failed/"), reverse=True))
    assert second == first.replace(".json", "-2.json")


def test_a_process_that_dies_publishes_nothing(tmp_path, monkeypatch):
    storage = FileStorage(tmp_path / "public")
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(PublishError, match="no verdict"):
        gated(sample(), storage, tmp_path / "work")

    assert contents(storage) == {}


@pytest.mark.parametrize("error", [sqlite3.OperationalError("database or disk is full"), ValueError("no table")])
def test_gates_that_fail_in_our_own_process_publish_nothing_and_say_why(error, tmp_path, monkeypatch):
    def fail(*_):
        raise error

    monkeypatch.setattr(keeper, "judge", fail)
    task = SimpleNamespace(is_familiar=True, source=SimpleNamespace(name="kazakhstan", expectations=()))
    with Keeper(KAZAKHSTAN, NOBODY, {}, tmp_path) as kept, pytest.raises(PublishError, match=str(error)):
        kept._by_counts(task)


def test_the_process_inherits_no_secret(tmp_path, monkeypatch):
    secrets = {"OCDS_PSEUDONYM_KEY": "key", "AWS_SECRET_ACCESS_KEY": "secret", "OCDS_KAZAKHSTAN_TOKEN": "token"}
    for name, secret in secrets.items():
        monkeypatch.setenv(name, secret)
    shell = tmp_path / "tells"
    shell.write_text(f"#!/bin/sh\nenv > {tmp_path}/inherited\nexit 1\n")
    shell.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(shell))
    with pytest.raises(PublishError, match="no verdict"):
        gated(sample(), FileStorage(tmp_path / "public"), tmp_path / "work")

    inherited = (tmp_path / "inherited").read_text()
    assert "PATH=" in inherited
    assert not any(name in inherited for name in secrets)


def test_what_a_country_expects_is_asked(tmp_path):
    expected = {
        "table": "contracts",
        "expect": "expect_column_values_to_be_in_set",
        "column": "currency",
        "value_set": ["USD"],
    }
    source = replace(order().source, expectations=(expected,), gates={"expectations": {"floor": 1}})

    with pytest.raises(QualityError, match=r"expectations: .*\n  contracts.currency: "):
        gated(sample(), FileStorage(tmp_path / "public"), tmp_path / "work", source=source)
