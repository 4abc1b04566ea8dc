"""Release packages: a year's releases as the standard wants them exchanged, each release on a line of its own."""

from datetime import datetime

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.release import Release
from ocds_schema.source import Source
from publish.formats import LinesFile, Written
from publish.layout import data_folder, source_key

TABLE = "release_package"
VERSION = "1.1"


def envelope(source: Source, year: int, extension_urls: list[str]) -> Json:
    """Give what a year's package says of itself, but for its version and the date of its newest release."""
    publisher = source.publisher
    return {
        "uri": f"{publisher.base_url}/{source_key(source.name, data_folder(TABLE, 'package', year))}/",
        "extensions": extension_urls,
        "publisher": {"name": publisher.name, "uri": publisher.uri},
        "license": publisher.licence,
        "publicationPolicy": publisher.policy,
    }


def package_head(said: Json) -> bytes:
    """Give a package's first line."""
    return json.encode({"version": VERSION, **said}).removesuffix(b"}") + b',"releases":['


def package_end(newest: str) -> bytes:
    """Give a package's last line; `newest` is the date of its newest release."""
    return b'],"publishedDate":%b}' % json.encode(newest)


class PackageFile:
    """A release package written release by release, published on the date of the newest of them.

    So a package in which nothing changed stays the same.
    """

    def __init__(self, lines: LinesFile, said: Json) -> None:
        """Take an open file, and what the package says of itself."""
        self._lines = lines
        self._waiting = package_head(said)
        self._newest: tuple[datetime, str] | None = None
        self._releases = 0

    def write(self, release: Release, date: str) -> None:
        """Add a release; `date` is its date as it writes it."""
        self._lines.write(self._waiting + b"," if self._releases else self._waiting)
        self._waiting = release.body
        self._releases += 1
        if self._newest is None or self._newest[0] < release.date:
            self._newest = release.date, date

    def finish(self) -> Written:
        """Close the file and say what it is; its rows are its releases."""
        self._lines.write(self._waiting)
        self._lines.write(package_end(self._newest[1] if self._newest else ""))
        self._lines.rows = self._releases
        return self._lines.finish()
