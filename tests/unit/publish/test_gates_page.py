"""The page of the gates shows what others wrote as text, wherever it stands."""

from publish.gates import is_of_verdict
from publish.gates_page import gates_page, maker

VERDICT = {"editionId": "1", "title": "T", "gates": [], "overrides": []}
HOSTILE = '"><script>alert(1)</script>'


def test_what_others_wrote_is_text():
    words = {"en": HOSTILE, "ru": HOSTILE}
    check = dict.fromkeys(("what", "expected", "found", "previous"), HOSTILE) | {"outcome": "fail"}
    gate = {"name": HOSTILE, "outcome": "fail", "title": words, "rule": words, "why": words, "reason": HOSTILE}
    gate |= {"passed": 0, "omitted": 0, "checks": [check]}
    verdict = {"editionId": HOSTILE, "title": HOSTILE, "judgedAs": HOSTILE, "gates": [gate]}
    page = gates_page(verdict | {"overrides": [{"gate": HOSTILE, "by": HOSTILE, "reason": HOSTILE}]})

    assert "alert(1)" in page
    assert "<script" not in page
    assert '"">' not in page


def test_a_page_is_held_against_its_verdict_where_the_same_code_made_it():
    page = gates_page(VERDICT)

    assert is_of_verdict(page.encode(), VERDICT)
    assert not is_of_verdict(page.replace("Gates of", "Doors of").encode(), VERDICT)
    assert not is_of_verdict(page.encode(), VERDICT | {"title": "U"})


def test_a_page_that_was_worded_otherwise_in_its_time_is_not_wrong():
    then = maker().replace(maker()[-18:], '0123456789abcdef">')
    page = gates_page(VERDICT).replace(maker(), then).replace("Gates of", "Doors of")

    assert then != maker()
    assert is_of_verdict(page.encode(), VERDICT)
