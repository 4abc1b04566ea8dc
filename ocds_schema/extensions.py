"""The OCDS extensions that releases may use; those of ours are published with the data."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ocds_schema import json
from ocds_schema.codelists import LOCAL_CODES, local_codes
from ocds_schema.errors import ConfigurationError
from ocds_schema.json import Json
from ocds_schema.schema import extension_patch
from ocds_schema.standard import read_table

_DIGITS = 16
_PAGE = "README.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An extension of the standard.

    `url` is the address of its `extension.json`, pinned to a version where it has versions. For one of ours it is a
    path below the address that the data is published at, where earlier editions have it; `addresses` gives the newer.
    """

    name: str
    url: str
    title: str
    meaning: str
    is_ours: bool

    @property
    def folder(self) -> str:
        """The folder of one of ours, in which every version has one of its own."""
        return self.url.removesuffix("extension.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAs:
    """Who publishes extensions of our own: `base_url` is the address below which, `contact` a mail address."""

    base_url: str
    publisher: str
    contact: str


def _read() -> Iterable[Extension]:
    for row in read_table("extensions"):
        row["is_ours"] = row.pop("ours") == "yes"  # type: ignore[assignment]
        yield Extension(**row)  # type: ignore[arg-type]


EXTENSIONS: Mapping[str, Extension] = MappingProxyType({extension.name: extension for extension in _read()})


def extension(name: str) -> Extension:
    """Give an extension by name.

    Raises:
        ConfigurationError: there is no such extension.
    """
    try:
        return EXTENSIONS[name]
    except KeyError:
        raise ConfigurationError(f"there is no extension {name!r}: there are {', '.join(EXTENSIONS)}") from None


def addresses(names: Iterable[str], published: PublishedAs) -> list[str]:
    """Give the `extensions` member of a package: where each extension is described.

    One of ours is addressed by its content, so that the address of what packages name never changes its meaning.
    """
    base = published.base_url.rstrip("/")
    return [
        f"{base}/{_versioned(one, published)}extension.json" if one.is_ours else one.url
        for one in map(extension, names)
    ]


def own_files(names: Iterable[str], published: PublishedAs) -> dict[str, bytes]:
    """Give the files that describe those of the extensions that are ours, by path below the base address."""
    files: dict[str, bytes] = {}
    for one in map(extension, names):
        if one.is_ours:
            files |= _files(one, _versioned(one, published), published)
    return files


def former_files(names: Iterable[str], published: PublishedAs) -> dict[str, bytes]:
    """Give those files as they were when each extension had one address only, by path below the base address."""
    files: dict[str, bytes] = {}
    for one in map(extension, names):
        if one.is_ours:
            described = _described(one, one.folder, published)
            described |= {"documentationUrl": {"en": _address(published, one.folder)}, "schemas": _schemas(one)}
            files |= {one.url: json.encode_pretty(described), **_contents(one, one.folder)}
    return files


def _versioned(one: Extension, published: PublishedAs) -> str:
    """Give the folder of an extension as it is now: named by what its files say, but for that name itself."""
    said = [[path, content.decode()] for path, content in _files(one, one.folder, published).items()]
    return f"{one.folder}{json.digest(json.encode(said))[:_DIGITS]}/"


def _files(one: Extension, folder: str, published: PublishedAs) -> dict[str, bytes]:
    contents = _contents(one, folder)
    described = json.encode_pretty(_described(one, folder, published))
    listed = "".join(f"- [{path}]({path})\n" for path in (path.removeprefix(folder) for path in contents))
    page = f"# {one.title}\n\n{one.meaning}. An extension of OCDS 1.1 by {published.publisher}.\n\n{listed}"
    return {f"{folder}extension.json": described, f"{folder}{_PAGE}": page.encode(), **contents}


def _contents(one: Extension, folder: str) -> dict[str, bytes]:
    """Give the files that say what an extension adds: its schema, its codes."""
    schemas = {f"{folder}{name}": json.encode_pretty(extension_patch(one.name)) for name in _schemas(one)}
    return schemas | {f"{folder}codelists/{name}": _codes_file(name) for name in _codelists(one)}


def _described(one: Extension, folder: str, published: PublishedAs) -> dict[str, Json]:
    lists = {"schemas": _schemas(one), "codelists": _codelists(one)}
    return {
        "name": {"en": one.title},
        "description": {"en": f"{one.meaning}."},
        "documentationUrl": {"en": _address(published, f"{folder}{_PAGE}")},
        "compatibility": ["1.1"],
        "contactPoint": {"name": published.publisher, "email": published.contact},
        # OCP's schema of this file wants no list to be empty.
        **{name: listed for name, listed in lists.items() if listed},
    }


def _address(published: PublishedAs, path: str) -> str:
    return f"{published.base_url.rstrip('/')}/{path}"


def _schemas(one: Extension) -> list[str]:
    return ["release-schema.json"] if extension_patch(one.name) else []


def _codelists(one: Extension) -> list[str]:
    return [f"+{listed}.csv" for listed in local_codes()] if one.name == LOCAL_CODES else []


def _codes_file(name: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("Code", "Title"))
    writer.writerows(local_codes()[name.removeprefix("+").removesuffix(".csv")].items())
    return text.getvalue().encode()
