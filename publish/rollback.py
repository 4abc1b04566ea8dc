"""An edition that is what an earlier one was: a new number, files that are there already, and the way back to them.

Nothing is taken away and no number goes back: whoever has taken the editions in between follows as always.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError
from ocds_schema.json import Json
from publish.between import differences
from publish.building import Building, Draft, Order, Progress, check_order
from publish.carried import carried_file
from publish.chain import chain
from publish.commit import Edition, silent
from publish.delta import Changes, write_changes
from publish.derive import derive
from publish.edition import inputs, make_known, standing
from publish.files import FORMS, HTML, JSON, EditionFile, edition_file, write_whole
from publish.formats import Written
from publish.gates import MACHINE as GATES
from publish.gates import PAGE as GATES_PAGE
from publish.gates import gate_files
from publish.journal import Journal
from publish.layout import sequence_of
from publish.lock import Lock
from publish.manifest import Pointer, published, read_manifest
from publish.past import Lines, Past
from publish.pointer import find_pointer
from publish.redactions import Redacted, read_redactions
from publish.retractions import read_retractions
from publish.sealed import check_own
from publish.state import state_digest
from publish.storage import Storage

_KEPT_ROLES = frozenset({"data", "lookup", "state"})
_TAKEN_ROLES = _KEPT_ROLES | {"metadata"}
_OWN = frozenset({"access", "fence", "signedBy", "rollback", "supersedes", "changes", "deltas"})
"""Members of a manifest that are about the one edition and not about its data."""
_CHUNK_BYTES = 1 << 20


def roll_back(
    storage: Storage,
    order: Order,
    *,
    work: Path,
    progress: Progress = silent,
    siblings: Sequence[str] = (),
    lock: Lock | None = None,
) -> Edition:
    """Publish an edition that is what an earlier one was; `order.facts["rollback"]` says which, who wants it and why.

    Data files are not sent again, and those that the newest edition does not have are read back whole. It is as safe as
    any publication: a crash leaves the edition before or this one, and the same order goes on from there.

    Raises:
        ConfigurationError: there is no such edition, it was retracted, or it is what is published already.
        PublishError: its data is not there any more, or what was read back is not what was written.
        StorageConflictError: somebody else published at the same time.
        StorageError: the storage cannot be used.
    """
    source = order.source.name
    previous = find_pointer(storage, source, lock, own=order.edition_id)
    if previous is None:
        raise ConfigurationError(f"{source} has published no edition: there is nothing to go back to")
    before = read_manifest(storage, source, previous)
    check_own(storage, source, before.get("signedBy"), order.signing)
    if previous.edition_id == order.edition_id:
        derive(storage, source, order.source.publisher.base_url, siblings)
        return Edition(id=order.edition_id, manifest=before)
    check_order(order, previous)
    target, undone = find_target(storage, source, previous, order.facts["rollback"]["to"])
    order = replace(order, cause="rollback", inputs=target["editionId"])
    order = replace(order, facts={**order.facts, **standing(storage, order, before, lock)})
    folder = work / f"edition-{source}"
    building = _Return(order, before, folder, progress, target=target, past=Past(storage, source, before))
    building.go_on(Journal(folder, inputs(order, previous)), Past(storage, source, before))
    draft = building.build(previous, undone)
    return make_known(draft, storage, folder=folder, progress=progress, siblings=siblings, lock=lock)


def find_target(storage: Storage, source: str, pointer: Pointer, wanted: str) -> tuple[Json, list[str]]:
    """Give the manifest of an edition to go back to, and the ids of the editions since then, the newest first.

    Raises:
        ConfigurationError: there is none, it is the newest, or it was retracted.
        PublishError: not all of its files are there any more.
    """
    target, undone, same, sought = None, list[str](), list[str](), wanted
    for manifest in chain(storage, source, pointer):
        if manifest["editionId"] == sought:
            target = target or manifest
            same.append(sought)
            # One that went back to another has what that one had.
            sought = manifest.get("rollback", {}).get("to")
        elif target is None:
            undone.append(manifest["editionId"])
        if target is not None and sought is None:
            break
    if target is None:
        raise ConfigurationError(f"{source} has published no edition {wanted}: editions.json lists them")
    if not undone:
        raise ConfigurationError(f"{wanted} is the newest edition of {source}: there is nothing to go back from")
    _check_stands(read_retractions(storage, source, pointer.body), same)
    _check_whole(storage, source, read_manifest(storage, source, pointer), target)
    return target, undone


def _check_stands(retractions: Sequence[Json], same: Sequence[str]) -> None:
    for each in retractions:
        if each["editionId"] in same:
            raise ConfigurationError(
                f"edition {each['editionId']} was retracted by {each['by']} on {each['date']} ({each['reason']}): go "
                "back to another one"
            )


def _check_whole(storage: Storage, source: str, newest: Json, target: Json) -> None:
    wanted = target["editionId"]
    if _data(newest) == _data(target):
        raise ConfigurationError(
            f"edition {newest['editionId']} has the very files of {wanted}: it is gone back to already"
        )
    past = Past(storage, source, newest)
    wanting = [entry for entry in published(target) if entry["role"] in _TAKEN_ROLES]
    redacted = Redacted(read_redactions(storage, source))
    if any(redacted.now(entry["path"], entry["sha256"]) != entry["sha256"] for entry in wanting):
        raise PublishError(f"personal data was taken out of edition {wanted} since: go back to one without it")
    lost = [entry["path"] for entry in wanting if not past.holds(entry)]
    if lost:
        raise PublishError(
            f"edition {wanted} is not whole any more: {len(lost):,} of its {len(wanting):,} files were "
            f"collected or altered since, such as {lost[0]}: go back to one that is kept whole"
        )


def _data(manifest: Json) -> set[str]:
    return {entry["path"] for entry in published(manifest) if entry["role"] in _KEPT_ROLES}


class _Return(Building):
    """An edition made from an earlier one."""

    def __init__(
        self, order: Order, before: Json, folder: Path, progress: Progress, *, target: Json, past: Past
    ) -> None:
        super().__init__(order, before, folder, progress)
        self._newest = before
        self._target = target
        self._from = past
        self._undone: list[str] = []
        self._body = {name: value for name, value in target.items() if name not in _OWN}
        self._omitted = [each for each in target["files"] if "omitted" in each and each["role"] != "delta"]

    def build(self, previous: Pointer, undone: list[str]) -> Draft:
        """Write what is new of the edition, and give all of it as it is to be published."""
        self._undone = undone
        self._files = [
            carried_file(entry, self._folder) for entry in published(self._target) if entry["role"] in _KEPT_ROLES
        ]
        self._check_state()
        self.add_deltas(self._once("changes", self._write_changes))
        for entry in published(self._target):
            if entry["role"] == "metadata":
                self._take_over(entry)
        return self.finish(previous)

    def _check_state(self) -> None:
        """Make sure that the files to go back to have the records that their manifest says."""
        years = [
            Lines(partial(self._from.lines, entry["path"]))
            for entry in published(self._target)
            if entry["role"] == "state"
        ]
        try:
            found = state_digest(years)
        except ValueError as error:
            raise PublishError(f"the state of edition {self._target['editionId']} cannot be read: {error}") from error
        if found != self._target["state"]["stateDigest"]:
            raise PublishError(
                f"the files of edition {self._target['editionId']} make the state {found}, but its manifest says "
                f"{self._target['state']['stateDigest']}: find out who altered them"
            )

    def _write_changes(self) -> Changes:
        return write_changes(
            differences(self._from, self._newest, self._target, self._folder),
            self._folder,
            cause=self._order.cause,
            tick=lambda more: self._progress("changes", more),
        )

    def _take_over(self, entry: Json) -> None:
        """Have a file of the edition to go back to as one of this edition, under this edition's id."""
        name = entry["path"].rpartition("/")[2]
        if name == GATES_PAGE:
            return
        if entry["format"] != JSON.name:
            self._files.append(self._copied(entry, name))
            return
        content = json.decode(self._read(entry))
        # Some say which edition they are of, others do not.
        content = {key: self._renamed(value) for key, value in content.items()}
        if name == GATES:
            content.setdefault("judgedAs", self._target["editionId"])
            for each, data in gate_files(content).items():
                self._add(write_whole(self._folder / each, data), HTML if each == GATES_PAGE else JSON)
            return
        self._add(write_whole(self._folder / name, json.encode_pretty(content)), JSON)

    def _renamed(self, value: Json) -> Json:
        return self._order.edition_id if value == self._target["editionId"] else value

    def _copied(self, entry: Json, name: str) -> EditionFile:
        path, found = self._folder / name, hashlib.sha256()
        with self._from.open(entry["path"]) as content, path.open("wb") as target:
            while chunk := content.read(_CHUNK_BYTES):
                found.update(chunk)
                target.write(chunk)
        _hold(entry, found.hexdigest())
        facts = {each: entry[each] for each in ("bytes", "sha256", "rows")}
        written = Written(path=path, content_digest=entry["contentDigest"], **facts)
        return edition_file(written, FORMS[entry["format"]], self._order.edition_id)

    def _read(self, entry: Json) -> bytes:
        with self._from.open(entry["path"]) as content:
            data = content.read()
        _hold(entry, json.digest(data))
        return data

    def _manifest(self, previous: Pointer | None) -> Json:
        order = self._order
        entries = sorted((each.entry() for each in self._files), key=lambda entry: str(entry["path"]))
        own = {name: order.facts[name] for name in ("access", "fence", "rollback") if name in order.facts}
        if order.signing is not None:
            own["signedBy"] = order.signing.key.public.name
        return {
            **self._body,
            **own,
            "editionId": order.edition_id,
            "sequence": sequence_of(order.edition_id),
            "previous": previous and {"editionId": previous.edition_id, "manifestSha256": previous.manifest_sha256},
            "supersedes": self._undone,
            "files": [*entries, *self._omitted],
        }


def _hold(entry: Json, sha256: str) -> None:
    if sha256 != entry["sha256"]:
        raise PublishError(f"{entry['path']}: its manifest says sha256 {entry['sha256']}, but it has {sha256}")
