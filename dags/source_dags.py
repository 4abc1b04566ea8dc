"""One DAG a source, generated from the sources found: harvest, transform, publish.

The tasks call the same steps as the command line, with the same request, so both make the same edition.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Asset, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from ocds_pipeline.sources import source_names
from ocds_schema.errors import PipelineError
from ocds_schema.source import read_source

PARAMS = {
    "from": Param(
        None, type=["null", "string"], description="First moment, a date or a time; else after the last harvest."
    ),
    "until": Param(None, type=["null", "string"], description="Last moment; else the end of the data interval."),
    "full": Param(default=False, type="boolean", description="Read the whole portal instead of a window."),
}


def do_step(source: str, step: str) -> dict[str, Any]:
    """Do one step of a run; what may pass is tried again by Airflow, anything else fails at once."""
    from ocds_pipeline.request import Request
    from ocds_pipeline.steps import do

    context = get_current_context()
    params = context["params"]
    # A run started by hand may have no data interval; its own moment is the same for all its tasks.
    end = context.get("data_interval_end") or context["dag_run"].run_after
    until = params["until"] or end.isoformat()
    try:
        return do(Request.parse(source, first=params["from"], until=until, full=params["full"]), step)
    except PipelineError as error:
        if error.retryable:
            raise
        raise AirflowFailException(f"{type(error).__name__}: {error}") from error


def source_dag(name: str) -> DAG:
    """Make the DAG of one source."""

    @dag(
        dag_id=name,
        description=read_source(name).title,
        schedule=read_source(name).schedule,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        params=PARAMS,
        tags=["ocds", read_source(name).country],
        default_args={"retries": 3, "retry_delay": timedelta(minutes=5), "retry_exponential_backoff": 2.0},
    )
    def flow() -> None:
        @task(execution_timeout=timedelta(days=2))
        def harvest() -> dict[str, Any]:
            return do_step(name, "harvest")

        @task(execution_timeout=timedelta(hours=12))
        def transform() -> dict[str, Any]:
            return do_step(name, "transform")

        @task(execution_timeout=timedelta(hours=12), outlets=[Asset(f"ocds://editions/{name}")])
        def publish() -> dict[str, Any]:
            return do_step(name, "publish")

        harvest() >> transform() >> publish()

    return flow()


for source_name in source_names():
    globals()[source_name] = source_dag(source_name)
