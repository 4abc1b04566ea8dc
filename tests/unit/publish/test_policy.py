"""The publication policy says what OCDS asks for, to machines and to people, and nothing that could be a trap."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from ocds_pipeline.sources import source_names
from ocds_schema.extensions import PublishedAs, addresses
from ocds_schema.source import Source, read_source
from publish.policy import MACHINE, PAGE, LocalCode, Said, policy, policy_files

PUBLISHED = PublishedAs(base_url="https://example.org", publisher="A publisher", contact="data@example.org")

ASKED = (
    "scope",
    "limits",
    "leftOut",
    "codeTables",
    "addedCodes",
    "extensions",
    "timeliness",
    "origin",
    "formats",
    "licence",
    "contact",
    "changes",
    "personalData",
)
"""What the standard's guidance on publication policies wants to be said."""

SAID = Said(
    left_out=[("trd_buy", "commission", "personal data")],
    tables={"status.csv": [LocalCode(code="210", label="Опубликовано", ocds="active", note="")]},
)
SOURCES = [read_source(name) for name in source_names()]


class Page(HTMLParser):
    """What a page says, and what it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("src") or tag in {"script", "link", "iframe"}:
            self.fetched.append(tag)
        if tag == "a":
            self.links.append(named["href"] or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def made(source: Source) -> dict[str, bytes]:
    return policy_files(policy(source, SAID, addresses(source.extensions, PUBLISHED)))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_everything_that_is_asked_for_is_said_in_two_languages(source):
    body = policy(source, SAID, addresses(source.extensions, PUBLISHED))

    assert [name for name in ASKED if not body[name] and name != "addedCodes"] == []
    texts = [body["scope"]["text"], body["timeliness"]["text"], body["formats"]["text"]]
    texts += [body[name] for name in ("origin", "history", "personalData", "access", "changes")]
    assert all(text["en"] and text["ru"] and text["en"] != text["ru"] for text in texts)
    assert body["testData"] == source.is_test_data


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_page_says_the_same_and_fetches_nothing(source):
    page = Page(made(source)[PAGE].decode())
    words = " ".join(page.words)

    assert page.fetched == []
    for part in (source.title, source.publisher.licence, *source.caveats, "commission", "Опубликовано", "active"):
        assert part in words
    assert source.publisher.uri in page.links
    assert MACHINE in page.links


def test_a_hostile_text_stays_a_text():
    evil = "<script>alert(1)</script>"
    source = replace(SOURCES[0], caveats=(evil,), publisher=replace(SOURCES[0].publisher, uri="javascript:alert(1)"))
    page = Page(made(source)[PAGE].decode())

    assert page.fetched == []
    assert evil in " ".join(page.words)
    assert not any(link.startswith("javascript") for link in page.links)


def test_a_policy_is_the_same_as_long_as_nothing_changes():
    assert made(SOURCES[0]) == made(SOURCES[0])


def test_every_source_names_its_own_policy():
    for source in SOURCES:
        assert source.publisher.policy.endswith(f"/v1/{source.name}/{PAGE}")
