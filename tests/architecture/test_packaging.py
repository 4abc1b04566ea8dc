"""The packages are ours, complete, and found where they should be."""

import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_name_is_ours(package: str) -> None:
    """`transformers` is also the name of a well-known package; one careless requirement would replace ours."""
    assert Path(import_module(package).__file__).parent == ROOT / package
    assert set(packages_distributions().get(package, [])) <= {"ocds-pipeline"}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_typed(package: str) -> None:
    """With one `py.typed` missing, types that come from it silently become Any."""
    assert (ROOT / package / "py.typed").exists()


def test_the_wheel_carries_every_file_of_the_packages(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)

    (wheel,) = tmp_path.glob("*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info" not in name}
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, timeout=30)
    assert set(listed.stdout.decode().split()) - carried == set()


def test_requirements_are_pinned_hashed_and_name_no_host() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]

    assert [line for line in pins if "==" not in line] == []
    assert [line for line in lines if "://" in line or "index-url" in line] == []
    assert len([line for line in lines if "--hash=sha256:" in line]) >= len(pins)


def test_the_set_holds_the_parts_that_were_chosen() -> None:
    pins = (ROOT / "requirements.txt").read_text()
    chosen = ["apache-airflow", "ocdskit", "jsonschema", "sqlalchemy", "psycopg2-binary", "boto3", "great-expectations"]

    assert [name for name in [*chosen, "pytest"] if f"\n{name}" not in pins] == []
