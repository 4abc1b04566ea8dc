"""What an explanation names decides the value: change it, and the value changes; change another field, and it stays."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_pipeline.sources import load_portal
from ocds_schema.paths import written
from tests.golden.cases import CASES, Case
from transformers.causes import another
from transformers.lineage import Explanation, Lineage

PUBLISHED = [folder for folder in CASES if Case(folder).release][::4]
CARRIED = ("the text", "the text, by language")
"""Words of rules that carry a text over as it is."""


@cache
def lineage(place: int) -> Lineage:
    case = Case(PUBLISHED[place])
    return Lineage(bundle=case.bundle, context=case.context, relink=load_portal(case.country).links)


@cache
def carried(place: int, kind: type) -> list[Explanation]:
    """Give the values of a case that are what one source field says."""
    of = lineage(place)
    every = (of.explain(steps) for steps, value in of.values.items() if isinstance(value, kind))
    alike = [one for one in every if len(deciding(one)) == 1 and deciding(one)[0].raw == one.value]
    rules = [one for one in alike if one.is_rule and not one.repairs]
    return [one for one in rules if kind is not str or one.words in CARRIED]


def deciding(one: Explanation):
    return [source for source in one.sources if source.part == "value"]


def samples(kind: type) -> list[tuple[int, int]]:
    """Name up to three such values of each case."""
    return [(place, one) for place in range(len(PUBLISHED)) for one in range(len(carried(place, kind)[:3]))]


texts = st.text(st.sampled_from("абвгдежз"), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(st.deferred(lambda: st.sampled_from(samples(str))), texts)
def test_a_text_that_is_carried_over_becomes_what_its_source_becomes(which: tuple[int, int], text: str) -> None:
    found = carried(which[0], str)[which[1]]

    assert lineage(which[0]).experiments.with_value(deciding(found)[0].field, text)[found.steps] == text


@settings(max_examples=100, deadline=None)
@given(st.deferred(lambda: st.sampled_from(samples(int))), st.integers(min_value=1, max_value=10**7))
def test_a_number_that_is_carried_over_becomes_what_its_source_becomes(which: tuple[int, int], number: int) -> None:
    found = carried(which[0], int)[which[1]]

    assert lineage(which[0]).experiments.with_value(deciding(found)[0].field, number)[found.steps] == number


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_field_moves_a_value_if_and_only_if_the_explanation_names_it(data: st.DataObject) -> None:
    of = lineage(data.draw(st.integers(min_value=0, max_value=len(PUBLISHED) - 1)))
    steps = data.draw(st.sampled_from(sorted(of.values)))
    causes = of.experiments.causes(steps)
    field = data.draw(st.sampled_from(of.experiments.every_field))
    changed = of.experiments.with_value(field, another(of.experiments.raw(field)))

    is_named = field in causes.fields or field in causes.presence
    assert (changed.get(steps) != of.values[steps]) == is_named, f"{written(steps)} by {field}"
