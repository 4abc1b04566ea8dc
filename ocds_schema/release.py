"""A release and a record: OCDS JSON with its identity beside it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Cause = Literal["source", "pipeline", "schema", "redaction"]
"""Why a release differs from the one before: the portal's documents changed, or only what we make of them.

Of what we make of them, `schema` is a new version of our own tables and files, and `redaction` takes personal data out.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One immutable release; `body` is its canonical JSON, `cause` why it was made."""

    ocid: str
    id: str
    date: datetime
    tag: tuple[str, ...]
    body: bytes = field(repr=False)
    cause: Cause = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the releases of one ocid add up to.

    `body` is the canonical JSON of the compiled release, `digest` its SHA-256, `state_digest` the SHA-256 of the mapped
    state that the newest release was made from, `inputs` that of the documents it was last mapped from, `year` the year
    of the first release, fixed for life.
    """

    ocid: str
    process: str
    year: int
    date: datetime
    digest: str
    state_digest: str
    body: bytes = field(repr=False)
    inputs: str = ""
