"""The harvest of Kazakhstan against a small portal on loopback, whole and broken in the ways seen in the wild."""

import copy
import json
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from warcio.archiveiterator import ArchiveIterator

from extractors.archive import read_record
from extractors.base import Window
from ocds_schema.errors import PortalChangedError, PortalRefusedError, PortalUnavailableError
from ocds_schema.run import Run
from tests.support.goszakup import Goszakup, broken_off, run_harvest
from tests.support.harvest_store import FolderStorage, MemoryStore
from tests.support.web import Reply

ALMATY = ZoneInfo("Asia/Almaty")
WEEK = Window(first=datetime(2026, 11, 1, tzinfo=ALMATY), until=datetime(2026, 11, 8, tzinfo=ALMATY))
INSIDE = "2026-11-03 12:00:00"
BEFORE = "2026-10-03 12:00:00"
BUYS = "TrdBuy lastUpdateDate 2026-11-01T00:00:00/2026-11-08T00:00:00"
LOTS = BUYS.replace("TrdBuy", "Lots")


class Place:
    def __init__(self, folder):
        self.now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        self.run = Run(id="20261120T100000Z", source="kazakhstan", as_of=self.now)
        self.spool = folder / "spool"
        self.storage = FolderStorage(folder / "storage")
        self.store = MemoryStore()

    def keys(self, kind, way="graphql"):
        return sorted((key for held, how, key in self.store.bodies() if (held, how) == (kind, way)), key=int)

    def answers(self):
        found = []
        for segment in self.store.segments(self.run):
            with (self.storage.folder / segment.name).open("rb") as file:
                found += [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
        return found


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def lots(count, top=1000, date=INSIDE):
    return [
        {"id": number, "trdBuyId": 500, "pointList": [number * 10], "lastUpdateDate": date}
        for number in range(top, top - count, -1)
    ]


def small_portal(**settings):
    return Goszakup(
        {
            "TrdBuy": [
                {"id": 502, "numberAnno": "502-1", "refBuyStatusId": 220, "lastUpdateDate": INSIDE},
                {"id": 500, "numberAnno": "500-1", "refBuyStatusId": 350, "lastUpdateDate": "2026-11-01 00:00:00"},
                {"id": 400, "numberAnno": "400-1", "refBuyStatusId": 350, "lastUpdateDate": BEFORE},
            ],
            "Lots": [*lots(7), *lots(3, top=500, date=BEFORE)],
            "Contract": [
                {"id": 90, "rootId": 90, "lastUpdateDate": INSIDE, "indexDate": INSIDE, "ContractUnits": None},
                {"id": 80, "lastUpdateDate": BEFORE, "indexDate": INSIDE, "ContractUnits": [{"plnPointId": 77}]},
                {"id": 70, "lastUpdateDate": BEFORE, "indexDate": BEFORE},
            ],
            "TrdApp": [
                {"id": 33, "buyId": 400, "dateApply": "2026-11-02 15:30:24.884000"},
                {"id": 32, "buyId": 500, "dateApply": BEFORE},
                {"id": 31, "buyId": 502, "dateApply": BEFORE},
            ],
            "Plans": [{"id": number * 10, "rootrecordId": 1} for number in range(1000, 990, -1)],
            "contract": [{"id": 90, "root_id": 90, "trd_buy_id": 0}, {"id": "80", "root_id": "80", "trd_buy_id": 500}],
            "lot": [{"id": 1000, "trd_buy_id": 500, "point_list": ["10000"]}],
        },
        **settings,
    )


def listing(report, name):
    return next(each for each in report.listings if each.listing == name)


def once(matches, other):
    """Give a fault that meets the first request that `matches`."""
    left = [True]

    def fault(asked, reply):
        if left and matches(asked):
            left.clear()
            return other(reply)
        return reply

    return fault


def asks(root, after=None):
    def matches(asked):
        if asked.method != "POST" or f"{{ {root}(" not in asked.json["query"]:
            return False
        return after is None or asked.json["variables"].get("after") == after

    return matches


def test_a_window_brings_what_changed_in_it_and_what_that_refers_to(place):
    portal = small_portal()
    pages = []

    report = run_harvest(portal, place, WEEK, on_page=lambda name, cursor: pages.append((name, cursor.kept)))

    assert place.keys("trd_buy") == ["500", "502"]
    assert place.keys("lot") == [str(number) for number in range(994, 1001)]
    assert place.keys("contract") == ["80", "90"]
    assert place.keys("trd_app") == ["32", "33"]
    assert place.keys("plan") == [str(number * 10) for number in range(994, 1001)]
    assert [(each.state, each.seen, each.kept, each.total) for each in report.listings] == [
        ("done", 2, 2, 2),
        ("done", 7, 7, 7),
        ("done", 1, 1, 1),
        ("done", 2, 2, 2),
        ("done", 1, 1, 1),
        ("done", 7, 7, 8),
        ("done", 0, 0, 0),
    ]
    assert listing(report, "Plans wanted").note == "1 of 8 asked for by id did not come"
    assert report.documents.new == 20
    assert pages[0] == (BUYS, 2)
    assert portal.asked_for[0] == (
        "TrdBuy",
        {"limit": 200, "filter": {"lastUpdateDate": ["2026-11-01 00:00:00", "2026-11-08 00:00:00"]}},
    )
    assert next(filters["filter"] for root, filters in portal.asked_for if root == "TrdApp") == {"buyId": 500}


def test_every_document_can_be_traced_to_its_answer(place):
    run_harvest(small_portal(), place, WEEK)

    document = place.store.documents["kazakhstan", "lot", "graphql", "1000"]
    with (place.storage.folder / document.location.segment).open("rb") as segment:
        assert b'"id": 1000' in read_record(segment, document.location.offset)
    assert document.links.process == "buy:500"
    assert document.retrieved_at == place.now


def test_everything_is_read_by_rest_and_what_has_files_also_by_graphql(place):
    report = run_harvest(small_portal(refs={"ref_units": [{"code": "796"}, {"code": "006"}]}), place)

    assert place.keys("contract", "rest") == ["80", "90"]
    assert place.keys("contract", "graphql") == ["70", "80", "90"]
    assert place.keys("lot", "rest") == ["1000"]
    assert place.keys("ref_units", "rest") == ["006", "796"]
    assert place.keys("ref_subject_type", "rest") == ["1", "2", "3"]
    assert "1000" in place.keys("lot", "graphql")
    assert "500" in place.keys("trd_buy", "graphql")
    assert "10000" in place.keys("plan", "graphql")
    missing = listing(report, "refs/ref_kato")
    assert (missing.state, missing.note) == ("done", "the portal has no such page: 404 Справочник не найден")
    assert report.disputed == ()


def test_a_second_harvest_adds_nothing(place):
    run_harvest(small_portal(), place, WEEK)
    again = Run(id="20261121T100000Z", source="kazakhstan", as_of=place.now)

    report = run_harvest(small_portal(), place, WEEK, run=again)

    assert (report.documents.new, report.documents.changed) == (0, 0)
    assert not report.resumed
    place.run = again
    # Only the plan point that the portal does not have is asked for in other words, and its answer is new.
    assert set(place.answers()) == {"warcinfo", "revisit", "request", "response"}


def test_pages_follow_one_another_to_the_end(place):
    report = run_harvest(small_portal(graphql_size=2, rest_size=1), place, WEEK)

    assert place.keys("lot") == [str(number) for number in range(994, 1001)]
    cut = listing(report, LOTS)
    assert (cut.state, cut.pages) == ("done", 4)
    assert cut.note == "4 × page of 2 objects where 200 were asked for"
    assert place.keys("plan") == [str(number * 10) for number in range(994, 1001)]


@pytest.mark.parametrize("quirk", ["slash", "versionless", "absolute", "null", "missing"])
def test_next_page_is_followed_whatever_its_form(place, quirk):
    portal = small_portal(rest_size=1)

    def fault(asked, reply):
        if not isinstance(reply, dict) or "items" not in reply:
            return reply
        following = reply["next_page"]
        if following and quirk == "slash":
            reply["next_page"] = following.replace("?", "/?")
        elif following and quirk == "versionless":
            reply["next_page"] = following.removeprefix("/v3")
        elif following and quirk == "absolute":
            reply["next_page"] = f"http://{asked.headers['Host']}{following}"
        elif not following and quirk == "null":
            reply["next_page"] = None
        elif not following and quirk == "missing":
            del reply["next_page"]
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place)

    assert place.keys("contract", "rest") == ["80", "90"]
    assert report.disputed == ()


