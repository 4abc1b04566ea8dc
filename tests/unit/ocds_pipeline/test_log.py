"""Log lines carry no secret and no personal number."""

import json
import logging
import sys

import pytest

from ocds_pipeline.log import set_up_logging
from ocds_pipeline.sources import person_numbers

PERSON = "9001" + "01" + "647029"


@pytest.fixture
def logged(capsys):
    def log(form, message, *arguments, **more):
        set_up_logging(form, ["a-secret-token", "x"], person_numbers())
        logging.getLogger("extractors.test").warning(message, *arguments, **more)
        return capsys.readouterr().err

    yield log
    for name in ("extractors", "transformers", "publish", "ocds_pipeline"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True


def test_a_line_is_for_people(logged):
    line = logged("text", "listed kind=%s", "contract")

    assert line.endswith("Z WARNING listed kind=contract\n")


def test_a_line_is_for_machines(logged):
    line = json.loads(logged("json", "listed kind=%s", "contract"))

    assert line["message"] == "listed kind=contract"
    assert line["logger"] == "extractors.test"


@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_and_personal_numbers_are_taken_out(logged, form):
    line = logged(form, "asked %s for %s and 160440007161", "a-secret-token", PERSON)

    assert "a-secret-token" not in line
    assert PERSON not in line
    assert "160440007161" in line


@pytest.mark.parametrize("number", ["5123" + "1300123", PERSON.replace("647", " 647")])
def test_a_number_in_an_answer_of_the_portal_is_taken_out_as_it_is_written_there(logged, number):
    assert number not in logged("text", "GraphQL: no value %s for supplierBiin", number)


def test_they_are_taken_out_of_tracebacks_too(logged):
    try:
        int(f"{PERSON} is no number")
    except ValueError:
        line = logged("text", "failed", exc_info=sys.exc_info())

    assert "ValueError" in line
    assert PERSON not in line
