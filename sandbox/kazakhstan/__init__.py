"""The open web services of Kazakhstan's procurement portal."""

from sandbox.kazakhstan.services import FAULTS, open_services

__all__ = ["FAULTS", "open_services"]