def test_a_next_page_on_another_host_is_not_asked(place):
    portal = small_portal(rest_size=1)

    def fault(asked, reply):
        if asked.path == "/v3/contract/all":
            reply["next_page"] = "https://elsewhere.example/v3/contract/all"
        return reply

    portal.faults.append(fault)
    with pytest.raises(PortalChangedError, match="leads away"):
        run_harvest(portal, place)


def test_a_page_that_repeats_is_read_on_and_counted_once(place):
    portal = small_portal(graphql_size=2)
    first = []

    def fault(asked, reply):
        if asks("Lots")(asked):
            first.append(copy.deepcopy(reply))
            if len(first) == 2:
                return first[0]
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place, WEEK)

    assert place.keys("lot") == [str(number) for number in range(994, 1001)]
    assert (listing(report, LOTS).state, listing(report, LOTS).kept, listing(report, LOTS).seen) == ("done", 7, 9)


def test_a_cursor_that_does_not_move_ends_the_listing_and_is_said(place):
    portal = small_portal(graphql_size=2)
    frozen = []

    def fault(asked, reply):
        if asks("Lots")(asked):
            frozen.append(reply)
            return frozen[0]
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place, WEEK)

    stuck = listing(report, LOTS)
    assert stuck.state == "disputed"
    assert stuck.note == (
        "1 × page after which the portal gave no way on; 4 × page of 2 objects where 200 were asked for; "
        "2 × reading from the start again, because the total did not agree; "
        "the portal claims 7, 2 came: 5 are missing"
    )
    assert len(frozen) == 12
    assert place.keys("trd_buy") == ["500", "502"]


