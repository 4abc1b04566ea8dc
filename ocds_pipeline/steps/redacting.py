"""Takes personal data out of all that is published, and keeps it out: `redact`."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from ocds_pipeline.gates.override import Override
from ocds_pipeline.keys import signing
from ocds_pipeline.progress import Meter
from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.request import Request
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import source_names
from ocds_pipeline.steps.desk import Desk, open_desk
from ocds_pipeline.steps.flow import do_all
from ocds_pipeline.steps.following import check_followed, check_known
from ocds_pipeline.storage import open_storage
from ocds_pipeline.store import Rewritten, StoredRedaction
from ocds_pipeline.store.history import Releases
from ocds_pipeline.store.redactions import DONE, NOTED, PUBLISHED
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, PublishError, QualityError
from ocds_schema.json import Json
from ocds_schema.redaction import SHORTEST, Kind, Redaction, check_path, has_party, texts_of
from ocds_schema.release import Record
from ocds_schema.validation import ReleaseValidator
from publish.derive import derive
from publish.lock import hold
from publish.manifest import read_pointer
from publish.redact import Plan, Search, carry_out
from publish.redactions import publish_redactions, read_redactions
from publish.storage import Storage
from transformers.compiled import Merger
from transformers.outcome import Context, state_of

_AT_ONCE = 200
_HEAD = ("ocid", "id", "date", "tag")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants taken out, and what is published of it: who wants it, why, and on what legal ground."""

    kind: Kind
    what: str
    ocid: str | None
    by: str
    reason: str
    ground: str

    def check(self) -> None:
        """Make sure that it can be done, and that what is published of it does not tell it again.

        Raises:
            ConfigurationError: it cannot.
        """
        if not (self.by.strip() and self.reason.strip() and self.ground.strip()):
            raise ConfigurationError("say --by NAME, --reason TEXT and --ground TEXT: all three are published")
        if self.kind == "path":
            try:
                check_path(self.what)
            except ValueError as error:
                raise ConfigurationError(str(error)) from None
            if self.ocid is None:
                raise ConfigurationError("a path is one of a process: say --ocid too")
        elif len(self.what) < SHORTEST:
            raise ConfigurationError(f"at least {SHORTEST} characters are wanted: fewer stand in other words too")
        told = f"{self.by} {self.reason} {self.ground} {self.ocid or ''}"
        if self.kind != "path" and self.what in told:
            raise ConfigurationError("what is to be taken out stands in the ocid, the name, the reason or the ground")


def wanted_of(ocid: str | None, given: Mapping[str, str], *, by: str, reason: str, ground: str) -> Wanted | None:
    """Give what a person wants taken out, or nothing where nothing is named.

    Raises:
        ConfigurationError: more than one thing is named.
    """
    named = {kind: what for kind, what in given.items() if what}
    if not named and ocid is None:
        return None
    if len(named) != 1:
        raise ConfigurationError("say one of --path, --value and --party")
    ((kind, what),) = named.items()
    return Wanted(kind=cast(Kind, kind), what=what, ocid=ocid, by=by, reason=reason, ground=ground)


def do_redact(
    name: str,
    wanted: Wanted | None,
    *,
    settings: Settings,
    progress: Meter,
    overriding: Override | None = None,
    look_only: bool = False,
) -> Json:
    """Take something out of the store, the newest edition and all that was published; give the figures.

    Without `wanted`, redactions that were begun and not ended are gone on with. With `look_only` it is only counted.

    Raises:
        ConfigurationError: it cannot be taken out, or is not there.
        QualityError: releases would not be valid without it, or a gate holds the edition without it back.
        PublishError: something that was published cannot be put right, or is not what the database published last.
        StorageError: the storage cannot be used.
    """
    with open_desk(name, settings, progress) as desk:
        if wanted is not None:
            wanted.check()
            rule = _rule(desk, wanted)
            counted = _counted(desk, rule)
            if look_only:
                return {"source": name, "kind": rule.kind, **counted, "done": False}
            _check_pointer(desk, open_storage(settings.public_url))
            desk.store.note_redaction(name, rule, _facts(wanted))
        pending = [each for each in desk.store.redactions(name) if each.state != DONE]
        for each in pending:
            if each.state == NOTED:
                _rewrite(desk, each)
    edition = None
    if any(each.state == NOTED for each in pending):
        report = do_all(Request(source=name), ("publish",), settings=settings, progress=progress, overriding=overriding)
        edition = report["steps"]["publish"]["editionId"]
    with open_desk(name, settings, progress) as desk:
        reports = [_withdraw(desk, each, edition) for each in pending]
    return {"source": name, "editionId": edition, "redactions": reports, "done": True}


