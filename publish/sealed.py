"""Signatures as they are on the storage, held against what they are of."""

import base64
import binascii
from collections.abc import Mapping

from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError
from publish.files import TEXT
from publish.findings import Findings
from publish.layout import IMMUTABLE, LAYOUT, key_key, pointer_key
from publish.manifest import is_of, of_another, sealed, unsealed
from publish.signing import SUFFIX, PublicKey, Signing, comment_of, key_named, read_public_key
from publish.storage import Storage

_LINES = 4


def put_keys(storage: Storage, signing: Signing | None) -> None:
    """Put the public keys that belong to a signature to where readers look for them."""
    for name, content in (signing.files() if signing else {}).items():
        storage.put_new(key_key(name), content, content_type=TEXT.media_type, cache_control=IMMUTABLE)


def check_signatures(storage: Storage, signed: Mapping[str, bytes], name: str | None, findings: Findings) -> None:
    """Hold objects, given by their keys, against the signatures beside them, and these against the public key named.

    Without a `name` it is the key that the signature names itself. It says whether they belong together. Whose key it
    is, only a reader who has it from elsewhere can tell.
    """
    for each, content in signed.items():
        path = f"{each}{SUFFIX}"
        if storage.stat(path) is None:
            findings.add(path, f"a signature of the key {name}" if name else "a signature", "no such object")
            continue
        check_signature(storage, path, content, storage.read(path), name, findings)


def check_signature(  # noqa: PLR0917 - all of it is needed
    storage: Storage, where: str, content: bytes, signature: bytes, name: str | None, findings: Findings
) -> None:
    """Hold a content against its signature, which is found at `where`."""
    try:
        named = name or key_named(signature)
        key = check_key(storage, named, findings)
        if key is None:
            return
        key.check(content, signature)
    except PublishError as error:
        findings.add(where, f"a signature of the key {name}" if name else "a signature", error)
        return
    if not _is_plain(signature, named):
        findings.add(where, "a signature in the form that is published", "another form of it")
    source = where.removeprefix(f"{LAYOUT}/").partition("/")[0]
    if where != key_key(where.rpartition("/")[2]) and not comment_of(signature).startswith(f"{source} "):
        findings.add(where, f"a signature that was made for {source}", f"one made for {comment_of(signature)[:100]!r}")


def check_pointer(storage: Storage, source: str, pointer: bytes, findings: Findings, *, should: str | None) -> None:
    """Hold a pointer against the signature in it; it must have one where its manifest has, by the key `should`."""
    where = pointer_key(source)
    text, signature = unsealed(pointer)
    if signature is None:
        if should is not None:
            findings.add(where, f"a signature, as the manifest has one of the key {should}", "none")
        return
    check_signature(storage, where, text, signature, None, findings)
    if sealed(text, signature) != pointer:
        findings.add(where, "the signature as one line of the pointer", "another form of it")


def check_own(storage: Storage, source: str, signed_by: str | None, signing: Signing | None) -> None:
    """Make sure that a pointer about to be followed was written by a holder of our key: what it says is signed anew.

    `signed_by` is the key that its manifest names.

    Raises:
        PublishError: it was not.
    """
    if signing is None:
        return
    key = pointer_key(source)
    try:
        text, signature = unsealed(storage.read(key))
        body = json.decode(text)
        is_own = is_of(source, body)
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(f"{key} cannot be read ({error}): run `ocds-pipeline repair`") from error
    if not is_own:
        raise PublishError(f"{key} {of_another(body)}: run `ocds-pipeline repair {source}`")
    if signature is None and signed_by is None:
        return
    if signature is None or not is_ours(text, signature, signing):
        names = " or ".join(each.name for each in _ours(signing))
        told = "is not signed" if signature is None else f"is not signed with {names}"
        raise PublishError(
            f"{key} {told}: somebody else wrote it. If that is the key you had before, set OCDS_SIGNING_KEY_BEFORE; if "
            "not, run `ocds-pipeline repair`"
        )


def is_ours(content: bytes, signature: bytes, signing: Signing) -> bool:
    """Whether a signature is what one of our keys makes of a content."""
    return any(_is_of(each, content, signature) for each in _ours(signing))


def _ours(signing: Signing) -> list[PublicKey]:
    return [each.public for each in (signing.key, signing.before) if each is not None]


def _is_of(key: PublicKey, content: bytes, signature: bytes) -> bool:
    try:
        key.check(content, signature)
    except PublishError:
        return False
    return True


def check_key(storage: Storage, name: str, findings: Findings) -> PublicKey | None:
    """Give a public key by its name, or take note of why it is none."""
    path = key_key(f"{name}.pub")
    if storage.stat(path) is None:
        findings.add(path, "the public key that something is signed with", "no such object")
        return None
    data = storage.read(path)
    try:
        key = read_public_key(data.decode())
    except (ConfigurationError, ValueError) as error:
        findings.add(path, "a public key", error)
        return None
    is_own = (key.name, key.file) == (name, data)
    if not is_own:
        findings.add(path, f"the public key {name}", "another text")
    return key if is_own else None


def _is_plain(signature: bytes, name: str) -> bool:
    """Whether it is written as we write it: what no reader looks at is so, too."""
    lines = signature.decode().split("\n")
    if len(lines) != _LINES + 1 or lines[0] != f"untrusted comment: signature from the key {name}" or lines[-1]:
        return False
    try:
        return all(base64.b64encode(base64.b64decode(each)).decode() == each for each in (lines[1], lines[3]))
    except binascii.Error:
        return False
