# ruff: noqa: ARG002 - what the interfaces hand over and Utopia does not need
"""Utopia: a portal with one list, a page of two notices each, and files of notices."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.base import Listed, Listing, Page, Request, Revisit, ShapeError, Wanted, Window
from extractors.importing import Contents
from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices(Listing):
    """The list of notices."""

    def request(self, position: str, session: Json = None) -> Request:
        return Request(path=f"/notices?page={position or 1}")

    def page(self, content: Json) -> Page:
        if not isinstance(content, dict) or "notices" not in content:
            raise ShapeError("an object with `notices` is due")
        following = content.get("next")
        return Page(
            objects=content["notices"], more=bool(following), following=str(following or ""), total=content["total"]
        )

    def key(self, fields: Json) -> str | None:
        return str(fields["id"])


class Utopia:
    """The portal of Utopia."""

    def probes(self) -> Sequence[Request]:
        return (Request(path="/notices?page=1"),)

    def listings(self, window: Window | None) -> Iterable[Listing]:
        return (Notices(name="notices", kind="notice", way="rest", size=2, falling=False),)

    def wanted(self) -> Iterable[Wanted]:
        return ()

    def revisits(self) -> Iterable[Revisit]:
        return ()

    def links(self, kind: str, way: Way, fields: Json) -> Links:
        return Links(process=f"notice:{fields.get('id')}")

    def listed(self) -> Sequence[Listed]:
        return (Listed(kind="notice", day=lambda fields: date.fromisoformat(fields["published"][:10]), number=_number),)


def _number(fields: Json) -> int | None:
    return int(fields["id"])


class Files:
    """Files of notices that people hold."""

    def read(self, data: bytes) -> Contents:
        value = json.decode(data)
        if not isinstance(value, dict) or "id" not in value:
            return Contents(left=Counter({"no notice": 1}))
        return Contents(documents=[("notice", str(value["id"]), value)])


PORTAL = Utopia()
IMPORTER = Files()
