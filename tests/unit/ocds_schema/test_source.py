"""A country's declaration: one portal or several."""

import copy
import tomllib
from importlib import resources

import pytest

from ocds_schema.errors import ConfigurationError
from ocds_schema.source import parse_source


@pytest.fixture
def facts():
    text = resources.files("extractors.kazakhstan").joinpath("source.toml").read_text(encoding="utf-8")
    return copy.deepcopy(tomllib.loads(text))


def test_a_further_portal_has_what_it_does_not_say_from_the_main_one(facts):
    facts["portals"] = {
        "old_site": {"name": "The old site", "base_url": "https://old.example", "token": "", "rate": 0.5}
    }

    source = parse_source("kazakhstan", facts)

    old = source.portals["old_site"]
    assert (old.name, old.base_url, old.token, old.rate) == ("The old site", "https://old.example", "", 0.5)
    assert (old.url, old.contact, old.timeout) == (source.portal.url, source.portal.contact, source.portal.timeout)
    assert source.every_portal == {"": source.portal, "old_site": old}


def test_a_portal_is_asked_once_a_second_if_nothing_else_is_said(facts):
    del facts["portal"]["rate"]

    assert parse_source("kazakhstan", facts).portal.rate == 1.0


@pytest.mark.parametrize("name", ["Old", "old-site", "old site", "_old", ""])
def test_a_portal_s_name_can_stand_in_a_setting(facts, name):
    facts["portals"] = {name: {}}

    with pytest.raises(ConfigurationError, match=r"extractors/kazakhstan/source\.toml: portals"):
        parse_source("kazakhstan", facts)


def test_an_unknown_member_of_a_portal_is_refused(facts):
    facts["portals"] = {"old": {"adress": "https://old.example"}}

    with pytest.raises(ConfigurationError, match="adress"):
        parse_source("kazakhstan", facts)


def test_rates_of_exchange_are_not_in_use_unless_a_source_says_so(facts):
    assert not parse_source("land", facts).rates
    assert parse_source("land", facts | {"quality": {"rates": True}}).rates
    for wrong in ({"rates": "yes"}, {"rate": True}):
        with pytest.raises(ConfigurationError, match="rate"):
            parse_source("land", facts | {"quality": wrong})
