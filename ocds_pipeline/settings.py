"""The settings: read once from the environment and `.env` into one frozen object.

`SETTINGS` declares every name, its default and what it is for; docs/settings.md is made from it.
"""

import math
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from ocds_schema.errors import ConfigurationError
from ocds_schema.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable.

    A name with `<SOURCE>` stands for one variable a source, one with `<PORTAL>` for one a further portal of a source,
    their names in capitals.
    """

    name: str
    default: str
    help: str


SETTINGS = (
    Setting(name="OCDS_HOME", default="var", help="Folder of everything the pipeline writes on this machine."),
    Setting(
        name="OCDS_DATABASE_URL",
        default="sqlite:///<OCDS_HOME>/store.sqlite3",
        help="The database: `sqlite:///path` or `postgresql://user:password@host/name`.",
    ),
    Setting(
        name="OCDS_ARCHIVE_URL",
        default="file://<OCDS_HOME>/archive",
        help="Where raw answers are kept: `file:///folder` or `s3://bucket/prefix`. Not for the public.",
    ),
    Setting(
        name="OCDS_PUBLIC_URL",
        default="file://<OCDS_HOME>/public",
        help="Where editions are published: `file:///folder` or `s3://bucket/prefix`.",
    ),
    Setting(
        name="OCDS_PSEUDONYM_KEY",
        default="with SQLite made once, kept in <OCDS_HOME>/pseudonym.key",
        help="Secret of at least 16 characters; party ids of natural persons are made with it: keep it for life.",
    ),
    Setting(
        name="OCDS_SIGNING_KEY",
        default="none",
        help="Secret key of minisign without a password; with it manifests and checksums are signed. "
        "`ocds-pipeline key` makes one.",
    ),
    Setting(
        name="OCDS_SIGNING_KEY_BEFORE",
        default="none",
        help="The secret key used before, after a change of keys: it vouches for the new one.",
    ),
    Setting(name="OCDS_LOG_FORMAT", default="text", help="`text` for people or `json` for machines."),
    Setting(
        name="OCDS_WORKERS", default="the number of processors", help="Processes that map and validate side by side."
    ),
    Setting(
        name="OCDS_<SOURCE>_BASE_URL",
        default="from source.toml",
        help="Address of the portal's services; a sandbox has another one.",
    ),
    Setting(name="OCDS_<SOURCE>_TOKEN", default="none", help="The portal's access token, where it asks for one."),
    Setting(
        name="OCDS_<SOURCE>_<PORTAL>_BASE_URL",
        default="from source.toml",
        help="Address of a further portal of the source. What is set for the source holds for all its portals, "
        "but for address and token.",
    ),
    Setting(
        name="OCDS_<SOURCE>_<PORTAL>_TOKEN", default="none", help="A further portal's access token, if it asks for one."
    ),
    Setting(
        name="OCDS_<SOURCE>_CA_BUNDLE",
        default="the system's",
        help="File with the certificates to trust, where the portal's chain is in no common bundle.",
    ),
    Setting(
        name="OCDS_<SOURCE>_ROBOTS",
        default="obey",
        help="`obey` the robots.txt of portals that ask for no token, or `ignore` it, which every edition says.",
    ),
    Setting(name="OCDS_<SOURCE>_RATE", default="from source.toml", help="Requests a second at most."),
    Setting(
        name="OCDS_<SOURCE>_TIMEOUT",
        default="from source.toml",
        help="Seconds to wait for an answer; portals are slow.",
    ),
    Setting(
        name="OCDS_<SOURCE>_WAIT",
        default="2",
        help="Seconds before a failed request is repeated; each further wait is twice as long.",
    ),
    Setting(
        name="OCDS_<SOURCE>_OCID_PREFIX",
        default="ocds-xxxxxx",
        help="The ocid prefix that OCP issued to the publisher; the default marks all output as test data.",
    ),
)

ROBOTS = ("obey", "ignore")
LOG_FORMATS = ("text", "json")
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What a deployment says about one portal of a source; empty texts mean that the source's own facts hold."""

    base_url: str = ""
    token: str = field(default="", repr=False)
    ca_bundle: Path | None = None
    rate: float | None = None
    timeout: float | None = None
    wait: float | None = None
    robots: str = ROBOTS[0]
    ocid_prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a deployment. Secrets are not in its `repr`."""

    home: Path
    database_url: str = field(repr=False)
    archive_url: str
    public_url: str
    pseudonym_key: bytes = field(repr=False)
    signing_key: str = field(repr=False)
    signing_key_before: str = field(repr=False)
    log_format: str
    workers: int
    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; without an argument from the process's environment over `.env` in the working folder.

        Raises:
            ConfigurationError: a value cannot be used; the message names its setting.
        """
        env = _environment() if environment is None else dict(environment)
        home = Path(env.get("OCDS_HOME") or "var").absolute()
        database = _url(env, "OCDS_DATABASE_URL", f"sqlite:///{home}/store.sqlite3", ("sqlite", "postgresql"))
        return cls(
            home=home,
            database_url=database,
            archive_url=_url(env, "OCDS_ARCHIVE_URL", f"file://{home}/archive", ("file", "s3")),
            public_url=_url(env, "OCDS_PUBLIC_URL", f"file://{home}/public", ("file", "s3")),
            pseudonym_key=_pseudonym_key(env, home, database),
            signing_key=env.get("OCDS_SIGNING_KEY", ""),
            signing_key_before=env.get("OCDS_SIGNING_KEY_BEFORE", ""),
            log_format=_one_of(env, "OCDS_LOG_FORMAT", LOG_FORMATS),
            workers=_workers(env),
            environment=env,
        )

    def of(self, source: str, portal: str = "") -> SourceSettings:
        """Give what the settings say about one portal of a source, or about its main one.

        Raises:
            ConfigurationError: a value cannot be used.
        """
        start = f"OCDS_{source.upper()}_"
        bundle = self.environment.get(start + "CA_BUNDLE", "")
        if bundle and not Path(bundle).is_file():
            raise ConfigurationError(f"{start}CA_BUNDLE: there is no file {bundle!r}")
        its_own = f"{start}{portal.upper()}_" if portal else start
        return SourceSettings(
            base_url=self.environment.get(its_own + "BASE_URL", ""),
            # A token is for one host: sent to another, it would be given away.
            token=self.environment.get(its_own + "TOKEN", ""),
            ca_bundle=Path(bundle) if bundle else None,
            rate=_positive(self.environment, start + "RATE", "requests a second"),
            timeout=_positive(self.environment, start + "TIMEOUT", "seconds"),
            wait=_positive(self.environment, start + "WAIT", "seconds"),
            robots=_one_of(self.environment, start + "ROBOTS", ROBOTS),
            ocid_prefix=_prefix(self.environment, start + "OCID_PREFIX"),
        )

    def token(self, source: Source, portal: str = "") -> str:
        """Give the access token of a portal; an empty one where it needs none.

        Raises:
            ConfigurationError: it needs one and there is none; the message says how to get one.
        """
        facts = source.every_portal[portal]
        if (token := self.of(source.name, portal).token) or not facts.token:
            return token
        name = "_".join(filter(None, ("OCDS", source.name.upper(), portal.upper(), "TOKEN")))
        raise ConfigurationError(f"set {name}: {facts.name} answers nobody without a token. {facts.token}")


