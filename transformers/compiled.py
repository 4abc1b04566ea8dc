"""What the releases of a process add up to: its compiled release, and its versioned one.

The rules are OCDS's (https://standard.open-contracting.org/1.1/en/schema/merging/): a later value replaces an earlier
one, null deletes, members of lists are told apart by their ids. The package ocdsmerge is the measure: whatever it
answers, this answers. Releases are merged as trees here, which is several times faster; the few that have no plain
answer (a field that is a text in one release and an object in the next, ids 1 and "1" in one list) are left to it.
"""

import copy
import warnings
from collections.abc import Mapping, Sequence
from operator import itemgetter

from ocds_schema import json
from ocds_schema.errors import MergeError
from ocds_schema.json import Json, Text
from transformers.merge_rules import FREE, OMIT, merge_rules, rules_of
from transformers.merging import Merge, OddError, copy_tree, identity, merge_text
from transformers.versioned import version


class Merger:
    """Merges releases that use the named extensions.

    Releases that go in are never changed; the compiled release that comes out may share lists with them.

    Raises:
        ConfigurationError: an extension is not known.
    """

    def __init__(self, extensions: Sequence[str] = ()) -> None:
        self._extensions = tuple(extensions)
        self._rules = rules_of(self._extensions)

    def __reduce__(self) -> tuple[type["Merger"], tuple[tuple[str, ...]]]:
        return Merger, (self._extensions,)

    def compile(self, releases: Sequence[Json]) -> Json:
        """Give the compiled release of all releases of one process, in any order.

        They are merged in the order of their dates as texts; of equal dates, in the order given.

        Raises:
            MergeError: a release has no date, or a field changes its kind so that there is no answer.
        """
        ordered = _by_date(releases)
        try:
            compiled: Json = {"tag": ["compiled"]}
            merge = Merge()
            for release in ordered:
                merge.add(compiled, release, self._rules)
        except OddError:
            return _by_reference("create_compiled_release", ordered, self._extensions)
        return compiled

    def compile_members(self, releases: Sequence[Mapping[str, Text]]) -> Json:
        """Give the compiled release of all releases of one process, each parted into its members.

        A section that repeats an earlier release's byte for byte is passed over, which is most of them where releases
        carry the whole state.

        Raises:
            MergeError: as `compile`.
            ValueError: a member is not JSON.
        """
        try:
            return self._compile_members(releases)
        except OddError:
            return self.compile([{name: json.decode(text) for name, text in one.items()} for one in releases])

    def _compile_members(self, releases: Sequence[Mapping[str, Text]]) -> Json:
        identities = [{name: json.decode(one.get(name, b"null")) for name in ("ocid", "date")} for one in releases]
        known: dict[str, Text | None] = {}
        compiled: Json = {"tag": ["compiled"]}
        for position in sorted(range(len(releases)), key=lambda each: identity(identities[each])[1]):
            compiled["id"], compiled["date"] = identity(identities[position])
            for name, text in releases[position].items():
                rule = self._rules.get(name, FREE)
                if rule is not OMIT and known.get(name) != text:
                    known[name] = merge_text(compiled, name, text, known.get(name), rule)
        return compiled

    def extend(self, compiled: Json | None, release: Json) -> Json:
        """Give the compiled release that one more release leads to, as if all had been compiled together.

        Raises:
            MergeError: the release is older than the compiled one, or the answer depends on what the compiled release
                no longer tells, such as which kind a field had before. Compile all releases instead.
        """
        if compiled is None:
            return self.compile([release])
        _check_order(compiled, release)
        try:
            extended = copy_tree(compiled, self._rules)
            Merge().add(extended, release, self._rules)
        except OddError as odd:
            raise MergeError(f"a release does not fit what is compiled: {odd}") from None
        return extended

    def version(self, releases: Sequence[Json]) -> Json:
        """Give the versioned release of all releases of one process, in any order: every value with what it was.

        Raises:
            MergeError: as `compile`.
        """
        ordered = _by_date(releases)
        try:
            return version(ordered, self._rules)
        except OddError:
            return _by_reference("create_versioned_release", ordered, self._extensions)


def _check_order(compiled: Json, release: Json) -> None:
    before, after = _by_date([compiled, release])
    if before is release and before["date"] != after["date"]:
        raise MergeError(f"the release of {release['date']} is older than what is compiled, {compiled['date']}")


def _by_date(releases: Sequence[Json]) -> Sequence[Json]:
    if len(releases) == 1:
        return releases
    try:
        return sorted(releases, key=itemgetter("date"))
    except (KeyError, TypeError):
        raise MergeError("a release to be merged has no date") from None


def _by_reference(method: str, releases: Sequence[Json], extensions: tuple[str, ...]) -> Json:
    # Imported here: it brings an HTTP client along, and hardly any data comes this way.
    import ocdsmerge  # noqa: PLC0415

    merger = ocdsmerge.Merger(merge_rules=merge_rules(extensions))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ocdsmerge.exceptions.DuplicateIdValueWarning)
        try:
            # A copy, because a list of one release may be lengthened by what the next one says.
            return getattr(merger, method)(copy.deepcopy(list(releases)))
        except TypeError as error:
            raise MergeError(str(error)) from None
