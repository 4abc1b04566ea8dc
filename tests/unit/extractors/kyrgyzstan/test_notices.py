import json
from datetime import datetime
from pathlib import Path

import pytest

from extractors.base import ShapeError, Window
from extractors.kyrgyzstan import PORTAL
from extractors.kyrgyzstan.notices import Notices, Submissions, Tender, tender
from extractors.kyrgyzstan.values import ZONE, moment

REAL = Path(__file__).parents[5] / "shared/samples/kg/goszakupki_okmot_kg_tenders_db.subset.json"
ID = "6aab6602d5978a4098c1a99a"
WINDOW = Window(first=datetime(2026, 9, 17, tzinfo=ZONE), until=datetime(2026, 9, 18, tzinfo=ZONE))


def listing(window=None, size=50):
    return Notices(name="notices", kind="notice", way="rest", size=size, falling=False, window=window)


def notice(published="2026-09-17 12:33", key=ID):
    return {
        "id": key,
        "name": "Бумага",
        "companyName": "\tШкола",
        "datePublished": published,
        "status": "VERIFIED_PUBLISHED",
    }


def page(*notices, number=0, last=False, total=120):
    return {"content": list(notices), "number": number, "size": 50, "totalElements": total, "last": last}


def test_notices_come_page_by_page():
    read = listing().page(page(notice()))

    assert listing().request("").path == "/api/public_tender/published?first=0&rows=50"
    assert listing().request("3", "rows").path == "/api/public_tender/published?first=150&rows=50"
    assert (read.more, read.following, read.total, read.size) == (True, "1", 120, 50)
    assert listing().key(notice()) == ID


@pytest.mark.parametrize(("number", "path"), [(1, "first=150&rows=50"), (2, "first=3&rows=50")])
def test_what_the_portal_counts_is_found_out_first(number, path):
    opening = listing().opening()
    session = listing().session(page(number=number))

    assert opening.path == "/api/public_tender/published?first=2&rows=2"
    assert listing().request("3", session).path.endswith(path)


def test_a_page_may_tell_its_number_in_its_pageable_only():
    content = page(notice(), number=None) | {"pageable": {"pageNumber": 4}}

    assert listing().page(content).following == "5"


@pytest.mark.parametrize("content", [[], {"content": None}, {"items": []}, {"content": []}, "no"])
def test_what_is_no_page_is_known_as_such(content):
    with pytest.raises(ShapeError):
        listing().page(content)


@pytest.mark.parametrize(
    ("times", "more"),
    [
        (("2026-09-18 10:00", "2026-09-17 00:01"), True),
        (("2026-09-18 10:00", "2026-09-16 23:59"), True),
        (("2026-09-16 23:59", "2026-09-15 10:00"), False),
        (("2026-09-15 10:00", "2026-09-16 23:59"), True),
        (("", "soon"), True),
    ],
)
def test_a_window_ends_at_the_first_page_that_is_older(times, more):
    read = listing(WINDOW).page(page(*(notice(time) for time in times)))

    assert (read.more, read.total, read.size) == (more, None, None)


def test_the_last_page_is_the_end():
    assert listing().page(page(notice(), last=True)).more is False
    assert listing().page(page()).more is False


def test_a_notice_of_the_window_is_followed_to_its_tender_and_bids():
    (detail,) = listing(WINDOW).follow(notice())
    (bids,) = detail.follow({"id": ID, "lots": []})

    assert isinstance(detail, Tender)
    assert isinstance(bids, Submissions)
    assert detail.request("").path == f"/api/public_tender/get/{ID}"
    assert bids.request("").path == f"/api/public_submission/getSubmissionsbyTenderId?tenderId={ID}"
    assert listing(WINDOW).follow(notice("2026-09-01 10:00")) == ()
    assert listing(WINDOW).follow(notice(key="17")) == ()


def test_bids_are_one_document_with_the_tender_s_id():
    (bids,) = tender(ID).follow({"id": ID})
    read = bids.page([{"price": 5}])

    assert read.objects == [{"tenderId": ID, "submissions": [{"price": 5}]}]
    assert bids.key(read.objects[0]) == ID
    with pytest.raises(ShapeError):
        bids.page({"error": "x"})


def test_a_tender_is_kept_as_it_came():
    detail = {"id": ID, "allowOther\u0421urrency": True, "unheardOf": {"x": 1}}
    read = tender(ID).page(detail)

    assert read.objects == [detail]
    assert tender(ID).within(detail) is True
    assert tender(ID).within({"id": "6" * 24}) is False
    with pytest.raises(ShapeError):
        tender(ID).page({"message": "not found"})


@pytest.mark.skipif(not REAL.is_file(), reason="the real notices are not at hand")
def test_twenty_real_notices_are_twenty_processes():
    # The file's writer has renamed the portal's members.
    notices = [
        {
            "id": each["id"].removeprefix("goszakupki:"),
            "name": each["title"],
            "companyName": each["customer"],
            "datePublished": each["published"],
            "dateContest": each["deadline"],
        }
        for each in json.loads(REAL.read_text(encoding="utf-8")).values()
    ]
    read = listing().page(page(*notices, total=20, last=True))
    keys = [listing().key(fields) for fields in read.objects]

    assert len(keys) == len({PORTAL.links("notice", "rest", fields).process for fields in read.objects}) == 20
    assert None not in keys
    for key, fields in zip(keys, notices, strict=True):
        made = datetime.fromtimestamp(int(key[:8], 16), ZONE)
        published = moment(fields["datePublished"])
        assert published is not None
        assert abs((published - made).days) < 30
        assert listing().follow(fields)
