"""The merge of ours answers what ocdsmerge answers, whatever the releases hold."""

import copy
import warnings
from contextlib import suppress

import ocdsmerge
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ocdsmerge.exceptions import DuplicateIdValueWarning
from ocdsmerge.rules import get_merge_rules

from ocds_schema import json
from ocds_schema.errors import MergeError
from ocds_schema.extensions import EXTENSIONS
from ocds_schema.schema import release_schema
from tests.support.ocds_strategies import histories, odd_histories, strange_histories
from transformers.compiled import Merger
from transformers.merge_rules import merge_rules

NAMES = tuple(EXTENSIONS)
MERGER = Merger(NAMES)
REFERENCE = ocdsmerge.Merger(release_schema(NAMES))
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reference(releases: list) -> object:
    """The answer of ocdsmerge, or MergeError where it has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateIdValueWarning)
        try:
            return REFERENCE.create_compiled_release(copy.deepcopy(releases))
        except (TypeError, KeyError):
            return MergeError


def reference_versions(releases: list) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateIdValueWarning)
        try:
            return REFERENCE.create_versioned_release(copy.deepcopy(releases))
        except (TypeError, KeyError):
            return MergeError


def our_versions(releases: list) -> object:
    try:
        return MERGER.version(releases)
    except MergeError:
        return MergeError


def ours(releases: list) -> object:
    try:
        return MERGER.compile(releases)
    except MergeError:
        return MergeError


def ours_of_texts(texts: list[bytes]) -> object:
    try:
        return MERGER.compile_members([json.members(text) for text in texts])
    except MergeError:
        return MergeError


def extended(releases: list) -> object:
    compiled = None
    for release in sorted(releases, key=lambda release: release["date"]):
        compiled = MERGER.extend(compiled, release)
    return compiled


def same(one: object, other: object) -> bool:
    """Equal, also in the types of numbers: 1, 1.0, "1" and True are four things."""
    return one == other and repr_sorted(one) == repr_sorted(other)


def repr_sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((name, repr_sorted(member)) for name, member in value.items())
    return [repr_sorted(member) for member in value] if isinstance(value, list) else repr(value)


@pytest.mark.parametrize("names", [(), ("lots",), NAMES])
def test_the_rules_are_those_that_ocdsmerge_reads_from_the_schema(names):
    assert merge_rules(names) == get_merge_rules(release_schema(names))


@MANY
@given(histories())
def test_releases_compile_as_ocdsmerge_compiles_them(releases):
    before = copy.deepcopy(releases)

    compiled = ours(releases)

    assert same(compiled, reference(releases))
    assert releases == before


@MANY
@given(odd_histories())
def test_fields_that_change_their_kind_compile_as_ocdsmerge_compiles_them(releases):
    before = copy.deepcopy(releases)

    compiled = ours(releases)

    assert same(compiled, reference(releases))
    assert releases == before


@MANY
@given(strange_histories())
def test_json_that_no_schema_knows_compiles_as_ocdsmerge_compiles_it(releases):
    assert same(ours(releases), reference(releases))


@pytest.mark.parametrize("strategy", [histories(), odd_histories(), strange_histories()])
@settings(MANY, max_examples=150)
@given(st.data())
def test_every_value_has_the_versions_that_ocdsmerge_gives_it(strategy, data):
    releases = data.draw(strategy)
    before = copy.deepcopy(releases)

    versioned = our_versions(releases)

    assert same(versioned, reference_versions(releases))
    assert releases == before


@pytest.mark.parametrize("strategy", [histories(), odd_histories(), strange_histories()])
@MANY
@given(st.data())
def test_releases_as_json_text_compile_as_when_read(strategy, data):
    texts = [json.encode(release) for release in data.draw(strategy)]

    assert same(ours_of_texts(texts), ours([json.decode(text) for text in texts]))


@MANY
@given(histories())
def test_extending_release_by_release_is_compiling_them_all(releases):
    before = copy.deepcopy(releases)

    assert same(extended(releases), ours(releases))
    assert releases == before


@MANY
@given(st.one_of(odd_histories(), strange_histories()))
def test_extending_gives_the_answer_of_compiling_or_none(releases):
    with suppress(MergeError):
        assert same(extended(releases), ours(releases))


@settings(max_examples=300, deadline=None)
@given(histories())
def test_extending_leaves_its_arguments_as_they_were(releases):
    *earlier, last = sorted(releases, key=lambda release: release["date"])
    compiled = MERGER.compile(earlier) if earlier else None
    before = copy.deepcopy((compiled, last))

    MERGER.extend(compiled, last)

    assert (compiled, last) == before
