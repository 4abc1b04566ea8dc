"""Ten rounds of change at the portal: what the releases of an ocid add up to is what was mapped, every time."""

from datetime import UTC, datetime, timedelta

import pytest

from ocds_pipeline.progress import SilentMeter
from ocds_pipeline.request import Request
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import load_source
from ocds_pipeline.steps import do_all
from ocds_pipeline.store import Store
from ocds_schema import json
from ocds_schema.validation import ReleaseValidator
from sandbox.portal import START
from sandbox.server import running
from tests.support.command import TOKEN, Installation
from transformers.compiled import Merger
from transformers.difference import same_state
from transformers.outcome import country_mapping, map_bundle
from transformers.rules import Reading
from transformers.state import build_state

ROUNDS = 10


@pytest.fixture
def settings(tmp_path):
    return lambda portal: Settings.from_env(Installation(home=tmp_path / "home", portal=portal.base_url).environment)


def rounds(settings, processes, seed):
    """Harvest and transform after each of ten steps of the portal's clock; give the store after each."""
    with running("kazakhstan", processes=processes, seed=seed, token=TOKEN) as portal:
        for number in range(ROUNDS):
            until = (START + timedelta(days=3 * number)).isoformat()
            request = Request.parse("kazakhstan", first=None, until=until, full=number == 0)
            do_all(request, ("harvest", "transform"), settings=settings(portal), progress=SilentMeter())
            yield settings(portal), until
            portal.advance(3)


def mapped(bundle, source, settings, as_of, references):
    """Map a bundle anew, as if nothing had been published."""
    facts = {"zone": source.zone, "currency": source.currency, "as_of": as_of, "references": references}
    reading = Reading(**facts, key=settings.pseudonym_key, persons=source.person_numbers)
    process = map_bundle(bundle, country_mapping(source.name), reading, source)[0].process
    return build_state(process, source.language, source.person_numbers).content


def check(settings, until):
    """Hold every process of the store against its releases."""
    source = load_source("kazakhstan", settings)
    as_of = datetime.fromisoformat(until).astimezone(UTC)
    merger, validator = Merger(source.extensions), ReleaseValidator(source.extensions)
    checked = changed = 0
    with Store.open(settings.database_url) as store:
        references = store.references("kazakhstan")
        for year in store.years("kazakhstan"):
            for record, releases in store.history("kazakhstan", year):
                (bundle,) = store.bundles("kazakhstan", [record.process])
                bodies = [json.decode(release.body) for release in releases]
                compiled = merger.compile(bodies)
                assert json.encode(compiled) == record.body
                assert same_state(compiled, mapped(bundle, source, settings, as_of, references)), record.ocid
                assert all(validator.is_valid(body) for body in bodies), record.ocid
                assert len({body["date"] for body in bodies}) == len({body["id"] for body in bodies}) == len(bodies)
                checked += 1
                changed += len(bodies) > 1
    return checked, changed


def test_releases_add_up_to_the_mapped_state_over_ten_rounds(settings):
    for reached, until in rounds(settings, processes=40, seed=11):
        checked, changed = check(reached, until)

    assert checked >= 40
    assert changed >= 5


@pytest.mark.slow
def test_releases_of_many_processes_add_up_to_the_mapped_state_over_ten_rounds(settings):
    for reached, until in rounds(settings, processes=2000, seed=12):
        checked, changed = check(reached, until)

    assert checked >= 2000
    assert changed >= 200
