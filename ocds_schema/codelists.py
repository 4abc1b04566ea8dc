"""The codelists of the standard and of the extensions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from ocds_schema.errors import ConfigurationError
from ocds_schema.standard import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Codelist:
    """A named list of codes with their titles; a publisher may add codes to an open one only."""

    name: str
    codes: Mapping[str, str]
    is_open: bool


LOCAL_CODES = "localCodes"
"""The extension of ours that adds codes to open codelists."""


def codelist(name: str, extensions: Collection[str] = ()) -> Codelist:
    """Give a codelist by its OCDS name without `.csv`, such as `tenderStatus`, with the codes extensions add to it.

    Raises:
        ConfigurationError: there is no such codelist.
    """
    try:
        found = codelists()[name]
    except KeyError:
        raise ConfigurationError(f"there is no codelist {name!r}") from None
    added = local_codes().get(name) if LOCAL_CODES in extensions else None
    return replace(found, codes=MappingProxyType({**found.codes, **added})) if added else found


@cache
def local_codes() -> dict[str, dict[str, str]]:
    """Give the codes of our own and their titles, by the codelist they are added to."""
    codes: dict[str, dict[str, str]] = {}
    for row in read_table("local_codes"):
        codes.setdefault(row["codelist"], {})[row["code"]] = row["title"]
    return codes


@cache
def codelists() -> Mapping[str, Codelist]:
    """Give every codelist by name."""
    codes: dict[str, dict[str, str]] = {"currency": {row["code"]: row["title"] for row in read_table("currencies")}}
    for row in read_table("codes"):
        codes.setdefault(row["codelist"], {})[row["code"]] = row["title"]
    return MappingProxyType(
        {
            row["codelist"]: Codelist(
                name=row["codelist"],
                codes=MappingProxyType(codes[row["codelist"]]),
                is_open=row["kind"] == "open",
            )
            for row in read_table("codelists")
        }
    )
