"""A validator of OCDS files, anybody's: reads them in any usual form and groups what is wrong by rule and path."""

from ocds_pipeline.validate.judge import validate_files
from ocds_pipeline.validate.report import FORMATS, Report, check_form, write_report

__all__ = ["FORMATS", "Report", "check_form", "validate_files", "write_report"]
