"""The gates as they are declared: their words and usual thresholds here, those of a country in its `source.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from ocds_schema.errors import ConfigurationError
from ocds_schema.source import Source

LANGUAGES = ("en", "ru")
_TABLE, _EXPECT = "table", "expect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate: its name, what it asks and why in words by language, and its thresholds."""

    name: str
    title: Mapping[str, str]
    why: Mapping[str, str]
    limits: Mapping[str, Any]
    rule_form: Mapping[str, str]

    @property
    def rule(self) -> dict[str, str]:
        """What is asked, with the thresholds in figures."""
        return {language: text.format(**self.limits) for language, text in self.rule_form.items()}


@cache
def usual_gates() -> Mapping[str, Gate]:
    """Give every gate by name, in the order in which they are shown, with the usual thresholds."""
    text = resources.files("ocds_pipeline.gates").joinpath("gates.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text, parse_float=Decimal)
    return MappingProxyType(
        {
            name: Gate(
                name=name, title=facts["title"], why=facts["why"], limits=facts["limits"], rule_form=facts["rule"]
            )
            for name, facts in declared.items()
        }
    )


def gates_of(source: Source) -> dict[str, Gate]:
    """Give the gates of a source, with its own thresholds where it declares any.

    Raises:
        ConfigurationError: the source names a gate or a threshold that does not exist, or gives one another type.
    """
    unknown = sorted(source.gates.keys() - usual_gates().keys())
    if unknown:
        raise ConfigurationError(f"extractors/{source.name}/source.toml: there is no gate {', '.join(unknown)}")
    for expectation in source.expectations:
        if not {_TABLE, _EXPECT} <= expectation.keys():
            raise ConfigurationError(
                f"extractors/{source.name}/source.toml: an expectation needs {_TABLE} and {_EXPECT}, but there is only "
                f"{', '.join(sorted(expectation))}"
            )
    return {name: _own(gate, source) for name, gate in usual_gates().items()}


def _own(gate: Gate, source: Source) -> Gate:
    own = source.gates.get(gate.name, {})
    limits = dict(gate.limits)
    for name, value in own.items():
        if name not in limits or not _is_like(value, limits[name]):
            raise ConfigurationError(
                f"extractors/{source.name}/source.toml: gates.{gate.name}.{name} is {value!r}: no threshold of this "
                f"gate, or of another type; it has {', '.join(sorted(limits)) or 'none'}"
            )
        limits[name] = Decimal(str(value)) if isinstance(limits[name], Decimal) else value
    return Gate(name=gate.name, title=gate.title, why=gate.why, limits=limits, rule_form=gate.rule_form)


def _is_like(value: Any, usual: Any) -> bool:
    if isinstance(usual, Decimal):
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value >= 0
    return type(value) is type(usual)