def test_pages_in_a_circle_come_to_an_end(place):
    portal = small_portal()
    asked_for = []

    def fault(asked, reply):
        if asked.path.rstrip("/") == "/v3/lots":
            asked_for.append(asked.target)
            reply["next_page"] = f"/v3/lots?limit=500&search_after={'1000' if len(asked_for) % 2 else '2000'}"
            reply["items"] = [{"id": 1000}]
        return reply

    portal.faults.append(fault)
    portal.rows["lot"] = [{"id": 2000}, {"id": 1000}]
    report = run_harvest(portal, place)

    assert listing(report, "lots").state == "disputed"
    assert "nothing new" in listing(report, "lots").note
    assert len(asked_for) < 30


def test_an_ignored_filter_is_noticed_and_ends_the_listing(place):
    portal = small_portal(graphql_size=4)
    portal.rows["Lots"] = [*lots(4), *lots(400, top=500, date=BEFORE)]

    def fault(asked, reply):
        if asks("Lots")(asked):
            body = asked.json
            del body["variables"]["filter"]
            return portal._graphql(body)
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place, WEEK)

    ignored = listing(report, LOTS)
    assert ignored.state == "disputed"
    assert ignored.note.endswith(
        "the portal ignored the filter: all 4 objects of page 2 are dated outside what was asked for"
    )
    assert ignored.pages == 2


