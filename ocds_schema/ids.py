"""How processes, parties and releases are named: the source's own values with a prefix, nothing cleaned."""

import re
from collections.abc import Collection
from datetime import UTC, datetime

from ocds_schema.errors import MappingError
from ocds_schema.personal import is_person_number, pseudonym, scrub

_PROCESS_ID = re.compile(r"[\w.-]{1,80}\Z")


def ocid(prefix: str, namespace: str, process_id: str) -> str:
    """Give the ocid of a process: prefix, source, and the source's own process id.

    Raises:
        MappingError: the id is empty, has characters that cannot stand in a name, or is a person's number.
    """
    return f"{prefix}-{namespace}-{_checked(process_id)}"


def given_ocid(given: str, republished: Collection[str]) -> str:
    """Give an ocid as another publisher gave it, whose data is published again here.

    Raises:
        MappingError: it has none of the prefixes `republished`, or what follows cannot be part of an ocid.
    """
    for prefix in republished:
        if given.startswith(f"{prefix}-"):
            return f"{prefix}-{_checked(given.removeprefix(f'{prefix}-'))}"
    raise MappingError(f"{scrub(given)[0]!r} is no ocid of a publisher whose data is published again here")


def _checked(process_id: str) -> str:
    if not _PROCESS_ID.match(process_id) or scrub(process_id)[1]:
        raise MappingError(f"{scrub(process_id)[0]!r} cannot be part of an ocid")
    return process_id


def party_id(scheme: str, number: str, key: bytes) -> str:
    """Give a party's id: its number in its register, or for a natural person a pseudonym."""
    if is_person_number(number):
        return pseudonym(number, key)
    return f"{scheme}-{number}"


def release_id(process: str, date: datetime, content_digest: str) -> str:
    """Give a release's id: its ocid, its date in UTC, and the first 12 hex digits of its content's digest.

    Where those are decimal digits alone, they would look like a personal number: then the next 12 that are not.
    """
    parts = (content_digest[start : start + 12] for start in range(len(content_digest) - 11))
    part = next((part for part in parts if not part.isdecimal()), content_digest[:12])
    return f"{process}-{date.astimezone(UTC):%Y%m%dT%H%M%SZ}-{part}"
