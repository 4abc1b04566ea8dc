"""The open web services of Kazakhstan's procurement portal."""

from sandbox.kazakhstan.services import open_services

__all__ = ["open_services"]
