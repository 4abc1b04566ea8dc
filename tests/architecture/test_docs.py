"""What the docs name exists, and what exists is documented."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from ocds_pipeline.cli import app
from ocds_pipeline.settings import SETTINGS
from ocds_pipeline.settings_page import settings_page
from ocds_pipeline.sources import source_names
from ocds_schema.source import read_source

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = get_command(app).commands


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_and_a_place_in_the_docs(command: str) -> None:
    assert COMMANDS[command].help
    assert f"`ocds-pipeline {command}" in (ROOT / "docs" / "cli.md").read_text()


def test_every_option_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    options = {option for command in COMMANDS.values() for parameter in command.params for option in parameter.opts}

    assert sorted(option for option in options if option.startswith("--") and f"`{option}" not in page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_in_the_docs_exists(page: Path) -> None:
    named = set(re.findall(r"ocds-pipeline ([a-z]+)", page.read_text()))

    assert named <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_named_in_the_docs_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", page.read_text()))

    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_settings_page_is_the_one_made_from_the_code() -> None:
    assert (ROOT / "docs" / "settings.md").read_text() == settings_page()


def test_every_setting_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    names = [setting.name.replace("<SOURCE>", "KAZAKHSTAN") for setting in SETTINGS]

    assert [name for name in names if f"#{name.replace('KAZAKHSTAN_<', '<SOURCE>_<')}=" not in example] == []


def test_every_setting_named_in_the_docs_exists() -> None:
    known = {setting.name for setting in SETTINGS} | {"OCDS_ROOT"}
    for source in source_names():
        own = {name.replace("<SOURCE>", source.upper()) for name in known}
        portals = read_source(source).portals
        known |= own | {name.replace("<PORTAL>", portal.upper()) for name in own for portal in portals}
    named = {name for page in PAGES for name in re.findall(r"OCDS_[A-Z_<>]*[A-Z]", page.read_text())}

    assert named <= known


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    page = (ROOT / "docs" / "dependencies.md").read_text()
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.match(r"[a-z0-9-]+", name).group() for name in wanted]

    assert [name for name in names if name not in page] == []


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text()

    assert [page.name for page in (ROOT / "docs" / "adr").glob("0*.md") if page.name not in index] == []
