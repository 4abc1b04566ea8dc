"""Files of the ministry's old OCDS service, which people hold: release packages of every year, plans, pages of both."""

from extractors.importing import Contents
from extractors.kyrgyzstan.links import release_key
from ocds_schema import json
from ocds_schema.json import Json

BARE = "entry of a list of plans that holds only its id and date"
NO_RELEASE = "entry that is no release"

_DEEPEST = 4
_RELEASE = frozenset({"ocid", "tender", "planning", "parties", "awards", "contracts", "bids", "tag"})
_POINTER = frozenset({"id", "date", "ocid"})


class ReleaseFiles:
    """Reads release packages, releases, plans, pages of a Spring service, and lists of any of these.

    Each release is kept as it stands there; the members of a package beside its releases say nothing of the processes.
    """

    def read(self, data: bytes) -> Contents:
        """Read one JSON text.

        Raises:
            ValueError: it is not JSON.
        """
        contents = Contents()
        _gather(json.decode(data), contents, 0)
        return contents


def _gather(value: Json, contents: Contents, depth: int) -> None:
    if isinstance(value, list) and depth < _DEEPEST:
        for each in value:
            _gather(each, contents, depth + 1)
    elif not isinstance(value, dict):
        contents.left[NO_RELEASE] += 1
    elif isinstance(value.get("releases"), list):
        _gather(value["releases"], contents, depth + 1)
    elif isinstance(value.get("content"), list):
        _gather(value["content"], contents, depth + 1)
    elif value.keys() <= _POINTER:
        contents.left[BARE] += 1
    elif value.keys().isdisjoint(_RELEASE):
        contents.left[NO_RELEASE] += 1
    else:
        contents.documents.append((_kind(value), release_key(value), value))


def _kind(release: Json) -> str:
    planning = release.get("planning")
    is_plan = isinstance(planning, dict) and "plans" in planning and "tender" not in release
    return "planning_release" if is_plan or release.get("tag") == ["planning"] else "release"
