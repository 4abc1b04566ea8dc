"""Kyrgyzstan's two procurement portals, and old files of the ministry's OCDS service."""

from sandbox.kyrgyzstan.packages import write as write_files
from sandbox.kyrgyzstan.services import FAULTS, open_services

__all__ = ["FAULTS", "open_services", "write_files"]
