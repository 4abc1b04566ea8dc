"""The journal of an edition under construction: whole steps are not done again, anything else is."""

import hashlib

import pytest

from publish import journal
from publish.formats import Written
from publish.journal import Journal


class Work:
    """A step that writes a file, and counts how often it was done."""

    def __init__(self, folder):
        self.folder = folder
        self.done = 0

    def __call__(self):
        self.done += 1
        (self.folder / "out").write_bytes(b"content")
        return {"rows": 3}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "edition"


def test_a_finished_step_is_not_done_again(folder):
    work = Work(folder)

    made = [Journal(folder, "same").once("year-2024", work) for _ in range(3)]

    assert made == [{"rows": 3}] * 3
    assert work.done == 1


@pytest.mark.parametrize("inputs", ["other", ""])
def test_with_other_inputs_everything_begins_anew(folder, inputs):
    work = Work(folder)
    Journal(folder, "same").once("a", work)

    Journal(folder, inputs).once("a", work)

    assert work.done == 2


def test_without_inputs_nothing_is_gone_on_with(folder):
    work = Work(folder)
    for _ in range(2):
        Journal(folder, "").once("a", work)

    assert work.done == 2


@pytest.mark.parametrize("damage", ["altered", "cut", "gone", "note", "made"])
def test_a_step_whose_files_are_not_whole_is_done_again(folder, damage):
    work = Work(folder)
    Journal(folder, "same").once("a", work)
    out = folder / "out"
    notes = folder / "journal"
    if damage == "altered":
        out.write_bytes(b"CONTENT")
    elif damage == "cut":
        out.write_bytes(b"con")
    elif damage == "gone":
        out.unlink()
    else:
        (notes / ("a.json" if damage == "note" else "a.made")).write_bytes(b"{}")

    Journal(folder, "same").once("a", work)

    assert work.done == 2
    assert out.read_bytes() == b"content"


def test_what_no_finished_step_wrote_is_cleared_away(folder):
    Journal(folder, "same").once("a", Work(folder))
    (folder / "half").write_bytes(b"half")

    Journal(folder, "same")

    assert sorted(path.name for path in folder.iterdir()) == ["journal", "out"]


def test_a_file_whose_hash_is_known_is_not_read_for_it(folder, monkeypatch):
    work = Work(folder)
    out = folder / "out"
    known = Written(path=out, bytes=7, sha256=hashlib.sha256(b"content").hexdigest(), content_digest="", rows=0)
    with monkeypatch.context() as patched:
        patched.setattr(journal, "sha256_of", None)
        Journal(folder, "same").once("a", work, lambda _: [known])
    Journal(folder, "same").once("a", work, lambda _: [known])
    assert work.done == 1

    out.write_bytes(b"CONTENT")
    Journal(folder, "same").once("a", work, lambda _: [known])
    assert work.done == 2
