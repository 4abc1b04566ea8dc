"""Signatures as they are on the storage, held against what they are of."""

import base64
import binascii
from collections.abc import Mapping

from ocds_schema.errors import ConfigurationError, PublishError
from publish.findings import Findings
from publish.layout import key_key
from publish.signing import SUFFIX, PublicKey, read_public_key
from publish.storage import Storage

_LINES = 4


def check_signatures(storage: Storage, signed: Mapping[str, bytes], name: str, findings: Findings) -> None:
    """Hold objects, given by their keys, against the signatures beside them, and these against the public key named.

    It says whether they belong together. Whose key it is, only a reader who has it from elsewhere can tell.
    """
    key = _key(storage, name, findings)
    if key is None:
        return
    for each, content in signed.items():
        path = f"{each}{SUFFIX}"
        if storage.stat(path) is None:
            findings.add(path, f"a signature of the key {name}", "no such object")
            continue
        signature = storage.read(path)
        try:
            key.check(content, signature)
        except PublishError as error:
            findings.add(path, f"a signature of the key {name}", error)
        else:
            if not _is_plain(signature, name):
                findings.add(path, "a signature in the form that is published", "another form of it")


def _key(storage: Storage, name: str, findings: Findings) -> PublicKey | None:
    path = key_key(f"{name}.pub")
    if storage.stat(path) is None:
        findings.add(path, "the public key that the manifest names", "no such object")
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
