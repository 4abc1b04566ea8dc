import json
from pathlib import Path

import pytest

from ocds_schema.errors import ConfigurationError, MappingError
from ocds_schema.model import Text
from transformers.codes import CodeTable, parse_table
from transformers.kazakhstan import tables

HEAD = "source_code,source_label,ocds_code,note\n"
SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "kz"


def test_a_code_is_found_as_a_text_or_a_number() -> None:
    table = parse_table("t.csv", f"{HEAD}7,Семь,seven,\n8,Восемь,,Not for us.\n")

    assert table.row(7) == table.row("7")
    assert table.row(7).code == "seven"
    assert table.row(8).code is None
    assert table.get(9) is None


def test_a_label_may_be_given_in_several_languages() -> None:
    table = parse_table(
        "t.csv", "source_code,source_label,source_label_ky,ocds_code,note\n7,Семь,Жети,seven,\n8,Восемь,,eight,\n"
    )

    assert table.row(7).text == Text(main="Семь", translations=(("ky", "Жети"),))
    assert table.row(8).text == Text(main="Восемь")
    assert table.languages == ("ky",)


def test_an_unknown_code_is_a_question() -> None:
    table = parse_table("t.csv", f"{HEAD}7,Семь,seven,\n")

    with pytest.raises(MappingError, match=r"9 is not in t\.csv"):
        table.row(9)


@pytest.mark.parametrize(
    "rows",
    ["7,Семь,seven,\n7,Семь,other,\n", "7,Семь,,\n", ",Семь,seven,\n", "7,Семь,seven\n", "7,Семь,seven,note,more\n"],
    ids=["two rows", "no code and no note", "no source code", "too few columns", "too many columns"],
)
def test_a_table_that_does_not_hold_together_is_refused(rows: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_table("t.csv", HEAD + rows)


def test_a_table_with_other_columns_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="the columns are"):
        parse_table("t.csv", "a,b\n1,2\n")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the portal's answers are not beside the repository")
@pytest.mark.parametrize(
    ("reference", "table", "count"),
    [
        ("ref_trade_methods", tables.TRADE_METHODS, 35),
        ("ref_buy_status", tables.BUY_STATUS, 35),
        ("ref_lots_status", tables.LOT_STATUS, 37),
        ("ref_contract_status", tables.CONTRACT_STATUS, 33),
    ],
)
def test_every_code_of_the_portal_has_a_row(reference: str, table: CodeTable, count: int) -> None:
    items = json.loads((SAMPLES / f"{reference}.json").read_text(encoding="utf-8-sig"))["items"]
    labels = {str(item["id"]): " ".join(item["name_ru"].split()) for item in items}

    assert len(labels) == count
    assert {code: table.row(code).label for code in labels} == labels