def _rule(desk: Desk, wanted: Wanted) -> Redaction:
    """Give the rule for what is wanted; of a party with all that is known to tell of it.

    Raises:
        ConfigurationError: there is no such process or party.
    """
    if wanted.kind != "party":
        return Redaction(kind=wanted.kind, what=wanted.what, ocid=wanted.ocid)
    texts: set[str] = set()
    is_known = False
    for _, releases in desk.store.whole_history(desk.source.name, wanted.ocid):
        for _, release in releases:
            body = json.decode(release.body)
            if has_party(body, wanted.what):
                is_known = True
                texts |= texts_of(body, wanted.what)
    if not is_known:
        raise ConfigurationError(f"no release of {desk.source.name} has a party with that id")
    persons = desk.source.person_numbers
    is_pseudonym = wanted.what.startswith(f"{persons.scheme}-")
    alias = wanted.what if is_pseudonym else persons.pseudonym(wanted.what, desk.settings.pseudonym_key, "redacted")
    return Redaction(
        kind="party", what=wanted.what, ocid=wanted.ocid, alias=alias, texts=tuple(sorted(texts - {wanted.what}))
    )


def _facts(wanted: Wanted) -> Json:
    """Give what is published of a redaction; not the path, as ids in it may tell something themselves."""
    facts = {
        "kind": wanted.kind,
        "ocid": wanted.ocid,
        "date": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "by": wanted.by,
        "reason": wanted.reason,
        "legalGround": wanted.ground,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _touched(desk: Desk, rule: Redaction) -> Iterator[tuple[Record, Releases, dict[int, Json]]]:
    """Give the records that hold it, with their releases, and those of them that do as they are without it."""
    for record, releases in desk.store.whole_history(desk.source.name, rule.ocid):
        changed = {}
        for seq, release in releases:
            held = json.decode(release.body)
            without = rule.redact(held)
            if without != held:
                changed[seq] = without
        if changed or rule.redact(held := json.decode(record.body)) != held:
            yield record, releases, changed


def _counted(desk: Desk, rule: Redaction) -> Json:
    """Count what holds it, and make sure that releases are still releases without it."""
    validator = ReleaseValidator(desk.source.extensions)
    counts: Counter[str] = Counter()
    for _, releases, changed in _touched(desk, rule):
        counts["processes"] += 1
        counts["releases"] += len(changed)
        for seq, release in releases:
            if seq in changed:
                _check(release.ocid, json.decode(release.body), changed[seq], validator)
    if not counts["processes"] and not read_pointer(open_storage(desk.settings.public_url), desk.source.name):
        raise ConfigurationError(f"{desk.source.name} has nothing of it, and nothing is published")
    return {"processes": counts["processes"], "releases": counts["releases"]}


def _check(ocid: str, before: Json, after: Json, validator: ReleaseValidator) -> None:
    if any(before[name] != after.get(name) for name in _HEAD):
        raise ConfigurationError(f"{ocid}: ocid, id, date and tags of a release cannot be taken out")
    if validator.is_valid(before) and not validator.is_valid(after):
        rules = sorted({f"{problem.rule} at {problem.path}" for problem in validator.problems(after)})
        raise QualityError(f"{ocid}: a release would not be valid without it: {', '.join(rules)}")


def _rewrite(desk: Desk, redaction: StoredRedaction) -> None:
    """Take it out of what the store has published or will publish, and have the next edition tell so."""
    store, source, rule = desk.store, desk.source, redaction.rule
    now = datetime.now(UTC).replace(microsecond=0)
    run = store.begin_run(source.name, f"redact {redaction.id}", now)
    last = store.last_edition(source.name)
    merger = Merger(source.extensions)
    others = [each.rule for each in store.redactions(source.name) if each.id != redaction.id]
    context = Context(
        source=source,
        pseudonym_key=desk.settings.pseudonym_key,
        as_of=_as_of(desk) or now,
        references=store.references(source.name),
        redactions=others,
    )
    batch: list[Rewritten] = []
    for record, releases, changed in _touched(desk, rule):
        bodies = {seq: json.encode(body) for seq, body in changed.items()}
        before = [release for seq, release in releases if last and seq <= last.mark]
        base = json.digest(json.encode(merger.compile([json.decode(each.body) for each in before]))) if before else None
        body = json.encode(merger.compile([changed.get(seq) or json.decode(each.body) for seq, each in releases]))
        state = _state(desk, record, context, rule)
        moved = replace(record, body=body, digest=json.digest(body), state_digest=state)
        batch.append(Rewritten(record=moved, releases=bodies, base=base))
        if len(batch) == _AT_ONCE:
            store.rewrite(run, redaction, batch)
            batch = []
    store.rewrite(run, redaction, batch)
    processes = [record.process for record, _ in store.whole_history(source.name, rule.ocid)] if rule.ocid else [None]
    for process in processes:
        store.mask_problems(source.name, rule, process)
    store.finish_run(run)


def _state(desk: Desk, record: Record, context: Context, rule: Redaction) -> str:
    """Give the digest of a record's state without it; where the state has moved since, the next mapping tells."""
    for bundle in desk.store.bundles(desk.source.name, [record.process]):
        state = state_of(bundle, record, context)
        if state is not None and state.digest == record.state_digest:
            return json.digest(json.encode(rule.redact(state.content)))
    return record.state_digest


def _as_of(desk: Desk) -> datetime | None:
    for step in ("harvest", "import"):
        if (last := desk.store.last_step(desk.source.name, step)) is not None:
            return last[0].as_of
    return None


def _withdraw(desk: Desk, redaction: StoredRedaction, edition: str | None) -> Json:
    """Rewrite and withdraw what was published with it, and publish that this was done."""
    storage, source = open_storage(desk.settings.public_url), desk.source
    facts = {**redaction.facts, **({"editionId": edition} if edition and redaction.state == NOTED else {})}
    desk.store.settle_redaction(redaction, PUBLISHED, facts)
    folder = desk.work / f"redact-{source.name}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with hold(storage, source.name, this_publisher()) as lock:
            _check_pointer(desk, storage)
            plan = Search(storage, source.name, redaction.rule, folder).plan()
            entries = _entries(read_redactions(storage, source.name), redaction.id, facts, plan)
            # First the record, so that nothing is ever another than it says.
            signed = signing(desk.settings)
            publish_redactions(storage, source.name, entries, signed.key if signed else None)
            carry_out(storage, source.name, plan, lock)
            derive(storage, source.name, source.publisher.base_url, source_names())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    told = next(each for each in entries if each["id"] == redaction.id)
    desk.store.settle_redaction(redaction, DONE, facts | {"objects": told["objects"]})
    withdrawn = sum(each["new"] is None for each in told["objects"])
    return {**told, "withdrawn": withdrawn, "rewritten": len(told["objects"]) - withdrawn}


def _check_pointer(desk: Desk, storage: Storage) -> None:
    """Make sure that the editions that are gone through are those that were published, and no later one is left out."""
    pointer = read_pointer(storage, desk.source.name)
    check_followed(desk, storage, pointer)
    check_known(desk, pointer)


def restore_record(desk: Desk, storage: Storage) -> bool:
    """Publish the record of redactions again from the database, where it is gone or damaged; say whether it was.

    One that is still being carried out is in the record before it is done in the database, and stays there.
    """
    name = desk.source.name
    stored = {each.id: {"id": each.id, **each.facts} for each in desk.store.redactions(name) if each.state == DONE}
    if not stored:
        return False
    try:
        known = {each["id"]: each for each in read_redactions(storage, name)}
    except PublishError:
        known = {}
    signed = signing(desk.settings)
    entries = [each for _, each in sorted((known | stored).items())]
    return publish_redactions(storage, name, entries, signed.key if signed else None)


def _entries(known: Sequence[Json], number: int, facts: Json, plan: Plan) -> list[Json]:
    """Give the redactions with the one that is being done; what an interrupted one had done already stays told."""
    done: list[Json] = next((each["objects"] for each in known if each["id"] == number), [])
    told = {(each["path"], each["sha256"]) for each in done}
    new = [each.facts() for each in plan.objects if (each.path, each.sha256) not in told]
    objects = sorted([*done, *new], key=lambda each: str(each["path"]))
    rest = [each for each in known if each["id"] != number]
    return sorted([*rest, {"id": number, **facts, "objects": objects}], key=lambda each: int(each["id"]))


def redacted_text(report: Json) -> str:
    """Say in plain words what was done."""
    if not report["done"]:
        return (
            f"{report['source']}: {report['processes']:,} processes hold it, in {report['releases']:,} releases; "
            "--yes takes it out, for good"
        )
    head = f"edition {report['editionId']}" if report["editionId"] else "no new edition"
    lines = [
        f"  redaction {each['id']}: {each['rewritten']:,} objects rewritten, {each['withdrawn']:,} withdrawn; "
        "redactions.json lists them. Have caches and mirrors forget these addresses"
        for each in report["redactions"]
    ]
    return "\n".join([f"{report['source']}: {head}", *(lines or ["  nothing was left to be done"])])
