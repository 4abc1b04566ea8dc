"""Airflow gets its own folder, and secrets that are its owner's alone."""

import os
import stat
import sys
from pathlib import Path

from ocds_pipeline.airflow_launch import ROOT, SECRETS, airflow_environment


def test_secrets_are_made_once_and_private(tmp_path):
    airflow_environment(tmp_path, {})
    first = {name: (tmp_path / "airflow" / name).read_text() for name in SECRETS}
    airflow_environment(tmp_path, {})

    assert {name: (tmp_path / "airflow" / name).read_text() for name in SECRETS} == first
    assert {stat.S_IMODE((tmp_path / "airflow" / name).stat().st_mode) for name in SECRETS} == {0o600}


def test_airflow_is_told_where_everything_is(tmp_path):
    env = airflow_environment(tmp_path, {"KEPT": "yes"})

    assert env["KEPT"] == "yes"
    assert env["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert env["AIRFLOW_CONFIG"] == str(ROOT / "airflow.cfg")
    assert env["AIRFLOW_HOME"] == str(tmp_path / "airflow")
