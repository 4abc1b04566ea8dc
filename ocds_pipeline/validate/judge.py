"""Judges releases, records and packages by OCDS 1.1, with the extensions that their package declares."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from hashlib import blake2b

import jsonschema_rs
from ocdsextensionregistry.versioned_release_schema import get_versioned_release_schema

from ocds_pipeline.progress import Meter, SilentMeter
from ocds_pipeline.sources import person_numbers
from ocds_pipeline.validate.declared import Declared, known_names, read_declared
from ocds_pipeline.validate.files import Fault, Item, Package, find_files, read_parts
from ocds_pipeline.validate.report import Report
from ocds_pipeline.validate.upgraded import OLD, upgraded
from ocds_schema.errors import ConfigurationError
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.findings import Finding
from ocds_schema.json import Json
from ocds_schema.reservations import Reservations
from ocds_schema.schema import record_package_schema, release_package_schema, release_schema
from ocds_schema.validation import ReleaseValidator, schema_findings

Redact = Callable[[str], str]

_TAG = "1__1__5"
_NEW = "1.1"
MOST_SEEN = 2_000_000
"""With so many ids in one package, or in one file without packages, what comes more is not looked for twice."""


def validate_files(
    places: Iterable[str], *, extensions: Sequence[str] = (), strict: bool = False, progress: Meter | None = None
) -> Report:
    """Validate every release and record in some files, folders or standard input (`-`).

    `extensions`, by name or address, apply beside those that packages declare. Where no package says which there are,
    and none are given, all that we know apply.

    Raises:
        ConfigurationError: a file is not there, or an extension is not known.
    """
    try:
        judge = Judge(Report(strict=strict), known_names(extensions), person_numbers().redact)
    except ValueError as error:
        raise ConfigurationError(f"--extension: {error}") from None
    meter = progress or SilentMeter()
    for place in find_files(places):
        judge.report.files += 1
        for part in read_parts(place):
            judge.judge(part)
            meter.show(f"validating {place}", judge.report.releases, None)
    return judge.report


class Judge:
    """Judges the parts of files one after another, and remembers which ids have come."""

    def __init__(self, report: Report, extensions: tuple[str, ...], redact: Redact) -> None:
        self.report = report
        self._given = extensions
        self._redact = redact
        self._seen: set[bytes] = set()
        self._loose: set[bytes] = set()
        self._file = ""
        self._last: tuple[Package | None, tuple[str, ...]] | None = None

    def judge(self, part: Package | Item | Fault) -> None:
        """Count a part and what is wrong with it."""
        if isinstance(part, Fault):
            self.report.add(part.rule, self._redact(part.path), f"{part.place} {self._redact(part.reason)}")
        elif isinstance(part, Package):
            self._package(part)
        else:
            self._item(part)

    def _item(self, item: Item) -> None:
        try:
            if item.kind == "record":
                self._record(item)
            else:
                self._release(item, self._upgraded(item))
        except (RecursionError, ValueError) as error:
            # The validator of schemas follows no more than some hundred levels, and says so by an error of its own.
            self.report.add("json", "", f"{item.place} is nested too deeply to be judged: {error}")

    def _package(self, package: Package) -> None:
        self.report.packages += 1
        self._seen.clear()
        declared = read_declared(package.envelope.get("extensions"))
        self._judge_by(_package_schema(package.kind), self._versioned(package), package.place)
        if package.count <= 0:
            kind = f"{package.kind}s"
            reason = "is no list" if package.count < 0 else "is an empty list"
            rule = "schema/type" if package.count < 0 else "schema/minItems"
            self.report.add(rule, kind, f"{package.place}, /{kind} {reason}")
        self._add_extensions(declared, package.place)

    def _versioned(self, package: Package) -> Json:
        """Give what a package says of itself as OCDS 1.1 has it, and tell which version it was taken for."""
        stated = package.envelope.get("version")
        if _is_old(package):
            why = "" if stated else ": it states no version, lists no parties and declares no extensions"
            self.report.add("upgraded", "", package.place + why)
            return package.envelope | {"version": _NEW}
        if isinstance(stated, str) and stated not in (OLD, _NEW):
            self.report.add(
                "version", "version", f"{package.place}: is judged as {_NEW}, not as {self._redact(stated)[:40]!r}"
            )
        return package.envelope

    def _add_extensions(self, declared: Declared, place: str) -> None:
        for address in declared.unknown:
            reason = "is not known here: what it adds is reported as fields in no schema"
            self.report.add("extension", address, f"{place}: {reason}")
        for name, address in declared.other_versions:
            self.report.add("extension", address, f"{place}: is read as {EXTENSIONS[name].url}")

    def _extensions(self, package: Package | None) -> tuple[str, ...]:
        if self._last is None or self._last[0] is not package:
            if package is None:
                names = self._given or tuple(sorted(EXTENSIONS))
            else:
                names = tuple(sorted({*read_declared(package.envelope.get("extensions")).known, *self._given}))
            self._last = package, names
            self.report.extensions.update(names)
        return self._last[1]

    def _upgraded(self, item: Item) -> Json:
        """Give what an item holds as OCDS 1.1."""
        if not isinstance(item.content, dict) or not (
            _is_old(item.package) if item.package else _looks_old(item.content)
        ):
            return item.content
        self.report.add("upgraded", f"{item.kind}s" if item.package else "", item.place)
        content, roles = upgraded(item.content, f"{item.kind}s")
        for role in roles:
            self.report.add("party_differs", "parties", f"{item.place}: as {role} a party is described otherwise")
        return content

    def _release(self, item: Item, release: Json) -> None:
        if isinstance(release, dict):
            self._look_for_twin("duplicate_release", item, release.get("ocid"), release.get("id"))
        self._judge_release(release, self._extensions(item.package), _named(item.place, release, self._redact))

    def _judge_release(
        self, release: Json, extensions: tuple[str, ...], place: str, under: tuple[str, ...] = ()
    ) -> None:
        self.report.releases += 1
        for finding in _validator(extensions, self._redact).findings(release):
            self._add(finding, place, under)
        for finding in _reservations(extensions).run(release, self._redact):
            self._add(finding, place, under)

    def _record(self, item: Item) -> None:
        self.report.records += 1
        record, extensions = self._upgraded(item), self._extensions(item.package)
        place = _named(item.place, record, self._redact)
        self._judge_by(_record_schema(), record, place)
        if not isinstance(record, dict):
            return
        self._look_for_twin("duplicate_ocid", item, record.get("ocid"))
        releases = record.get("releases")
        for number, release in enumerate(releases if isinstance(releases, list) else ()):
            if _is_linked(release):
                self._judge_by(_linked_schema(), release, place, ("releases", str(number)))
            else:
                self._judge_release(release, extensions, place, ("releases", str(number)))
        if "compiledRelease" in record:
            self._judge_release(record["compiledRelease"], extensions, place, ("compiledRelease",))
        if "versionedRelease" in record:
            self._judge_by(_versioned_schema(extensions), record["versionedRelease"], place, ("versionedRelease",))

    def _judge_by(
        self, schema: jsonschema_rs.Draft4Validator, value: Json, place: str, under: tuple[str, ...] = ()
    ) -> None:
        for finding in schema_findings(schema, value, self._redact):
            self._add(finding, place, under)

    def _look_for_twin(self, rule: str, item: Item, *names: Json) -> None:
        if any(name is None for name in names):
            return
        seen = self._seen_beside(item)
        digest = blake2b(repr((rule, *names)).encode(), digest_size=10).digest()
        if digest in seen:
            self.report.add(rule, "", f"{item.place}: {', '.join(self._redact(str(name)) for name in names)}")
        elif len(seen) < MOST_SEEN:
            seen.add(digest)
        else:
            self.report.add("not_compared", "", f"{item.place}: {MOST_SEEN:,} different ones came before")

    def _seen_beside(self, item: Item) -> set[bytes]:
        """Give what came before in the same package; in the same file, of what comes without one."""
        if item.package is not None:
            return self._seen
        if item.file != self._file:
            self._file = item.file
            self._loose.clear()
        return self._loose

    def _add(self, finding: Finding, place: str, under: tuple[str, ...] = ()) -> None:
        pointer = "".join(f"/{step}" for step in under) + finding.pointer
        path = "/".join([*(step for step in under if not step.isdigit()), *filter(None, [finding.path])])
        shown = f": {finding.value!r}" if finding.value else ""
        self.report.add(finding.rule, path, f"{place}: {pointer or '/'} {finding.reason}{shown}")


def _named(place: str, item: Json, redact: Redact) -> str:
    ocid = item.get("ocid") if isinstance(item, dict) else None
    return f"{place}, {redact(ocid[:80])}" if isinstance(ocid, str) and ocid else place


def _is_old(package: Package) -> bool:
    """Tell whether a package is of OCDS 1.0: says so, or says nothing and has nothing that came with OCDS 1.1."""
    if "version" in package.envelope:
        return bool(package.envelope["version"] == OLD)
    return not package.lists_parties and "extensions" not in package.envelope


def _looks_old(item: dict[str, Json]) -> bool:
    release = item.get("compiledRelease", item)
    return isinstance(release, dict) and "parties" not in release and _describes_parties(release)


def _describes_parties(release: dict[str, Json]) -> bool:
    """Tell whether a release says who a party is where it refers to it, as OCDS 1.0 did."""
    tender, awards = release.get("tender"), release.get("awards")
    referring = [release.get("buyer"), tender.get("procuringEntity") if isinstance(tender, dict) else None]
    for award in awards if isinstance(awards, list) else ():
        suppliers = award.get("suppliers") if isinstance(award, dict) else None
        referring += suppliers if isinstance(suppliers, list) else []
    return any(isinstance(party, dict) and "identifier" in party for party in referring)


def _is_linked(release: Json) -> bool:
    return isinstance(release, dict) and "url" in release and "ocid" not in release


@cache
def _validator(extensions: tuple[str, ...], redact: Redact) -> ReleaseValidator:
    return ReleaseValidator(extensions, redact=redact)


@cache
def _reservations(extensions: tuple[str, ...]) -> Reservations:
    return Reservations(release_schema(extensions))


@cache
def _package_schema(kind: str) -> jsonschema_rs.Draft4Validator:
    schema = release_package_schema() if kind == "release" else record_package_schema()
    schema.pop("definitions", None)
    schema["properties"].pop(f"{kind}s")
    schema["required"].remove(f"{kind}s")
    schema["additionalProperties"] = schema["properties"]["publisher"]["additionalProperties"] = False
    return _compiled(schema)


@cache
def _record_schema() -> jsonschema_rs.Draft4Validator:
    """Give the schema of a record but for its releases, which are judged one by one."""
    record = record_package_schema()["definitions"]["record"]
    anything: Json = {}
    record["properties"] |= {"compiledRelease": anything, "versionedRelease": anything}
    record["additionalProperties"] = False
    record["properties"]["releases"] = {"type": "array", "minItems": 1, "items": anything}
    return _compiled(record)


@cache
def _linked_schema() -> jsonschema_rs.Draft4Validator:
    choices = record_package_schema()["definitions"]["record"]["properties"]["releases"]["oneOf"]
    return _compiled(next(one["items"] for one in choices if "$ref" not in one["items"]))


@cache
def _versioned_schema(extensions: tuple[str, ...]) -> jsonschema_rs.Draft4Validator:
    return _compiled(get_versioned_release_schema(release_schema(extensions), _TAG))


def _compiled(schema: Json) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True, offline=True)
