"""Personal data taken out of everything that was published: old objects that hold it are rewritten or withdrawn.

The newest edition has been made without it before. Of older ones, lines and texts of the editions' own files are
rewritten. A year's data files, which hold the same in a dozen formats, are withdrawn where one of the year's records
held it, and so are the files of all years together.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.json import Json
from ocds_schema.paths import parsed
from ocds_schema.redaction import Redaction, spellings
from publish.chain import chain
from publish.files import LINES
from publish.formats import LinesFile, Written, read_lines, written_file
from publish.layout import edition_path, pointer_key, source_key
from publish.lock import Lock
from publish.manifest import published, read_pointer
from publish.mending import put_file
from publish.redactions import Altered
from publish.stamp import is_stamped, stamped
from publish.storage import Storage

_READ = ("releases", "compiled")
"""The tables of JSON Lines by which it is told whether a year holds it."""


@dataclass(kw_only=True)
class Plan:
    """What is to be done: objects to be rewritten, each with the file that comes in its place, and to be withdrawn."""

    rewritten: list[tuple[Altered, Path, str]] = field(default_factory=list)
    withdrawn: list[Altered] = field(default_factory=list)

    @property
    def objects(self) -> list[Altered]:
        """All of them, by path."""
        found = [*(each for each, _, _ in self.rewritten), *self.withdrawn]
        return sorted(found, key=lambda each: each.path)


class Scrubber:
    """Takes out of published lines and texts what a redaction takes out."""

    def __init__(self, rule: Redaction) -> None:
        """Take the rule."""
        self._rule = rule
        words = {*rule.needles, *((rule.what,) if rule.kind == "party" else ())}
        # As they stand in JSON, which is looked through before it is read.
        self._marks = [json.encode(spelt)[1:-1] for word in words for spelt in sorted(spellings(word))]
        self._steps = set(parsed(rule.what)) if rule.kind == "path" else set()

    def line(self, data: bytes) -> bytes:
        """Give a line of JSON without it; a line that does not hold it is given as it is."""
        if not self._may_hold(data):
            return data
        held = json.decode(data)
        if not isinstance(held, dict) or not self._is_about(held):
            return data
        scrubbed = self._scrubbed(held)
        return data if scrubbed == held else json.encode(scrubbed)

    def text(self, data: bytes, form: str) -> bytes:
        """Give a file of text without it."""
        if form == "json":
            held = json.decode(data)
            masked = self._rule.masked(held)
            if masked == held:
                return data
            return stamped(masked) if is_stamped(data) else json.encode_pretty(masked)
        text = data.decode()
        masked = self._rule.mask(text)
        for word in self._rule.needles if form == "html" else ():
            masked = masked.replace(html.escape(word), self._rule.mask(word))
        return masked.encode()

    def _may_hold(self, data: bytes) -> bool:
        return not self._marks or any(mark in data for mark in self._marks)

    def _is_about(self, held: Json) -> bool:
        return self._rule.ocid is None or held.get("ocid") == self._rule.ocid

    def _scrubbed(self, held: Json) -> Json:
        if "record" in held:
            return held | {"record": self._rule.redact(held["record"])}
        if "seq" in held:
            return self._changed(held)
        if "severity" in held:
            is_there = not self._steps.isdisjoint(str(held["path"]).split("/"))
            return self._rule.masked(held) | ({"value": ""} if is_there else {})
        return self._rule.redact(held)

    def _changed(self, held: Json) -> Json:
        """Give a line of a changelog; what it tells of fields is left out whole, where one of them told it."""
        rest = {name: value for name, value in held.items() if name != "fields"}
        is_there = self._rule.kind == "path" and held.get("fields")
        if is_there or self._rule.masked(held) != held:
            return self._rule.masked(rest) | {"redacted": True}
        return held


class Search:
    """Looks for it in everything that was published."""

    def __init__(self, storage: Storage, source: str, rule: Redaction, folder: Path) -> None:
        """Take where to look; `folder` is for what is rewritten."""
        self._storage = storage
        self._source = source
        self._scrubber = Scrubber(rule)
        self._folder = folder
        self._seen: dict[str, bool] = {}

    def plan(self) -> Plan:
        """Give what is to be done.

        Raises:
            PublishError: the newest edition still holds it, or something does that can neither be rewritten nor
                withdrawn.
        """
        pointer = read_pointer(self._storage, self._source)
        if pointer is None:
            raise PublishError(f"{pointer_key(self._source)} is gone: repair it first")
        newest, *older = chain(self._storage, self._source, pointer)
        plan = Plan()
        named = {entry["path"] for entry in published(newest)}
        self._check(newest)
        for manifest in older:
            self._check_manifest(manifest)
            self._add_data(plan, manifest, named)
            self._add_own(plan, manifest)
        named |= {entry["path"] for manifest in older for entry in published(manifest)}
        self._add_rest(plan, named, {manifest["editionId"] for manifest in (newest, *older)})
        return plan

    def _check(self, newest: Json) -> None:
        """Make sure that the newest edition does not hold it."""
        self._check_manifest(newest)
        plan = Plan()
        self._add_data(plan, newest, set())
        self._add_own(plan, newest)
        if plan.objects:
            raise PublishError(
                f"edition {newest['editionId']} still holds what is to be taken out, such as in "
                f"{plan.objects[0].path}: publish an edition first"
            )

    def _check_manifest(self, manifest: Json) -> None:
        path = edition_path(manifest["editionId"], "manifest.json")
        data = self._storage.read(self._key(path))
        if self._scrubber.text(data, "json") != data:
            raise PublishError(f"{path} itself tells what is to be taken out; nothing can be put in its place")

    def _add_data(self, plan: Plan, manifest: Json, kept: set[str]) -> None:
        years: dict[int, list[Json]] = {}
        for entry in published(manifest):
            if entry["role"] in {"data", "figures"}:
                years.setdefault(entry["partition"]["year"], []).append(entry)
        held = [year for year, entries in years.items() if self._is_held(entries)]
        wanted = [entry for year in held for entry in years[year]]
        wanted += [entry for entry in published(manifest) if entry["role"] == "lookup" and held]
        known = {each.path for each in plan.withdrawn} | kept
        for entry in wanted:
            if entry["path"] not in known and self._storage.stat(self._key(entry["path"])):
                plan.withdrawn.append(Altered(path=entry["path"], bytes=entry["bytes"], sha256=entry["sha256"]))

    def _is_held(self, entries: Sequence[Json]) -> bool:
        """Whether one of a year's records held it; where that cannot be read any more, it may have."""
        read = [each["path"] for each in entries if each["table"] in _READ and each["format"] == LINES.name]
        there = [path for path in read if self._storage.stat(self._key(path))]
        return len(there) < len(_READ) or any(map(self._holds, there))

    def _holds(self, path: str) -> bool:
        if path not in self._seen:
            lines = read_lines(partial(self._storage.open, self._key(path)))
            self._seen[path] = any(self._scrubber.line(line) != line for line in lines)
        return self._seen[path]

    def _add_own(self, plan: Plan, manifest: Json) -> None:
        for entry in published(manifest):
            if entry["path"].startswith("editions/") and self._storage.stat(self._key(entry["path"])):
                self._add(plan, entry["path"], entry["format"], entry["mediaType"])

    def _add_rest(self, plan: Plan, named: set[str], editions: set[str]) -> None:
        """Add what no edition names: files of editions that were never published, and records of stopped ones."""
        folder = source_key(self._source, "")
        for key in self._storage.keys(folder):
            path = key.removeprefix(folder)
            top, _, rest = path.partition("/")
            is_left = top == "data" or (top == "editions" and rest.partition("/")[0] not in editions)
            if path not in named and is_left:
                data = self._storage.read(key)
                plan.withdrawn.append(Altered(path=path, bytes=len(data), sha256=json.digest(data)))
            elif top == "failed":
                self._add(plan, path, "json", "application/json")

    def _add(self, plan: Plan, path: str, form: str, media_type: str) -> None:
        """Add an object whose text holds it."""
        written = self._rewritten_lines(path) if form == LINES.name else self._rewritten_text(path, form)
        if written is None:
            return
        stat = self._storage.stat(self._key(path))
        altered = Altered(
            path=path,
            bytes=stat.bytes if stat else 0,
            sha256=self._digest(path),
            new_bytes=written.bytes,
            new_sha256=written.sha256,
        )
        plan.rewritten.append((altered, written.path, media_type))

    def _rewritten_lines(self, path: str) -> Written | None:
        target = self._target(path)
        is_other = False
        with LinesFile(target) as file:
            for line in read_lines(partial(self._storage.open, self._key(path))):
                scrubbed = self._scrubber.line(line)
                is_other = is_other or scrubbed != line
                file.write(scrubbed)
            written = file.finish()
        if is_other:
            return written
        target.unlink()
        return None

    def _rewritten_text(self, path: str, form: str) -> Written | None:
        data = self._storage.read(self._key(path))
        scrubbed = self._scrubber.text(data, form)
        if scrubbed == data:
            return None
        target = self._target(path)
        target.write_bytes(scrubbed)
        return written_file(target, "", 0)

    def _target(self, path: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / path.replace("/", "_")

    def _digest(self, path: str) -> str:
        return json.digest(self._storage.read(self._key(path)))

    def _key(self, path: str) -> str:
        return source_key(self._source, path)


def carry_out(storage: Storage, source: str, plan: Plan, lock: Lock) -> None:
    """Rewrite and withdraw; begun again after a crash, the same plan ends in the same objects.

    Raises:
        StorageConflictError: the lock is lost; nothing more is done.
    """
    for altered, path, media_type in plan.rewritten:
        lock.check()
        put_file(storage, source_key(source, altered.path), path, media_type, altered.new_sha256 or "")
    for altered in plan.withdrawn:
        lock.check()
        storage.delete(source_key(source, altered.path))
