"""How processes, parties and releases are named: the source's own values with a prefix, nothing cleaned."""

import re
from collections.abc import Collection
from datetime import UTC, datetime

from ocds_schema.errors import MappingError
from ocds_schema.personal import PersonNumbers

_PROCESS_ID = re.compile(r"[\w.-]{1,80}\Z")


def ocid(prefix: str, namespace: str, process_id: str, persons: PersonNumbers) -> str:
    """Give the ocid of a process: prefix, source, and the source's own process id.

    Raises:
        MappingError: the id is empty, has characters that cannot stand in a name, or is a person's number.
    """
    return f"{prefix}-{namespace}-{_checked(process_id, persons)}"


def given_ocid(given: str, republished: Collection[str], persons: PersonNumbers) -> str:
    """Give an ocid as another publisher gave it, whose data is published again here.

    Raises:
        MappingError: it has none of the prefixes `republished`, or what follows cannot be part of an ocid.
    """
    for prefix in republished:
        if given.startswith(f"{prefix}-"):
            return f"{prefix}-{_checked(given.removeprefix(f'{prefix}-'), persons)}"
    raise MappingError(f"{persons.scrub(given)[0]!r} is no ocid of a publisher whose data is published again here")


def _checked(process_id: str, persons: PersonNumbers) -> str:
    shown, found = persons.scrub(process_id)
    if found or not _PROCESS_ID.match(process_id):
        raise MappingError(f"{shown!r} cannot be part of an ocid")
    return process_id


def party_id(scheme: str, number: str, persons: PersonNumbers, key: bytes) -> str:
    """Give a party's id: its number in its register, or for a natural person a pseudonym."""
    if persons.is_person(number):
        return persons.pseudonym(number, key)
    return f"{scheme}-{number}"


def release_id(process: str, date: datetime, content_digest: str, persons: PersonNumbers) -> str:
    """Give a release's id: its ocid, its date in UTC, and the first 12 hex digits of its content's digest.

    Where those are decimal digits alone, or hold what looks like a person's number, the next 12 stand that do not.
    """
    parts = (content_digest[start : start + 12] for start in range(len(content_digest) - 11))
    fit = (part for part in parts if not part.isdecimal() and not persons.scrub(part)[1])
    part = next(fit, content_digest[:12])
    return f"{process}-{date.astimezone(UTC):%Y%m%dT%H%M%SZ}-{part}"
