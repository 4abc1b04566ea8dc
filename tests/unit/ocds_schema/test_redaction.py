"""What is to be taken out is nowhere in what is given back, and all else is as it was."""

import copy
from decimal import Decimal

import pytest

from ocds_schema import json
from ocds_schema.redaction import MASK, Redaction, check_path, has_party, texts_of
from tests.support.publishing import tender

PARTY = {
    "id": "KZ-BIN-190340004743",
    "name": "ИП Иванова А. Б.",
    "name_kk": "ЖК Иванова А. Б.",
    "identifier": {"scheme": "KZ-BIN", "id": "190340004743", "legalName": "ИП Иванова А. Б."},
    "address": {"streetAddress": "ул. Абая, 1", "region": "Алматы"},
    "contactPoint": {"email": "ivanova@example.org", "telephone": "+7 700 0000000"},
    "roles": ["supplier", "tenderer"],
}
SECRETS = ("190340004743", "Иванова", "Абая", "ivanova@", "+7 700")


@pytest.fixture
def release():
    made = tender("7", title="Договор с ИП Иванова А. Б. (190340004743)")
    made["parties"] = [PARTY, {"id": "KZ-BIN-000740001307", "name": "Управление финансов", "roles": ["buyer"]}]
    made["awards"][0]["suppliers"] = [{"id": PARTY["id"], "name": PARTY["name"]}]
    made["contracts"][0]["documents"] = [{"id": "d", "url": "https://example.org/?q=%D0%98%D0%9F%20%D0%98%D0%B2"}]
    return made


def party_rule(**more):
    return Redaction(kind="party", what=PARTY["id"], alias="redacted-1", **more)


def test_of_a_party_only_roles_and_an_alias_stay(release):
    found = party_rule().redact(release)

    text = json.encode(found).decode()
    assert not [secret for secret in SECRETS if secret in text]
    assert found["parties"][0] == {"id": "redacted-1", "name": MASK, "roles": ["supplier", "tenderer"]}
    assert found["awards"][0]["suppliers"] == [{"id": "redacted-1", "name": MASK}]
    assert found["parties"][1] == release["parties"][1]


def test_what_tells_of_a_party_is_taken_out_of_texts_too_also_where_the_party_is_not(release):
    rule = party_rule(texts=tuple(sorted(texts_of(release, PARTY["id"]))))
    title = {"ocid": "x", "tender": {"title": "см. договор ИП Иванова А. Б."}}

    assert party_rule().redact(release)["tender"]["title"] == f"Договор с {MASK} ({MASK})"
    assert rule.redact(title)["tender"]["title"] == f"см. договор {MASK}"


def test_a_party_whose_id_says_nothing_keeps_it(release):
    rule = Redaction(kind="party", what=PARTY["id"], alias=PARTY["id"], texts=("ИП Иванова А. Б.",))

    found = rule.redact(release)

    assert found["parties"][0]["id"] == PARTY["id"]
    assert PARTY["id"] not in rule.needles
    assert rule.redact(found) == found


def test_a_region_is_no_text_that_tells_of_a_party(release):
    assert "Алматы" not in texts_of(release, PARTY["id"])


def test_a_value_is_masked_in_texts_ids_and_addresses_and_left_out_as_a_number():
    held = {
        "title": "ИИН 900101300123.",
        "id": "KZ-IIN-900101300123",
        "number": 900101300123,
        "list": [Decimal(900101300123), 1],
        "url": "https://example.org/900101300123",
        "flag": True,
    }

    found = Redaction(kind="value", what="900101300123").redact(held)

    assert found == {
        "title": f"ИИН {MASK}.",
        "id": f"KZ-IIN-{MASK}",
        "list": [1],
        "url": f"https://example.org/{MASK}",
        "flag": True,
    }


def test_a_value_is_found_as_addresses_write_it():
    rule = Redaction(kind="value", what="Иванова А")

    assert (
        rule.mask("https://example.org/%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0%20%D0%90")
        == f"https://example.org/{MASK}"
    )


def test_what_stands_at_a_path_goes_and_all_else_stays(release):
    found = Redaction(kind="path", what="contracts[id=c1]/value", ocid=release["ocid"]).redact(release)

    expected = copy.deepcopy(release)
    del expected["contracts"][0]["value"]
    assert found == expected


def test_a_path_may_lead_to_a_member_of_a_list(release):
    found = Redaction(kind="path", what="contracts/c1", ocid=release["ocid"]).redact(release)

    assert [each["id"] for each in found["contracts"]] == ["c0"]


def test_with_what_stands_at_a_path_go_its_other_languages(release):
    release["tender"] |= {"title_kk": "Жиһаз", "title_zh-Hans": "家具", "titled": "x", "title_x": "y"}

    found = Redaction(kind="path", what="tender/title").redact(release)

    assert release["tender"].keys() - found["tender"].keys() == {"title", "title_kk", "title_zh-Hans"}
    assert "title" in Redaction(kind="path", what="tender/title_kk").redact(release)["tender"]


def test_a_path_that_leads_nowhere_changes_nothing(release):
    assert Redaction(kind="path", what="contracts/none/value").redact(release) == release


@pytest.mark.parametrize("path", ["", "ocid", "date", "tag", "tender/id", "contracts/c1/id"])
def test_ids_and_heads_cannot_be_taken_out(path):
    with pytest.raises(ValueError, match="stay"):
        check_path(path)


@pytest.mark.parametrize(
    "rule", [party_rule(), Redaction(kind="value", what="Мебель"), Redaction(kind="path", what="tender/title")]
)
def test_the_argument_stays_as_it_is_and_twice_is_once(release, rule):
    before = copy.deepcopy(release)

    found = rule.redact(release)

    assert release == before
    assert rule.redact(found) == found


def test_a_rule_tells_nothing_of_what_it_takes_out_where_it_is_shown():
    assert "Иванова" not in repr(Redaction(kind="value", what="Иванова", texts=("Иванова А",)))


def test_a_rule_of_one_process_is_about_no_other():
    rule = Redaction(kind="value", what="abcd", ocid="ocds-1")

    assert [rule.applies(each) for each in ("ocds-1", "ocds-2", None)] == [True, False, False]
    assert Redaction(kind="value", what="abcd").applies(None)


def test_a_party_is_known_by_its_id(release):
    assert has_party(release, PARTY["id"])
    assert not has_party(release, "KZ-BIN-1")
    assert not has_party({"ocid": "x"}, "KZ-BIN-1")
