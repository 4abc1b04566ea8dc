"""Signatures of manifests, checksums and pointers: Ed25519 in the form of minisign, which can check them too.

A key is what `minisign -G -W` writes, without a password: the second line of its file. Signatures hold no time: the
same key and the same content give the same bytes.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ocds_schema.errors import ConfigurationError, PublishError

SUFFIX = ".minisig"
_ALGORITHM, _HASHED, _CHECKSUM = b"Ed", b"ED", b"B2"
_UNLOCKED = bytes(2)
_SECRET_BYTES = 158
_PUBLIC_BYTES = 42
_SIGNATURE_BYTES = 74
_TRUSTED = "trusted comment: "


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What signatures are checked with. `id` are the eight bytes by which minisign tells keys apart."""

    id: bytes
    point: bytes

    @property
    def name(self) -> str:
        """The key's name: its id as minisign shows it."""
        return self.id[::-1].hex().upper()

    @property
    def text(self) -> str:
        """The key as one line, as people pass it on."""
        return base64.b64encode(_ALGORITHM + self.id + self.point).decode()

    @property
    def file(self) -> bytes:
        """The key as minisign writes it."""
        return f"untrusted comment: minisign public key {self.name}\n{self.text}\n".encode()

    def check(self, content: bytes, signature: bytes) -> None:
        """Hold a content against its signature.

        Raises:
            PublishError: it is not of this key, or not of this content.
        """
        try:
            _, first, comment, last = signature.decode().splitlines()
            raw, seal = base64.b64decode(first, validate=True), base64.b64decode(last, validate=True)
        except (ValueError, binascii.Error):
            raise PublishError("it is no minisign signature") from None
        if len(raw) != _SIGNATURE_BYTES or raw[:10] != _HASHED + self.id:
            raise PublishError(f"it is not of the key {self.name}")
        point = Ed25519PublicKey.from_public_bytes(self.point)
        try:
            point.verify(raw[10:], _hash(content))
            point.verify(seal, raw[10:] + comment.removeprefix(_TRUSTED).encode())
        except InvalidSignature:
            raise PublishError(f"it is not what the key {self.name} makes of this content") from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What manifests are signed with."""

    id: bytes
    seed: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """The other half."""
        return PublicKey(self.id, self._key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @property
    def text(self) -> str:
        """The key as one line, for the setting: a secret."""
        pair = self.seed + self.public.point
        checksum = hashlib.blake2b(_ALGORITHM + self.id + pair, digest_size=32).digest()
        head = _ALGORITHM + _UNLOCKED + _CHECKSUM + bytes(48)
        return base64.b64encode(head + self.id + pair + checksum).decode()

    def sign(self, content: bytes, comment: str) -> bytes:
        """Give the signature of a content; `comment` says what it is of, and is signed too."""
        key = self._key()
        signature = key.sign(_hash(content))
        seal = key.sign(signature + comment.encode())
        lines = (
            f"untrusted comment: signature from the key {self.public.name}",
            base64.b64encode(_HASHED + self.id + signature).decode(),
            f"{_TRUSTED}{comment}",
            base64.b64encode(seal).decode(),
        )
        return "".join(f"{line}\n" for line in lines).encode()

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The key that signs now, and the one before it, which vouches for it: so that readers follow to the new one."""

    key: SigningKey
    before: SigningKey | None = None

    def files(self) -> dict[str, bytes]:
        """Give the public keys' files by name; the key before, where there was one, signs the key."""
        name = f"{self.key.public.name}.pub"
        files = {name: self.key.public.file}
        if self.before is not None:
            files |= {f"{self.before.public.name}.pub": self.before.public.file}
            files[name + SUFFIX] = self.before.sign(self.key.public.file, f"{name} follows {self.before.public.name}")
        return files


def new_key() -> SigningKey:
    """Make a key that nobody else has."""
    return SigningKey(secrets.token_bytes(8), secrets.token_bytes(32))


def read_signing_key(text: str) -> SigningKey:
    """Read a secret key of minisign that has no password.

    Raises:
        ConfigurationError: it is none, has a password, or was not copied whole.
    """
    raw = _decoded(text, _SECRET_BYTES, "secret key")
    if raw[2:4] != _UNLOCKED:
        raise ConfigurationError("the signing key has a password: make one without, by `minisign -G -W`")
    key_id, pair, checksum = raw[54:62], raw[62:126], raw[126:]
    if checksum != bytes(32) and checksum != hashlib.blake2b(raw[:2] + key_id + pair, digest_size=32).digest():
        raise ConfigurationError("the signing key does not agree with its own checksum: copy it again")
    key = SigningKey(key_id, pair[:32])
    if key.public.point != pair[32:]:
        raise ConfigurationError("the two halves of the signing key do not belong together: copy it again")
    return key


def read_public_key(text: str) -> PublicKey:
    """Read a public key of minisign.

    Raises:
        ConfigurationError: it is none.
    """
    raw = _decoded(text, _PUBLIC_BYTES, "public key")
    return PublicKey(raw[2:10], raw[10:])


def key_named(signature: bytes) -> str:
    """Give the name of the key that a signature says it is of.

    Raises:
        PublishError: it is no minisign signature.
    """
    try:
        raw = base64.b64decode(signature.decode().splitlines()[1], validate=True)
    except (ValueError, IndexError):
        raw = b""
    if len(raw) != _SIGNATURE_BYTES:
        raise PublishError("it is no minisign signature")
    return raw[2:10][::-1].hex().upper()


def comment_of(signature: bytes) -> str:
    """Give the comment of a signature that was checked, which says what it is of."""
    return signature.decode().splitlines()[2].removeprefix(_TRUSTED)


def _decoded(text: str, size: int, what: str) -> bytes:
    lines = [line for line in text.strip().splitlines() if not line.startswith("untrusted comment:")]
    try:
        raw = base64.b64decode(lines[-1].strip(), validate=True)
    except (IndexError, binascii.Error):
        raw = b""
    if len(raw) != size or raw[:2] != _ALGORITHM:
        raise ConfigurationError(f"that is no minisign {what}: the second line of its file is wanted, whole")
    return raw


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content).digest()
