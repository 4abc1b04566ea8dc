"""The command line, run as its users run it: a process of its own."""

import gzip
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from ocds_schema import json

ROOT = Path(__file__).parents[2]
KEY = "a key for tests alone, never for data"
TOKEN = "0123456789abcdef0123456789abcdef"


def portals(source):
    """Give the names of a source's further portals."""
    declared = ROOT / "extractors" / source / "source.toml"
    return tomllib.loads(declared.read_text(encoding="utf-8")).get("portals", {}) if declared.exists() else {}


@dataclass(frozen=True)
class Installation:
    """A deployment in a folder of its own, pointed at a stand-in of all portals of one source."""

    home: Path
    portal: str
    database_url: str = ""
    token: str = TOKEN
    more: dict = field(default_factory=dict)
    source: str = "kazakhstan"

    @property
    def environment(self):
        start = f"OCDS_{self.source.upper()}_"
        own = {"OCDS_HOME": str(self.home), "OCDS_PSEUDONYM_KEY": KEY, f"{start}BASE_URL": self.portal}
        own |= {f"{start}{name.upper()}_BASE_URL": self.portal for name in portals(self.source)}
        own |= {f"{start}TOKEN": self.token, f"{start}RATE": "5000", f"{start}TIMEOUT": "2", f"{start}WAIT": "0.02"}
        if self.database_url:
            own["OCDS_DATABASE_URL"] = self.database_url
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OCDS_", "AWS_", "AIRFLOW"))}
        return kept | own | self.more

    def start(self, *arguments):
        command = [sys.executable, "-m", "ocds_pipeline", *arguments]
        return subprocess.Popen(
            command, env=self.environment, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments, timeout=300):
        """Run a command to its end; give exit code, standard output and standard error."""
        self.home.mkdir(parents=True, exist_ok=True)
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process.returncode, out, err

    def done(self, *arguments, timeout=300):
        """Run a command that must succeed; give its JSON report."""
        code, out, err = self.run(*arguments, "--json", timeout=timeout)
        assert code == 0, err
        return json.decode(out)

    @property
    def public(self):
        return self.home / "public"

    def published(self):
        """Give every published object by key."""
        files = (file for file in self.public.joinpath("v1").rglob("*") if file.is_file())
        return {str(file.relative_to(self.public)): file.read_bytes() for file in sorted(files)}

    def data(self):
        """Give the published data files by key: what editions share."""
        return {key: content for key, content in self.published().items() if "/data/" in key}

    def changelog(self, edition):
        """Give the lines of an edition's changelog."""
        return self._lines(f"v1/{self.source}/editions/{edition}/changelog.jsonl.gz")

    def issues(self, edition):
        """Give the lines of an edition's list of problems."""
        return self._lines(f"v1/{self.source}/editions/{edition}/issues.jsonl.gz")

    def compiled(self):
        """Give the newest compiled releases by ocid."""
        latest = json.decode((self.public / f"v1/{self.source}/latest.json").read_bytes())
        manifest = json.decode((self.public / f"v1/{self.source}" / latest["manifest"]["path"]).read_bytes())
        files = [file["path"] for file in manifest["files"] if file.get("table") == "compiled"]
        lines = [line for path in files if path.endswith(".gz") for line in self._lines(f"v1/{self.source}/{path}")]
        return {line["ocid"]: line for line in lines}

    def _lines(self, key):
        return [json.decode(line) for line in gzip.decompress((self.public / key).read_bytes()).splitlines()]
