"""A verification finds signatures that are not of what they stand beside, whichever byte is another."""

import shutil

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError
from publish.layout import source_key
from publish.manifest import point_to, sealed, unsealed
from publish.sealed import is_ours
from publish.signing import Signing, SigningKey
from publish.verify import verify
from tests.support.publishing import mended, publish, sample

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
def signatures(storage):
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


def test_a_flipped_byte_in_a_signature_or_a_key_is_found(storage, signatures):
    for path, content in signatures.items():
        for place in {0, len(content) // 3, content.index(b"\n"), len(content) - 2, len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert found(storage), f"byte {place} of {path}"
        path.write_bytes(content)


def test_a_signature_or_a_key_that_is_gone_is_found(storage, signatures):
    for path, content in signatures.items():
        path.unlink()
        assert found(storage) == {str(path.relative_to(storage.root))}
        path.write_bytes(content)


def test_the_signature_of_another_key_is_found(storage, signatures):
    (path, *_) = [path for path in signatures if path.name == "manifest.json.minisig"]
    path.write_bytes(OTHER.sign(path.with_suffix("").read_bytes(), "x"))

    assert found(storage) == {str(path.relative_to(storage.root))}


POINTER = f"v1/{SOURCE}/latest.json"


@pytest.fixture
def apart(storage, tmp_path):
    """A publication of one's own."""
    return FileStorage(shutil.copytree(storage.root, tmp_path / "public"))


def rewrite(storage, alter):
    path = storage.root / POINTER
    path.write_bytes(alter(path.read_bytes()))


def test_every_byte_of_the_pointer_is_held(apart):
    whole = apart.read(POINTER)
    for place in range(0, len(whole), 37):
        rewrite(apart, lambda _, place=place: whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert found(apart), f"byte {place}"


def test_a_pointer_without_its_signature_is_found_and_not_followed(apart, tmp_path):
    rewrite(apart, lambda pointer: unsealed(pointer)[0])

    assert found(apart) == {POINTER}
    with pytest.raises(PublishError, match=r"latest.json is not signed: somebody else wrote it.*repair"):
        publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=KEY))


def test_what_somebody_else_wrote_into_the_pointer_is_not_signed_by_us(apart, tmp_path):
    """The next publication carries on what the pointer says of retracted editions, and signs it."""
    stranger = SigningKey(b"\x09" * 8, bytes(32))

    def forge(pointer):
        text = unsealed(pointer)[0].replace(b'"retracted": []', b'"retracted": ["20261121T190000Z-000001"]')
        return sealed(text, stranger.sign(text, "x"))

    rewrite(apart, forge)

    with pytest.raises(PublishError, match=r"latest.json is not signed with 0101"):
        publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=KEY))


def test_a_pointer_of_the_key_before_is_followed_and_the_next_one_is_of_the_new_key(apart, tmp_path):
    new = SigningKey(b"\x02" * 8, bytes(range(1, 33)))
    with pytest.raises(PublishError, match="set OCDS_SIGNING_KEY_BEFORE"):
        publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=new))

    publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=new, before=KEY))

    assert verify(apart, SOURCE).findings == ()
    text, signature = unsealed(apart.read(POINTER))
    new.public.check(text, signature)


def test_minisign_itself_is_given_what_it_can_check(apart):
    """The text is the file without one line, so that a reader needs no JSON to take the signature out."""
    pointer = apart.read(POINTER)
    text = b"".join(line for line in pointer.splitlines(keepends=True) if not line.startswith(b'  "signature"'))

    KEY.public.check(text, json.decode(pointer)["signature"].encode())
    assert len(pointer) < 2048


def test_editions_without_a_key_have_a_pointer_without_a_signature(tmp_path):
    plain = FileStorage(tmp_path / "public")
    publish(sample(), plain, tmp_path / "work")

    assert unsealed(plain.read(POINTER))[1] is None
    assert verify(plain, SOURCE).findings == ()
    publish(sample().then(), plain, tmp_path / "work", 2, signing=Signing(key=KEY))
    assert verify(plain, SOURCE).findings == ()


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_pointer_is_put_back_signed_where_the_key_is_there_or_it_is_remembered(apart, tmp_path, has_key, is_known):
    whole = apart.read(POINTER)
    rewrite(apart, lambda pointer: pointer.replace(b"untrusted", b"unbelieved"))
    signing = Signing(key=KEY) if has_key else None
    report = mended(apart, tmp_path / "mending", signing=signing, remembered=whole if is_known else None)

    assert (apart.read(POINTER) == whole) is (has_key or is_known)
    assert (report.broken == []) is (has_key or is_known)


def test_repair_signs_no_pointer_to_a_manifest_that_is_not_ours(apart, tmp_path):
    """Else it would make ours, run twice, what somebody put there who can write but has no key."""
    pointer = json.decode(apart.read(POINTER))
    path = apart.root / source_key(SOURCE, pointer["manifest"]["path"])
    forged = json.encode_pretty({**json.decode(path.read_bytes()), "title": "forged"})
    path.write_bytes(forged)
    (apart.root / POINTER).write_bytes(point_to(json.decode(forged), forged))
    (apart.root / source_key(SOURCE, "editions.json")).unlink()

    for _ in range(2):
        report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY))

    assert report.broken
    assert b'"signature"' not in apart.read(POINTER)
    signature = path.with_name("manifest.json.minisig").read_bytes()
    assert not is_ours(forged, signature, Signing(key=KEY))
