"""What a portal's connections rest on: whom they trust, and how much went over them."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from ocds_schema.errors import ConfigurationError


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What a client has asked for so far; `bytes` are those that came over the wire."""

    requests: int = 0
    retries: int = 0
    bytes: int = 0


def trust(ca_bundle: Path | None) -> ssl.SSLContext:
    """Give what certificates are verified against: the system's, and those of a file.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    context = ssl.create_default_context()
    if ca_bundle is not None:
        try:
            context.load_verify_locations(cafile=ca_bundle)
        except OSError as error:  # ssl.SSLError is an OSError
            raise ConfigurationError(f"the CA bundle {ca_bundle} cannot be read: {error.strerror or error}") from None
    return context


def number_of(text: str) -> int:
    """Read a number of bytes; what is none is 0."""
    return int(text) if text.isdecimal() and len(text) < len(str(2**64)) else 0
