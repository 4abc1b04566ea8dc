"""`python -m ocds_pipeline` is `ocds-pipeline`."""

from ocds_pipeline.cli import main

main()
