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


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An extension of the standard.

    `url` is the address of its `extension.json`, pinned to a version where it has versions. For one of ours it is a
    path below the address that the data is published at.
    """

    name: str
    url: str
    title: str
    meaning: str
    is_ours: bool

    def address(self, base_url: str) -> str:
        """Give the full address of the `extension.json` for data published at `base_url`."""
        return f"{base_url.rstrip('/')}/{self.url}" if self.is_ours else self.url


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


def addresses(names: Iterable[str], base_url: str) -> list[str]:
    """Give the `extensions` member of a package: where each extension is described."""
    return [extension(name).address(base_url) for name in names]


def own_files(names: Iterable[str], base_url: str, *, contact: str, publisher: str) -> dict[str, bytes]:
    """Give the files that describe those of the extensions that are ours, by path below `base_url`.

    `contact` is a mail address, `publisher` a name.
    """
    files: dict[str, bytes] = {}
    for one in map(extension, names):
        if one.is_ours:
            folder = one.url.removesuffix("extension.json")
            described = extension_json(one.name, base_url, contact=contact, publisher=publisher)
            files[one.url] = json.encode_pretty(described)
            files |= {f"{folder}{name}": json.encode_pretty(extension_patch(one.name)) for name in described["schemas"]}
            files |= {f"{folder}codelists/{name}": _codes_file(name) for name in described.get("codelists", [])}
    return files


def extension_json(name: str, base_url: str, *, contact: str, publisher: str) -> Json:
    """Give the `extension.json` of an extension of ours."""
    one = extension(name)
    described: dict[str, Json] = {
        "name": {"en": one.title},
        "description": {"en": f"{one.meaning}."},
        "documentationUrl": {"en": one.address(base_url).removesuffix("extension.json")},
        "compatibility": ["1.1"],
        "schemas": ["release-schema.json"] if extension_patch(name) else [],
        "contactPoint": {"name": publisher, "email": contact},
    }
    if name == LOCAL_CODES:
        described["codelists"] = [f"+{listed}.csv" for listed in local_codes()]
    return described


def _codes_file(name: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("Code", "Title"))
    writer.writerows(local_codes()[name.removeprefix("+").removesuffix(".csv")].items())
    return text.getvalue().encode()
