"""Settings come from the environment alone, and a wrong one names itself."""

import stat

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
    environment = {"OCDS_HOME": "", "OCDS_KAZAKHSTAN_TOKEN": "", "OCDS_KAZAHSTAN_TOKEN": "", "PATH": ""}

    assert unknown_settings(environment, ("kazakhstan",)) == ["OCDS_KAZAHSTAN_TOKEN"]
