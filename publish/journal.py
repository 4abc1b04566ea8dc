"""What is finished of an edition under construction, so that a publication which was interrupted goes on from there."""

import hashlib
import os
import pickle
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from ocds_schema import json
from publish.formats import Written, sha256_of

T = TypeVar("T")

_FOLDER = "journal"
_INPUTS = "inputs"
_CHUNK_BYTES = 1 << 20


def no_files(_: Any) -> Iterable[Written]:
    """Say that of no file the hash is known."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What a step gave, and the hashes of the files it wrote, by path below the work folder."""

    made: Any
    hashes: Mapping[str, str]


class Journal:
    """The steps of one edition that are done, each with the files it wrote, kept in the edition's own work folder."""

    def __init__(self, folder: Path, inputs: str) -> None:
        """Go on with what a folder holds, where it was made from the same inputs; else empty it.

        `inputs` says in a digest what everything is made from; where it is empty, nothing is ever gone on with.
        """
        self._folder = folder
        self._notes = folder / _FOLDER
        if not inputs or self._begun_with() != inputs:
            shutil.rmtree(folder, ignore_errors=True)
            self._notes.mkdir(parents=True)
            _write(self._notes / _INPUTS, inputs.encode())
        self._clear()

    def once(self, step: str, build: Callable[[], T], files: Callable[[T], Iterable[Written]] = no_files) -> T:
        """Give what a step gave when it was done before, if its files are still whole; else have it done now.

        Every file that is there after the step and was not before, or was another one, belongs to it. `files` gives
        those whose hashes are known by what the step gave, and which are not read for that once more.
        """
        note = self._notes / f"{step}.json"
        if (known := self._known(note)) is not None:
            return cast(T, known.made)
        before = self._files()
        made = build()
        new = sorted(name for name, facts in self._files().items() if before.get(name) != facts)
        known_by = {each.path: each.sha256 for each in files(made)}
        hashes = {name: known_by.get(self._folder / name) or sha256_of(self._folder / name) for name in new}
        content = pickle.dumps(_Step(made=made, hashes=hashes))
        _write(note.with_suffix(".made"), content)
        _write(note, json.encode({"sha256": json.digest(content)}))
        return made

    def _clear(self) -> None:
        """Remove what no finished step wrote: files cut short, which some writers would stumble over."""
        steps = [self._known(note) for note in self._notes.glob("*.json")]
        finished = {name for step in steps if step for name in step.hashes}
        for name in self._files().keys() - finished:
            (self._folder / name).unlink()

    def _begun_with(self) -> str | None:
        try:
            return (self._notes / _INPUTS).read_text()
        except OSError:
            return None

    def _known(self, note: Path) -> "_Step | None":
        try:
            content = note.with_suffix(".made").read_bytes()
            if json.decode(note.read_bytes())["sha256"] != json.digest(content):
                return None
            # Written by ourselves, in a folder of ours, by this same code: the inputs say so.
            step: _Step = pickle.loads(content)  # noqa: S301
            is_whole = all(sha256_of(self._folder / name) == sha256 for name, sha256 in step.hashes.items())
        except (OSError, ValueError, KeyError, EOFError, pickle.UnpicklingError):
            return None
        return step if is_whole else None

    def _files(self) -> dict[str, tuple[int, int, int]]:
        found = {}
        for path in self._folder.rglob("*"):
            if path.is_file() and _FOLDER not in path.relative_to(self._folder).parts:
                facts = path.stat()
                found[str(path.relative_to(self._folder))] = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
        return found


def digest_of_code(*packages: Path) -> str:
    """Give one digest of all Python files and tables of some packages: other code may give other files."""
    found = hashlib.sha256()
    for package in packages:
        for path in sorted(each for each in package.rglob("*") if each.suffix in {".py", ".toml", ".csv"}):
            found.update(f"{path.relative_to(package)}\0{sha256_of(path)}\n".encode())
    return found.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a note that is there whole or not at all."""
    half = path.with_name(f"{path.name}~")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
