"""A verification finds signatures that are not of what they stand beside, whichever byte is another."""

import pytest

from ocds_pipeline.storage import FileStorage
from publish.signing import Signing, SigningKey
from publish.verify import verify
from tests.support.publishing import publish, sample

KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
OTHER = SigningKey(b"\x01" * 8, bytes(reversed(range(32))))
SOURCE = "kazakhstan"


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed")
    made = FileStorage(folder / "public")
    publish(sample(), made, folder / "work", signing=Signing(key=KEY))
    return made


@pytest.fixture
def sealed(storage):
    """The signatures and the public key, put back afterwards."""
    paths = [path for path in sorted(storage.root.rglob("*")) if path.suffix in {".minisig", ".pub"}]
    whole = {path: path.read_bytes() for path in paths}
    assert len(whole) == 3
    assert verify(storage, SOURCE).is_sound
    yield whole
    for path, content in whole.items():
        path.write_bytes(content)


def found(storage):
    return {finding.file for finding in verify(storage, SOURCE).findings}


def test_a_flipped_byte_in_a_signature_or_a_key_is_found(storage, sealed):
    for path, content in sealed.items():
        for place in {0, len(content) // 3, content.index(b"\n"), len(content) - 2, len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert found(storage), f"byte {place} of {path}"
        path.write_bytes(content)


def test_a_signature_or_a_key_that_is_gone_is_found(storage, sealed):
    for path, content in sealed.items():
        path.unlink()
        assert found(storage) == {str(path.relative_to(storage.root))}
        path.write_bytes(content)


def test_the_signature_of_another_key_is_found(storage, sealed):
    (path, *_) = [path for path in sealed if path.name == "manifest.json.minisig"]
    path.write_bytes(OTHER.sign(path.with_suffix("").read_bytes(), "x"))

    assert found(storage) == {str(path.relative_to(storage.root))}
