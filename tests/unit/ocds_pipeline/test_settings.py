"""Settings come from the environment alone, and a wrong one names itself."""

import stat
from dataclasses import replace

import pytest

from ocds_pipeline.settings import Settings, unknown_settings
from ocds_schema.errors import ConfigurationError
from ocds_schema.source import read_source

KEY = {"OCDS_PSEUDONYM_KEY": "sixteen characters"}


def settings(tmp_path, **more):
    return Settings.from_env({"OCDS_HOME": str(tmp_path), **KEY, **more})


def test_everything_has_a_place_under_home(tmp_path):
    found = settings(tmp_path)

    assert found.database_url == f"sqlite:///{tmp_path}/store.sqlite3"
    assert found.archive_url == f"file://{tmp_path}/archive"
    assert found.public_url == f"file://{tmp_path}/public"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OCDS_DATABASE_URL", "mysql://somewhere/x"),
        ("OCDS_DATABASE_URL", "store.sqlite3"),
        ("OCDS_ARCHIVE_URL", "/a/folder"),
        ("OCDS_PUBLIC_URL", "https://example.org"),
        ("OCDS_LOG_FORMAT", "xml"),
        ("OCDS_WORKERS", "0"),
        ("OCDS_WORKERS", "two"),
        ("OCDS_WORKERS", "²"),
        ("OCDS_PSEUDONYM_KEY", "short"),
    ],
)
def test_a_wrong_setting_names_itself(tmp_path, name, value):
    with pytest.raises(ConfigurationError, match=name):
        settings(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("RATE", "0"), ("RATE", "-1"), ("RATE", "nan"), ("RATE", "inf"), ("TIMEOUT", "x"), ("WAIT", "0")],
)
def test_a_wrong_number_of_a_source_names_itself(tmp_path, name, value):
    with pytest.raises(ConfigurationError, match=f"OCDS_KAZAKHSTAN_{name}"):
        settings(tmp_path, **{f"OCDS_KAZAKHSTAN_{name}": value}).of("kazakhstan")


def test_a_file_of_certificates_must_be_there(tmp_path):
    with pytest.raises(ConfigurationError, match="OCDS_KAZAKHSTAN_CA_BUNDLE"):
        settings(tmp_path, OCDS_KAZAKHSTAN_CA_BUNDLE=str(tmp_path / "none.pem")).of("kazakhstan")


def test_a_missing_token_says_how_to_get_one(tmp_path):
    source = read_source("kazakhstan")

    with pytest.raises(ConfigurationError, match="OCDS_KAZAKHSTAN_TOKEN") as raised:
        settings(tmp_path).token(source)
    assert source.portal.token in str(raised.value)


def two_portals():
    kazakhstan = read_source("kazakhstan")
    free = replace(kazakhstan.portal, token="")
    return replace(kazakhstan, portal=free, portals={"old": free, "closed": kazakhstan.portal})


def test_a_token_that_is_not_needed_is_taken_where_it_is_set(tmp_path):
    assert settings(tmp_path).token(two_portals()) == ""
    assert settings(tmp_path, OCDS_KAZAKHSTAN_TOKEN="t0ken").token(two_portals()) == "t0ken"


def test_each_portal_has_a_token_of_its_own(tmp_path):
    found = settings(tmp_path, OCDS_KAZAKHSTAN_TOKEN="main", OCDS_KAZAKHSTAN_CLOSED_TOKEN="closed")

    assert [found.token(two_portals(), name) for name in ("", "old", "closed")] == ["main", "", "closed"]
    with pytest.raises(ConfigurationError, match="set OCDS_KAZAKHSTAN_CLOSED_TOKEN: goszakup"):
        settings(tmp_path, OCDS_KAZAKHSTAN_TOKEN="main").token(two_portals(), "closed")


def test_a_portal_has_its_own_address_and_the_rest_of_its_source(tmp_path):
    own = {"BASE_URL": "http://main", "OLD_BASE_URL": "http://old", "RATE": "7", "TIMEOUT": "3", "WAIT": "1"}
    found = settings(tmp_path, **{f"OCDS_KAZAKHSTAN_{name}": value for name, value in own.items()})

    assert found.of("kazakhstan").base_url == "http://main"
    old = found.of("kazakhstan", "old")
    assert (old.base_url, old.rate, old.timeout, old.wait) == ("http://old", 7, 3, 1)


def test_no_secret_is_in_the_text_of_the_settings(tmp_path):
    found = settings(
        tmp_path, OCDS_KAZAKHSTAN_TOKEN="0123456789abcdef", OCDS_DATABASE_URL="postgresql://u:pass-word@h/n"
    )
    text = repr(found) + repr(found.of("kazakhstan"))

    assert "0123456789abcdef" not in text
    assert "pass-word" not in text
    assert "sixteen" not in text


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    first = Settings.from_env({"OCDS_HOME": str(tmp_path)})
    second = Settings.from_env({"OCDS_HOME": str(tmp_path)})

    assert first.pseudonym_key == second.pseudonym_key
    assert len(first.pseudonym_key) == 64
    assert stat.S_IMODE((tmp_path / "pseudonym.key").stat().st_mode) == 0o600


def test_a_database_that_several_machines_share_wants_a_key(tmp_path):
    with pytest.raises(ConfigurationError, match="OCDS_PSEUDONYM_KEY"):
        Settings.from_env({"OCDS_HOME": str(tmp_path), "OCDS_DATABASE_URL": "postgresql://h/n"})


@pytest.mark.parametrize("prefix", ["foo bar", "ocds-ABC123", "ocds-12345", "ocds-1234567", "213czf"])
def test_a_prefix_that_ocp_would_not_issue_is_refused(tmp_path, prefix):
    with pytest.raises(ConfigurationError, match="OCDS_KAZAKHSTAN_OCID_PREFIX"):
        settings(tmp_path, OCDS_KAZAKHSTAN_OCID_PREFIX=prefix).of("kazakhstan")


def test_a_slip_of_the_pen_is_found():
    right = ("OCDS_HOME", "OCDS_KAZAKHSTAN_TOKEN", "OCDS_UTOPIA_OLD_SITE_BASE_URL", "PATH")
    wrong = ["OCDS_KAZAHSTAN_TOKEN", "OCDS_KAZAKHSTAN_OLD_SITE_BASE_URL", "OCDS_UTOPIA_OLD_SITE_RATE"]
    sources = {"kazakhstan": (), "utopia": ("old_site",)}

    assert unknown_settings(dict.fromkeys([*right, *wrong], ""), sources) == wrong