@pytest.mark.parametrize(
    ("date", "state", "words"),
    [
        (BEFORE, "disputed", "the portal did not keep to the filter: 3 of 7 objects were not asked for"),
        ("2026-11-08 00:00:07", "done", "3 × object that changed past what was asked for while it was read"),
    ],
)
def test_a_filter_ignored_on_a_mixed_page_is_disputed_but_not_what_changed_meanwhile(place, date, state, words):
    portal = small_portal()

    def fault(asked, reply):
        if asks("Lots")(asked):
            for lot in reply["data"]["Lots"][4:]:
                lot["lastUpdateDate"] = date
        return reply

    portal.rows["Lots"] = lots(7)
    portal.faults.append(lambda asked, reply: fault(asked, copy.deepcopy(reply)))
    report = run_harvest(portal, place, WEEK)

    assert (listing(report, LOTS).state, listing(report, LOTS).kept) == (state, 7)
    assert listing(report, LOTS).note.endswith(words)


def test_records_that_came_up_while_reading_explain_a_total(place):
    portal = small_portal(graphql_size=2)
    seen = []

    def fault(asked, reply):
        if asks("Lots")(asked):
            seen.append(asked)
            reply["extensions"]["pageInfo"]["totalCount"] += len(seen) // 2
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place, WEEK)

    moved = listing(report, LOTS)
    assert (moved.state, moved.kept, moved.total) == ("done", 7, 7)
    assert moved.note.endswith("the total moved from 7 to 9 while it was read, 7 came")


def test_a_total_that_does_not_agree_is_read_again_once(place):
    portal = small_portal()
    portal.faults.append(once(asks("Lots"), lambda reply: reply | {"data": {"Lots": reply["data"]["Lots"][:3]}}))

    report = run_harvest(portal, place, WEEK)

    settled = listing(report, LOTS)
    assert (settled.state, settled.kept, settled.total) == ("done", 7, 7)
    assert "reading from the start again" in settled.note


def test_a_total_that_never_agrees_is_disputed_with_its_figures(place):
    portal = small_portal()

    def fault(asked, reply):
        if asked.path == "/v3/contract/all":
            reply["total"] = 7_237_966
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place)

    disputed = listing(report, "contract/all")
    assert (disputed.state, disputed.kept) == ("disputed", 2)
    assert disputed.note.endswith("the portal claims 7237966, 2 came: 7237964 are missing")
    assert [each.listing for each in report.disputed] == ["contract/all"]
    assert place.keys("contract", "rest") == ["80", "90"]


@pytest.mark.parametrize(("came", "words"), [(None, "0 came: 100 are missing"), (50, "50 came: 50 are missing")])
def test_a_list_that_lacks_what_its_total_claims_is_disputed_with_its_figures(place, came, words):
    portal = small_portal()
    portal.rows["contract"] = [{"id": number} for number in range(100, 0, -1)]
    portal.faults.append(
        lambda asked, reply: (
            reply | {"items": reply["items"][:came] if came else None} if asked.path == "/v3/contract/all" else reply
        )
    )

    report = run_harvest(portal, place)

    assert listing(report, "contract/all").state == "disputed"
    assert listing(report, "contract/all").note.endswith(f"the portal claims 100, {words}")


def test_a_null_list_is_an_empty_page(place):
    portal = small_portal()
    portal.rows["Lots"] = []

    def fault(asked, reply):
        if asks("Lots")(asked):
            return reply | {"data": {"Lots": None}}
        if asked.path == "/v3/trd-app":
            return reply | {"items": None}
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place, WEEK)

    assert (listing(report, LOTS).state, listing(report, LOTS).kept) == ("done", 0)


def test_an_object_without_a_usable_id_is_counted_and_kept_in_the_archive(place):
    portal = small_portal()
    portal.rows["contract"] = [{"id": 90}, {"id": None, "root_id": 5}, {"id": 0}, {"id": "80"}]

    report = run_harvest(portal, place)

    assert place.keys("contract", "rest") == ["80", "90"]
    assert listing(report, "contract/all").state == "done"
    assert dict(report.problems)["object without a usable id, kept in the archive only"] == 2


