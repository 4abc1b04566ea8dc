"""What somebody deleted or edited on the storage is mended or named, and the old edition stays whole."""

import pytest

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError, StorageConflictError
from publish.edition import Edition, write_edition
from publish.layout import lock_key, pointer_key
from publish.lock import Lease, Publisher, hold
from publish.storage import Capabilities
from publish.verify import verify
from tests.support.publishing import MemoryHistory, changed, contents, order, sample

SOURCE = "kazakhstan"
POINTER = pointer_key(SOURCE)


@pytest.fixture
def storage(tmp_path):
    return FileStorage(tmp_path / "public")


@pytest.fixture
def publish(storage, tmp_path):
    def act(made: MemoryHistory, sequence: int, to: FileStorage = storage) -> Edition:
        with hold(to, SOURCE, this_publisher()) as lock:
            return write_edition(made, to, order(sequence), work=tmp_path / "work", lock=lock)

    return act


def test_a_pointer_that_was_deleted_is_put_back(storage, publish):
    publish(sample(), 1)
    before = storage.read(POINTER)
    storage.delete(POINTER)

    second = publish(changed(sample()), 2)

    assert second.manifest["previous"]["manifestSha256"] == json.decode(before)["manifest"]["sha256"]
    assert verify(storage, SOURCE).findings == ()


def test_a_pointer_that_was_deleted_with_its_edition_is_named(storage, publish):
    edition = publish(sample(), 1)
    storage.delete(POINTER)
    storage.delete(f"v1/{SOURCE}/editions/{edition.id}/manifest.json")

    with pytest.raises(
        PublishError, match=r"latest.json is gone, and so is what it pointed to: restore both from a copy"
    ):
        publish(changed(sample()), 2)
    assert storage.stat(POINTER) is None


def test_a_pointer_that_nothing_remembers_is_not_guessed(storage, publish):
    publish(sample(), 1)
    second = publish(changed(sample()), 2)
    storage.delete(POINTER)
    storage.delete(lock_key(SOURCE))

    with pytest.raises(PublishError, match=rf"latest.json is gone, although there is an edition {second.id}: put the"):
        publish(sample(), 1)


def test_a_pointer_older_than_the_editions_is_not_put_back(storage, publish):
    publish(sample(), 1)
    remembered = storage.read(lock_key(SOURCE))
    publish(changed(sample()), 2)
    storage.delete(POINTER)
    storage.delete(lock_key(SOURCE))
    storage.put_new(lock_key(SOURCE), remembered, content_type="application/json")

    with pytest.raises(PublishError, match="although there is an edition"):
        publish(sample(), 3)


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"editionId":"x","manifest":{"sha256":"y"}}'])
def test_a_pointer_that_was_damaged_is_named(storage, publish, content):
    publish(sample(), 1)
    (storage.root / POINTER).write_bytes(content)

    with pytest.raises(PublishError, match=r"latest.json cannot be read .*: restore it from the newest edition"):
        publish(changed(sample()), 2)
    assert storage.read(POINTER) == content


def test_a_publication_that_lost_its_lock_moves_no_pointer(storage, tmp_path):
    with hold(storage, SOURCE, this_publisher()) as lock:
        storage.delete(lock_key(SOURCE))
        storage.put_new(lock_key(SOURCE), b"{}", content_type="application/json")
        lock.renew()
        with pytest.raises(StorageConflictError, match="taken away"):
            write_edition(sample(), storage, order(1), work=tmp_path / "work", lock=lock)

    assert storage.stat(POINTER) is None


def test_the_fence_is_in_the_manifest_and_a_publication_begun_anew_keeps_it(storage, publish):
    first = publish(sample(), 1)
    second = publish(changed(sample()), 2)
    expected = contents(storage)
    storage.delete(lock_key(SOURCE))
    storage.delete(POINTER)
    storage.put_new(POINTER, _pointer_of(storage, first), content_type="application/json")

    publish(changed(sample()), 2)

    assert (first.manifest["fence"], second.manifest["fence"]) == (1, 2)
    assert contents(storage) == expected


def _pointer_of(storage: FileStorage, edition: Edition) -> bytes:
    from publish.manifest import point_to

    return point_to(edition.manifest, storage.read(f"v1/{SOURCE}/editions/{edition.id}/manifest.json"))


class PlainStorage(FileStorage):
    """A storage on which the later of two writers wins."""

    def capabilities(self) -> Capabilities:
        return Capabilities(compare_and_swap=False, ranges=False, remarks=("it ignores If-Match",))


def test_a_storage_without_conditions_is_published_to_slowly_and_says_so(tmp_path):
    waits = []
    here = this_publisher()
    patient = Publisher(
        holder=here.holder,
        is_gone=here.is_gone,
        token=here.token,
        clock=here.clock,
        uptime=here.uptime,
        wait=waits.append,
        lease=Lease(),
    )
    storage = PlainStorage(tmp_path / "public")
    with hold(storage, SOURCE, patient) as lock:
        edition = write_edition(sample(), storage, order(1), work=tmp_path / "work", lock=lock)

    assert edition.manifest["access"] == {
        "baseUrl": "https://example.org/ocds",
        "compareAndSwap": False,
        "rangeRequests": False,
    }
    assert waits == [5.0, 5.0]
    assert verify(storage, SOURCE).findings == ()


@pytest.mark.parametrize(
    "note", ["not JSON", "[]", "{}", '{"editionId": 5}', '{"editionId": "20261121T190000Z-000001"}']
)
def test_a_pointer_that_is_gone_and_not_remembered_as_it_should_be_is_an_error_in_words(tmp_path, note):
    storage = FileStorage(tmp_path / "public")
    with hold(storage, SOURCE, this_publisher()) as lock:
        write_edition(sample(), storage, order(1), work=tmp_path / "work", lock=lock)
    held = json.decode(storage.read("_lock/kazakhstan.json"))
    (storage.root / "_lock/kazakhstan.json").write_bytes(json.encode({**held, "pointer": note}))
    storage.delete("v1/kazakhstan/latest.json")

    with (
        hold(storage, SOURCE, this_publisher()) as lock,
        pytest.raises(PublishError, match=r"latest.json is gone, and what _lock/kazakhstan.json remembers.*repair"),
    ):
        write_edition(sample().then(), storage, order(2), work=tmp_path / "work", lock=lock)
