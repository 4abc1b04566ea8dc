"""What differs between two published editions, found from their compiled releases alone, a year at a time."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from publish.changelog import Change
from publish.files import LINES
from publish.formats import LinesFile, lines_of
from publish.manifest import published
from publish.past import Past

_WAS, _IS = 0, 1
_NONE = b"null"


def differences(past: Past, before: Json, after: Json, folder: Path) -> Iterator[Change]:
    """Give, by ocid, the records that are others in one edition than in another, from their manifests.

    Years with the same content are not read. Of the others only what differs is kept, in spools in the folder.

    Raises:
        PublishError: a file is not what its manifest says.
        StorageError: a file is missing.
    """
    was, now = _compiled(before), _compiled(after)
    years = [year for year in sorted({*was, *now}) if _content(was.get(year)) != _content(now.get(year))]
    spools = [_spooled(past, year, was.get(year), now.get(year), folder) for year in years]
    for _, group in groupby(merge(*map(_read, spools), key=itemgetter(0)), itemgetter(0)):
        yield _together([change for _, change in group])
    for spool in spools:
        spool.unlink()


def _compiled(manifest: Json) -> Mapping[int, Json]:
    """Give the entries of the compiled releases by year."""
    return {
        entry["partition"]["year"]: entry
        for entry in published(manifest)
        if (entry["role"], entry.get("table"), entry["format"]) == ("data", "compiled", LINES.name)
    }


def _content(entry: Json) -> Json:
    return entry and entry["contentDigest"]


def _spooled(past: Past, year: int, was: Json, now: Json, folder: Path) -> Path:
    """Compare one year, and give a file with both sides of each record that differs."""
    path = folder / f"between-{year}.spool"
    both = merge(_sided(past, was, _WAS), _sided(past, now, _IS), key=itemgetter(0, 1))
    with LinesFile(path, 1) as spool:
        for ocid, group in groupby(both, itemgetter(0)):
            sides = {side: line for _, side, line in group}
            before, after = sides.get(_WAS, _NONE), sides.get(_IS, _NONE)
            if before != after:
                spool.write(b'{"after":%b,"before":%b,"ocid":%b,"year":%d}' % (after, before, json.encode(ocid), year))
        spool.finish()
    return path


def _sided(past: Past, entry: Json, side: int) -> Iterator[tuple[str, int, bytes]]:
    """Give the lines of a file with their ocids; at its end it must have been the one that the manifest names."""
    if entry is None:
        return
    content = hashlib.sha256()
    try:
        for line in past.lines(entry["path"]):
            content.update(line + b"\n")
            yield str(json.member(line, "ocid")), side, line
    except ValueError as error:
        raise PublishError(f"{entry['path']} cannot be read: {error}") from error
    if content.hexdigest() != entry["contentDigest"]:
        raise PublishError(f"{entry['path']} holds other records than its manifest says: find out who altered it")


def _read(spool: Path) -> Iterator[tuple[str, Change]]:
    for line in lines_of(spool):
        members = json.members(line)
        before, after = bytes(members["before"]), bytes(members["after"])
        ocid = str(json.decode(members["ocid"]))
        yield (
            ocid,
            Change(
                ocid=ocid,
                year=json.decode(members["year"]),
                before=None if before == _NONE else before,
                after=None if after == _NONE else after,
            ),
        )


def _together(changes: Sequence[Change]) -> Change:
    """Make one change of those of a record, which are two where it went from one year to another."""
    arrived = next((change for change in changes if change.after is not None), changes[0])
    before = next((change.before for change in changes if change.before is not None), None)
    return Change(ocid=arrived.ocid, year=arrived.year, before=before, after=arrived.after)
