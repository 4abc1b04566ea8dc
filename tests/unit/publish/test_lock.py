"""The lock of a source: one publisher at a time, whatever clocks say, and none for ever."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ocds_pipeline.publisher import is_gone, this_publisher
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import StorageBusyError, StorageConflictError, StorageError
from publish.lock import Lease, Lock, Publisher, hold
from publish.storage import Capabilities

KEY = "_lock/kazakhstan.json"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = Lease(lasts=90.0, renewed=20.0, pause=5.0)
TOKENS = itertools.count(1)


@dataclass
class Host:
    """A machine with its own clock, which goes on only while somebody waits."""

    name: str
    now: datetime = NOON
    up: float = 0.0
    meanwhile: Callable[[], Any] = lambda: None
    waits: list[float] = field(default_factory=list)
    dead: tuple[str, ...] = ()

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.pass_time(seconds)
        self.meanwhile()

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.up += seconds

    def publisher(self) -> Publisher:
        return Publisher(
            holder={"host": self.name, "pid": 1},
            is_gone=lambda holder: holder["host"] in self.dead,
            token=lambda: f"token {next(TOKENS)}",
            clock=lambda: self.now,
            uptime=lambda: self.up,
            wait=self.wait,
            lease=LEASE,
        )


class PlainStorage(FileStorage):
    """A storage on which the later of two writers wins."""

    def capabilities(self) -> Capabilities:
        return Capabilities(compare_and_swap=False, ranges=True)


@pytest.fixture
def storage(tmp_path):
    return FileStorage(tmp_path)


def taken(storage, host) -> Lock:
    lock = Lock(storage, "kazakhstan", host.publisher())
    lock.take()
    return lock


def test_a_held_lock_is_not_taken_and_says_who_holds_it(storage):
    with hold(storage, "kazakhstan", Host("one").publisher()):
        with pytest.raises(StorageBusyError, match=r"_lock/kazakhstan.json: host one, pid 1 holds the lock since 2026"):
            taken(storage, Host("two"))
        with hold(storage, "kyrgyzstan", Host("two").publisher()):
            pass

    taken(storage, Host("two"))


def test_a_publication_that_fails_gives_the_lock_back(storage):
    with pytest.raises(ValueError, match="failed"), hold(storage, "kazakhstan", Host("one").publisher()):
        raise ValueError("failed")

    taken(storage, Host("two"))


def test_the_fence_grows_with_every_edition_and_stays_while_one_is_repeated(storage):
    fences = []
    for edition in ("a", "a", "b", "b", "a", "c"):
        with hold(storage, "kazakhstan", Host("one").publisher()) as lock:
            fences.append(lock.enter(edition))

    assert fences == [1, 1, 2, 2, 3, 4]


def test_the_fence_is_never_below_that_of_the_edition_before(storage):
    with hold(storage, "kazakhstan", Host("one").publisher()) as lock:
        assert lock.enter("a", 7) == 7
    storage.delete(KEY)
    with hold(storage, "kazakhstan", Host("one").publisher()) as lock:
        assert lock.enter("b", 8) == 8


def test_a_lease_that_ran_out_is_taken_over_after_a_look_at_whether_it_is_renewed(storage):
    lost = taken(storage, Host("one"))
    two = Host("two", now=NOON + timedelta(seconds=91))

    lock = taken(storage, two)

    assert two.waits == [30.0]
    lock.check()
    with pytest.raises(StorageConflictError):
        lost.enter("late")
    with pytest.raises(StorageConflictError, match="taken away"):
        lost.check()


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_takes_no_lock_from_a_publisher_that_lives(storage, jump):
    one = Host("one")
    lock = taken(storage, one)
    two = Host("two", now=NOON + jump, meanwhile=lock.renew)

    with pytest.raises(StorageBusyError):
        taken(storage, two)
    lock.check()


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_keeps_nobody_out_for_ever(storage, jump):
    taken(storage, Host("one"))

    taken(storage, Host("two", now=NOON + jump)).check()


def test_the_lock_of_a_process_that_is_gone_is_taken_at_once(storage):
    taken(storage, Host("one"))
    two = Host("two", dead=("one",))

    taken(storage, two)

    assert two.waits == []


def test_a_lock_of_this_process_that_nobody_holds_is_taken_at_once(storage):
    taken(storage, Host("one"))

    with hold(storage, "kazakhstan", Host("one").publisher()), pytest.raises(StorageBusyError):
        taken(storage, Host("one"))


def test_a_lock_that_cannot_be_renewed_is_lost_when_the_lease_is_over(storage, monkeypatch):
    host = Host("one")
    lock = taken(storage, host)

    def fail(*_given, **_named):
        raise StorageError("down")

    monkeypatch.setattr(storage, "replace", fail)
    host.pass_time(60)
    lock.renew()
    lock.check()
    host.pass_time(60)
    lock.renew()
    with pytest.raises(StorageConflictError, match="could not be renewed for 120 s"):
        lock.check()


def test_the_lease_is_renewed_in_the_background(storage):
    publisher = this_publisher()
    quick = Publisher(
        holder=publisher.holder,
        is_gone=publisher.is_gone,
        token=publisher.token,
        clock=publisher.clock,
        uptime=publisher.uptime,
        wait=publisher.wait,
        lease=Lease(lasts=5.0, renewed=0.01),
    )
    with hold(storage, "kazakhstan", quick):
        while json.decode(storage.read(KEY))["renewals"] < 3:
            pass

    assert json.decode(storage.read(KEY))["isHeld"] is False


@pytest.mark.parametrize(
    "note", [{"fence": None}, {"fence": "7"}, {"fence": 3, "editionId": []}, {"fence": 3, "pointer": 5}]
)
def test_what_a_damaged_note_says_is_not_taken(storage, note):
    storage.put_new(KEY, json.encode({"isHeld": False, **note}), content_type="application/json")

    lock = taken(storage, Host("here"))

    assert lock.enter("a", 2) == (4 if note["fence"] == 3 else 2)
    assert lock.pointer is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe not JSON",
        b'{"isHeld":true}',
        b'{"isHeld":true,"expires":5}',
        b'{"isHeld":true,"holder":"somebody","token":[]}',
    ],
)
def test_a_damaged_lock_is_waited_out(storage, content):
    storage.put_new(KEY, content, content_type="application/json")

    taken(storage, Host("one")).check()


def test_where_the_later_writer_wins_the_lock_of_another_machine_is_only_taken_away_by_hand(tmp_path):
    storage = PlainStorage(tmp_path)
    taken(storage, Host("one"))
    two = Host("two", now=NOON + timedelta(hours=1))

    with pytest.raises(StorageBusyError, match=r"nobody publishes there any more, delete _lock/kazakhstan.json"):
        taken(storage, two)
    storage.delete(KEY)
    taken(storage, two)


def test_where_the_later_writer_wins_a_lock_is_believed_only_after_a_while(tmp_path):
    storage = PlainStorage(tmp_path)
    one = Host("one")
    one.meanwhile = lambda: storage.replace(
        KEY,
        b'{"isHeld": true, "token": "another", "holder": {"host": "two"}}',
        expected=storage.stat(KEY).version,
        content_type="",
    )

    with pytest.raises(StorageBusyError, match="host two holds the lock"):
        taken(storage, one)
    assert one.waits == [5.0]


def test_this_process_lives_and_one_that_ended_does_not():
    here = this_publisher().holder

    assert not is_gone(here)
    assert is_gone({**here, "pid": 2**22 + 1})
    assert is_gone({**here, "started": "0"})
    for name in ("host", "boot", "namespace"):
        assert not is_gone({**here, name: "another", "pid": 2**22 + 1})
    for damaged in ({}, [], None, {**here, "pid": "x"}):
        assert not is_gone(damaged)
