import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.kyrgyzstan import PORTAL
from extractors.kyrgyzstan.links import release_key, winner_key
from extractors.kyrgyzstan.values import normal, order_id, purchase

ID = "6aab6602d5978a4098c1a99a"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KINDS = (
    "notice", "tender", "submissions", "order_row", "order", "order_items", "protocol", "winners", "single_source",
    "single_source_contract", "centralized", "centralized_contract", "ref_entity", "ref_supplier", "release",
    "planning_release",
)  # fmt: skip


def links(kind, **fields):
    return PORTAL.links(kind, "html", fields)


@pytest.mark.parametrize(
    ("kind", "fields", "process"),
    [
        ("notice", {"id": ID}, f"tender:{ID}"),
        ("tender", {"id": ID}, f"tender:{ID}"),
        ("submissions", {"tenderId": ID}, f"tender:{ID}"),
        ("order_row", {"id": "521141"}, "order:521141"),
        ("order", {"id": "521141"}, "order:521141"),
        ("order_items", {"order_id": "521141"}, "order:521141"),
        ("protocol", {"order_id": "521141"}, "order:521141"),
        ("winners", {"announcement_number": "26081958694861", "contract_number": "7"}, "order:58694861"),
        ("winners", {"announcement_number": "15042711006-01", "contract_number": "7"}, "winners:15042711006-01/7/"),
        ("single_source", {"id": "9001"}, "single:9001"),
        ("single_source_contract", {"id": "9001"}, "single:9001"),
        ("centralized", {"id": "9001"}, "centralized:9001"),
        ("ref_entity", {"inn": "00207199610017"}, None),
        ("release", {"ocid": "ocds-h7i0z4-521141"}, "ministry:ocds-h7i0z4-521141"),
        ("planning_release", {"ocid": "ocds-h7i0z4-1"}, "ministry:ocds-h7i0z4-1"),
        ("strange", {"id": 1}, None),
    ],
)
def test_an_object_belongs_to_its_process(kind, fields, process):
    assert links(kind, **fields).process == process


@pytest.mark.parametrize(
    ("kind", "fields", "family"),
    [
        ("order", {"id": "521141"}, "order/521141"),
        ("release", {"ocid": "ocds-h7i0z4-521141"}, "order/521141"),
        ("release", {"ocid": "ocds-h7i0z4-contract-based-9001"}, "contract-based/9001"),
        ("single_source", {"id": "9001"}, "contract-based/9001"),
        ("single_source", {"id": "ab12"}, None),
        ("release", {"ocid": "ocds-other-1"}, None),
    ],
)
def test_what_may_be_the_same_thing_is_of_one_family(kind, fields, family):
    assert links(kind, **fields).family == family


def test_a_purchase_has_one_mark_on_both_portals_and_when_it_is_repeated():
    new = links("notice", id=ID, companyName="\tШкола №5 ", name="Приобретение «бумаги» (повторно)")
    old = links("order_row", id="1", organization="школа №5", title="Приобретение бумаги")
    other = links("order_row", id="2", organization="школа №5", title="Приобретение мела")

    assert new.family == old.family
    assert new.family.startswith("purchase/")
    assert other.family != old.family
    assert purchase("Школа", "(повторно)") is None
    assert purchase("", "Бумага") is None


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("VERIFIED_PUBLISHED", True), ("PROTOCOL_OPENED", True), ("", True), ("CONTRACT_SIGNED", False),
        ("CANCELLED", False), ("CANCELED", False), ("REJECTED_BY_SUBMISSION", False),
    ],
)  # fmt: skip
def test_a_tender_is_asked_for_again_until_it_ends(status, is_open):
    assert links("tender", id=ID, status=status).open is is_open


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("Опубликован", True), ("", True), ("Отменён", False), ("ОТМЕНЕН", False), ("Не состоялся", False),
        ("Договоры подписаны", False), ("Contract signed", False), ("Өткөн жок", False), ("Неслыханное", True),
    ],
)  # fmt: skip
def test_an_order_is_asked_for_again_until_it_ends(status, is_open):
    assert links("order", id="1", status=status).open is is_open


def test_every_version_of_an_ocid_has_its_own_key():
    first = {"ocid": "ocds-h7i0z4-1", "id": "a", "date": "2021-06-09T10:00:00+06:00"}

    assert release_key(first) == "ocds-h7i0z4-1/2021-06-09T10:00:00+06:00"
    assert release_key({"ocid": "ocds-h7i0z4-1", "id": "a"}) == "ocds-h7i0z4-1/a"
    assert release_key({"tender": {}}) != release_key({"tender": {"id": 1}})
    assert links("release", tender={}).process == f"release:{release_key({'tender': {}})}"


@pytest.mark.parametrize(
    ("number", "order"),
    [
        ("26081958694861", "58694861"),
        ("210609521141", "521141"),
        ("15042711006-01", None),
        ("2608", None),
        (None, None),
    ],
)
def test_a_number_of_day_and_id_tells_the_order(number, order):
    assert order_id(number) == order


def test_names_are_compared_by_their_letters_and_digits():
    assert normal("ОсОО  «Ёлка-2»") == "осоо елка 2"


def test_a_row_of_winners_without_a_number_has_no_key():
    assert winner_key({"contract_number": "7"}) is None
    assert winner_key({"announcement_number": "1"}) is None


@given(kind=st.sampled_from(KINDS), fields=ANYTHING | st.dictionaries(st.sampled_from(
    ["id", "ocid", "date", "status", "order_id", "tenderId", "announcement_number", "contract_number", "lot_numbers",
     "companyName", "name", "organization", "title"]), ANYTHING, max_size=5))  # fmt: skip
def test_links_never_fail(kind, fields):
    assert PORTAL.links(kind, "html", fields) is not None
