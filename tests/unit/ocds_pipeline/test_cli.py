"""What the command line says when it leaves."""

import pytest

from ocds_pipeline import cli
from ocds_schema.errors import PortalUnavailableError

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
