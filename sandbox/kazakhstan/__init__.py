"""The open web services of Kazakhstan's procurement portal."""

from sandbox.kazakhstan.services import FAULTS, open_services

__all__ = ["DEMO_PROCESSES", "FAULTS", "open_services"]

DEMO_PROCESSES = 2_000
