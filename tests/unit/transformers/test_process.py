from tests.support.kazakh_bundles import document
from transformers.process import Folding, newest_change, overlaid, snake_case


def test_camel_case_names_are_those_of_rest() -> None:
    names = ["refAmendmAgreemJustifId", "ContractUnits", "TrdBuy", "id", "nameRu", "contractSumWnds", "code2"]

    assert [snake_case(name) for name in names] == [
        "ref_amendm_agreem_justif_id",
        "contract_units",
        "trd_buy",
        "id",
        "name_ru",
        "contract_sum_wnds",
        "code2",
    ]


def test_names_are_folded_at_every_depth_and_aliases_replace_them() -> None:
    given = {"PlansKato": [{"refKatoCode": "1"}], "sum1": 5, "list": [[{"aB": 1}], 2]}

    assert Folding({"plans_kato": "kato", "sum1": "sum_1"}).folded(given) == {
        "kato": [{"ref_kato_code": "1"}],
        "sum_1": 5,
        "list": [[{"a_b": 1}], 2],
    }


def test_the_newer_way_stands_over_the_older() -> None:
    rest = document("trd_buy", {"id": 1, "name_ru": "старое", "org_bin": "x", "index_date": "2026-01-02 00:00:00"})
    graphql = document("trd_buy", {"id": 1, "nameRu": "новое", "indexDate": "2026-01-03 00:00:00"}, "graphql")

    (entity,) = overlaid([rest, graphql], Folding({}), "index_date")

    assert entity.fields == {"id": 1, "name_ru": "новое", "org_bin": "x", "index_date": "2026-01-03 00:00:00"}


def test_of_two_ways_alike_the_one_by_graphql_is_newer() -> None:
    rest = document("trd_buy", {"id": 1, "name_ru": "rest", "index_date": "2026-01-03 00:00:00"})
    graphql = document("trd_buy", {"id": 1, "nameRu": "graphql", "indexDate": "2026-01-03 00:00:00"}, "graphql")

    assert overlaid([graphql, rest], Folding({}), "index_date")[0].fields["name_ru"] == "graphql"


def test_a_field_that_the_newer_way_empties_is_empty() -> None:
    rest = document("trd_buy", {"id": 1, "itogi_date_public": "2026-01-01", "index_date": "2026-01-02 00:00:00"})
    graphql = document("trd_buy", {"id": 1, "itogiDatePublic": None, "indexDate": "2026-01-03 00:00:00"}, "graphql")

    assert overlaid([rest, graphql], Folding({}), "index_date")[0].fields["itogi_date_public"] is None


def test_the_newest_change_is_told_also_by_nested_objects_and_never_by_the_future() -> None:
    acts = [{"indexDate": "2026-01-05T10:00:00.5"}]
    known = document("contract", {"id": 1, "index_date": "2026-01-02 00:00:00", "last_update_date": None})
    later = document("contract", {"id": 2, "indexDate": "2099-01-01 00:00:00", "Acts": acts}, "graphql")
    entities = overlaid([known, later], Folding({}), "index_date")

    changes = newest_change(entities, ("index_date", "last_update_date"), "2026-02-01 00:00:00")

    assert changes == ["2026-01-05 10:00:00", "2026-01-02 00:00:00"]


def test_two_ways_that_are_equally_new_name_the_fields_of_which_they_disagree() -> None:
    given = {"id": 1, "a": "1", "b": 2, "c": True, "d": None, "e": "2026-01-01 10:00:00", "f": "sNaN", "g": [1]}
    other = {"id": 1, "a": 1, "b": 3, "c": 1, "d": 5, "e": "2026-01-01T10:00:00.5", "f": "NaN", "g": [2]}
    documents = [document("trd_buy", given), document("trd_buy", other, "graphql")]

    (entity,) = overlaid(documents, Folding({}), "index_date")

    assert entity.disputed == ("b", "f")


def test_a_newer_way_does_not_disagree_with_an_older_one() -> None:
    rest = document("trd_buy", {"id": 1, "a": 1, "index_date": "2026-01-02 00:00:00"})
    graphql = document("trd_buy", {"id": 1, "a": 2, "indexDate": "2026-01-03 00:00:00"}, "graphql")

    assert overlaid([rest, graphql], Folding({}), "index_date")[0].disputed == ()


def test_fields_that_belong_together_come_from_one_way() -> None:
    rest = document("contract", {"id": 1, "gross": 112, "net": 100, "note": "x"})
    graphql = document("contract", {"id": 1, "gross": 224}, "graphql")
    silent = document("contract", {"id": 1, "note": "y"}, "graphql")
    together = (("gross", "net"),)

    assert overlaid([rest, graphql], Folding({}), "", together)[0].fields == {
        "id": 1,
        "gross": 224,
        "net": None,
        "note": "x",
    }
    assert overlaid([rest, silent], Folding({}), "", together)[0].fields["net"] == 100
