"""Editions on a real S3 server that loses answers, breaks down, is full, or is published to by somebody else."""

import itertools
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.s3 import S3Storage, parts
from ocds_pipeline.s3 import storage as s3_storage
from ocds_pipeline.storage import FileStorage, open_storage
from ocds_schema.errors import PublishError, StorageBusyError, StorageConflictError, StorageError
from publish.edition import write_edition
from publish.lock import hold
from publish.manifest import read_pointer
from publish.verify import verify
from tests.support import buckets
from tests.support.proxy import Fault, Proxy, Request, proxy
from tests.support.publishing import FIRST, changed, contents, order, publish, sample
from tests.support.radosgw import Bucketeer

POINTER = "/v1/kazakhstan/latest.json"


@pytest.fixture
def between(ceph: Bucketeer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Proxy, S3Storage]]:
    """A proxy before the real server, and a storage that goes through it."""
    name = buckets.create(ceph)
    with proxy(ceph) as (made, server):
        buckets.use(server, monkeypatch)
        storage = S3Storage(name, "", wait=lambda _seconds: None)
        yield made, storage
        storage.close()


class Once:
    """A fault for the first request, or the first few, that a test is about."""

    def __init__(self, fault, times=1, *, method="PUT", part=POINTER):
        self.fault, self.left, self.method, self.part = fault, times, method, part
        self.struck = 0

    def __call__(self, request: Request):
        if request.method != self.method or self.part not in request.key or not self.left:
            return None
        self.left -= 1
        self.struck += 1
        return self.fault


