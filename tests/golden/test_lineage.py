"""Lineage of the golden cases: no value without an explanation, and none that the raw documents do not bear out."""

import pytest

from ocds_pipeline.sources import load_portal
from ocds_schema import json
from ocds_schema.paths import leaves, written
from tests.golden.cases import CASES, Case
from transformers.causes import pick
from transformers.lineage import Lineage

BY_THE_RELEASE = {("id",), ("tag",), ("initiationType",), ("date",)}
"""What a release has of its own, whatever the documents say."""


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_value_is_explained_by_raw_documents(folder):
    case = Case(folder)
    lineage = Lineage(bundle=case.bundle, context=case.context, relink=load_portal(case.country).links)
    published = leaves(case.release or {})
    explained = {steps: lineage.explain(steps) for steps in lineage.values}

    assert published.keys() - explained.keys() <= BY_THE_RELEASE
    assert [written(steps) for steps, one in explained.items() if not one.words] == []
    assert [written(steps) for steps, one in explained.items() if not (one.sources or one.documents)] == []
    for steps in explained.keys() & published.keys():
        assert explained[steps].value == published[steps], written(steps)
    for one in explained.values():
        for source in one.sources:
            document = case.bundle.documents[source.field.document]
            raw = pick(json.decode(document.body), source.field.steps)
            assert raw not in (None, "")
            assert source.is_withheld or str(source.raw) == case.context.source.person_numbers.redact(str(raw))
    shown = str([(one.value, [source.raw for source in one.sources]) for one in explained.values()])
    assert [text for text in case.withheld() if text in shown] == []
