"""A harvest store and a segment storage in memory, for tests."""

import hashlib
import json
from pathlib import Path

from extractors.base import SeenAnswer, Segment
from ocds_schema.run import PageCounts


class MemoryStore:
    def __init__(self):
        self.cursors = {}
        self.documents = {}
        self.answers = {}
        self.gone = set()
        self.counted = {}
        self.came = set()
        self.saved_pages = 0
        self.fail_at = None

    def cursor(self, run, listing):
        return self.cursors.get((run.id, listing))

    def save_page(self, run, listing, cursor, documents):
        self.saved_pages += 1
        if self.fail_at is not None and self.saved_pages >= self.fail_at:
            raise KeyboardInterrupt
        new = changed = unchanged = 0
        self.came |= {(run.id, each.kind, each.way, each.key) for each in documents}
        latest = {(each.kind, each.way, each.key): each for each in documents}
        for identity, document in latest.items():
            held = self.documents.get((run.source, *identity))
            if held is None:
                new += 1
            elif held.digest != document.digest:
                changed += 1
            else:
                unchanged += 1
                continue
            self.documents[run.source, *identity] = document
        self.cursors[run.id, listing] = cursor
        return PageCounts(new=new, changed=changed, unchanged=unchanged)

    def missing(self, source, kind, keys):
        held = self._held(source, kind)
        return [key for key in keys if key not in held]

    def wanted(self, source, kind, after, limit):
        held = self._held(source, kind)
        wants = {
            want.removeprefix(f"{kind}/")
            for (owner, *_), document in self.documents.items()
            if owner == source
            for want in document.links.wants
            if want.startswith(f"{kind}/")
        }
        return sorted(key for key in wants - held if key > after)[:limit]

    def due(self, run, revisit, days, after):
        """Hold every open document to be fresh; the store's own tests tell them apart."""
        turns = None if days is None else {day % revisit.sweep for day in days}
        keys = {
            key
            for (owner, kind, way, key), document in self.documents.items()
            if (owner, kind, way) == (run.source, revisit.kind, revisit.way)
            and (run.id, kind, way, key) not in self.came
            and (turns is None or document.links.open or turn(key, revisit.sweep) in turns)
        }
        keys |= set(self._held(run.source, revisit.rows)) - self._held(run.source, revisit.kind)
        return min((key for key in keys if key > after), default=None)

    def note_gone(self, run, kind, key):
        self.gone.add((run.id, kind, key))

    def answer(self, source, payload):
        return self.answers.get((source, payload))

    def save_answer(self, source, payload, seen):
        assert isinstance(seen, SeenAnswer)
        self.answers.setdefault((source, payload), seen)

    def save_segment(self, run, segment):
        assert isinstance(segment, Segment)
        self.counted.setdefault((run.id, segment.name), segment)

    def segments(self, run):
        return [segment for (owner, _), segment in sorted(self.counted.items()) if owner == run.id]

    def bodies(self):
        """Every document's body by kind, way and key: what a disturbed run must agree on."""
        return {identity[1:]: json.loads(document.body) for identity, document in self.documents.items()}

    def _held(self, source, kind):
        return {key for owner, held, _, key in self.documents if (owner, held) == (source, kind)}


def turn(key, sweep):
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % sweep


class FolderStorage:
    def __init__(self, folder: Path):
        self.folder = folder

    def put_new(self, name, path, content_type):
        assert content_type == "application/warc"
        target = self.folder / name
        if target.exists():
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        return True
