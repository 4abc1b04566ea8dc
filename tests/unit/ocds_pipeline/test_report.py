"""A report says in plain words what was done, and what was not."""

from ocds_pipeline.report import report_text

TRANSFORM = {
    "processes": 1200,
    "releases": 1000,
    "unchanged": 100,
    "elsewhere": 75,
    "quarantined": 25,
    "problems": {"unknown_code": 1, "no_announcement": 25},
    "heldBack": [{"process": "lot:1", "ocid": None, "reasons": ["no_announcement: no document names it"]}],
}
LISTING = {
    "listing": "contract/all",
    "state": "disputed",
    "note": "the portal says 7, and 5 came",
    "kept": 5,
    "total": 7,
}
HARVEST = {
    "objects": 1005,
    "requests": 12,
    "documents": {"new": 1000, "changed": 5, "unchanged": 0},
    "listings": [LISTING],
    "outstanding": [LISTING | {"asOf": "2026-11-01T00:00:00+00:00"}],
    "window": None,
    "problems": {},
}


def text(**steps):
    return report_text({"source": "kazakhstan", "run": "r-1", "asOf": "2026-11-01T00:00:00+00:00", "steps": steps})


def test_quarantined_processes_are_named_with_their_reasons():
    said = text(transform=TRANSFORM)

    assert "QUARANTINED     lot:1: no_announcement: no document names it" in said
    assert "and 24 more" in said


def test_figures_have_separators_and_problems_come_by_number():
    said = text(transform=TRANSFORM)

    assert "mapped 1,200 processes: 1,000 new releases" in said
    assert said.index("no_announcement\n") < said.index("unknown_code")


def test_a_listing_that_does_not_agree_is_said():
    assert "NOT RECONCILED  contract/all: the portal says 7, and 5 came" in text(harvest=HARVEST)


def test_an_outstanding_full_harvest_is_said_by_windows():
    window = HARVEST | {"window": {"first": "a", "until": "b"}, "listings": []}

    assert "OUTSTANDING     contract/all" in text(harvest=window)
    assert "OUTSTANDING" not in text(harvest=HARVEST)
