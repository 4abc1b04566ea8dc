"""Where a portal is, and how it is made sure that it is the one that answers."""

import ssl
from pathlib import Path

import httpx

from ocds_schema.errors import ConfigurationError


def address_of(base_url: str) -> httpx.URL:
    """Read a portal's base address.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        address = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"the portal's base address is none: {error}") from None
    if address.scheme not in ("http", "https") or not address.host:
        raise ConfigurationError(f"the portal's base address {base_url!r} must begin with https:// and name a host")
    return address


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
