"""The demonstration: every country, from its stand-in to two verified editions, in one command."""

import pytest

from ocds_pipeline.sources import source_names
from tests.support.command import Installation


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    installation = Installation(home=tmp_path_factory.mktemp("demo"), portal="http://127.0.0.1:9")
    return installation, installation.done("demo", "--processes", "12")


def test_every_country_has_two_editions_that_verify(shown):
    installation, report = shown

    assert list(report["reports"]) == list(source_names())
    for name, reports in report["reports"].items():
        assert len(list((installation.home / "demo/public/v1" / name / "editions").iterdir())) == 2, name
        assert all(
            listing["state"] == "done" for one in reports[-2:] for listing in one["steps"]["harvest"]["listings"]
        )
    assert report["verified"]["findings"] == []


def test_the_files_that_people_hold_are_imported_first(shown):
    _, report = shown
    imports = {name: [one for one in found if "import" in one["steps"]] for name, found in report["reports"].items()}

    assert [name for name, found in imports.items() if found] == ["kyrgyzstan"]
    (step,) = (one["steps"]["import"] for one in imports["kyrgyzstan"])
    assert step["objects"] > 0
    assert step["faulty"] == []
