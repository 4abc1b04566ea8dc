"""Commands that put right what is published: each asks who does it and why, and both are published with it."""

from typing import Annotated

import typer

app = typer.Typer()

EditionArgument = Annotated[str, typer.Argument(metavar="EDITION", help="An edition's id; editions.json lists them.")]
ByOption = Annotated[str, typer.Option(metavar="NAME", help="Who does it; it is published.")]
ReasonOption = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is published.")]
