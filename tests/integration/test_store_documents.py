"""Documents: saved by digest, with cursors, wants and what they mark."""

import random
from collections import defaultdict

import pytest

from ocds_pipeline.store import Store
from ocds_schema.outcome import Outcome
from ocds_schema.raw import Bundle, Document, Links
from ocds_schema.run import Cursor, PageCounts
from tests.support.stored import SOURCE, document, run

RUN = run()


def save(store: Store, *documents: Document, pages: int = 1) -> PageCounts:
    return store.save_page(RUN, "lot/all", Cursor(pages=pages), documents)


def test_a_new_store_knows_no_cursor(store: Store) -> None:
    assert store.cursor(RUN, "lot/all") is None


def test_a_cursor_is_kept_as_it_was(store: Store) -> None:
    cursor = Cursor(
        position="/v3/lot?x=1", lowest=7, pages=3, seen=12, kept=11, total=12, state="disputed", note="1 lost"
    )

    store.save_page(RUN, "lot/all", Cursor(), [])
    store.save_page(RUN, "lot/all", cursor, [])

    assert store.cursor(RUN, "lot/all") == cursor
    assert store.cursor(run(2), "lot/all") is None


def test_a_second_harvest_adds_nothing(store: Store) -> None:
    lots = [document("lot", str(number), "buy:1") for number in range(700)]

    first = save(store, *lots)
    second = save(store, *lots)

    assert first == PageCounts(new=700)
    assert second == PageCounts(unchanged=700)


def test_after_taking_stock_the_database_plans_by_what_its_tables_hold(store: Store) -> None:
    save(store, *(document("lot", str(number), "buy:1") for number in range(700)))
    save(store, *(document("lot", str(number), "buy:1", text="amended") for number in range(700)))

    store.take_stock()

    if not store.is_sqlite:
        with store._reading() as connection:
            rows = connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'document'")
            assert rows.scalar_one() == 700


def test_a_changed_body_replaces_the_old_one(store: Store) -> None:
    save(store, document("lot", "1", "buy:1"), document("lot", "2", "buy:1"))

    counts = save(store, document("lot", "1", "buy:1", text="amended"), document("lot", "2", "buy:1"))

    assert counts == PageCounts(changed=1, unchanged=1)
    (bundle,) = store.bundles(SOURCE, ["buy:1"])
    assert [held.fields["text"] for held in bundle.documents] == ["amended", ""]


def test_the_later_of_two_versions_in_a_page_wins(store: Store) -> None:
    counts = save(store, document("lot", "1", "buy:1", text="old"), document("lot", "1", "buy:1", text="new"))

    assert counts == PageCounts(new=1)
    assert store.bundles(SOURCE, ["buy:1"])[0].documents[0].fields["text"] == "new"


def test_a_document_comes_back_as_it_was_given(store: Store) -> None:
    lot = document("lot", "1", "buy:1", family="lot/1", wants=("plan/9", "plan/10"), text="Көмір «А»")
    bare = Document(
        kind="ref_unit",
        way="graphql",
        key="",
        body=b"{}",
        links=Links(process="x"),
        url="",
        retrieved_at=lot.retrieved_at,
    )

    save(store, lot, bare)

    assert store.bundles(SOURCE, ["buy:1", "x"]) == [
        Bundle(source=SOURCE, process="buy:1", documents=(lot,)),
        Bundle(source=SOURCE, process="x", documents=(bare,)),
    ]


def test_the_two_ways_of_one_entity_are_two_documents(store: Store) -> None:
    counts = save(store, document("lot", "1", "buy:1"), document("lot", "1", "buy:1", way="graphql", text="more"))

    assert counts == PageCounts(new=2)
    assert [held.way for held in store.bundles(SOURCE, ["buy:1"])[0].documents] == ["graphql", "rest"]


def test_missing_keys_are_those_held_by_no_way(store: Store) -> None:
    save(store, document("plan", "3", way="graphql"), document("lot", "4"))

    assert store.missing(SOURCE, "plan", ["5", "3", "4", "1"]) == ["5", "4", "1"]
    assert store.missing("kyrgyzstan", "plan", ["3"]) == ["3"]


