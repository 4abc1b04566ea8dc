from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ocds_pipeline.sources import person_numbers, source_names
from ocds_schema.errors import MappingError
from ocds_schema.ids import given_ocid, ocid, party_id, release_id
from ocds_schema.source import read_source

PERSONS = read_source("kazakhstan").person_numbers


def test_an_ocid_is_prefix_source_and_the_portals_own_id() -> None:
    assert ocid("ocds-xxxxxx", "kz", "3782564-2", PERSONS) == "ocds-xxxxxx-kz-3782564-2"


@pytest.mark.parametrize("process_id", ["", "7 1", "7/1", "7\n", "850101300123", "x" * 81])
def test_an_ocid_is_not_made_of_anything(process_id: str) -> None:
    with pytest.raises(MappingError):
        ocid("ocds-xxxxxx", "kz", process_id, PERSONS)


def test_an_ocid_of_another_publisher_is_kept_as_it_is() -> None:
    assert (
        given_ocid("ocds-aaaaaa-contract-based-7", ["ocds-bbbbbb", "ocds-aaaaaa"], PERSONS)
        == "ocds-aaaaaa-contract-based-7"
    )


@pytest.mark.parametrize("given", ["ocds-cccccc-7", "ocds-aaaaaa", "ocds-aaaaaa-", "ocds-aaaaaa-7 1", "7"])
def test_an_ocid_that_nobody_vouches_for_is_refused(given: str) -> None:
    with pytest.raises(MappingError):
        given_ocid(given, ["ocds-aaaaaa"], PERSONS)


def test_a_refusal_does_not_repeat_a_personal_number() -> None:
    with pytest.raises(MappingError) as refusal:
        ocid("ocds-xxxxxx", "kz", "850101300123-1", PERSONS)

    assert "850101300123" not in str(refusal.value)


def test_a_business_is_named_by_its_number_and_a_person_is_not() -> None:
    assert party_id("KZ-BIN", "101140000017", PERSONS, b"k") == "KZ-BIN-101140000017"
    assert party_id("KZ-BIN", "850101300123", PERSONS, b"k").startswith("kz-person-")


def test_a_release_id_carries_its_moment_in_utc() -> None:
    date = datetime(2026, 3, 1, 2, 30, tzinfo=ZoneInfo("Asia/Almaty"))

    assert (
        release_id("ocds-xxxxxx-kz-7-1", date, "0123456789abcdef", PERSONS)
        == "ocds-xxxxxx-kz-7-1-20260228T213000Z-0123456789ab"
    )


@pytest.mark.parametrize("digest", ["850101300123" * 3 + "beef", "12002199000123a" * 4, "123456789012abcdef0123456"])
@pytest.mark.parametrize("country", source_names())
def test_a_release_id_never_looks_like_a_person_s_number(country: str, digest: str) -> None:
    persons = read_source(country).person_numbers

    identity = release_id("ocds-xxxxxx-x-7-1", datetime(2026, 3, 1, tzinfo=UTC), digest, persons)

    assert person_numbers().scrub(identity) == (identity, 0)
    assert not identity.rpartition("-")[2].isdecimal()
