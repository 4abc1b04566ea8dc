"""Commands that put right what is published: each asks who does it and why, and both are published with it."""

import sys
from typing import Annotated

import typer

from ocds_pipeline.console import JsonOption, SourceArgument, read_settings, say
from ocds_pipeline.progress import meter

app = typer.Typer()

EditionArgument = Annotated[str, typer.Argument(metavar="EDITION", help="An edition's id; editions.json lists them.")]
ByOption = Annotated[str, typer.Option(metavar="NAME", help="Who does it; it is published.")]
ReasonOption = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is published.")]


@app.command()
def rollback(
    source: SourceArgument, edition: EditionArgument, by: ByOption, reason: ReasonOption, as_json: JsonOption = False
) -> None:
    """Publish an edition that is what an earlier one was, with the way back for those who took the later ones."""
    from ocds_pipeline.steps.rolling_back import do_rollback, rollback_text

    settings = read_settings(source)
    with meter(quiet=as_json) as progress:
        report = do_rollback(source, edition, by=by, reason=reason, settings=settings, progress=progress)
    say(report, rollback_text, as_json=as_json)


@app.command()
def retract(
    source: SourceArgument, edition: EditionArgument, by: ByOption, reason: ReasonOption, as_json: JsonOption = False
) -> None:
    """Take an edition back: it stays to be read, and everything that names it says that it is not to be relied on."""
    from ocds_pipeline.steps.retracting import do_retract, retract_text

    report = do_retract(source, edition, by=by, reason=reason, settings=read_settings(source))
    say(report, retract_text, as_json=as_json)


@app.command()
def gc(  # noqa: PLR0917 - options are arguments
    source: SourceArgument,
    delete: Annotated[bool, typer.Option("--delete", help="Delete what is due; else it is only planned.")] = False,
    grace: Annotated[int, typer.Option(min=1, metavar="DAYS", help="How long an object waits in the plan.")] = 7,
    most: Annotated[int, typer.Option(metavar="PERCENT", help="Delete no more of all bytes.")] = 30,
    keep: Annotated[str, typer.Option(metavar="EDITION", help="Keep the data of this edition for ever.")] = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Plan, and with --delete delete, published objects that nothing needs any more."""
    from ocds_pipeline.steps import collecting

    settings = read_settings(source)
    if keep:
        report = collecting.keep(source, keep, settings, by=by, reason=reason)
        say(report, lambda told: f"{told['source']}: edition {told['kept']['editionId']} is kept", as_json=as_json)
        return
    report = collecting.collect(source, settings, grace=grace, most=most, delete=delete)
    say(report, collecting.collected_text, as_json=as_json)


@app.command()
def repair(
    source: SourceArgument,
    copy: Annotated[str, typer.Option("--from", metavar="URL_OR_PATH", help="A copy of the publication.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Put right what is published: the pointer, damaged files of the newest edition, and all derived files."""
    from ocds_pipeline.steps.repairing import do_repair, repair_text

    settings = read_settings(source)
    with meter(quiet=as_json) as progress:
        report = do_repair(source, settings=settings, progress=progress, copy=copy)
    say(report, repair_text, as_json=as_json)
    if not report["sound"]:
        raise typer.Exit(1)


@app.command()
def redact(  # noqa: PLR0917 - options are arguments
    source: SourceArgument,
    ocid: Annotated[str | None, typer.Option(metavar="OCID", help="Only in this process.")] = None,
    path: Annotated[str, typer.Option(metavar="PATH", help="What stands at a path of the process.")] = "",
    value: Annotated[str, typer.Option(metavar="TEXT", help="A text or number; - reads it from standard input.")] = "",
    party: Annotated[str, typer.Option(metavar="ID", help="All that tells of the party with this id.")] = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    ground: Annotated[str, typer.Option(metavar="TEXT", help="On what legal ground; it is published.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else it is only counted. It cannot be undone.")] = False,
    override: Annotated[
        list[str] | None, typer.Option(metavar="GATE", help="Publish although this gate is broken.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take personal data out of every edition, and keep it out; without anything named, end what was begun."""
    from ocds_pipeline.gates.override import override as overridden
    from ocds_pipeline.steps.redacting import do_redact, redacted_text, wanted_of

    text = sys.stdin.read().strip() if value == "-" else value
    wanted = wanted_of(ocid, {"path": path, "value": text, "party": party}, by=by, reason=reason, ground=ground)
    settings = read_settings(source)
    with meter(quiet=as_json) as progress:
        report = do_redact(
            source,
            wanted,
            settings=settings,
            progress=progress,
            overriding=overridden(override or (), by, reason) if override else None,
            look_only=wanted is not None and not yes,
        )
    say(report, redacted_text, as_json=as_json)
