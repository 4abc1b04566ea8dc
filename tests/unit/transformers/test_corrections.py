import pytest

from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from transformers.corrections import Corrections, Repair, parse_corrections

ENTRY = """
[[correction]]
kind = "contract"
key = "7"
field = "contract_sum_wnds"
was = 1000
becomes = 10
reason = "Two zeros too many; the signed contract says 10."
"""


def test_a_correction_holds_while_the_source_says_what_it_said() -> None:
    corrections = parse_corrections(ENTRY)

    fields, applied = corrections.apply("contract", "7", {"contract_sum_wnds": 1000, "id": 7})

    assert fields == {"contract_sum_wnds": 10, "id": 7}
    assert [holds for _, holds in applied] == [True]


def test_a_correction_is_stale_once_the_source_says_otherwise() -> None:
    fields, applied = parse_corrections(ENTRY).apply("contract", "7", {"contract_sum_wnds": 10})

    assert fields == {"contract_sum_wnds": 10}
    assert [holds for _, holds in applied] == [False]


def test_other_documents_are_left_alone() -> None:
    fields = {"contract_sum_wnds": 1000}

    assert parse_corrections(ENTRY).apply("contract", "8", fields) == (fields, [])


@pytest.mark.parametrize(
    "broken",
    [ENTRY.replace("reason", "because"), ENTRY.replace('"Two zeros too many; the signed contract says 10."', '" "')],
)
def test_a_correction_says_why(broken: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_corrections(broken)


def _without_zero(fields: Json) -> int:
    found = [name for name, value in fields.items() if value == 0]
    for name in found:
        del fields[name]
    return len(found)


ZEROS = Repair(
    name="zeros",
    kind="contract",
    fields="any",
    guard="an amount is 0",
    becomes="left out",
    reason="The source writes 0 where it knows nothing.",
    mend=_without_zero,
)


def test_a_repair_says_how_much_it_has_mended_and_leaves_the_document_as_it_was() -> None:
    fields = {"a": 0, "b": 0, "c": 7}

    mended, counts = Corrections(repairs=(ZEROS,)).repair("contract", fields)

    assert mended == {"c": 7}
    assert [(one.name, count) for one, count in counts] == [("zeros", 2)]
    assert fields == {"a": 0, "b": 0, "c": 7}


def test_a_repair_is_silent_where_its_guard_does_not_hold() -> None:
    corrections = Corrections(repairs=(ZEROS,))

    assert corrections.repair("contract", {"c": 7}) == ({"c": 7}, [])
    assert corrections.repair("plan", {"c": 0}) == ({"c": 0}, [])
