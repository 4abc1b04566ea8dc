"""An explanation of what is published of one ocid: values, rules, sources, evidence and history, as JSON."""

import csv
import difflib
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from ocds_pipeline.explain.evidence import Answer, Archived, Evidence, Found
from ocds_pipeline.explain.history import events, held_values
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_portal, load_source
from ocds_pipeline.storage import open_storage
from ocds_pipeline.store import Published, Store
from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from ocds_schema.paths import Steps, below, written
from ocds_schema.personal import PersonNumbers
from ocds_schema.raw import Document
from ocds_schema.source import Source
from transformers.lineage import Explanation, Lineage, SourceField
from transformers.outcome import Context
from transformers.report import ENVELOPE

NEAR = 3
_ENVELOPE = {path: words for path, words in ENVELOPE if path in ("id", "tag", "initiationType")}
_PARTS = {
    "value": "decides the value",
    "together": "decides the value, together with the others that do",
    "presence": "decides whether it is there",
    "read": "read, and does not matter here",
}


def explain(ocid: str, path: str, *, settings: Settings) -> Json:
    """Follow the values of an ocid at a path, or all of them, back to the archive.

    Returns:
        `ocid`, `source`, `process`; `values`, each with `path`, `value`, `rule`, what it is `from`, and its `releases`;
        the `documents`, each with its record in the archive; and `findings`: what could not be followed.

    Raises:
        ConfigurationError: nothing is published under this ocid, or nothing of it at this path; what is near is said.
        StoreError: the database cannot be opened.
    """
    with closing(Store.open(settings.database_url)) as store:
        published = store.published(ocid)
        if published is None:
            near = ", ".join(store.near(ocid, NEAR)) or "nothing is published yet"
            raise ConfigurationError(f"nothing is published as {ocid}; near it: {near}")
        return _Explaining(store, settings, published).report(path)


