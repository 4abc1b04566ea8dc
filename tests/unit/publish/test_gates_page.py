"""The page of the gates shows what others wrote as text, wherever it stands."""

from publish.gates_page import gates_page

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
