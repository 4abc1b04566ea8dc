"""Of all that is published no byte can be another without being found, named and, where it can be, mended."""

import os
import random
import shutil
from datetime import UTC, datetime

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from publish import ocds_sync
from publish.around import Around
from publish.signing import Signing
from publish.verify import verify
from tests.support.publications import KEY, NEXT, SOURCE, everything
from tests.support.publishing import mended

FOLDER = f"v1/{SOURCE}"
READ_BY_CLIENT = ("latest.json", "retractions/", "editions/")


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("everything")
    return everything(FileStorage(folder / "public"), folder / "work", moment=datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def storage(original, tmp_path):
    return FileStorage(shutil.copytree(original.root, tmp_path / "public"))


def looked_at(storage):
    return verify(storage, SOURCE, around=Around(SOURCE, ()))


def found(storage):
    return {finding.file for finding in looked_at(storage).findings}


def flipped(content, seed):
    """The content with one bit of one byte turned, wherever the seed says."""
    chance = random.Random(seed)
    place, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
    return content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :], place


def test_a_publication_that_nobody_touched_is_sound_and_all_of_it_was_looked_at(original):
    report = looked_at(original)

    assert report.findings == ()
    assert report.files_unnamed == 0
    # Beside the newest edition there are the earlier ones, what was said of them, and what all sources share.
    assert report.files > verify(original, SOURCE).files + 30


def test_one_flipped_byte_anywhere_is_found_and_named(storage):
    keys = list(storage.keys("v1/"))
    assert len(keys) > 100
    silent = []
    for number, key in enumerate(keys):
        path = storage.root / key
        whole = path.read_bytes()
        altered, place = flipped(whole, number)
        path.write_bytes(altered)
        named = found(storage)
        # Where the pointer or a list is altered, others may no longer agree with it, too.
        if key not in named and not (key.endswith(("latest.json", "editions.json", ".pub")) and named):
            silent.append((key, place, sorted(named)))
        path.write_bytes(whole)

    assert silent == []
    assert found(storage) == set()


def test_one_flipped_byte_of_what_the_client_reads_is_refused_by_it(storage, capfd):
    root = storage.root / FOLDER
    newest = json.decode((root / "latest.json").read_bytes())
    manifest = json.decode((root / newest["manifest"]["path"]).read_bytes())
    edition = f"editions/{newest['editionId']}/"
    paths = ["latest.json", newest["retractions"]["path"], newest["manifest"]["path"], f"{edition}SHA256SUMS"]
    paths += [f"{path}.minisig" for path in paths[1:]]
    paths += [each["path"] for each in manifest["files"] if "omitted" not in each]
    command = ["verify", str(root), "--key", KEY.public.text]
    assert ocds_sync.main(command) == 0
    taken = []
    for number, path in enumerate(paths):
        whole = (root / path).read_bytes()
        for seed in range(number, number + (5 if number < 7 else 1)):
            altered, place = flipped(whole, seed)
            # What stands in the comment that minisign calls untrusted is nobody's word, and no reader's business.
            is_comment = path.endswith(".minisig") and 18 < place < whole.index(b"\n")
            is_comment = is_comment or (
                b"untrusted comment: " in whole[max(0, place - 60) : place] and path == "latest.json"
            )
            (root / path).write_bytes(altered)
            if ocds_sync.main(command) != 1 and not is_comment:
                taken.append((path, place))
        (root / path).write_bytes(whole)

    assert taken == []


def test_whatever_byte_was_flipped_repair_puts_it_back_from_key_manifests_and_a_copy(storage, original, tmp_path):
    """All of it at once, but for what nothing else can tell: which byte it was."""
    keys = list(storage.keys("v1/"))
    for number, key in enumerate(keys):
        if key.endswith(("retention.json", "redactions.json", "redactions.json.minisig")):
            continue
        path = storage.root / key
        path.write_bytes(flipped(path.read_bytes(), number)[0])

    report = mended(storage, tmp_path / "work", original, signing=Signing(key=NEXT, before=KEY))

    assert report.damaged == []
    assert report.broken == []
    assert {key for key in keys if storage.read(key) != original.read(key)} == set()