def test_wanted_keys_come_in_pages_until_they_are_held(store: Store) -> None:
    save(store, document("lot", "1", "buy:1", wants=("plan/10", "plan/9", "plan/8", "file/8")))
    assert store.wanted(SOURCE, "plan", "", 2) == ["10", "8"]
    assert store.wanted(SOURCE, "plan", "8", 2) == ["9"]

    save(store, document("plan", "9", "plan:9"))

    assert store.wanted(SOURCE, "plan", "", 9) == ["10", "8"]


def test_more_keys_than_a_statement_has_room_for_are_looked_up_at_once(store: Store) -> None:
    keys = [str(number) for number in range(40_000)]

    assert store.missing(SOURCE, "plan", keys) == keys


def test_every_key_of_a_run_can_be_listed(store: Store) -> None:
    save(store, document("lot", "2"), document("lot", "1"), pages=1)
    save(store, document("lot", "1"), document("plan", "1", way="graphql"), pages=2)

    assert list(store.seen(RUN)) == [
        ("lot", "rest", "1"),
        ("lot", "rest", "2"),
        ("lot", "rest", "1"),
        ("plan", "graphql", "1"),
    ]


def test_documents_of_one_kind_get_a_dictionary_and_stay_readable(store: Store, store_url: str) -> None:
    text = "капитальный ремонт средней школы "
    lots = [document("lot", str(number), f"buy:{number}", text=f"{text}{number}" * 9) for number in range(2500)]
    for start in range(0, len(lots), 500):
        save(store, *lots[start : start + 500])

    with Store.open(store_url) as another:
        bundles = another.bundles(SOURCE, [f"buy:{number}" for number in range(2500)])

    assert [bundle.documents[0] for bundle in bundles] == lots


def test_numbers_in_keys_are_ordered_by_value(store: Store) -> None:
    keys = ["10", "9", "12-10", "12-2", "a", ""]
    save(store, *(document("lot", key, "buy:1") for key in keys))

    held = store.bundles(SOURCE, ["buy:1"])[0].documents

    assert [lot.key for lot in held] == ["", "9", "10", "12-2", "12-10", "a"]


def test_a_family_is_in_the_bundle_of_each_process_its_members_claim(store: Store) -> None:
    root = document("contract", "5", "buy:1", family="contract/5")
    amendment = document("contract", "6", "contract:5", family="contract/5", wants=("plan/3",))
    plan = document("plan", "3", "plan:3")
    save(store, root, amendment, plan)

    one, other = store.bundles(SOURCE, ["buy:1", "contract:5"])

    assert one.documents == other.documents == (root, amendment, plan)


def test_a_plan_is_wanted_until_nobody_wants_it(store: Store) -> None:
    save(store, document("plan", "3", "plan:3"), document("lot", "1", "buy:1", wants=("plan/3",)))
    assert store.bundles(SOURCE, ["plan:3"])[0].wanted

    save(store, document("lot", "1", "buy:1", text="without a plan"))

    assert not store.bundles(SOURCE, ["plan:3"])[0].wanted


def test_two_documents_may_want_the_same_plan(store: Store) -> None:
    save(store, document("plan", "3", "plan:3"), *(document("lot", key, "buy:1", wants=("plan/3",)) for key in "12"))

    save(store, document("lot", "1", "buy:1", text="without a plan"))

    assert store.bundles(SOURCE, ["plan:3"])[0].wanted


def test_all_processes_can_be_marked(store: Store) -> None:
    save(store, document("lot", "1", "buy:1"), document("lot", "2", "buy:2"), document("ref_unit", "1"))
    store.save_outcomes(RUN, [])

    assert store.mark_all(SOURCE) == 2
    assert store.pending(SOURCE, "", 9) == ["buy:1", "buy:2"]
    assert store.pending(SOURCE, "buy:1", 9) == ["buy:2"]
    assert store.pending_count("kyrgyzstan") == 0


