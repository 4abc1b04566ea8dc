"""Starts Airflow as this project runs it: its own `airflow.cfg`, its files under `OCDS_HOME`, its secrets private."""

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ocds_schema.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent

SECRETS: Mapping[str, Callable[[], str]] = {
    "jwt_secret": lambda: secrets.token_hex(32),
    "api_secret": lambda: secrets.token_hex(32),
    "fernet_key": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


def airflow_environment(home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of an Airflow process, after making its folder and secrets under `home`.

    Raises:
        ConfigurationError: the project's `airflow.cfg` is not there, as in an installed wheel.
    """
    config = ROOT / "airflow.cfg"
    if not config.is_file():
        raise ConfigurationError(f"there is no airflow.cfg in {ROOT}: start Airflow from a checkout of the project")
    folder = home / "airflow"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, make in SECRETS.items():
        _keep(folder / name, make)
    return {
        **environment,
        # `airflow standalone` starts its components by name.
        "PATH": os.pathsep.join(filter(None, (str(Path(sys.executable).parent), environment.get("PATH")))),
        "OCDS_ROOT": str(ROOT),
        "OCDS_HOME": str(home),
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW_CONFIG": str(config),
    }


def launch_airflow(arguments: Sequence[str], home: Path, environment: Mapping[str, str]) -> int:
    """Run one `airflow` command to its end, its database brought up to date first; give its exit code."""
    env = airflow_environment(home, environment)
    command = str(Path(sys.executable).with_name("airflow"))
    if not (home / "airflow" / "airflow.db").exists() and "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in env:
        _run([command, "db", "migrate"], env)
    return _run([command, *arguments], env)


def _run(command: Sequence[str], env: Mapping[str, str]) -> int:
    process = subprocess.Popen(command, env=env)  # noqa: S603
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the terminal has sent SIGINT to Airflow too, which stops its children and then itself


def _keep(path: Path, make: Callable[[], str]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(make())
