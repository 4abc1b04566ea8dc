"""What the commands share: their common arguments, the settings read, and a report told to people or machines."""

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from ocds_pipeline.log import set_up_logging
from ocds_pipeline.settings import Settings, unknown_settings
from ocds_pipeline.sources import person_numbers, portal_names
from ocds_pipeline.visible import visible
from ocds_schema import json
from ocds_schema.json import Json

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="A source's name; `sources` lists them.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def say(report: Json, text: Callable[[Json], str], *, as_json: bool) -> None:
    """Tell a report on standard output, in words or as JSON."""
    if as_json:
        sys.stdout.write(json.encode_pretty(report).decode())
    else:
        sys.stdout.write(visible(text(report), lines=True) + "\n")


def read_settings(*names: str) -> Settings:
    """Give the settings, and have what is logged cleaned of secrets and of the persons' numbers of some sources."""
    settings = Settings.from_env()
    portals = portal_names()
    secrets = [settings.of(name, each).token for name, further in portals.items() for each in ("", *further)]
    secrets += [settings.pseudonym_key.decode()]
    secrets += [settings.signing_key, settings.signing_key_before]
    secrets += [os.environ.get("AWS_SECRET_ACCESS_KEY", "")]
    set_up_logging(settings.log_format, secrets, person_numbers(names))
    for name in unknown_settings(settings.environment, portals):
        sys.stderr.write(f"{name} is no setting of this program: see docs/settings.md\n")
    return settings
