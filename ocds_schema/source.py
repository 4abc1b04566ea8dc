"""A source: who publishes, in which languages, zone and currency; read from a country's `source.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from ocds_schema.errors import ConfigurationError
from ocds_schema.personal import PersonNumbers, parse_person_numbers

UNREGISTERED_PREFIX = "ocds-xxxxxx"
"""The placeholder where OCP has issued no prefix: all that carries it is test data."""

_PORTAL_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A portal that a source is harvested from. `rate` is in requests a second, times are in seconds.

    `token` says how to get an access token; it is empty where the portal asks for none.
    """

    name: str
    url: str
    base_url: str
    token: str
    rate: float = 1.0
    timeout: float = 90.0
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes the data set, and under which terms."""

    name: str
    uri: str
    licence: str
    policy: str
    base_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One country's procurement portals as a source of data.

    `portal` is the main one, `portals` are further ones by name. `languages` begins with the main one. `extensions` are
    the OCDS extensions its releases use, by name. `republished` are the ocid prefixes of other publishers, whose
    releases are published again under their own ocids. `gates` are thresholds of gates that differ from the usual ones,
    by gate, and `expectations` what is expected of the tables besides; `ocds_pipeline.gates` reads both. With `rates`
    checks compare amounts of different currencies, by the project's rates of exchange.
    """

    name: str
    title: str
    country: str
    languages: tuple[str, ...]
    zone: ZoneInfo
    currency: str
    ocid_prefix: str
    ocid_namespace: str
    portal: Portal
    publisher: Publisher
    extensions: tuple[str, ...]
    schedule: str
    overlap_days: int
    caveats: tuple[str, ...]
    person_numbers: PersonNumbers
    republished: tuple[str, ...] = ()
    portals: Mapping[str, Portal] = field(default_factory=dict)
    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    expectations: tuple[Mapping[str, Any], ...] = ()
    rates: bool = False

    @property
    def every_portal(self) -> Mapping[str, Portal]:
        """The portals by name; the main one's is empty."""
        return {"": self.portal, **self.portals}

    @property
    def language(self) -> str:
        """The language of texts without a language suffix."""
        return self.languages[0]

    @property
    def is_test_data(self) -> bool:
        """Whether the ocid prefix is the placeholder, and so everything made with it is test data."""
        return self.ocid_prefix == UNREGISTERED_PREFIX


def read_source(name: str) -> Source:
    """Read `extractors/<name>/source.toml`.

    Raises:
        ConfigurationError: there is no such source, or a member of the file is missing or of the wrong type.
    """
    try:
        text = resources.files(f"extractors.{name}").joinpath("source.toml").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        raise ConfigurationError(
            f"there is no source {name!r}: `ocds-pipeline sources` lists those there are"
        ) from None
    return parse_source(name, tomllib.loads(text))


def parse_source(name: str, facts: Mapping[str, Any]) -> Source:
    """Make a source of the members of a `source.toml`.

    Raises:
        ConfigurationError: a member is missing or of the wrong type.
    """
    try:
        return Source(
            name=name,
            title=facts["title"],
            country=facts["country"],
            languages=tuple(facts["languages"]),
            zone=ZoneInfo(facts["zone"]),
            currency=facts["currency"],
            ocid_prefix=facts.get("ocid_prefix", UNREGISTERED_PREFIX),
            ocid_namespace=facts["ocid_namespace"],
            portal=Portal(**facts["portal"]),
            publisher=Publisher(**facts["publisher"]),
            extensions=tuple(facts["extensions"]),
            schedule=facts["schedule"],
            overlap_days=facts["overlap_days"],
            caveats=tuple(facts["caveats"]),
            person_numbers=parse_person_numbers(facts["ocid_namespace"], facts["person_number"]),
            republished=tuple(facts.get("republished", ())),
            portals=_portals(facts["portal"], facts.get("portals", {})),
            gates={gate: dict(limits) for gate, limits in facts.get("gates", {}).items()},
            expectations=tuple(dict(each) for each in facts.get("expectations", ())),
            rates=_rates(**facts.get("quality", {})),
        )
    except KeyError as missing:
        raise ConfigurationError(f"extractors/{name}/source.toml lacks {missing}") from None
    except (TypeError, ValueError) as wrong:
        raise ConfigurationError(f"extractors/{name}/source.toml: {wrong}") from None


def _rates(*, rates: bool = False) -> bool:
    if not isinstance(rates, bool):
        raise TypeError(f"quality.rates is true or false, not {rates!r}")
    return rates


def _portals(main: Mapping[str, Any], further: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Portal]:
    """Make the further portals: what they do not say of themselves is the main one's."""
    for name in further:
        if not _PORTAL_NAME.fullmatch(name):
            raise ValueError(f"portals.{name}: a name of small letters, digits and underscores is wanted")
    return {name: Portal(**{**main, **own}) for name, own in further.items()}
