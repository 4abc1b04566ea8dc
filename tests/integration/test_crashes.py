"""Publishers that are killed at any moment: readers see one edition whole, and the next try ends in the right one."""

import itertools
import shutil
from pathlib import Path

import pytest

from ocds_pipeline.storage import FileStorage, open_storage
from publish.manifest import read_pointer
from publish.verify import verify
from tests.support import buckets
from tests.support.crashes import SOURCE, Reader, edition, forking, go_on, killed, moments, reading, spread
from tests.support.publishing import contents

STEPS = (1, 2, 3, 4)
"""Two editions, back to the first one, and the second one is taken back."""
EVERY = 2
"""Every second time the one that is to mend it is killed too."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A story that nothing came between: the objects after each step, and in how many moments it could be stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    storage = FileStorage(folder / "public")
    storage.root.mkdir()
    counts, expected = {}, {}
    for step in STEPS:
        shutil.copytree(storage.root, folder / f"before{step}")
        counts[step] = moments(storage, folder / "work", step)
        expected[step] = contents(storage)
    return folder, counts, expected


def crash(undisturbed, tmp_path: Path, number: int, steps: tuple[int, ...]) -> tuple[int, int]:
    """Crash so often, each time in a storage of its own; gives how many processes died, and how often was read."""
    base, counts, expected = undisturbed
    context = forking()
    plans = {step: spread(counts[step], -(-number // len(steps))) for step in steps}
    deaths, reads = 0, 0
    for turn, (kill, step) in enumerate(
        zip(itertools.chain(*zip(*plans.values(), strict=True)), itertools.cycle(steps))
    ):
        place = tmp_path / f"{turn}"
        shutil.copytree(base / f"before{step}", place / "public")
        storage = FileStorage(place / "public")
        with reading(storage) as reader:
            deaths += killed(context, str(storage.root), place / "work", step, kill)
            if turn % EVERY:
                other = plans[step][-1 - turn // len(steps)]
                deaths += killed(context, str(storage.root), place / "work", step, other)
            go_on(storage, place / "work", step)
        check(reader, storage, step, expected, f"{kill} of step {step}")
        reads += reader.reads
        shutil.rmtree(place)
    return deaths, reads


def check(reader: Reader, storage: FileStorage, step: int, expected, told: str) -> None:
    before = None if step == 1 else edition(step - 1)
    assert reader.wrong == [], told
    assert reader.editions <= {before, edition(min(step, 3))}, told
    assert contents(storage) == expected[step], told


def test_crashes_show_no_reader_anything_broken(undisturbed, tmp_path):
    deaths, reads = crash(undisturbed, tmp_path, 16, (1, 2))

    assert deaths >= 16
    assert reads > deaths


def test_crashes_while_going_back_and_taking_back_show_no_reader_anything_broken(undisturbed, tmp_path):
    deaths, reads = crash(undisturbed, tmp_path, 16, (3, 4))

    assert deaths >= 16
    assert reads > deaths


@pytest.mark.slow
def test_a_thousand_crashes_show_no_reader_anything_broken(undisturbed, tmp_path):
    deaths, reads = crash(undisturbed, tmp_path, 800, STEPS)
    print(f"{deaths} publishers died, {reads} editions were read whole")  # noqa: T201 - the figure of the proof

    assert deaths >= 1000
    assert reads > deaths


def bucket_crashes(undisturbed, tmp_path: Path, ceph, number: int, steps: tuple[int, ...]) -> int:
    _, counts, expected = undisturbed
    each = -(-number // len(steps))
    plans = [
        (step, kill)
        for step in steps
        for kill in [kill for kill in spread(counts[step], 2 * each) if kill.kind != "file"][:each]
    ]
    context = forking()
    deaths = 0
    stood = {step: buckets.create(ceph) for step in steps}
    for step, name in stood.items():
        before = open_storage(f"s3://{name}")
        for earlier in range(1, step):
            go_on(before, tmp_path / f"before{step}", earlier)
        before.close()
    for turn, (step, kill) in enumerate(plans):
        url = f"s3://{buckets.twin(ceph, stood[step])}"
        storage = open_storage(url)
        work = tmp_path / f"{turn}" / "work"
        with reading(storage) as reader:
            deaths += killed(context, url, work, step, kill)
            go_on(storage, work, step)
        assert reader.wrong == [], kill
        assert contents(storage) == expected[step], kill
        storage.close()
    return deaths


def test_crashes_before_a_real_server_show_no_reader_anything_broken(undisturbed, tmp_path, ceph, monkeypatch):
    buckets.use(ceph, monkeypatch)

    assert bucket_crashes(undisturbed, tmp_path, ceph, 6, (1, 3)) >= 4


@pytest.mark.slow
def test_two_hundred_crashes_before_a_real_server_show_no_reader_anything_broken(
    undisturbed, tmp_path, ceph, monkeypatch
):
    buckets.use(ceph, monkeypatch)

    assert bucket_crashes(undisturbed, tmp_path, ceph, 200, STEPS) >= 150


def test_what_crashes_left_is_sound(undisturbed):
    base, _, _ = undisturbed
    storage = FileStorage(base / "public")

    assert verify(storage, SOURCE).findings == ()
    pointer = read_pointer(storage, SOURCE)
    assert pointer
    assert (pointer.edition_id, pointer.body["retracted"]) == (edition(3), [edition(2)])
