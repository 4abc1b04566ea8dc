import pytest

from ocds_schema.errors import ConfigurationError
from transformers.corrections import parse_corrections

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
