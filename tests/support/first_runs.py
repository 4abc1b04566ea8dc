"""The first run of each country's stand-in, made once for all tests that only start from it."""

import fcntl
import shutil
from dataclasses import dataclass

from ocds_schema import json
from tests.support.command import Installation


@dataclass(frozen=True)
class FirstRun:
    """A deployment of one's own that has published one edition, the report of that run, and all that it said."""

    installation: Installation
    report: dict
    said: str


def first_run(stand_in, tmp_path_factory):
    """Give a copy of the first run of a country, made by whichever process of the tests needs it first."""
    base = tmp_path_factory.getbasetemp()
    # Processes that share the tests have folders of their own in one of the whole run.
    made = (base.parent if base.name.startswith("popen-") else base) / f"first-run-{stand_in.source}"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "said.json").exists():
            shutil.rmtree(made, ignore_errors=True)
            _make(stand_in, made)
    home = tmp_path_factory.mktemp(stand_in.source) / "home"
    shutil.copytree(made / "home", home)
    out, err = json.decode((made / "said.json").read_bytes())
    installation = Installation(home=home, portal="http://127.0.0.1:9", source=stand_in.source)
    return FirstRun(installation, json.decode(out.encode())[0]["steps"], out + err)


def _make(stand_in, made):
    made.mkdir()
    with stand_in.running() as portal:
        code, out, err = stand_in.installation(made / "home", portal).run(*stand_in.full(), "--json")
    assert code == 0, err
    (made / "said.json").write_bytes(json.encode([out, err]))
