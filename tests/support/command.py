"""The command line, run as its users run it: a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ocds_schema import json

ROOT = Path(__file__).parents[2]
KEY = "a key for tests alone, never for data"
TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Installation:
    """A deployment in a folder of its own, pointed at a stand-in portal."""

    home: Path
    portal: str
    database_url: str = ""
    token: str = TOKEN
    more: dict = field(default_factory=dict)

    @property
    def environment(self):
        own = {
            "OCDS_HOME": str(self.home),
            "OCDS_PSEUDONYM_KEY": KEY,
            "OCDS_KAZAKHSTAN_BASE_URL": self.portal,
            "OCDS_KAZAKHSTAN_TOKEN": self.token,
            "OCDS_KAZAKHSTAN_RATE": "5000",
            "OCDS_KAZAKHSTAN_TIMEOUT": "2",
            "OCDS_KAZAKHSTAN_WAIT": "0.02",
        }
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
        files = (file for file in self.public.rglob("*") if file.is_file() and ".storage" not in file.parts)
        return {str(file.relative_to(self.public)): file.read_bytes() for file in sorted(files)}