@pytest.mark.parametrize(
    "broken",
    [
        broken_off,
        lambda _: Reply(b"<html>Bad gateway</html>"),
        lambda _: Reply({}, 500),
        lambda _: Reply({}, 429, {"Retry-After": "1"}),
        lambda reply: Reply(reply, cut=3),
    ],
)
def test_one_broken_answer_changes_nothing(place, broken):
    portal = small_portal(graphql_size=2)
    portal.faults.append(once(asks("Lots", after=997), broken))

    report = run_harvest(portal, place, WEEK)

    assert place.keys("lot") == [str(number) for number in range(994, 1001)]
    assert report.traffic.retries == 1
    assert report.disputed == ()


def test_a_bad_token_is_told_from_missing_data(place):
    def invalid_route(asked):
        return Reply(b"Invalid Route", 404)

    with pytest.raises(PortalRefusedError, match="Ask the portal for a token"):
        run_harvest(invalid_route, place, WEEK)
    portal = small_portal()
    del portal.refs["ref_subject_type"]
    with pytest.raises(PortalRefusedError, match="always there"):
        run_harvest(portal, place, WEEK)


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"status": "error"}, "`data.Lots` is due"),
        ({"data": None}, "`data.Lots` is due"),
        ({"data": {"Lots": "none"}, "extensions": {"pageInfo": {"hasNextPage": False}}}, "a list is due"),
        ({"data": {"Lots": []}}, "hasNextPage"),
        ({"errors": [{"message": 'Cannot query field "x" on type "Lots".'}]}, "Cannot query field"),
        ([], "an object is due"),
        (Reply({"errors": [{"message": "Syntax Error"}]}, 400), "400.*Syntax Error"),
    ],
)
def test_an_answer_of_unknown_shape_is_kept_and_stops_the_harvest(place, odd, words):
    portal = small_portal()
    portal.faults.append(lambda asked, reply: odd if asks("Lots")(asked) else reply)

    with pytest.raises(PortalChangedError, match=words) as caught:
        run_harvest(portal, place, WEEK)

    assert str(caught.value).startswith(f"{LOTS}: ")
    (kept,) = [each for each in place.store.segments(place.run) if "/lot-" in each.name]
    assert kept.name in str(caught.value)
    offset = int(str(caught.value).rpartition(" ")[2])
    with (place.storage.folder / kept.name).open("rb") as segment:
        assert read_record(segment, offset) == (odd if isinstance(odd, Reply) else Reply(odd)).payload()


UNREADABLE = b'{"total": 2, "items": [' + b"[" * 3000 + b"]" * 3000 + b"]}"


def kept_answer(place, message):
    """Give the body of the answer that an error's text points to."""
    name, offset = re.search(r"is kept in (\S+) at offset (\d+)", message).groups()
    with (place.storage.folder / name).open("rb") as segment:
        return read_record(segment, int(offset))


def test_an_unreadable_answer_that_comes_again_is_kept_and_stops_the_harvest(place):
    portal = small_portal()
    portal.faults.append(lambda asked, reply: Reply(UNREADABLE) if asked.path == "/v3/contract/all" else reply)

    with pytest.raises(PortalChangedError, match=r"^contract/all: GET .* not JSON") as caught:
        run_harvest(portal, place, attempts=6)

    assert kept_answer(place, str(caught.value)) == UNREADABLE


@pytest.mark.parametrize("last", [Reply(b"<html>Bad gateway"), Reply(b"down", 503), Reply(b'{"items": [1,')])
def test_the_last_unusable_answer_is_kept_before_the_harvest_gives_up(place, last):
    portal = small_portal()
    portal.faults.append(lambda asked, reply: last if asked.path == "/v3/contract/all" else reply)

    with pytest.raises(PortalUnavailableError, match="2 attempts") as caught:
        run_harvest(portal, place)

    assert kept_answer(place, str(caught.value)) == last.body


