"""The command line: the steps from a shell. Its interface does not drift; docs/cli.md describes it.

Exit codes: 0 done, 1 the data failed a check, 2 wrong use or settings, 3 a portal or service cannot be reached,
4 a portal refused us, 5 a portal changed shape.
"""

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ocds_pipeline import editions_cli
from ocds_pipeline.console import JsonOption, SourceArgument, read_settings, say
from ocds_pipeline.log import cleaned
from ocds_pipeline.progress import meter
from ocds_pipeline.request import Request
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import person_numbers
from ocds_pipeline.visible import visible
from ocds_schema import json
from ocds_schema.errors import PipelineError
from ocds_schema.json import Json

INTERRUPTED = 130

app = typer.Typer(
    name="ocds-pipeline",
    help="Harvest national procurement portals, map them to OCDS, and publish editions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(editions_cli.app)

SourcesArgument = Annotated[list[str], typer.Argument(metavar="SOURCE…", help="Names of sources.")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="D", help="First moment: a date, or a time.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="D", help="Last moment, else now.")]
FullOption = Annotated[bool, typer.Option("--full", help="Read the whole portal.")]
LimitOption = Annotated[int | None, typer.Option("--limit", metavar="N", help="End each listing after N objects.")]


def _steps(
    request: Request, names: tuple[str, ...], *, as_json: bool, remap: bool = False, overriding: Any = None
) -> Json:
    from ocds_pipeline.steps import do_all

    settings = read_settings(request.source)
    with meter(quiet=as_json) as progress:
        return do_all(request, names, settings=settings, progress=progress, remap=remap, overriding=overriding)


@app.command()
def sources(as_json: JsonOption = False) -> None:
    """List the sources found, with their settings and state."""
    from ocds_pipeline.overview import overview, overview_text

    say(overview(read_settings()), overview_text, as_json=as_json)


@app.command()
def harvest(
    source: SourceArgument,
    first: FromOption = None,
    until: UntilOption = None,
    full: FullOption = False,
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a portal into the archive and the documents; resumes where it stopped."""
    from ocds_pipeline.report import report_text

    request = Request.parse(source, first=first, until=until, full=full, limit=limit)
    say(_steps(request, ("harvest",), as_json=as_json), report_text, as_json=as_json)


@app.command("import")
def import_files(
    source: SourceArgument,
    places: Annotated[list[Path], typer.Argument(metavar="FILE_OR_FOLDER…", help="Files, also .gz, .zst and .zip.")],
    as_json: JsonOption = False,
) -> None:
    """Read files that people hold into the archive and the documents, in the place of a harvest."""
    from ocds_pipeline.report import report_text
    from ocds_pipeline.steps.importing import do_import

    settings = read_settings(source)
    with meter(quiet=as_json) as progress:
        report = do_import(source, places, settings=settings, progress=progress)
    say(report, report_text, as_json=as_json)
    if report["steps"]["import"]["faulty"]:
        raise typer.Exit(1)


@app.command()
def transform(
    source: SourceArgument,
    everything: Annotated[bool, typer.Option("--all", help="Map every process again, not only what changed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Turn documents into releases and records."""
    from ocds_pipeline.report import report_text

    request = Request(source=source)
    say(_steps(request, ("transform",), as_json=as_json, remap=everything), report_text, as_json=as_json)


@app.command()
def publish(
    source: SourceArgument,
    override: Annotated[
        list[str] | None, typer.Option(metavar="GATE", help="Publish although this gate is broken.")
    ] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who overrides; it is published.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is published.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Publish an edition of what the store holds, unless a gate is broken."""
    from ocds_pipeline.gates.override import override as overridden
    from ocds_pipeline.report import report_text

    overriding = overridden(override or (), by, reason)
    report = _steps(Request(source=source), ("publish",), as_json=as_json, overriding=overriding)
    say(report, report_text, as_json=as_json)


@app.command()
def run(
    names: SourcesArgument,
    first: FromOption = None,
    until: UntilOption = None,
    full: FullOption = False,
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Harvest, transform and publish."""
    from ocds_pipeline.report import report_text

    reports = []
    for name in names:
        request = Request.parse(name, first=first, until=until, full=full, limit=limit)
        reports.append(_steps(request, ("harvest", "transform", "publish"), as_json=as_json))
        if not as_json:
            sys.stdout.write(report_text(reports[-1]) + "\n")
    if as_json:
        sys.stdout.write(json.encode_pretty(reports).decode())


@app.command()
def validate(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Packages, records, releases or JSON Lines; folders; - for stdin."),
    ],
    form: Annotated[str, typer.Option("--format", help="text, json or junit")] = "text",
    extension: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An extension that applies, by name or address.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Validate OCDS files, anybody's: every error, grouped, with counts and paths."""
    from ocds_pipeline.validate import check_form, validate_files, write_report

    form = "json" if as_json else form
    check_form(form)
    with meter(quiet=form != "text") as progress:
        report = validate_files(files, extensions=extension or (), strict=strict, progress=progress)
    sys.stdout.write(write_report(report, form) + "\n")
    if report.failed:
        raise typer.Exit(1)


@app.command()
def verify(
    place: Annotated[str, typer.Argument(metavar="URL_OR_PATH", help="An edition, a source's folder, or a root.")],
    newest: Annotated[bool, typer.Option("--newest", help="Only the newest edition, nothing around it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Verify what is published: every file, hash and count, the state digest, and all that readers can reach."""
    from ocds_pipeline.verify import verify_place, verify_text

    report = verify_place(place, newest=newest)
    say(report, verify_text, as_json=as_json)
    if report["findings"]:
        raise typer.Exit(1)


@app.command()
def key() -> None:
    """Make a key to sign editions with; nobody but you has it."""
    from publish.signing import new_key

    made = new_key()
    sys.stdout.write(f"OCDS_SIGNING_KEY={made.text}\n")
    sys.stderr.write(
        f"Keep the line above secret, for the environment or .env. Public key, for readers: {made.public.text}\n"
    )


@app.command()
def explain(
    ocid: Annotated[str, typer.Argument(metavar="OCID", help="The ocid of a process that is published.")],
    path: Annotated[
        str, typer.Argument(metavar="[PATH]", help="A value or object, as contracts/123/value; else everything.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Follow published values back: to the rule, the source field, the document, and its bytes in the archive."""
    from ocds_pipeline.explain import explain as follow
    from ocds_pipeline.explain import explanation_text

    report = follow(ocid, path, settings=read_settings())
    say(report, explanation_text, as_json=as_json)
    if report["findings"]:
        raise typer.Exit(1)


@app.command()
def mapping(
    source: SourceArgument,
    out: Annotated[Path | None, typer.Option(help="Folder to write SOURCE.md and SOURCE.csv into.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the mapping of a source, made from the code that runs."""
    from ocds_pipeline.mapping_page import mapping_page

    sys.stdout.write(mapping_page(source, out, as_json=as_json))


@app.command()
def sandbox(
    processes: Annotated[int, typer.Option(metavar="N", help="Contracting processes at the start.")] = 2_000,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same data.")] = 1,
    port: Annotated[int, typer.Option(metavar="P", help="Port on loopback; 0 takes a free one.")] = 8400,
    fault: Annotated[list[str] | None, typer.Option(metavar="NAME=RATE", help="A fault and how often.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Start the stand-in portals on loopback."""
    from ocds_pipeline.demo import serve_sandbox

    serve_sandbox(processes=processes, seed=seed, port=port, faults=fault or [], as_json=as_json)


@app.command()
def demo(
    processes: Annotated[
        int | None, typer.Option(metavar="N", help="Contracting processes of each stand-in, else as many as suit it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run every source against the sandbox into OCDS_HOME, verify the editions, and say where the files are."""
    from ocds_pipeline.demo import run_demo

    run_demo(processes=processes, as_json=as_json)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["--help"]}
)
def airflow(context: typer.Context) -> None:
    """Run an Airflow command the way this project runs Airflow, such as `airflow dags test kazakhstan`."""
    from ocds_pipeline.airflow_launch import launch_airflow

    settings = Settings.from_env()
    raise typer.Exit(launch_airflow(context.args, settings.home, settings.environment))


def _leave(code: int, message: str) -> NoReturn:
    sys.stderr.write(visible(cleaned(message, person_numbers()).rstrip(), lines=True) + "\n")
    raise SystemExit(code)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and leave with its exit code."""
    try:
        app(args=arguments, prog_name="ocds-pipeline")
    except PipelineError as error:
        _leave(error.exit_code, f"Error: {error}")
    except KeyboardInterrupt:
        _leave(INTERRUPTED, "Stopped. The same command goes on from here.")
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
