"""The steps of a run: harvest, transform, publish. The command line and the DAGs call these and nothing else."""

from ocds_pipeline.steps.flow import do, do_all

__all__ = ["do", "do_all"]