def test_answers_that_are_not_quite_json_are_read_counted_and_kept_as_they_came(place):
    portal = small_portal()
    portal.rows["contract"][0] |= {"contract_sum": 1120, "supplier": "ТОО"}
    came = []

    def fault(asked, reply):
        if asked.path != "/v3/contract/all":
            return reply
        body = json.dumps(reply).encode().replace(b"1120", b"NaN").replace(rb"\u0422", rb"\ud800\u0422\ud800")
        came.append(body)
        return Reply(body)

    portal.faults.append(fault)
    report = run_harvest(portal, place)

    document = place.store.documents["kazakhstan", "contract", "rest", "90"]
    assert (document.fields["contract_sum"], document.fields["supplier"]) == ("NaN", "\ufffdТ\ufffdОО")
    with (place.storage.folder / document.location.segment).open("rb") as segment:
        assert [read_record(segment, document.location.offset)] == came
    assert listing(report, "contract/all").state == "done"
    assert listing(report, "contract/all").note == (
        "2 × answers mended: half a character, replaced; "
        "1 × answers mended: number that JSON does not know, kept as text"
    )
    assert dict(report.problems)["answers mended: half a character, replaced"] == 2


@pytest.mark.parametrize(
    ("root", "name", "state"), [("TrdApp", BUYS, "done"), ("Plans", "Plans wanted", "done"), ("Lots", LOTS, "done")]
)
def test_what_was_mended_in_bids_and_in_what_was_wanted_is_counted_too(place, root, name, state):
    portal = small_portal()
    for row in portal.rows[root]:
        row["price"] = 1120

    def fault(asked, reply):
        only_bids_of_one = root != "TrdApp" or (asks(root)(asked) and "buyId" in asked.json["variables"]["filter"])
        if asks(root)(asked) and only_bids_of_one:
            return Reply(json.dumps(reply).encode().replace(b"1120", b"NaN"))
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place, WEEK)

    assert listing(report, name).state == state
    assert "answers mended: number that JSON does not know, kept as text" in listing(report, name).note


def test_graphql_errors_are_told_apart(place):
    refused = small_portal()
    refused.faults.append(
        lambda asked, reply: {"errors": [{"message": "Token expired"}]} if asks("Lots")(asked) else reply
    )
    with pytest.raises(PortalRefusedError, match=r"Token expired.*Ask the portal for a token"):
        run_harvest(refused, place, WEEK)

    failed = small_portal()
    failed.faults.append(
        lambda asked, reply: {"errors": [{"message": "Internal server error"}]} if asks("Lots")(asked) else reply
    )
    with pytest.raises(PortalUnavailableError, match="Internal server error"):
        run_harvest(failed, place, WEEK)


def test_a_harvest_that_broke_off_goes_on_where_it_stopped(place):
    portal = small_portal(graphql_size=2)
    portal.faults.append(lambda asked, reply: Reply({}, 500) if asks("Lots", after=997)(asked) else reply)
    with pytest.raises(PortalUnavailableError):
        run_harvest(portal, place, WEEK)
    portal.faults.clear()
    portal.asked_for.clear()

    report = run_harvest(portal, place, WEEK)

    assert report.resumed
    assert portal.asked_for[0][0] == "Lots"
    assert portal.asked_for[0][1]["after"] == 997
    assert listing(report, LOTS).kept == 7
    assert listing(report, BUYS).kept == 2
    assert report.disputed == ()


@pytest.mark.parametrize("window", [WEEK, None])
def test_a_killed_harvest_ends_with_the_same_documents(tmp_path, window):
    def portal():
        return small_portal(graphql_size=2, rest_size=1, refs={"ref_units": [{"code": "796"}, {"code": "006"}]})

    (tmp_path / "undisturbed").mkdir()
    calm = Place(tmp_path / "undisturbed")
    expected = run_harvest(portal(), calm, window)
    kills = calm.store.saved_pages
    for killed_at in range(1, kills + 1, 1 if window else 5):
        folder = tmp_path / str(killed_at)
        folder.mkdir()
        place = Place(folder)
        place.store.fail_at = killed_at
        with pytest.raises(KeyboardInterrupt):
            run_harvest(portal(), place, window)
        place.store.fail_at = None

        report = run_harvest(portal(), place, window)

        assert place.store.bodies() == calm.store.bodies()
        assert [each.to_json() for each in report.listings] == [each.to_json() for each in expected.listings]
        assert report.problems == expected.problems
        assert not [path for path in place.spool.rglob("*") if path.is_file()]
        for document in place.store.documents.values():
            assert (place.storage.folder / document.location.segment).exists()


