"""What becomes of bundles over time: the golden cases say what is in a first release."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ocds_schema import json
from ocds_schema.deletions import is_bare
from ocds_schema.errors import ConfigurationError
from ocds_schema.outcome import Outcome
from ocds_schema.raw import Document
from ocds_schema.release import Record
from tests.support.kazakh_bundles import CONTEXT, bundle, document
from transformers.compiled import Merger
from transformers.difference import same_state
from transformers.outcome import Context, country_mapping, transform_bundle

BIN = "101140000017"
FIRM = "120540000033"


def announcement(**changed: Any) -> Document:
    fields = {
        "id": 7,
        "number_anno": "7-1",
        "name_ru": "Парты",
        "ref_buy_status_id": 220,
        "customer_bin": BIN,
        "index_date": "2026-03-01 10:00:00",
    }
    return document("trd_buy", fields | changed)


def contract(key: int, root: int, buy: int, **changed: Any) -> Document:
    fields = {
        "id": key,
        "root_id": root,
        "trd_buy_id": buy,
        "ref_contract_status_id": 190,
        "ref_contract_type_id": 1 if key == root else 2,
        "supplier_biin": FIRM,
        "contract_sum_wnds": 100,
        "contract_sum": 90,
        "index_date": "2026-03-05 10:00:00",
    }
    return document("contract", fields | changed)


def transform(process: str, documents: Sequence[Document], previous: Record | None = None, **flags: bool) -> Outcome:
    return transform_bundle(bundle(process, documents, published=previous is not None, **flags), previous, CONTEXT)


def told(outcome: Outcome) -> Any:
    assert outcome.record is not None
    return json.decode(outcome.record.body)


def test_a_second_mapping_of_the_same_documents_gives_no_release() -> None:
    first = transform("buy:7", [announcement()])

    second = transform("buy:7", [announcement()], first.record)

    assert (second.release, second.record) == (None, first.record)


def test_bookkeeping_of_the_portal_is_no_change() -> None:
    first = transform("buy:7", [announcement()])

    second = transform("buy:7", [announcement(index_date="2026-04-01 10:00:00", system_id=3)], first.record)

    assert second.release is None


def test_a_change_gives_one_release_that_is_later_and_keeps_the_year() -> None:
    first = transform("buy:7", [announcement(index_date="2025-12-31 10:00:00")])

    second = transform("buy:7", [announcement(ref_buy_status_id=430)], first.record)

    assert first.record is not None
    assert second.release is not None
    assert second.record is not None
    assert second.release.tag == ("tenderCancellation",)
    assert second.release.date > first.record.date
    assert (first.record.year, second.record.year) == (2025, 2025)


def test_the_record_is_what_the_releases_compile_to() -> None:
    first = transform("buy:7", [announcement(name_kz="Парталар")])
    second = transform("buy:7", [announcement(ref_buy_status_id=350), contract(9, 9, 7)], first.record)
    third = transform("buy:7", [announcement(ref_buy_status_id=350)], second.record)

    releases = [json.decode(one.release.body) for one in (first, second, third) if one.release]

    assert len(releases) == 3
    assert json.encode(Merger(CONTEXT.source.extensions).compile(releases)) == json.encode(told(third))
    assert [one["id"] for one in told(third)["contracts"]] == ["9"]
    assert is_bare(told(third)["contracts"])
    assert "title_kk" not in told(third)["tender"]


def test_a_contract_that_moves_to_its_announcement_leaves_the_process_it_was_in() -> None:
    amendment = contract(12, 9, 0)
    alone = transform("contract:9", [amendment])
    assert [one["id"] for one in told(alone)["contracts"]] == ["9"]

    root = contract(9, 9, 7)
    left = transform("contract:9", [amendment, root], alone.record)
    home = transform("buy:7", [amendment, root, announcement()])

    assert left.release is not None
    assert same_state(told(left), {})
    assert [problem.rule for problem in left.problems] == ["told_elsewhere"]
    assert [one["id"] for one in told(home)["contracts"]] == ["9"]
    assert not home.quarantined


def test_a_process_that_never_had_anything_has_no_record() -> None:
    outcome = transform("contract:9", [contract(12, 9, 0), contract(9, 9, 7)])

    assert (outcome.release, outcome.record, outcome.quarantined) == (None, None, False)


def test_a_deleted_lot_leaves_the_state() -> None:
    lot = {"id": 8, "trd_buy_id": 7, "name_ru": "Парта", "isDeleted": 0}
    first = transform("buy:7", [announcement(), document("lot", lot, "graphql")])
    second = transform("buy:7", [announcement(), document("lot", lot | {"isDeleted": 1}, "graphql")], first.record)

    assert [one["id"] for one in told(first)["tender"]["lots"]] == ["8"]
    assert told(second)["tender"]["lots"] == [{"id": "8"}]


def test_an_amendment_that_is_signed_changes_the_contract() -> None:
    root = contract(9, 9, 0, sign_date="2026-03-01 10:00:00")
    first = transform("contract:9", [root])

    draft = contract(12, 9, 0, contract_sum_wnds=150, ref_contract_status_id=130)
    second = transform("contract:9", [root, draft], first.record)
    signed = contract(12, 9, 0, contract_sum_wnds=150, sign_date="2026-04-01 10:00:00")
    third = transform("contract:9", [root, signed], second.record)

    assert second.release is None
    assert third.release is not None
    assert third.release.tag == ("contractAmendment",)
    (now,) = told(third)["contracts"]
    assert (now["value"]["amount"], now["dateSigned"]) == (150, "2026-03-01T10:00:00+05:00")
    assert [one["id"] for one in now["amendments"]] == ["12"]


def test_the_award_has_one_id_whichever_comes_first() -> None:
    offer = {"id": 71, "lotId": 8, "amount": 100, "RefAppStatus": {"nameRu": "Победитель"}}
    application = document("trd_app", {"id": 70, "buyId": 7, "supplierBinIin": FIRM, "AppLots": [offer]}, "graphql")

    by_bid = transform("buy:7", [announcement(), application])
    by_contract = transform("buy:7", [announcement(), contract(9, 9, 7)])
    by_both = transform("buy:7", [announcement(), application, contract(9, 9, 7)])

    ids = [[one["id"] for one in told(outcome)["awards"]] for outcome in (by_bid, by_contract, by_both)]
    assert ids == [[f"award-KZ-BIN-{FIRM}"]] * 3
    assert told(by_both)["contracts"][0]["awardID"] == f"award-KZ-BIN-{FIRM}"


def test_a_plan_point_that_is_used_is_told_only_where_it_was_already() -> None:
    plan = document(
        "plan", {"id": 5, "rootrecord_id": 5, "name_ru": "Парта", "amount": 10, "index_date": "2026-01-01 10:00:00"}
    )
    alone = transform("plan:5", [plan])

    assert alone.record is not None
    assert transform("plan:5", [plan], wanted=True).record is None
    again = transform("plan:5", [plan], alone.record, wanted=True)
    assert again.release is None
    assert again.record.body == alone.record.body


def test_a_process_keeps_the_ocid_it_was_published_with() -> None:
    first = transform("buy:7", [contract(9, 9, 7, trd_buy_number_anno="7-9")])
    second = transform("buy:7", [contract(9, 9, 7, trd_buy_number_anno="7-9"), announcement()], first.record)

    assert first.ocid == second.ocid == "ocds-xxxxxx-kz-7-9"
    assert "renamed" in {problem.rule for problem in second.problems}


def test_an_invalid_release_is_quarantined_and_the_record_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    first = transform("buy:7", [announcement()])
    broken = replace(CONTEXT, source=replace(CONTEXT.source, extensions=("bids", "lots", "location")))

    outcome = transform_bundle(bundle("buy:7", [announcement(name_ru="Столы")], published=True), first.record, broken)

    assert outcome.quarantined
    assert (outcome.release, outcome.record) == (None, first.record)
    assert {problem.path for problem in outcome.problems if problem.severity == "fatal"} == {"tender/statusDetails"}


def test_a_correction_stands_in_for_a_wrong_value_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers.corrections import Correction, Corrections

    wrong = Correction(kind="trd_buy", key="7", field="name_ru", was="Парты", becomes="Столы", reason="A slip.")
    monkeypatch.setattr(country_mapping("kazakhstan"), "corrections", Corrections((wrong,)))

    outcome = transform("buy:7", [announcement()])
    stale = transform("buy:7", [announcement(name_ru="Шкафы")])

    assert told(outcome)["tender"]["title"] == "Столы"
    assert [problem.rule for problem in outcome.problems] == ["corrected"]
    assert told(stale)["tender"]["title"] == "Шкафы"
    assert [problem.rule for problem in stale.problems] == ["stale_correction"]


def test_the_prefix_is_the_sources() -> None:
    source = replace(CONTEXT.source, ocid_prefix="ocds-abc123")
    context = Context(source=source, pseudonym_key=b"k", as_of=CONTEXT.as_of)

    assert transform_bundle(bundle("buy:7", [announcement()]), None, context).ocid == "ocds-abc123-kz-7-1"


def test_another_key_gives_other_pseudonyms() -> None:
    documents = [contract(9, 9, 0, supplier_biin="850101300123")]
    other = replace(CONTEXT, pseudonym_key=b"another")

    one = json.decode(transform_bundle(bundle("contract:9", documents), None, CONTEXT).record.body)  # type: ignore[union-attr]
    two = json.decode(transform_bundle(bundle("contract:9", documents), None, other).record.body)  # type: ignore[union-attr]

    assert one["contracts"][0]["awardID"] != two["contracts"][0]["awardID"]


def test_a_context_can_be_sent_to_another_process_and_does_not_show_its_key() -> None:
    assert pickle.loads(pickle.dumps(CONTEXT)) == CONTEXT
    assert "secret" not in repr(CONTEXT)


def test_a_source_without_mapping_is_a_clear_error() -> None:
    with pytest.raises(ConfigurationError, match="transformers/atlantis"):
        country_mapping("atlantis")


def test_a_contract_is_published_though_nothing_gives_the_number_of_its_announcement() -> None:
    outcome = transform("buy:7", [contract(12, 12, 7), contract(9, 9, 7), contract(10, 9, 7)])

    assert outcome.ocid == "ocds-xxxxxx-kz-contract-9"
    assert [one["id"] for one in told(outcome)["contracts"]] == ["9", "12"]
    assert [(problem.rule, problem.severity) for problem in outcome.problems if problem.path == "ocid"] == [
        ("announcement_not_held", "note")
    ]


def test_a_process_named_after_its_contract_keeps_that_name_when_the_announcement_comes() -> None:
    first = transform("buy:7", [contract(9, 9, 7)])
    second = transform("buy:7", [contract(9, 9, 7), announcement()], first.record)

    assert first.ocid == second.ocid == "ocds-xxxxxx-kz-contract-9"
    assert told(second)["tender"]["id"] == "7-1"
    assert [problem.rule for problem in second.problems] == ["renamed"]


def test_without_a_contract_of_its_own_a_process_without_number_stays_quarantined() -> None:
    lot = document("lot", {"id": 8, "trd_buy_id": 7, "name_ru": "Парта"})
    elsewhere = [contract(9, 9, 0), contract(12, 9, 7)]

    for documents in ([lot], [lot, *elsewhere], [lot, contract(9, 9, 7, deleted=1)]):
        outcome = transform("buy:7", documents)
        assert outcome.quarantined
        assert "no_announcement" in {problem.rule for problem in outcome.problems}


def test_a_bidder_has_one_name_whichever_way_its_bid_comes() -> None:
    offer = {"id": 71, "lotId": 8, "amount": 100}
    subject = document("subject", {"pid": 601, "bin": FIRM, "nameRu": "ТОО «Мебель»"}, "graphql")
    by_rest = document("trd_app", {"id": 70, "buy_id": 7, "supplier_id": 601, "supplier_bin_iin": FIRM})
    by_graphql = {
        "id": 70,
        "buyId": 7,
        "supplierId": 601,
        "supplierBinIin": FIRM,
        "Supplier": {"nameRu": "ТОО «Мебель»"},
    }
    rest = [
        announcement(),
        document("trd_app", json.decode(by_rest.body) | {"app_lots": [offer | {"lot_id": 8}]}),
        subject,
    ]

    first = transform("buy:7", rest)
    second = transform("buy:7", [*rest, document("trd_app", by_graphql, "graphql")], first.record)

    assert told(first)["tender"]["tenderers"] == [{"id": f"KZ-BIN-{FIRM}", "name": "ТОО «Мебель»"}]
    assert second.release is None


def test_a_subject_that_changes_its_name_changes_its_party_and_only_that() -> None:
    bought = [announcement(), contract(9, 9, 7, supplier_id=601, index_date="2026-03-05 10:00:00")]
    subjects = [
        document("subject", {"pid": 601, "bin": FIRM, "nameRu": name}, "graphql") for name in ("ТОО «А»", "ТОО «Б»")
    ]

    first = transform("buy:7", [*bought, subjects[0]])
    second = transform("buy:7", [*bought, subjects[1]], first.record)

    names = [{party.get("name") for party in told(one)["parties"]} - {None} for one in (first, second)]
    assert names == [{"ТОО «А»"}, {"ТОО «Б»"}]
    assert second.release is not None
    assert second.release.date == CONTEXT.as_of


def test_a_release_says_whether_the_source_or_the_pipeline_caused_it() -> None:
    first = transform("buy:7", [announcement(), contract(9, 9, 7)])
    assert first.record is not None
    older = replace(first.record, state_digest="0" * 64, date=first.record.date - timedelta(days=1))
    remapped = transform("buy:7", [announcement(), contract(9, 9, 7)], older)
    moved = transform("buy:7", [announcement(), contract(9, 10, 7)], older)

    assert [outcome.release.cause for outcome in (first, remapped, moved)] == ["source", "pipeline", "source"]


def test_a_status_that_no_table_of_ours_knows_has_the_name_of_the_portal_s() -> None:
    offer = {"id": 70, "lot_id": 1, "status_id": 365, "amount": 900}
    application = document("trd_app", {"id": 7, "buy_id": 7, "supplier_bin_iin": FIRM, "app_lots": [offer]})
    given = bundle("buy:7", [announcement(), application])
    references = {"ref_po_st": {"365": {"id": 365, "name_ru": "Второй победитель"}}}

    with_table = transform_bundle(given, None, replace(CONTEXT, references=references))
    without = transform_bundle(given, None, CONTEXT)

    (bid,) = told(with_table)["bids"]["details"]
    assert (bid["status"], bid["statusDetails"]) == ("valid", "Второй победитель")
    assert "status" not in told(without)["bids"]["details"][0]
    assert "unknown_code" in {problem.rule for problem in without.problems}
    assert "unknown_code" not in {problem.rule for problem in with_table.problems}
