"""What the command line says when it leaves."""

import pytest

from ocds_pipeline import cli
from ocds_schema.errors import PortalUnavailableError
from publish.signing import read_signing_key

PERSON = "9001" + "01" + "647029"


@pytest.mark.parametrize("number", [PERSON, "5123" + "1300123", PERSON.replace("647", " 647")])
def test_an_error_that_names_a_person_is_told_without_the_number(number, capsys, monkeypatch):
    def fail(**_):
        raise PortalUnavailableError(f"https://portal/v3/subject/biin/{number} does not answer")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as left:
        cli.main([])

    assert left.value.code == PortalUnavailableError.exit_code
    said = capsys.readouterr().err
    assert number not in said
    assert "does not answer" in said


def test_a_key_is_made_and_its_secret_half_is_the_only_thing_on_standard_output(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["key"])
    told = capsys.readouterr()
    secret = told.out.removeprefix("OCDS_SIGNING_KEY=").strip()

    assert left.value.code == 0
    assert read_signing_key(secret).public.text in told.err
    assert secret not in told.err
