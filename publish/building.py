"""What every edition needs, wherever its data comes from: deltas, manifest, checksums, signatures and the pointer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.source import Source
from publish import manifest as manifests
from publish.changelog import Cause
from publish.delta import Changes, delta_counts, write_delta
from publish.files import JSON, LINES, TEXT, EditionFile, Form, Role, edition_file, write_whole
from publish.formats import Written, lines_of
from publish.journal import Journal, no_files
from publish.layout import edition_id, sequence_of
from publish.manifest import Pointer
from publish.past import Lines, Past
from publish.policy import Said
from publish.retractions import carried
from publish.rollup import Steps, roll_ups
from publish.signing import SUFFIX, Signing

Progress = Callable[[str, int], None]
"""Told what more has been done: records and changes built, bytes of upload and check."""

_PREFER_FULL = 0.4

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an edition is to be, settled before its first byte, so that a resumed publication repeats it.

    `facts` is plain JSON: `asOf` (RFC 3339), `pipeline` (`name`, `version`, `commit`), and where there are any
    `sourceWindow` (`from`, `to`), `counts` (of the stages of the run), `coverage` (one object a listing: `listing`,
    `seen`, `kept`, `total`, `state`) and `completeness` (`lists`, as `count_listed` gives them, and what else is to
    stand in `coverage.json`); of an edition that goes back, `rollback` (`to`, `by`, `reason`, `date`). `cause` is why
    records changed, where a change does not say. `mapping` is the mapping table as CSV. `extensions` are the files of
    our own OCDS extensions by path below `v1/extensions/`, `extension_urls` the addresses of all extensions in use.
    `policy` is what the mapping says of itself, for the publication policy. `inputs` is a digest of what the history
    gives: files that a publication left are gone on with only where it is the same, and never where it is empty.
    `signing` is what manifest, checksums and pointer are signed with. `left_out` are formats of tables that are not to
    be made, each with the reason that the manifest gives.
    """

    source: Source
    edition_id: str
    facts: Json
    cause: Cause = "source"
    mapping: bytes | None = None
    extensions: Mapping[str, bytes] = field(default_factory=dict)
    extension_urls: Sequence[str] = ()
    policy: Said = field(default_factory=Said)
    signing: Signing | None = None
    inputs: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An edition built but not published.

    `files` come in the order in which they go up; `known` are the hashes, by path, of the files of the edition before.
    `verdict` is what the gates found, nothing where none were given.
    """

    order: Order
    previous: Pointer | None
    known: Mapping[str, str]
    files: tuple[EditionFile, ...]
    manifest: Json
    pointer: bytes
    verdict: Json | None = None


def check_order(order: Order, previous: Pointer | None) -> None:
    """Make sure that an edition is the next one, and named after its own moment.

    Raises:
        PublishError: it is not.
    """
    sequence = sequence_of(order.edition_id)
    newest = previous.sequence if previous else 0
    if sequence != newest + 1:
        pointed = f"edition {newest}" if previous else "no edition"
        raise PublishError(
            f"edition {sequence} of {order.source.name} follows edition {sequence - 1}, but latest.json points to "
            f"{pointed}: publish to where the editions before are, or begin again with edition {newest + 1}"
        )
    moment = manifests.moment(order.facts)
    named = edition_id(datetime.fromisoformat(moment), sequence)
    if named != order.edition_id:
        raise PublishError(f"edition {order.edition_id} speaks for {moment}, and so is called {named}")


class Building(ABC):
    """The files of an edition as they come into being."""

    def __init__(self, order: Order, before: Json | None, folder: Path, progress: Progress) -> None:
        self._order = order
        self._before = before
        self._folder = folder
        self._progress = progress
        self._journal: Journal | None = None
        self._past: Past | None = None
        self._files: list[EditionFile] = []
        self._omitted: list[Json] = []
        self._verdict: Json | None = None
        self._known = {each["path"]: each["sha256"] for each in manifests.published(before or {"files": ()})}
        self._body: Json = {}

    def go_on(self, journal: Journal | None, past: Past | None) -> None:
        """Go on with what is finished already, here and in the edition before."""
        self._journal = journal
        self._past = past

    def add_deltas(self, changes: Changes) -> None:
        """Publish the changelog, and write the deltas: from the edition before, and from those some days back."""
        state, records = self._body["state"]["stateDigest"], self._body["counts"]["records"]
        earlier = self._before["counts"]["records"] if self._before else 0
        if earlier + changes.growth != records:
            raise PublishError(
                f"{earlier} records before and {changes.growth:+d} by the changes do not make the {records} there are"
            )
        start = {
            "from": self._before and self._before["editionId"],
            "fromStateDigest": self._before and self._before["state"]["stateDigest"],
            "to": self._order.edition_id,
            "toStateDigest": state,
        }
        header = {**start, **delta_counts(changes)}
        written = write_delta(changes, self._folder, {"dataset": self._order.source.name, **start})
        self._add(changes.changelog, LINES, "changelog")
        self._body["changes"] = changes.facts(records)
        self._body["deltas"] = [self._delta("d1", header, written)]
        if self._past is not None:
            self._add_roll_ups(self._past, changes)

    def _add_roll_ups(self, past: Past, changes: Changes) -> None:
        now = {
            "dataset": self._order.source.name,
            "moment": manifests.moment(self._order.facts),
            "to": self._order.edition_id,
            "toStateDigest": self._body["state"]["stateDigest"],
        }
        own = Steps(Lines(partial(lines_of, changes.changelog.path)), Lines(partial(lines_of, changes.spool)))
        for each in roll_ups(past, now, own, self._folder):
            if each.written is None:
                name = f"delta-{each.kind}.jsonl.gz"
                self._omitted.append({"name": name, "role": "delta", "omitted": {"reason": each.missing}})
            else:
                self._body["deltas"].append(self._delta(each.kind, each.header, each.written))

    def finish(self, previous: Pointer | None) -> Draft:
        """Write manifest and checksums, and give what is to be published."""
        body = self._manifest(previous)
        data = json.encode_pretty(body)
        hashes = {each.path: each.written.sha256 for each in self._files}
        own = self._add(write_whole(self._folder / "manifest.json", data), JSON)
        sums = manifests.checksums({**hashes, own.path: own.written.sha256})
        self._add(write_whole(self._folder / "SHA256SUMS", sums, len(self._files)), TEXT)
        if self._order.signing is not None:
            for name, content in (("manifest.json", data), ("SHA256SUMS", sums)):
                signature = self._order.signing.key.sign(
                    content, f"{self._order.source.name} {body['editionId']} {name}"
                )
                self._add(write_whole(self._folder / f"{name}{SUFFIX}", signature), TEXT)
        return Draft(
            order=self._order,
            previous=previous,
            known=self._known,
            files=tuple(self._files),
            manifest=body,
            pointer=manifests.point_to(
                body,
                data,
                carried(previous.body if previous else {}),
                self._order.signing.key if self._order.signing else None,
            ),
            verdict=self._verdict,
        )

    @abstractmethod
    def _manifest(self, previous: Pointer | None) -> Json:
        """Give the manifest."""

    def _once(self, step: str, build: Callable[[], T], files: Callable[[T], Iterable[Written]] = no_files) -> T:
        return self._journal.once(step, build, files) if self._journal else build()

    def _delta(self, kind: str, header: Json, written: Written) -> Json:
        """Publish a delta, and give what the manifest says of it."""
        entry = self._add(written, LINES, "delta").entry()
        described = {name: entry[name] for name in ("path", "bytes", "sha256")}
        told = {name: value for name, value in header.items() if name != "dataset"}
        return {**told, **described, "kind": kind, "preferFull": self._is_long(written)}

    def _is_long(self, delta: Written) -> bool:
        """Whether the delta is so long that taking the whole edition is the better way."""
        whole = sum(each.written.bytes for each in self._files if each.table == "compiled")
        return delta.bytes > _PREFER_FULL * whole

    def _add(self, written: Written, form: Form, role: Role = "metadata") -> EditionFile:
        file = edition_file(written, form, self._order.edition_id, role=role)
        self._files.append(file)
        return file
