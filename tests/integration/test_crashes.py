"""Publishers that are killed at any moment: readers see one edition whole, and the next try ends in the right one."""

import itertools
import shutil
from pathlib import Path

import pytest

from ocds_pipeline.storage import FileStorage, open_storage
from publish.verify import verify
from tests.support import buckets
from tests.support.crashes import SOURCE, Reader, forking, killed, moments, publish, reading, spread
from tests.support.publishing import contents

EVERY = 2
"""Every second time the one that is to mend it is killed too."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Two editions that nothing came between: their objects, and in how many moments each could have been stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    storage = FileStorage(folder / "public")
    counts, expected = {}, {}
    for sequence in (1, 2):
        counts[sequence] = moments(storage, folder / "work", sequence)
        expected[sequence] = contents(storage)
        shutil.copytree(storage.root, folder / f"after{sequence}")
    return folder, counts, expected


def crash(undisturbed, tmp_path: Path, number: int) -> tuple[int, int]:
    """Crash so often, each time in a storage of its own; gives how many processes died, and how often was read."""
    base, counts, expected = undisturbed
    context = forking()
    plans = {sequence: spread(counts[sequence], -(-number // 2)) for sequence in (1, 2)}
    deaths, reads = 0, 0
    for turn, (kill, sequence) in enumerate(
        zip(itertools.chain(*zip(plans[1], plans[2], strict=True)), itertools.cycle((1, 2)))
    ):
        place = tmp_path / f"{turn}"
        place.mkdir()
        if sequence == 2:
            shutil.copytree(base / "after1", place / "public")
        storage = FileStorage(place / "public")
        with reading(storage) as reader:
            deaths += killed(context, str(storage.root), place / "work", sequence, kill)
            if turn % EVERY:
                other = plans[sequence][-1 - turn // 2]
                deaths += killed(context, str(storage.root), place / "work", sequence, other)
            publish(storage, place / "work", sequence)
        check(reader, storage, sequence, expected, f"{kill} of edition {sequence}")
        reads += reader.reads
        shutil.rmtree(place)
    return deaths, reads


def check(reader: Reader, storage: FileStorage, sequence: int, expected, told: str) -> None:
    before = None if sequence == 1 else "20261121T190000Z-000001"
    now = f"2026112{sequence}T190000Z-00000{sequence}"
    assert reader.wrong == [], told
    assert reader.editions <= {before, now}, told
    assert contents(storage) == expected[sequence], told


def test_crashes_show_no_reader_anything_broken(undisturbed, tmp_path):
    deaths, reads = crash(undisturbed, tmp_path, 24)

    assert deaths >= 24
    assert reads > deaths


@pytest.mark.slow
def test_a_thousand_crashes_show_no_reader_anything_broken(undisturbed, tmp_path):
    deaths, reads = crash(undisturbed, tmp_path, 800)
    print(f"{deaths} publishers died, {reads} editions were read whole")  # noqa: T201 - the figure of the proof

    assert deaths >= 1000
    assert reads > deaths


def bucket_crashes(undisturbed, tmp_path: Path, ceph, number: int) -> int:
    _, counts, expected = undisturbed
    plan = [kill for kill in spread(counts[1], 2 * number) if kill.kind != "file"][:number]
    context = forking()
    deaths = 0
    for turn, kill in enumerate(plan):
        url = f"s3://{buckets.create(ceph)}"
        storage = open_storage(url)
        work = tmp_path / f"{turn}" / "work"
        with reading(storage) as reader:
            deaths += killed(context, url, work, 1, kill)
            publish(storage, work, 1)
        assert reader.wrong == [], kill
        assert contents(storage) == expected[1], kill
        storage.close()
    return deaths


def test_crashes_before_a_real_server_show_no_reader_anything_broken(undisturbed, tmp_path, ceph, monkeypatch):
    buckets.use(ceph, monkeypatch)

    assert bucket_crashes(undisturbed, tmp_path, ceph, 10) >= 7


@pytest.mark.slow
def test_two_hundred_crashes_before_a_real_server_show_no_reader_anything_broken(
    undisturbed, tmp_path, ceph, monkeypatch
):
    buckets.use(ceph, monkeypatch)

    assert bucket_crashes(undisturbed, tmp_path, ceph, 200) >= 150


def test_what_crashes_left_is_sound(undisturbed):
    base, _, _ = undisturbed

    assert verify(FileStorage(base / "after2"), SOURCE).findings == ()
