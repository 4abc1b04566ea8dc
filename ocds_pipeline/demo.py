"""The demonstration: every source against its stand-in, from portal to verified editions, with nothing to set up."""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from ocds_pipeline.log import set_up_logging
from ocds_pipeline.progress import Meter, meter
from ocds_pipeline.report import report_text
from ocds_pipeline.request import Request
from ocds_pipeline.settings import Settings
from ocds_pipeline.sources import person_numbers, portal_names, source_names
from ocds_pipeline.steps import do_all
from ocds_pipeline.steps.flow import ALL
from ocds_pipeline.steps.importing import do_import
from ocds_pipeline.verify import verify_place, verify_text
from ocds_schema import json
from ocds_schema.errors import ConfigurationError, QualityError
from ocds_schema.json import Json
from sandbox.faults import FaultError
from sandbox.portal import START, Options, demo_size, write_files
from sandbox.server import Spawned, serve, spawned

DAYS = 2
"""How far the stand-ins' clocks move between the two editions."""
_FIRST_READ = ("processes", "contracts")
"""The tables that are made for people; the others lie beside them."""


def serve_sandbox(*, processes: int, seed: int, port: int, faults: Sequence[str], as_json: bool) -> None:
    """Serve the stand-ins until interrupted, after saying where they listen and how to point the pipeline at them.

    Raises:
        ConfigurationError: there is no such fault, or the port cannot be had.
    """
    if not as_json:
        sys.stdout.write(
            "Point the pipeline at a stand-in with OCDS_<SOURCE>_BASE_URL, the same OCDS_<SOURCE>_<PORTAL>_BASE_URL "
            "for each further portal, and OCDS_<SOURCE>_TOKEN:\n"
        )
        sys.stdout.flush()
    try:
        serve(processes=processes, seed=seed, port=port, faults=faults)
    except FaultError as error:
        raise ConfigurationError(f"--fault: {error}") from None
    except ValueError as error:
        raise ConfigurationError(f"--processes: {error}") from None
    except OSError as error:
        raise ConfigurationError(f"--port: {port} cannot be had: {error.strerror}") from None


def run_demo(*, processes: int | None, as_json: bool) -> None:
    """Publish two editions of every source, some days of the portal apart, verify them and say where they are.

    Without a number of `processes` each stand-in has as many as suit it. Files that people hold of a portal are
    imported first. Everything is written below `OCDS_HOME`/demo, which is emptied before.

    Raises:
        QualityError: an edition does not verify.
    """
    home = Settings.from_env().home / "demo"
    shutil.rmtree(home, ignore_errors=True)
    reports: dict[str, Json] = {}
    for name in source_names():
        options = Options(processes=processes or demo_size(name))
        files = write_files(name, home / "files" / name, options)
        with spawned(name, options=options) as portal:
            reports[name] = list(_reports(name, portal, home, files, as_json=as_json))
    verified = verify_place(str(home / "public"))
    if as_json:
        sys.stdout.write(json.encode_pretty({"reports": reports, "verified": verified}).decode())
    else:
        sys.stdout.write(verify_text(verified) + "\n" + _where(home) + "\n")
    if verified["findings"]:
        raise QualityError("the editions do not verify")


def _reports(source: str, portal: Spawned, home: Path, files: Sequence[Path], *, as_json: bool) -> Iterable[Json]:
    """Import the files there are, then publish two editions."""
    settings = Settings.from_env(_environment(source, portal, home))
    set_up_logging(settings.log_format, [portal.token], person_numbers([source]))
    if files:
        with meter(quiet=as_json) as progress:
            yield _told(do_import(source, files, settings=settings, progress=progress), as_json=as_json)
    first, second = START, START + timedelta(days=DAYS)
    with meter(quiet=as_json) as progress:
        yield _edition(settings, source, first.isoformat(), progress, full=True, as_json=as_json)
    portal.advance(DAYS)
    with meter(quiet=as_json) as progress:
        yield _edition(settings, source, second.isoformat(), progress, full=False, as_json=as_json)


def _edition(settings: Settings, source: str, until: str, progress: Meter, *, full: bool, as_json: bool) -> Json:
    request = Request.parse(source, first=None, until=until, full=full)
    return _told(do_all(request, ALL, settings=settings, progress=progress), as_json=as_json)


def _told(report: Json, *, as_json: bool) -> Json:
    if not as_json:
        sys.stdout.write(report_text(report) + "\n")
        sys.stdout.flush()
    return report


def _environment(source: str, portal: Spawned, home: Path) -> dict[str, str]:
    """Give the settings of the demonstration: those of a deployment do not hold for it."""
    kept = {name: value for name, value in os.environ.items() if name in {"OCDS_LOG_FORMAT", "OCDS_WORKERS"}}
    own = f"OCDS_{source.upper()}_"
    # The stand-ins of all portals of a country listen on one port.
    starts = [own, *(f"{own}{name.upper()}_" for name in portal_names()[source])]
    kept |= {f"{start}BASE_URL": portal.base_url for start in starts}
    kept |= {f"{start}TOKEN": portal.token for start in starts}
    return kept | {
        "OCDS_HOME": str(home),
        "OCDS_PSEUDONYM_KEY": "a key for the demonstration alone",
        f"{own}RATE": "10000",
    }


def _where(home: Path) -> str:
    public = home / "public" / "v1"
    lines = ["", "Two editions of each source, of invented data from the sandbox. Open:"]
    for name in source_names():
        for table in _FIRST_READ:
            files = sorted(
                (public / name / "data" / table).glob("csv/year=*/*.csv"), key=lambda file: file.stat().st_size
            )
            lines += [f"  {file}" for file in files[-1:]]
        lines += [f"  {file}" for file in sorted((public / name / "editions").glob("*/changelog.jsonl.gz"))[-1:]]
    lines += [f"All of it: {public}/", f"Raw answers of the portals (WARC): {home / 'archive'}/"]
    return "\n".join(lines)