def test_bids_that_do_not_agree_with_their_total_are_said(place):
    portal = small_portal()

    def fault(asked, reply):
        if asks("TrdApp")(asked) and "buyId" in asked.json["variables"]["filter"]:
            reply["extensions"]["pageInfo"]["totalCount"] = 9
        return reply

    portal.faults.append(fault)
    report = run_harvest(portal, place, WEEK)

    assert listing(report, BUYS).note == "1 × listing of a single object's parts that does not agree with its total"
    assert "32" in place.keys("trd_app")


def test_plan_points_that_were_not_asked_for_are_noticed(place):
    portal = small_portal()
    portal.faults.append(
        once(asks("Plans"), lambda reply: reply | {"data": {"Plans": [{"id": 1}, {"id": 2}, {"id": 3}]}})
    )

    report = run_harvest(portal, place, WEEK)

    assert listing(report, "Plans wanted").state == "disputed"
    assert "3 × object that was not asked for" in listing(report, "Plans wanted").note


def test_a_trial_is_broken_off_after_so_many_objects(place):
    report = run_harvest(small_portal(graphql_size=2), place, WEEK, limit=3)

    assert listing(report, LOTS).kept == 4
    assert listing(report, LOTS).note.endswith("broken off after 4 objects, as was asked")


def test_the_report_is_json(place):
    report = run_harvest(small_portal(), place, WEEK).to_json()

    assert report["window"] == {"first": "2026-11-01T00:00:00+05:00", "until": "2026-11-08T00:00:00+05:00"}
    assert report["documents"] == {"new": 20, "changed": 0, "unchanged": 1}
    assert report["disputed"] == []
    assert {"name", "records", "bytes", "sha256"} == set(report["segments"][0])
    assert report["requests"] == 8


def subjects(*pids):
    return [{"pid": pid, "bin": "120540000033", "nameRu": f"ТОО «{pid}»"} for pid in pids]


def test_everything_brings_the_subjects_page_by_page(place):
    portal = small_portal(graphql_size=2)
    portal.rows["Subjects"] = subjects(900, 801, 77, 12, 3)

    report = run_harvest(portal, place)

    assert place.keys("subject") == ["3", "12", "77", "801", "900"]
    assert (listing(report, "Subjects").state, listing(report, "Subjects").pages) == ("done", 3)
    asked = [filters.get("after") for root, filters in portal.asked_for if root == "Subjects"]
    assert asked == [None, 801, 12]


def test_a_window_brings_the_subjects_that_its_bids_do_not_name(place):
    portal = small_portal()
    portal.rows["Subjects"] = subjects(900, 801, 77)
    portal.rows["TrdApp"][0] |= {"supplierId": 801, "Supplier": None}
    portal.rows["TrdApp"][1] |= {"supplierId": 900, "Supplier": {"nameRu": "ТОО «Мебель»"}}

    report = run_harvest(portal, place, WEEK)

    assert place.keys("subject") == ["801"]
    assert listing(report, "Subjects wanted").total == 1


@pytest.mark.parametrize("held", [(), (12,)])
def test_subjects_that_the_portal_does_not_list_are_no_dispute(place, held):
    portal = small_portal()
    portal.rows["Subjects"] = subjects(*held)
    portal.rows["trd_app"] = [{"id": 33, "buy_id": 400, "supplier_id": 801}]

    report = run_harvest(portal, place)

    assert place.keys("subject") == [str(pid) for pid in held]
    assert [listing(report, name).state for name in ("Subjects", "Subjects wanted")] == ["done", "done"]
    assert listing(report, "Subjects wanted").note == "1 of 1 asked for by id did not come"
