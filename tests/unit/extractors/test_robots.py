"""What robots.txt allows: the longest rule decides, for us by name or else for everybody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.robots import Rule, Rules, read_rules

AGENT = "ocds-pipeline/1.2 (+mailto:data@example.org)"


def forbidden(text, path, agent=AGENT):
    rule = read_rules(text, agent).against(path)
    return str(rule) if rule else ""


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("", "/anything", ""),
        ("<html><body>not found</body></html>", "/anything", ""),
        ("User-agent: *\nDisallow:", "/anything", ""),
        ("User-agent: *\nDisallow: /", "/anything", "Disallow: /"),
        ("User-agent: *\nDisallow: /", "/robots.txt", ""),
        ("user-AGENT : *\nDISALLOW:/popp # private", "/popp/view?id=1", "Disallow: /popp"),
        ("User-agent: *\nDisallow: /popp/\nAllow: /popp/view", "/popp/view/order", ""),
        ("User-agent: *\nAllow: /popp/v\nDisallow: /popp/view/", "/popp/view/1", "Disallow: /popp/view/"),
        ("User-agent: *\nAllow: /page\nDisallow: /page", "/page", ""),
        ("User-agent: *\nDisallow: /*.pdf$", "/file/1.pdf", "Disallow: /*.pdf$"),
        ("User-agent: *\nDisallow: /*.pdf$", "/file/1.pdf?x=1", ""),
        ("User-agent: *\nDisallow: /*tab=lots", "/announce/7?tab=lots", "Disallow: /*tab=lots"),
        ("User-agent: *\nDisallow: /a$", "/a", "Disallow: /a$"),
        ("User-agent: *\nDisallow: /a$", "/ab", ""),
        ("User-agent: *\nDisallow: *", "/x", "Disallow: *"),
        ("User-agent: *\nDisallow: /закупки", "/%D0%B7%D0%B0%D0%BA%D1%83%D0%BF%D0%BA%D0%B8/1", "Disallow: /закупки"),
        ("User-agent: *\nDisallow: /%7Ea%2fb", "/~a%2Fb", "Disallow: /%7Ea%2fb"),
        ("User-agent: *\nDisallow: /%7Ea%2fb", "/~a/b", ""),
        ("Disallow: /", "/x", ""),
        ("User-agent: *\nDisallow: popp", "/popp", ""),
        ("User-agent: other\nDisallow: /", "/x", ""),
        ("User-agent: OCDS-Pipeline/9\nDisallow: /x\n\nUser-agent: *\nDisallow: /", "/y", ""),
        ("User-agent: OCDS-Pipeline\nDisallow: /x\nUser-agent: *\nDisallow: /", "/x", "Disallow: /x"),
        ("User-agent: *\nDisallow: /\nUser-agent: ocds-pipeline\nDisallow:", "/x", ""),
        ("User-agent: a\nUser-agent: ocds-pipeline\nSitemap: /s\nDisallow: /x", "/x", "Disallow: /x"),
        ("User-agent: *\nDisallow: /x\nUser-agent: *\nDisallow: /y", "/y", "Disallow: /y"),
        ("\ufeffUser-agent: *\r\nDisallow: /x\r\n", "/x", "Disallow: /x"),
    ],
)  # fmt: skip
def test_the_longest_rule_for_us_or_for_everybody_decides(text, path, rule):
    assert forbidden(text, path) == rule


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0),
        ("User-agent: *\nCrawl-delay: 2.5\nDisallow: /x", 2.5),
        ("User-agent: other\nCrawl-delay: 5", 0.0),
        ("User-agent: *\nCrawl-delay: -5", 0.0),
        ("User-agent: *\nCrawl-delay: soon", 0.0),
    ],
)
def test_a_delay_is_read_where_it_is_one(text, delay):
    assert read_rules(text, AGENT).delay == delay


def test_many_stars_take_no_time():
    rule = Rule(is_allowed=False, pattern="/" + "*a" * 500 + "$")

    assert not rule.fits("/" + "a" * 8000 + "b")
    assert rule.fits("/" + "a" * 8000)


@given(pattern=st.text("ab/*$", max_size=8), path=st.text("ab/$", max_size=10))
def test_a_pattern_fits_what_the_same_regular_expression_fits(pattern, path):
    head = pattern.removesuffix("$")
    expression = ".*".join(map(re.escape, head.split("*"))) + (r"\Z" if pattern.endswith("$") else "")

    assert Rule(is_allowed=False, pattern=pattern).fits(path) == (re.match(expression, path) is not None)


@given(st.text(max_size=300) | st.text("User-agent: *\nDisallow/\r#%0", max_size=300), st.text(max_size=30))
def test_any_text_is_read(text, path):
    rules = read_rules(text, AGENT)

    assert isinstance(rules, Rules)
    rules.against(path)
