"""Signatures are minisign's, stand for one content and one key, and are the same every time."""

import shutil
import subprocess

import pytest

from ocds_schema.errors import ConfigurationError, PublishError
from publish.signing import Signing, SigningKey, new_key, read_public_key, read_signing_key

KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
OTHER = SigningKey(b"\x02" * 8, bytes(reversed(range(32))))


def test_a_signature_is_checked_with_the_other_half():
    KEY.public.check(b"content", KEY.sign(b"content", "an edition"))


@pytest.mark.parametrize(
    ("content", "signature"),
    [
        (b"contemt", KEY.sign(b"content", "a")),
        (b"content", OTHER.sign(b"content", "a")),
        (b"content", SigningKey(KEY.id, OTHER.seed).sign(b"content", "a")),
        (b"content", KEY.sign(b"content", "a").replace(b"trusted comment: a", b"trusted comment: b")),
        (b"content", b"not a signature"),
        (b"content", b"\xff\n\n\n\n"),
    ],
)
def test_what_does_not_agree_is_refused(content, signature):
    with pytest.raises(PublishError):
        KEY.public.check(content, signature)


def test_the_same_content_has_the_same_signature():
    assert KEY.sign(b"content", "a") == KEY.sign(b"content", "a")


def test_keys_are_read_as_they_are_written():
    key = new_key()

    assert read_signing_key(key.text) == key
    assert read_signing_key(f"untrusted comment: minisign secret key\n{key.text}\n") == key
    assert read_public_key(key.public.file.decode()) == key.public
    assert read_public_key(key.public.text) == key.public


@pytest.mark.parametrize("text", ["", "abc", KEY.public.text, KEY.text[:-8], KEY.text[:-6] + "AAAA" + KEY.text[-2:]])
def test_what_is_no_key_is_refused_without_showing_it(text):
    with pytest.raises(ConfigurationError) as error:
        read_signing_key(text)
    assert not text or text not in str(error.value)


def test_a_secret_is_not_in_its_representation():
    assert KEY.seed.hex() not in repr(KEY)
    assert repr(KEY.seed) not in repr(Signing(key=KEY))


def test_the_key_before_vouches_for_the_key():
    files = Signing(key=KEY, before=OTHER).files()
    name = f"{KEY.public.name}.pub"

    OTHER.public.check(files[name], files[f"{name}.minisig"])
    assert set(files) == {name, f"{name}.minisig", f"{OTHER.public.name}.pub"}
    assert set(Signing(key=KEY).files()) == {name}


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed here")
def test_minisign_itself_agrees(tmp_path):
    file = tmp_path / "manifest.json"
    file.write_bytes(b"content")
    file.with_suffix(".json.minisig").write_bytes(KEY.sign(b"content", "an edition"))

    command = ["minisign", "-V", "-P", KEY.public.text, "-m", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 0, done.stderr
    assert "an edition" in done.stdout
