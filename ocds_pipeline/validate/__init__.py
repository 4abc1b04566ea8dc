"""A validator of OCDS files, anybody's: reads them in any usual form and groups what is wrong by rule and path."""

from ocds_pipeline.validate.judge import validate_files
from ocds_pipeline.validate.report import FORMATS, Report, write_report

__all__ = ["FORMATS", "Report", "validate_files", "write_report"]
