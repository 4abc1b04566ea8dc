"""The pages of Tajikistan's procurement portal."""

from sandbox.tajikistan.services import FAULTS, open_services

__all__ = ["FAULTS", "open_services"]