def unknown_settings(environment: Mapping[str, str], sources: Mapping[str, Iterable[str]]) -> list[str]:
    """List the variables that look like settings of ours and are none, for a warning about slips of the pen.

    `sources` are the further portals of each source, by its name.
    """
    known = {
        setting.name.replace("<SOURCE>", source.upper()).replace("<PORTAL>", portal.upper())
        for setting in SETTINGS
        for source, portals in sources.items()
        for portal in ("<PORTAL>", *portals)
    }
    return sorted(name for name in environment if name.startswith("OCDS_") and name not in known)


def _environment() -> dict[str, str]:
    stored = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**stored, **os.environ}


def _url(env: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = env.get(name) or default
    scheme = value.split(":", 1)[0].split("+", 1)[0]
    if scheme not in schemes or "://" not in value:
        kinds = " or ".join(f"{known}://" for known in schemes)
        raise ConfigurationError(f"{name}: an address beginning with {kinds} is wanted, not one with {scheme!r}")
    return value


def _one_of(env: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    value = env.get(name) or values[0]
    if value not in values:
        raise ConfigurationError(f"{name}: one of {', '.join(values)} is wanted, not {value!r}")
    return value


def _workers(env: Mapping[str, str]) -> int:
    text = env.get("OCDS_WORKERS") or str(os.cpu_count() or 1)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:  # noqa: PLR2004
        raise ConfigurationError(f"OCDS_WORKERS: a whole number from 1 to 64 is wanted, not {text!r}")
    return int(text)


def _positive(env: Mapping[str, str], name: str, unit: str) -> float | None:
    text = env.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ConfigurationError(f"{name}: a number of {unit} above 0 is wanted, not {text!r}")
    return number


def _prefix(env: Mapping[str, str], name: str) -> str:
    prefix = env.get(name, "")
    if prefix and not re.fullmatch(r"ocds-[a-z0-9]{6}", prefix):
        raise ConfigurationError(f"{name}: a prefix as OCP issues it is wanted, such as ocds-213czf, not {prefix!r}")
    return prefix


def _pseudonym_key(env: Mapping[str, str], home: Path, database: str) -> bytes:
    if text := env.get("OCDS_PSEUDONYM_KEY", ""):
        if len(text) < SHORTEST_KEY:
            raise ConfigurationError(f"OCDS_PSEUDONYM_KEY: at least {SHORTEST_KEY} characters are wanted")
        return text.encode()
    if database.startswith("sqlite"):
        return _kept_key(home / "pseudonym.key")
    raise ConfigurationError(
        "set OCDS_PSEUDONYM_KEY: with a database that several machines share, all of them need the same one, for life. "
        "`python3 -c 'import secrets; print(secrets.token_hex(32))'` makes one"
    )


def _kept_key(path: Path) -> bytes:
    """Read the key that an earlier run made, or make one that nobody else can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32), encoding="ascii")
    try:
        os.link(draft, path)  # the first of several processes wins; the others use its key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip().encode()