@dataclass
class _Explaining:
    """One explanation while it is made."""

    store: Store
    settings: Settings
    published: Published
    findings: list[str] = field(default_factory=list)
    _documents: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _told: list[Json] = field(default_factory=list)
    _read: dict[tuple[str, str, str], tuple[Evidence, Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name = self.published.source
        self.source: Source = load_source(name, self.settings)
        self.persons: PersonNumbers = self.source.person_numbers
        (self.bundle,) = self.store.bundles(name, [self.published.record.process])
        newest = self.published.releases[-1]
        context = Context(
            source=self.source,
            pseudonym_key=self.settings.pseudonym_key,
            as_of=newest.as_of or newest.release.date,
            references=self.store.references(name),
        )
        self.lineage = Lineage(bundle=self.bundle, context=context, relink=load_portal(name).links)
        self.archived = Archived(storage=open_storage(self.settings.archive_url), segments=self.store.segments_of(name))

    def report(self, path: str) -> Json:
        now = held_values(json.decode(self.published.record.body))
        history = events(self.published.releases)
        wanted = self._wanted(path, [*now, *(steps for steps in history if steps not in now)])
        values = [self._value(steps, now.get(steps), history.get(steps, [])) for steps in wanted]
        return {
            "ocid": self.published.record.ocid,
            "source": self.source.name,
            "process": self.persons.redact(self.published.record.process),
            "values": values,
            "documents": self._told,
            "findings": self.findings,
        }

    def _wanted(self, path: str, known: Sequence[Steps]) -> list[Steps]:
        found = below(known, path)
        if found:
            return found
        paths = [written(steps) for steps in known]
        near = difflib.get_close_matches(path.strip("/"), paths, NEAR, 0.3)
        sections = sorted({one.split("/")[0].split("[")[0] for one in paths})
        raise ConfigurationError(
            f"{self.published.record.ocid} has nothing at {path}; near it: {', '.join(near or sections)}"
        )

    def _value(self, steps: Steps, value: Json, history: list[Json]) -> Json:
        told: Json = {"path": written(steps), "value": value, "releases": history}
        if value is None:
            return told | {"rule": "not published any more: the source does not say it now", "from": []}
        if len(steps) == 1 and steps[0] in _ENVELOPE:
            return told | {"rule": _ENVELOPE[steps[0]], "from": [], "derived": "the newest release"}
        if steps not in self.lineage.values:
            return told | self._astray(steps, value)
        return told | self._explained(self.lineage.explain(steps), value)

    def _astray(self, steps: Steps, value: Json) -> Json:
        """Tell of a value that mapping the documents again does not give."""
        if steps == ("date",):
            return {"rule": "no document tells when it changed: the release is dated by the harvest", "from": []}
        if steps[-1] in ("id", "awardID"):
            return {"rule": "what is left of an object that the source does not have any more", "from": []}
        self._find(f"{written(steps)}: {value!r} is published, but the documents at hand do not give it: transform")
        return {"rule": "", "from": []}

    def _explained(self, found: Explanation, value: Json) -> Json:
        told: Json = {"rule": found.words, "isRule": found.is_rule}
        if found.steps == ("date",) and found.value != value:
            told["note"] = f"the documents say {found.value}; a release is always later than the one before it"
        elif found.value != value:
            self._find(f"{written(found.steps)}: {value!r} is published, the documents give {found.value!r}: transform")
        if found.table is not None and found.row is not None:
            row = found.row
            told["codeTable"] = {"table": found.table.name, "code": row.source_code, "label": row.label, "is": row.code}
        told["repairs"] = [{"name": one.name, "where": one.guard, "becomes": one.becomes} for one in found.repairs]
        told["corrections"] = [{"field": one.field, "reason": one.reason} for one in found.corrections]
        told["from"] = [self._field(one, written(found.steps)) for one in found.sources]
        told["because"] = [self._document(self.bundle.documents[place]) for place in found.documents]
        told["rows"] = [self._document(one) for one in self.store.rows_of_tables(self.source.name, [*found.rows])]
        if found.is_scrubbed:
            told["note"] = "personal numbers are taken out of it"
        if not found.is_complete:
            told["note"] = "the process is too large to try out what it depends on: these are what the rule reads"
        if not (found.sources or found.documents or found.rows):
            self._find(f"{written(found.steps)}: no document could be found for it")
        return told

    def _field(self, one: SourceField, path: str) -> Json:
        document = self.bundle.documents[one.field.document]
        number = self._document(document)
        told: Json = {
            "document": number,
            "field": written(one.field.steps),
            "raw": one.raw,
            "withheld": one.is_withheld,
            "part": one.part,
            "meaning": _PARTS[one.part],
        }
        evidence, answer = self._evidence(document)
        if not evidence.trouble:
            told |= self._place(document, one, answer, path)
        return told

    def _place(self, document: Document, one: SourceField, answer: Answer, path: str) -> Json:
        """Say where the answer has a field."""
        raw = self.lineage.experiments.raw(one.field)
        found = answer.find(document, one.field.steps, raw)
        if found is not None:
            return _placed(found) | self._label(document, one, answer)
        if document.way == "html":
            return self._asked(document, raw) or self._missing(document, one, path)
        return self._missing(document, one, path)

    def _asked(self, document: Document, raw: Json) -> Json:
        """Say where a page's document has a value from that the page does not show: it was asked for with it."""
        if _is_in_address(raw, document.url):
            return {"inAddress": True}
        for other in self.bundle.documents:
            evidence, answer = self._evidence(other)
            found = answer.find(other, (), raw) if other.way == "html" and not evidence.trouble else None
            if found is not None:
                return {"askedFrom": self._document(other), **_placed(found)}
        return {}

    def _missing(self, document: Document, one: SourceField, path: str) -> Json:
        shown = "its value" if one.is_withheld else repr(one.raw)
        self._find(f"{path}: {written(one.field.steps)} of {self._name(document)}: the answer does not have {shown}")
        return {}

    def _label(self, document: Document, one: SourceField, answer: Answer) -> Json:
        if document.way != "html":
            return {}
        names = [step for step in one.field.steps if not step.isdecimal()]
        label = answer.shows(_labels(self.source.name, names[-1])) if names else ""
        return {"label": label} if label else {}

    def _document(self, document: Document) -> int:
        """Give a document's number among those that are told."""
        identity = (document.kind, document.way, document.key)
        if identity not in self._documents:
            self._documents[identity] = len(self._told)
            evidence, _ = self._evidence(document)
            if evidence.trouble:
                self._find(f"{self._name(document)}: {evidence.trouble}")
            self._told.append(self._described(document, evidence))
        return self._documents[identity]

    def _evidence(self, document: Document) -> tuple[Evidence, Answer]:
        """Read a document's record in the archive, once."""
        identity = (document.kind, document.way, document.key)
        if identity not in self._read:
            evidence = self.archived.evidence(document)
            self._read[identity] = evidence, Answer(evidence)
        return self._read[identity]

    def _described(self, document: Document, evidence: Evidence) -> Json:
        location, first = evidence.location, evidence.first
        told: Json = {
            "kind": document.kind,
            "way": document.way,
            "key": self.persons.redact(document.key),
            "digest": document.digest,
            "url": self.persons.redact(document.url),
            "retrievedAt": document.retrieved_at.isoformat(),
            "segment": location.segment if location else None,
            "offset": location.offset if location else None,
            "record": evidence.record,
            "sha256": evidence.sha256,
            "bytes": len(evidence.payload),
            "trouble": evidence.trouble,
        }
        if first is not None and first != location:
            told["repeats"] = {"segment": first.segment, "offset": first.offset}
        return told

    def _name(self, document: Document) -> str:
        return self.persons.redact(f"{document.kind}/{document.key}")

    def _find(self, trouble: str) -> None:
        self.findings.append(self.persons.redact(trouble))


def _placed(found: Found) -> Json:
    told: Json = {}
    if found.steps is not None:
        told["pointer"] = "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in found.steps)
    if found.span is not None:
        told["bytes"] = list(found.span)
    if found.member:
        told["member"] = found.member
    return told


def _is_in_address(raw: Json, url: str) -> bool:
    return bool(str(raw)) and str(raw) in url


@cache
def _labels(source: str, name: str) -> tuple[str, ...]:
    """Give the labels under which a country's pages show what our documents call by a name."""
    file = resources.files(f"extractors.{source}").joinpath("labels.csv")
    if not file.is_file():
        return ()
    rows: Iterable[dict[str, str]] = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    own = (row for row in rows if row["name"] == name)
    columns = (column for row in own for place, column in row.items() if place not in _NO_LABELS)
    return tuple(dict.fromkeys(label for column in columns for label in (column or "").split("|") if label))


_NO_LABELS = frozenset({"place", "name", "must", "seen"})
