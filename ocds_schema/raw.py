"""What a portal gave: documents, the exchanges they came from, and the bundles that one process is mapped from."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from ocds_schema import json
from ocds_schema.json import Json

Way = Literal["rest", "graphql", "html", "file"]
"""How a portal offers an entity. The same entity may have another shape, and other fields, by each way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as they went over the wire, except that credentials are left out."""

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    reason: str
    response_headers: tuple[tuple[str, str], ...]
    response_body: bytes
    retrieved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where in the archive an answer is: the segment's name and the record's offset in bytes."""

    segment: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How a document hangs together with others, from its own fields alone.

    `process` is the contracting process it belongs to (`buy:3918654`, `contract:9525399`, `plan:35511372`), or nothing
    for reference tables. `family` names documents of one kind that must end in one process even where they claim
    several (a contract and its amendments). `wants` are documents of other processes that this one's process is
    described with, as `kind/key`. `open` says that the portal may still change the document without telling: it is
    asked for again until it is not; less often once its `day`, the newest that it tells of itself, lies far back.
    """

    process: str | None
    family: str | None = None
    wants: tuple[str, ...] = ()
    open: bool = False
    day: date | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Document:
    """The newest version of one entity of a portal, as the portal gave it.

    `kind` is the entity (`contract`), `way` how it was offered, `key` the portal's own key; the three are its identity
    within a source. `body` is canonical JSON of the portal's object, nothing renamed.
    """

    kind: str
    way: Way
    key: str
    body: bytes = field(repr=False)
    links: Links
    url: str
    retrieved_at: datetime
    location: Location | None = None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the body, in hex."""
        return json.digest(self.body)

    @cached_property
    def fields(self) -> Json:
        """The portal's object."""
        return json.decode(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that is known of one contracting process, ordered by kind, way and key.

    It holds the documents that belong to the process, those they want, and every member of their families, also
    members that claim another process. `wanted` says whether a document of this process is wanted by another process,
    `published` whether the process already has a release.
    """

    source: str
    process: str
    documents: tuple[Document, ...]
    wanted: bool = False
    published: bool = False
