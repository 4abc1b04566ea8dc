"""Airflow runs the same steps, and gives the same bytes."""

import subprocess
import sys

import pytest

from tests.support.command import Installation

UNTIL = "2026-11-01"

pytestmark = pytest.mark.airflow


def test_a_dag_run_gives_the_edition_of_the_command_line(portal, tmp_path):
    scheduled = Installation(home=tmp_path / "scheduled", portal=portal.base_url)
    typed = Installation(home=tmp_path / "typed", portal=portal.base_url)
    scheduled.home.mkdir()
    conf = f'{{"full": true, "until": "{UNTIL}"}}'
    command = [sys.executable, "-m", "ocds_pipeline", "airflow", "dags", "test", "kazakhstan", "-c", conf]
    done = subprocess.run(
        command, env=scheduled.environment, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    typed.done("run", "kazakhstan", "--full", "--until", UNTIL)

    assert scheduled.published() == typed.published()


@pytest.mark.slow
def test_a_wrong_parameter_fails_at_once_and_is_not_tried_again(portal, tmp_path):
    installation = Installation(home=tmp_path / "home", portal=portal.base_url)
    code, out, err = installation.run("airflow", "dags", "test", "kazakhstan", "-c", '{"until": "soon"}', timeout=200)

    assert code != 0
    assert "--until" in out + err
    assert "up_for_retry" not in out + err


def test_airflow_writes_nothing_outside_its_home(portal, tmp_path):
    installation = Installation(home=tmp_path / "home", portal=portal.base_url)
    code, out, err = installation.run("airflow", "config", "get-value", "core", "dags_folder")

    assert code == 0, err
    assert out.strip().endswith("/dags")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]
