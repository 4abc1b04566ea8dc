import pytest

from sandbox.faults import TRANSPORT, FaultError, Faults, parse


def test_a_request_is_hit_at_most_twice_in_a_row_and_always_alike() -> None:
    names = [*TRANSPORT, "null_list", "shifted", "cut_limit", "expired_session"]
    rates = dict.fromkeys(names, 0.08)
    first, again = (
        [[faults.strike(f"GET /{number}".encode()) for _ in range(3)] for number in range(400)]
        for faults in (Faults(rates, seed=4), Faults(rates, seed=4))
    )

    assert first == again
    assert {fault for tries in first for fault in tries if fault} == set(names)
    assert all(None in tries and len(set(tries) - {None}) <= 1 for tries in first)
    assert {tries[1] is None for tries in first if tries[0]} == {True, False}


def test_without_rates_nothing_is_hit() -> None:
    faults = Faults({}, seed=1)

    assert {faults.strike(f"{number}".encode()) for number in range(100)} == {None}


@pytest.mark.parametrize("spec", ["flood=0.1", "429=often", "500=1.5", "bom=-1", "timeout"])
def test_a_fault_that_makes_no_sense_is_refused(spec: str) -> None:
    with pytest.raises(FaultError, match=spec.split("=", maxsplit=1)[0]):
        parse([spec], ())


def test_specs_are_read() -> None:
    assert parse(["429=0.1", "shifted=1", "expired_token=30"], ["shifted"]) == {
        "429": 0.1,
        "shifted": 1,
        "expired_token": 30,
    }