FAULTS = [
    Fault(status=500),
    Fault(status=500, after=True),
    Fault(status=503, code="SlowDown"),
    Fault(status=503, code="SlowDown", after=True),
    Fault(status=429),
    Fault(status=409),
    Fault(status=0),
    Fault(status=0, after=True),
]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The objects of two undisturbed editions."""
    folder = tmp_path_factory.mktemp("undisturbed")
    storage = FileStorage(folder / "public")
    publish(sample(), storage, folder / "work")
    publish(changed(sample()), storage, folder / "work", 2)
    return contents(storage)


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits between repetitions."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_given: 0)
    monkeypatch.setattr("ocds_pipeline.s3.client._LONGEST_WAIT", 0)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_write_under_a_fault_that_passes_is_done_once(between, impatient, fault, times):
    made, storage = between
    storage.capabilities()
    made.fault = Once(fault, times, part="/v1/")

    assert storage.put_new("v1/a", b"1", content_type="text/plain") is True
    made.fault = Once(fault, times, part="/v1/")
    first = storage.replace("v1/b", b"1", expected=None, content_type="text/plain")
    made.fault = once = Once(fault, times, part="/v1/")
    second = storage.replace("v1/b", b"2", expected=first, content_type="text/plain")

    assert once.struck == times
    assert (storage.read("v1/a"), storage.read("v1/b"), storage.stat("v1/b").version) == (b"1", b"2", second)
    with pytest.raises(StorageConflictError):
        storage.replace("v1/b", b"3", expected=first, content_type="text/plain")


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_faults_changes_no_byte(between, impatient, tmp_path, expected, seed):
    made, storage = between
    chance = random.Random(seed)
    last: dict[str, int] = {}
    struck = Counter()

    def fault(request: Request) -> Fault | None:
        # Never so often in a row that the storage would give up.
        last[request.key] = (
            0 if last.get(request.key, 0) > 2 or chance.random() > 0.08 else last.get(request.key, 0) + 1
        )
        if not last[request.key]:
            return None
        has_condition = request.headers.keys() & {"if-match", "if-none-match"}
        # The rarest so far: every fault strikes, in whatever order the hands' requests come.
        chosen = min((each for each in FAULTS if has_condition or each.status != 409), key=struck.__getitem__)
        struck[chosen] += 1
        return chosen

    made.fault = fault
    publish(sample(), storage, tmp_path / "work")
    publish(changed(sample()), storage, tmp_path / "work", 2)

    made.fault = lambda _request: None
    assert contents(storage) == expected
    assert len(struck) == len(FAULTS)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("status", [0, 412, 507])
def test_a_fault_that_stays_leaves_one_edition_whole_and_the_next_try_ends_alike(
    between, impatient, tmp_path, expected, status, after
):
    made, storage = between
    first = publish(sample(), storage, tmp_path / "work")
    made.fault = once = Once(Fault(status=status, after=after), 1000)

    told = ""
    try:
        publish(changed(sample()), storage, tmp_path / "work", 2)
    except StorageError as error:
        told = str(error)

    assert once.struck > 0
    assert ("latest.json" in told) is not after
    made.fault = lambda _request: None
    pointer = read_pointer(storage, "kazakhstan")
    assert pointer
    assert (pointer.edition_id == first.id) is not after
    assert verify(storage, "kazakhstan").findings == ()
    publish(changed(sample()), storage, tmp_path / "work", 2)
    assert contents(storage) == expected


def test_a_full_store_stops_the_publication_and_the_old_edition_stays(between, tmp_path):
    made, storage = between
    first = publish(sample(), storage, tmp_path / "work")
    made.fault = Once(Fault(status=403, code="QuotaExceeded"), 1000, part="/data/")

    with pytest.raises(StorageError, match="no space is left in the store: free some or raise the quota"):
        publish(changed(sample()), storage, tmp_path / "work", 2)

    report = verify(storage, "kazakhstan")
    assert (report.edition_id, report.findings) == (first.id, ())


def test_a_resumed_publication_sends_nothing_twice(between, tmp_path):
    made, storage = between
    for stop in itertools.count(3, 5):
        made.fault = stopping(stop)
        try:
            publish(sample(), storage, tmp_path / "work")
        except StorageError:
            continue
        break

    assert stop > 20
    taken = Counter(request.key for request in made.taken if request.method == "PUT")
    immutable = {key: len(data) for key, data in contents(storage).items() if "/data/" in key or "/editions/" in key}
    assert {key: taken[f"/{storage.bucket}/{key}"] for key in immutable} == dict.fromkeys(immutable, 1)
    assert verify(storage, "kazakhstan").findings == ()


def stopping(after: int):
    """A store that takes so many objects more, and then refuses."""
    left = iter(range(after))

    def fault(request: Request) -> Fault | None:
        is_write = request.method == "PUT" and "/v1/" in request.key
        return Fault(status=403, code="AccessDenied") if is_write and next(left, None) is None else None

    return fault


def test_unchanged_years_send_no_byte(between, tmp_path):
    made, storage = between
    publish(sample(), storage, tmp_path / "work")
    made.seen.clear()

    publish(changed(sample()), storage, tmp_path / "work", 2)

    assert made.sent("/year=2024/") > 0
    assert made.sent("/year=2023/") == 0
    made.seen.clear()
    publish(sample().then(), storage, tmp_path / "work", 3)
    again = made.puts("/data/")
    assert [key for key in again if "year=2023" in key] == []


def test_a_large_upload_that_was_cut_goes_on_with_the_parts_that_are_there(between, tmp_path, monkeypatch):
    monkeypatch.setattr(s3_storage, "SINGLE_PUT_BYTES", 6 << 20)
    monkeypatch.setattr(parts, "PART_BYTES", 5 << 20)
    monkeypatch.setattr(parts, "_SENDERS", 1)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_given: 0)
    made, storage = between
    path = tmp_path / "large"
    path.write_bytes(os.urandom(23 << 20))
    named = {"content_type": "text/plain", "sha256": "ab" * 32}
    key = f"v1/large-{'ab' * 8}"
    made.fault = lambda request: Fault(status=0) if request.query.get("partNumber", ["0"])[0] >= "4" else None

    with pytest.raises(StorageError):
        storage.put_new(key, path, **named)
    assert storage.stat(key) is None
    made.fault = lambda _request: None
    made.seen.clear()
    assert storage.put_new(key, path, **named) is True

    sent = {request.query["partNumber"][0] for request in made.seen if "partNumber" in request.query}
    assert sent == {"4", "5"}
    assert storage.read(key) == path.read_bytes()
    assert storage.stat(key).sha256 == "ab" * 32


def test_a_large_upload_that_is_refused_is_taken_back(between, tmp_path, monkeypatch):
    monkeypatch.setattr(s3_storage, "SINGLE_PUT_BYTES", 6 << 20)
    monkeypatch.setattr(parts, "PART_BYTES", 5 << 20)
    made, storage = between
    path = tmp_path / "large"
    path.write_bytes(os.urandom(12 << 20))
    made.fault = lambda request: (
        Fault(status=403, code="QuotaExceeded") if request.query.get("partNumber") == ["2"] else None
    )

    with pytest.raises(StorageError, match="no space is left"):
        storage.put_new("v1/large", path, content_type="text/plain")

    assert storage._client.list_multipart_uploads(Bucket=storage.bucket).get("Uploads", []) == []


def test_uploads_that_nobody_ended_are_given_up(between, tmp_path):
    _, storage = between
    place = {"Bucket": storage.bucket, "Key": "v1/a"}
    begun = storage._client.create_multipart_upload(**place)["UploadId"]
    storage._client.upload_part(**place, UploadId=begun, PartNumber=1, Body=b"x")

    assert storage.give_up_uploads("v1/", FIRST - timedelta(days=400)) == 0
    assert storage.give_up_uploads("v1/", FIRST + timedelta(days=36500)) == 1
    assert storage._client.list_multipart_uploads(Bucket=storage.bucket).get("Uploads", []) == []


def race(storage, tmp_path, number: int, *, is_locked: bool) -> list[object]:
    """Two publications of the next edition at one moment; gives what became of each."""
    barrier = threading.Barrier(2)
    pointer = read_pointer(storage, "kazakhstan")
    sequence = (pointer.sequence if pointer else 0) + 1
    made = sample() if sequence == 1 else sample().then()

    def one(hour: int) -> object:
        wanted = order(sequence, as_of=FIRST + timedelta(days=number, hours=hour))
        work = tmp_path / f"{hour}"
        barrier.wait()
        try:
            if not is_locked:
                return write_edition(made, storage, wanted, work=work).id
            with hold(storage, "kazakhstan", this_publisher()) as lock:
                return write_edition(made, storage, wanted, work=work, lock=lock).id
        except (StorageConflictError, StorageBusyError, PublishError) as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(2)))


def publishers(storage, tmp_path, rounds: int) -> None:
    committed = []
    for number in range(rounds):
        outcomes = race(storage, tmp_path, number, is_locked=number % 2 == 0)
        won = [each for each in outcomes if isinstance(each, str)]
        pointer = read_pointer(storage, "kazakhstan")
        assert pointer
        # With the lock the second may come when the first is done already: then it is told that it is too late.
        assert len(won) == 1, outcomes
        assert pointer.edition_id == won[0]
        committed.append(won[0])
    report = verify(storage, "kazakhstan")
    assert report.findings == ()
    assert [edition[-6:] for edition in committed] == [f"{number:06d}" for number in range(1, rounds + 1)]


def test_of_two_publishers_at_once_one_commits(storage, tmp_path):
    publishers(storage, tmp_path, 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("storage", "rounds"),
    [("file", 200), ("ceph", 200), ("moto", 40)],
    indirect=["storage"],
    ids=["file", "ceph", "moto"],
)
def test_of_two_publishers_at_once_one_commits_two_hundred_times(storage, tmp_path, rounds):
    """On a stand-in, which gives a second opinion and no proof, it is done less often: it is the slowest of them."""
    publishers(storage, tmp_path, rounds)


def test_a_bucket_that_is_gone_says_so(ceph, monkeypatch, tmp_path):
    buckets.use(ceph, monkeypatch)

    with pytest.raises(StorageError, match=r"s3://never-made.*there is no such bucket: make it, or mend the URL"):
        publish(sample(), open_storage("s3://never-made/public"), tmp_path / "work")