def test_links_are_found_again(store: Store) -> None:
    lots = [document("lot", str(number), "lot:x", wants=("plan/1",)) for number in range(1500)]
    save(store, *lots)

    def links(kind: str, _way: str, fields: dict[str, str]) -> Links:
        return Links(process=f"buy:{int(fields['id']) // 2}", family=f"{kind}/1" if fields["id"] == "1" else None)

    assert store.links_again(SOURCE, links) == 1500
    assert store.links_again(SOURCE, links) == 0
    assert store.wanted(SOURCE, "plan", "", 9) == []
    assert store.pending_count(SOURCE) == 751
    assert [lot.key for lot in store.bundles(SOURCE, ["buy:0"])[0].documents] == ["0", "1"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_changes_every_process_it_reaches_is_marked(store: Store, seed: int) -> None:
    """After each of many random pages the bundles are gathered by hand, from all documents, and compared."""
    chance = random.Random(seed)
    held: dict[tuple[str, str, str], Document] = {}
    processes = [f"buy:{number}" for number in range(4)] + [f"plan:{number}" for number in range(4)]
    before = expected_bundles(held, processes)
    for page in range(25):
        documents = [random_document(chance) for _ in range(chance.randint(1, 5))]
        save(store, *documents, pages=page)
        held |= {(each.kind, each.way, each.key): each for each in documents}
        after = expected_bundles(held, processes)

        assert {bundle.process: bundle for bundle in store.bundles(SOURCE, processes)} == after
        changed = {process for process in processes if after[process] != before[process]}
        assert changed <= set(store.pending(SOURCE, "", 99))
        assert store.wanted(SOURCE, "plan", "", 99) == expected_wanted(held)
        settle(store, store.pending(SOURCE, "", 99))
        before = after


def settle(store: Store, processes: list[str]) -> None:
    store.save_outcomes(RUN, [Outcome(process=each, ocid=None, release=None, record=None) for each in processes])
    assert store.pending_count(SOURCE) == 0


def random_document(chance: random.Random) -> Document:
    kind = chance.choice(["contract", "plan"])
    is_contract = kind == "contract"
    process = chance.choice([*(f"{'buy' if is_contract else 'plan'}:{number}" for number in range(4)), None])
    family = chance.choice([None, f"{kind}/{chance.randint(0, 2)}"]) if is_contract else None
    wants = chance.sample(
        [f"plan/{number}" for number in range(8)], chance.choice([0, 0, 1, 2, 3]) if is_contract else 0
    )
    return document(
        kind,
        str(chance.randint(0, 5)),
        process,
        # Links are made of a document's own fields: where they differ, so does the body.
        text=f"{family} {wants} {chance.randint(0, 3)}",
        family=family,
        wants=tuple(wants),
        way=chance.choice(["rest", "graphql"]),
    )


def expected_wanted(held: dict[tuple[str, str, str], Document]) -> list[str]:
    wants = {want for each in held.values() if each.links.process for want in each.links.wants}
    return sorted(want.partition("/")[2] for want in wants - {f"{kind}/{key}" for kind, _, key in held})


def expected_bundles(held: dict[tuple[str, str, str], Document], processes: list[str]) -> dict[str, Bundle]:
    wanting: defaultdict[str, set[str]] = defaultdict(set)
    for each in held.values():
        for want in each.links.wants if each.links.process else ():
            wanting[want].add(each.links.process or "")
    return {process: expected_bundle(held, process, wanting) for process in processes}


def expected_bundle(held: dict[tuple[str, str, str], Document], process: str, wanting: dict[str, set[str]]) -> Bundle:
    everything = held.values()
    own = [each for each in everything if each.links.process == process]
    families = {each.links.family for each in own} - {None}
    members = [each for each in everything if each in own or each.links.family in families]
    wants = {want for each in members for want in each.links.wants}
    documents = [each for each in everything if each in members or f"{each.kind}/{each.key}" in wants]
    return Bundle(
        source=SOURCE,
        process=process,
        documents=tuple(sorted(documents, key=lambda each: (each.kind, each.way, int(each.key)))),
        wanted=any(wanting.get(f"{each.kind}/{each.key}", set()) - {process} for each in own),
    )
