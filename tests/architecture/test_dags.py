"""DAG files are thin: quick to import, one DAG a source, and they know no database and no network."""

import subprocess
import sys
from pathlib import Path

import pytest

from ocds_pipeline.sources import source_names

ROOT = Path(__file__).parents[2]
HEAVY = ("httpx", "boto3", "psycopg2", "great_expectations", "pandas", "duckdb", "ocds_pipeline.store", "graphql")

LOOK = f"""
import sys
before = set(sys.modules)
from airflow.sdk import DAG
airflow = set(sys.modules)
import runpy
names = runpy.run_path({str(ROOT / "dags" / "source_dags.py")!r})
dags = {{name: value for name, value in names.items() if isinstance(value, DAG)}}
for dag in dags.values():
    assert dag.tags and not dag.catchup and dag.max_active_runs == 1, dag
    for task in dag.tasks:
        assert task.retries and task.execution_timeout, task
print("dags", *sorted(dags))
print("tasks", *[task.task_id for task in next(iter(dags.values())).tasks])
print("heavy", *[name for name in {HEAVY!r} if name in set(sys.modules) - airflow])
"""


@pytest.mark.airflow
def test_dag_files_are_light_and_give_one_dag_a_source(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__UNIT_TEST_MODE": "True"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    answers = dict(
        line.partition(" ")[::2]
        for line in done.stdout.splitlines()
        if line.split(" ")[0] in {"dags", "tasks", "heavy"}
    )
    assert answers == {"dags": " ".join(source_names()), "tasks": "harvest transform publish", "heavy": ""}


def test_dag_files_stay_short() -> None:
    assert all(len(file.read_text().splitlines()) <= 100 for file in (ROOT / "dags").glob("*.py"))
